//! Frames that carry calls and answers over a stream of bytes. No I/O; docs/protocol.md describes every byte.
//!
//! A frame is a header of [`HEADER_BYTES`] and a payload of at most [`PAYLOAD_BYTES`]. A message is one frame, or
//! several in a row, and has at most [`BODY_BYTES`].

use std::borrow::Cow;
use std::ops::Range;

use crate::error::{Bilingual, Error, Result};
use crate::model::limits;

/// First bytes of every frame.
pub const MAGIC: [u8; 4] = *b"ENOT";
/// Version of the frames that this build reads and writes.
pub const VERSION: u32 = 1;
/// Length of a header: magic, version, length of the payload, its CRC-32.
pub const HEADER_BYTES: usize = 16;
/// Longest payload of a frame.
pub const PAYLOAD_BYTES: usize = 65_535;
/// Length of what precedes the body in a payload: request, kind, flags, reserved.
pub const PREFIX_BYTES: usize = 8;
/// Longest body of a message: one byte for the form, and the largest call or answer.
pub const BODY_BYTES: usize = limits::MESSAGE_BYTES + 1;

/// Flag: more frames of this message follow.
const MORE: u8 = 1;

/// Kind of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A client presents itself. The first message of a connection.
    Hello = 1,
    /// The server accepts a hello.
    Welcome = 2,
    /// A [`Call`](super::Call) in binary.
    Call = 3,
    /// An [`Answer`](super::Answer) in binary.
    Answer = 4,
    /// A question whether the other side is there.
    Ping = 5,
    /// The answer to a ping, with the same body.
    Pong = 6,
    /// A client begins to [follow](super::feed::Follow) the board.
    Follow = 7,
    /// A piece of a [step](super::feed::Step) of what a follower receives.
    Feed = 8,
    /// The server stops: what has no answer yet was not carried out, and nothing more is read. The last message of a
    /// connection.
    Goodbye = 9,
    /// A client on the same machine asks for the board's [memory](super::memory).
    Memory = 10,
    /// The server hands it over: descriptors come along with the message.
    Handed = 11,
}

impl Kind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::Hello,
        Self::Welcome,
        Self::Call,
        Self::Answer,
        Self::Ping,
        Self::Pong,
        Self::Follow,
        Self::Feed,
        Self::Goodbye,
        Self::Memory,
        Self::Handed,
    ];

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == code)
    }
}

/// A message: a body, and the number of the request that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    /// Number that a client gives a request, and that its answer repeats.
    pub request: u32,
    /// The kind.
    pub kind: Kind,
    /// The body. It is borrowed from the [`Inbox`] if the message is a single frame.
    pub body: Cow<'a, [u8]>,
}

impl<'a> Message<'a> {
    /// Creates a message.
    pub fn new(request: u32, kind: Kind, body: impl Into<Cow<'a, [u8]>>) -> Self {
        let body = body.into();
        Self {
            request,
            kind,
            body,
        }
    }

    /// Appends the frames of the message to `to`.
    ///
    /// ```
    /// use notice::wire::frames::{Inbox, Kind, Message};
    ///
    /// let mut bytes = Vec::new();
    /// Message::new(7, Kind::Ping, b"there?".as_slice()).write(&mut bytes)?;
    /// let mut inbox = Inbox::default();
    /// inbox.receive(&bytes);
    /// let message = inbox.next()?.ok_or("incomplete")?;
    /// assert_eq!((message.request, message.kind), (7, Kind::Ping));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `too_large` beyond [`BODY_BYTES`].
    pub fn write(&self, to: &mut Vec<u8>) -> Result<()> {
        check_length(self.body.len(), BODY_BYTES)?;
        let mut rest: &[u8] = &self.body;
        loop {
            let (part, behind) = rest
                .split_at_checked(PAYLOAD_BYTES - PREFIX_BYTES)
                .unwrap_or((rest, &[]));
            self.write_frame(part, !behind.is_empty(), to);
            if behind.is_empty() {
                return Ok(());
            }
            rest = behind;
        }
    }

