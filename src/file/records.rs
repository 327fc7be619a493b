//! What each record of the file holds, and what the engine makes of it.
//!
//! Fields stand in the file in the order in which they stand here. Who changes a record gives its kind the
//! next format, and goes on reading the former ones.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::codec::{Damage, Kind};
use super::key::{Shape, change_of, id_of, receipt_of, text_of};
use crate::model::{
    Action, ActionKind, Announcement, Audience, Condition, Given, Lifecycle, Locale, Operator,
    Placement, Receipt, Reference, Severity, Unpacked,
};

/// Where ids and revisions end: JSON carries integers below this.
const NUMBER: i64 = 1 << 53;

/// Format 2 says when the board was made.
pub(super) const BOARD: Kind = Kind {
    name: "board",
    keys: Shape::Text,
    format: 2,
    limit: 1024,
};
/// An announcement has at most 256 KiB of text, an audience of 16 KiB, and actions.
pub(super) const ANNOUNCEMENT: Kind = Kind {
    name: "announcements",
    keys: Shape::Id,
    format: 1,
    limit: 1024 * 1024,
};
pub(super) const USER: Kind = Kind {
    name: "users",
    keys: Shape::Text,
    format: 1,
    limit: 1024,
};
pub(super) const RECEIPT: Kind = Kind {
    name: "receipts",
    keys: Shape::UserAndId,
    format: 1,
    limit: 1024,
};
/// It may hold, without its texts, every announcement that a commit changed.
pub(super) const CHANGE: Kind = Kind {
    name: "changes",
    keys: Shape::RevisionAndPlace,
    format: 1,
    limit: 1 << 30,
};
pub(super) const IDEMPOTENCY_KEY: Kind = Kind {
    name: "idempotency_keys",
    keys: Shape::Text,
    format: 1,
    limit: 1024,
};

/// What is true of the board as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BoardRecord {
    pub(crate) epoch: u128,
    pub(crate) revision: i64,
    pub(crate) last_id: i64,
    /// The last revision whose changes are gone.
    pub(crate) compacted: i64,
    /// Counts what was written, so that a write of which nothing is known can be told from none.
    pub(crate) writes: u64,
    /// When the board was made, in Unix milliseconds; 0 if that is not known.
    pub(crate) created_at: i64,
}

/// Format 1 of [`BoardRecord`].
#[derive(Serialize, Deserialize)]
struct BoardRecordV1 {
    epoch: u128,
    revision: i64,
    last_id: i64,
    compacted: i64,
    writes: u64,
}

impl From<BoardRecordV1> for BoardRecord {
    fn from(former: BoardRecordV1) -> Self {
        let BoardRecordV1 {
            epoch,
            revision,
            last_id,
            compacted,
            writes,
        } = former;
        Self {
            epoch,
            revision,
            last_id,
            compacted,
            writes,
            created_at: 0,
        }
    }
}

/// A user, without receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UserRecord {
    pub(crate) first_seen_at: i64,
    pub(crate) read_all_revision: i64,
    pub(crate) read_all_at: i64,
}

/// What is kept of a user and an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReceiptRecord {
    pub(crate) receipt: Receipt,
    /// Marked unread although all was read.
    pub(crate) is_unread: bool,
}

/// One thing that a revision did to one announcement.
#[derive(Debug, Clone)]
pub(crate) struct ChangeRecord {
    pub(crate) at: i64,
    pub(crate) id: i64,
    pub(crate) kind: i32,
    pub(crate) before: Option<Arc<Announcement>>,
    pub(crate) replacers: Vec<(i64, Option<Arc<Announcement>>)>,
}

/// A request that was made under an idempotency key, and its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IdempotencyRecord {
    pub(crate) fingerprint: [u8; 32],
    pub(crate) id: i64,
    pub(crate) version: u32,
    pub(crate) revision: i64,
    pub(crate) outcome: i32,
    pub(crate) at: i64,
}

