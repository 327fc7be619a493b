//! TCP ports.

use std::net::{IpAddr, SocketAddr};

use notice::Result;
use tokio::net::{TcpListener, TcpStream};

use crate::fault::{io, unauthorized};

/// A TCP port that clients connect to.
pub(crate) struct Tcp(TcpListener);

impl Tcp {
    /// Listens on `address`, such as `127.0.0.1:7700`.
    ///
    /// # Errors
    /// `io`; `unauthorized` for an address that other machines reach, unless `is_open` says that this is
    /// meant.
    pub(crate) async fn bind(address: &str, is_open: bool) -> Result<Self> {
        let addresses = Self::resolve(address, is_open).await?;
        let failed = |error: std::io::Error| io(&address, &error);
        TcpListener::bind(&*addresses)
            .await
            .map(Self)
            .map_err(failed)
    }

    /// Looks an address up.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    pub(crate) async fn resolve(address: &str, is_open: bool) -> Result<Vec<SocketAddr>> {
        let failed = |error: std::io::Error| io(&address, &error);
        let addresses: Vec<SocketAddr> = tokio::net::lookup_host(address)
            .await
            .map_err(failed)?
            .collect();
        if !is_open && addresses.iter().any(|address| !address.ip().is_loopback()) {
            return Err(unauthorized(
                format!(
                    "{address} can be reached from other machines, and nothing is encrypted; listen on \
                     127.0.0.1, or state with tokens that insecure() is meant"
                ),
                format!(
                    "{address} 可从其他计算机访问，且通信未加密；请监听 127.0.0.1，或配置令牌并显式使用 insecure()"
                ),
            ));
        }
        Ok(addresses)
    }

    /// Returns the address, with the port that the system chose.
    pub(crate) fn address(&self) -> Result<SocketAddr> {
        self.0.local_addr().map_err(|error| io(&"tcp", &error))
    }

    /// Accepts a connection, and returns the address at the other end.
    pub(crate) async fn accept(&self) -> std::io::Result<(TcpStream, IpAddr)> {
        let (stream, peer) = self.0.accept().await?;
        // An answer is written at once and as a whole; waiting for more would only delay it.
        stream.set_nodelay(true)?;
        Ok((stream, peer.ip()))
    }
}
