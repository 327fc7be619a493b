//! JSON-RPC lines: one request or batch a line, several in progress on one connection.

use std::io;
use std::sync::Arc;

use notice::{Bilingual, Error};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use crate::limits::{LINE_BYTES, Limits};
use crate::outbox::Outbox;
use crate::patience::Patience;
use crate::rpc::{self, Incoming};
use crate::session::Session;

/// Bytes that are read at once.
const READ_BYTES: usize = 16 * 1024;
/// Answers that are ready are sent together up to this length, in bytes.
const TOGETHER_BYTES: usize = 64 * 1024;

/// Received bytes, cut into lines.
#[derive(Default)]
struct Lines {
    buffer: Vec<u8>,
    /// Start of the first line that was not taken yet.
    start: usize,
    /// End of what was searched for the end of that line.
    searched: usize,
}

impl Lines {
    fn receive(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Returns the next line without its end.
    fn next(&mut self) -> Option<&[u8]> {
        let rest = self.buffer.get(self.searched..).unwrap_or_default();
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.buffer.len();
            return None;
        };
        let (start, end) = (self.start, self.searched + end);
        self.start = end + 1;
        self.searched = end + 1;
        self.buffer.get(start..end)
    }

    /// Returns what is behind the last line.
    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }
}

/// A connection of lines.
struct Conversation<S> {
    session: Arc<Session>,
    outbox: Arc<Outbox<S>>,
    /// Answers to send.
    ready: Vec<u8>,
}

/// Serves a connection whose first bytes are `first`.
pub(crate) async fn serve<S>(
    stream: S,
    first: Vec<u8>,
    session: Session,
    limits: &Limits,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let (mut input, output) = tokio::io::split(stream);
    let desk = Arc::clone(&session.desk);
    let mut conversation = Conversation {
        session: Arc::new(session),
        outbox: Outbox::new(output, limits.send, limits.calls),
        ready: Vec::new(),
    };
    let mut draining = std::pin::pin!(desk.stop.draining());
    let mut lines = Lines::default();
    lines.receive(&first);
    let mut buffer = vec![0; READ_BYTES];
    let mut patience = Patience::new(limits.receive);
    let (mut received, mut is_stopping) = (first.len(), false);
    loop {
        let goes_on = conversation.take(&mut lines).await?;
        conversation.send().await?;
        if !goes_on {
            break;
        }
        patience.received(received, !lines.rest().is_empty());
        let count = tokio::select! {
            read = input.read(&mut buffer) => read?,
            () = patience.exhausted() => break,
            () = &mut draining => {
                is_stopping = true;
                break;
            }
        };
        received = count;
        if count == 0 {
            // The last line needs no end.
            let last = lines.rest().to_vec();
            conversation.line(&last).await;
            conversation.send().await?;
            break;
        }
        lines.receive(buffer.get(..count).unwrap_or_default());
    }
    if !is_stopping {
        conversation.outbox.leave();
    }
    conversation.outbox.finish(b"", &desk.stop).await;
    Ok(())
}

impl<S> Drop for Conversation<S> {
    fn drop(&mut self) {
        self.outbox.leave();
    }
}

impl<S: AsyncWrite + Send + 'static> Conversation<S> {
    /// Answers every whole line. Returns false when the connection must end.
    async fn take(&mut self, lines: &mut Lines) -> io::Result<bool> {
        while let Some(line) = lines.next() {
            if line.len() > LINE_BYTES {
                return Ok(self.refuse(line.len()));
            }
            if !self.line(line).await {
                return Ok(false);
            }
            if self.ready.len() >= TOGETHER_BYTES {
                self.send().await?;
            }
        }
        let rest = lines.rest().len();
        Ok(rest <= LINE_BYTES || self.refuse(rest))
    }

    /// Refuses a line beyond the limit. Where the next one begins may be far away.
    fn refuse(&mut self, bytes: usize) -> bool {
        let unit = Bilingual::new("bytes", "字节");
        let error = Error::too_large("line", bytes as u64, LINE_BYTES as u64, &unit);
        self.say(&rpc::unread(error).to_string());
        false
    }

    /// Answers a line, at once or from a task of its own. Returns false when the connection must end.
    async fn line(&mut self, line: &[u8]) -> bool {
        let line = line.trim_ascii();
        if line.is_empty() {
            return true;
        }
        let incoming = rpc::read(line);
        if incoming.is_quick() {
            if let Some(answer) = incoming.answer(&self.session).await {
                self.say(&answer.to_string());
            }
            return true;
        }
        // Answers must not wait for a place, which they may be what frees.
        if self.send().await.is_err() {
            return false;
        }
        let Some(place) = self.outbox.place().await else {
            return false;
        };
        let (session, outbox) = (Arc::clone(&self.session), Arc::clone(&self.outbox));
        tokio::spawn(async move {
            finish(incoming, session, outbox).await;
            // Behind everything that holds the board: who waits for the place may close the board.
            drop(place);
        });
        true
    }

    fn say(&mut self, line: &str) {
        self.ready.extend_from_slice(line.as_bytes());
        self.ready.push(b'\n');
    }

    async fn send(&mut self) -> io::Result<()> {
        let sent = self.outbox.send(&self.ready).await;
        self.ready.clear();
        sent
    }
}

/// Answers from a task of its own.
async fn finish<S: AsyncWrite>(incoming: Incoming, session: Arc<Session>, outbox: Arc<Outbox<S>>) {
    let waits = incoming.waits();
    let work = async {
        if let Some(answer) = incoming.answer(&session).await {
            // The reading half learns by itself that the client is gone.
            let _ = outbox.send(format!("{answer}\n").as_bytes()).await;
        }
    };
    tokio::select! {
        () = work => {}
        () = session.desk.stop.closed() => {}
        () = outbox.left(), if waits => {}
    }
}
