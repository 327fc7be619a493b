//! A disk in memory that fails when it is told to, and loses at a crash what was not synced.

use std::io;
use std::sync::{Arc, mpsc};

use redb::StorageBackend;

use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::file::Medium;
use crate::locks::Mutex;

/// What a disk writes as one: of a write that spans several, a crash may leave any of them.
const SECTOR: u64 = 512;

/// A disk with room for a board and its journal. Copies are the same disk.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk(Arc<Mutex<Platter>>);

#[derive(Debug, Clone, Default)]
struct Platter {
    board: Sheet,
    journal: Sheet,
    fault: Option<Fault>,
    /// How often it was called since the fault was set, in the way that is to fail.
    calls: u64,
    /// How many syncs went well.
    syncs: u64,
    /// How many bytes both files may have together.
    room: Option<usize>,
    /// What a sync of the board's file waits for.
    hold: Option<Hold>,
}

/// Says that a sync has begun, and waits until it may go on.
#[derive(Debug, Clone)]
struct Hold {
    begun: mpsc::Sender<()>,
    go: Arc<Mutex<mpsc::Receiver<()>>>,
}

/// Syncs of the board's file that wait, until this is dropped.
pub(super) struct Held {
    /// Gets a message from each.
    pub(super) begun: mpsc::Receiver<()>,
    _go: mpsc::Sender<()>,
}

/// A file, or the place of one.
#[derive(Debug, Clone, Default)]
struct Sheet {
    /// What is read; None if there is no file.
    view: Option<Vec<u8>>,
    /// What no crash takes.
    safe: Option<Vec<u8>>,
    /// What was done on top of that, in order.
    since: Vec<(Change, Fate)>,
}

/// What a disk does not fail by for a while.
pub(super) struct Paused(Option<Fault>, Option<usize>);

/// One of the files, open.
#[derive(Debug)]
struct OnDisk {
    disk: Disk,
    sheet: fn(&mut Platter) -> &mut Sheet,
}

#[derive(Debug, Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Length(u64),
    /// A name that appears, which a sync of the directory makes safe.
    Create,
    /// A name that disappears.
    Remove,
}

/// What a crash does to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It may be kept or lost; the next sync makes it safe.
    Open,
    /// It may be kept or lost for ever: the sync that should have made it safe failed, and a system may
    /// then take it for written.
    Limbo,
    Safe,
}

/// What can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Open,
    Read,
    Write,
    Sync,
    Length,
    Create,
    Remove,
    /// Each of these.
    Any,
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Nothing is done.
    Undone,
    /// A write is cut short; all else is not done.
    Short,
    /// It is done, and said to have failed all the same.
    Done,
}

/// Which calls fail, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    pub(super) call: Call,
    /// How many calls of this kind go well before.
    pub(super) after: u64,
    /// How many fail then.
    pub(super) count: u64,
    pub(super) how: How,
    pub(super) kind: io::ErrorKind,
}

impl Disk {
    /// A disk with these files.
    pub(super) fn holding(board: Option<Vec<u8>>, journal: Option<Vec<u8>>) -> Self {
        let sheet = |bytes: Option<Vec<u8>>| Sheet {
            view: bytes.clone(),
            safe: bytes,
            since: Vec::new(),
        };
        Self(Arc::new(Mutex::new(Platter {
            board: sheet(board),
            journal: sheet(journal),
            ..Platter::default()
        })))
    }

