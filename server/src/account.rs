//! What was asked and how it went: counted, and told to the log.

use std::fmt::Display;
use std::time::{Duration, Instant};

use notice::{ErrorKind, Role};

use crate::client::Client;
use crate::metrics::{Code, Kind, Metrics, Protocol};

/// A request from its arrival to its answer.
pub(crate) struct Account {
    protocol: Protocol,
    pub(crate) kind: Kind,
    began: Instant,
    /// Whether it takes as long as the client says.
    pub(crate) waits: bool,
}

impl Account {
    /// Begins to take the time.
    pub(crate) fn new(protocol: Protocol, kind: Kind, waits: bool) -> Self {
        Self {
            protocol,
            kind,
            began: Instant::now(),
            waits,
        }
    }

    /// Counts the request, and writes a line to the log: what went wrong inside the server as a warning, what
    /// changes something for information, and the rest for debugging. No line has a token or a text of an
    /// announcement.
    pub(crate) fn close(
        self,
        metrics: &Metrics,
        client: &Client,
        request: &dyn Display,
        role: Option<Role>,
        code: Code,
    ) {
        let took = self.began.elapsed();
        let timed = (!self.waits).then_some(took);
        metrics.calls.count(self.protocol, self.kind, code, timed);
        macro_rules! line {
            ($level:ident, $message:expr) => {
                tracing::$level!(
                    target: "notice_server::access",
                    protocol = self.protocol.name(),
                    connection = client.connection,
                    request = %request,
                    peer = %client.peer,
                    role = role.map_or("none", Role::name),
                    call = self.kind.name(),
                    code = code.name(),
                    ms = milliseconds(took),
                    $message
                )
            };
        }
        match code.0.and_then(advice) {
            Some(advice) => line!(warn, "{advice}"),
            None if self.kind.is_writing() => line!(info, "answered"),
            None => line!(debug, "answered"),
        }
    }
}

/// Returns milliseconds with three decimals.
fn milliseconds(took: Duration) -> f64 {
    took.as_micros() as f64 / 1000.0
}

/// Returns what an operator can do about an error that is not the client's.
fn advice(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Io => Some("the system refused to read or write; look at the disk"),
        ErrorKind::Corrupt => {
            Some("stored data is damaged; verify the board, and restore a backup")
        }
        ErrorKind::Poisoned => Some("a write was interrupted; restart the server"),
        ErrorKind::Panic => {
            Some("a defect in the server; report it with the lines before this one")
        }
        ErrorKind::OverBudget => Some("memory is short; purge announcements or raise budget_mb"),
        _ => None,
    }
}
