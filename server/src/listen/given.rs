//! The sockets that a server gets from another process, and the ones that it makes because nobody gave them.

use std::path::Path;

use notice::Result;

use super::socket::{Listener, Purpose, Socket};
use super::{Protection, Tcp, Unix};

/// Sockets that were given and are not used yet.
pub(crate) struct Given(Vec<Socket>);

impl Given {
    pub(crate) fn new(sockets: Vec<Socket>) -> Self {
        Self(sockets)
    }

    /// Returns the Unix socket at `path`: the given one, or a new one.
    pub(crate) fn unix(&mut self, path: &Path) -> Result<Unix> {
        match self.take(Purpose::Unix, &path.display().to_string()) {
            Some(Listener::Unix(unix)) => Ok(unix),
            Some(Listener::Tcp(_)) | None => Unix::bind(path),
        }
    }

    /// Returns the TCP port that the settings call `address`: the given one, or a new one.
    pub(crate) async fn tcp(
        &mut self,
        purpose: Purpose,
        address: &str,
        protection: Protection,
    ) -> Result<Tcp> {
        // The settings may be stricter than those it was bound by.
        Tcp::resolve(address, protection).await?;
        match self.take(purpose, address) {
            Some(Listener::Tcp(tcp)) => Ok(tcp),
            Some(Listener::Unix(_)) | None => Tcp::bind(address, protection).await,
        }
    }

    /// Returns the sockets that the system made.
    pub(crate) async fn inherited(&mut self, protection: Protection) -> Result<Vec<Listener>> {
        let mut listeners = Vec::new();
        while let Some(listener) = self.take(Purpose::Inherited, "") {
            if let Listener::Tcp(tcp) = &listener {
                Tcp::resolve(&tcp.address()?.to_string(), protection).await?;
            }
            listeners.push(listener);
        }
        Ok(listeners)
    }

    /// Closes what is left, which the settings do not name any more.
    pub(crate) fn close(self) {
        self.0.iter().for_each(|socket| socket.set_owned(true));
    }

    fn take(&mut self, purpose: Purpose, name: &str) -> Option<Listener> {
        let is_it = |socket: &Socket| {
            socket.purpose == purpose && (purpose == Purpose::Inherited || socket.name == name)
        };
        let at = self.0.iter().position(is_it)?;
        // One that cannot be served is made anew.
        self.0.remove(at).listen().ok()
    }
}
