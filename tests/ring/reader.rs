//! Readers that check every byte of what they read.

use std::time::Duration;

use notice::shm::{Reader, Step};

use crate::entry;

/// How long a reader waits for a snapshot. Its writer may be dead.
const PATIENCE: Duration = Duration::from_millis(20);

/// A reader that knows which entry comes next.
pub(crate) struct Follower {
    pub(crate) reader: Reader,
    /// Number of the next entry; None if any may come.
    next: Option<u64>,
    /// Records that were overwritten since the last entry.
    missing: u64,
    /// Entries read.
    pub(crate) read: u64,
    /// Records overwritten before they were read.
    pub(crate) lost: u64,
}

impl Follower {
    pub(crate) fn new(reader: Reader) -> Self {
        Self {
            reader,
            next: None,
            missing: 0,
            read: 0,
            lost: 0,
        }
    }

    /// Whether it knows which entry comes next.
    pub(crate) fn has_begun(&self) -> bool {
        self.next.is_some()
    }

    /// The number of the last entry read.
    pub(crate) fn last(&self) -> Option<u64> {
        self.next?.checked_sub(1)
    }

    /// Begins with a snapshot, if there is one.
    pub(crate) fn begin(&mut self) -> Result<(), String> {
        let said = |error: notice::Error| format!("a snapshot: {error}");
        let Some(mut snapshot) = self.reader.snapshot(PATIENCE).map_err(said)? else {
            return Ok(());
        };
        let mut last = Vec::new();
        while let Some(part) = snapshot.next_part().map_err(said)? {
            last = part.to_vec();
        }
        self.reader.begin(&snapshot).map_err(said)?;
        let next = last.try_into().map_err(|_| "a snapshot without a number")?;
        self.next = Some(u64::from_le_bytes(next));
        self.missing = 0;
        Ok(())
    }

    /// Takes a step. Returns None if there was nothing.
    pub(crate) fn step(&mut self) -> Result<Option<()>, String> {
        let step = self.reader.next_step().map_err(|error| error.to_string())?;
        match step {
            Step::Entry(bytes) => {
                let number = entry::check(bytes)?;
                if let Some(next) = self.next {
                    let may_be = next..=next + self.missing;
                    if !may_be.contains(&number) {
                        let missing = self.missing;
                        return Err(format!(
                            "entry {number} after {next}, and {missing} were said to be lost"
                        ));
                    }
                }
                self.next = Some(number + 1);
                self.missing = 0;
                self.read += 1;
                Ok(Some(()))
            }
            Step::Lost(count) => {
                self.missing += count;
                self.lost += count;
                Ok(Some(()))
            }
            Step::Empty | Step::Closed => Ok(None),
            step => Err(format!("{step:?}, with a segment that was not damaged")),
        }
    }
}
