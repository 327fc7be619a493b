//! Records of the file: the journal's values under their keys, and the board itself.
//!
//! To change the board's record, bump its format, and keep the code that reads the former ones.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::key::{Shape, change_of, id_of, receipt_of, text_of};
use crate::journal::packed::Packed;
use crate::journal::record::Sharing;
use crate::journal::record::{
    ANNOUNCEMENT, CHANGE, Damage, FormerPackedUser, FormerReceipt, FormerUser, HISTORY,
    IDEMPOTENCY_KEY, KeyRecord, Kind, OwnRecord, PackedUser, RECEIPT, USER, read_announcement,
    read_change,
};
use crate::journal::{
    FeedChange, KeptReceipt, KeyedResult, Link, NUMBER, OwnState, Position, decode_former,
};
use crate::model::Announcement;

/// Format 2 added the time of creation, format 3 the position in the journal.
pub(super) const BOARD: Kind = Kind {
    name: "board",
    format: 3,
    limit: 1024,
};

/// Returns the shape of the keys in a kind's table.
pub(super) fn shape(kind: &Kind) -> Shape {
    match kind.name {
        name if name == ANNOUNCEMENT.name => Shape::Id,
        name if name == RECEIPT.name => Shape::UserAndId,
        name if name == CHANGE.name || name == HISTORY.name => Shape::RevisionAndPlace,
        _ => Shape::Text,
    }
}

/// Data of the board as a whole.
#[derive(Serialize, Deserialize)]
struct BoardRecord {
    epoch: u128,
    revision: i64,
    last_id: i64,
    compacted: i64,
    /// Number of the last entry. It rises with every write, so that a write with an unknown outcome
    /// can be detected.
    seq: u64,
    created_at: i64,
    /// Link of the last entry.
    link: [u8; 16],
}

