//! Connections that are not served: the client is told why in its own protocol, and nothing else of it is read.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use notice::wire::Answer;
use notice::wire::frames::{Kind, Message};
use notice::{Error, ErrorKind};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::fault::{fault, unauthorized};
use crate::http;
use crate::rpc;

/// Bytes of a client that are still taken, so that it gets to read the answer: a connection that is closed with
/// unread bytes is reset.
const REST_BYTES: u64 = 64 * 1024;
/// When a client of a crowded address is to come back, in HTTP. Nobody knows when there is room; this is a pause that a
/// program can bear.
const COME_BACK: Duration = Duration::from_secs(4);

/// Why a connection is not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The client must use TLS, and does not.
    Unencrypted,
    /// Its address has more connections than it may.
    Crowded { address: IpAddr, most: usize },
}

impl Refusal {
    fn error(self) -> Error {
        match self {
            Self::Unencrypted => unauthorized(
                "this connection is not encrypted, and the server demands that here; use tls: in place of tcp:, and \
                 https: in place of http:",
                "此连接未加密，而服务器在此要求加密；请用 tls: 代替 tcp:，用 https: 代替 http:",
            ),
            Self::Crowded { address, most } => fault(
                ErrorKind::Unavailable,
                format!(
                    "too many connections from {address}, more than {most}; close some, or have the operator raise \
                     max-connections-per-address"
                ),
                format!(
                    "来自 {address} 的连接过多，超过 {most} 个；请关闭部分连接，或由管理员调高 \
                     max-connections-per-address"
                ),
            ),
        }
    }

    /// Answers a connection whose first bytes are `first`, and ends it.
    pub(crate) async fn tell<S>(self, mut stream: S, first: &[u8]) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        stream.write_all(&self.answer(first)).await?;
        stream.shutdown().await?;
        let mut rest = stream.take(REST_BYTES);
        tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
        Ok(())
    }

    fn answer(self, first: &[u8]) -> Vec<u8> {
        match first.first() {
            Some(b'E') => self.frame(first).unwrap_or_default(),
            Some(b'{' | b'[') => format!("{}\n", self.line()).into_bytes(),
            _ => match self {
                Self::Unencrypted => http::must_encrypt(self.error()),
                Self::Crowded { .. } => http::too_many(self.error(), COME_BACK),
            },
        }
    }

    /// Returns the answer to the first frame, if its number has come.
    fn frame(self, first: &[u8]) -> Option<Vec<u8>> {
        let number = first.get(16..20)?.try_into().ok()?;
        let body = Answer::Error(self.error()).to_bytes().ok()?;
        let mut bytes = Vec::new();
        Message::new(u32::from_le_bytes(number), Kind::Answer, body)
            .write(&mut bytes)
            .ok()?;
        Some(bytes)
    }

    fn line(self) -> Value {
        match self {
            Self::Unencrypted => rpc::unread(self.error()),
            Self::Crowded { .. } => rpc::refused_connection(self.error()),
        }
    }
}
