//! A Unix socket over which a daemon passes file descriptors along with bytes.

use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, recvmsg as receive_message,
};

use super::transport::{Cut, Stream, some};

/// Most descriptors that may wait to be taken: those of one message.
const MOST: usize = crate::wire::memory::Part::ALL.len();

/// A Unix socket that takes descriptors. An ordinary one closes them unseen.
#[derive(Debug)]
pub(super) struct Passing {
    socket: UnixStream,
    /// Came, and were not taken yet.
    descriptors: Vec<OwnedFd>,
}

impl Passing {
    pub(super) fn new(socket: UnixStream) -> Self {
        Self {
            socket,
            descriptors: Vec::new(),
        }
    }

    fn read(&mut self, to: &mut [u8], flags: RecvFlags) -> io::Result<usize> {
        // One more than there may be, so that a message with too many is told from a right one.
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST + 1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut parts = [IoSliceMut::new(to)];
        // A program that is started meanwhile must not inherit them.
        let flags = flags | RecvFlags::CMSG_CLOEXEC;
        let received = loop {
            match receive_message(&self.socket, &mut parts, &mut control, flags) {
                Err(rustix::io::Errno::INTR) => {}
                received => break received?,
            }
        };
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(more) = message {
                self.descriptors.extend(more);
            }
        }
        let were_lost = received.flags.contains(ReturnFlags::CTRUNC);
        if were_lost || self.descriptors.len() > MOST {
            self.descriptors.clear();
            let too_many = "more file descriptors came than belong to a message";
            return Err(io::Error::new(io::ErrorKind::InvalidData, too_many));
        }
        Ok(received.bytes)
    }
}

impl Stream for Passing {
    fn send(&mut self, bytes: &[u8], within: Duration) -> io::Result<()> {
        Stream::send(&mut self.socket, bytes, within)
    }

    fn receive(&mut self, to: &mut [u8], within: Duration) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(some(within)))?;
        self.read(to, RecvFlags::empty())
    }

    fn receive_now(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.read(to, RecvFlags::DONTWAIT)
    }

    fn take_descriptors(&mut self) -> Vec<OwnedFd> {
        std::mem::take(&mut self.descriptors)
    }

    fn cut(&self) -> io::Result<Cut> {
        Stream::cut(&self.socket)
    }
}
