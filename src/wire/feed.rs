//! Following a board over frames: what a follower asks, and the steps that it receives.
//!
//! A client sends a message of [`Kind::Follow`], whose body is a [`Follow`]. From then on it receives messages of
//! [`Kind::Feed`], each of them a piece of a [`Step`]. docs/protocol.md describes every byte.

use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::frames::{Kind, Message};
use super::parse;
use crate::error::{Bilingual, Error, Result};
use crate::journal::{Link, Place};
use crate::model::json;

/// Name in a welcome of a server that can be followed.
pub const FEATURE: &str = "follow";
/// How often a follower may want to hear of the server, in milliseconds.
pub const HEARTBEAT_MS: RangeInclusive<u64> = 100..=60_000;
/// How often a follower hears of the server that does not say how often, in milliseconds.
pub const USUAL_HEARTBEAT_MS: u64 = 1000;
/// Longest piece of a step, in bytes. Messages of calls on the same connection come between two pieces.
const PIECE_BYTES: usize = 1024 * 1024;
/// Longest step that is put together, in bytes: longer than any entry that a board accepts.
const STEP_BYTES: usize = 1024 * 1024 * 1024;
/// Flag of a piece: more of the step follows.
const MORE: u8 = 1;

/// What a follower asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// Where the follower is; None for a follower that has nothing yet.
    pub from: Option<Place>,
    /// How often the follower hears of the server when nothing is written, in milliseconds.
    pub heartbeat_ms: u64,
}

impl Follow {
    /// Encodes the request.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = json!({"heartbeat_ms": self.heartbeat_ms});
        if let (Some(from), Value::Object(members)) = (&self.from, &mut body) {
            members.insert("epoch".to_owned(), format!("{:032x}", from.epoch).into());
            members.insert("seq".to_owned(), from.seq.into());
            members.insert("link".to_owned(), from.link.to_string().into());
        }
        body.to_string().into_bytes()
    }

    /// Decodes a request. Unknown members are passed over, because a newer client may have more to say.
    ///
    /// # Errors
    /// `invalid_field` with the path of the fault.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let body = parse(bytes)?;
        json::object("", &body)?;
        let member = |name: &str| body.get(name).filter(|value| !value.is_null());
        let heartbeat_ms = match member("heartbeat_ms") {
            Some(value) => {
                let wanted = json::integer::<u64>("heartbeat_ms", value)?;
                if !HEARTBEAT_MS.contains(&wanted) {
                    let (least, most) = (HEARTBEAT_MS.start(), HEARTBEAT_MS.end());
                    let reason = Bilingual::new(
                        format!("must be {least} to {most}"),
                        format!("必须在 {least} 到 {most} 之间"),
                    );
                    return Err(Error::invalid("heartbeat_ms", &wanted.to_string(), reason));
                }
                wanted
            }
            None => USUAL_HEARTBEAT_MS,
        };
        let from = match (member("epoch"), member("seq"), member("link")) {
            (None, None, None) => None,
            (Some(epoch), Some(seq), Some(link)) => Some(Place {
                epoch: hex("epoch", epoch)?,
                seq: json::integer::<u64>("seq", seq)?,
                link: Link::from(hex("link", link)?.to_be_bytes()),
            }),
            _ => {
                let reason = Bilingual::new(
                    "give epoch, seq and link together, or none of them",
                    "epoch、seq 和 link 须同时给出，或都不给出",
                );
                return Err(Error::invalid("epoch", "", reason));
            }
        };
        Ok(Self { from, heartbeat_ms })
    }
}

fn hex(path: &str, value: &Value) -> Result<u128> {
    let text = json::str(path, value)?;
    let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u128::from_str_radix(text, 16).ok().filter(|_| is_hex);
    number.ok_or_else(|| {
        let reason = Bilingual::new("must be 32 hexadecimal digits", "必须是 32 位十六进制数");
        Error::invalid(path, text, reason)
    })
}

/// Why a follower gets a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Reason {
    /// It has nothing yet.
    First = 1,
    /// It is so far behind that the entries are not kept any more.
    Behind = 2,
    /// What it has is the history of another board, or one that this board has not.
    History = 3,
}

/// A step of what a follower receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    /// The server is at work on what comes next. This says nothing about the board.
    Alive,
    /// A snapshot begins. Whatever came before does not count any more once it is whole.
    Begin(Reason),
    /// Part of a snapshot: a checkpoint in binary, as docs/journal.md describes it, with some of its effects.
    Part(&'a [u8]),
    /// The snapshot is whole.
    Whole {
        /// Number of its parts.
        parts: u64,
    },
    /// What was written next.
    Entries {
        /// Number of the board's last write when these were taken. The follower has everything if that is the last
        /// one that it has.
        head: u64,
        /// Entries in binary, as docs/journal.md describes them. None if nothing was written.
        entries: Vec<&'a [u8]>,
    },
}

