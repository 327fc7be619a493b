//! Snapshots: one state of the file, for reading.

use std::sync::Arc;

use redb::{ReadOnlyTable, ReadTransaction, ReadableTable};

use super::batch::Batch;
use super::failure::{corrupt, damaged, redb_error, unknown_format};
use super::key::{change_key, changes_of, id_key};
use super::records::{
    BOARD, StoredReceipts, StoredUser, decode_announcement, decode_board, decode_change,
    decode_key, decode_receipts, decode_user, decode_version,
};
use super::tables::{BOARD_KEY, Bytes, FORMAT, FORMAT_KEY, Stored, table};
use crate::error::{Error, Result};
use crate::journal::packed::Packed;
use crate::journal::record::Sharing;
use crate::journal::record::{
    ANNOUNCEMENT, CHANGE, Damage, HISTORY, IDEMPOTENCY_KEY, Kind, RECEIPT, USER, encode_change,
};
use crate::journal::{FeedChange, KeptUser, KeyedResult, Marks, Position};
use crate::model::Announcement;

/// Receives a key and its record.
type Take<'a> = dyn FnMut(&[u8], &[u8]) -> Result<()> + 'a;

/// A snapshot of the file. Clones share it.
#[derive(Clone)]
pub(crate) struct Snapshot {
    name: Arc<str>,
    transaction: Arc<ReadTransaction>,
}

impl Snapshot {
    pub(super) fn new(name: &str, transaction: ReadTransaction) -> Self {
        Self {
            name: name.into(),
            transaction: Arc::new(transaction),
        }
    }

    /// Refuses a file that is not a board, or has a later format.
    pub(super) fn check(&self) -> Result<()> {
        self.check_format()?;
        self.board().map(drop)
    }

    fn check_format(&self) -> Result<()> {
        let read = || -> Stored<Option<[u8; 4]>> {
            let table = self.table(&BOARD)?;
            let format = table.get(FORMAT_KEY)?;
            Ok(format.and_then(|bytes| bytes.value().try_into().ok()))
        };
        match read()
            .map_err(|error| self.error(error))?
            .map(u32::from_le_bytes)
        {
            Some(1..=FORMAT) => Ok(()),
            Some(format) => Err(unknown_format(&self.name, format, FORMAT)),
            None => Err(corrupt(&self.name, "not a board file", "不是公告板文件")),
        }
    }

    /// Returns the position of the board.
    pub(crate) fn board(&self) -> Result<Position> {
        let read = || -> Stored<_> {
            let table = self.table(&BOARD)?;
            let bytes = table.get(BOARD_KEY)?;
            Ok(bytes.map(|bytes| bytes.value().to_vec()))
        };
        let bytes = read().map_err(|error| self.error(error))?;
        let bytes =
            bytes.ok_or_else(|| corrupt(&self.name, "not a board file", "不是公告板文件"))?;
        decode_board(BOARD_KEY, &bytes).map_err(self.damaged(&BOARD, BOARD_KEY))
    }

    /// Counts the records of a kind.
    pub(super) fn count(&self, kind: &Kind) -> Result<u64> {
        let table = self.table(kind).map_err(|e| self.error(e))?;
        let count = redb::ReadableTableMetadata::len(&table);
        count.map_err(|error| self.error(error.into()))
    }

    /// Returns the announcement with that id.
    ///
    /// # Errors
    /// Those of the file; `corrupt` for a damaged record.
    pub(crate) fn announcement(&self, id: i64) -> Result<Option<Announcement>> {
        let key = id_key(id);
        let table = self.table(&ANNOUNCEMENT).map_err(|e| self.error(e))?;
        let bytes = table.get(key.as_slice());
        let Some(bytes) = bytes.map_err(|error| self.error(error.into()))? else {
            return Ok(None);
        };
        decode_announcement(&key, bytes.value(), &Sharing::default())
            .map(Some)
            .map_err(self.damaged(&ANNOUNCEMENT, &key))
    }

    /// Passes the records of a kind to `take` in batches, as they are.
    ///
    /// # Errors
    /// Those of the file itself, and of `take`.
    pub(super) fn batches(
        &self,
        kind: &Kind,
        mut take: impl FnMut(Batch) -> Result<()>,
    ) -> Result<()> {
        let mut batch = Batch::default();
        self.each(kind, &mut |key, bytes| {
            batch.push(key, bytes);
            match batch.is_full() {
                true => take(std::mem::take(&mut batch)),
                false => Ok(()),
            }
        })?;
        match batch.is_empty() {
            true => Ok(()),
            false => take(batch),
        }
    }