/// Format 2 of [`BoardRecord`]: counts writes, without a link.
#[derive(Serialize, Deserialize)]
struct BoardRecordV2 {
    epoch: u128,
    revision: i64,
    last_id: i64,
    compacted: i64,
    writes: u64,
    created_at: i64,
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

impl From<BoardRecordV1> for BoardRecordV2 {
    fn from(former: BoardRecordV1) -> Self {
        Self {
            epoch: former.epoch,
            revision: former.revision,
            last_id: former.last_id,
            compacted: former.compacted,
            writes: former.writes,
            created_at: 0,
        }
    }
}

impl From<BoardRecordV2> for BoardRecord {
    /// The former writes were entries that nobody could follow, so the chain begins after them.
    fn from(former: BoardRecordV2) -> Self {
        Self {
            epoch: former.epoch,
            revision: former.revision,
            last_id: former.last_id,
            compacted: former.compacted,
            seq: former.writes,
            created_at: former.created_at,
            link: Link::beginning(former.epoch, former.writes).bytes(),
        }
    }
}

/// Encodes the board's record.
pub(super) fn encode_board(key: &[u8], head: &Position) -> Result<Vec<u8>, Damage> {
    let record = BoardRecord {
        epoch: head.epoch,
        revision: head.revision,
        last_id: head.last_id,
        compacted: head.compacted,
        seq: head.seq,
        created_at: head.created_at,
        link: head.link.bytes(),
    };
    BOARD.encode(key, &record)
}

/// Decodes the board's record, in any format.
pub(super) fn decode_board(key: &[u8], bytes: &[u8]) -> Result<Position, Damage> {
    let (format, body) = BOARD.open(key, bytes)?;
    let board: BoardRecord = match format {
        1 => BoardRecordV2::from(BOARD.body::<BoardRecordV1>(body)?).into(),
        2 => BOARD.body::<BoardRecordV2>(body)?.into(),
        _ => BOARD.body(body)?,
    };
    let head = Position {
        epoch: board.epoch,
        seq: board.seq,
        link: Link(board.link),
        revision: board.revision,
        last_id: board.last_id,
        compacted: board.compacted,
        created_at: board.created_at,
    };
    // Each must have a successor.
    let is_sound = (0..NUMBER).contains(&head.revision)
        && (0..NUMBER).contains(&head.last_id)
        && (0..=head.revision).contains(&head.compacted)
        && head.seq < u64::MAX;
    match is_sound {
        true => Ok(head),
        false => Err(Damage::Body(format!(
            "no board has these numbers: {head:?}"
        ))),
    }
}

/// Decodes an announcement.
pub(super) fn decode_announcement(
    key: &[u8],
    bytes: &[u8],
    sharing: &Sharing,
) -> Result<Announcement, Damage> {
    let id = id_of(key).ok_or(Damage::Key)?;
    let (_, body) = ANNOUNCEMENT.open(key, bytes)?;
    let announcement = read_announcement(body, sharing)?;
    if announcement.id() != id {
        let other = announcement.id();
        return Err(Damage::Body(format!("it is the announcement {other}")));
    }
    // Only the past versions in the feed have no texts.
    if announcement.is_without_texts() {
        return Err(Damage::Body("it has no texts".to_owned()));
    }
    Ok(announcement)
}

/// Decodes a former version of an announcement.
pub(super) fn decode_version(
    key: &[u8],
    bytes: &[u8],
    sharing: &Sharing,
) -> Result<Announcement, Damage> {
    let former = decode_former(key, bytes, sharing)?;
    match change_of(key) == Some((former.id(), former.notify_version())) {
        true => Ok(former),
        false => Err(Damage::Key),
    }
}

/// Decodes a change.
pub(super) fn decode_change(
    key: &[u8],
    bytes: &[u8],
    sharing: &Sharing,
) -> Result<FeedChange, Damage> {
    let (revision, _) = change_of(key).ok_or(Damage::Key)?;
    let (_, body) = CHANGE.open(key, bytes)?;
    read_change(revision, body, sharing)
}

/// A user with the first receipts.
pub(super) struct StoredUser {
    pub(super) name: Arc<str>,
    pub(super) own: OwnState,
    /// Whether there may be more receipts in other records.
    pub(super) has_more: bool,
    pub(super) packed: Packed,
    /// Whether no receipts of former builds are left.
    pub(super) is_packed: bool,
}

impl StoredUser {
    /// Creates a user without a record, who may have receipts of former builds.
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            own: OwnState::default(),
            has_more: true,
            packed: Packed::default(),
            is_packed: false,
        }
    }
}

/// Receipts of a user from an id on.
pub(super) struct StoredReceipts<'a> {
    pub(super) user: &'a str,
    pub(super) from: i64,
    pub(super) packed: Packed,
}

/// Encodes a user.
pub(super) fn encode_user(user: &StoredUser) -> Result<Vec<u8>, Damage> {
    let record = PackedUser {
        own: OwnRecord::from(&user.own),
        has_more: user.has_more,
        receipts: user.packed.bytes(),
    };
    USER.encode(user.name.as_bytes(), &record)
}

/// Decodes a user, in any format.
pub(super) fn decode_user(key: &[u8], bytes: &[u8]) -> Result<StoredUser, Damage> {
    let name = text_of(key).ok_or(Damage::Key)?;
    let mut stored = StoredUser::new(name);
    let (format, body) = USER.open(key, bytes)?;
    let (own, has_more, receipts): (OwnState, _, _) = match format {
        1 => {
            stored.own = USER.body::<FormerUser>(body)?.into();
            return Ok(stored);
        }
        2 => {
            let former: FormerPackedUser<'_> = USER.body(body)?;
            (former.user.into(), former.has_more, former.receipts)
        }
        _ => {
            let user: PackedUser<'_> = USER.body(body)?;
            (user.own.try_into()?, user.has_more, user.receipts)
        }
    };
    stored.own = own;
    stored.packed = Packed::read(receipts)?;
    (stored.has_more, stored.is_packed) = (has_more, true);
    Ok(stored)
}

