//! The sending half of a connection, which several calls answer on.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt, WriteHalf};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, watch};

use crate::stop::Stop;

/// The sending half of a connection. Answers that are ready together are sent one after the other, each whole.
pub(crate) struct Outbox<S> {
    /// Guards the stream for the time of one answer.
    stream: Mutex<WriteHalf<S>>,
    /// Time within which a client must take an answer.
    timeout: Duration,
    /// Places for calls in progress.
    places: Arc<Semaphore>,
    calls: u32,
    /// Whether the client sends nothing more.
    has_left: watch::Sender<bool>,
    /// Whether something could not be sent: what comes behind it has no place in the stream.
    is_broken: watch::Sender<bool>,
}

impl<S: AsyncWrite> Outbox<S> {
    /// Creates an outbox for at most `calls` calls in progress.
    pub(crate) fn new(stream: WriteHalf<S>, timeout: Duration, calls: usize) -> Arc<Self> {
        let calls = u32::try_from(calls.max(1)).unwrap_or(u32::MAX >> 4);
        Arc::new(Self {
            stream: Mutex::new(stream),
            timeout,
            places: Arc::new(Semaphore::new(calls as usize)),
            calls,
            has_left: watch::Sender::new(false),
            is_broken: watch::Sender::new(false),
        })
    }

    /// Sends bytes.
    ///
    /// # Errors
    /// Those of the stream; `TimedOut` for a client that does not take them; `BrokenPipe` behind any of these.
    pub(crate) async fn send(&self, bytes: &[u8]) -> io::Result<()> {
        self.send_with(bytes, || ()).await
    }

    /// Sends bytes, and does something before the first of them goes, and behind whatever was sent before.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub(crate) async fn send_with(&self, bytes: &[u8], before: impl FnOnce()) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let sent = tokio::time::timeout(self.timeout, async {
            let mut stream = self.stream.lock().await;
            if *self.is_broken.borrow() {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            before();
            stream.write_all(bytes).await?;
            stream.flush().await
        });
        let sent = sent
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        if sent.is_err() {
            self.is_broken.send_replace(true);
        }
        sent
    }

    /// Waits for a place for a call in progress; None when its answer could not be sent any more.
    pub(crate) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        tokio::select! {
            place = Arc::clone(&self.places).acquire_owned() => place.ok(),
            () = self.broken() => None,
        }
    }

    /// Waits until no call is in progress, sends the last bytes, and closes the stream. The last bytes may say that
    /// every call carried out has its answer, so they are left out once calls were abandoned, or an answer was not taken.
    pub(crate) async fn finish(&self, last: &[u8], stop: &Stop) {
        let _all = self.places.acquire_many(self.calls).await;
        if stop.is_closed() || *self.is_broken.borrow() {
            return;
        }
        let _ = self.send(last).await;
        let goodbye = async { self.stream.lock().await.shutdown().await };
        let _ = tokio::time::timeout(self.timeout, goodbye).await;
    }
}

impl<S> Outbox<S> {
    /// Notes that the client sends nothing more, and most likely is gone. Calls that wait are given up: nobody
    /// else would end them before their time.
    pub(crate) fn leave(&self) {
        self.has_left.send_replace(true);
    }

    /// Waits until something could not be sent.
    pub(crate) async fn broken(&self) {
        // The sender is here, so that it cannot be gone.
        let _ = self
            .is_broken
            .subscribe()
            .wait_for(|is_broken| *is_broken)
            .await;
    }

    /// Waits until the client sends nothing more.
    pub(crate) async fn left(&self) {
        // The sender is here, so that it cannot be gone.
        let _ = self
            .has_left
            .subscribe()
            .wait_for(|has_left| *has_left)
            .await;
    }
}
