//! The process that a board belongs to.
//!
//! A forked child gets a copy of its parent's memory, in which locks may be held by threads that the
//! child does not have, and it shares the parent's open files. A board must therefore not be used in
//! a child; the child opens it again. Calls compare the process that opened the board with the
//! present one before they take any lock.
//!
//! Asking the system for the process costs a system call. The C library is told of forks by the
//! system, and has them reported here instead.

use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

use crate::error::{Bilingual, Error, ErrorKind, Result};

/// Number of this process among those that descend from each other by forks; 0 while nobody reports
/// forks.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// Most descriptors that are recorded: two files for each of a thousand boards, and as many again
/// that are being made.
const DESCRIPTORS: usize = 4096;

/// Open files of all boards. Each place holds a descriptor plus one, or 0. An array of numbers,
/// because the only thing that may be done in a process just forked is to read it.
static OPEN: [AtomicI32; DESCRIPTORS] = [const { AtomicI32::new(0) }; DESCRIPTORS];

/// A process that owns something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// Number among the forks; 0 if they were not reported then.
    forks: u32,
    /// Number that the system has given.
    id: u32,
}

impl Owner {
    /// Returns the present process.
    pub fn this() -> Self {
        Self {
            forks: FORKS.load(Ordering::Relaxed),
            id: std::process::id(),
        }
    }

    /// Reports whether this is the present process.
    #[inline]
    pub fn is_here(self) -> bool {
        let forks = FORKS.load(Ordering::Relaxed);
        if forks != 0 && self.forks != 0 {
            forks == self.forks
        } else {
            // Windows has no fork.
            cfg!(windows) || std::process::id() == self.id
        }
    }

    /// Refuses what belongs to another process.
    ///
    /// # Errors
    /// `unavailable`.
    #[inline]
    pub fn check(self) -> Result<()> {
        match self.is_here() {
            true => Ok(()),
            false => Err(inherited()),
        }
    }

    /// Returns this as one number, which is never 0.
    pub fn to_bits(self) -> u64 {
        u64::from(self.forks) << 32 | u64::from(self.id)
    }

    /// Returns the process of [`to_bits`](Self::to_bits).
    pub fn from_bits(bits: u64) -> Self {
        Self {
            forks: (bits >> 32) as u32,
            id: bits as u32,
        }
    }
}

/// Creates the error for what a forked child has inherited.
#[cold]
pub fn inherited() -> Error {
    let reason = Bilingual::new(
        "the board was opened before this process was forked; open it again in this process",
        "公告板是在 fork 出本进程之前打开的；请在本进程中重新打开",
    );
    Error::new(ErrorKind::Unavailable, reason)
}

/// States that [`forked`] is called in every child from now on.
pub fn report_forks() {
    // Once it counts, it goes on.
    let _ = FORKS.compare_exchange(0, 1, Ordering::Relaxed, Ordering::Relaxed);
}

/// Records that this process has just been forked. It may be called where nothing but reading and
/// writing of memory is allowed.
pub fn forked() {
    let forks = FORKS.load(Ordering::Relaxed);
    if forks != 0 {
        FORKS.store(forks.wrapping_add(1).max(1), Ordering::Relaxed);
    }
}

/// Returns the descriptors of the files of all boards. It only reads memory.
///
/// A child shares the locks of these files with its parent, so that they last as long as either.
pub fn descriptors() -> impl Iterator<Item = i32> {
    let open = OPEN.iter().map(|place| place.load(Ordering::Relaxed));
    open.filter(|one| *one != 0).map(|one| one - 1)
}

/// Record of an open file, dropped before the file is closed.
#[derive(Debug)]
pub(crate) struct Descriptor {
    /// Place in [`OPEN`]; None when that is full or the system has no descriptors.
    place: Option<usize>,
}

impl Descriptor {
    /// Records a file.
    #[cfg(unix)]
    pub(crate) fn of(file: &impl std::os::fd::AsRawFd) -> Self {
        let one = file.as_raw_fd().saturating_add(1);
        let is_taken = |place: &AtomicI32| {
            place
                .compare_exchange(0, one, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
        };
        Self {
            place: OPEN.iter().position(is_taken),
        }
    }

    /// Records nothing, because nothing is inherited.
    #[cfg(not(unix))]
    pub(crate) fn of<T>(_: &T) -> Self {
        Self { place: None }
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        if let Some(place) = self.place.and_then(|place| OPEN.get(place)) {
            place.store(0, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_process_is_refused_and_this_one_is_not() {
        let this = Owner::this();
        assert_eq!(this.check(), Ok(()));
        assert_eq!(Owner::from_bits(this.to_bits()), this);
        let other = Owner {
            id: this.id.wrapping_add(1),
            ..this
        };
        assert_eq!(other.check().unwrap_err().kind(), ErrorKind::Unavailable);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_recorded_while_it_is_open() {
        use std::os::fd::AsRawFd;
        let file = std::fs::File::open("/dev/null").unwrap();
        let is_recorded = || descriptors().any(|one| one == file.as_raw_fd());
        let recorded = Descriptor::of(&file);
        assert!(is_recorded());
        drop(recorded);
        assert!(!is_recorded());
    }
}
