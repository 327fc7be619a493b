//! Writing a board to where it is kept.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::engine::Store;
use crate::engine::memory::feed;
use crate::engine::memory::idempotency::Remembered;
use crate::engine::memory::users::{Edited, UserChange};
use crate::engine::writer::commit::{Commit, Effect};
use crate::engine::writer::write_queue::Group;
use crate::error::Result;
use crate::file::{
    BoardFile, ChangeRecord, Edit, Head, IdempotencyRecord, ReceiptRecord, UserRecord,
};

/// Most changes that wait to be written out; with more of them a write waits for that.
const BEHIND: usize = 10_000;

/// When a change is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Durability {
    /// Before the call that made it returns.
    #[default]
    Full,
    /// Within a tenth of a second.
    Relaxed,
}

/// Where a board is kept.
pub(crate) struct Durable {
    pub(crate) file: Arc<BoardFile>,
    /// What is to be written out yet; none if everything is written at once.
    behind: Option<Mutex<Behind>>,
}

#[derive(Default)]
struct Behind {
    changes: Vec<Edit>,
    head: Option<Head>,
    has_failed: bool,
}

impl Durable {
    pub(crate) fn new(file: Arc<BoardFile>, durability: Durability) -> Self {
        let behind = (durability == Durability::Relaxed).then(Mutex::default);
        Self { file, behind }
    }

    /// Writes changes, now or soon.
    ///
    /// # Errors
    /// Those of the file; also of an earlier write that was put off.
    pub(crate) fn write(&self, head: Head, changes: Vec<Edit>) -> Result<()> {
        let Some(behind) = &self.behind else {
            return self.file.write(head, &changes);
        };
        let mut behind = behind.lock();
        if behind.has_failed || behind.changes.len() >= BEHIND {
            behind.write_out(&self.file)?;
        }
        behind.changes.extend(changes);
        behind.head = Some(head);
        Ok(())
    }

    /// Whether something is to be written out yet.
    pub(crate) fn is_behind(&self) -> bool {
        let behind = self.behind.as_ref();
        behind.is_some_and(|behind| behind.lock().head.is_some())
    }

    /// Writes out what was put off.
    ///
    /// # Errors
    /// Those of the file; it is put off again then.
    pub(crate) fn write_out(&self) -> Result<()> {
        match &self.behind {
            Some(behind) => behind.lock().write_out(&self.file),
            None => Ok(()),
        }
    }

    /// Replaces everything.
    ///
    /// # Errors
    /// Those of the file.
    pub(crate) fn replace(&self, head: Head, changes: &[Edit]) -> Result<()> {
        self.write_out()?;
        self.file.replace(head, changes)
    }
}

impl Behind {
    fn write_out(&mut self, file: &BoardFile) -> Result<()> {
        let Some(head) = self.head else {
            return Ok(());
        };
        let written = file.write(head, &self.changes);
        self.has_failed = written.is_err();
        if written.is_ok() {
            self.changes.clear();
            self.head = None;
        }
        written
    }
}

impl Drop for Durable {
    fn drop(&mut self) {
        // There is nobody left to tell; `close` tells before.
        let _ = self.write_out();
    }
}

impl Store {
    /// What a group changes, as records.
    pub(crate) fn changes_of(&self, group: &Group) -> (Head, Vec<Edit>) {
        let mut changes = Vec::new();
        for change in &group.users {
            user_changes(change, &mut changes);
        }
        changes.extend(group.compacted.map(Edit::RemoveChanges));
        let forgotten = group.forgotten_keys.iter().cloned();
        changes.extend(forgotten.map(Edit::RemoveIdempotencyKey));
        for commit in &group.commits {
            commit_changes(commit, &mut changes);
        }
        let index = self.index.read();
        let last = group.commits.last();
        let oldest = self.feed.read().oldest();
        let head = Head {
            epoch: *self.epoch.read(),
            revision: last.map_or(index.revision, |commit| commit.revision),
            last_id: last.map_or(index.last_id, |commit| commit.last_id),
            created_at: self.created_at,
            compacted: group.compacted.unwrap_or(oldest).max(oldest),
        };
        (head, changes)
    }
}

/// What is to be written of a user.
pub(crate) fn user_changes(change: &UserChange, changes: &mut Vec<Edit>) {
    let name = &change.name;
    let Some(Edited {
        first_seen_at,
        watermark,
        is_changed,
        kept,
    }) = &change.to
    else {
        changes.push(Edit::RemoveUser(name.clone()));
        return;
    };
    if *is_changed {
        let user = UserRecord {
            first_seen_at: *first_seen_at,
            read_all_revision: watermark.revision,
            read_all_at: watermark.at,
        };
        changes.push(Edit::PutUser(name.clone(), user));
    }
    for (id, (receipt, is_unread)) in kept {
        changes.push(if receipt.is_empty() && !is_unread {
            Edit::RemoveReceipt(name.clone(), *id)
        } else {
            let record = ReceiptRecord {
                receipt: *receipt,
                is_unread: *is_unread,
            };
            Edit::PutReceipt(name.clone(), *id, record)
        });
    }
}

fn commit_changes(commit: &Commit, changes: &mut Vec<Edit>) {
    changes.extend(commit.effects.iter().map(|effect| match effect {
        Effect::Put(put) => Edit::PutAnnouncement(Arc::clone(&put.announcement)),
        Effect::Purge(id) => Edit::RemoveAnnouncement(*id),
    }));
    for (n, entry) in (0..).zip(&commit.entries) {
        changes.push(Edit::PutChange((entry.revision, n), change_record(entry)));
    }
    for (key, remembered) in &commit.remembered {
        let record = idempotency_record(remembered);
        changes.push(Edit::PutIdempotencyKey(key.as_str().into(), record));
    }
}

pub(crate) fn change_record(entry: &feed::Entry) -> ChangeRecord {
    let replacers = entry.replacers.iter();
    ChangeRecord {
        at: entry.at,
        id: entry.id,
        kind: entry.kind.code(),
        before: entry.before.clone(),
        replacers: replacers.map(|r| (r.id, r.before.clone())).collect(),
    }
}

pub(crate) fn idempotency_record(remembered: &Remembered) -> IdempotencyRecord {
    let Remembered {
        fingerprint,
        published,
        at,
    } = remembered;
    IdempotencyRecord {
        fingerprint: *fingerprint,
        id: published.id,
        version: published.version,
        revision: published.revision,
        outcome: published.outcome.code(),
        at: *at,
    }
}