#[derive(Serialize, Deserialize)]
struct StoredAnnouncement<'a> {
    id: i64,
    version: u32,
    notify_version: u32,
    revision: i64,
    notify_revision: i64,
    state: i32,
    created_at: i64,
    published_at: i64,
    updated_at: i64,
    retracted_at: i64,
    starts_at: i64,
    ends_at: i64,
    event_from: i64,
    event_to: i64,
    priority: i32,
    show_limit: u32,
    show_interval_ms: u32,
    markdown: u32,
    severity: i32,
    display: u32,
    pinned: bool,
    dismissible: bool,
    require_ack: bool,
    default_index: u8,
    tag_count: u8,
    /// Separated by blanks.
    locales: &'a str,
    /// A list of conditions, as bincode has them. Kept as bytes, for many announcements have the same.
    #[serde(borrow)]
    audience: Bytes<'a>,
    actions: Vec<StoredAction>,
    replaces: Vec<StoredReference>,
    /// Text, which is checked to be UTF-8 by a quicker function than the deserialiser has.
    #[serde(borrow)]
    packed: Bytes<'a>,
}

/// Bytes that are written and read in one go: bincode has them as it has text.
#[derive(Clone, Copy)]
struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'a, 'de: 'a> Deserialize<'de> for Bytes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&[u8]>::deserialize(deserializer).map(Self)
    }
}

#[derive(Serialize, Deserialize)]
struct StoredCondition {
    attribute: String,
    operator: String,
    values: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct StoredAction {
    id: String,
    kind: i32,
    label: Vec<(String, String)>,
    value: String,
}

#[derive(Serialize, Deserialize)]
enum StoredReference {
    Id(i64),
    Key(String),
}

#[derive(Serialize, Deserialize)]
struct StoredReceipt {
    seen_count: u32,
    seen_version: u32,
    first_seen_at: i64,
    last_seen_at: i64,
    read_version: u32,
    read_at: i64,
    dismissed_version: u32,
    dismissed_at: i64,
    acknowledged_version: u32,
    acknowledged_at: i64,
    is_unread: bool,
}

#[derive(Serialize, Deserialize)]
struct StoredChange<'a> {
    at: i64,
    id: i64,
    kind: i32,
    #[serde(borrow)]
    before: Option<&'a [u8]>,
    #[serde(borrow)]
    replacers: Vec<(i64, Option<&'a [u8]>)>,
}

/// What announcements share in memory: the same audience and the same locales are there once.
#[derive(Debug, Default)]
pub(crate) struct Sharing {
    audiences: HashMap<Box<[u8]>, Arc<Audience>>,
    locales: HashMap<Box<str>, Arc<[Locale]>>,
}

impl Sharing {
    fn audience(&mut self, bytes: &[u8]) -> Result<Arc<Audience>, Damage> {
        if let Some(audience) = self.audiences.get(bytes) {
            return Ok(Arc::clone(audience));
        }
        let stored: Vec<StoredCondition> = ANNOUNCEMENT.body(bytes)?;
        let conditions = stored.into_iter().map(|stored| Condition {
            attribute: stored.attribute,
            operator: Operator::from_name(&stored.operator),
            values: stored.values,
        });
        let audience = Arc::new(Audience {
            conditions: conditions.collect(),
        });
        self.audiences.insert(bytes.into(), Arc::clone(&audience));
        Ok(audience)
    }

