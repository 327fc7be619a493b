//! Encoding of entries and checkpoints.
//!
//! Input is not trusted: anything that decodes here can be applied without further checks.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::NUMBER;
use super::announcement_record::{Bytes, Sharing, announcement_body, read_announcement};
use super::checkpoint::{Checkpoint, Position};
use super::codec::{Damage, Kind};
use super::effect::{Effect, OwnState, UserChange};
use super::entry::{Entry, Link, Seal};
use super::place::Place;
use super::records::{
    FormerReceipt, FormerUser, KeyRecord, OwnRecord, ReceiptRecord, change_body, read_change,
};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::Announcement;

/// Limited by memory only: a batch may be long, and the input is in memory already.
const NO_LIMIT: usize = usize::MAX >> 1;
/// The format covers everything inside, so it is raised with those of announcements, users,
/// receipts, changes and idempotency keys. Format 2 has the state of a user only if it changes, and in the
/// watermark what its viewer could see. Format 3 has drafts and former versions, and in receipts snoozes and
/// earlier acknowledgements.
const ENTRY: Kind = Kind {
    name: "entry",
    format: 3,
    limit: NO_LIMIT,
};
/// As of [`ENTRY`].
const CHECKPOINT: Kind = Kind {
    name: "checkpoint",
    format: 3,
    limit: NO_LIMIT,
};
/// Longest name of a user or idempotency key, in bytes: more than any build accepts.
const NAME_BYTES: usize = 4096;
/// Neither has a key.
const NO_KEY: &[u8] = b"";

#[derive(Serialize, Deserialize)]
struct StoredEntry<'a, B, U> {
    seq: u64,
    epoch: u128,
    at: i64,
    revision: i64,
    previous: [u8; 16],
    #[serde(borrow)]
    effects: Vec<StoredEffect<'a, B, U>>,
}

#[derive(Serialize, Deserialize)]
struct StoredCheckpoint<'a, B, U> {
    epoch: u128,
    seq: u64,
    link: [u8; 16],
    revision: i64,
    last_id: i64,
    compacted: i64,
    created_at: i64,
    #[serde(borrow)]
    effects: Vec<StoredEffect<'a, B, U>>,
}

/// An effect, with records of type `B` and users of type `U`.
#[derive(Serialize, Deserialize)]
enum StoredEffect<'a, B, U> {
    Put(B),
    Remove(i64),
    User(U),
    ForgetUser(&'a str),
    Change(i64, B),
    DropChanges(i64),
    PutKey(&'a str, KeyRecord),
    RemoveKey(&'a str),
    Former(B),
}

/// Changes of a user.
#[derive(Serialize, Deserialize)]
struct StoredUser<'a> {
    name: &'a str,
    #[serde(borrow)]
    own: Option<OwnRecord<'a>>,
    kept: Vec<(i64, ReceiptRecord)>,
}

/// Format 1 of [`StoredUser`].
#[derive(Serialize, Deserialize)]
struct FormerStoredUser<'a> {
    name: &'a str,
    user: FormerUser,
    is_changed: bool,
    kept: Vec<(i64, FormerReceipt)>,
}

impl TryFrom<StoredUser<'_>> for UserChange {
    type Error = Damage;

    fn try_from(stored: StoredUser<'_>) -> Read<Self> {
        let kept = stored.kept.into_iter();
        Ok(Self {
            name: named(stored.name)?.into(),
            own: stored.own.map(OwnState::try_from).transpose()?,
            kept: kept
                .map(|(id, kept)| Ok((id, kept.try_into()?)))
                .collect::<Read<_>>()?,
        })
    }
}

impl TryFrom<FormerStoredUser<'_>> for UserChange {
    type Error = Damage;

    fn try_from(stored: FormerStoredUser<'_>) -> Read<Self> {
        let kept = stored.kept.into_iter();
        Ok(Self {
            name: named(stored.name)?.into(),
            own: stored.is_changed.then(|| stored.user.into()),
            kept: kept.map(|(id, kept)| (id, kept.into())).collect(),
        })
    }
}

/// A body to be encoded.
struct Body(Vec<u8>);

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Bytes::deserialize(deserializer).map(|bytes| Self(bytes.0.to_vec()))
    }
}

