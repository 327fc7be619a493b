//! Whether a board has changed since it was looked at last, by a revision or by time alone.

use notice::{Clock, Result};

use super::state::Shared;

/// How far a board was polled.
pub(crate) struct Polled {
    revision: i64,
    at: i64,
    /// The first change by time alone after `at`, 0 if there is none; unset when it is not known.
    /// The instant of the next change, or that there is none, once it has been asked for.
    next_change_at: Option<Option<i64>>,
}

impl Polled {
    /// As the board is now.
    pub(crate) fn now(shared: &Shared) -> Result<Self> {
        Ok(Self {
            revision: shared.board.revision()?,
            at: shared.clock.now(),
            next_change_at: None,
        })
    }

    /// Another viewer sees other changes.
    pub(crate) fn forget_next_change(&mut self) {
        self.next_change_at = None;
    }

    /// How many revisions there were since the last time, and one more when something has begun or ended by
    /// its time alone. Counting is needed only after one of these.
    pub(crate) fn poll(&mut self, shared: &Shared) -> Result<u64> {
        let (revision, now) = (shared.board.revision()?, shared.clock.now());
        let next = match self.next_change_at {
            Some(next) => next,
            None => {
                let mut query = shared.query();
                query.viewer.now = Some(self.at);
                shared.board.count(&query)?.next_change_at
            }
        };
        let is_due = next.is_some_and(|next| next <= now) || now < self.at;
        // A board that was restored from a backup may be at an earlier revision.
        let changes = u64::from(is_due) + revision.abs_diff(self.revision);
        *self = Self {
            revision,
            at: now,
            next_change_at: (changes == 0).then_some(next),
        };
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    use notice::Draft;

    use crate::e::state::EBoard;

    fn poll(board: &EBoard) -> u64 {
        let mut polled = board.polled().lock();
        polled.poll(board.shared()).unwrap()
    }

    #[test]
    fn each_revision_counts_once() {
        let board = EBoard::open("mem:").unwrap();
        assert_eq!(poll(&board), 0);
        for title in ["a", "b"] {
            board.board().publish(&Draft::new("en", title)).unwrap();
        }
        assert_eq!((poll(&board), poll(&board)), (2, 0));
    }

    #[test]
    fn what_begins_or_ends_by_itself_counts_for_the_one_who_sees_it() {
        let board = EBoard::open("mem:").unwrap();
        let at = |now| board.shared().clock.set(Some(now));
        at(1000);
        poll(&board);
        let draft = Draft::new("en", "a").visible(2000, 3000);
        let hidden = Draft::new("en", "b").visible(2500, None);
        let hidden = hidden.audience("role", notice::Operator::In, ["editor"]);
        board.board().publish_all(&[draft, hidden]).unwrap();
        assert_eq!((poll(&board), poll(&board)), (1, 0));
        for (now, changes) in [(1999, 0), (2000, 1), (2999, 0), (4000, 1), (5000, 0)] {
            at(now);
            assert_eq!(poll(&board), changes, "at {now}");
        }
        // The other one has begun already.
        let become_editor = |viewer: &mut notice::Viewer| {
            viewer
                .attributes
                .insert("role".into(), vec!["editor".into()]);
            Ok(())
        };
        board.change_viewer(become_editor).unwrap();
        assert_eq!(poll(&board), 0);
    }

    #[test]
    fn what_began_right_after_a_change_is_not_missed() {
        let board = EBoard::open("mem:").unwrap();
        board.shared().clock.set(Some(1000));
        poll(&board);
        let draft = Draft::new("en", "a").visible(2000, None);
        board.board().publish(&draft).unwrap();
        assert_eq!(poll(&board), 1);
        board.shared().clock.set(Some(2500));
        assert_eq!((poll(&board), poll(&board)), (1, 0));
    }

    #[test]
    fn a_clock_that_goes_back_is_a_change() {
        let board = EBoard::open("mem:").unwrap();
        board.shared().clock.set(Some(2000));
        poll(&board);
        board.shared().clock.set(Some(1000));
        assert_eq!((poll(&board), poll(&board)), (1, 0));
    }
}
