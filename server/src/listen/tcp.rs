//! TCP ports.

use std::net::{IpAddr, SocketAddr};

use notice::Result;
use tokio::net::{TcpListener, TcpStream};

use crate::fault::{io, unauthorized};

/// Protection of what other machines reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    /// Clients say who they are, and encrypt, or the operator says that they need not.
    Given,
    /// Clients cannot say who they are.
    WithoutTokens,
    /// Nothing is encrypted.
    WithoutTls,
    /// Nothing ever is: the listener does not speak TLS.
    NeverTls,
}

/// A TCP port that clients connect to.
pub(crate) struct Tcp(TcpListener);

impl Tcp {
    /// Listens on `address`, such as `127.0.0.1:7700`.
    ///
    /// # Errors
    /// `io`; `unauthorized` for an address that other machines reach without `protection`.
    pub(crate) async fn bind(address: &str, protection: Protection) -> Result<Self> {
        let addresses = Self::resolve(address, protection).await?;
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
    pub(crate) async fn resolve(address: &str, protection: Protection) -> Result<Vec<SocketAddr>> {
        let failed = |error: std::io::Error| io(&address, &error);
        let addresses: Vec<SocketAddr> = tokio::net::lookup_host(address)
            .await
            .map_err(failed)?
            .collect();
        if addresses.iter().any(|address| !address.ip().is_loopback()) {
            protection.check(address)?;
        }
        Ok(addresses)
    }

    /// Listens on a port that is bound already.
    ///
    /// # Errors
    /// `io`.
    #[cfg(unix)]
    pub(super) fn of(listener: std::net::TcpListener) -> Result<Self> {
        let listener = listener
            .set_nonblocking(true)
            .and_then(|()| TcpListener::from_std(listener));
        listener.map(Self).map_err(|error| io(&"tcp", &error))
    }

    /// Returns another handle of the port.
    #[cfg(unix)]
    pub(super) fn handle(&self) -> std::io::Result<std::os::fd::OwnedFd> {
        std::os::fd::AsFd::as_fd(&self.0).try_clone_to_owned()
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

impl Protection {
    /// Returns that of a server which has a file of tokens, a certificate, and a statement of its operator.
    pub(crate) fn of(has_tokens: bool, has_tls: bool, is_insecure: bool) -> Self {
        match (has_tokens, has_tls || is_insecure) {
            (_, false) => Self::WithoutTls,
            (false, true) => Self::WithoutTokens,
            (true, true) => Self::Given,
        }
    }

    /// Refuses an address that other machines reach.
    fn check(self, address: &str) -> Result<()> {
        let (en, zh) = match self {
            Self::Given => return Ok(()),
            Self::WithoutTokens => (
                "and clients have no tokens; give the server a file of tokens, or listen on 127.0.0.1",
                "且客户端没有令牌；请配置令牌文件，或监听 127.0.0.1",
            ),
            Self::WithoutTls => (
                "and nothing is encrypted; give the server a certificate and tokens, listen on 127.0.0.1, or state \
                 with tokens that unencrypted connections are meant (insecure)",
                "且通信未加密；请配置证书和令牌，或监听 127.0.0.1，或配置令牌并明确允许不加密的连接（insecure）",
            ),
            Self::NeverTls => (
                "and nothing is encrypted there; listen on 127.0.0.1, or state that unencrypted connections are meant (insecure)",
                "且该处通信不加密；请监听 127.0.0.1，或明确允许不加密的连接（insecure）",
            ),
        };
        Err(unauthorized(
            format!("{address} can be reached from other machines, {en}"),
            format!("{address} 可从其他计算机访问，{zh}"),
        ))
    }
}
