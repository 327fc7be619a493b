//! The running daemon's side.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::time::Duration;

use notice_server::Socket;
use serde_json::{Value, json};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;

use super::{VERSION, lines};
use crate::exit::{self, Outcome, Stop};

/// Time that the new process has for each of its lines before anything is given up for it.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pause after the system refused a connection.
const PAUSE: Duration = Duration::from_millis(100);

/// The socket by which another process asks to take over.
pub(in super::super) struct Control {
    socket: Socket,
    listener: UnixListener,
}

/// A process that is ready to take over.
pub(in super::super) struct Successor {
    stream: UnixStream,
    pub(in super::super) pid: Option<u32>,
}

impl Control {
    /// Listens at a path.
    pub(in super::super) fn bind(path: &Path) -> Outcome<Self> {
        Self::of(Socket::private(path)?)
    }

    /// Listens on a socket that came along with the others.
    pub(in super::super) fn of(socket: Socket) -> Outcome<Self> {
        let listener = UnixListener::from_std(socket.listener()?).map_err(|error| {
            let (en, zh) = (
                format!("control socket: {error}"),
                format!("控制套接字：{error}"),
            );
            Stop::new(exit::UNAVAILABLE, en, zh)
        })?;
        Ok(Self { socket, listener })
    }

    /// Says whether the socket's file goes with this process.
    pub(in super::super) fn set_owned(&self, is_owned: bool) {
        self.socket.set_owned(is_owned);
    }

    /// Waits for a process that has the sockets and is ready to serve. Whoever gives up before that changes nothing.
    pub(in super::super) async fn asked(&self, sockets: &[Socket]) -> Successor {
        loop {
            let stream = match self.listener.accept().await {
                Ok((stream, _)) => stream,
                Err(_) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            // The mode of the file says so already, unless somebody has changed it.
            let own = rustix::process::geteuid().as_raw();
            let peer = stream.peer_cred();
            if peer.as_ref().is_ok_and(|peer| peer.uid() == own)
                && self.offer(&stream, sockets).await.unwrap_or_default()
            {
                let pid = peer.ok().and_then(|peer| peer.pid());
                let pid = pid.and_then(|pid| u32::try_from(pid).ok());
                return Successor { stream, pid };
            }
        }
    }

    /// Gives handles of all sockets. Returns whether the other process is ready.
    async fn offer(&self, stream: &UnixStream, sockets: &[Socket]) -> io::Result<bool> {
        let version = json!(VERSION);
        if !timeout(PATIENCE, expect(stream, "take_over", &version)).await?? {
            return Ok(false);
        }
        let (mut all, mut handles): (Vec<Value>, Vec<BorrowedFd<'_>>) = (Vec::new(), Vec::new());
        for socket in sockets.iter().chain([&self.socket]) {
            let (about, own) = socket.parts();
            all.push(about);
            handles.extend(own);
        }
        let line = json!({"sockets": all, "pid": std::process::id()});
        timeout(PATIENCE, lines::send(stream, &line, &handles)).await??;
        timeout(PATIENCE, expect(stream, "ready", &json!(true))).await?
    }
}

impl Successor {
    /// Says that the board is closed.
    pub(in super::super) async fn closed(&self) -> io::Result<()> {
        lines::send(&self.stream, &json!({"closed": true}), &[]).await
    }

    /// Waits until the other process serves. Returns false if it has ended before.
    pub(in super::super) async fn serves(&self) -> bool {
        let said = expect(&self.stream, "serving", &json!(true)).await;
        said.unwrap_or_default()
    }
}

/// Receives a line, and returns whether it has a member with this value.
async fn expect(stream: &UnixStream, member: &str, value: &Value) -> io::Result<bool> {
    let line = lines::receive(stream).await?;
    Ok(line.is_some_and(|(line, _)| line.get(member) == Some(value)))
}
