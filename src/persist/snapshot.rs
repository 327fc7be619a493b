//! One state of the file, for reading.

use std::sync::Arc;

use redb::{ReadTransaction, ReadableTable};

use super::board_file::unknown_format;
use super::failure::{corrupt, damaged, redb_error};
use super::records::{
    ANNOUNCEMENT, BOARD, BoardRecord, CHANGE, ChangeRecord, IDEMPOTENCY_KEY, IdempotencyRecord,
    RECEIPT, ReceiptRecord, Sharing, USER, UserRecord, decode, decode_announcement, decode_board,
    decode_change, decode_receipt,
};
use super::tables::{
    ANNOUNCEMENTS, BOARD_KEY, BOARDS, CHANGES, FORMAT, FORMAT_KEY, IDEMPOTENCY_KEYS, RECEIPTS,
    Stored, USERS,
};
use crate::error::{Error, Result};
use crate::model::Announcement;

/// One state of the file. Clones look at the same one.
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

    /// Refuses what is no board, or one of a later format.
    pub(super) fn check(&self) -> Result<()> {
        self.check_format()?;
        self.board().map(drop)
    }

    fn check_format(&self) -> Result<()> {
        let read = || -> Stored<Option<[u8; 4]>> {
            let table = self.transaction.open_table(BOARDS)?;
            let format = table.get(FORMAT_KEY)?;
            Ok(format.and_then(|bytes| bytes.value().try_into().ok()))
        };
        match read()
            .map_err(|error| self.error(error))?
            .map(u32::from_le_bytes)
        {
            Some(1..=FORMAT) => Ok(()),
            Some(format) => Err(unknown_format(&self.name, format)),
            None => Err(corrupt(&self.name, "is no board", "不是公告板文件")),
        }
    }

    /// What is true of the board as a whole.
    pub(crate) fn board(&self) -> Result<BoardRecord> {
        let read = || -> Stored<_> {
            let table = self.transaction.open_table(BOARDS)?;
            let bytes = table.get(BOARD_KEY)?;
            Ok(bytes.map(|bytes| bytes.value().to_vec()))
        };
        let bytes = read().map_err(|error| self.error(error))?;
        let bytes = bytes.ok_or_else(|| corrupt(&self.name, "is no board", "不是公告板文件"))?;
        decode_board(BOARD_KEY, &bytes)
            .map_err(|damage| damaged(&self.name, BOARD.name, BOARD_KEY, &damage))
    }

    /// How many announcements there are.
    pub(crate) fn count(&self) -> Result<u64> {
        let count = || -> Stored<u64> {
            Ok(redb::ReadableTableMetadata::len(
                &self.transaction.open_table(ANNOUNCEMENTS)?,
            )?)
        };
        count().map_err(|error| self.error(error))
    }

    /// The announcement of that id.
    ///
    /// # Errors
    /// Those of the file; `corrupt` when its record is damaged.
    pub(crate) fn announcement(&self, id: i64) -> Result<Option<Announcement>> {
        let table = self
            .table(ANNOUNCEMENTS)
            .map_err(|error| self.error(error))?;
        let Some(bytes) = table.get(id).map_err(|error| self.error(error.into()))? else {
            return Ok(None);
        };
        decode_announcement(id, bytes.value(), &mut Sharing::default())
            .map(Some)
            .map_err(|d| damaged(&self.name, ANNOUNCEMENT.name, &id.to_string(), &d))
    }

    /// Hands over each announcement, in the order of the ids, or what is wrong with its record.
    ///
    /// # Errors
    /// Those of the file as such, and of `take`.
    pub(crate) fn announcements(
        &self,
        sharing: &mut Sharing,
        mut take: impl FnMut(Result<Announcement>) -> Result<()>,
    ) -> Result<()> {
        self.each(ANNOUNCEMENTS, |id, bytes| {
            let read = decode_announcement(id, bytes, sharing);
            take(read.map_err(|d| damaged(&self.name, ANNOUNCEMENT.name, &id.to_string(), &d)))
        })
    }

    /// Hands over each user, in the order of the names.
    ///
    /// # Errors
    /// As [`announcements`](Self::announcements).
    pub(crate) fn users(
        &self,
        mut take: impl FnMut(Result<(&str, UserRecord)>) -> Result<()>,
    ) -> Result<()> {
        self.each(USERS, |name, bytes| {
            let read = decode(&USER, name, bytes).map(|user| (name, user));
            take(read.map_err(|d| damaged(&self.name, USER.name, name, &d)))
        })
    }

    /// Hands over what is kept of each user and announcement.
    ///
    /// # Errors
    /// As [`announcements`](Self::announcements).
    pub(crate) fn receipts(
        &self,
        mut take: impl FnMut(Result<(&str, i64, ReceiptRecord)>) -> Result<()>,
    ) -> Result<()> {
        self.each(RECEIPTS, |(name, id), bytes| {
            let read = decode_receipt(name, id, bytes).map(|receipt| (name, id, receipt));
            take(read.map_err(|d| damaged(&self.name, RECEIPT.name, &format!("{name}, {id}"), &d)))
        })
    }

    /// Hands over each change, oldest first, with its revision and its place in that.
    ///
    /// # Errors
    /// As [`announcements`](Self::announcements).
    pub(crate) fn changes(
        &self,
        sharing: &mut Sharing,
        mut take: impl FnMut(Result<((i64, u32), ChangeRecord)>) -> Result<()>,
    ) -> Result<()> {
        self.each(CHANGES, |key, bytes| {
            let read = decode_change(key, bytes, sharing).map(|change| (key, change));
            let place = || format!("{}, {}", key.0, key.1);
            take(read.map_err(|d| damaged(&self.name, CHANGE.name, &place(), &d)))
        })
    }

    /// Hands over each idempotency key.
    ///
    /// # Errors
    /// As [`announcements`](Self::announcements).
    pub(crate) fn idempotency_keys(
        &self,
        mut take: impl FnMut(Result<(&str, IdempotencyRecord)>) -> Result<()>,
    ) -> Result<()> {
        self.each(IDEMPOTENCY_KEYS, |key, bytes| {
            let read = decode(&IDEMPOTENCY_KEY, key, bytes).map(|record| (key, record));
            take(read.map_err(|d| damaged(&self.name, IDEMPOTENCY_KEY.name, key, &d)))
        })
    }

    /// A table as it is.
    pub(super) fn table<K: redb::Key + 'static>(
        &self,
        table: redb::TableDefinition<'_, K, &'static [u8]>,
    ) -> Stored<redb::ReadOnlyTable<K, &'static [u8]>> {
        Ok(self.transaction.open_table(table)?)
    }

    fn each<K: redb::Key + 'static>(
        &self,
        table: redb::TableDefinition<'_, K, &'static [u8]>,
        mut take: impl FnMut(K::SelfType<'_>, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let table = self.transaction.open_table(table);
        let table = table.map_err(|error| self.error(error.into()))?;
        for record in table.iter().map_err(|error| self.error(error.into()))? {
            let (key, bytes) = record.map_err(|error| self.error(error.into()))?;
            take(key.value(), bytes.value())?;
        }
        Ok(())
    }

    fn error(&self, error: redb::Error) -> Error {
        redb_error(&self.name, "read it", "读取文件", error)
    }
}
