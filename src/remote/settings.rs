//! How a client behaves.

use std::time::Duration;

use super::breaker::Pauses;

/// How a client behaves. The defaults are those of the URL's parameters.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Identifies the caller. Never shown.
    pub(crate) token: Option<String>,
    /// How long a call may take.
    pub(crate) timeout: Duration,
    /// How long connecting, with the hello, may take.
    pub(crate) connect: Duration,
    /// How long the answer to a ping may take.
    pub(crate) ping: Duration,
    /// How long an idle connection is kept.
    pub(crate) idle: Duration,
    /// How often an idle connection is asked whether the daemon is there.
    pub(crate) heartbeat: Duration,
    /// When to connect again.
    pub(crate) pauses: Pauses,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token: None,
            timeout: Duration::from_secs(30),
            connect: Duration::from_secs(2),
            ping: Duration::from_secs(2),
            idle: Duration::from_secs(300),
            heartbeat: Duration::from_secs(30),
            pauses: Pauses {
                first: Duration::from_millis(100),
                most: Duration::from_secs(5),
                jitter: 15,
                failures: 3,
                open: Duration::from_secs(30),
            },
        }
    }
}
