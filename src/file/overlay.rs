//! A file that is written to in memory only.
//!
//! redb has to write to a file that was not closed cleanly before it can be read. Above an overlay
//! the file stays as it is, so that it may be on read-only media and have several readers.

use std::collections::BTreeMap;
use std::io;
use std::ops::Bound;
use std::sync::Arc;

use crate::locks::Mutex;
use redb::{BackendError, StorageBackend};

/// Size of what is kept in memory for one written byte: a page of redb, which writes whole pages.
const BLOCK: u64 = 4096;

/// A file below, and what was written above it. Copies are the same file.
#[derive(Debug, Clone)]
pub(super) struct Overlay(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    file: Box<dyn StorageBackend>,
    /// Guards what was written. Held while the file below is read, because a read must not mix two
    /// states.
    above: Mutex<Above>,
}

#[derive(Debug)]
struct Above {
    length: u64,
    /// Length of the beginning of the file below that was never cut off.
    visible: u64,
    /// Written blocks, by their number.
    blocks: BTreeMap<u64, Vec<u8>>,
}

impl Overlay {
    /// Creates an overlay that looks like `file`.
    pub(super) fn over(file: Box<dyn StorageBackend>) -> io::Result<Self> {
        let length = file.len()?;
        let above = Mutex::new(Above {
            length,
            visible: length,
            blocks: BTreeMap::new(),
        });
        Ok(Self(Arc::new(Inner { file, above })))
    }

    /// Returns the whole content.
    pub(super) fn bytes(&self) -> io::Result<Vec<u8>> {
        let above = self.0.above.lock();
        let mut bytes = vec![0; usize::try_from(above.length).unwrap_or_default()];
        above.read(&*self.0.file, 0, &mut bytes)?;
        Ok(bytes)
    }
}

