//! A Unix socket that takes descriptors.

use std::io::{self, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use crate::client::{Enot, unix};

/// Descriptors that came.
pub(super) type Taken = Arc<Mutex<Vec<OwnedFd>>>;

/// A Unix socket that takes descriptors.
pub(super) struct Taking {
    stream: UnixStream,
    taken: Taken,
}

impl Taking {
    pub(super) fn connect(path: &Path) -> (Enot, Taken) {
        let taken = Taken::default();
        let taking = Self {
            stream: unix(path),
            taken: Arc::clone(&taken),
        };
        (Enot::over(taking), taken)
    }
}

impl Read for Taking {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(16))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut parts = [IoSliceMut::new(to)];
        let flags = RecvFlags::CMSG_CLOEXEC;
        let received = recvmsg(&self.stream, &mut parts, &mut control, flags)?;
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(more) = message {
                self.taken.lock().unwrap().extend(more);
            }
        }
        Ok(received.bytes)
    }
}

impl Write for Taking {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
