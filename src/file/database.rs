//! Opening and creating redb's database in a board's file.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use redb::{
    Builder, Database, DatabaseError, ReadOnlyDatabase, ReadableDatabase, WriteTransaction,
};

use super::backend::{ReadOnly, Storage};
use super::failure::{corrupt, locked, redb_error};
use super::medium::Medium;
use super::regions::SmallRegions;
use super::snapshot::Snapshot;
use super::tables::{self, Stored};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::Position;

/// Size of redb's cache, in bytes. The board is in memory, and reads the file only on opening: pages that
/// come from a processor's own cache and go back there are read in two thirds of the time.
const CACHE_BYTES: usize = 2 * 1024 * 1024;

/// Length at which the text of a panic is cut, in characters.
const PANIC_CHARS: usize = 200;

/// Receives the progress of a file's repair, from 0 to 1.
pub(crate) type Repairing = dyn Fn(f64) + Send + Sync;

/// An open file.
pub(super) struct Opened {
    pub(super) database: Database,
    pub(super) storage: Storage,
}

/// Creates a new board: empty except for what `fill` writes.
pub(super) fn write_filled(
    name: &str,
    file: Box<dyn redb::StorageBackend>,
    head: Position,
    fill: &dyn Fn(&WriteTransaction) -> Stored<()>,
) -> Result<()> {
    let storage = Storage::new(file);
    let write = || -> Stored<()> {
        let database = Builder::new()
            .set_cache_size(CACHE_BYTES)
            .create_with_backend(SmallRegions(storage.clone()))?;
        let transaction = database.begin_write()?;
        tables::make(&transaction)?;
        fill(&transaction)?;
        tables::put_board(&transaction, &head)?;
        transaction.commit()?;
        database.close()?;
        Ok(())
    };
    let written = corrupt_if_it_panics(name, || {
        write().map_err(|error| redb_error(name, "create it", "创建文件", error))
    });
    // The lock is released with the file anyway.
    let _ = storage.release();
    written
}

/// Opens a file, which must be a board of a known format.
pub(super) fn open_checked(
    medium: &dyn Medium,
    repairing: Option<Arc<Repairing>>,
) -> Result<(Position, Opened)> {
    corrupt_if_it_panics(medium.name(), || check_without_writing(medium))?;
    open_database(medium, repairing)
}

fn open_database(
    medium: &dyn Medium,
    repairing: Option<Arc<Repairing>>,
) -> Result<(Position, Opened)> {
    let name = medium.name();
    let storage = Storage::new(medium.open()?);
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    if let Some(repairing) = repairing {
        builder.set_repair_callback(move |session| repairing(session.progress()));
    }
    let opened = corrupt_if_it_panics(name, || {
        let database = builder.create_with_backend(storage.clone());
        let database =
            database.map_err(|error| redb_error(name, "open it", "打开文件", error.into()))?;
        let snapshot = snapshot_of(name, &database)?;
        snapshot.check()?;
        Ok((snapshot.board()?, database))
    });
    match opened {
        Ok((board, database)) => Ok((board, Opened { database, storage })),
        Err(error) => {
            // Undoes an interrupted repair; a failure here is not a new error.
            let _ = storage.take_back();
            let _ = storage.release();
            Err(error)
        }
    }
}

/// Refuses a file of another program or a later release before writing to it, because opening for
/// writing leaves a mark.
fn check_without_writing(medium: &dyn Medium) -> Result<()> {
    match open_to_read(medium)? {
        Some(database) => snapshot_of(medium.name(), &database)?.check(),
        None => Ok(()),
    }
}

/// Refuses a file that was not closed in good order, if its journal may lie beside another of its names:
/// the changes in it would be lost.
pub(super) fn check_names(medium: &dyn Medium) -> Result<()> {
    let name = medium.name();
    if !medium.has_other_names() || medium.open_journal_to_read()?.is_some() {
        return Ok(());
    }
    let closed = corrupt_if_it_panics(name, || open_to_read(medium))?;
    if closed.is_some() {
        return Ok(());
    }
    let reason = Bilingual::new(
        "not closed in good order, and has several names (hard links), of which this one has no journal: \
         open it by the name that has a journal beside it; if none has, remove the other names",
        "上次未正常关闭，且有多个名称（硬链接），而此名称旁没有日志：请以旁边有日志的名称打开；如果都没有日志，请删除其他名称",
    );
    Err(Error::of_file(name, reason).of_kind(ErrorKind::Io))
}

/// Opens a file for reading; None if it was not closed cleanly, so that only opening for writing
/// can tell what it contains.
fn open_to_read(medium: &dyn Medium) -> Result<Option<ReadOnlyDatabase>> {
    let name = medium.name();
    let file = medium.open_to_read()?;
    match Builder::new().open_read_only_with_backend(ReadOnly(file)) {
        Ok(database) => Ok(Some(database)),
        Err(DatabaseError::DatabaseAlreadyOpen) => Err(locked(name)),
        Err(DatabaseError::RepairAborted) => Ok(None),
        Err(error) => Err(redb_error(name, "open it", "打开文件", error.into())),
    }
}

/// Returns a snapshot of the file.
pub(super) fn snapshot_of(name: &str, database: &impl ReadableDatabase) -> Result<Snapshot> {
    let transaction = database.begin_read();
    let transaction = transaction.map_err(|e| redb_error(name, "read it", "读取文件", e.into()))?;
    Ok(Snapshot::new(name, transaction))
}

/// Runs work on a file. redb trusts pages whose checksums it has not verified, and may panic over a
/// damaged one.
pub(super) fn corrupt_if_it_panics<R>(name: &str, work: impl FnOnce() -> Result<R>) -> Result<R> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let found = shown_panic(payload);
        let (en, zh) = ("damaged: inconsistent pages", "已损坏：页面不一致");
        Err(match found.is_empty() {
            true => corrupt(name, en, zh),
            false => corrupt(name, format!("{en} ({found})"), format!("{zh}（{found}）")),
        })
    })
}

/// Returns the text of a panic, cut to a length that a message can have; empty if it has none.
fn shown_panic(payload: Box<dyn Any + Send>) -> String {
    let text = crate::error::panic_text(payload);
    let line = text.lines().next().unwrap_or_default();
    line.chars().take(PANIC_CHARS).collect()
}

/// Returns the length of a file in bytes; 0 if unknown.
pub(super) fn length_of(opened: &Opened) -> u64 {
    redb::StorageBackend::len(&opened.storage).unwrap_or(0)
}

/// Closes a database, which may panic if using it has.
pub(super) fn drop_quietly(database: Database) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(database)));
}
