//! The steps in which redb's file grows.
//!
//! redb divides a file into regions, and doubles its length until the first region is full; later it adds
//! a region at a time. It makes regions of 4 GiB, so a file of 400 MB would grow to 800 MB for one more
//! page. How long a region is stands in the header, is written once, and is read from there ever after; but
//! redb offers no way to choose it. Therefore the header of a new file is corrected while it is written.

use std::io;
use std::ops::Bound;

use redb::{BackendError, StorageBackend};

/// Pages of a region. A record must fit into one, with those beside it, and a file grows by two at most.
const PAGES: u32 = 4096;
/// Place of the number of pages in redb's header, as a little-endian `u32`.
const PLACE: std::ops::Range<usize> = 20..24;

/// A file that redb is about to make a database in, with small regions.
#[derive(Debug)]
pub(super) struct SmallRegions<S>(pub(super) S);

impl<S: StorageBackend> StorageBackend for SmallRegions<S> {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if offset > 0 {
            return self.0.write(offset, data);
        }
        // redb reads the header again before it makes any page.
        let mut header = data.to_vec();
        if let Some(pages) = header.get_mut(PLACE) {
            pages.copy_from_slice(&PAGES.to_le_bytes());
        }
        self.0.write(offset, &header)
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

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.query_lock_range(start, end)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use redb::backends::InMemoryBackend;
    use redb::{Builder, Database, ReadableDatabase, ReadableTableMetadata, TableDefinition};

    use super::*;
    use crate::locks::Mutex;

    const TABLE: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("table");
    const MIB: u64 = 1024 * 1024;

    /// A file in memory that records its lengths. Copies are the same file.
    #[derive(Debug, Clone, Default)]
    struct Measured(Arc<(InMemoryBackend, Mutex<Vec<u64>>)>);

    impl StorageBackend for Measured {
        fn len(&self) -> io::Result<u64> {
            self.0.0.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.0.0.read(offset, out)
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            self.0.1.lock().push(len);
            self.0.0.set_len(len)
        }

        fn sync_data(&self) -> io::Result<()> {
            Ok(())
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.0.0.write(offset, data)
        }

        fn close(&self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Adds records of `length` bytes, each in a commit.
    fn add(database: &Database, ids: std::ops::Range<u64>, length: usize) {
        for id in ids {
            let transaction = database.begin_write().unwrap();
            let bytes = vec![id as u8; length];
            transaction
                .open_table(TABLE)
                .unwrap()
                .insert(id, bytes.as_slice())
                .unwrap();
            transaction.commit().unwrap();
        }
    }

    fn count(database: &Database) -> u64 {
        let transaction = database.begin_read().unwrap();
        transaction.open_table(TABLE).unwrap().len().unwrap()
    }

    #[test]
    fn a_file_grows_in_small_steps_also_after_it_was_opened_again_or_not_closed() {
        let file = Measured::default();
        let made = Builder::new().create_with_backend(SmallRegions(file.clone()));
        let database = made.unwrap();
        add(&database, 0..60, MIB as usize);
        drop(database);
        let database = Builder::new().create_with_backend(file.clone()).unwrap();
        add(&database, 60..90, MIB as usize);
        // The state that a crash leaves.
        let crashed = Measured::default();
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read(0, &mut bytes).unwrap();
        crashed.set_len(bytes.len() as u64).unwrap();
        crashed.write(0, &bytes).unwrap();
        let database = Builder::new().create_with_backend(crashed.clone()).unwrap();
        add(&database, 90..120, MIB as usize);
        add(&database, 120..2_000, 10);
        assert_eq!(count(&database), 2_000);

        for file in [file, crashed] {
            let lengths = file.0.1.lock();
            let steps = lengths.windows(2).map(|two| two[1].saturating_sub(two[0]));
            let longest = steps.max().unwrap();
            assert!(longest <= 64 * MIB, "grew by {longest} bytes");
        }
    }
}
