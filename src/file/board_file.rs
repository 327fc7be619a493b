//! The open file of a board, without its journal: a write is either on disk when it returns, or not in
//! the file.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use redb::WriteTransaction;

use super::backend::Storage;
use super::database::{
    Opened, Repairing, check_names, corrupt_if_it_panics, drop_quietly, length_of, open_checked,
    snapshot_of, write_filled,
};
use super::failure::{corrupt, empty, initialised, io_error, redb_error, uncertain};
use super::medium::{Medium, Permissions};
use super::mode::Mode;
use super::scrub;
use super::snapshot::Snapshot;
use super::tables::{self, Stored};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::record::CHANGE;
use crate::journal::{Checkpoint, Entry, Position};
use crate::locks::{Mutex, RwLock};

/// A board's file, held by this process.
pub(super) struct BoardFile {
    medium: Arc<dyn Medium>,
    /// Held for reading by readers of a snapshot.
    in_use: RwLock<()>,
    /// Held by the one who writes, so that readers need not wait.
    writing: Mutex<()>,
    /// Held for writing only while the file is opened, closed, or used exclusively.
    state: RwLock<FileState>,
    /// Position in the file, even while it cannot be opened. It has its own lock, so that reading
    /// it never waits for a write.
    head: Mutex<Position>,
    /// Length in bytes after the last write, readable during the next one.
    length: AtomicU64,
}

enum FileState {
    Open(Opened),
    /// A write failed, and may still have to be undone. The storage keeps the lock, so that nobody else
    /// opens the file before this process goes on; it is None if that failed once.
    Broken(Option<Storage>),
    /// An undo was interrupted by a panic.
    Nothing,
}

/// What a caller is told of a write that failed and could not be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undone {
    /// That its outcome is unknown.
    Matters,
    /// Nothing of that: what was written is kept in the journal as well, or means the same.
    IsHarmless,
}

impl BoardFile {
    /// Opens the board in `medium`, or creates one at position `new` where `mode` says so.
    ///
    /// # Errors
    /// `locked`, `corrupt`, `unsupported` for a file of a later format, `read_only`, `io`; `exists`
    /// when there is already a file that was to be made.
    pub(super) fn open(
        medium: Arc<dyn Medium>,
        mode: Mode,
        new: Position,
        repairing: Option<Arc<Repairing>>,
    ) -> Result<Self> {
        let (exists, is_empty) = (medium.exists()?, medium.is_empty()?);
        match mode {
            Mode::Init if exists => return Err(initialised(medium.name())),
            Mode::Create | Mode::Existing | Mode::ReadOnly if is_empty => {
                return Err(empty(medium.name()));
            }
            Mode::Create | Mode::Init if !exists => {
                let name = medium.name();
                let made = medium.create(&mut |file| write_filled(name, file, new, &|_| Ok(())));
                // Another process may have created it at the same time.
                match made {
                    Err(_) if mode == Mode::Init && medium.exists()? => {
                        return Err(initialised(name));
                    }
                    Err(error) if !medium.exists()? => return Err(error),
                    _ => {}
                }
            }
            _ => {}
        }
        Self::of(medium, repairing)
    }

    fn of(medium: Arc<dyn Medium>, repairing: Option<Arc<Repairing>>) -> Result<Self> {
        check_names(&*medium)?;
        let (board, opened) = open_checked(&*medium, repairing)?;
        Ok(Self {
            medium,
            in_use: RwLock::new(()),
            writing: Mutex::new(()),
            length: AtomicU64::new(length_of(&opened)),
            head: Mutex::new(board),
            state: RwLock::new(FileState::Open(opened)),
        })
    }

    /// Returns the file's name for messages.
    pub(crate) fn name(&self) -> &str {
        self.medium.name()
    }

    /// Returns the position after the last write.
    pub(crate) fn head(&self) -> Position {
        *self.head.lock()
    }