type Read<T> = std::result::Result<T, Damage>;

impl Entry {
    /// Returns the entry's link, by which the next entry refers to it.
    ///
    /// # Errors
    /// As [`to_bytes`](Self::to_bytes).
    pub fn link(&self) -> Result<Link> {
        match &self.seal {
            Some(seal) => Ok(seal.link),
            None => Ok(Link::of(&self.to_bytes()?)),
        }
    }

    /// Returns the place in the board's history behind the entry.
    ///
    /// # Errors
    /// As [`to_bytes`](Self::to_bytes).
    pub fn place(&self) -> Result<Place> {
        Ok(Place {
            epoch: self.epoch,
            seq: self.seq,
            link: self.link()?,
        })
    }

    /// Encodes the entry. There is only one encoding, whatever carries it.
    ///
    /// # Errors
    /// `corrupt` for an entry longer than memory can hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.encoded().map(Cow::into_owned)
    }

    /// Returns the same bytes as [`to_bytes`](Self::to_bytes), encoded only if they are not at hand. Entries that a
    /// board keeps for its followers have them.
    ///
    /// # Errors
    /// As `to_bytes`.
    pub fn encoded(&self) -> Result<Cow<'_, [u8]>> {
        match self.seal.as_ref().and_then(|seal| seal.bytes.as_deref()) {
            Some(bytes) => Ok(Cow::Borrowed(bytes)),
            None => entry_to_bytes(self).map(Cow::Owned),
        }
    }

    /// Decodes the output of [`to_bytes`](Self::to_bytes), and refuses anything else.
    ///
    /// # Errors
    /// `corrupt`; `unsupported` for an entry written by a later build.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut entry = entry_from_bytes(bytes)?;
        entry.seal = Some(Seal {
            link: Link::of(bytes),
            length: bytes.len(),
            bytes: None,
        });
        Ok(entry)
    }

    /// Links the entry to `previous`, and returns its own link.
    ///
    /// # Errors
    /// As [`to_bytes`](Self::to_bytes).
    pub(crate) fn seal(&mut self, previous: Link) -> Result<Link> {
        self.previous = previous;
        let bytes = entry_to_bytes(self)?;
        let link = Link::of(&bytes);
        self.seal = Some(Seal {
            link,
            length: bytes.len(),
            bytes: Some(bytes.into()),
        });
        Ok(link)
    }
}

impl Checkpoint {
    /// Encodes the checkpoint. There is only one encoding.
    ///
    /// # Errors
    /// `corrupt` for a checkpoint longer than memory can hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        checkpoint_to_bytes(self)
    }

    /// Decodes the output of [`to_bytes`](Self::to_bytes), and refuses anything else.
    ///
    /// # Errors
    /// `corrupt`; `unsupported` for a checkpoint written by a later build.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        checkpoint_from_bytes(bytes)
    }
}

fn entry_to_bytes(entry: &Entry) -> Result<Vec<u8>> {
    let write = || -> Read<Vec<u8>> {
        let stored = StoredEntry {
            seq: entry.seq,
            epoch: entry.epoch,
            at: entry.at,
            revision: entry.revision,
            previous: entry.previous.0,
            effects: stored_effects(&entry.effects)?,
        };
        ENTRY.encode(NO_KEY, &stored)
    };
    write().map_err(|damage| refused(&ENTRY, &damage))
}

