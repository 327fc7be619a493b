//! Records of one table on their way from the thread that reads them to the one that decodes them.

/// Bytes after which a batch is handed over: small enough to stay in a processor's own cache, and to come from
/// the allocator's heap instead of being mapped.
const FULL: usize = 64 * 1024;

/// Records with their keys, in one run of bytes.
#[derive(Debug, Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    /// End of each key and of its record.
    ends: Vec<(usize, usize)>,
}

impl Batch {
    /// Adds a record.
    pub(super) fn push(&mut self, key: &[u8], record: &[u8]) {
        if self.bytes.is_empty() {
            // The last record may go beyond.
            self.bytes.reserve(FULL + FULL / 4);
        }
        self.bytes.extend_from_slice(key);
        let key_end = self.bytes.len();
        self.bytes.extend_from_slice(record);
        self.ends.push((key_end, self.bytes.len()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Reports whether it should be handed over.
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= FULL
    }

    /// Returns the keys and records in the order in which they were added.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut start = 0;
        self.ends.iter().filter_map(move |(key_end, end)| {
            let key = self.bytes.get(start..*key_end)?;
            start = *end;
            Some((key, self.bytes.get(*key_end..*end)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn records_come_out_as_they_went_in(
            records in prop::collection::vec((any::<Vec<u8>>(), any::<Vec<u8>>()), 0..20),
        ) {
            let mut batch = Batch::default();
            for (key, record) in &records {
                batch.push(key, record);
            }
            prop_assert_eq!(batch.is_empty(), records.is_empty());
            let given = records.iter().map(|(key, record)| (key.as_slice(), record.as_slice()));
            prop_assert!(batch.iter().eq(given));
        }
    }

    #[test]
    fn a_batch_is_full_by_its_bytes() {
        let mut batch = Batch::default();
        batch.push(b"key", &[0; FULL - 7]);
        assert!(!batch.is_full());
        batch.push(b"key", b"r");
        assert!(batch.is_full());
    }
}
