//! Tables of the file, and writing to them.

use std::ops::RangeInclusive;
use std::sync::Arc;

use redb::{ReadableTable, WriteTransaction};

use super::failure::damaged;
use super::key::{change_key, changes_of, changes_up_to, id_key};
use super::records::{BOARD, encode_board};
pub(super) use super::table::{Bytes, Stored, table};
use super::users::UserTables;
use crate::journal::record::{
    ANNOUNCEMENT, CHANGE, Damage, HISTORY, IDEMPOTENCY_KEY, KeyRecord, Kind, RECEIPT, USER,
    encode_announcement, encode_change,
};
use crate::journal::{Effect, FeedChange, Position, UserChange, encode_former, kept};

/// Key of the format in the table of [`BOARD`]: four bytes, little-endian. It is not a record, so
/// that every build can read it.
pub(super) const FORMAT_KEY: &[u8] = b"format";
/// Key of the board's record in the table of [`BOARD`].
pub(super) const BOARD_KEY: &[u8] = b"board";
/// Format of this build's files: the tables and their keys.
pub(super) const FORMAT: u32 = 1;

/// The other tables.
pub(super) const KINDS: [&Kind; 6] = [
    &ANNOUNCEMENT,
    &HISTORY,
    &USER,
    &RECEIPT,
    &CHANGE,
    &IDEMPOTENCY_KEY,
];

/// Effect on one table, encoded, so that nothing can fail later by itself.
pub(super) struct Encoded {
    kind: &'static Kind,
    write: Write,
}

enum Write {
    User(UserChange),
    ForgetUser(Arc<str>),
    Put(Vec<u8>, Vec<u8>),
    /// Puts a former version of the announcement with this id, and removes those that are too old.
    Former(i64, Vec<u8>, Vec<u8>),
    Remove(Vec<u8>),
    RemoveAll(RangeInclusive<Vec<u8>>),
}

/// A record that cannot be written: its kind, its key, and the reason.
type Refused = (&'static Kind, Vec<u8>, Damage);

/// Encoder of effects.
#[derive(Default)]
struct Encoder {
    encoded: Vec<Encoded>,
    /// Place of the last change in its revision, counted from 0.
    last_change: Option<(i64, u32)>,
}

impl Encoder {
    fn add(&mut self, effect: &Effect) -> Result<(), Refused> {
        match effect {
            Effect::Put(announcement) => {
                let key = id_key(announcement.id()).to_vec();
                let record = encode_announcement(&key, announcement);
                self.put(&ANNOUNCEMENT, key, record)
            }
            Effect::Former(former) => {
                let (id, version) = (former.id(), former.notify_version());
                let key = change_key(id, version).to_vec();
                match encode_former(&key, former) {
                    Ok(record) => self.write(&HISTORY, Write::Former(id, key, record)),
                    Err(damage) => return Err((&HISTORY, key, damage)),
                }
                Ok(())
            }
            Effect::Remove(id) => {
                self.write(&ANNOUNCEMENT, Write::Remove(id_key(*id).to_vec()));
                self.write(&HISTORY, Write::RemoveAll(changes_of(*id)));
                Ok(())
            }
            Effect::User(change) => {
                self.write(&USER, Write::User(change.clone()));
                Ok(())
            }
            Effect::ForgetUser(name) => {
                self.write(&USER, Write::ForgetUser(Arc::clone(name)));
                Ok(())
            }
            Effect::Change(change) => self.change(change),
            Effect::DropChanges(up_to) => {
                self.write(&CHANGE, Write::RemoveAll(changes_up_to(*up_to)));
                Ok(())
            }
            Effect::PutKey(key, result) => {
                let key = key.as_bytes().to_vec();
                let record = IDEMPOTENCY_KEY.encode(&key, &KeyRecord::from(result));
                self.put(&IDEMPOTENCY_KEY, key, record)
            }
            Effect::RemoveKey(key) => {
                self.write(&IDEMPOTENCY_KEY, Write::Remove(key.as_bytes().to_vec()));
                Ok(())
            }
        }
    }

    fn change(&mut self, change: &FeedChange) -> Result<(), Refused> {
        let place = match self.last_change {
            Some((revision, place)) if revision == change.revision => place + 1,
            _ => 0,
        };
        self.last_change = Some((change.revision, place));
        let key = change_key(change.revision, place).to_vec();
        let record = encode_change(&key, change);
        self.put(&CHANGE, key, record)
    }

    fn put(
        &mut self,
        kind: &'static Kind,
        key: Vec<u8>,
        record: Result<Vec<u8>, Damage>,
    ) -> Result<(), Refused> {
        match record {
            Ok(record) => {
                self.write(kind, Write::Put(key, record));
                Ok(())
            }
            Err(damage) => Err((kind, key, damage)),
        }
    }

    fn write(&mut self, kind: &'static Kind, write: Write) {
        self.encoded.push(Encoded { kind, write });
    }
}

/// Encodes the records of effects, for the file `name`.
///
/// # Errors
/// For a record that is too long, which the limits of drafts prevent.
pub(super) fn encode_all<'a>(
    name: &str,
    effects: impl IntoIterator<Item = &'a Effect>,
) -> crate::error::Result<Vec<Encoded>> {
    let mut encoder = Encoder::default();
    for effect in effects {
        encoder
            .add(effect)
            .map_err(|(kind, key, damage)| damaged(name, kind, &key, &damage))?;
    }
    Ok(encoder.encoded)
}