impl<'a> Step<'a> {
    /// Appends the messages of the step, as the feed of `request`.
    ///
    /// # Errors
    /// `too_large` for an entry of 4 GiB.
    pub fn write(&self, request: u32, to: &mut Vec<u8>) -> Result<()> {
        let (code, body) = match self {
            Self::Alive => (0, Vec::new()),
            Self::Begin(reason) => (1, vec![*reason as u8]),
            Self::Part(part) => (2, part.to_vec()),
            Self::Whole { parts } => (3, parts.to_le_bytes().to_vec()),
            Self::Entries { head, entries } => {
                let mut body = head.to_le_bytes().to_vec();
                for entry in entries {
                    let length = u32::try_from(entry.len()).map_err(|_| too_large(entry.len()))?;
                    body.extend(length.to_le_bytes());
                    body.extend_from_slice(entry);
                }
                (4, body)
            }
        };
        let mut rest = body.as_slice();
        loop {
            let (piece, behind) = rest.split_at_checked(PIECE_BYTES).unwrap_or((rest, &[]));
            let flags = if behind.is_empty() { 0 } else { MORE };
            let body = [&[code, flags], piece].concat();
            Message::new(request, Kind::Feed, body).write(to)?;
            if behind.is_empty() {
                return Ok(());
            }
            rest = behind;
        }
    }

    fn read(code: u8, body: &'a [u8]) -> Result<Self> {
        let number = |bytes: &[u8]| bytes.try_into().map(u64::from_le_bytes);
        match (code, body) {
            (0, []) => Ok(Self::Alive),
            (1, [1]) => Ok(Self::Begin(Reason::First)),
            (1, [2]) => Ok(Self::Begin(Reason::Behind)),
            (1, [3]) => Ok(Self::Begin(Reason::History)),
            (2, part) => Ok(Self::Part(part)),
            (3, parts) => match number(parts) {
                Ok(parts) => Ok(Self::Whole { parts }),
                Err(_) => Err(malformed(code)),
            },
            (4, body) => {
                let (head, mut rest) = body.split_at_checked(8).ok_or_else(|| malformed(code))?;
                let head = number(head).map_err(|_| malformed(code))?;
                let mut entries = Vec::new();
                while let Some((length, behind)) = rest.split_first_chunk() {
                    let length = usize::try_from(u32::from_le_bytes(*length));
                    let entry = length
                        .ok()
                        .and_then(|length| behind.split_at_checked(length));
                    let (entry, behind) = entry.ok_or_else(|| malformed(code))?;
                    entries.push(entry);
                    rest = behind;
                }
                match rest.is_empty() {
                    true => Ok(Self::Entries { head, entries }),
                    false => Err(malformed(code)),
                }
            }
            _ => Err(malformed(code)),
        }
    }
}

/// Puts the pieces of steps together. It holds at most one step.
#[derive(Debug, Default)]
pub struct Steps {
    code: u8,
    body: Vec<u8>,
    /// Whether more pieces of the step follow.
    is_partial: bool,
}

impl Steps {
    /// Takes the body of the next message of the feed, and returns the step that it completes.
    ///
    /// # Errors
    /// As [`add`](Self::add) and [`step`](Self::step).
    pub fn take(&mut self, piece: &[u8]) -> Result<Option<Step<'_>>> {
        match self.add(piece)? {
            true => self.step().map(Some),
            false => Ok(None),
        }
    }

    /// Returns the step that was completed last.
    ///
    /// # Errors
    /// `invalid_field` for what is not a step.
    pub fn step(&self) -> Result<Step<'_>> {
        Step::read(self.code, &self.body)
    }

    /// Takes the body of the next message of the feed. Returns whether it completes a step.
    ///
    /// # Errors
    /// `invalid_field` for what is not a piece of a step; `too_large` for a step beyond 1 GiB.
    pub fn add(&mut self, piece: &[u8]) -> Result<bool> {
        let Some(([code, flags], piece)) = piece.split_first_chunk() else {
            return Err(malformed(0));
        };
        if self.is_partial {
            if *code != self.code {
                return Err(malformed(*code));
            }
        } else {
            self.code = *code;
            self.body.clear();
            // Memory of a long step is not held for ever.
            self.body.shrink_to(PIECE_BYTES);
        }
        if *flags > MORE || (*flags == MORE && piece.is_empty()) {
            return Err(malformed(*code));
        }
        let length = self.body.len() + piece.len();
        if length > STEP_BYTES {
            return Err(too_large(length));
        }
        self.body.extend_from_slice(piece);
        self.is_partial = *flags == MORE;
        Ok(!self.is_partial)
    }
}

