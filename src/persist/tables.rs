//! The tables of the file, and writing to them.

use std::sync::Arc;

use redb::{TableDefinition, WriteTransaction};

use super::codec::{Damage, Kind};
use super::failure::damaged;
use super::records::{
    ANNOUNCEMENT, BOARD, BoardRecord, CHANGE, ChangeRecord, IDEMPOTENCY_KEY, IdempotencyRecord,
    RECEIPT, ReceiptRecord, USER, UserRecord, encode_announcement, encode_change, encode_receipt,
};
use crate::model::Announcement;

/// What redb gives.
pub(super) type Stored<T> = Result<T, redb::Error>;

type Bytes = &'static [u8];

/// `format`, four bytes little-endian, and `board`.
pub(super) const BOARDS: TableDefinition<'_, &str, Bytes> = TableDefinition::new(BOARD.name);
/// By id.
pub(super) const ANNOUNCEMENTS: TableDefinition<'_, i64, Bytes> =
    TableDefinition::new(ANNOUNCEMENT.name);
/// By name.
pub(super) const USERS: TableDefinition<'_, &str, Bytes> = TableDefinition::new(USER.name);
/// By user and announcement.
pub(super) const RECEIPTS: TableDefinition<'_, (&str, i64), Bytes> =
    TableDefinition::new(RECEIPT.name);
/// By revision and place in it.
pub(super) const CHANGES: TableDefinition<'_, (i64, u32), Bytes> =
    TableDefinition::new(CHANGE.name);
/// By key.
pub(super) const IDEMPOTENCY_KEYS: TableDefinition<'_, &str, Bytes> =
    TableDefinition::new(IDEMPOTENCY_KEY.name);

/// The entry of [`BOARDS`] that says how the file is made up. It must be readable for every build, so
/// it is no record.
pub(super) const FORMAT_KEY: &str = "format";
/// The entry of [`BOARDS`] that is a [`BoardRecord`].
pub(super) const BOARD_KEY: &str = "board";
/// How files of this build are made up: which tables there are, and what their keys are.
pub(super) const FORMAT: u32 = 1;

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

/// A [`Edit`] whose record is bytes, so that what can fail by itself has not failed.
pub(super) enum Encoded {
    Announcement(i64, Option<Vec<u8>>),
    User(Box<str>, Option<Vec<u8>>),
    Receipt(Box<str>, i64, Option<Vec<u8>>),
    Change((i64, u32), Vec<u8>),
    RemoveChanges(i64),
    IdempotencyKey(Box<str>, Option<Vec<u8>>),
}

