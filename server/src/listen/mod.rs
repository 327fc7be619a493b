//! Sockets that clients connect to.

#[cfg(unix)]
mod given;
#[cfg(unix)]
mod place;
#[cfg(unix)]
mod socket;
mod tcp;
#[cfg(unix)]
mod unix;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use notice::BoardUrl;

#[cfg(unix)]
pub(crate) use given::Given;
#[cfg(unix)]
pub use socket::Socket;
#[cfg(unix)]
pub(crate) use socket::{Listener, Purpose};
pub(crate) use tcp::{Protection, Tcp};
#[cfg(unix)]
pub(crate) use unix::Unix;

/// An address that a server listens on. Displayed as the URL of the board there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Address {
    /// A Unix socket.
    Unix(PathBuf),
    /// A TCP port.
    Tcp(SocketAddr),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => BoardUrl::of_path("unix", path, &[]).fmt(f),
            Self::Tcp(address) => write!(f, "tcp:{address}"),
        }
    }
}
