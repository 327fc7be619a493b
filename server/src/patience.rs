//! How long a client may take to send something that has begun.

use std::time::Duration;

use tokio::time::Instant;

/// Bytes after which the time begins again, about the longest frame. A client that drips is given up, and a long
/// message over a slow line is not.
const STEP: usize = 64 * 1024;

/// The time that a client has left for a message or a line.
pub(crate) struct Patience {
    limit: Duration,
    /// None between messages, where a client may be silent.
    end: Option<Instant>,
    /// Bytes that were received since the time began.
    received: usize,
}

impl Patience {
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            limit,
            end: None,
            received: 0,
        }
    }

    /// Notes received bytes, and whether a part of a message is left of everything so far.
    pub(crate) fn received(&mut self, bytes: usize, is_partial: bool) {
        self.received += bytes;
        if !is_partial {
            self.end = None;
        } else if self.end.is_none() || self.received >= STEP {
            self.end = Instant::now().checked_add(self.limit);
            self.received = 0;
        }
    }

    /// Waits until the client has taken too long.
    pub(crate) async fn exhausted(&self) {
        match self.end {
            Some(end) => tokio::time::sleep_until(end).await,
            None => std::future::pending().await,
        }
    }
}
