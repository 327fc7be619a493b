//! Lines of JSON with handles, over a Unix socket.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde_json::Value;
use tokio::io::Interest;
use tokio::net::UnixStream;

/// Most handles in a message: the limit of Linux.
const HANDLES: usize = 253;
/// Longest line, in bytes.
const LINE_BYTES: usize = 1024 * 1024;

/// Sends a line, with handles of open files.
pub(super) async fn send(
    stream: &UnixStream,
    line: &Value,
    mut handles: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let bytes = format!("{line}\n");
    let mut rest = bytes.as_bytes();
    while !rest.is_empty() {
        let write = || {
            let message = SendAncillaryMessage::ScmRights(handles);
            let mut space = vec![MaybeUninit::uninit(); message.size()];
            let mut control = SendAncillaryBuffer::new(&mut space);
            if !handles.is_empty() && !control.push(message) {
                return Err(io::ErrorKind::ArgumentListTooLong.into());
            }
            let parts = [IoSlice::new(rest)];
            Ok(sendmsg(stream, &parts, &mut control, SendFlags::NOSIGNAL)?)
        };
        let sent = stream.async_io(Interest::WRITABLE, write).await?;
        rest = rest.get(sent..).unwrap_or_default();
        // They went with the first byte.
        handles = &[];
    }
    Ok(())
}

/// Receives a line and the handles that came with it; None at the end.
pub(super) async fn receive(stream: &UnixStream) -> io::Result<Option<(Value, Vec<OwnedFd>)>> {
    let (mut bytes, mut handles) = (Vec::new(), Vec::new());
    let mut part = vec![0; 16 * 1024];
    while bytes.last() != Some(&b'\n') {
        let read = || {
            let mut space = vec![MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(HANDLES))];
            let mut control = RecvAncillaryBuffer::new(&mut space);
            let mut parts = [IoSliceMut::new(&mut part)];
            let flags = RecvFlags::CMSG_CLOEXEC;
            let received = recvmsg(stream, &mut parts, &mut control, flags)?;
            if received.flags.contains(ReturnFlags::CTRUNC) {
                return Err(io::Error::other("handles were lost"));
            }
            for message in control.drain() {
                if let RecvAncillaryMessage::ScmRights(more) = message {
                    handles.extend(more);
                }
            }
            Ok(received.bytes)
        };
        let count = stream.async_io(Interest::READABLE, read).await?;
        bytes.extend(part.get(..count).unwrap_or_default());
        match count {
            0 if bytes.is_empty() => return Ok(None),
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            _ if bytes.len() > LINE_BYTES => return Err(io::ErrorKind::FileTooLarge.into()),
            _ => {}
        }
    }
    Ok(Some((serde_json::from_slice(&bytes)?, handles)))
}
