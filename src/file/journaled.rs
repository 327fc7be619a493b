//! A board in two files: the journal, to which every write is appended, and redb, which entries are folded
//! into later.
//!
//! An append is durable when the journal has it. Entries stay in memory until redb has them as well, and
//! the position in redb says which of the journal's it has. A board that was closed in good order has
//! no journal file.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::board_file::{BoardFile, Undone};
use super::database::Repairing;
use super::failure::{corrupt, io_error, uncertain};
use super::frame::NewFrame;
use super::log::{Log, Refusal, Sizing};
use super::medium::Medium;
use super::mode::Mode;
use super::snapshot::Snapshot;
use super::untouched::Untouched;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Checkpoint, Effect, Entry, FoldDue, Position};
use crate::locks::{Mutex, MutexGuard};
use crate::model::Announcement;
use crate::query::{Resources, Verification};

/// A board's files, held by this process.
pub(crate) struct Journaled {
    medium: Arc<dyn Medium>,
    pub(super) file: BoardFile,
    sizing: Sizing,
    /// Guards the journal file. Held by the one who appends, also during the sync; the outermost lock.
    log: Mutex<Log>,
    /// Held while entries are folded, or while both files must agree. Nobody takes `log` under it,
    /// because an appender that finds the journal full folds under `log`.
    folding: Mutex<()>,
    /// Guards the entries that redb does not have yet. Held for a few instructions, innermost.
    pending: Mutex<Pending>,
    /// Length of the journal file, readable during an append.
    journal_length: AtomicU64,
    /// Number of appends to the journal file, and the time that they took, in nanoseconds.
    appends: AtomicU64,
    append_time: AtomicU64,
}

/// Entries that redb does not have yet.
struct Pending {
    /// Position after the last one.
    head: Position,
    entries: VecDeque<Arc<Entry>>,
    /// Encoded length of the entries.
    bytes: u64,
    /// Announcements as these entries leave them; None for a removed one.
    latest: HashMap<i64, Option<Arc<Announcement>>>,
}

impl Journaled {
    /// Opens the board in `medium`, or creates one at position `new` where `mode` says so.
    ///
    /// # Errors
    /// `locked`; `corrupt`, also for a journal that does not belong to the board; `unsupported` for a
    /// later format; `read_only`; `io`; `exists` when there is already a file that was to be made.
    pub(crate) fn open(
        medium: Box<dyn Medium>,
        mode: Mode,
        new: Position,
        repairing: Option<Arc<Repairing>>,
        sizing: Sizing,
    ) -> Result<Self> {
        let medium: Arc<dyn Medium> = match mode {
            // The journal is folded in memory then, as the file is repaired.
            Mode::ReadOnly => Arc::new(Untouched(medium)),
            _ => medium.into(),
        };
        let is_made = matches!(mode, Mode::Create | Mode::Init);
        // Looked at twice, because another process may be making both files.
        if is_made && !medium.exists()? && has_journal(&*medium)? && !medium.exists()? {
            let (en, zh) = (
                "the journal of a board whose file is missing, with changes that are only here: put the \
                 file back, or move this journal away to begin a new board",
                "公告板文件缺失，而此日志中还有尚未并入的更改：请放回公告板文件，或移走此日志后新建公告板",
            );
            return Err(corrupt(medium.journal_name(), en, zh));
        }
        let file = BoardFile::open(Arc::clone(&medium), mode, new, repairing)?;
        Self::with(medium, file, sizing)
    }

    /// Opens the board in `medium` for reading.
    ///
    /// # Errors
    /// As [`open`](Self::open); `io` when it does not exist.
    pub(crate) fn open_to_read(medium: Box<dyn Medium>, sizing: Sizing) -> Result<Self> {
        // Nothing is made, so there is no position to begin at.
        let none = Position::new(0, 0);
        Self::open(medium, Mode::ReadOnly, none, None, sizing)
    }

