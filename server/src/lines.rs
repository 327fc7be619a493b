//! JSON-RPC lines: one request or batch a line, several in progress on one connection.

use std::io;
use std::sync::Arc;

use notice::{Bilingual, Error};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::conversation::{self, Conversation, Protocol, Received};
use crate::limits::{LINE_BYTES, Limits};
use crate::outbox::Outbox;
use crate::rpc::{self, Incoming};
use crate::session::Session;

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

impl Received for Lines {
    fn receive(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    fn is_partial(&self) -> bool {
        !self.rest().is_empty()
    }
}

/// A connection of lines.
struct Spoken<S>(Conversation<S>);

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
    conversation::hold(stream, first, session, limits, Lines::default(), Spoken).await
}

impl<S: AsyncRead + AsyncWrite + Send + 'static> Protocol for Spoken<S> {
    type Received = Lines;
    type Stream = S;

    fn conversation(&mut self) -> &mut Conversation<S> {
        &mut self.0
    }

    async fn take(&mut self, lines: &mut Lines) -> io::Result<bool> {
        while let Some(line) = lines.next() {
            if line.len() > LINE_BYTES {
                return Ok(self.refuse(line.len()));
            }
            if !self.line(line).await {
                return Ok(false);
            }
            if self.0.is_full() {
                self.0.send().await?;
            }
        }
        let rest = lines.rest().len();
        Ok(rest <= LINE_BYTES || self.refuse(rest))
    }

    async fn take_last(&mut self, lines: &mut Lines) {
        // The last line needs no end.
        let last = lines.rest().to_vec();
        self.line(&last).await;
    }

    fn goodbye() -> Vec<u8> {
        Vec::new()
    }
}

impl<S: AsyncRead + AsyncWrite + Send + 'static> Spoken<S> {
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
            if let Some(answer) = incoming.answer(&self.0.session).await {
                self.say(&answer.to_string());
            }
            return true;
        }
        let Some(place) = self.0.place().await else {
            return false;
        };
        let (session, outbox) = (Arc::clone(&self.0.session), Arc::clone(&self.0.outbox));
        tokio::spawn(async move {
            finish(incoming, session, outbox).await;
            // Behind everything that holds the board: who waits for the place may close the board.
            drop(place);
        });
        true
    }

    fn say(&mut self, line: &str) {
        self.0.ready.extend_from_slice(line.as_bytes());
        self.0.ready.push(b'\n');
    }
}

/// Answers from a task of its own.
async fn finish<S: AsyncWrite>(incoming: Incoming, session: Arc<Session>, outbox: Arc<Outbox<S>>) {
    let waits = incoming.waits();
    let work = async {
        if let Some(answer) = incoming.answer(&session).await {
            // The outbox tells the reading half what could not be sent.
            let _ = outbox.send(format!("{answer}\n").as_bytes()).await;
        }
    };
    tokio::select! {
        () = work => {}
        () = session.desk.stop.closed() => {}
        () = outbox.left(), if waits => {}
    }
}
