//! Everything that a board keeps in memory, and the locks around it.

pub(crate) mod attributes;
pub(crate) mod audiences;
pub(crate) mod check;
pub(crate) mod evicted;
pub(crate) mod feed;
pub(crate) mod idempotency;
pub(crate) mod index;
pub(crate) mod locales;
pub(crate) mod match_cache;
pub(crate) mod search_backlog;
pub(crate) mod settling;
pub(crate) mod state;
pub(crate) mod supersession;
pub(crate) mod timeline;
pub(crate) mod users;
pub(crate) mod visibility_cache;

use parking_lot::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

use self::evicted::Fetched;
use self::state::State;
use crate::error::Result;
use crate::journal::Storage;

/// The state of a board behind its locks. Nobody else names them: whoever needs one asks here.
///
/// Locks are taken in the order of the fields. The writer's turn comes before both, and the revision that
/// callers wait for ([`HeadWatch`](super::head_watch::HeadWatch)) after both.
pub(crate) struct Memory {
    /// Held while the search index and what it is said to know may differ: by one who settles, and by one who
    /// compares the two or replaces them.
    settling: Mutex<()>,
    /// Guards all that a question looks at, so that each sees one entry of the journal. Held for reading as
    /// long as a question takes, and for writing while an entry is applied, something starts or ends, or texts
    /// are evicted: never while a disk is waited for.
    state: RwLock<State>,
}

/// The state, for reading.
pub(crate) type Reading<'a> = RwLockReadGuard<'a, State>;
/// The state, for one who changes it.
pub(crate) type Writing<'a> = RwLockWriteGuard<'a, State>;

impl Memory {
    pub(crate) fn new(state: State) -> Self {
        Self {
            settling: Mutex::new(()),
            state: RwLock::new(state),
        }
    }

    /// The state as it is.
    pub(crate) fn read(&self) -> Reading<'_> {
        self.state.read()
    }

    /// The state, moved to the present if something has started or ended since.
    pub(crate) fn read_at(&self, present: i64) -> Reading<'_> {
        let state = self.state.read();
        let index = &state.index;
        if !index.timeline.has_changes(index.at(), present) {
            return state;
        }
        drop(state);
        let mut state = self.state.write();
        if state.index.at() < present {
            state.index.move_to(present);
        }
        RwLockWriteGuard::downgrade(state)
    }

    /// The state, for one who has the turn to write.
    pub(crate) fn write(&self) -> Writing<'_> {
        self.state.write()
    }

    /// Keeps the search index from being brought up to date while this is held.
    pub(crate) fn hold_search(&self) -> MutexGuard<'_, ()> {
        self.settling.lock()
    }

    /// Puts another board in the place of this one.
    pub(crate) fn replace(&self, state: State) -> Writing<'_> {
        let _settled = self.settling.lock();
        let mut current = self.state.write();
        *current = state;
        current
    }

    /// Asks a question of the state as of `present`, and asks it again as long as texts are missing that have
    /// to be fetched. The state is not locked while they are.
    ///
    /// # Errors
    /// Those of `ask`; those of the file, where texts are in it only.
    pub(crate) fn ask<R>(
        &self,
        present: i64,
        source: Option<&dyn Storage>,
        mut ask: impl FnMut(&State, &Fetched) -> Result<R>,
    ) -> Result<R> {
        let mut fetched = Fetched::default();
        loop {
            let answer = ask(&self.read_at(present), &fetched);
            if !fetched.fetch(source) {
                fetched.checked()?;
                return answer;
            }
        }
    }
}