    /// Reads the journal of a board whose file is open, and therefore locked.
    fn with(medium: Arc<dyn Medium>, file: BoardFile, sizing: Sizing) -> Result<Self> {
        let board = file.head();
        let (log, recovered) = Log::open(&*medium, sizing, board)?;
        let mut pending = Pending::new(board);
        if let Some(recovered) = recovered {
            pending.add(recovered.entries.into_iter().map(Arc::new));
            pending.head = recovered.head;
        }
        Ok(Self {
            medium,
            file,
            sizing,
            journal_length: AtomicU64::new(log.length()),
            appends: AtomicU64::new(0),
            append_time: AtomicU64::new(0),
            log: Mutex::new(log),
            folding: Mutex::new(()),
            pending: Mutex::new(pending),
        })
    }

    /// Returns the position after the last write.
    pub(super) fn position(&self) -> Position {
        self.pending.lock().head
    }

    /// Appends entries, all or none: on return they are on disk. After a failure they are not, and never
    /// will be, unless the error says that this is unknown.
    ///
    /// # Errors
    /// Those of an entry that does not follow; `io`, `read_only`, `locked`, `corrupt`.
    pub(super) fn append_all(&self, entries: &[Entry]) -> Result<()> {
        let mut log = self.log.lock();
        let before = self.position();
        let mut head = before;
        for entry in entries {
            head.check_next(entry)?;
            head.advance(entry)?;
        }
        self.make_ready(&mut log)?;
        let length = entries.iter().map(encoded_length).sum();
        if !log.has_room_for(length) {
            return self.write_through(entries, head);
        }
        let mut frame = NewFrame::of(entries)?;
        if !log.has_room_for(frame.length()) {
            return self.write_through(entries, head);
        }
        if !log.has_file() {
            log.create(&*self.medium)?;
        }
        let mut append = || {
            let began = Instant::now();
            let appended = log.append(&mut frame, &before, head.seq, self.file.head().seq);
            let took = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
            self.appends.fetch_add(1, Ordering::Relaxed);
            self.append_time.fetch_add(took, Ordering::Relaxed);
            appended
        };
        let mut appended = append();
        if let Err(Refusal::Full) = appended {
            self.fold_all()?;
            appended = append();
        }
        let failed = |error| {
            let name = self.medium.journal_name();
            io_error(name, "write to it", "写入文件", error)
        };
        self.journal_length.store(log.length(), Ordering::Relaxed);
        match appended {
            Ok(()) => {}
            Err(Refusal::Failed(error)) => return Err(failed(error)),
            Err(Refusal::Uncertain(error)) => return Err(uncertain(&failed(error))),
            Err(Refusal::Full) => return Err(failed(std::io::ErrorKind::StorageFull.into())),
        }
        if let Err(error) = self.check_present() {
            return Err(match log.take_back_last(&frame) {
                Ok(()) => error,
                Err(_) => uncertain(&error),
            });
        }
        let mut pending = self.pending.lock();
        // The encoded form has served its purpose.
        pending.add(entries.iter().map(|entry| Arc::new(entry.released())));
        pending.head = head;
        Ok(())
    }

    /// Makes sure that what is appended can be found again.
    fn make_ready(&self, log: &mut MutexGuard<'_, Log>) -> Result<()> {
        self.file.check_open()?;
        self.medium.check_present()?;
        if log.has_file() && !self.medium.is_journal_present() {
            // Everything that was in it is in memory as well.
            self.fold_all()?;
            log.forget();
        }
        Ok(())
    }

    /// Fails if one of the files is not the one at its place any more.
    fn check_present(&self) -> Result<()> {
        self.medium.check_present()?;
        if self.medium.is_journal_present() {
            return Ok(());
        }
        let reason = Bilingual::new(
            "removed, renamed or replaced while the board was open; the next change begins a new one",
            "在公告板打开期间被删除、改名或替换；下一次更改会新建日志",
        );
        Err(Error::of_file(self.medium.journal_name(), reason).of_kind(ErrorKind::Io))
    }

