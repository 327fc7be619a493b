//! Clients that must use TLS and do not: they are told so in their own protocol, and nothing else of it is served.

use std::io;

use notice::Error;
use notice::wire::Answer;
use notice::wire::frames::{Kind, Message};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::fault::unauthorized;
use crate::http;
use crate::rpc;

/// Bytes of a client that are still taken, so that it gets to read the answer: a connection that is closed with
/// unread bytes is reset.
const REST_BYTES: u64 = 64 * 1024;

/// Answers a connection whose first bytes are `first`, and ends it.
pub(crate) async fn refuse<S>(mut stream: S, first: &[u8]) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(&answer(first)).await?;
    stream.shutdown().await?;
    let mut rest = stream.take(REST_BYTES);
    tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
    Ok(())
}

fn answer(first: &[u8]) -> Vec<u8> {
    match first.first() {
        Some(b'E') => frame(first).unwrap_or_default(),
        Some(b'{' | b'[') => format!("{}\n", rpc::unread(error())).into_bytes(),
        _ => http::refusal(error()),
    }
}

/// Returns the answer to the first frame, if its number has come.
fn frame(first: &[u8]) -> Option<Vec<u8>> {
    let number = first.get(16..20)?.try_into().ok()?;
    let body = Answer::Error(error()).to_bytes().ok()?;
    let mut bytes = Vec::new();
    Message::new(u32::from_le_bytes(number), Kind::Answer, body)
        .write(&mut bytes)
        .ok()?;
    Some(bytes)
}

fn error() -> Error {
    unauthorized(
        "this connection is not encrypted, and the server demands that here; use tls: in place of tcp:, and https: \
         in place of http:",
        "此连接未加密，而服务器在此要求加密；请用 tls: 代替 tcp:，用 https: 代替 http:",
    )
}