/// Where a record stands: its table and its key there.
type Place = (&'static str, String);

impl Edit {
    /// The record as bytes.
    fn encode(&self) -> Result<Encoded, (Place, Damage)> {
        let at = |kind: &Kind, key: String| {
            let name = kind.name;
            move |damage| ((name, key), damage)
        };
        Ok(match self {
            Self::PutAnnouncement(announcement) => {
                let id = announcement.id();
                let bytes = encode_announcement(announcement);
                Encoded::Announcement(id, Some(bytes.map_err(at(&ANNOUNCEMENT, id.to_string()))?))
            }
            Self::RemoveAnnouncement(id) => Encoded::Announcement(*id, None),
            Self::PutUser(name, user) => {
                let bytes = USER.encode(name.as_bytes(), user);
                let bytes = bytes.map_err(at(&USER, name.to_string()))?;
                Encoded::User(name.clone(), Some(bytes))
            }
            Self::RemoveUser(name) => Encoded::User(name.clone(), None),
            Self::PutReceipt(name, id, receipt) => {
                let bytes = encode_receipt(name, *id, receipt);
                let bytes = bytes.map_err(at(&RECEIPT, format!("{name}, {id}")))?;
                Encoded::Receipt(name.clone(), *id, Some(bytes))
            }
            Self::RemoveReceipt(name, id) => Encoded::Receipt(name.clone(), *id, None),
            Self::PutChange(key, change) => {
                let bytes = encode_change(*key, change);
                let bytes = bytes.map_err(at(&CHANGE, format!("{}, {}", key.0, key.1)))?;
                Encoded::Change(*key, bytes)
            }
            Self::RemoveChanges(up_to) => Encoded::RemoveChanges(*up_to),
            Self::PutIdempotencyKey(key, record) => {
                let bytes = IDEMPOTENCY_KEY.encode(key.as_bytes(), record);
                let bytes = bytes.map_err(at(&IDEMPOTENCY_KEY, key.to_string()))?;
                Encoded::IdempotencyKey(key.clone(), Some(bytes))
            }
            Self::RemoveIdempotencyKey(key) => Encoded::IdempotencyKey(key.clone(), None),
        })
    }
}

/// The records of changes as bytes, for the file `name`.
///
/// # Errors
/// For a record that is longer than one may be, which the limits of drafts do not let happen.
pub(super) fn encode_all(name: &str, changes: &[Edit]) -> crate::Result<Vec<Encoded>> {
    let encode = |change: &Edit| {
        let encoded = change.encode();
        encoded.map_err(|((kind, key), damage)| damaged(name, kind, &key, &damage))
    };
    changes.iter().map(encode).collect()
}

/// Makes all tables, and says what the file is.
pub(super) fn make(transaction: &WriteTransaction) -> Stored<()> {
    transaction
        .open_table(BOARDS)?
        .insert(FORMAT_KEY, FORMAT.to_le_bytes().as_slice())?;
    transaction.open_table(ANNOUNCEMENTS)?;
    transaction.open_table(USERS)?;
    transaction.open_table(RECEIPTS)?;
    transaction.open_table(CHANGES)?;
    transaction.open_table(IDEMPOTENCY_KEYS)?;
    Ok(())
}

/// Removes all records.
pub(super) fn clear(transaction: &WriteTransaction) -> Stored<()> {
    transaction.delete_table(ANNOUNCEMENTS)?;
    transaction.delete_table(USERS)?;
    transaction.delete_table(RECEIPTS)?;
    transaction.delete_table(CHANGES)?;
    transaction.delete_table(IDEMPOTENCY_KEYS)?;
    make(transaction)
}

/// Writes the record of the board.
pub(super) fn put_board(transaction: &WriteTransaction, board: &BoardRecord) -> Stored<()> {
    let bytes = BOARD.encode(BOARD_KEY.as_bytes(), board);
    // Numbers of fixed size, which always fit.
    let bytes = bytes.map_err(|damage| redb::Error::Corrupted(format!("{damage:?}")))?;
    transaction
        .open_table(BOARDS)?
        .insert(BOARD_KEY, bytes.as_slice())?;
    Ok(())
}

/// Writes changes, in their order.
pub(super) fn put_all(transaction: &WriteTransaction, changes: &[Encoded]) -> Stored<()> {
    // Opening a table costs something, and most writes touch few of them.
    let mut announcements = Lazy::new(|| transaction.open_table(ANNOUNCEMENTS));
    let mut users = Lazy::new(|| transaction.open_table(USERS));
    let mut receipts = Lazy::new(|| transaction.open_table(RECEIPTS));
    let mut feed = Lazy::new(|| transaction.open_table(CHANGES));
    let mut keys = Lazy::new(|| transaction.open_table(IDEMPOTENCY_KEYS));
    for change in changes {
        match change {
            Encoded::Announcement(id, Some(bytes)) => {
                announcements.get()?.insert(id, bytes.as_slice())?;
            }
            Encoded::Announcement(id, None) => {
                announcements.get()?.remove(id)?;
            }
            Encoded::User(name, Some(bytes)) => {
                users.get()?.insert(&**name, bytes.as_slice())?;
            }
            Encoded::User(name, None) => {
                users.get()?.remove(&**name)?;
                receipts
                    .get()?
                    .retain_in((&**name, i64::MIN)..=(&**name, i64::MAX), |_, _| false)?;
            }
            Encoded::Receipt(name, id, Some(bytes)) => {
                receipts.get()?.insert((&**name, *id), bytes.as_slice())?;
            }
            Encoded::Receipt(name, id, None) => {
                receipts.get()?.remove((&**name, *id))?;
            }
            Encoded::Change(key, bytes) => {
                feed.get()?.insert(key, bytes.as_slice())?;
            }
            Encoded::RemoveChanges(up_to) => {
                feed.get()?
                    .retain_in((i64::MIN, 0)..=(*up_to, u32::MAX), |_, _| false)?;
            }
            Encoded::IdempotencyKey(key, Some(bytes)) => {
                keys.get()?.insert(&**key, bytes.as_slice())?;
            }
            Encoded::IdempotencyKey(key, None) => {
                keys.get()?.remove(&**key)?;
            }
        }
    }
    Ok(())
}

/// A table that is opened when it is first needed.
struct Lazy<T, F> {
    open: F,
    table: Option<T>,
}

impl<T, F: Fn() -> Result<T, redb::TableError>> Lazy<T, F> {
    fn new(open: F) -> Self {
        Self { open, table: None }
    }

    fn get(&mut self) -> Result<&mut T, redb::TableError> {
        let table = match self.table.take() {
            Some(table) => table,
            None => (self.open)()?,
        };
        Ok(self.table.insert(table))
    }
}
