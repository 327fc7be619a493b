//! A Unix socket that passes file descriptors along with bytes.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use notice::locks::Mutex;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::UnixStream;

use crate::session::Session;

/// The descriptors that go along with the next byte that is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pass(Arc<Mutex<Vec<OwnedFd>>>);

impl Pass {
    /// Lets descriptors go along with the next byte. They are closed here then.
    pub(crate) fn put(&self, descriptors: Vec<OwnedFd>) {
        self.0.lock().extend(descriptors);
    }

    fn take(&self) -> Vec<OwnedFd> {
        std::mem::take(&mut *self.0.lock())
    }
}

/// A Unix socket that passes descriptors.
#[derive(Debug)]
pub(crate) struct Passing {
    stream: UnixStream,
    pass: Pass,
}

impl Passing {
    /// Lets the client of `session` be passed descriptors.
    pub(crate) fn new(stream: UnixStream, session: &mut Session) -> Self {
        let pass = Pass::default();
        session.set_pass(pass.clone());
        Self { stream, pass }
    }

    fn send(
        &self,
        context: &mut Context<'_>,
        bytes: &[u8],
        descriptors: Vec<OwnedFd>,
    ) -> Poll<io::Result<usize>> {
        loop {
            match self.stream.poll_write_ready(context) {
                Poll::Pending => {
                    self.pass.put(descriptors);
                    return Poll::Pending;
                }
                Poll::Ready(is_ready) => is_ready?,
            }
            let sent = self.stream.try_io(Interest::WRITABLE, || {
                send(&self.stream, bytes, &descriptors)
            });
            match sent {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                sent => return Poll::Ready(sent),
            }
        }
    }
}

/// Sends bytes, at least one of them, with descriptors.
fn send(stream: &UnixStream, bytes: &[u8], descriptors: &[OwnedFd]) -> io::Result<usize> {
    let descriptors: Vec<BorrowedFd<'_>> = descriptors.iter().map(|one| one.as_fd()).collect();
    let message = SendAncillaryMessage::ScmRights(&descriptors);
    let mut space = vec![MaybeUninit::uninit(); message.size()];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(message) {
        return Err(io::ErrorKind::ArgumentListTooLong.into());
    }
    let parts = [IoSlice::new(bytes)];
    Ok(sendmsg(stream, &parts, &mut control, SendFlags::NOSIGNAL)?)
}

impl AsyncRead for Passing {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Passing {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let descriptors = match bytes.is_empty() {
            true => Vec::new(),
            false => self.pass.take(),
        };
        match descriptors.is_empty() {
            true => Pin::new(&mut self.stream).poll_write(context, bytes),
            false => self.send(context, bytes, descriptors),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        // HTTP alone writes so, which passes nothing.
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
