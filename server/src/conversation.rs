//! A connection on which several calls may be in progress, from its first byte to its end.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::sync::OwnedSemaphorePermit;

use crate::limits::Limits;
use crate::outbox::Outbox;
use crate::patience::Patience;
use crate::session::Session;

/// Bytes that are read at once.
const READ_BYTES: usize = 16 * 1024;
/// Answers that are ready are sent together up to this length, in bytes.
const TOGETHER_BYTES: usize = 64 * 1024;

/// What a protocol makes of received bytes.
pub(crate) trait Protocol {
    /// Received bytes, cut into messages.
    type Received: Received;
    /// The connection's stream.
    type Stream: AsyncRead + AsyncWrite + Send + 'static;

    /// Returns what the protocol answers with.
    fn conversation(&mut self) -> &mut Conversation<Self::Stream>;

    /// Answers every complete message. Returns false when the connection must end.
    async fn take(&mut self, received: &mut Self::Received) -> io::Result<bool>;

    /// Answers what is left when the client says that nothing follows.
    async fn take_last(&mut self, received: &mut Self::Received);

    /// Returns what is said to a client whose connection ends because the server stops.
    fn goodbye() -> Vec<u8>;
}

/// Received bytes, cut into messages.
pub(crate) trait Received {
    /// Adds bytes.
    fn receive(&mut self, bytes: &[u8]);

    /// Returns whether part of a message has come.
    fn is_partial(&self) -> bool;
}

/// One side of a connection: who is there, and what it is answered.
pub(crate) struct Conversation<S> {
    pub(crate) session: Arc<Session>,
    pub(crate) outbox: Arc<Outbox<S>>,
    /// Answers to send.
    pub(crate) ready: Vec<u8>,
}

/// Serves a connection whose first bytes are `first`, until the client leaves, breaks a rule, or neither sends nor takes
/// what has begun in time; or until the server stops.
pub(crate) async fn hold<P: Protocol>(
    stream: P::Stream,
    first: Vec<u8>,
    session: Session,
    limits: &Limits,
    mut received: P::Received,
    speak: impl FnOnce(Conversation<P::Stream>) -> P,
) -> io::Result<()> {
    let (mut input, output) = tokio::io::split(stream);
    let desk = Arc::clone(&session.desk);
    let outbox = Outbox::new(output, limits.send, limits.calls);
    let mut protocol = speak(Conversation {
        session: Arc::new(session),
        outbox: Arc::clone(&outbox),
        ready: Vec::new(),
    });
    let mut draining = std::pin::pin!(desk.stop.draining());
    let mut broken = std::pin::pin!(outbox.broken());
    let mut buffer = vec![0; READ_BYTES];
    let mut patience = Patience::new(limits.receive);
    let (mut count, mut is_stopping) = (first.len(), false);
    received.receive(&first);
    drop(first);
    loop {
        let goes_on = protocol.take(&mut received).await?;
        protocol.conversation().send().await?;
        if !goes_on {
            break;
        }
        patience.received(count, received.is_partial());
        count = tokio::select! {
            read = input.read(&mut buffer) => read?,
            () = patience.exhausted() => break,
            // Also what another task could not send: nothing behind it has its place in the stream.
            () = &mut broken => break,
            () = &mut draining => {
                is_stopping = true;
                break;
            }
        };
        if count == 0 {
            protocol.take_last(&mut received).await;
            protocol.conversation().send().await?;
            break;
        }
        received.receive(buffer.get(..count).unwrap_or_default());
    }
    if is_stopping {
        outbox.finish(&P::goodbye(), &desk.stop).await;
    } else {
        outbox.leave();
        outbox.finish(b"", &desk.stop).await;
    }
    Ok(())
}

impl<S> Conversation<S> {
    /// Returns whether the answers are better sent before there are more.
    pub(crate) fn is_full(&self) -> bool {
        self.ready.len() >= TOGETHER_BYTES
    }
}

impl<S: AsyncWrite> Conversation<S> {
    /// Sends the answers that are ready.
    ///
    /// # Errors
    /// As [`Outbox::send`].
    pub(crate) async fn send(&mut self) -> io::Result<()> {
        let sent = self.outbox.send(&self.ready).await;
        self.ready.clear();
        sent
    }

    /// Waits for a place for a call that a task of its own answers. None when the connection must end.
    pub(crate) async fn place(&mut self) -> Option<OwnedSemaphorePermit> {
        // Answers must not wait for a place, which they may be what frees.
        self.send().await.ok()?;
        self.outbox.place().await
    }
}

impl<S> Drop for Conversation<S> {
    fn drop(&mut self) {
        self.outbox.leave();
    }
}
