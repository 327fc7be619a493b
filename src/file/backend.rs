//! The storage backend between redb and the file, which can undo a failed write of the header.
//!
//! redb never overwrites pages that the last commit refers to. The header at the beginning of the
//! file selects those pages, and is written last. When writing or syncing fails half-way, nobody
//! knows whether the new header will be there the next time: the caller would have seen a failure,
//! and find the change made. Therefore the former header is kept during a commit, and restored when
//! the commit fails.

use std::fmt::Debug;
use std::io;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::locks::Mutex;
use redb::{BackendError, StorageBackend};

/// A shared file: for redb, and for undoing a failed write.
#[derive(Debug, Clone)]
pub(super) struct Storage(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    file: Box<dyn StorageBackend>,
    /// Header before the present write; None if the write has not touched it.
    former: Mutex<Option<Vec<u8>>>,
    /// Whether `former` is kept until the next [`begin`](Storage::begin) instead of the next sync.
    is_one_write: AtomicBool,
    /// Whether redb is kept from writing.
    is_stopped: AtomicBool,
}

impl Storage {
    pub(super) fn new(file: Box<dyn StorageBackend>) -> Self {
        Self(Arc::new(Inner {
            file,
            former: Mutex::new(None),
            is_one_write: AtomicBool::new(false),
            is_stopped: AtomicBool::new(false),
        }))
    }

    /// Begins a write: from now on the header is kept.
    pub(super) fn begin(&self) {
        self.0.is_one_write.store(true, Ordering::SeqCst);
        *self.0.former.lock() = None;
    }

    /// Begins several writes, such as a repair: the header is kept as of the last sync. A new
    /// storage starts in this state.
    pub(super) fn begin_several(&self) {
        self.0.is_one_write.store(false, Ordering::SeqCst);
        *self.0.former.lock() = None;
    }

    /// Keeps redb from writing any more, as it would when closing a file that it considers sound.
    /// That could overwrite pages of the former header.
    pub(super) fn stop(&self) {
        self.0.is_stopped.store(true, Ordering::SeqCst);
    }

    /// Restores the header as it was when the write began, or after the last sync.
    ///
    /// # Errors
    /// When this fails as well. The file then contains the write or not, until this succeeds.
    pub(super) fn take_back(&self) -> io::Result<()> {
        let mut kept = self.0.former.lock();
        if let Some(former) = &*kept {
            self.0.file.write(0, former)?;
            self.0.file.sync_data()?;
        }
        *kept = None;
        Ok(())
    }

    fn check_not_stopped(&self) -> io::Result<()> {
        match self.0.is_stopped.load(Ordering::SeqCst) {
            true => Err(io::Error::other("a write before this one failed")),
            false => Ok(()),
        }
    }

    /// Releases the file and its lock.
    pub(super) fn release(&self) -> io::Result<()> {
        self.0.file.close()
    }
}

impl StorageBackend for Storage {
    fn len(&self) -> io::Result<u64> {
        self.0.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.check_not_stopped()?;
        self.0.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.file.sync_data()?;
        if !self.0.is_one_write.load(Ordering::SeqCst) {
            *self.0.former.lock() = None;
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check_not_stopped()?;
        if offset == 0 {
            let mut former = self.0.former.lock();
            if former.is_none() {
                let mut header = vec![0; data.len()];
                self.0.file.read(0, &mut header)?;
                *former = Some(header);
            }
        }
        self.0.file.write(offset, data)
    }

    /// A no-op: the header may still have to be restored after redb has closed.
    /// [`release`](Self::release) gives up the lock.
    fn close(&self) -> io::Result<()> {
        Ok(())
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.0.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.file.query_lock_range(start, end)
    }
}

/// A file that is only read.
#[derive(Debug)]
pub(super) struct ReadOnly(pub(super) Box<dyn StorageBackend>);

impl StorageBackend for ReadOnly {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, _: u64, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.0.try_lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.query_lock_range(start, end)
    }
}
