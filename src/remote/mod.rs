//! The board of a daemon, reached over a socket: ENOT frames, as docs/protocol.md describes them.
//!
//! A call takes a connection that nobody uses, or makes one; several threads make several. Connections that
//! break are made again, and what can be repeated without harm is asked again, so that a program does not
//! notice a restart of the daemon. A publish gets an idempotency key, and is repeated as well.

mod board;
mod breaker;
mod certificate;
mod client;
mod connection;
mod environment;
mod follow;
mod keeper;
#[cfg(all(feature = "shm", target_os = "linux"))]
mod passing;
mod settings;
#[cfg(test)]
mod tests;
#[cfg(feature = "tls")]
mod tls;
mod transport;
#[cfg(unix)]
mod unix;
mod watch;

use std::time::Duration;

pub(crate) use self::board::Remote;
pub(crate) use self::breaker::Pauses;
pub use self::certificate::certificate_ends_at;
use self::environment::System;
pub(crate) use self::follow::{Followed, Way};
pub(crate) use self::settings::Settings;
#[cfg(feature = "tls")]
pub(crate) use self::tls::{Tls, Unfit};
use self::transport::Tcp;

/// Creates the client of a daemon at `HOST:PORT`. `keepalive` is the idle time after which the system asks whether
/// the daemon's machine is there.
pub(crate) fn tcp(address: &str, keepalive: Duration, settings: Settings) -> Remote {
    let transport = Tcp {
        address: address.to_owned(),
        keepalive,
    };
    Remote::new(Box::new(transport), Box::new(System::new()), settings)
}

/// Creates the client of a daemon behind TLS.
#[cfg(feature = "tls")]
pub(crate) fn tls(transport: Tls, settings: Settings) -> Remote {
    Remote::new(Box::new(transport), Box::new(System::new()), settings)
}

/// Creates the client of a daemon at a socket in the file system.
#[cfg(unix)]
pub(crate) fn unix(path: std::path::PathBuf, settings: Settings) -> Remote {
    let shown = path.display().to_string();
    let transport = unix::Unix { path, shown };
    Remote::new(Box::new(transport), Box::new(System::new()), settings)
}