    /// Writes entries as one: on return they are on disk. After a failure they are not in the file,
    /// and the next write reopens it.
    ///
    /// # Errors
    /// `io`, `read_only`, `locked`, `corrupt`.
    pub(super) fn write<'a>(
        &self,
        entries: impl Iterator<Item = &'a Entry> + Clone,
        undone: Undone,
    ) -> Result<()> {
        let mut head = self.head();
        for entry in entries.clone() {
            head.check_next(entry)?;
            head.advance(entry)?;
        }
        let effects = entries.flat_map(|entry| &entry.effects);
        let encoded = tables::encode_all(self.name(), effects)?;
        let fill = |transaction: &WriteTransaction| tables::put_all(transaction, &encoded);
        self.transaction(head, undone, fill)
    }

    /// Replaces the whole board, like [`write`](Self::write).
    ///
    /// # Errors
    /// As `write`.
    pub(super) fn write_over(&self, checkpoint: &Checkpoint) -> Result<()> {
        let encoded = tables::encode_all(self.name(), &checkpoint.effects)?;
        self.transaction(checkpoint.head, Undone::Matters, |transaction| {
            tables::clear(transaction)?;
            tables::put_all(transaction, &encoded)
        })
    }

    fn transaction(
        &self,
        board: Position,
        undone: Undone,
        fill: impl FnOnce(&WriteTransaction) -> Stored<()>,
    ) -> Result<()> {
        let _writing = self.writing.lock();
        self.medium.check_present()?;
        let written = self.with_open(|opened| {
            opened.storage.begin();
            let write = || -> Stored<()> {
                let transaction = opened.database.begin_write()?;
                fill(&transaction)?;
                tables::put_board(&transaction, &board)?;
                transaction.commit()?;
                Ok(())
            };
            let written = corrupt_if_it_panics(self.name(), || {
                write().map_err(|error| self.error("write to it", "写入文件", error))
            });
            written.and_then(|()| self.medium.check_present())?;
            Ok(length_of(opened))
        })?;
        match written {
            Ok(length) => {
                *self.head.lock() = board;
                self.length.store(length, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => Err(give_up(&mut self.state.write(), error, undone)),
        }
    }

    /// Reopens the file if a write has failed.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(super) fn check_open(&self) -> Result<()> {
        self.with_open(|_| ())
    }

    /// Passes the open file to `work`, reopening it after a failure.
    fn with_open<R>(&self, work: impl FnOnce(&Opened) -> R) -> Result<R> {
        {
            let state = self.state.read();
            if let FileState::Open(opened) = &*state {
                return Ok(work(opened));
            }
        }
        let mut state = self.state.write();
        Ok(work(self.opened_alone(&mut state)?))
    }

    /// Returns the open file for exclusive use, reopening it after a failure.
    fn opened_alone<'a>(&self, state: &'a mut FileState) -> Result<&'a mut Opened> {
        if let FileState::Broken(storage) = state {
            let opened = self.mend(storage)?;
            *state = FileState::Open(opened);
        }
        match state {
            FileState::Open(opened) => Ok(opened),
            FileState::Broken(_) | FileState::Nothing => Err(Error::described(ErrorKind::Poisoned)),
        }
    }

    /// Reopens the file after a failed write; `storage` may still have to be undone.
    fn mend(&self, storage: &mut Option<Storage>) -> Result<Opened> {
        if let Some(storage) = &storage {
            let taken_back = storage.take_back();
            taken_back
                .map_err(|e| io_error(self.name(), "undo a failed write", "回滚失败的写入", e))?;
            // Nobody can open a file twice, not even this process.
            let _ = storage.release();
        }
        *storage = None;
        self.reopen()
    }

    /// Opens the file, which must be as it was before the failed write.
    fn reopen(&self) -> Result<Opened> {
        let (board, opened) = open_checked(&*self.medium, None)?;
        if board == self.head() {
            return Ok(opened);
        }
        let reason = Bilingual::new(
            "no longer contains what was written to it; back up the board, which is intact in memory, \
             or close and reopen it to continue with the contents of the file",
            "文件内容与写入时不一致；内存中的公告板完好，请另行备份，或关闭后重新打开以沿用文件内容",
        );
        Err(Error::of_file(self.name(), reason).of_kind(ErrorKind::Io))
    }

    /// Reads a snapshot of the file; later writes are not visible in it.
    ///
    /// # Errors
    /// `corrupt`, `io`, and those of `look`.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&Snapshot) -> Result<R>) -> Result<R> {
        let _in_use = self.in_use.read();
        let snapshot = self.with_open(|opened| snapshot_of(self.name(), &opened.database))??;
        corrupt_if_it_panics(self.name(), || look(&snapshot))
    }

    /// Reports whether the file can be read. It cannot between a failed write and the next one.
    pub(crate) fn is_readable(&self) -> bool {
        matches!(*self.state.read(), FileState::Open(_))
    }

    /// Checks all pages and their checksums, and returns whether they were sound.
    ///
    /// # Errors
    /// `corrupt`, `io`. The file accepts no more writes if it has lost the last one: redb repairs a
    /// damaged page of that by reverting to the write before.
    pub(crate) fn check_pages(&self) -> Result<bool> {
        let is_good = self.alone(|opened| Ok(opened.database.check_integrity()?))?;
        if !is_good {
            let mut state = self.state.write();
            let opened = self.opened_alone(&mut state)?;
            let kept = snapshot_of(self.name(), &opened.database).and_then(|s| s.board());
            if kept != Ok(self.head()) {
                let (en, zh) = (
                    "lost its last change, which was damaged on disk; the board in memory is intact: back it \
                     up elsewhere",
                    "最后一次更改在磁盘上已损坏丢失，内存中仍然完好：请将公告板备份到别处",
                );
                let error = corrupt(self.name(), en, zh);
                return Err(give_up(&mut state, error, Undone::Matters));
            }
        }
        Ok(is_good)
    }

    /// Erases from the changes what operators wrote into announcements that are gone.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn redact(&self) -> Result<()> {
        let redacted = self.look(Snapshot::redacted_changes)?;
        if redacted.is_empty() {
            return Ok(());
        }
        self.transaction(self.head(), Undone::IsHarmless, |transaction| {
            tables::put_records(transaction, &CHANGE, &redacted)
        })
    }

    /// Shrinks the file as far as possible. Nothing that was erased is left in it.
    ///
    /// # Errors
    /// `io`, `corrupt`.
    pub(crate) fn compact(&self) -> Result<()> {
        self.alone(|opened| {
            let storage = &opened.storage;
            let length = || redb::StorageBackend::len(storage).unwrap_or(0);
            scrub::compact(&mut opened.database, length)
        })
    }

    /// Returns the permissions that copies get.
    pub(crate) fn permissions(&self) -> Option<Permissions> {
        self.medium.permissions()
    }

    /// Reports whether a repair is written to the file, or only in memory.
    pub(super) fn is_touched(&self) -> bool {
        self.medium.is_touched()
    }

    /// Returns the length of the file after the last write, in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length.load(Ordering::Relaxed)
    }

    /// Runs work that needs exclusive use of redb.
    fn alone<R>(&self, work: impl FnOnce(&mut Opened) -> Stored<R>) -> Result<R> {
        let _alone = self.in_use.write();
        // Waited for before the state, which readers need as well.
        let _writing = self.writing.lock();
        let mut state = self.state.write();
        self.medium.check_present()?;
        let opened = self.opened_alone(&mut state)?;
        opened.storage.begin_several();
        let done = corrupt_if_it_panics(self.name(), || {
            let done = work(opened);
            done.map_err(|error| self.error("process it", "处理文件", error))
        });
        match done {
            Ok(done) => {
                self.length.store(length_of(opened), Ordering::Relaxed);
                Ok(done)
            }
            Err(error) => Err(give_up(&mut state, error, Undone::Matters)),
        }
    }

    fn error(&self, en: &str, zh: &str, error: redb::Error) -> Error {
        redb_error(self.name(), en, zh, error)
    }
}

impl Drop for BoardFile {
    fn drop(&mut self) {
        if let FileState::Open(opened) =
            std::mem::replace(&mut *self.state.write(), FileState::Nothing)
        {
            let Opened { database, storage } = opened;
            // Every commit is on disk already. A failure here loses only the mark of a clean close.
            drop_quietly(database);
            let _ = storage.release();
        }
    }
}

/// Undoes a write that failed with `error`, and returns the error to report.
fn give_up(state: &mut FileState, error: Error, undone: Undone) -> Error {
    let FileState::Open(Opened { database, storage }) =
        std::mem::replace(state, FileState::Nothing)
    else {
        return error;
    };
    storage.stop();
    drop_quietly(database);
    let error = match (storage.take_back(), undone) {
        (Err(_), Undone::Matters) => uncertain(&error),
        _ => error,
    };
    *state = FileState::Broken(Some(storage));
    error
}
