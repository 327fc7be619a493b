//! State of a board as of one entry of its journal.

use std::sync::Arc;

use crate::engine::memory::evicted::Fetched;
use crate::engine::memory::feed::Feed;
use crate::engine::memory::history::History;
use crate::engine::memory::index::Index;
use crate::engine::memory::users::Users;
use crate::error::Result;
use crate::headroom::Headroom;
use crate::journal::{Checkpoint, Effect, Entry, Link, Loaded, Position, Storage};
use crate::model::Announcement;
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
    /// Former versions; None if a storage keeps them.
    pub(crate) history: Option<History>,
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
            history: Some(History::default()),
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

    /// Creates an empty board that a storage fills, which keeps the former versions.
    fn stored(head: &Position, now: i64) -> Self {
        Self {
            history: None,
            ..Self::empty(head, now)
        }
    }

    /// Creates an empty board that the effects of a checkpoint fill. Its index is to be filled behind them.
    pub(crate) fn arriving(head: &Position, now: i64) -> Self {
        let mut state = Self::empty(head, now);
        state.index.expect(0);
        state
    }

    /// Creates the board of a checkpoint.
    pub(crate) fn restored(checkpoint: &Checkpoint, now: i64) -> Self {
        let mut state = Self::arriving(&checkpoint.head, now);
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
        let mut state = Self::stored(&Position::new(0, 0), now);
        let mut room = Room::default();
        let mut telling = Telling {
            progress,
            total: 0,
            told: 0,
        };
        storage.load(&mut |loaded| {
            match loaded {
                Loaded::Position(head, announcements, users) => {
                    state = Self::stored(&head, now);
                    let room = usize::try_from(announcements.min(MOST_RESERVED));
                    state.index.expect(room.unwrap_or(0));
                    telling.total = announcements.saturating_add(users);
                    telling.tell(0);
                }
                Loaded::Effects(effects) => {
                    let bytes = effects.iter().map(memory).sum();
                    room.take(bytes, || state.heap_bytes())?;
                    for effect in effects {
                        state.take(effect);
                        telling.advance(state.loaded());
                    }
                }
                Loaded::Users(users) => {
                    room.take(USER * users.len(), || state.heap_bytes())?;
                    for user in users {
                        state.users.load(user);
                        telling.advance(state.loaded());
                    }
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
        let history = self.history.as_ref().map_or(0, History::heap_bytes);
        self.index.heap_bytes() + self.users.heap_bytes() + self.feed.heap_bytes() + history
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

    /// Continues the numbers of another board.
    #[cfg(feature = "shm")]
    pub(crate) fn go_on_behind(&mut self, seq: u64, link: Link) {
        (self.seq, self.link) = (seq, Some(link));
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

    /// Applies one effect that nobody else needs.
    fn take(&mut self, effect: Effect) {
        match effect {
            Effect::Put(announcement) => self.put(announcement),
            Effect::Change(change) => self.feed.push(change),
            other => self.enact(&other),
        }
    }

    fn put(&mut self, announcement: Arc<Announcement>) {
        self.users.renew(&announcement);
        self.index.last_id = self.index.last_id.max(announcement.id());
        self.index.put(announcement);
    }

    /// Counts the announcements and users, of which progress is told.
    fn loaded(&self) -> u64 {
        (self.index.len() + self.users.len()) as u64
    }

    /// Applies one effect.
    pub(crate) fn enact(&mut self, effect: &Effect) {
        match effect {
            Effect::Put(announcement) => self.put(Arc::clone(announcement)),
            Effect::Former(former) => {
                if let Some(history) = &mut self.history {
                    history.add(former);
                }
            }
            Effect::Remove(id) => {
                self.index.remove(*id);
                if let Some(history) = &mut self.history {
                    history.remove(*id);
                }
            }
            Effect::User(change) => self.users.apply(change),
            Effect::ForgetUser(name) => self.users.forget(name),
            Effect::Change(change) => self.feed.push(change.clone()),
            Effect::DropChanges(revision) => self.feed.compact(*revision),
            Effect::PutKey(key, result) => self.index.idempotency_keys.insert(key, *result),
            Effect::RemoveKey(key) => self.index.idempotency_keys.remove(key),
        }
    }

    /// Returns the effects that build this board from nothing, as far as memory has them. Announcements
    /// without their texts are omitted, and noted in `fetched`.
    pub(crate) fn effects(&self, fetched: &Fetched) -> Vec<Effect> {
        let mut announcements: Vec<_> = self
            .index
            .slots()
            .filter_map(|slot| fetched.whole(&self.index.entry(slot)?.announcement))
            .collect();
        announcements.sort_unstable_by_key(|announcement| announcement.id());
        let keys = self.index.idempotency_keys.iter();
        let announcements = announcements.into_iter().map(Effect::Put);
        let former = self.history.iter().flat_map(History::all);
        announcements
            .chain(former.map(|former| Effect::Former(Arc::new(former))))
            .chain(self.users.as_changes().map(Effect::User))
            .chain(self.feed.changes().cloned().map(Effect::Change))
            .chain(keys.map(|(key, result)| Effect::PutKey(key.into(), *result)))
            .collect()
    }
}

/// Progress of loading.
struct Telling<'a> {
    progress: Option<&'a Progress>,
    total: u64,
    told: u64,
}

impl Telling<'_> {
    /// Announcements and users after which progress is told again.
    const STEP: u64 = 500;

    fn advance(&mut self, done: u64) {
        if done >= self.told + Self::STEP || (done == self.total && done > self.told) {
            self.told = done;
            self.tell(done);
        }
    }

    fn tell(&self, done: u64) {
        if let Some(progress) = self.progress {
            progress.tell(Step::Loading, done, self.total);
        }
    }
}

/// Room that was asked for and not taken yet. Asking takes two calls of the system, so it is done for many
/// parts of a board together.
#[derive(Default)]
struct Room {
    headroom: Headroom,
    left: usize,
}

impl Room {
    /// Bytes that are asked for at once.
    const ASKED: usize = 2 * 1024 * 1024;

    /// Takes `bytes`, asking for more if that is not left; `present` says how much is there already.
    fn take(&mut self, bytes: usize, present: impl FnOnce() -> usize) -> Result<()> {
        if self.left < bytes {
            let asked = bytes.max(Self::ASKED);
            self.headroom.check(asked, present)?;
            self.left = asked;
        }
        self.left -= bytes;
        Ok(())
    }
}

/// Estimates the memory that an effect takes, in bytes.
fn memory(effect: &Effect) -> usize {
    match effect {
        Effect::Put(announcement) => 2 * announcement.heap_bytes(),
        _ => std::mem::size_of::<Effect>(),
    }
}