    /// What the board's file holds, as long as there is no crash.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.lock().board.view.clone().unwrap_or_default()
    }

    /// What the journal holds, if there is one.
    pub(super) fn journal(&self) -> Option<Vec<u8>> {
        self.0.lock().journal.view.clone()
    }

    /// Leaves room for so many bytes more than there are.
    pub(super) fn set_room(&self, bytes: Option<usize>) {
        let mut platter = self.0.lock();
        let used = platter.used();
        platter.room = bytes.map(|bytes| used + bytes);
    }

    pub(super) fn set_fault(&self, fault: Option<Fault>) {
        let mut platter = self.0.lock();
        (platter.fault, platter.calls) = (fault, 0);
    }

    /// Lets nothing fail for a while.
    pub(super) fn pause(&self) -> Paused {
        let mut platter = self.0.lock();
        Paused(platter.fault.take(), platter.room.take())
    }

    /// Goes on as if nothing had been called in between.
    pub(super) fn go_on(&self, paused: Paused) {
        let mut platter = self.0.lock();
        (platter.fault, platter.room) = (paused.0, paused.1);
    }

    /// Whether the fault has come into effect.
    pub(super) fn has_failed(&self) -> bool {
        let platter = self.0.lock();
        platter
            .fault
            .is_some_and(|fault| platter.calls > fault.after)
    }

    /// Lets each sync of the board's file wait.
    pub(super) fn hold_syncs_of_board(&self) -> Held {
        let (begun, has_begun) = mpsc::channel();
        let (_go, go) = mpsc::channel();
        let go = Arc::new(Mutex::new(go));
        self.0.lock().hold = Some(Hold { begun, go });
        Held {
            begun: has_begun,
            _go,
        }
    }

    /// How many syncs went well so far.
    pub(super) fn syncs(&self) -> u64 {
        self.0.lock().syncs
    }

    /// Another disk: what a crash would leave of this one. `seed` chooses what is kept of that which was
    /// not synced.
    pub(super) fn crashed(&self, seed: u64) -> Self {
        let platter = self.0.lock();
        let mut dice = Dice(seed);
        // All, nothing, or something between.
        let kept_of_four = dice.below(5);
        let mut left = |sheet: &Sheet| sheet.crashed(|| dice.below(4) < kept_of_four);
        let board = left(&platter.board);
        Self::holding(board, left(&platter.journal))
    }

    /// A disk of the same content that goes its own way.
    pub(super) fn copied(&self) -> Self {
        Self(Arc::new(Mutex::new(self.0.lock().clone())))
    }
}

impl Platter {
    /// Whether a call is to fail, and how.
    fn fails(&mut self, call: Call) -> Option<(How, io::Error)> {
        let fault = self.fault?;
        if fault.call != call && fault.call != Call::Any {
            return None;
        }
        let n = self.calls;
        self.calls += 1;
        let is_it = n >= fault.after && n - fault.after < fault.count;
        is_it.then(|| (fault.how, fault.kind.into()))
    }

    fn used(&self) -> usize {
        let length = |sheet: &Sheet| sheet.view.as_ref().map_or(0, Vec::len);
        length(&self.board) + length(&self.journal)
    }

    /// Whether files that are `more` bytes longer have no room.
    fn is_full(&self, more: usize) -> bool {
        more > 0 && self.room.is_some_and(|room| self.used() + more > room)
    }
}

impl Sheet {
    fn change(&mut self, change: Change) {
        match (&change, &mut self.view) {
            (Change::Create, view) => *view = Some(Vec::new()),
            (Change::Remove, view) => *view = None,
            (Change::Write(offset, data), Some(view)) => put(view, *offset, data),
            (Change::Length(length), Some(view)) => view.resize(*length as usize, 0),
            (_, None) => {}
        }
        self.since.push((change, Fate::Open));
    }

    /// Decides the fate of what was done to the file, or else to its name.
    fn sync(&mut self, is_name: bool, to: Fate) {
        for (change, fate) in &mut self.since {
            let is_of_name = matches!(change, Change::Create | Change::Remove);
            if *fate == Fate::Open && is_of_name == is_name {
                *fate = to;
            }
        }
        if self.since.iter().all(|(_, fate)| *fate == Fate::Safe) {
            self.since.clear();
            self.safe.clone_from(&self.view);
        }
    }

    /// What a crash leaves, if `is_kept` decides what is kept of that which was not synced.
    fn crashed(&self, mut is_kept: impl FnMut() -> bool) -> Option<Vec<u8>> {
        let mut bytes = self.safe.clone();
        // Whether what is written goes to a file whose name was lost.
        let mut is_lost = false;
        for (change, fate) in &self.since {
            let mut is_kept = || *fate == Fate::Safe || is_kept();
            match change {
                Change::Create => {
                    is_lost = !is_kept();
                    if !is_lost {
                        bytes = Some(Vec::new());
                    }
                }
                Change::Remove => {
                    if is_kept() {
                        bytes = None;
                    }
                }
                _ if is_lost => {}
                Change::Length(length) => {
                    if is_kept()
                        && let Some(bytes) = &mut bytes
                    {
                        bytes.resize(*length as usize, 0);
                    }
                }
                Change::Write(offset, data) => {
                    for (offset, sector) in sectors(*offset, data) {
                        if is_kept()
                            && let Some(bytes) = &mut bytes
                        {
                            put(bytes, offset, sector);
                        }
                    }
                }
            }
        }
        bytes
    }

    fn length(&self) -> usize {
        self.view.as_ref().map_or(0, Vec::len)
    }
}

impl Disk {
    fn file(&self, sheet: fn(&mut Platter) -> &mut Sheet) -> Box<dyn StorageBackend> {
        Box::new(OnDisk {
            disk: self.clone(),
            sheet,
        })
    }

