//! Where a client comes from.

use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Peer {
    /// A user of this machine, on a Unix socket.
    #[cfg(unix)]
    User(u32),
    /// A machine.
    Address(IpAddr),
}

impl Peer {
    /// Returns whether it is another machine.
    pub(crate) fn is_far(&self) -> bool {
        match self {
            #[cfg(unix)]
            Self::User(_) => false,
            Self::Address(address) => !address.to_canonical().is_loopback(),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(unix)]
            Self::User(user) => write!(f, "uid:{user}"),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// A connection, for the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client {
    pub(crate) peer: Peer,
    /// Counts the connections of this process.
    pub(crate) connection: u64,
    pub(crate) is_encrypted: bool,
}

impl Client {
    /// Numbers a connection.
    pub(crate) fn new(peer: Peer) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let connection = COUNT.fetch_add(1, Ordering::Relaxed);
        Self {
            peer,
            connection,
            is_encrypted: false,
        }
    }

    /// Returns whether it reaches the server over a network, as pages in a browser can. Whoever encrypts does, or
    /// carries on for somebody who does.
    pub(crate) fn is_remote(&self) -> bool {
        self.is_encrypted || matches!(self.peer, Peer::Address(_))
    }
}
