//! The thread that tells a window when the board changes. It posts a message, and never calls into the program.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use notice::{Bilingual, Clock, Error, ErrorKind, Result};
use parking_lot::Mutex;

use super::state::Shared;

/// Clocks are set, machines sleep and viewers change: so long, at most, until the next look at the board.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A window and a message for it; the window 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) window: i32,
    pub(crate) message: i32,
}

/// Posts a message to a window.
pub(crate) type Post = fn(Target);

/// A thread that watches a board until its waits are ended.
pub(crate) struct Watcher {
    target: Arc<Mutex<Target>>,
    thread: JoinHandle<()>,
}

impl Watcher {
    /// Begins to watch what comes after now.
    pub(crate) fn start(shared: &Arc<Shared>, target: Target, post: Post) -> Result<Self> {
        let seen = Seen {
            revision: shared.board.revision()?,
            at: shared.clock.now(),
        };
        let target = Arc::new(Mutex::new(target));
        let (theirs, shared) = (Arc::clone(&target), Arc::clone(shared));
        let thread = thread::Builder::new()
            .name("notice-watcher".to_owned())
            .spawn(move || {
                // Any error but these is that of a board that is not to be had any more.
                let _ = watch(&shared, seen, LONGEST_WAIT, || tell(*theirs.lock(), post));
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

    /// Waits for the end of the thread, which comes when the board's waits have ended.
    pub(crate) fn join(self) {
        // What it has panicked with was reported; there is nobody to tell.
        let _ = self.thread.join();
    }
}

/// Posts to a window, if there is one.
fn tell(target: Target, post: Post) {
    if target.window != 0 {
        post(target);
    }
}

/// How far a board was looked at.
struct Seen {
    revision: i64,
    at: i64,
}

/// Says each change of the board after `seen`, by a revision or by time alone. What another viewer sees, or a clock
/// that was set brings, is noticed after `longest` at the latest.
fn watch(shared: &Shared, mut seen: Seen, longest: Duration, say: impl Fn()) -> Result<()> {
    loop {
        // Counted from the last look on: since then the viewer may have become another one.
        let mut query = shared.query();
        query.viewer.now = Some(seen.at);
        let next = shared.board.count(&query)?.next_change_at;
        // In this order: what was published up to the count, which may begin at once, has its revision read, too.
        let (revision, at) = (shared.board.revision()?, shared.clock.now());
        let is_due = next.is_some_and(|next| next <= at) || at < seen.at;
        let is_changed = revision != seen.revision;
        seen = Seen { revision, at };
        if is_due || is_changed {
            say();
            continue;
        }
        let timeout = match next {
            None => longest,
            Some(next) => {
                let until_next = u64::try_from(next.saturating_sub(at)).unwrap_or(0);
                Duration::from_millis(until_next).min(longest)
            }
        };
        match shared.board.wait(revision, timeout) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::TimedOut => {}
            // Restored from a backup.
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

    /// What was posted: one test only uses it.
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
        let seen = Seen {
            revision: board.board().revision().unwrap(),
            at: 1000,
        };
        let (shared, (sender, receiver)) = (Arc::clone(board.shared()), mpsc::channel());
        let watching = thread::spawn(move || {
            let say = || sender.send(()).unwrap();
            watch(&shared, seen, Duration::from_millis(10), say)
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
        board.end_waits().unwrap();
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
        board.end_waits().unwrap();
        watcher.join();
        assert!(receiver.try_recv().is_err());
    }
}