    /// Syncs the directory.
    fn sync_names(&self) -> Result<()> {
        let mut platter = self.0.lock();
        let (to, failure) = match platter.fails(Call::Sync) {
            None => (Fate::Safe, None),
            Some((How::Done, error)) => (Fate::Safe, Some(error)),
            Some((_, error)) => (Fate::Limbo, Some(error)),
        };
        platter.journal.sync(true, to);
        failure.map_or(Ok(()), |error| Err(failed(&error)))
    }

    /// Changes the name of the journal.
    fn name(&self, call: Call, change: Change) -> Result<()> {
        let mut platter = self.0.lock();
        let failure = platter.fails(call);
        if !matches!(failure, Some((How::Undone | How::Short, _))) {
            platter.journal.change(change);
        }
        failure.map_or(Ok(()), |(_, error)| Err(failed(&error)))
    }
}

fn failed(error: &io::Error) -> Error {
    let reason = Bilingual::new(error.to_string(), format!("操作失败：{error}"));
    Error::invalid("file", "disk", reason).of_kind(ErrorKind::Io)
}

impl Medium for Disk {
    fn name(&self) -> &str {
        "disk"
    }

    fn exists(&self) -> Result<bool> {
        Ok(self.0.lock().board.view.is_some())
    }

    fn open(&self) -> Result<Box<dyn StorageBackend>> {
        match self.0.lock().fails(Call::Open) {
            Some((_, error)) => Err(failed(&error)),
            None => Ok(self.file(|platter| &mut platter.board)),
        }
    }

    fn create(&self, fill: &mut dyn FnMut(Box<dyn StorageBackend>) -> Result<()>) -> Result<()> {
        let beside = Self::holding(Some(Vec::new()), None);
        {
            // It has its faults from this disk.
            let (mut new, platter) = (beside.0.lock(), self.0.lock());
            (new.fault, new.calls) = (platter.fault, platter.calls);
        }
        let made = fill(beside.file(|platter| &mut platter.board));
        let (mut new, mut platter) = (beside.0.lock(), self.0.lock());
        platter.calls = new.calls;
        if made.is_ok() {
            platter.board = std::mem::take(&mut new.board);
        }
        made
    }

    fn check_present(&self) -> Result<()> {
        Ok(())
    }

    fn journal_name(&self) -> &str {
        "disk-journal"
    }

    fn open_journal(&self) -> Result<Option<Box<dyn StorageBackend>>> {
        let mut platter = self.0.lock();
        match platter.fails(Call::Open) {
            Some((_, error)) => Err(failed(&error)),
            None if platter.journal.view.is_none() => Ok(None),
            None => Ok(Some(self.file(|platter| &mut platter.journal))),
        }
    }

    fn create_journal(&self) -> Result<Box<dyn StorageBackend>> {
        if self.0.lock().journal.length() > 0 {
            return Err(failed(&io::ErrorKind::AlreadyExists.into()));
        }
        self.name(Call::Create, Change::Create)?;
        if let Err(error) = self.sync_names() {
            self.0.lock().journal.change(Change::Remove);
            return Err(error);
        }
        Ok(self.file(|platter| &mut platter.journal))
    }

    fn remove_journal(&self) -> Result<()> {
        self.name(Call::Remove, Change::Remove)?;
        self.sync_names()
    }

    fn is_journal_present(&self) -> bool {
        self.0.lock().journal.view.is_some()
    }
}

impl OnDisk {
    fn on_platter<R>(&self, work: impl FnOnce(&mut Platter) -> R) -> R {
        work(&mut self.disk.0.lock())
    }
}

