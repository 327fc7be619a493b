//! Following a board for its viewer: the number of changes, and the thread that reports them to a window. The
//! thread posts a message, and never calls into the program.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use notice::follow::{Follower, Next, Reason};
use notice::locks::Mutex;
use notice::{Bilingual, Error, ErrorKind, Result};

use super::shared::Shared;

/// Longest time until the next look at the board. No event reports a clock that is set, a machine that wakes
/// up or a changed viewer.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Position of a follower of a board.
pub(crate) struct Followed {
    follower: Follower,
    /// Number of the viewer for which the follower knows the next change.
    viewer: u64,
}

/// Result of a look at the board.
pub(crate) enum Look {
    /// Number of changes: one for each revision, and one for all starts and ends together.
    Changed(u64),
    /// No change at this revision, nor through time alone before the instant.
    Same { revision: i64, until: Option<i64> },
}

impl Followed {
    /// Creates a follower of changes from now on.
    pub(crate) fn now(shared: &Shared) -> Result<Self> {
        Ok(Self {
            follower: Follower::after(&shared.board.head()?, shared.now()),
            viewer: shared.viewers(),
        })
    }

    /// Creates the follower of a board that was just opened. If the board is not there yet, as with `lazy=1`, it is a change
    /// when it comes.
    pub(crate) fn begin(shared: &Shared) -> Result<Self> {
        match Self::now(shared) {
            Err(error) if error.kind() == ErrorKind::Unavailable => Ok(Self {
                follower: Follower::default(),
                viewer: shared.viewers(),
            }),
            begun => begun,
        }
    }

    /// Looks at the board. It runs a count only if something has changed.
    pub(crate) fn look(&mut self, shared: &Shared) -> Result<Look> {
        let viewer = shared.viewers();
        if self.viewer != viewer {
            self.follower.viewer_changed();
            self.viewer = viewer;
        }
        loop {
            let (head, now) = (shared.board.head()?, shared.now());
            let reason = match self.follower.next(&head, now) {
                Next::Ask(reason) => reason,
                Next::Sleep { until } => {
                    let revision = head.revision;
                    return Ok(Look::Same { revision, until });
                }
            };
            let mut query = shared.query();
            if reason == Reason::NextChange {
                // Counted as of the last look, so that a start since then is reported to the new viewer.
                query.viewer.now = self.follower.known.map(|known| known.now);
            }
            let count = shared.board.count(&query)?;
            let difference = self.follower.answered((&count).into());
            if difference.any() {
                return Ok(Look::Changed(difference.count().max(1)));
            }
        }
    }

    /// Counts the changes since the last look.
    pub(crate) fn poll(&mut self, shared: &Shared) -> Result<u64> {
        Ok(match self.look(shared)? {
            Look::Changed(changes) => changes,
            Look::Same { .. } => 0,
        })
    }
}

/// A window and the message for it; 0 means no window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) window: i32,
    pub(crate) message: i32,
}

/// Posts a message to a window.
pub(crate) type Post = fn(Target);

/// A thread that watches a board until the board's waits end.
pub(crate) struct Watcher {
    target: Arc<Mutex<Target>>,
    thread: JoinHandle<()>,
}

impl Watcher {
    /// Starts watching for changes from now on.
    pub(crate) fn start(shared: &Arc<Shared>, target: Target, post: Post) -> Result<Self> {
        let followed = Followed::now(shared)?;
        let target = Arc::new(Mutex::new(target));
        let (theirs, shared) = (Arc::clone(&target), Arc::clone(shared));
        let thread = thread::Builder::new()
            .name("notice-watcher".to_owned())
            .spawn(move || {
                // The only error is that of a closed board.
                let _ = watch(&shared, followed, LONGEST_WAIT, || {
                    tell(*theirs.lock(), post)
                });
            })
            .map_err(|error| {
                let reason = Bilingual::new(
                    format!("cannot start a thread: {error}"),
                    format!("无法启动线程：{error}"),
                );
                Error::new(ErrorKind::Io, reason)
            })?;
        Ok(Self { target, thread })
    }

