//! The tables of the file, and writing to them.

use std::ops::RangeInclusive;
use std::sync::Arc;

use redb::{TableDefinition, WriteTransaction};

use super::codec::{Damage, Kind};
use super::failure::damaged;
use super::key::{change_key, changes_up_to, id_key, receipt_key, receipts_of};
use super::records::{
    ANNOUNCEMENT, BOARD, BoardRecord, CHANGE, ChangeRecord, IDEMPOTENCY_KEY, IdempotencyRecord,
    RECEIPT, ReceiptRecord, USER, UserRecord, encode_announcement, encode_change, encode_receipt,
};
use crate::model::Announcement;

/// What redb gives.
pub(super) type Stored<T> = Result<T, redb::Error>;

/// What keys are for redb, and what records are.
pub(super) type Bytes = &'static [u8];

/// The table of a kind. All have the same type, for redb's code is compiled anew for each.
pub(super) fn table(kind: &Kind) -> TableDefinition<'static, Bytes, Bytes> {
    TableDefinition::new(kind.name)
}

/// The entry of the table of [`BOARD`] that says how the file is made up, four bytes little-endian. It must
/// be readable for every build, so it is no record.
pub(super) const FORMAT_KEY: &[u8] = b"format";
/// The entry of the table of [`BOARD`] that is a [`BoardRecord`].
pub(super) const BOARD_KEY: &[u8] = b"board";
/// How files of this build are made up: which tables there are, and what their keys are.
pub(super) const FORMAT: u32 = 1;

/// What else there are tables of.
const KINDS: [&Kind; 5] = [&ANNOUNCEMENT, &USER, &RECEIPT, &CHANGE, &IDEMPOTENCY_KEY];

/// One thing to write.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    PutAnnouncement(Arc<Announcement>),
    RemoveAnnouncement(i64),
    PutUser(Box<str>, UserRecord),
    /// With all receipts.
    RemoveUser(Box<str>),
    PutReceipt(Box<str>, i64, ReceiptRecord),
    RemoveReceipt(Box<str>, i64),
    PutChange((i64, u32), ChangeRecord),
    /// Removes the changes of all revisions up to this one.
    RemoveChanges(i64),
    PutIdempotencyKey(Box<str>, IdempotencyRecord),
    RemoveIdempotencyKey(Box<str>),
}

/// What an [`Edit`] does to one table, as bytes, so that what can fail by itself has not failed.
pub(super) struct Encoded {
    kind: &'static Kind,
    write: Write,
}

enum Write {
    Put(Vec<u8>, Vec<u8>),
    Remove(Vec<u8>),
    RemoveAll(RangeInclusive<Vec<u8>>),
}

impl Encoded {
    fn new(kind: &'static Kind, write: Write) -> Self {
        Self { kind, write }
    }
}

/// A record that cannot be written: its kind, its key, and why.
type Refused = (&'static Kind, Vec<u8>, Damage);

impl Edit {
    /// Adds to `encoded` what this does.
    fn encode(&self, encoded: &mut Vec<Encoded>) -> Result<(), Refused> {
        let (kind, key, record): (&'static Kind, _, _) = match self {
            Self::PutAnnouncement(announcement) => {
                let key = id_key(announcement.id()).to_vec();
                let record = encode_announcement(&key, announcement);
                (&ANNOUNCEMENT, key, Some(record))
            }
            Self::RemoveAnnouncement(id) => (&ANNOUNCEMENT, id_key(*id).to_vec(), None),
            Self::PutUser(name, user) => {
                let key = name.as_bytes().to_vec();
                let record = USER.encode(&key, user);
                (&USER, key, Some(record))
            }
            Self::RemoveUser(name) => {
                let receipts = Write::RemoveAll(receipts_of(name));
                encoded.push(Encoded::new(&RECEIPT, receipts));
                (&USER, name.as_bytes().to_vec(), None)
            }
            Self::PutReceipt(name, id, receipt) => {
                let key = receipt_key(name, *id);
                let record = encode_receipt(&key, receipt);
                (&RECEIPT, key, Some(record))
            }
            Self::RemoveReceipt(name, id) => (&RECEIPT, receipt_key(name, *id), None),
            Self::PutChange((revision, n), change) => {
                let key = change_key(*revision, *n);
                let record = encode_change(&key, change);
                (&CHANGE, key, Some(record))
            }
            Self::RemoveChanges(up_to) => {
                let changes = Write::RemoveAll(changes_up_to(*up_to));
                encoded.push(Encoded::new(&CHANGE, changes));
                return Ok(());
            }
            Self::PutIdempotencyKey(key, record) => {
                let key = key.as_bytes().to_vec();
                let record = IDEMPOTENCY_KEY.encode(&key, record);
                (&IDEMPOTENCY_KEY, key, Some(record))
            }
            Self::RemoveIdempotencyKey(key) => (&IDEMPOTENCY_KEY, key.as_bytes().to_vec(), None),
        };
        let write = match record {
            Some(Ok(record)) => Write::Put(key, record),
            Some(Err(damage)) => return Err((kind, key, damage)),
            None => Write::Remove(key),
        };
        encoded.push(Encoded::new(kind, write));
        Ok(())
    }
}

/// The records of changes as bytes, for the file `name`.
///
/// # Errors
/// For a record that is longer than one may be, which the limits of drafts do not let happen.
pub(super) fn encode_all(name: &str, changes: &[Edit]) -> crate::Result<Vec<Encoded>> {
    let mut encoded = Vec::with_capacity(changes.len());
    for change in changes {
        change
            .encode(&mut encoded)
            .map_err(|(kind, key, damage)| damaged(name, kind, &key, &damage))?;
    }
    Ok(encoded)
}

/// Makes all tables, and says what the file is.
pub(super) fn make(transaction: &WriteTransaction) -> Stored<()> {
    transaction
        .open_table(table(&BOARD))?
        .insert(FORMAT_KEY, FORMAT.to_le_bytes().as_slice())?;
    for kind in KINDS {
        transaction.open_table(table(kind))?;
    }
    Ok(())
}

/// Removes all records.
pub(super) fn clear(transaction: &WriteTransaction) -> Stored<()> {
    for kind in KINDS {
        transaction.delete_table(table(kind))?;
    }
    make(transaction)
}

/// Writes the record of the board.
pub(super) fn put_board(transaction: &WriteTransaction, board: &BoardRecord) -> Stored<()> {
    let bytes = BOARD.encode(BOARD_KEY, board);
    // Numbers of fixed size, which always fit.
    let bytes = bytes.map_err(|damage| redb::Error::Corrupted(format!("{damage:?}")))?;
    transaction
        .open_table(table(&BOARD))?
        .insert(BOARD_KEY, bytes.as_slice())?;
    Ok(())
}

/// Writes changes: those of each table in their order.
pub(super) fn put_all(transaction: &WriteTransaction, changes: &[Encoded]) -> Stored<()> {
    for kind in KINDS {
        let mut changes = changes
            .iter()
            .filter(|change| change.kind == kind)
            .peekable();
        // Opening a table costs something, and most writes touch few of them.
        if changes.peek().is_none() {
            continue;
        }
        let mut table = transaction.open_table(table(kind))?;
        for change in changes {
            match &change.write {
                Write::Put(key, record) => drop(table.insert(key.as_slice(), record.as_slice())?),
                Write::Remove(key) => drop(table.remove(key.as_slice())?),
                Write::RemoveAll(keys) => {
                    let (first, last) = (keys.start().as_slice(), keys.end().as_slice());
                    table.retain_in(first..=last, |_, _| false)?;
                }
            }
        }
    }
    Ok(())
}