impl StorageBackend for OnDisk {
    fn len(&self) -> io::Result<u64> {
        self.on_platter(|platter| Ok((self.sheet)(platter).length() as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.on_platter(|platter| {
            if let Some((_, error)) = platter.fails(Call::Read) {
                return Err(error);
            }
            let from = offset as usize;
            let view = (self.sheet)(platter).view.as_ref();
            let there = view.and_then(|view| view.get(from..from + out.len()));
            out.copy_from_slice(there.ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        })
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.on_platter(|platter| {
            let failure = platter.fails(Call::Length);
            let more = (length as usize).saturating_sub((self.sheet)(platter).length());
            if platter.is_full(more) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            if !matches!(failure, Some((How::Undone | How::Short, _))) {
                (self.sheet)(platter).change(Change::Length(length));
            }
            failure.map_or(Ok(()), |(_, error)| Err(error))
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        let hold = self.on_platter(|platter| {
            let is_board = std::ptr::eq((self.sheet)(platter), &platter.board);
            platter.hold.clone().filter(|_| is_board)
        });
        if let Some(Hold { begun, go }) = hold {
            // Both fail when nobody holds it any more.
            let _ = begun.send(());
            let _ = go.lock().recv();
        }
        self.on_platter(|platter| {
            let failure = platter.fails(Call::Sync);
            let to = match failure {
                None | Some((How::Done, _)) => Fate::Safe,
                Some(_) => Fate::Limbo,
            };
            (self.sheet)(platter).sync(false, to);
            platter.syncs += u64::from(failure.is_none());
            failure.map_or(Ok(()), |(_, error)| Err(error))
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.on_platter(|platter| {
            let failure = platter.fails(Call::Write);
            let end = offset as usize + data.len();
            let more = end.saturating_sub((self.sheet)(platter).length());
            let (written, failure) = match failure {
                // What fits is written.
                _ if platter.is_full(more) => (
                    &data[..data.len() / 2],
                    Some((How::Short, io::ErrorKind::StorageFull.into())),
                ),
                Some((How::Undone, error)) => (&data[..0], Some((How::Undone, error))),
                Some((How::Short, error)) => (&data[..data.len() / 2], Some((How::Short, error))),
                other => (data, other),
            };
            if !written.is_empty() {
                (self.sheet)(platter).change(Change::Write(offset, written.to_vec()));
            }
            failure.map_or(Ok(()), |(_, error)| Err(error))
        })
    }
}

/// The sectors that a write touches.
fn sectors(offset: u64, data: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let first = (SECTOR - offset % SECTOR).min(data.len() as u64) as usize;
    let (first, rest) = data.split_at(first);
    let rest_offset = offset + first.len() as u64;
    let rest = (0..).zip(rest.chunks(SECTOR as usize));
    std::iter::once((offset, first)).chain(rest.map(move |(n, s)| (rest_offset + n * SECTOR, s)))
}

fn put(bytes: &mut Vec<u8>, offset: u64, data: &[u8]) {
    let (from, to) = (offset as usize, offset as usize + data.len());
    if bytes.len() < to {
        bytes.resize(to, 0);
    }
    bytes[from..to].copy_from_slice(data);
}

/// Numbers that look random and are the same for the same seed (SplitMix64, Steele and others 2014).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// A disk with an empty journal, and that journal.
fn with_journal() -> (Disk, Box<dyn StorageBackend>) {
    let disk = Disk::holding(None, Some(Vec::new()));
    let journal = disk.open_journal().unwrap().unwrap();
    (disk, journal)
}

/// Lets the next sync fail.
pub(super) fn fail_a_sync(disk: &Disk) {
    disk.set_fault(Some(Fault {
        call: Call::Sync,
        after: 0,
        count: 1,
        how: How::Undone,
        kind: io::ErrorKind::Other,
    }));
}

#[test]
fn a_crash_takes_what_was_not_synced_and_nothing_else() {
    let (disk, file) = with_journal();
    file.set_len(2048).unwrap();
    file.write(0, &[1; 1024]).unwrap();
    file.sync_data().unwrap();
    file.write(256, &[2; 1024]).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let bytes = disk.crashed(seed).journal().unwrap();
        assert!(bytes[..256].iter().all(|b| *b == 1), "that was synced");
        let kept = [256, 512, 1024].map(|place| bytes[place] == 2);
        assert_eq!(bytes[511] == 2, kept[0], "a sector is whole");
        seen.insert(kept);
    }
    assert_eq!(seen.len(), 8, "any of the sectors");
}

#[test]
fn what_a_failed_sync_left_open_is_never_safe_again() {
    let (disk, file) = with_journal();
    file.set_len(1024).unwrap();
    file.sync_data().unwrap();
    fail_a_sync(&disk);
    file.write(0, &[1; 512]).unwrap();
    assert!(file.sync_data().is_err() && disk.has_failed());
    file.write(512, &[1; 512]).unwrap();
    file.sync_data().unwrap();
    let after = |seed| disk.crashed(seed).journal().unwrap();
    assert!((0..50).any(|seed| after(seed)[0] == 0));
    assert!((0..50).any(|seed| after(seed)[0] == 1));
    assert!((0..50).all(|seed| after(seed)[512] == 1));
}

#[test]
fn a_name_is_safe_when_its_directory_was_synced() {
    let disk = Disk::default();
    let there = |seed| disk.crashed(seed).journal().is_some();
    drop(disk.create_journal().unwrap());
    assert!((0..50).all(there));
    fail_a_sync(&disk);
    assert!(disk.remove_journal().is_err());
    assert!((0..50).any(there) && !(0..50).all(there));
}