fn malformed(code: u8) -> Error {
    let reason = Bilingual::new(
        "is not a step of a feed that this build knows",
        "不是本版本认识的跟随数据",
    );
    Error::invalid("feed", &code.to_string(), reason)
}

fn too_large(bytes: usize) -> Error {
    let unit = Bilingual::new("bytes", "字节");
    Error::too_large("feed", bytes as u64, STEP_BYTES as u64, &unit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::frames::Inbox;
    use super::*;
    use crate::error::ErrorKind;

    fn read(messages: &[u8]) -> Vec<Vec<u8>> {
        let mut inbox = Inbox::default();
        inbox.receive(messages);
        let mut bodies = Vec::new();
        while let Some(message) = inbox.next().unwrap() {
            assert_eq!((message.request, message.kind), (9, Kind::Feed));
            bodies.push(message.body.into_owned());
        }
        bodies
    }

    fn steps() -> impl Strategy<Value = (u8, u64, Vec<Vec<u8>>)> {
        let entries = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..5);
        (0..7u8, any::<u64>(), entries)
    }

    proptest! {
        #[test]
        fn a_step_that_was_written_is_read((code, number, entries) in steps()) {
            let part = entries.concat();
            let step = match code {
                0 => Step::Alive,
                1 => Step::Begin(Reason::First),
                2 => Step::Begin(Reason::Behind),
                3 => Step::Begin(Reason::History),
                4 => Step::Part(&part),
                5 => Step::Whole { parts: number },
                _ => Step::Entries { head: number, entries: entries.iter().map(Vec::as_slice).collect() },
            };
            let mut bytes = Vec::new();
            step.write(9, &mut bytes).unwrap();
            let bodies = read(&bytes);
            prop_assert_eq!(bodies.len(), 1);
            let mut steps = Steps::default();
            prop_assert_eq!(steps.take(&bodies[0]).unwrap(), Some(step));
        }

        #[test]
        fn any_bytes_are_read_or_refused(pieces in prop::collection::vec(any::<Vec<u8>>(), 0..5), body: Vec<u8>) {
            let mut steps = Steps::default();
            for piece in &pieces {
                let _ = steps.take(piece);
            }
            let _ = Follow::from_bytes(&body);
        }

        #[test]
        fn what_a_follower_asked_is_read(from: Option<(u128, u64, u128)>, heartbeat_ms in HEARTBEAT_MS) {
            let from = from.map(|(epoch, seq, link)| Place {
                epoch,
                seq: seq >> 11,
                link: Link::from(link.to_be_bytes()),
            });
            let follow = Follow { from, heartbeat_ms };
            prop_assert_eq!(Follow::from_bytes(&follow.to_bytes()).unwrap(), follow);
        }
    }

    #[test]
    fn a_step_longer_than_a_message_comes_in_pieces() {
        let entry = vec![7; 40 * 1024 * 1024];
        let step = Step::Entries {
            head: 1,
            entries: vec![&entry],
        };
        let mut bytes = Vec::new();
        step.write(9, &mut bytes).unwrap();
        let bodies = read(&bytes);
        assert_eq!(bodies.len(), 41);
        let (last, before) = bodies.split_last().unwrap();
        let mut steps = Steps::default();
        for piece in before {
            assert_eq!(steps.take(piece).unwrap(), None);
        }
        assert_eq!(steps.take(last).unwrap(), Some(step));
        // A piece of another step does not come between.
        steps.take(&bodies[0]).unwrap();
        assert!(steps.take(&[0, 0]).is_err());
    }

    #[test]
    fn what_is_wrong_with_a_request_is_told_by_path() {
        for (body, path) in [
            (r#"{"heartbeat_ms": 99}"#, "heartbeat_ms"),
            (r#"{"heartbeat_ms": "1"}"#, "heartbeat_ms"),
            (r#"{"epoch": "00"}"#, "epoch"),
            (
                r#"{"epoch": "0x000000000000000000000000000000", "seq": 1, "link": "00000000000000000000000000000000"}"#,
                "epoch",
            ),
            (
                r#"{"epoch": "00000000000000000000000000000000", "seq": -1, "link": "00000000000000000000000000000000"}"#,
                "seq",
            ),
        ] {
            let error = Follow::from_bytes(body.as_bytes()).unwrap_err();
            assert_eq!(
                (error.kind(), error.path()),
                (ErrorKind::InvalidField, Some(path)),
                "{body}"
            );
        }
        assert_eq!(
            Follow::from_bytes(br#"{"later": true, "seq": null}"#).unwrap(),
            Follow {
                from: None,
                heartbeat_ms: 1000
            }
        );
    }
}