    /// Writes a group that is longer than a segment to redb at once.
    fn write_through(&self, entries: &[Entry], head: Position) -> Result<()> {
        let _folding = self.folding.lock();
        self.fold_locked()?;
        self.file.write(entries.iter(), Undone::Matters)?;
        self.pending.lock().head = head;
        Ok(())
    }

    /// Replaces the whole board.
    ///
    /// # Errors
    /// As [`append_all`](Self::append_all).
    pub(super) fn replace_all(&self, checkpoint: &Checkpoint) -> Result<()> {
        let mut log = self.log.lock();
        self.clear(&mut log)?;
        let _folding = self.folding.lock();
        // Nobody appends, so the journal is empty: it could not go on from a different epoch.
        self.file.write_over(checkpoint)?;
        self.pending.lock().head = checkpoint.head;
        Ok(())
    }

    /// Folds everything, and drops what the journal file contains.
    fn clear(&self, log: &mut MutexGuard<'_, Log>) -> Result<()> {
        self.fold_all()?;
        let cleared = log.clear();
        self.journal_length.store(log.length(), Ordering::Relaxed);
        cleared.map_err(|error| {
            let name = self.medium.journal_name();
            io_error(name, "empty it", "清空文件", error)
        })
    }

    /// Folds all entries into redb, in one transaction.
    ///
    /// # Errors
    /// `io` and other errors of redb's file. The entries stay in the journal.
    pub(super) fn fold_all(&self) -> Result<()> {
        let _folding = self.folding.lock();
        self.fold_locked()
    }

    /// Folds all entries, for the caller that holds `folding`.
    fn fold_locked(&self) -> Result<()> {
        let entries: Vec<Arc<Entry>> = self.pending.lock().entries.iter().cloned().collect();
        if entries.is_empty() {
            return Ok(());
        }
        self.file
            .write(entries.iter().map(|entry| &**entry), Undone::IsHarmless)?;
        self.pending.lock().remove_first(entries.len());
        Ok(())
    }

    /// Returns when to fold next.
    pub(super) fn due(&self) -> FoldDue {
        let bytes = self.pending.lock().bytes;
        // What is only read need not be folded.
        match self.sizing.fold.filter(|_| self.medium.is_touched()) {
            Some(limit) if bytes >= limit => FoldDue::Now,
            Some(_) if bytes > 0 => FoldDue::Within(self.sizing.fold_within),
            _ => FoldDue::Never,
        }
    }

    /// Returns the announcement with that id as it was last written.
    ///
    /// # Errors
    /// `corrupt`, `io`.
    pub(super) fn latest(&self, id: i64) -> Result<Option<Announcement>> {
        // Looked for here first: it leaves only when redb has it.
        let pending = self.pending.lock().latest.get(&id).cloned();
        match pending {
            Some(announcement) => Ok(announcement.map(|announcement| (*announcement).clone())),
            None => self.file.look(|snapshot| snapshot.announcement(id)),
        }
    }

    /// Passes a snapshot of redb to `look`, with the entries that go on from it.
    ///
    /// # Errors
    /// Those of redb's file, and of `look`.
    pub(super) fn look_at_both<R>(
        &self,
        look: impl FnOnce(&Snapshot, Vec<Arc<Entry>>) -> Result<R>,
    ) -> Result<R> {
        let _folding = self.folding.lock();
        let entries = self.pending.lock().entries.iter().cloned().collect();
        self.file.look(|snapshot| look(snapshot, entries))
    }

    /// Folds everything, and passes a snapshot of redb to `look`.
    ///
    /// # Errors
    /// Those of redb's file, and of `look`.
    pub(super) fn look_at_all<R>(&self, look: impl FnOnce(&Snapshot) -> Result<R>) -> Result<R> {
        self.fold_all()?;
        self.file.look(look)
    }

    /// Shrinks both files as far as possible. Nothing that was erased is left in them.
    ///
    /// # Errors
    /// `io`, `corrupt`.
    pub(super) fn compact_both(&self) -> Result<()> {
        let mut log = self.log.lock();
        self.clear(&mut log)?;
        self.file.redact()?;
        self.file.compact()
    }

