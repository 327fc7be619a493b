//! A board's files as the engine sees them. redb keeps the result of the entries, the journal file those
//! that came after.

use std::path::Path;
use std::sync::Arc;

use super::copy::{Copied, copy};
use super::file_medium::FileMedium;
use super::former::Ahead;
use super::journaled::Journaled;
use super::loading::load;
use super::snapshot::Snapshot;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::record::{ANNOUNCEMENT, Sharing, USER};
use crate::journal::{Checkpoint, Effect, Entry, FoldDue, Journal, Loaded, Position, Storage};
use crate::model::Announcement;
use crate::query::{Resources, Verification};

impl Journal for Journaled {
    fn append(&self, entries: &[Entry]) -> Result<()> {
        self.append_all(entries)
    }

    fn read_from(&self, seq: u64) -> Result<Vec<Arc<Entry>>> {
        let next = self.position().seq.saturating_add(1);
        match seq {
            _ if seq == next => Ok(Vec::new()),
            _ if seq > next => {
                let reason = Bilingual::new(
                    format!("entry {seq} is ahead of the next entry {next}"),
                    format!("日志条目 {seq} 超过下一个条目 {next}"),
                );
                Err(Error::new(ErrorKind::FutureRevision, reason))
            }
            _ => {
                let reason = Bilingual::new(
                    format!(
                        "the file keeps no entries before {next}, so entry {seq} is not available"
                    ),
                    format!("文件不保留条目 {next} 之前的日志条目，无法提供条目 {seq}"),
                );
                Err(Error::compacted_entries(next, reason))
            }
        }
    }

    fn head(&self) -> Position {
        self.position()
    }
}

impl Storage for Journaled {
    fn load(&self, take: &mut dyn FnMut(Loaded) -> Result<()>) -> Result<()> {
        self.look_at_both(|snapshot, entries| {
            let counts = (snapshot.count(&ANNOUNCEMENT)?, snapshot.count(&USER)?);
            take(Loaded::Position(snapshot.board()?, counts.0, counts.1))?;
            load(snapshot, take)?;
            take(Loaded::Entries(entries))
        })
    }

    fn replace(&self, checkpoint: &Checkpoint) -> Result<()> {
        self.replace_all(checkpoint)
    }

    fn announcement(&self, id: i64) -> Result<Option<Announcement>> {
        self.latest(id)
    }

    fn history(&self, id: i64, then: &[Effect]) -> Result<Vec<Announcement>> {
        self.look_at_both(|snapshot, entries| {
            let pending = entries.iter().flat_map(|entry| &entry.effects);
            Ahead::new(pending.chain(then)).of(snapshot, id)
        })
    }

    fn each_former(
        &self,
        then: &[Effect],
        take: &mut dyn FnMut(Announcement) -> Result<()>,
    ) -> Result<()> {
        self.look_at_both(|snapshot, entries| {
            let pending = entries.iter().flat_map(|entry| &entry.effects);
            Ahead::new(pending.chain(then)).each(snapshot, take)
        })
    }

    fn length(&self) -> u64 {
        self.length_of_both()
    }

    fn resources(&self) -> Resources {
        self.resources_of_journal()
    }

    fn compact(&self) -> Result<()> {
        self.compact_both()
    }

    fn check(&self, found: &mut Verification) -> Result<bool> {
        if let Err(error) = self.check_journal(found) {
            found.add_error(&error);
            return Ok(false);
        }
        match self.file.check_pages() {
            Ok(true) => {}
            Ok(false) => {
                let (en, zh) = match self.file.is_touched() {
                    true => ("inconsistent pages were repaired", "页面不一致，已修复"),
                    false => (
                        "inconsistent pages; opening the board for writing repairs them",
                        "页面不一致；以读写方式打开公告板时会修复",
                    ),
                };
                found.add("pages", Bilingual::new(en, zh));
            }
            Err(error) => {
                found.add_error(&error);
                return Ok(false);
            }
        }
        if let Err(error) = self.file.look(|snapshot| read_each(snapshot, found)) {
            found.add_error(&error);
        }
        Ok(found.is_good())
    }

    fn fold(&self) -> Result<()> {
        self.fold_all()
    }

    fn fold_due(&self) -> FoldDue {
        self.due()
    }

    fn is_readable(&self) -> bool {
        self.file.is_readable()
    }

    fn copy_to(&self, to: &Path) -> Result<i64> {
        let to = FileMedium::new(to).with(self.permissions());
        self.look_at_all(|snapshot| copy(snapshot, &to, Copied::Same))
    }

    fn permissions(&self) -> Option<u32> {
        self.file.permissions()
    }
}

/// Reads every record, and records each that cannot be read.
fn read_each(snapshot: &Snapshot, found: &mut Verification) -> Result<()> {
    let sharing = Sharing::default();
    let mut note = |error: Option<Error>| {
        found.records += 1;
        if let Some(error) = error {
            found.add_error(&error);
        }
        Ok(())
    };
    snapshot.announcements(&sharing, |record| note(record.err()))?;
    snapshot.former_versions(None, |record| note(record.err()))?;
    snapshot.users(|record| note(record.err()))?;
    snapshot.receipts(|record| note(record.err()))?;
    snapshot.changes(&sharing, |record| note(record.err()))?;
    snapshot.idempotency_keys(|record| note(record.err()))
}