    /// Appends one frame.
    fn write_frame(&self, part: &[u8], more: bool, to: &mut Vec<u8>) {
        let mut prefix = [0; PREFIX_BYTES];
        let numbers = self.request.to_le_bytes();
        let rest = [self.kind as u8, u8::from(more) * MORE, 0, 0];
        for (to, from) in prefix.iter_mut().zip(numbers.into_iter().chain(rest)) {
            *to = from;
        }
        let mut crc = crc32fast::Hasher::new();
        crc.update(&prefix);
        crc.update(part);
        // At most PAYLOAD_BYTES, which `write` saw to.
        let length = u32::try_from(PREFIX_BYTES + part.len()).unwrap_or(u32::MAX);
        to.reserve(HEADER_BYTES + PREFIX_BYTES + part.len());
        to.extend_from_slice(&MAGIC);
        for number in [VERSION, length, crc.finalize()] {
            to.extend_from_slice(&number.to_le_bytes());
        }
        to.extend_from_slice(&prefix);
        to.extend_from_slice(part);
    }
}

/// Puts received bytes together to messages. It holds the bytes that were received and not taken yet, and at most
/// one message that is incomplete.
///
/// After an error the stream has no known place to go on from: the connection must be closed.
#[derive(Debug)]
pub struct Inbox {
    buffer: Vec<u8>,
    /// Start of what was not taken yet in `buffer`.
    start: usize,
    partial: Option<Partial>,
    /// Longest body that is accepted.
    most: usize,
}

impl Default for Inbox {
    fn default() -> Self {
        Self {
            buffer: Vec::new(),
            start: 0,
            partial: None,
            most: BODY_BYTES,
        }
    }
}

/// The frames so far of a message whose last one said that more follow.
#[derive(Debug)]
struct Partial {
    request: u32,
    kind: Kind,
    body: Vec<u8>,
}

/// A frame in the buffer.
struct Frame {
    request: u32,
    kind: Kind,
    more: bool,
    /// Place of the body in the buffer.
    body: Range<usize>,
}

impl Inbox {
    /// Sets the longest body to accept, at most [`BODY_BYTES`]. A server accepts less from strangers, because it
    /// holds one incomplete message for each connection.
    pub fn set_limit(&mut self, bytes: usize) {
        self.most = bytes.min(BODY_BYTES);
    }

    /// Adds received bytes. Take every complete message with [`next`](Self::next) before the next bytes, so that
    /// the inbox holds little more than one frame.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start.min(self.buffer.len()));
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Returns whether no part of a message is held back.
    pub fn is_empty(&self) -> bool {
        self.start >= self.buffer.len() && self.partial.is_none()
    }

