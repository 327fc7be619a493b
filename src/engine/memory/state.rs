//! State of a board as of one entry of its journal.

use std::sync::Arc;

use crate::engine::memory::evicted::Fetched;
use crate::engine::memory::feed::Feed;
use crate::engine::memory::index::Index;
use crate::engine::memory::users::Users;
use crate::error::Result;
use crate::headroom::Headroom;
use crate::journal::{Checkpoint, Effect, Entry, Link, Loaded, Position, Storage};
use crate::progress::{Progress, Step};

/// Maximum number of announcements for which memory is reserved in advance. A larger number would come from
/// a damaged file.
const MOST_RESERVED: u64 = 10_000_000;

/// Bytes of a user with a name and some receipts.
const USER: usize = 512;

/// The board in memory. It changes only through [`apply`](Self::apply).
pub(crate) struct State {
    pub(crate) index: Index,
    pub(crate) users: Users,
    pub(crate) feed: Feed,
    pub(crate) epoch: u128,
    /// Time of the board's creation; 0 if unknown.
    pub(crate) created_at: i64,
    /// Number of the last entry.
    seq: u64,
    /// Link of the last entry; None while entries are not chained. Chaining costs an encoding of every
    /// entry, which a board in memory without followers avoids, and a relaxed board defers to the flush.
    link: Option<Link>,
}

impl State {
    /// Creates an empty board at the position `head` and the instant `now`. Its entries are
    /// chained.
    pub(crate) fn empty(head: &Position, now: i64) -> Self {
        let mut index = Index::new(now);
        (index.revision, index.last_id) = (head.revision, head.last_id);
        Self {
            index,
            users: crate::engine::memory::users::Users::default(),
            feed: Feed::starting_at(head.compacted),
            epoch: head.epoch,
            created_at: head.created_at,
            seq: head.seq,
            link: Some(head.link),
        }
    }

    /// Creates a new board whose entries are not chained until it has a follower.
    pub(crate) fn unfollowed(head: &Position, now: i64) -> Self {
        Self {
            link: None,
            ..Self::empty(head, now)
        }
    }

    /// Creates the board of a checkpoint.
    pub(crate) fn restored(checkpoint: &Checkpoint, now: i64) -> Self {
        let mut state = Self::empty(&checkpoint.head, now);
        state.index.expect(0);
        for effect in &checkpoint.effects {
            state.enact(effect);
        }
        state.index.fill();
        state
    }

    /// Loads the board from `storage`.
    ///
    /// # Errors
    /// Those of the storage.
    pub(crate) fn load(
        storage: &dyn Storage,
        now: i64,
        progress: Option<&Progress>,
    ) -> Result<Self> {
        let mut state = Self::empty(&Position::new(0, 0), now);
        let mut total = 0;
        let headroom = Headroom::default();
        let tell = |done, total| {
            if let Some(progress) = progress {
                progress.tell(Step::Loading, done, total);
            }
        };
        storage.load(&mut |loaded| {
            match loaded {
                Loaded::Position(head, announcements, users) => {
                    state = Self::empty(&head, now);
                    let room = usize::try_from(announcements.min(MOST_RESERVED));
                    state.index.expect(room.unwrap_or(0));
                    total = announcements.saturating_add(users);
                    tell(0, total);
                }
                Loaded::Effects(effects) => {
                    let bytes = effects.iter().map(memory).sum();
                    headroom.check(bytes, || state.heap_bytes())?;
                    effects.iter().for_each(|effect| state.enact(effect));
                    if let Some(Effect::Put(_)) = effects.first() {
                        tell(state.index.len() as u64, total);
                    }
                }
                Loaded::Users(users) => {
                    headroom.check(USER * users.len(), || state.heap_bytes())?;
                    users.into_iter().for_each(|user| state.users.load(user));
                    tell((state.index.len() + state.users.len()) as u64, total);
                }
                Loaded::Entries(entries) => {
                    // They change what came before, so that is indexed first.
                    state.index.fill();
                    entries.iter().try_for_each(|entry| state.apply(entry))?;
                }
            }
            Ok(())
        })?;
        state.index.fill();
        Ok(state)
    }

