//! The new process's side.

use std::io;
use std::path::Path;
use std::time::Duration;

use notice_server::Socket;
use serde_json::{Value, json};
use tokio::net::UnixStream;

use super::{Control, VERSION, lines};
use crate::exit::{self, Outcome, Stop};

/// Time that the running daemon has for giving its sockets.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the running daemon gave.
pub(in super::super) struct Taken {
    stream: UnixStream,
    /// The sockets, which the running daemon has as well.
    pub(in super::super) sockets: Vec<Socket>,
    pub(in super::super) control: Option<Control>,
    /// Process of the running daemon.
    pub(in super::super) pid: Option<u64>,
}

/// Asks the daemon with the control socket at `path` for its sockets. Returns None when no daemon is there.
pub(in super::super) async fn take(path: &Path) -> Outcome<Option<Taken>> {
    let stream = match UnixStream::connect(path).await {
        Ok(stream) => stream,
        Err(error) if is_nobody(&error) => return Ok(None),
        Err(error) => return Err(failed(path, &error.to_string())),
    };
    // Sockets of somebody else could be anything.
    let own = rustix::process::geteuid().as_raw();
    if !stream.peer_cred().is_ok_and(|peer| peer.uid() == own) {
        return Err(failed(path, "the daemon there is another user's"));
    }
    let asked = tokio::time::timeout(PATIENCE, ask(&stream)).await;
    let received = asked.map_err(io::Error::from).flatten();
    let (line, handles) = received.map_err(|error| failed(path, &error.to_string()))?;
    let mut handles = handles.into_iter();
    let (mut sockets, mut control) = (Vec::new(), None);
    for about in line
        .get("sockets")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let socket = Socket::from_parts(about, &mut handles)?;
        match socket.is_private() {
            true => control = Some(Control::of(socket)?),
            false => sockets.push(socket),
        }
    }
    Ok(Some(Taken {
        stream,
        sockets,
        control,
        pid: line.get("pid").and_then(Value::as_u64),
    }))
}

async fn ask(stream: &UnixStream) -> io::Result<(Value, Vec<std::os::fd::OwnedFd>)> {
    lines::send(stream, &json!({"take_over": VERSION}), &[]).await?;
    let line = lines::receive(stream).await?;
    line.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

impl Taken {
    /// Says that this process is ready, and waits until the running daemon has closed its board, or has ended.
    pub(in super::super) async fn closed(&self) {
        if lines::send(&self.stream, &json!({"ready": true}), &[])
            .await
            .is_ok()
        {
            // Whatever it says, and if it says nothing any more: the board's lock decides who has it.
            let _ = lines::receive(&self.stream).await;
        }
    }

    /// Says that this process serves.
    pub(in super::super) async fn serving(&self) {
        // Nobody may be there to hear it.
        let _ = lines::send(&self.stream, &json!({"serving": true}), &[]).await;
    }
}

fn is_nobody(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
    )
}

fn failed(path: &Path, why: &str) -> Stop {
    let path = path.display();
    Stop::new(
        exit::UNAVAILABLE,
        format!("cannot take over at {path}: {why}"),
        format!("无法在 {path} 接管：{why}"),
    )
}
