//! What stands between redb and the file: it can take back the head of a write that failed.
//!
//! redb never overwrites what the last commit refers to; which pages that is, the header at the beginning
//! of the file says, and it is written last. When writing or syncing fails half-way, nobody knows whether
//! the new header will be there the next time the file is opened: the caller would have been told of a
//! failure, and find the change made. So the former header is kept while a commit is being written, and
//! put back when it fails.

use std::fmt::Debug;
use std::io;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use redb::{BackendError, StorageBackend};

/// A file that can be shared: with redb, and with the one that takes back.
#[derive(Debug, Clone)]
pub(super) struct Storage(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    file: Box<dyn StorageBackend>,
    /// The header as it was when the present write began; none if that has not touched it.
    former: Mutex<Option<Vec<u8>>>,
    /// Whether `former` is kept until the next [`begin`](Storage::begin), not until the next sync.
    is_one_write: AtomicBool,
    /// Whether redb may no longer write.
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

    /// Begins a write: from here on the header is kept.
    pub(super) fn begin(&self) {
        self.0.is_one_write.store(true, Ordering::SeqCst);
        *self.0.former.lock() = None;
    }

    /// Begins what takes several writes, such as a repair: the header is kept as the last of them that was
    /// synced has left it. A storage begins with that.
    pub(super) fn begin_several(&self) {
        self.0.is_one_write.store(false, Ordering::SeqCst);
        *self.0.former.lock() = None;
    }

    /// Keeps redb from writing anything more, as it does when it closes a file that it thinks is well:
    /// that could overwrite what the former header refers to.
    pub(super) fn stop(&self) {
        self.0.is_stopped.store(true, Ordering::SeqCst);
    }

    /// Puts the header back as it was when the write began, or after the last one that was synced.
    ///
    /// # Errors
    /// When that fails as well: the file then holds the write or not, until this is done again.
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

    /// Lets go of the file and its lock.
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

    /// Does nothing: what failed may still have to be taken back when redb has closed. The lock goes with
    /// [`release`](Self::release).
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

/// A file that is only looked at.
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