    /// Returns the length of both files, in bytes.
    pub(super) fn length_of_both(&self) -> u64 {
        let journal = self.journal_length.load(Ordering::Relaxed);
        self.file.length().saturating_add(journal)
    }

    /// Returns what appending has taken since the board was opened.
    pub(super) fn resources_of_journal(&self) -> Resources {
        Resources {
            budget_bytes: None,
            journal_bytes: self.journal_length.load(Ordering::Relaxed),
            journal_appends: self.appends.load(Ordering::Relaxed),
            journal_time: Duration::from_nanos(self.append_time.load(Ordering::Relaxed)),
        }
    }

    /// Reads the journal file again, notes what is wrong with it, and then folds it.
    ///
    /// # Errors
    /// Those of redb's file.
    pub(super) fn check_journal(&self, found: &mut Verification) -> Result<()> {
        let log = self.log.lock();
        let _folding = self.folding.lock();
        let name = self.medium.journal_name();
        match log.read_again(name, self.file.head()) {
            Ok(recovered) => {
                let in_file = recovered.map_or(self.file.head(), |recovered| recovered.head);
                if in_file != self.position() {
                    let (en, zh) = ("its last entries are damaged", "末尾的日志条目已损坏");
                    found.add_error(&corrupt(name, en, zh));
                }
            }
            Err(error) => found.add_error(&error),
        }
        self.fold_locked()
    }
}

impl Drop for Journaled {
    fn drop(&mut self) {
        if !self.medium.is_touched() {
            return;
        }
        // What cannot be folded now stays in the journal, from which the next one to open the board reads it.
        if self.fold_all().is_ok() {
            // The board's file is locked until the journal is gone. One that stays is read, and ignored.
            let _ = self.log.get_mut().remove(&*self.medium);
        }
    }
}

impl Pending {
    fn new(head: Position) -> Self {
        Self {
            head,
            entries: VecDeque::new(),
            bytes: 0,
            latest: HashMap::new(),
        }
    }

    fn add(&mut self, entries: impl Iterator<Item = Arc<Entry>>) {
        for entry in entries {
            self.note(&entry);
            self.bytes += encoded_length(&entry) as u64;
            self.entries.push_back(entry);
        }
    }

    fn note(&mut self, entry: &Entry) {
        for effect in &entry.effects {
            match effect {
                Effect::Put(announcement) => {
                    let latest = Some(Arc::clone(announcement));
                    self.latest.insert(announcement.id(), latest);
                }
                Effect::Remove(id) => drop(self.latest.insert(*id, None)),
                _ => {}
            }
        }
    }

    fn remove_first(&mut self, count: usize) {
        for entry in self.entries.drain(..count.min(self.entries.len())) {
            self.bytes = self.bytes.saturating_sub(encoded_length(&entry) as u64);
        }
        self.latest.clear();
        let entries = std::mem::take(&mut self.entries);
        entries.iter().for_each(|entry| self.note(entry));
        self.entries = entries;
    }
}

/// Returns the length of an encoded entry, as far as it is known without encoding it.
fn encoded_length(entry: &Entry) -> usize {
    entry.seal.as_ref().map_or(0, |seal| seal.length)
}

/// Reports whether there is a journal with something in it.
fn has_journal(medium: &dyn Medium) -> Result<bool> {
    let Some(journal) = medium.open_journal_to_read()? else {
        return Ok(false);
    };
    let length = journal.len();
    length
        .map(|length| length > 0)
        .map_err(|error| io_error(medium.journal_name(), "read it", "读取文件", error))
}

/// Reads the board in `medium`, which nobody has open for writing, without writing to it.
///
/// # Errors
/// `locked`, `corrupt`, `unsupported`, `io`, and those of `look`.
pub(crate) fn look_at<R>(
    medium: Box<dyn Medium>,
    sizing: Sizing,
    look: impl FnOnce(&Snapshot) -> Result<R>,
) -> Result<R> {
    Journaled::open_to_read(medium, sizing)?.look_at_all(look)
}