    fn locales(&mut self, tags: &str) -> Result<Arc<[Locale]>, Damage> {
        if let Some(locales) = self.locales.get(tags) {
            return Ok(Arc::clone(locales));
        }
        let read = tags.split(' ').map(Locale::parse);
        let locales: Arc<[Locale]> = read.collect::<Result<_, _>>().map_err(nonsense)?;
        self.locales.insert(tags.into(), Arc::clone(&locales));
        Ok(locales)
    }
}

/// The body of an announcement's record.
fn stored(announcement: &Announcement) -> Result<Vec<u8>, Damage> {
    with_stored(announcement, |stored| ANNOUNCEMENT.bare(stored))
}

fn with_stored<R>(
    announcement: &Announcement,
    take: impl FnOnce(&StoredAnnouncement<'_>) -> Result<R, Damage>,
) -> Result<R, Damage> {
    let parts = announcement.parts();
    let conditions: Vec<StoredCondition> = parts
        .audience
        .conditions
        .iter()
        .map(|condition| StoredCondition {
            attribute: condition.attribute.clone(),
            operator: condition.operator.name().to_owned(),
            values: condition.values.clone(),
        })
        .collect();
    let audience = ANNOUNCEMENT.bare(&conditions)?;
    let tags: Vec<&str> = parts.locales.iter().map(Locale::as_str).collect();
    let locales = tags.join(" ");
    let Given {
        id,
        version,
        notify_version,
        revision,
        notify_revision,
        state,
        created_at,
        published_at,
        updated_at,
        retracted_at,
    } = parts.given;
    let action = |action: Action| StoredAction {
        id: action.id,
        kind: action.kind.code(),
        label: action.label,
        value: action.value,
    };
    let reference = |reference| match reference {
        Reference::Id(id) => StoredReference::Id(id),
        Reference::Key(key) => StoredReference::Key(key),
    };
    take(&StoredAnnouncement {
        id,
        version,
        notify_version,
        revision,
        notify_revision,
        state: state.code(),
        created_at,
        published_at,
        updated_at,
        retracted_at,
        starts_at: parts.starts_at,
        ends_at: parts.ends_at,
        event_from: parts.event_from,
        event_to: parts.event_to,
        priority: parts.priority,
        show_limit: parts.show_limit,
        show_interval_ms: parts.show_interval_ms,
        markdown: parts.markdown,
        severity: parts.severity.code(),
        display: parts.display.bits(),
        pinned: parts.pinned,
        dismissible: parts.dismissible,
        require_ack: parts.require_ack,
        default_index: parts.default_index,
        tag_count: parts.tag_count,
        locales: &locales,
        audience: Bytes(&audience),
        actions: parts.actions.into_iter().map(action).collect(),
        replaces: parts.replaces.into_iter().map(reference).collect(),
        packed: Bytes(parts.packed.as_bytes()),
    })
}

fn announcement_of(body: &[u8], sharing: &mut Sharing) -> Result<Announcement, Damage> {
    let stored: StoredAnnouncement<'_> = ANNOUNCEMENT.body(body)?;
    let given = Given {
        id: stored.id,
        version: stored.version,
        notify_version: stored.notify_version,
        revision: stored.revision,
        notify_revision: stored.notify_revision,
        state: Lifecycle::from_code(stored.state).map_err(nonsense)?,
        created_at: stored.created_at,
        published_at: stored.published_at,
        updated_at: stored.updated_at,
        retracted_at: stored.retracted_at,
    };
    let action = |action: StoredAction| -> Result<Action, Damage> {
        Ok(Action {
            id: action.id,
            kind: ActionKind::from_code(action.kind).map_err(nonsense)?,
            label: action.label,
            value: action.value,
        })
    };
    let reference = |reference| match reference {
        StoredReference::Id(id) => Reference::Id(id),
        StoredReference::Key(key) => Reference::Key(key),
    };
    let parts = Unpacked {
        given,
        starts_at: stored.starts_at,
        ends_at: stored.ends_at,
        event_from: stored.event_from,
        event_to: stored.event_to,
        priority: stored.priority,
        show_limit: stored.show_limit,
        show_interval_ms: stored.show_interval_ms,
        markdown: stored.markdown,
        severity: Severity::from_code(stored.severity).map_err(nonsense)?,
        display: Placement::from_bits(stored.display).map_err(nonsense)?,
        pinned: stored.pinned,
        dismissible: stored.dismissible,
        require_ack: stored.require_ack,
        default_index: stored.default_index,
        tag_count: stored.tag_count,
        packed: simdutf8::basic::from_utf8(stored.packed.0)
            .map_err(|error| Damage::Body(error.to_string()))?
            .into(),
        locales: sharing.locales(stored.locales)?,
        audience: sharing.audience(stored.audience.0)?,
        actions: stored
            .actions
            .into_iter()
            .map(action)
            .collect::<Result<_, _>>()?,
        replaces: stored.replaces.into_iter().map(reference).collect(),
    };
    Announcement::from_parts(parts)
        .ok_or_else(|| Damage::Body("its texts do not fit its locales and tags".to_owned()))
}

/// Writes an announcement.
pub(super) fn encode_announcement(
    key: &[u8],
    announcement: &Announcement,
) -> Result<Vec<u8>, Damage> {
    with_stored(announcement, |stored| ANNOUNCEMENT.encode(key, stored))
}

/// Reads an announcement.
pub(super) fn decode_announcement(
    key: &[u8],
    bytes: &[u8],
    sharing: &mut Sharing,
) -> Result<Announcement, Damage> {
    let id = id_of(key).ok_or(Damage::Key)?;
    let (_, body) = ANNOUNCEMENT.open(key, bytes)?;
    let announcement = announcement_of(body, sharing)?;
    if announcement.id() != id {
        let other = announcement.id();
        return Err(Damage::Body(format!("it is the announcement {other}")));
    }
    // Only what is kept of the past in the feed has none.
    if announcement.is_without_texts() {
        return Err(Damage::Body("it has no texts".to_owned()));
    }
    Ok(announcement)
}

/// Writes one change.
pub(super) fn encode_change(key: &[u8], change: &ChangeRecord) -> Result<Vec<u8>, Damage> {
    let bytes = |before: &Option<Arc<Announcement>>| before.as_deref().map(stored).transpose();
    let before = bytes(&change.before)?;
    let replacer = |(id, before): &(i64, _)| Ok((*id, bytes(before)?));
    let replacers: Vec<(i64, Option<Vec<u8>>)> = change
        .replacers
        .iter()
        .map(replacer)
        .collect::<Result<_, Damage>>()?;
    let record = StoredChange {
        at: change.at,
        id: change.id,
        kind: change.kind,
        before: before.as_deref(),
        replacers: replacers
            .iter()
            .map(|(id, bytes)| (*id, bytes.as_deref()))
            .collect(),
    };
    CHANGE.encode(key, &record)
}

/// Reads one change, with its revision and its place in that.
pub(super) fn decode_change(
    key: &[u8],
    bytes: &[u8],
    sharing: &mut Sharing,
) -> Result<((i64, u32), ChangeRecord), Damage> {
    let place = change_of(key).ok_or(Damage::Key)?;
    let (_, body) = CHANGE.open(key, bytes)?;
    let stored: StoredChange<'_> = CHANGE.body(body)?;
    let mut before = |bytes: Option<&[u8]>| -> Result<_, Damage> {
        let read = bytes
            .map(|bytes| announcement_of(bytes, sharing))
            .transpose();
        Ok(read?.map(Arc::new))
    };
    let change = ChangeRecord {
        at: stored.at,
        id: stored.id,
        kind: stored.kind,
        before: before(stored.before)?,
        replacers: stored
            .replacers
            .into_iter()
            .map(|(id, bytes)| Ok((id, before(bytes)?)))
            .collect::<Result<_, Damage>>()?,
    };
    Ok((place, change))
}

/// Writes what is kept of a user and an announcement.
pub(super) fn encode_receipt(key: &[u8], record: &ReceiptRecord) -> Result<Vec<u8>, Damage> {
    let Receipt {
        seen_count,
        seen_version,
        first_seen_at,
        last_seen_at,
        read_version,
        read_at,
        dismissed_version,
        dismissed_at,
        acknowledged_version,
        acknowledged_at,
    } = record.receipt;
    let stored = StoredReceipt {
        seen_count,
        seen_version,
        first_seen_at,
        last_seen_at,
        read_version,
        read_at,
        dismissed_version,
        dismissed_at,
        acknowledged_version,
        acknowledged_at,
        is_unread: record.is_unread,
    };
    RECEIPT.encode(key, &stored)
}

/// Reads what is kept of a user and an announcement, with both.
pub(super) fn decode_receipt<'a>(
    key: &'a [u8],
    bytes: &[u8],
) -> Result<(&'a str, i64, ReceiptRecord), Damage> {
    let (user, id) = receipt_of(key).ok_or(Damage::Key)?;
    let (_, body) = RECEIPT.open(key, bytes)?;
    let stored: StoredReceipt = RECEIPT.body(body)?;
    let record = ReceiptRecord {
        receipt: Receipt {
            seen_count: stored.seen_count,
            seen_version: stored.seen_version,
            first_seen_at: stored.first_seen_at,
            last_seen_at: stored.last_seen_at,
            read_version: stored.read_version,
            read_at: stored.read_at,
            dismissed_version: stored.dismissed_version,
            dismissed_at: stored.dismissed_at,
            acknowledged_version: stored.acknowledged_version,
            acknowledged_at: stored.acknowledged_at,
        },
        is_unread: stored.is_unread,
    };
    Ok((user, id, record))
}

/// Reads the record of the board, of whatever format.
pub(super) fn decode_board(key: &[u8], bytes: &[u8]) -> Result<BoardRecord, Damage> {
    let (format, body) = BOARD.open(key, bytes)?;
    let board: BoardRecord = match format {
        1 => BOARD.body::<BoardRecordV1>(body)?.into(),
        _ => BOARD.body(body)?,
    };
    // There is one more to come of each.
    let is_sound = (0..NUMBER).contains(&board.revision)
        && (0..NUMBER).contains(&board.last_id)
        && (0..=board.revision).contains(&board.compacted)
        && board.writes < u64::MAX;
    match is_sound {
        true => Ok(board),
        false => Err(Damage::Body(format!(
            "no board has these numbers: {board:?}"
        ))),
    }
}

/// Reads a record that needs nothing else and stands under a text, with that.
pub(super) fn decode_named<'a, T: Deserialize<'a>>(
    kind: &Kind,
    key: &'a [u8],
    bytes: &'a [u8],
) -> Result<(&'a str, T), Damage> {
    let text = text_of(key).ok_or(Damage::Key)?;
    let (_, body) = kind.open(key, bytes)?;
    Ok((text, kind.body(body)?))
}

fn nonsense(error: crate::error::Error) -> Damage {
    Damage::Body(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::key::id_key;
    use crate::model::Draft;
    use crate::query::Query;

    #[test]
    fn an_announcement_without_its_texts_is_refused() {
        let board = crate::open("mem:").unwrap();
        let id = board.publish(&Draft::new("en", "Words")).unwrap().id;
        let whole = board.get(id, &Query::editor()).unwrap().announcement;
        let read = |announcement: &Announcement| {
            let bytes = encode_announcement(&id_key(id), announcement).unwrap();
            decode_announcement(&id_key(id), &bytes, &mut Sharing::default())
        };
        assert_eq!(read(&whole).as_ref(), Ok(&*whole));
        assert!(read(&whole.without_texts()).is_err());
    }

    #[test]
    fn a_board_that_could_not_count_on_is_refused() {
        let sound = BoardRecord {
            epoch: 1,
            revision: 5,
            last_id: 7,
            compacted: 3,
            writes: 9,
            created_at: 0,
        };
        let read = |board: &BoardRecord| {
            let bytes = BOARD.encode(b"board", board).unwrap();
            decode_board(b"board", &bytes)
        };
        assert_eq!(read(&sound), Ok(sound));
        for revision in [i64::MAX, -1] {
            assert!(read(&BoardRecord { revision, ..sound }).is_err());
        }
        let (last_id, compacted, writes) = (i64::MAX, 6, u64::MAX);
        assert!(read(&BoardRecord { last_id, ..sound }).is_err());
        assert!(read(&BoardRecord { compacted, ..sound }).is_err());
        assert!(read(&BoardRecord { writes, ..sound }).is_err());
    }
}