    /// Decodes the record of an announcement.
    ///
    /// # Errors
    /// `corrupt`, `unsupported`.
    pub(super) fn decoded_announcement(
        &self,
        key: &[u8],
        bytes: &[u8],
        sharing: &Sharing,
    ) -> Result<Announcement> {
        let read = decode_announcement(key, bytes, sharing);
        read.map_err(self.damaged(&ANNOUNCEMENT, key))
    }

    /// Decodes the record of a change.
    ///
    /// # Errors
    /// `corrupt`, `unsupported`.
    pub(super) fn decoded_change(
        &self,
        key: &[u8],
        bytes: &[u8],
        sharing: &Sharing,
    ) -> Result<FeedChange> {
        decode_change(key, bytes, sharing).map_err(self.damaged(&CHANGE, key))
    }

    /// Passes each announcement to `take`, by id, or the damage of its record.
    ///
    /// # Errors
    /// Those of the file itself, and of `take`.
    pub(crate) fn announcements(
        &self,
        sharing: &Sharing,
        mut take: impl FnMut(Result<Announcement>) -> Result<()>,
    ) -> Result<()> {
        self.each(&ANNOUNCEMENT, &mut |key, bytes| {
            take(self.decoded_announcement(key, bytes, sharing))
        })
    }

    /// Passes each former version to `take`, by id, the oldest first, or the damage of its record. With an
    /// `id`, only those of that announcement.
    ///
    /// # Errors
    /// Those of the file itself, and of `take`.
    pub(super) fn former_versions(
        &self,
        id: Option<i64>,
        mut take: impl FnMut(Result<Announcement>) -> Result<()>,
    ) -> Result<()> {
        let Some(table) = self.table_if_any(&HISTORY)? else {
            return Ok(());
        };
        let (first, last) = match id {
            Some(id) => changes_of(id).into_inner(),
            None => (
                change_key(0, 0).to_vec(),
                change_key(i64::MAX, u32::MAX).to_vec(),
            ),
        };
        let sharing = Sharing::default();
        let records = table.range(first.as_slice()..=last.as_slice());
        for record in records.map_err(|error| self.error(error.into()))? {
            let (key, bytes) = record.map_err(|error| self.error(error.into()))?;
            let read = decode_version(key.value(), bytes.value(), &sharing);
            take(read.map_err(self.damaged(&HISTORY, key.value())))?;
        }
        Ok(())
    }

    /// Passes each user to `take`, by name, with the first receipts.
    ///
    /// # Errors
    /// As [`announcements`](Self::announcements).
    pub(super) fn users(
        &self,
        mut take: impl FnMut(Result<StoredUser>) -> Result<()>,
    ) -> Result<()> {
        self.each(&USER, &mut |key, bytes| {
            let read = decode_user(key, bytes);
            take(read.map_err(self.damaged(&USER, key)))
        })
    }