    /// Returns the position after the last entry. Its link is empty while entries are not chained.
    pub(crate) fn head(&self) -> Position {
        Position {
            epoch: self.epoch,
            seq: self.seq,
            link: self.link.unwrap_or_default(),
            revision: self.index.revision,
            last_id: self.index.last_id,
            compacted: self.feed.oldest(),
            created_at: self.created_at,
        }
    }

    /// Estimates the memory of the board in bytes.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.index.heap_bytes() + self.users.heap_bytes() + self.feed.heap_bytes()
    }

    /// Reports whether entries are chained, so that each must be sealed before it is applied.
    pub(crate) fn is_chained(&self) -> bool {
        self.link.is_some()
    }

    /// Starts chaining entries after `link`, unless they are chained already. Without a link, the chain
    /// starts here.
    pub(crate) fn begin_chain(&mut self, link: Option<Link>) {
        let beginning = || link.unwrap_or_else(|| Link::beginning(self.epoch, self.seq));
        self.link = Some(self.link.unwrap_or_else(beginning));
    }

    /// Stops chaining entries, because the board has no followers.
    pub(crate) fn end_chain(&mut self) {
        self.link = None;
    }

    /// Applies the next entry.
    ///
    /// # Errors
    /// `epoch_mismatch` and `bad_state` for an entry that does not follow the last one. A refused entry
    /// changes nothing. The next entry cannot fail.
    pub(crate) fn apply(&mut self, entry: &Entry) -> Result<()> {
        self.head().check_next(entry)?;
        let link = match self.link {
            Some(_) => Some(entry.link()?),
            None => None,
        };
        for effect in &entry.effects {
            self.enact(effect);
        }
        self.index.revision = entry.revision;
        (self.seq, self.link) = (entry.seq, link);
        Ok(())
    }

    /// Applies one effect.
    pub(crate) fn enact(&mut self, effect: &Effect) {
        match effect {
            Effect::Put(announcement) => {
                self.users.renew(announcement);
                self.index.last_id = self.index.last_id.max(announcement.id());
                self.index.put(Arc::clone(announcement));
            }
            Effect::Remove(id) => self.index.remove(*id),
            Effect::User(change) => self.users.apply(change),
            Effect::ForgetUser(name) => self.users.forget(name),
            Effect::Change(change) => self.feed.push(change.clone()),
            Effect::DropChanges(revision) => self.feed.compact(*revision),
            Effect::PutKey(key, result) => self.index.idempotency_keys.insert(key, *result),
            Effect::RemoveKey(key) => self.index.idempotency_keys.remove(key),
        }
    }

    /// Returns the effects that build this board from nothing. Announcements without their texts
    /// are omitted, and noted in `fetched`.
    pub(crate) fn effects(&self, fetched: &Fetched) -> Vec<Effect> {
        let mut announcements: Vec<_> = self
            .index
            .slots()
            .filter_map(|slot| fetched.whole(&self.index.entry(slot)?.announcement))
            .collect();
        announcements.sort_unstable_by_key(|announcement| announcement.id());
        let keys = self.index.idempotency_keys.iter();
        let announcements = announcements.into_iter().map(Effect::Put);
        announcements
            .chain(self.users.as_changes().map(Effect::User))
            .chain(self.feed.changes().cloned().map(Effect::Change))
            .chain(keys.map(|(key, result)| Effect::PutKey(key.into(), *result)))
            .collect()
    }
}

/// Estimates the memory that an effect takes, in bytes.
fn memory(effect: &Effect) -> usize {
    match effect {
        Effect::Put(announcement) => 2 * announcement.heap_bytes(),
        _ => std::mem::size_of::<Effect>(),
    }
}
