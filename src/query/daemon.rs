//! What a daemon says about itself.

use std::time::Duration;

/// A daemon as it answered just now; [`Board::daemon`](crate::Board::daemon) returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Daemon {
    /// Name and version of the server, such as `libnotice/0.1.0`.
    pub server: String,
    /// Name of the role that this client has there, such as `admin`.
    pub role: String,
    /// Time between a ping and its answer.
    pub round_trip: Duration,
    /// When the certificate that it has shown ends, in Unix milliseconds. None without TLS, and on Windows, where it is not
    /// looked at.
    pub certificate_ends_at: Option<i64>,
}

impl Daemon {
    /// Creates the description of a daemon.
    pub fn new(server: impl Into<String>, role: impl Into<String>, round_trip: Duration) -> Self {
        Self {
            server: server.into(),
            role: role.into(),
            round_trip,
            certificate_ends_at: None,
        }
    }

    /// The same with the end of the certificate that it has shown, in Unix milliseconds.
    #[must_use]
    pub fn certificate_ends_at(mut self, end: Option<i64>) -> Self {
        self.certificate_ends_at = end;
        self
    }
}