    /// Returns the next message; None if more bytes are needed.
    ///
    /// # Errors
    /// `invalid_field` for bytes that are not a frame, with a path such as `frame.crc`; `too_large` for a frame or a
    /// message beyond its limit, before anything is allocated for it.
    #[expect(clippy::should_implement_trait, reason = "a message borrows the inbox")]
    pub fn next(&mut self) -> Result<Option<Message<'_>>> {
        while let Some(frame) = self.frame()? {
            self.start = frame.body.end;
            let Frame {
                request,
                kind,
                more,
                body,
            } = frame;
            if !more && self.partial.is_none() {
                let body = self.buffer.get(body).unwrap_or_default();
                check_length(body.len(), self.most)?;
                return Ok(Some(Message::new(request, kind, body)));
            }
            let part = self.buffer.get(body).unwrap_or_default();
            let whole = self.partial.get_or_insert_with(|| Partial {
                request,
                kind,
                body: Vec::new(),
            });
            check_same("frame.request", request, whole.request)?;
            check_same("frame.kind", kind as u32, whole.kind as u32)?;
            check_length(whole.body.len() + part.len(), self.most)?;
            whole.body.extend_from_slice(part);
            if !more && let Some(whole) = self.partial.take() {
                return Ok(Some(Message::new(whole.request, whole.kind, whole.body)));
            }
        }
        Ok(None)
    }

    /// Reads the frame at the start of the buffer; None if it is incomplete.
    fn frame(&self) -> Result<Option<Frame>> {
        let bytes = self.buffer.get(self.start..).unwrap_or_default();
        // A stranger is refused by its first bytes, and not waited for.
        let seen = bytes.get(..MAGIC.len()).unwrap_or(bytes);
        if !MAGIC.starts_with(seen) {
            return Err(refused(
                "frame.magic",
                &String::from_utf8_lossy(seen),
                Bilingual::new("must be ENOT", "必须是 ENOT"),
            ));
        }
        let Some((header, rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            return Ok(None);
        };
        let [version, length, crc] = numbers(header);
        if version != VERSION {
            return Err(refused(
                "frame.version",
                &version.to_string(),
                Bilingual::new(
                    format!("unsupported version; use {VERSION}"),
                    format!("不支持的版本；请使用 {VERSION}"),
                ),
            ));
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > PAYLOAD_BYTES {
            let (path, unit) = ("frame.length", Bilingual::new("bytes", "字节"));
            return Err(Error::too_large(
                path,
                length as u64,
                PAYLOAD_BYTES as u64,
                &unit,
            ));
        }
        if length < PREFIX_BYTES {
            return Err(refused(
                "frame.length",
                &length.to_string(),
                Bilingual::new(
                    format!("must be at least {PREFIX_BYTES}"),
                    format!("至少为 {PREFIX_BYTES}"),
                ),
            ));
        }
        let Some(payload) = rest.get(..length) else {
            return Ok(None);
        };
        if crc32fast::hash(payload) != crc {
            return Err(refused(
                "frame.crc",
                &crc.to_string(),
                Bilingual::new("does not match the payload", "与内容不符"),
            ));
        }
        self.payload(payload).map(Some)
    }

    /// Reads the prefix of a payload that is whole and starts behind the header.
    fn payload(&self, payload: &[u8]) -> Result<Frame> {
        let (prefix, body) = payload
            .split_first_chunk::<PREFIX_BYTES>()
            .unwrap_or((&[0; PREFIX_BYTES], &[]));
        let [a, b, c, d, code, flags, reserved @ ..] = *prefix;
        let Some(kind) = Kind::from_code(code) else {
            let reason = Bilingual::new("unknown kind; use 1 to 11", "未知的类型；请使用 1 到 11");
            return Err(refused("frame.kind", &code.to_string(), reason));
        };
        if flags & !MORE != 0 {
            let reason = Bilingual::new(
                "unknown flag; only bit 0 has a meaning",
                "未知的标志位；仅第 0 位有含义",
            );
            return Err(refused("frame.flags", &flags.to_string(), reason));
        }
        if reserved != [0; 2] {
            let value = u16::from_le_bytes(reserved).to_string();
            let reason = Bilingual::new("must be 0", "必须为 0");
            return Err(refused("frame.reserved", &value, reason));
        }
        let more = flags == MORE;
        if more && body.is_empty() {
            // Without end they would keep the reader busy and never fill a message.
            let reason = Bilingual::new(
                "must contain a part of the message when more frames follow",
                "后续还有帧时，本帧必须包含消息内容",
            );
            return Err(refused("frame.length", &payload.len().to_string(), reason));
        }
        let start = self.start + HEADER_BYTES + PREFIX_BYTES;
        Ok(Frame {
            request: u32::from_le_bytes([a, b, c, d]),
            kind,
            more,
            body: start..start + body.len(),
        })
    }
}

/// Returns the three numbers behind the magic.
fn numbers(header: &[u8; HEADER_BYTES]) -> [u32; 3] {
    let [_, _, _, _, rest @ ..] = *header;
    let mut numbers = [0; 3];
    for (number, bytes) in numbers.iter_mut().zip(rest.chunks_exact(4)) {
        *number = bytes.try_into().map_or(0, u32::from_le_bytes);
    }
    numbers
}

/// Refuses a frame of another message before the one in progress has ended.
fn check_same(path: &str, got: u32, expected: u32) -> Result<()> {
    if got == expected {
        return Ok(());
    }
    let reason = Bilingual::new(
        format!("must be {expected}: the message before is incomplete"),
        format!("必须为 {expected}：前一条消息尚未完整"),
    );
    Err(refused(path, &got.to_string(), reason))
}

fn check_length(bytes: usize, most: usize) -> Result<()> {
    if bytes <= most {
        return Ok(());
    }
    let unit = Bilingual::new("bytes", "字节");
    Err(Error::too_large("bytes", bytes as u64, most as u64, &unit))
}

fn refused(path: &str, value: &str, reason: Bilingual) -> Error {
    Error::invalid(path, value, reason)
}
