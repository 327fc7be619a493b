//! A connection that speaks ENOT frames: one of many in this process.

use std::pin::Pin;
use std::time::Instant;

use notice::wire::frames::{Inbox, Kind, Message};
use notice::wire::{Answer, Call};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};

use super::histogram::Histogram;
use crate::Result;
use crate::far::TOKEN;
use crate::other::failed;

/// Both halves of a stream.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send {}
impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

/// Connects to a place such as `unix:PATH`, without a word.
pub(super) async fn connect(place: &str) -> Result<Pin<Box<dyn Stream>>> {
    let fault = failed(place);
    if let Some(path) = place.strip_prefix("unix:") {
        loop {
            match UnixStream::connect(path).await {
                Ok(stream) => return Ok(Box::pin(stream)),
                // More connect at once than the system keeps waiting.
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                }
                Err(error) => return Err(fault(error)),
            }
        }
    }
    let address = place.trim_start_matches("tcp:");
    let stream = TcpStream::connect(address).await.map_err(failed(place))?;
    stream.set_nodelay(true).map_err(failed(place))?;
    Ok(Box::pin(stream))
}

/// A connection that was welcomed.
pub(super) struct Caller {
    stream: Pin<Box<dyn Stream>>,
    inbox: Inbox,
    received: Vec<u8>,
    sent: Vec<u8>,
}

impl Caller {
    /// Connects as an administrator.
    pub(super) async fn connect(place: &str) -> Result<Self> {
        let mut caller = Self {
            stream: connect(place).await?,
            inbox: Inbox::default(),
            received: vec![0; 32 * 1024],
            sent: Vec::new(),
        };
        let hello = json!({"versions": [1], "token": TOKEN}).to_string();
        let (kind, _) = caller.exchange(Kind::Hello, hello.as_bytes()).await?;
        match kind {
            Kind::Welcome => Ok(caller),
            _ => Err("the daemon refused a hello".to_owned()),
        }
    }

    /// Makes a call, and counts how long it took.
    pub(super) async fn call(&mut self, call: &Call, times: &mut Histogram) -> Result<Answer> {
        let call = call.to_bytes().map_err(failed("a call"))?;
        let begun = Instant::now();
        let (_, body) = self.exchange(Kind::Call, &call).await?;
        let answer = Answer::from_bytes(&body).map_err(failed("an answer"))?;
        times.add(begun.elapsed().as_nanos() as u64);
        answer.into_result().map_err(failed("refused"))
    }

    async fn exchange(&mut self, kind: Kind, body: &[u8]) -> Result<(Kind, Vec<u8>)> {
        self.sent.clear();
        let message = Message::new(1, kind, body);
        message.write(&mut self.sent).map_err(failed("a message"))?;
        let sent = self.stream.write_all(&self.sent).await;
        sent.map_err(failed("the daemon"))?;
        loop {
            if let Some(message) = self.inbox.next().map_err(failed("a frame"))? {
                return Ok((message.kind, message.body.into_owned()));
            }
            let read = self.stream.read(&mut self.received).await;
            match read.map_err(failed("the daemon"))? {
                0 => return Err("the daemon closed a connection".to_owned()),
                count => self
                    .inbox
                    .receive(self.received.get(..count).unwrap_or_default()),
            }
        }
    }
}
