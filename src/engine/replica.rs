//! Replicas: boards that follow another board, created from a checkpoint and fed with the entries
//! after it.

use std::sync::Arc;

use super::memory::state::State;
use super::{Local, Settings, Store};
use crate::board::SharedBoard;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Checkpoint, Effect, Entry, PartEnd, Position};

/// A board that follows another one. It answers every query as the other board would have at the
/// same entry.
///
/// ```
/// use std::time::Duration;
/// use notice::{Draft, ErrorKind, Options, Query, Viewer};
///
/// let board = notice::open("mem:")?;
/// let custody = board.require_custody()?;
/// let checkpoint = custody.checkpoint()?;
/// let replica = Options::new().replica(&checkpoint);
///
/// board.publish(&Draft::new("en", "Maintenance tonight"))?;
/// for entry in custody.entries(replica.position().seq() + 1, Duration::ZERO)? {
///     replica.apply(&entry)?;
/// }
/// let copy = replica.board();
/// assert_eq!(copy.query(&Query::new(Viewer::new("li.lei")))?.items.len(), 1);
/// assert_eq!(copy.publish(&Draft::new("en", "Here?")).unwrap_err().kind(), ErrorKind::ReadOnly);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Clone)]
pub struct Replica {
    board: Arc<Local>,
}

impl Replica {
    /// Creates a replica of the board in `checkpoint`.
    pub(crate) fn new(settings: Settings, checkpoint: &Checkpoint) -> Self {
        let reason = Bilingual::new(
            "read-only replica: publish and mark on the board that it follows",
            "只读副本：请在它所跟随的公告板上发布和标记",
        );
        let store = Store::following(settings, checkpoint, reason);
        let board = Arc::new(Local::new(store));
        Self { board }
    }

    /// Applies the next entry.
    ///
    /// # Errors
    /// `bad_state` for an entry that is not the next one; `epoch_mismatch` for an entry of a
    /// different board or a different history, after which a new checkpoint is needed;
    /// `unavailable` in a forked child. A refused entry changes nothing.
    pub fn apply(&self, entry: &Entry) -> Result<()> {
        let store = self.board.here()?;
        let _turn = store.writer.turn();
        store.follow(entry)
    }

    /// Begins to receive a board, by which [`start_over`](Self::start_over) replaces this one.
    ///
    /// # Errors
    /// `unavailable` in a forked child.
    pub fn arriving(&self) -> Result<Arriving> {
        // Like opening: a clock that shows no time is told by the first question.
        let now = self.board.here()?.present().unwrap_or_default();
        Ok(Arriving {
            has_users: true,
            ..Arriving::without_users(now)
        })
    }

    /// Becomes the board that has arrived, in place of the one before. Waits and callbacks go on: they are told of
    /// the new board.
    ///
    /// # Errors
    /// `corrupt` if nothing has arrived; `unavailable` in a forked child.
    pub fn start_over(&self, arrived: Arriving) -> Result<()> {
        let store = self.board.here()?;
        let state = arrived.whole()?;
        let turn = store.writer.turn();
        store.become_another(state, &turn);
        Ok(())
    }

    /// Returns the position after the last entry; in a forked child, that of no board.
    pub fn position(&self) -> Position {
        match self.board.here() {
            Ok(store) => store.memory.read().head(),
            Err(_) => Position::new(0, 0),
        }
    }

    /// Returns the board for queries. Writing to it is refused with `read_only`.
    pub fn board(&self) -> SharedBoard {
        Arc::clone(&self.board) as SharedBoard
    }
}

/// A board that arrives in parts, as [`Checkpoint::part`] makes them.
///
/// ```
/// use notice::{Draft, Options, journal::Checkpoint};
///
/// let board = notice::open("mem:")?;
/// let replica = Options::new().replica(&board.require_custody()?.checkpoint()?);
/// board.publish(&Draft::new("en", "Maintenance tonight"))?;
///
/// let checkpoint = board.require_custody()?.checkpoint()?;
/// let (mut arriving, mut from) = (replica.arriving()?, 0);
/// while let Some((part, next)) = checkpoint.part(from, 100_000) {
///     let sent = part.to_bytes()?;
///     arriving.add(&Checkpoint::from_bytes(&sent)?)?;
///     from = next;
/// }
/// replica.start_over(arriving)?;
/// assert_eq!(replica.board().revision()?, 1);
/// # Ok::<(), notice::Error>(())
/// ```
pub struct Arriving {
    /// The board so far; None before the first part.
    state: Option<State>,
    last: Option<PartEnd>,
    /// Instant for which the board's groups are made.
    now: i64,
    /// Whether the marks of users are received, too.
    has_users: bool,
}

impl Arriving {
    /// Begins to receive a board's announcements, at the instant `now`.
    pub(super) fn without_users(now: i64) -> Self {
        Self {
            state: None,
            last: None,
            now,
            has_users: false,
        }
    }

    /// Returns the board that has arrived.
    ///
    /// # Errors
    /// `corrupt` if nothing has.
    pub(super) fn whole(self) -> Result<State> {
        let Some(mut state) = self.state else {
            let reason = Bilingual::new("the snapshot is empty", "快照为空");
            return Err(Error::new(ErrorKind::Corrupt, reason));
        };
        state.index.fill();
        Ok(state)
    }

    /// Adds the next part.
    ///
    /// # Errors
    /// `corrupt` for a part that does not belong to the ones before.
    pub fn add(&mut self, part: &Checkpoint) -> Result<()> {
        self.last = Some(part.check_part(self.last.as_ref())?);
        let now = self.now;
        let state = self
            .state
            .get_or_insert_with(|| State::arriving(&part.head, now));
        let is_of_user = |effect: &&Effect| matches!(effect, Effect::User(_));
        let effects = part.effects.iter();
        effects
            .filter(|effect| self.has_users || !is_of_user(effect))
            .for_each(|effect| state.enact(effect));
        Ok(())
    }
}

impl std::fmt::Debug for Arriving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arriving")
            .field("position", &self.state.as_ref().map(State::head))
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Replica {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replica")
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}