    /// Passes the other receipts to `take`.
    ///
    /// # Errors
    /// As [`announcements`](Self::announcements).
    pub(super) fn receipts(
        &self,
        mut take: impl FnMut(Result<StoredReceipts<'_>>) -> Result<()>,
    ) -> Result<()> {
        self.each(&RECEIPT, &mut |key, bytes| {
            let read = decode_receipts(key, bytes);
            take(read.map_err(self.damaged(&RECEIPT, key)))
        })
    }

    /// Passes each user to `take`, by name, with all receipts. Both tables have this order, so they
    /// are read side by side. Receipts of a user without a record are kept all the same.
    ///
    /// # Errors
    /// Those of the file, of damaged records, and of `take`.
    pub(super) fn whole_users(&self, mut take: impl FnMut(KeptUser) -> Result<()>) -> Result<()> {
        let receipts = self.table(&RECEIPT).map_err(|error| self.error(error))?;
        let mut receipts = receipts.iter().map_err(|error| self.error(error.into()))?;
        let mut next = || -> Result<Option<(Arc<str>, Packed)>> {
            let Some(record) = receipts.next() else {
                return Ok(None);
            };
            let (key, bytes) = record.map_err(|error| self.error(error.into()))?;
            let read = decode_receipts(key.value(), bytes.value());
            let read = read.map_err(self.damaged(&RECEIPT, key.value()))?;
            Ok(Some((read.user.into(), read.packed)))
        };
        let mut coming = next()?;
        let mut take = |user: StoredUser, coming: &mut Option<(Arc<str>, Packed)>| {
            let mut parts = vec![user.packed];
            while let Some((_, packed)) = coming.take_if(|(name, _)| *name == user.name) {
                parts.push(packed);
                *coming = next()?;
            }
            take(KeptUser {
                name: user.name,
                own: user.own,
                marks: Marks::of_parts(parts),
            })
        };
        self.users(|user| {
            let user = user?;
            while let Some((name, _)) = &coming
                && *name < user.name
            {
                take(StoredUser::new(&name.clone()), &mut coming)?;
            }
            take(user, &mut coming)
        })?;
        while let Some((name, _)) = &coming {
            take(StoredUser::new(&name.clone()), &mut coming)?;
        }
        Ok(())
    }

    /// Passes each change to `take`, oldest first.
    ///
    /// # Errors
    /// As [`announcements`](Self::announcements).
    pub(crate) fn changes(
        &self,
        sharing: &Sharing,
        mut take: impl FnMut(Result<FeedChange>) -> Result<()>,
    ) -> Result<()> {
        self.each(&CHANGE, &mut |key, bytes| {
            take(self.decoded_change(key, bytes, sharing))
        })
    }

    /// Returns the keys and new records of the changes from which [`FeedChange::redact`] erases something.
    ///
    /// # Errors
    /// Those of the file, and of damaged records.
    pub(super) fn redacted_changes(&self) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let announcements = self.table(&ANNOUNCEMENT).map_err(|e| self.error(e))?;
        // What cannot be looked up is not taken for gone.
        let is_gone = |id| matches!(announcements.get(id_key(id).as_slice()), Ok(None));
        let sharing = Sharing::default();
        let mut redacted = Vec::new();
        self.each(&CHANGE, &mut |key, bytes| {
            let mut change = self.decoded_change(key, bytes, &sharing)?;
            if change.redact(&is_gone) {
                let record = encode_change(key, &change).map_err(self.damaged(&CHANGE, key))?;
                redacted.push((key.to_vec(), record));
            }
            Ok(())
        })?;
        Ok(redacted)
    }

    /// Passes each idempotency key to `take`.
    ///
    /// # Errors
    /// As [`announcements`](Self::announcements).
    pub(crate) fn idempotency_keys(
        &self,
        mut take: impl FnMut(Result<(&str, KeyedResult)>) -> Result<()>,
    ) -> Result<()> {
        self.each(&IDEMPOTENCY_KEY, &mut |key, bytes| {
            let read = decode_key(key, bytes);
            take(read.map_err(self.damaged(&IDEMPOTENCY_KEY, key)))
        })
    }

    /// Opens a table.
    pub(super) fn table(&self, kind: &Kind) -> Stored<ReadOnlyTable<Bytes, Bytes>> {
        Ok(self.transaction.open_table(table(kind))?)
    }

    /// Opens a table that files of earlier builds lack.
    pub(super) fn table_if_any(&self, kind: &Kind) -> Result<Option<ReadOnlyTable<Bytes, Bytes>>> {
        match self.transaction.open_table(table(kind)) {
            Ok(table) => Ok(Some(table)),
            Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(self.error(error.into())),
        }
    }

    /// Passes each key and record to `take`.
    fn each(&self, kind: &Kind, take: &mut Take<'_>) -> Result<()> {
        let table = self.table(kind).map_err(|error| self.error(error))?;
        for record in table.iter().map_err(|error| self.error(error.into()))? {
            let (key, bytes) = record.map_err(|error| self.error(error.into()))?;
            take(key.value(), bytes.value())?;
        }
        Ok(())
    }

    fn error(&self, error: redb::Error) -> Error {
        redb_error(&self.name, "read it", "读取文件", error)
    }

    /// Converts damage of the record of `kind` under `key` to an error.
    fn damaged<'a>(&'a self, kind: &'a Kind, key: &'a [u8]) -> impl FnOnce(Damage) -> Error + 'a {
        move |damage| damaged(&self.name, kind, key, &damage)
    }
}