    /// Posts to another window from now on.
    pub(crate) fn set_target(&self, target: Target) {
        *self.target.lock() = target;
    }

    /// Waits for the thread, which ends with the board's waits.
    pub(crate) fn join(self) {
        // After a panic there is nobody to tell: the program did not call anything.
        let _ = self.thread.join();
    }
}

/// Posts to a window, if there is one.
fn tell(target: Target, post: Post) {
    if target.window != 0 {
        post(target);
    }
}

/// Posts for each change of the board after `followed`. A changed viewer or clock is noticed within `longest`.
fn watch(shared: &Shared, mut followed: Followed, longest: Duration, say: impl Fn()) -> Result<()> {
    loop {
        let (revision, until) = match followed.look(shared)? {
            Look::Changed(_) => {
                say();
                continue;
            }
            Look::Same { revision, until } => (revision, until),
        };
        let until = until.map(|until| until.saturating_sub(shared.now()).max(0).unsigned_abs());
        let timeout = until.map_or(longest, |ms| Duration::from_millis(ms).min(longest));
        match shared.board.wait(revision, timeout) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::TimedOut => {}
            // The board was imported into. The next look sees the new epoch.
            Err(error) if error.kind() == ErrorKind::FutureRevision => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;
    use std::sync::mpsc::{self, Receiver, Sender};

    use notice::Draft;

    use super::*;
    use crate::e::state::EBoard;

    /// Messages posted so far. Only one test uses this.
    static POSTED: OnceLock<Mutex<Sender<Target>>> = OnceLock::new();

    fn posted() -> Receiver<Target> {
        let (sender, receiver) = mpsc::channel();
        assert!(POSTED.set(Mutex::new(sender)).is_ok());
        receiver
    }

    fn post(target: Target) {
        POSTED.get().unwrap().lock().send(target).unwrap();
    }

    #[test]
    fn what_began_for_another_viewer_and_a_clock_that_was_set_are_said() {
        let board = EBoard::open("mem:").unwrap();
        let at = |now| board.shared().clock.set(Some(now));
        at(1000);
        let hidden = Draft::new("en", "a").visible(2000, None);
        let hidden = hidden.audience("role", notice::Operator::In, ["editor"]);
        board.board().publish(&hidden).unwrap();
        let followed = Followed::now(board.shared()).unwrap();
        let (shared, (sender, receiver)) = (Arc::clone(board.shared()), mpsc::channel());
        let watching = thread::spawn(move || {
            let say = || sender.send(()).unwrap();
            watch(&shared, followed, Duration::from_millis(10), say)
        });
        let is_said = || receiver.recv_timeout(Duration::from_secs(30)).is_ok();
        assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err());
        let become_editor = |viewer: &mut notice::Viewer| {
            let role = vec!["editor".into()];
            viewer.attributes.insert("role".into(), role);
            Ok(())
        };
        board.change_viewer(become_editor).unwrap();
        at(3000);
        assert!(is_said());
        at(1500);
        assert!(is_said());
        board.end_waits(false).unwrap();
        assert!(watching.join().unwrap().is_err());
    }

    #[test]
    fn nothing_is_posted_to_no_window() {
        let message = 8;
        tell(Target { window: 0, message }, |target| panic!("{target:?}"));
    }

    #[test]
    fn a_window_is_told_of_each_change_until_the_board_is_closed() {
        let board = EBoard::open("mem:").unwrap();
        let receiver = posted();
        let publish = |title: &str| board.board().publish(&Draft::new("en", title)).unwrap();
        publish("before it watches");
        let (first, second) = (
            Target {
                window: 7,
                message: 8,
            },
            Target {
                window: 9,
                message: 10,
            },
        );
        let watcher = Watcher::start(board.shared(), first, post).unwrap();
        publish("a");
        assert_eq!(receiver.recv().unwrap(), first);
        watcher.set_target(second);
        publish("b");
        assert_eq!(receiver.recv().unwrap(), second);
        board.end_waits(false).unwrap();
        watcher.join();
        assert!(receiver.try_recv().is_err());
    }

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
