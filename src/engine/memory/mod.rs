//! Everything that a board keeps in memory, and its locks.

pub(crate) mod attributes;
pub(crate) mod audiences;
pub(crate) mod check;
pub(crate) mod evicted;
pub(crate) mod feed;
pub(crate) mod filling;
pub(crate) mod history;
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

use self::evicted::Fetched;
use self::state::State;
use crate::error::Result;
use crate::journal::{Position, Storage};
use crate::locks::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// State of a board behind its locks. No other code names the locks.
///
/// Locks are taken in the order of the fields. The writer's turn comes before both, and the
/// revision that callers wait for ([`HeadWatch`](super::head_watch::HeadWatch)) after both.
pub(crate) struct Memory {
    /// Held while the search index and its backlog may disagree: by the thread that updates them,
    /// and by code that compares or replaces them.
    settling: Mutex<()>,
    /// Guards everything that a query reads, so that each query sees the board as of one entry of the
    /// journal. Held for reading during a query. Held for writing while an entry is applied, the groups
    /// advance to a start or end, or texts are evicted. Never held during disk access.
    state: RwLock<State>,
}

/// The state, for reading.
pub(crate) type Reading<'a> = RwLockReadGuard<'a, State>;
/// The state, for changing it.
pub(crate) type Writing<'a> = RwLockWriteGuard<'a, State>;

impl Memory {
    pub(crate) fn new(state: State) -> Self {
        Self {
            settling: Mutex::new(()),
            state: RwLock::new(state),
        }
    }

    /// Returns the state as it is.
    pub(crate) fn read(&self) -> Reading<'_> {
        self.state.read()
    }

    /// Returns the state, moved to the present if something has started or ended since. It is moved back
    /// if the clock was ahead: each query would have to correct for the difference otherwise.
    pub(crate) fn read_at(&self, present: i64) -> Reading<'_> {
        let state = self.state.read();
        if !state.index.is_moved_by(present) {
            return state;
        }
        drop(state);
        {
            let mut state = self.state.write();
            if state.index.is_moved_by(present) {
                state.index.move_to(present);
            }
        }
        // Who writes in between leaves the state at this instant or a later one.
        self.state.read()
    }

    /// Frees the state in a forked child, unless a thread of the parent was using it when the child was
    /// made. It is of no use afterwards.
    pub(crate) fn abandon(&self) {
        let Some(mut state) = self.state.try_write() else {
            return;
        };
        let nothing = State::unfollowed(&Position::new(0, 0), 0);
        let former = std::mem::replace(&mut *state, nothing);
        // Unlocking would wake threads that waited in the parent.
        std::mem::forget(state);
        drop(former);
    }

    /// Returns the state for changing it. The caller must hold the turn to write.
    pub(crate) fn write(&self) -> Writing<'_> {
        self.state.write()
    }

    /// Blocks updates of the search index while the guard is held.
    pub(crate) fn hold_search(&self) -> MutexGuard<'_, ()> {
        self.settling.lock()
    }

    /// Replaces the state by that of another board, and returns the former one, which may take long to free.
    pub(crate) fn replace(&self, state: State) -> (Writing<'_>, State) {
        let _settled = self.settling.lock();
        let mut current = self.state.write();
        let former = std::mem::replace(&mut *current, state);
        (current, former)
    }

    /// Runs a query on the state as of `present`, and repeats it while texts must be fetched. The state is
    /// not locked during a fetch.
    ///
    /// # Errors
    /// Those of `ask`; those of the file for evicted texts.
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::engine::{Keep, Local, Settings, Store};
    use crate::{Board, Draft, ManualClock, Query, Viewer};

    const NOW: i64 = 1_781_748_000_000;

    /// A query corrects for every start and end between the groups' instant and its own, so that its work
    /// is the distance.
    #[test]
    fn after_a_clock_was_ahead_the_groups_are_those_of_the_present_again() {
        let clock = Arc::new(ManualClock::new(NOW));
        let settings = Settings {
            clock: Box::new(Arc::clone(&clock)),
            keep: Keep::default(),
            retention_ms: None,
            budget_bytes: None,
            write_copy: None,
        };
        let board = Local::new(Store::new(settings));
        for n in 0..10 {
            let draft = Draft::new("en", "a").visible(NOW + n * 10_000, NOW + n * 10_000 + 5000);
            board.publish(&draft).unwrap();
        }
        let at = || board.here().unwrap().memory.read().index.at();
        // A little, and so far that nothing is left of the board.
        let query = Query::new(Viewer::anonymous());
        for ahead in [25_000, 400_000_000_000] {
            clock.set(NOW + ahead);
            board.query(&query).unwrap();
            assert!(at() > NOW);
            clock.set(NOW + 1);
            let page = board.query(&query).unwrap();
            assert_eq!(page.items.len(), 1);
            assert_eq!(at(), NOW + 1);
        }
    }
}
