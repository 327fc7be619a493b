//! What each record of the file holds: the values of the journal under their keys, and the board itself.
//!
//! To change the record of the board, bump its format, and keep what reads the former ones.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::key::{Shape, change_of, id_of, receipt_of, text_of};
use crate::journal::record::Sharing;
use crate::journal::record::{
    ANNOUNCEMENT, CHANGE, Damage, IDEMPOTENCY_KEY, KeyRecord, Kind, RECEIPT, ReceiptRecord, USER,
    UserRecord, read_announcement, read_change,
};
use crate::journal::{FeedChange, KeptReceipt, KeyedResult, Link, NUMBER, Position, UserChange};
use crate::model::Announcement;

/// Format 2 says when the board was made, format 3 at which entry of its journal it is.
pub(super) const BOARD: Kind = Kind {
    name: "board",
    format: 3,
    limit: 1024,
};

/// Returns what the keys of a kind's table stand for.
pub(super) fn shape(kind: &Kind) -> Shape {
    match kind.name {
        name if name == ANNOUNCEMENT.name => Shape::Id,
        name if name == RECEIPT.name => Shape::UserAndId,
        name if name == CHANGE.name => Shape::RevisionAndPlace,
        _ => Shape::Text,
    }
}

/// What is true of the board as a whole.
#[derive(Serialize, Deserialize)]
struct BoardRecord {
    epoch: u128,
    revision: i64,
    last_id: i64,
    compacted: i64,
    /// The number of the last entry. It goes up with every write, so that a write of which nothing is known
    /// can be told from none.
    seq: u64,
    created_at: i64,
    /// The link of the last entry.
    link: [u8; 16],
}

/// Format 2 of [`BoardRecord`]: counts writes, and knows no link.
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
    /// The writes were entries that nobody could follow: the chain begins after the last of them.
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

/// Writes the record of the board.
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

/// Reads the record of the board, of whatever format.
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
    // There is one more to come of each.
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

/// Reads an announcement.
pub(super) fn decode_announcement(
    key: &[u8],
    bytes: &[u8],
    sharing: &mut Sharing,
) -> Result<Announcement, Damage> {
    let id = id_of(key).ok_or(Damage::Key)?;
    let (_, body) = ANNOUNCEMENT.open(key, bytes)?;
    let announcement = read_announcement(body, sharing)?;
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

/// Reads one change.
pub(super) fn decode_change(
    key: &[u8],
    bytes: &[u8],
    sharing: &mut Sharing,
) -> Result<FeedChange, Damage> {
    let (revision, _) = change_of(key).ok_or(Damage::Key)?;
    let (_, body) = CHANGE.open(key, bytes)?;
    read_change(revision, body, sharing)
}

/// Reads a user, of whom the receipts are still to come.
pub(super) fn decode_user(key: &[u8], bytes: &[u8]) -> Result<UserChange, Damage> {
    let name = text_of(key).ok_or(Damage::Key)?;
    let (_, body) = USER.open(key, bytes)?;
    let (first_seen_at, watermark) = USER.body::<UserRecord>(body)?.values();
    Ok(UserChange {
        name: name.into(),
        first_seen_at,
        watermark,
        is_changed: true,
        kept: BTreeMap::new(),
    })
}

/// Reads what is kept of a user and an announcement, with both.
pub(super) fn decode_receipt<'a>(
    key: &'a [u8],
    bytes: &[u8],
) -> Result<(&'a str, i64, KeptReceipt), Damage> {
    let (user, id) = receipt_of(key).ok_or(Damage::Key)?;
    let (_, body) = RECEIPT.open(key, bytes)?;
    let kept = RECEIPT.body::<ReceiptRecord>(body)?;
    Ok((user, id, kept.into()))
}

/// Reads an idempotency key, with what it gave.
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
            decode_announcement(&id_key(id), &bytes, &mut Sharing::default())
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
