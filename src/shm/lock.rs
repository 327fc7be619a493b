//! Rights to a name: one writer, and the leases of readers. The system takes both back from a process that ends.

use std::fs::File;
use std::path::Path;
use std::time::Duration;
use std::{io, thread};

use super::failure;
use super::names::{Folder, Names};
pub(crate) use super::platform::Lock;
use super::platform::{self, How};
use crate::error::{Error, Result};
use crate::process::Descriptor;

/// How often a lock is tried that somebody may have for a moment: who looks whether there is a writer, or removes files.
pub(crate) const PATIENT: u32 = 20;
/// How often a lock is tried that may be held for long.
const ONCE: u32 = 1;
/// Time between two tries.
const PAUSE: Duration = Duration::from_millis(1);

/// A file, with a lock on it for as long as this lives.
#[derive(Debug)]
pub(crate) struct Locked {
    // Dropped before the file.
    _recorded: Descriptor,
    file: File,
}

/// Waits before the next try.
pub(crate) fn pause() {
    thread::sleep(PAUSE);
}

impl Locked {
    /// Opens the file at `path` and locks it, in so many tries. None if somebody else has it, or if it is missing and
    /// `how` does not make it.
    ///
    /// # Errors
    /// `io`; `unauthorized` for a file that others can write to.
    pub(crate) fn take(path: &Path, how: How, lock: Lock, tries: u32) -> Result<Option<Self>> {
        for tried in 0..tries {
            if tried > 0 {
                pause();
            }
            let Some((file, _)) = open_own(path, how)? else {
                return Ok(None);
            };
            #[cfg(test)]
            super::meanwhile::pass(super::meanwhile::Moment::Opened);
            let recorded = Descriptor::of(&file);
            if platform::try_lock(&file, lock).map_err(|error| unlocked(path, error))? {
                let taken = Self {
                    _recorded: recorded,
                    file,
                };
                // Whoever removes a file has it locked: now it may be another one.
                if taken.is_of(path)? {
                    return Ok(Some(taken));
                }
            }
        }
        Ok(None)
    }

    /// Returns the file.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Reports whether the locked file is still the one at `path`.
    ///
    /// # Errors
    /// `io`.
    pub(crate) fn is_of(&self, path: &Path) -> Result<bool> {
        platform::is_same(&self.file, path).map_err(|error| unlocked(path, error))
    }
}

/// Opens a file that only its owner can write to, and returns its length in bytes too; None if it is missing.
///
/// # Errors
/// `io`, `unauthorized`.
pub(crate) fn open_own(path: &Path, how: How) -> Result<Option<(File, u64)>> {
    let opened = match platform::open(path, how) {
        Ok(file) => file.metadata().map(|metadata| (file, metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => Err(error),
    };
    let (file, metadata) =
        opened.map_err(|error| failure::io(path, "open the file", "打开文件", error))?;
    if !metadata.is_file() {
        return Err(failure::corrupt(path, "this is no file", "不是文件"));
    }
    platform::check_owner(path, &metadata)?;
    Ok(Some((file, metadata.len())))
}

/// Reports whether a process has the right to write.
///
/// # Errors
/// `io`, `unauthorized`.
pub(crate) fn has_writer(names: &Names) -> Result<bool> {
    let path = names.lock();
    let Some((file, _)) = open_own(&path, How::Read)? else {
        return Ok(false);
    };
    let is_free = platform::try_lock(&file, Lock::Shared);
    is_free
        .map(|is_free| !is_free)
        .map_err(|error| unlocked(&path, error))
}

/// Removes the files of a name that nobody uses. Returns whether nobody did.
///
/// # Errors
/// `io`, `unauthorized`.
pub(crate) fn clean(names: &Names) -> Result<bool> {
    // Made if it is missing: only who has it may remove anything.
    match Locked::take(&names.lock(), How::Make, Lock::Alone, ONCE)? {
        Some(right) => clean_with(names, right),
        None => Ok(false),
    }
}

/// The same for one who has the right to write, which is given up.
///
/// # Errors
/// `io`, `unauthorized`.
pub(crate) fn clean_with(names: &Names, right: Locked) -> Result<bool> {
    let path = names.ring();
    let lease = || Locked::take(&path, How::Read, Lock::Alone, ONCE);
    let ring = lease()?;
    if ring.is_none() && path.exists() {
        #[cfg(test)]
        super::meanwhile::pass(super::meanwhile::Moment::Used);
        drop(right);
        // A reader that has left meanwhile could not clean, because the right was taken. One that leaves from now on can.
        let is_free = lease()?.is_some();
        return match is_free {
            true => clean(names),
            false => Ok(false),
        };
    }
    names.remove_others(&[], |_| false);
    let _ = platform::remove(&names.lock());
    drop(right);
    Ok(true)
}

/// Removes what processes have left behind that were killed, of all names but `own`.
pub(crate) fn sweep(folder: &Folder, own: &Names) {
    let all = folder.all().unwrap_or_default();
    for names in all.iter().filter(|names| *names != own) {
        // Who comes next tries it again.
        let _ = clean(names);
    }
}

fn unlocked(path: &Path, error: io::Error) -> Error {
    failure::io(path, "lock the file", "锁定文件", error)
}
