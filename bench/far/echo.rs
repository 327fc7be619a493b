//! A bare ping-pong: as many bytes there and back as a call and its answer take, through tokio in the other process.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, UnixListener};

use crate::Result;
use crate::other::failed;

/// Bytes of the two lengths that a connection begins with.
const LENGTHS: usize = 8;

/// Serves ping-pong on a Unix socket and a TCP port, and returns their places.
pub(super) async fn serve(path: &Path) -> Result<Vec<(&'static str, String)>> {
    let unix = UnixListener::bind(path).map_err(failed("echo"))?;
    let tcp = TcpListener::bind("127.0.0.1:0")
        .await
        .map_err(failed("echo"))?;
    let address = tcp.local_addr().map_err(failed("echo"))?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = unix.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    tokio::spawn(async move {
        while let Ok((stream, _)) = tcp.accept().await {
            let _ = stream.set_nodelay(true);
            tokio::spawn(answer(stream));
        }
    });
    Ok(vec![
        ("echo_unix", path.display().to_string()),
        ("echo_tcp", address.to_string()),
    ])
}

/// Answers each ping with a pong, until the client goes.
async fn answer<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    let mut lengths = [0; LENGTHS];
    if stream.read_exact(&mut lengths).await.is_err() {
        return;
    }
    let [a, b, c, d, e, f, g, h] = lengths;
    let mut ping = vec![0; u32::from_le_bytes([a, b, c, d]) as usize];
    let pong = vec![1; u32::from_le_bytes([e, f, g, h]) as usize];
    while stream.read_exact(&mut ping).await.is_ok() {
        if stream.write_all(&pong).await.is_err() {
            return;
        }
    }
}

/// The near side of a ping-pong.
pub(crate) enum Echo {
    Unix(UnixStream, Vec<u8>, Vec<u8>),
    Tcp(TcpStream, Vec<u8>, Vec<u8>),
}

impl Echo {
    /// Connects to a Unix socket, for so many bytes there and back.
    pub(crate) fn over_unix(path: &str, there: usize, back: usize) -> Result<Self> {
        let mut stream = UnixStream::connect(path).map_err(failed("echo"))?;
        stream
            .write_all(&lengths(there, back))
            .map_err(failed("echo"))?;
        Ok(Self::Unix(stream, vec![1; there], vec![0; back]))
    }

    /// Connects to a TCP port, for so many bytes there and back.
    pub(crate) fn over_tcp(address: &str, there: usize, back: usize) -> Result<Self> {
        let mut stream = TcpStream::connect(address).map_err(failed("echo"))?;
        stream.set_nodelay(true).map_err(failed("echo"))?;
        stream
            .write_all(&lengths(there, back))
            .map_err(failed("echo"))?;
        Ok(Self::Tcp(stream, vec![1; there], vec![0; back]))
    }

    /// Sends a ping, and receives the pong.
    pub(crate) fn ping(&mut self) -> Result {
        let done = match self {
            Self::Unix(stream, ping, pong) => stream
                .write_all(ping)
                .and_then(|()| stream.read_exact(pong)),
            Self::Tcp(stream, ping, pong) => stream
                .write_all(ping)
                .and_then(|()| stream.read_exact(pong)),
        };
        done.map_err(failed("echo"))
    }
}

fn lengths(there: usize, back: usize) -> [u8; LENGTHS] {
    let ([a, b, c, d], [e, f, g, h]) = ((there as u32).to_le_bytes(), (back as u32).to_le_bytes());
    [a, b, c, d, e, f, g, h]
}