impl Above {
    /// Reads from `offset` on. What is beyond the end reads as zeros.
    fn read(&self, file: &dyn StorageBackend, offset: u64, out: &mut [u8]) -> io::Result<()> {
        for (block, at, part) in parts(offset, out) {
            match self.blocks.get(&block) {
                Some(kept) => {
                    let kept = kept.get((at % BLOCK) as usize..).unwrap_or_default();
                    part.iter_mut().zip(kept).for_each(|(to, from)| *to = *from);
                }
                None => {
                    let readable = self.visible.saturating_sub(at).min(part.len() as u64);
                    let (there, beyond) = part.split_at_mut(readable as usize);
                    if !there.is_empty() {
                        file.read(at, there)?;
                    }
                    beyond.fill(0);
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, file: &dyn StorageBackend, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut rest = data;
        let mut at = offset;
        while !rest.is_empty() {
            let (block, inside) = (at / BLOCK, at % BLOCK);
            let (part, later) = rest.split_at(rest.len().min((BLOCK - inside) as usize));
            let mut whole = vec![0; BLOCK as usize];
            if part.len() < whole.len() {
                self.read(file, block * BLOCK, &mut whole)?;
            }
            let place = whole.iter_mut().skip(inside as usize);
            place.zip(part).for_each(|(to, from)| *to = *from);
            self.blocks.insert(block, whole);
            at += part.len() as u64;
            rest = later;
        }
        self.length = self.length.max(at);
        Ok(())
    }

    fn set_length(&mut self, length: u64) {
        if length < self.length {
            // What is cut off reads as zeros when the file grows again.
            self.blocks.retain(|block, _| *block * BLOCK < length);
            if let Some(last) = self.blocks.get_mut(&(length / BLOCK)) {
                let beyond = last.iter_mut().skip((length % BLOCK) as usize);
                beyond.for_each(|byte| *byte = 0);
            }
            self.visible = self.visible.min(length);
        }
        self.length = length;
    }
}

/// Cuts what is to be read from `offset` on at the bounds of blocks: block, offset, bytes.
fn parts(offset: u64, out: &mut [u8]) -> impl Iterator<Item = (u64, u64, &mut [u8])> {
    let first = out.len().min((BLOCK - offset % BLOCK) as usize);
    let (first, rest) = out.split_at_mut(first);
    let rest_offset = offset + first.len() as u64;
    let rest = (0..).zip(rest.chunks_mut(BLOCK as usize));
    std::iter::once((offset, first))
        .chain(rest.map(move |(n, part)| (rest_offset + n * BLOCK, part)))
        .map(|(at, part)| (at / BLOCK, at, part))
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.above.lock().length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let above = self.0.above.lock();
        let end = offset.checked_add(out.len() as u64);
        if end.is_none_or(|end| end > above.length) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        above.read(&*self.0.file, offset, out)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.above.lock().set_length(length);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.above.lock().write(&*self.0.file, offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.file.close()
    }

    // A writer first locks the range up to the end, so a shared lock on that range keeps writers out. The others
    // are left alone, because redb looks there for other kinds of writers.

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        match end {
            Bound::Unbounded => self.0.file.try_lock_shared_range(start, end),
            _ => Ok(true),
        }
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        match end {
            Bound::Unbounded => self.0.file.unlock_range(start, end),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use redb::backends::InMemoryBackend;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Write(u64, Vec<u8>),
        Length(u64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let write = (0..3 * BLOCK, prop::collection::vec(any::<u8>(), 0..10_000))
            .prop_map(|(offset, data)| Step::Write(offset, data));
        let length = (0..6 * BLOCK).prop_map(Step::Length);
        prop::collection::vec(prop_oneof![write, length], 0..12)
    }

    fn content(file: &dyn StorageBackend) -> Vec<u8> {
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read(0, &mut bytes).unwrap();
        bytes
    }

    proptest! {
        #[test]
        fn an_overlay_reads_like_a_file_that_was_written_to_and_leaves_its_own(
            below in prop::collection::vec(any::<u8>(), 0..15_000),
            steps in steps(),
        ) {
            let file = InMemoryBackend::new();
            file.set_len(below.len() as u64).unwrap();
            file.write(0, &below).unwrap();
            let file = Arc::new(file);
            let overlay = Overlay::over(Box::new(Shared(Arc::clone(&file)))).unwrap();
            let mut expected = below.clone();
            for step in steps {
                match step {
                    Step::Write(offset, data) => {
                        let (from, to) = (offset as usize, offset as usize + data.len());
                        if !data.is_empty() {
                            expected.resize(expected.len().max(to), 0);
                        }
                        if !data.is_empty() {
                            expected[from..to].copy_from_slice(&data);
                        }
                        overlay.write(offset, &data).unwrap();
                    }
                    Step::Length(length) => {
                        expected.resize(length as usize, 0);
                        overlay.set_len(length).unwrap();
                    }
                }
                prop_assert!(content(&overlay) == expected);
                prop_assert!(overlay.bytes().unwrap() == expected);
                let (middle, end) = (expected.len() / 2, expected.len());
                let mut half = vec![0; end - middle];
                overlay.read(middle as u64, &mut half).unwrap();
                prop_assert!(half == expected[middle..]);
            }
            prop_assert!(content(&*file) == below);
            prop_assert!(overlay.read(expected.len() as u64, &mut [0]).is_err());
        }
    }

    #[derive(Debug)]
    struct Shared(Arc<InMemoryBackend>);

    impl StorageBackend for Shared {
        fn len(&self) -> io::Result<u64> {
            self.0.len()
        }
        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.0.read(offset, out)
        }
        fn set_len(&self, _: u64) -> io::Result<()> {
            panic!("the file below is written to")
        }
        fn sync_data(&self) -> io::Result<()> {
            panic!("the file below is synced")
        }
        fn write(&self, _: u64, _: &[u8]) -> io::Result<()> {
            panic!("the file below is written to")
        }
        fn try_lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<bool, BackendError> {
            panic!("the file below is locked for writing")
        }
        fn try_lock_shared_range(
            &self,
            _: Bound<u64>,
            _: Bound<u64>,
        ) -> Result<bool, BackendError> {
            Ok(true)
        }
        fn unlock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<(), BackendError> {
            Ok(())
        }
        fn query_lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<bool, BackendError> {
            Ok(false)
        }
    }
}
