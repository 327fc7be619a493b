//! Mirrors: boards with the announcements of another board, and marks of their own.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::memory::state::State;
use super::replica::Arriving;
use super::writer::commit::moves_silently;
use super::writer::stage::{Plan, Planned};
use super::{Local, Store};
use crate::board::SharedBoard;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Checkpoint, Effect, Entry, Link, Position};
use crate::locks::Mutex;
use crate::model::Announcement;

/// A board that has the announcements of the one it follows, but not the marks of that one's users: who reads here
/// marks here. Its writes have numbers of its own, because marks are among them.
#[derive(Clone)]
pub(crate) struct Mirror {
    board: Arc<Local>,
    /// Guards the position on the board that is followed; None before a first snapshot. Taken before the turn to write.
    followed: Arc<Mutex<Option<Position>>>,
    /// The file of the marks, closed with this.
    keeper: Option<Arc<Local>>,
}

/// What becomes of announcements: those that a silent change moves, before and after, and those that are erased.
struct Differences {
    moved: Vec<(Arc<Announcement>, Arc<Announcement>)>,
    purged: Vec<i64>,
}

impl Mirror {
    /// Follows by `store`, which is empty and in memory.
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self {
            board: Arc::new(Local::new(store)),
            followed: Arc::default(),
            keeper: None,
        }
    }

    /// The same, with marks that are kept in a file.
    ///
    /// # Errors
    /// `exists` if the file is a board, with announcements of its own.
    pub(crate) fn kept_in(store: Arc<Store>, keeper: Local) -> Result<Self> {
        if keeper.here()?.memory.read().index.len() > 0 {
            let reason = Bilingual::new(
                "this file is a board with announcements; name another file for the marks",
                "该文件是含有公告的公告板；请为标记指定另一个文件",
            );
            return Err(Error::new(ErrorKind::Exists, reason));
        }
        let _ = store.keeper.set(Arc::clone(&keeper.store));
        Ok(Self {
            keeper: Some(Arc::new(keeper)),
            ..Self::new(store)
        })
    }

    /// Applies the next entry of the board that is followed.
    ///
    /// # Errors
    /// As [`Replica::apply`](super::Replica::apply); those of the storage.
    pub(crate) fn apply(&self, entry: &Entry) -> Result<()> {
        let store = self.board.here()?;
        let mut followed = self.followed.lock();
        let mut position = followed.ok_or_else(nothing)?;
        position.check_next(entry)?;
        position.advance(entry)?;
        store.adopt(entry)?;
        *followed = Some(position);
        Ok(())
    }

    /// Begins to receive a board, by which [`start_over`](Self::start_over) replaces the announcements of this one.
    ///
    /// # Errors
    /// `unavailable` in a forked child.
    pub(crate) fn arriving(&self) -> Result<Arriving> {
        let store = self.board.here()?;
        Ok(Arriving::without_users(store.present().unwrap_or_default()))
    }

    /// Takes over the announcements that have arrived. Marks stay, unless it is another board, whose announcements
    /// may have the same numbers.
    ///
    /// # Errors
    /// `corrupt` if nothing has arrived; those of the storage, and then nothing has changed.
    pub(crate) fn start_over(&self, arrived: Arriving) -> Result<()> {
        let store = self.board.here()?;
        let state = arrived.whole()?;
        let position = state.head();
        let mut followed = self.followed.lock();
        let kept = self.keeper.as_ref().filter(|_| followed.is_none());
        store.mirror(state, kept.map(|kept| &*kept.store))?;
        *followed = Some(position);
        Ok(())
    }

    /// Returns the position on the board that is followed; that of no board before the first snapshot.
    pub(crate) fn position(&self) -> Position {
        let followed = *self.followed.lock();
        followed.unwrap_or_else(|| Position::new(0, 0))
    }

    /// Returns the board for queries and marks.
    pub(crate) fn board(&self) -> SharedBoard {
        Arc::clone(&self.board) as SharedBoard
    }
}

impl Store {
    /// Makes the changes of another board's entry to its announcements.
    ///
    /// # Errors
    /// Those of the storage. Nothing is changed then.
    fn adopt(&self, entry: &Entry) -> Result<()> {
        let theirs = entry.effects.iter().filter(|effect| !is_of_user(effect));
        let mut effects: Vec<Effect> = theirs.cloned().collect();
        if effects.is_empty() {
            return Ok(());
        }
        let _turn = self.writer.turn();
        let _poison = self.writer.begin()?;
        let now = self.present()?;
        let of_users = {
            let state = self.memory.read();
            let Differences { moved, purged } = Differences::of_effects(&state, &effects);
            state.users.affected(&moved, &purged)
        };
        effects.extend(of_users.into_iter().map(Effect::User));
        let revision = entry.revision;
        self.write(Plan::of(Planned { revision, effects }), now)
    }