fn entry_from_bytes(bytes: &[u8]) -> Result<Entry> {
    let read = || -> Read<Entry> {
        let (format, body) = ENTRY.open(NO_KEY, bytes)?;
        match format {
            1 => entry_of(ENTRY.body::<StoredEntry<'_, Bytes<'_>, FormerStoredUser<'_>>>(body)?),
            _ => entry_of(ENTRY.body::<StoredEntry<'_, Bytes<'_>, StoredUser<'_>>>(body)?),
        }
    };
    read().map_err(|damage| refused(&ENTRY, &damage))
}

fn entry_of<'a, U>(stored: StoredEntry<'a, Bytes<'a>, U>) -> Read<Entry>
where
    UserChange: TryFrom<U, Error = Damage>,
{
    let revision = number(stored.revision)?;
    let effects = effects_of(stored.effects)?;
    let of_revision = |effect: &Effect| match effect {
        Effect::Change(change) => change.revision == revision,
        Effect::DropChanges(up_to) => *up_to <= revision,
        _ => true,
    };
    if !effects.iter().all(of_revision) {
        return Err(nonsense("a change is of another revision"));
    }
    Ok(Entry {
        seq: stored.seq,
        epoch: stored.epoch,
        at: stored.at,
        revision,
        previous: Link(stored.previous),
        effects,
        seal: None,
    })
}

fn checkpoint_to_bytes(checkpoint: &Checkpoint) -> Result<Vec<u8>> {
    let Position {
        epoch,
        seq,
        link,
        revision,
        last_id,
        compacted,
        created_at,
    } = checkpoint.head;
    let write = || -> Read<Vec<u8>> {
        let stored = StoredCheckpoint {
            epoch,
            seq,
            link: link.0,
            revision,
            last_id,
            compacted,
            created_at,
            effects: stored_effects(&checkpoint.effects)?,
        };
        CHECKPOINT.encode(NO_KEY, &stored)
    };
    write().map_err(|damage| refused(&CHECKPOINT, &damage))
}

fn checkpoint_from_bytes(bytes: &[u8]) -> Result<Checkpoint> {
    let read = || -> Read<Checkpoint> {
        let (format, body) = CHECKPOINT.open(NO_KEY, bytes)?;
        match format {
            1 => checkpoint_of(
                CHECKPOINT.body::<StoredCheckpoint<'_, Bytes<'_>, FormerStoredUser<'_>>>(body)?,
            ),
            _ => checkpoint_of(
                CHECKPOINT.body::<StoredCheckpoint<'_, Bytes<'_>, StoredUser<'_>>>(body)?,
            ),
        }
    };
    read().map_err(|damage| refused(&CHECKPOINT, &damage))
}

fn checkpoint_of<'a, U>(stored: StoredCheckpoint<'a, Bytes<'a>, U>) -> Read<Checkpoint>
where
    UserChange: TryFrom<U, Error = Damage>,
{
    let head = Position {
        epoch: stored.epoch,
        seq: stored.seq,
        link: Link(stored.link),
        revision: number(stored.revision)?,
        last_id: number(stored.last_id)?,
        compacted: number(stored.compacted)?,
        created_at: stored.created_at,
    };
    let effects = effects_of(stored.effects)?;
    let mut last = head.compacted;
    for effect in &effects {
        match effect {
            Effect::Put(announcement) if announcement.id() > head.last_id => {
                return Err(nonsense("an announcement has an id that was not given yet"));
            }
            Effect::Change(change) if !(last..=head.revision).contains(&change.revision) => {
                return Err(nonsense("a change is out of order"));
            }
            Effect::Change(change) => last = change.revision,
            Effect::Former(former) if former.id() > head.last_id => {
                return Err(nonsense(
                    "a former version has an id that was not given yet",
                ));
            }
            Effect::Put(_) | Effect::Former(_) | Effect::User(_) | Effect::PutKey(..) => {}
            _ => return Err(nonsense("an effect takes something away")),
        }
    }
    Ok(Checkpoint { head, effects })
}

fn stored_effects(effects: &[Effect]) -> Read<Vec<StoredEffect<'_, Body, StoredUser<'_>>>> {
    effects.iter().map(stored_effect).collect()
}

fn stored_effect(effect: &Effect) -> Read<StoredEffect<'_, Body, StoredUser<'_>>> {
    Ok(match effect {
        Effect::Put(announcement) => StoredEffect::Put(Body(announcement_body(announcement)?)),
        Effect::Former(former) => StoredEffect::Former(Body(announcement_body(former)?)),
        Effect::Remove(id) => StoredEffect::Remove(*id),
        Effect::User(change) => StoredEffect::User(StoredUser {
            name: &change.name,
            own: change.own.as_ref().map(OwnRecord::from),
            kept: change.kept.iter().map(|(id, k)| (id, k.into())).collect(),
        }),
        Effect::ForgetUser(name) => StoredEffect::ForgetUser(name),
        Effect::Change(change) => StoredEffect::Change(change.revision, Body(change_body(change)?)),
        Effect::DropChanges(revision) => StoredEffect::DropChanges(*revision),
        Effect::PutKey(key, result) => StoredEffect::PutKey(key, result.into()),
        Effect::RemoveKey(key) => StoredEffect::RemoveKey(key),
    })
}

fn effects_of<'a, U>(stored: Vec<StoredEffect<'a, Bytes<'a>, U>>) -> Read<Vec<Effect>>
where
    UserChange: TryFrom<U, Error = Damage>,
{
    let sharing = Sharing::default();
    let read = |effect| effect_of(effect, &sharing);
    stored.into_iter().map(read).collect()
}

fn effect_of<'a, U>(stored: StoredEffect<'a, Bytes<'a>, U>, sharing: &Sharing) -> Read<Effect>
where
    UserChange: TryFrom<U, Error = Damage>,
{
    Ok(match stored {
        StoredEffect::Put(body) => Effect::Put(Arc::new(whole(body.0, sharing)?)),
        StoredEffect::Former(body) => Effect::Former(Arc::new(whole(body.0, sharing)?)),
        StoredEffect::Remove(id) => Effect::Remove(number(id)?),
        StoredEffect::User(user) => Effect::User(user.try_into()?),
        StoredEffect::ForgetUser(name) => Effect::ForgetUser(named(name)?.into()),
        StoredEffect::Change(revision, body) => {
            Effect::Change(read_change(number(revision)?, body.0, sharing)?)
        }
        StoredEffect::DropChanges(revision) => Effect::DropChanges(number(revision)?),
        StoredEffect::PutKey(key, result) => Effect::PutKey(named(key)?.into(), result.try_into()?),
        StoredEffect::RemoveKey(key) => Effect::RemoveKey(named(key)?.into()),
    })
}

/// Decodes an announcement with its texts.
fn whole(body: &[u8], sharing: &Sharing) -> Read<Announcement> {
    let announcement = read_announcement(body, sharing)?;
    number(announcement.id())?;
    number(announcement.revision())?;
    number(announcement.notify_revision())?;
    match announcement.is_without_texts() {
        true => Err(nonsense("an announcement has no texts")),
        false => Ok(announcement),
    }
}

/// Refuses an id or a revision without a successor.
fn number(number: i64) -> Read<i64> {
    match (0..NUMBER).contains(&number) {
        true => Ok(number),
        false => Err(nonsense(&format!("{number} is out of range"))),
    }
}

/// Refuses a name that cannot be the key of a record.
fn named(name: &str) -> Read<&str> {
    match name.is_empty() || name.len() > NAME_BYTES || name.contains('\0') {
        true => Err(nonsense("a name is empty, too long, or holds a NUL")),
        false => Ok(name),
    }
}

fn nonsense(why: &str) -> Damage {
    Damage::Body(why.to_owned())
}

/// Converts damage of bytes of `kind` to an error.
fn refused(kind: &Kind, damage: &Damage) -> Error {
    let (error_kind, reason) = damage.described();
    Error::new(error_kind, reason).within(kind.name)
}

impl Damage {
    /// Returns the kind of error and the description of damage.
    pub(crate) fn described(&self) -> (ErrorKind, Bilingual) {
        let reason = match self {
            Self::Checksum => Bilingual::new(
                "checksum mismatch: the record is damaged",
                "校验和不匹配：数据已损坏",
            ),
            Self::Key => Bilingual::new("malformed key", "键格式错误"),
            Self::Body(why) => Bilingual::new(
                format!("cannot be decoded: {why}"),
                format!("无法解码：{why}"),
            ),
            Self::Length(length) => Bilingual::new(
                format!("too long: {length} bytes"),
                format!("长度为 {length} 字节，超出上限"),
            ),
            Self::Format(format) => Bilingual::new(
                format!("unknown format {format}: written by a newer build"),
                format!("未知格式 {format}：由更新的版本写入"),
            ),
        };
        let kind = match self {
            Self::Format(_) => ErrorKind::Unsupported,
            _ => ErrorKind::Corrupt,
        };
        (kind, reason)
    }
}
