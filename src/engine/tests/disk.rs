//! A disk in memory that fails when it is told to, and loses at a crash what was not synced.

use std::io;
use std::sync::Arc;

use redb::StorageBackend;

use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::file::Medium;
use crate::locks::Mutex;

/// What a disk writes as one: of a write that spans several, a crash may leave any of them.
const SECTOR: u64 = 512;

/// A disk with room for one file. Copies are the same disk.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk(Arc<Mutex<Platter>>);

#[derive(Debug, Clone, Default)]
struct Platter {
    has_file: bool,
    /// What is read.
    view: Vec<u8>,
    /// What no crash takes.
    safe: Vec<u8>,
    /// What was done on top of that, in order.
    since: Vec<(Change, Fate)>,
    fault: Option<Fault>,
    /// How often it was called since the fault was set, in the way that is to fail.
    calls: u64,
    /// How many syncs went well.
    syncs: u64,
}

#[derive(Debug, Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Length(u64),
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
    /// A disk with this file.
    pub(super) fn holding(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(Platter {
            has_file: true,
            view: bytes.clone(),
            safe: bytes,
            ..Platter::default()
        })))
    }

    /// What the file holds, as long as there is no crash.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.lock().view.clone()
    }

    pub(super) fn set_fault(&self, fault: Option<Fault>) {
        let mut platter = self.0.lock();
        (platter.fault, platter.calls) = (fault, 0);
    }

    /// Whether the fault has come into effect.
    pub(super) fn has_failed(&self) -> bool {
        let platter = self.0.lock();
        platter
            .fault
            .is_some_and(|fault| platter.calls > fault.after)
    }

    /// How many syncs went well so far.
    pub(super) fn syncs(&self) -> u64 {
        self.0.lock().syncs
    }

    /// Another disk: what a crash would leave of this one. `seed` chooses what is kept of that which was
    /// not synced.
    pub(super) fn crashed(&self, seed: u64) -> Self {
        let platter = self.0.lock();
        if !platter.has_file {
            return Self::default();
        }
        let mut dice = Dice(seed);
        // All, nothing, or something between.
        let kept_of_four = dice.below(5);
        let mut bytes = platter.safe.clone();
        for (change, fate) in &platter.since {
            let mut is_kept = || *fate == Fate::Safe || dice.below(4) < kept_of_four;
            match change {
                Change::Length(length) => {
                    if is_kept() {
                        bytes.resize(*length as usize, 0);
                    }
                }
                Change::Write(offset, data) => {
                    for (offset, sector) in sectors(*offset, data) {
                        if is_kept() {
                            put(&mut bytes, offset, sector);
                        }
                    }
                }
            }
        }
        Self::holding(bytes)
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

    fn change(&mut self, change: Change) {
        match &change {
            Change::Write(offset, data) => put(&mut self.view, *offset, data),
            Change::Length(length) => self.view.resize(*length as usize, 0),
        }
        self.since.push((change, Fate::Open));
    }

    fn sync(&mut self, to: Fate) {
        for (_, fate) in &mut self.since {
            if *fate == Fate::Open {
                *fate = to;
            }
        }
        if self.since.iter().all(|(_, fate)| *fate == Fate::Safe) {
            self.since.clear();
            self.safe.clone_from(&self.view);
        }
    }
}

impl Medium for Disk {
    fn name(&self) -> &str {
        "disk"
    }

    fn exists(&self) -> Result<bool> {
        Ok(self.0.lock().has_file)
    }

    fn open(&self) -> Result<Box<dyn StorageBackend>> {
        match self.0.lock().fails(Call::Open) {
            Some((_, error)) => {
                let reason = Bilingual::new(error.to_string(), format!("打开失败：{error}"));
                Err(Error::invalid("file", "disk", reason).of_kind(ErrorKind::Io))
            }
            None => Ok(Box::new(self.clone())),
        }
    }

    fn create(&self, fill: &mut dyn FnMut(Box<dyn StorageBackend>) -> Result<()>) -> Result<()> {
        let made = fill(Box::new(self.clone()));
        let mut platter = self.0.lock();
        if made.is_ok() {
            platter.has_file = true;
        } else {
            (platter.view, platter.safe, platter.since) = Default::default();
        }
        made
    }

    fn check_present(&self) -> Result<()> {
        Ok(())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().view.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut platter = self.0.lock();
        if let Some((_, error)) = platter.fails(Call::Read) {
            return Err(error);
        }
        let from = offset as usize;
        let there = platter.view.get(from..from + out.len());
        out.copy_from_slice(there.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut platter = self.0.lock();
        let failure = platter.fails(Call::Length);
        if !matches!(failure, Some((How::Undone | How::Short, _))) {
            platter.change(Change::Length(length));
        }
        failure.map_or(Ok(()), |(_, error)| Err(error))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut platter = self.0.lock();
        match platter.fails(Call::Sync) {
            None => {
                platter.sync(Fate::Safe);
                platter.syncs += 1;
                Ok(())
            }
            Some((How::Done, error)) => {
                platter.sync(Fate::Safe);
                Err(error)
            }
            Some((_, error)) => {
                platter.sync(Fate::Limbo);
                Err(error)
            }
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut platter = self.0.lock();
        let failure = platter.fails(Call::Write);
        let written = match failure {
            Some((How::Undone, _)) => &[],
            Some((How::Short, _)) => data.get(..data.len() / 2).unwrap_or_default(),
            Some((How::Done, _)) | None => data,
        };
        if !written.is_empty() {
            platter.change(Change::Write(offset, written.to_vec()));
        }
        failure.map_or(Ok(()), |(_, error)| Err(error))
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

#[test]
fn a_crash_takes_what_was_not_synced_and_nothing_else() {
    let disk = Disk::default();
    disk.set_len(2048).unwrap();
    disk.write(0, &[1; 1024]).unwrap();
    disk.sync_data().unwrap();
    disk.0.lock().has_file = true;
    disk.write(256, &[2; 1024]).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let bytes = disk.crashed(seed).bytes();
        assert!(bytes[..256].iter().all(|b| *b == 1), "that was synced");
        let kept = [256, 512, 1024].map(|place| bytes[place] == 2);
        assert_eq!(bytes[511] == 2, kept[0], "a sector is whole");
        seen.insert(kept);
    }
    assert_eq!(seen.len(), 8, "any of the sectors");
}

#[test]
fn what_a_failed_sync_left_open_is_never_safe_again() {
    let disk = Disk::default();
    disk.set_len(1024).unwrap();
    disk.sync_data().unwrap();
    disk.0.lock().has_file = true;
    disk.set_fault(Some(Fault {
        call: Call::Sync,
        after: 0,
        count: 1,
        how: How::Undone,
        kind: io::ErrorKind::Other,
    }));
    disk.write(0, &[1; 512]).unwrap();
    assert!(disk.sync_data().is_err() && disk.has_failed());
    disk.write(512, &[1; 512]).unwrap();
    disk.sync_data().unwrap();
    let after = |seed| disk.crashed(seed).bytes();
    assert!((0..50).any(|seed| after(seed)[0] == 0));
    assert!((0..50).any(|seed| after(seed)[0] == 1));
    assert!((0..50).all(|seed| after(seed)[512] == 1));
}
