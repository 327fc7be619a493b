//! Checkpoints: a whole board at one of its writes.

use super::effect::Effect;
use super::entry::{Entry, Link};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::query::Head;

/// Position of a board: its last write, and the data of the board as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub(crate) epoch: u128,
    pub(crate) seq: u64,
    pub(crate) link: Link,
    pub(crate) revision: i64,
    pub(crate) last_id: i64,
    /// Last revision whose changes were dropped from the feed.
    pub(crate) compacted: i64,
    /// Time of the board's creation, in Unix milliseconds; 0 if unknown.
    pub(crate) created_at: i64,
}

impl Position {
    /// Creates the position of a new board.
    pub(crate) fn new(epoch: u128, created_at: i64) -> Self {
        Self {
            epoch,
            seq: 0,
            link: Link::beginning(epoch, 0),
            revision: 0,
            last_id: 0,
            compacted: 0,
            created_at,
        }
    }

    /// Returns the identity of the board: 128 random bits, which change when it is restored or
    /// imported.
    pub fn epoch(&self) -> u128 {
        self.epoch
    }

    /// Returns the number of the last write.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns the link of the last write.
    pub fn link(&self) -> Link {
        self.link
    }

    /// Returns the board's revision.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// Returns the head, which is the part visible to callers of a board.
    pub(crate) fn told(&self) -> Head {
        Head::new(self.epoch, self.revision, self.seq)
    }

    /// Checks that `entry` is the next one.
    ///
    /// # Errors
    /// `epoch_mismatch` for an entry of a different board or a different history; `bad_state` for
    /// one that is not the next.
    pub(crate) fn check_next(&self, entry: &Entry) -> Result<()> {
        if entry.epoch != self.epoch {
            let reason = Bilingual::new(
                format!(
                    "epoch mismatch: entry {} has {:032x}, the board {:032x}; take a new checkpoint",
                    entry.seq, entry.epoch, self.epoch
                ),
                format!(
                    "纪元不匹配：日志条目 {} 为 {:032x}，公告板为 {:032x}；请重新获取检查点",
                    entry.seq, entry.epoch, self.epoch
                ),
            );
            return Err(Error::new(ErrorKind::EpochMismatch, reason));
        }
        if Some(entry.seq) != self.seq.checked_add(1) {
            let reason = Bilingual::new(
                format!("entry {} does not follow entry {}", entry.seq, self.seq),
                format!("日志条目 {} 与条目 {} 不连续", entry.seq, self.seq),
            );
            return Err(Error::new(ErrorKind::BadState, reason));
        }
        if entry.revision < self.revision {
            // No writer makes such an entry, and the change feed would not be in order.
            let reason = Bilingual::new(
                format!(
                    "entry {} has revision {}, but the board is at {}",
                    entry.seq, entry.revision, self.revision
                ),
                format!(
                    "日志条目 {} 的修订号为 {}，而公告板已到 {}",
                    entry.seq, entry.revision, self.revision
                ),
            );
            return Err(Error::new(ErrorKind::Corrupt, reason));
        }
        if entry.previous != self.link {
            let reason = Bilingual::new(
                format!(
                    "history mismatch: entry {} follows {}, but the board is at {}; take a new \
                     checkpoint",
                    entry.seq, entry.previous, self.link
                ),
                format!(
                    "历史不匹配：日志条目 {} 接在 {} 之后，而公告板位于 {}；请重新获取检查点",
                    entry.seq, entry.previous, self.link
                ),
            );
            return Err(Error::new(ErrorKind::EpochMismatch, reason));
        }
        Ok(())
    }

    /// Advances to `entry`, which must be the next one.
    ///
    /// # Errors
    /// Those of [`Entry::link`].
    pub(crate) fn advance(&mut self, entry: &Entry) -> Result<()> {
        self.link = entry.link()?;
        self.seq = entry.seq;
        self.revision = entry.revision;
        for effect in &entry.effects {
            match effect {
                Effect::Put(announcement) => self.last_id = self.last_id.max(announcement.id()),
                Effect::DropChanges(revision) => self.compacted = self.compacted.max(*revision),
                _ => {}
            }
        }
        Ok(())
    }
}

/// A whole board at one of its writes: the position, and the effects that build the board from
/// nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    pub(crate) head: Position,
    /// Announcements, former versions, users, changes of the feed and idempotency keys; former versions and
    /// the last two oldest first.
    pub(crate) effects: Vec<Effect>,
}

impl Checkpoint {
    /// Creates that of no board: what a replica is before its first snapshot.
    #[cfg(any(feature = "client", feature = "shm"))]
    pub(crate) fn nothing() -> Self {
        Self {
            head: Position::new(0, 0),
            effects: Vec::new(),
        }
    }

    /// Returns the position of the board.
    pub fn position(&self) -> &Position {
        &self.head
    }

    /// Returns the effects that build the board from nothing.
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }
}