/// Creates all tables, and writes the format.
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

/// Writes the board's record.
pub(super) fn put_board(transaction: &WriteTransaction, head: &Position) -> Stored<()> {
    let bytes = encode_board(BOARD_KEY, head);
    // Numbers of fixed size, which always fit.
    let bytes = bytes.map_err(|damage| redb::Error::Corrupted(format!("{damage:?}")))?;
    transaction
        .open_table(table(&BOARD))?
        .insert(BOARD_KEY, bytes.as_slice())?;
    Ok(())
}

/// Writes records of one kind, replacing those under the same keys.
pub(super) fn put_records(
    transaction: &WriteTransaction,
    kind: &Kind,
    records: &[(Vec<u8>, Vec<u8>)],
) -> Stored<()> {
    let mut table = transaction.open_table(table(kind))?;
    for (key, record) in records {
        table.insert(key.as_slice(), record.as_slice())?;
    }
    Ok(())
}

/// Removes the former versions of an announcement that are too old.
fn drop_oldest(table: &mut redb::Table<'_, Bytes, Bytes>, id: i64) -> Stored<()> {
    let versions = changes_of(id);
    let (first, last) = (versions.start().as_slice(), versions.end().as_slice());
    let mut lengths = Vec::new();
    for record in table.range(first..=last)?.rev() {
        lengths.push(record?.1.value().len());
    }
    let surplus = lengths.len() - kept(lengths.iter().copied());
    for _ in 0..surplus {
        let oldest = match table.range(first..=last)?.next() {
            Some(record) => record?.0.value().to_vec(),
            None => break,
        };
        table.remove(oldest.as_slice())?;
    }
    Ok(())
}

/// Writes changes: those of each table in order.
pub(super) fn put_all(transaction: &WriteTransaction, changes: &[Encoded]) -> Stored<()> {
    for kind in KINDS {
        let mut changes = changes
            .iter()
            .filter(|change| change.kind == kind)
            .peekable();
        // Opening a table is not free, and most writes touch few of them.
        if changes.peek().is_none() {
            continue;
        }
        if *kind == USER {
            let mut users = UserTables::new(transaction)?;
            for change in changes {
                match &change.write {
                    Write::User(change) => users.apply(change)?,
                    Write::ForgetUser(name) => users.forget(name)?,
                    _ => {}
                }
            }
            continue;
        }
        let mut table = transaction.open_table(table(kind))?;
        for change in changes {
            match &change.write {
                Write::Put(key, record) => drop(table.insert(key.as_slice(), record.as_slice())?),
                Write::Former(id, key, record) => {
                    table.insert(key.as_slice(), record.as_slice())?;
                    drop_oldest(&mut table, *id)?;
                }
                Write::Remove(key) => drop(table.remove(key.as_slice())?),
                Write::RemoveAll(keys) => {
                    let (first, last) = (keys.start().as_slice(), keys.end().as_slice());
                    table.retain_in(first..=last, |_, _| false)?;
                }
                // Among the users, above.
                Write::User(_) | Write::ForgetUser(_) => {}
            }
        }
    }
    Ok(())
}