    /// Replaces all announcements by those of `state`, which has no users. The marks are those of `kept`, or else of this
    /// board.
    ///
    /// # Errors
    /// Those of the file of marks. Nothing is changed then.
    fn mirror(&self, mut state: State, kept: Option<&Self>) -> Result<()> {
        let turn = self.writer.turn();
        let _poison = self.writer.begin()?;
        {
            let before = kept.unwrap_or(self).memory.read();
            if before.epoch == state.epoch {
                let Differences { moved, purged } = Differences::of_states(&before, &state);
                for change in before.users.as_changes() {
                    state.users.apply(&change);
                }
                for change in before.users.affected(&moved, &purged) {
                    state.users.apply(&change);
                }
            }
        }
        let seq = self.memory.read().head().seq + 1;
        state.go_on_behind(seq, Link::beginning(state.epoch, seq));
        if !self.writer.needs_links() {
            state.end_chain();
        }
        if let Some(keeper) = self.keeper.get() {
            keeper.keep_all(&state)?;
        }
        self.become_another(state, &turn);
        Ok(())
    }

    /// Keeps the marks of entries that are about to be applied, for a mirror whose marks are in a file.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn keep_marks(&self, entries: &[Entry]) -> Result<()> {
        let Some(keeper) = self.keeper.get() else {
            return Ok(());
        };
        let effects = entries.iter().flat_map(|entry| &entry.effects);
        let effects: Vec<Effect> = effects.filter(is_of_user).cloned().collect();
        if effects.is_empty() {
            return Ok(());
        }
        let _turn = keeper.writer.turn();
        let _poison = keeper.writer.begin()?;
        let now = keeper.present()?;
        // The file has no announcements, and so no revision.
        keeper.write(
            Plan::of(Planned {
                revision: 0,
                effects,
            }),
            now,
        )
    }

    /// Keeps all marks of a board, and no others.
    ///
    /// # Errors
    /// Those of the file. Nothing is changed then.
    fn keep_all(&self, board: &State) -> Result<()> {
        let turn = self.writer.turn();
        let seq = self.memory.read().head().seq + 1;
        let head = Position {
            seq,
            link: Link::beginning(board.epoch, seq),
            ..Position::new(board.epoch, board.created_at)
        };
        let effects = board.users.as_changes().map(Effect::User).collect();
        let marks = Checkpoint { head, effects };
        let mut state = State::restored(&marks, self.present().unwrap_or_default());
        if let Some(durable) = &self.writer.durable {
            durable.replace(&marks)?;
            state.history = None;
        }
        self.become_another(state, &turn);
        Ok(())
    }
}

impl Differences {
    /// What effects change.
    fn of_effects(before: &State, effects: &[Effect]) -> Self {
        let (mut moved, mut purged) = (Vec::new(), Vec::new());
        for effect in effects {
            match effect {
                Effect::Put(after) => moved.extend(moved_to(before, after)),
                Effect::Remove(id) => purged.push(*id),
                _ => {}
            }
        }
        Self { moved, purged }
    }

    /// What is different on a later state of a board.
    fn of_states(before: &State, after: &State) -> Self {
        let slots = after.index.slots();
        let announcements = slots.filter_map(|slot| Some(&after.index.entry(slot)?.announcement));
        let moved = announcements.filter_map(|announcement| moved_to(before, announcement));
        // By the marks, because a file of marks has no announcements.
        let marked = before
            .users
            .as_changes()
            .flat_map(|change| change.kept.ids());
        let is_gone = |id: &i64| after.index.by_id(*id).is_none();
        let purged: BTreeSet<i64> = marked.filter(is_gone).collect();
        Self {
            moved: moved.collect(),
            purged: purged.into_iter().collect(),
        }
    }
}

/// Returns an announcement as it was and as it is, if that is a silent move.
fn moved_to(
    before: &State,
    after: &Arc<Announcement>,
) -> Option<(Arc<Announcement>, Arc<Announcement>)> {
    let before = before.index.by_id(after.id())?;
    moves_silently(before, after).then(|| (Arc::clone(before), Arc::clone(after)))
}

fn is_of_user(effect: &&Effect) -> bool {
    matches!(effect, Effect::User(_) | Effect::ForgetUser(_))
}

fn nothing() -> Error {
    let reason = Bilingual::new(
        "an entry has come before any snapshot",
        "在收到快照之前收到了日志条目",
    );
    Error::new(ErrorKind::Corrupt, reason)
}