/// Encodes receipts for the key of their user and the id from which on they are.
pub(super) fn encode_receipts(key: &[u8], packed: &Packed) -> Result<Vec<u8>, Damage> {
    RECEIPT.encode(key, &packed.bytes())
}

/// Decodes receipts, in any format. Format 1 has one receipt.
pub(super) fn decode_receipts<'a>(
    key: &'a [u8],
    bytes: &[u8],
) -> Result<StoredReceipts<'a>, Damage> {
    let (user, from) = receipt_of(key).ok_or(Damage::Key)?;
    let (format, body) = RECEIPT.open(key, bytes)?;
    let packed = match format {
        1 => {
            let mut packed = Packed::default();
            let kept = KeptReceipt::from(RECEIPT.body::<FormerReceipt>(body)?);
            packed.set(from, &kept);
            packed
        }
        _ => Packed::read(RECEIPT.body::<&[u8]>(body)?)?,
    };
    if packed.first().is_some_and(|first| first < from) {
        return Err(Damage::Body("a receipt is of an earlier id".to_owned()));
    }
    Ok(StoredReceipts { user, from, packed })
}

/// Decodes an idempotency key with its result.
pub(super) fn decode_key<'a>(
    key: &'a [u8],
    bytes: &[u8],
) -> Result<(&'a str, KeyedResult), Damage> {
    let text = text_of(key).ok_or(Damage::Key)?;
    let (_, body) = IDEMPOTENCY_KEY.open(key, bytes)?;
    let result = IDEMPOTENCY_KEY.body::<KeyRecord>(body)?.try_into()?;
    Ok((text, result))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::key::id_key;
    use crate::journal::record::encode_announcement;
    use crate::model::Draft;
    use crate::query::Query;

    #[test]
    fn an_announcement_without_its_texts_is_refused() {
        let board = crate::open("mem:").unwrap();
        let id = board.publish(&Draft::new("en", "Words")).unwrap().id;
        let whole = board.get(id, &Query::editor()).unwrap().announcement;
        let read = |announcement: &Announcement| {
            let bytes = encode_announcement(&id_key(id), announcement).unwrap();
            decode_announcement(&id_key(id), &bytes, &Sharing::default())
        };
        assert_eq!(read(&whole).as_ref(), Ok(&*whole));
        assert!(read(&whole.without_texts()).is_err());
    }

    fn sound() -> Position {
        Position {
            epoch: 1,
            seq: 9,
            link: Link([7; 16]),
            revision: 5,
            last_id: 7,
            compacted: 3,
            created_at: 0,
        }
    }

    #[test]
    fn a_board_that_could_not_count_on_is_refused() {
        let read = |head: &Position| {
            let bytes = encode_board(b"board", head).unwrap();
            decode_board(b"board", &bytes)
        };
        let sound = sound();
        assert_eq!(read(&sound), Ok(sound));
        for revision in [i64::MAX, -1] {
            assert!(read(&Position { revision, ..sound }).is_err());
        }
        let (last_id, compacted, seq) = (i64::MAX, 6, u64::MAX);
        assert!(read(&Position { last_id, ..sound }).is_err());
        assert!(read(&Position { compacted, ..sound }).is_err());
        assert!(read(&Position { seq, ..sound }).is_err());
    }

    #[test]
    fn a_board_of_a_former_format_goes_on_from_its_count_of_writes() {
        let former = BoardRecordV2 {
            epoch: 1,
            revision: 5,
            last_id: 7,
            compacted: 3,
            writes: 9,
            created_at: 0,
        };
        let format = |format| Kind { format, ..BOARD };
        let second = format(2).encode(b"board", &former).unwrap();
        let first = BoardRecordV1 {
            epoch: 1,
            revision: 5,
            last_id: 7,
            compacted: 3,
            writes: 9,
        };
        let first = format(1).encode(b"board", &first).unwrap();
        let link = Link::beginning(1, 9);
        for bytes in [first, second] {
            let read = decode_board(b"board", &bytes);
            assert_eq!(read, Ok(Position { link, ..sound() }));
        }
    }
}
