//! Two processes, a core each, that send each other messages through memory.
//!
//! | module | what is there |
//! |---|---|
//! | `cores` | which core a process may run on |
//! | `channel` | what is measured of each contestant |
//! | `line` | a counter and bytes in shared memory, which is the floor, and a word to sleep on |
//! | `ring` | libnotice's ring |
//! | `iceoryx` | iceoryx2 |
//! | `role` | what the other process does |

mod channel;
mod cores;
#[cfg(feature = "iceoryx2")]
mod iceoryx;
mod line;
mod ring;
mod role;

use std::ffi::OsStr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;

use crate::Result;
use crate::other::{Other, failed};
pub(crate) use channel::{Channel, Contestant, Side, patiently};
pub(crate) use cores::Pinned;
pub(crate) use line::Board;
pub(crate) use role::run as run_role;

/// The first word on the command line of the other role.
pub(crate) const ROLE: &str = "pair-role";
/// The name of the board whose writer is killed.
pub(crate) const WRITTEN: &str = "written";
/// The name of the board whose reader sleeps.
pub(crate) const SLEEPERS: &str = "sleepers";
/// Where memory has a name.
const MEMORY: &str = "/dev/shm";

/// Folder of the files of a measurement, which is removed with it.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new() -> Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("notice-bench-{}-{number}", std::process::id());
        let path = Path::new(MEMORY).join(name);
        let made = std::fs::DirBuilder::new().mode(0o700).create(&path);
        made.map_err(failed("a folder in memory"))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
        // iceoryx2 has its memory beside it, and leaves some of it.
        let Some(name) = self.0.file_name().and_then(|name| name.to_str()) else {
            return;
        };
        let begin = beside(name);
        let entries = std::fs::read_dir(MEMORY).into_iter().flatten().flatten();
        let is_own = |file: &std::ffi::OsStr| {
            let file = file.to_str();
            file.is_some_and(|file| file.starts_with(&begin))
        };
        for entry in entries.filter(|entry| is_own(&entry.file_name())) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// How names begin that are beside the folder with a name, and no other folder's.
fn beside(name: &str) -> String {
    format!("{name}_")
}

/// Starts the other process in `place`, with the further words of its role.
pub(crate) fn start(place: &Place, words: &[&str]) -> Result<Other> {
    let role = [OsStr::new(ROLE), place.path().as_os_str()];
    let words: Vec<&OsStr> = role
        .into_iter()
        .chain(words.iter().map(OsStr::new))
        .collect();
    Other::start(&words)
}

/// This end of all channels between two processes, each on a core of its own.
pub(crate) struct Pair {
    pub(crate) other: Other,
    place: Place,
    /// What is shared beside the channels.
    pub(crate) board: Board,
    /// Dropped last: then this process runs where it did before.
    _pinned: Pinned,
}

impl Pair {
    /// Starts the other process. None on a machine that lets this process run on one core only.
    pub(crate) fn start() -> Result<Option<Self>> {
        let Some([ours, theirs]) = cores::two()? else {
            return Ok(None);
        };
        let place = Place::new()?;
        let board = Board::create(place.path())?;
        let other = start(&place, &["echo", &theirs.to_string()])?;
        let pinned = Pinned::to(ours)?;
        Ok(Some(Self {
            other,
            place,
            board,
            _pinned: pinned,
        }))
    }

    /// Opens a channel there and back for messages of so many words at both ends.
    pub(crate) fn open(
        &mut self,
        contestant: Contestant,
        words: usize,
    ) -> Result<Box<dyn Channel>> {
        let half = contestant.open(self.place.path(), Side::Near, words)?;
        let order = json!({"open": contestant.name(), "words": words});
        self.other.order(&order)?;
        half.join()
    }

    /// Returns the folder of the files of both processes.
    pub(crate) fn folder(&self) -> &Path {
        self.place.path()
    }

    /// Closes all channels of the other process.
    pub(crate) fn close(&mut self) -> Result {
        self.other.order(&json!({"close": 1})).map(|_| ())
    }
}
