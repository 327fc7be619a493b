//! The thread that tells a window when the board changes. It posts a message, and never calls into the program.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use notice::{Bilingual, Clock, Error, ErrorKind, Result};
use parking_lot::Mutex;

use super::state::Shared;

/// Clocks are set and machines sleep: so long, at most, until the next look at the clock.
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
        let revision = shared.board.revision()?;
        let target = Arc::new(Mutex::new(target));
        let (theirs, shared) = (Arc::clone(&target), Arc::clone(shared));
        let thread = thread::Builder::new()
            .name("notice-watcher".to_owned())
            .spawn(move || {
                // Any error but these is that of a board that is not to be had any more.
                let _ = watch(&shared, revision, || tell(*theirs.lock(), post));
            })
            .map_err(|error| {
                let reason = Bilingual::new(
                    format!("no thread can be started: {error}"),
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

/// Says each change of the board after `revision`, by a revision or by time alone.
fn watch(shared: &Shared, mut revision: i64, say: impl Fn()) -> Result<()> {
    loop {
        let next = shared.board.count(&shared.query())?.next_change_at;
        let until_next = u64::try_from(next.saturating_sub(shared.clock.now())).unwrap_or(0);
        let timeout = match next {
            0 => LONGEST_WAIT,
            _ => Duration::from_millis(until_next).min(LONGEST_WAIT),
        };
        match shared.board.wait(revision, timeout) {
            Ok(reached) => {
                revision = reached;
                say();
            }
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                if next != 0 && next <= shared.clock.now() {
                    say();
                }
            }
            // Restored from a backup.
            Err(error) if error.kind() == ErrorKind::FutureRevision => {
                revision = shared.board.revision()?;
                say();
            }
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
