//! Opening boards by URL.

mod built_in;
#[cfg(feature = "client")]
mod daemon;
mod options;
mod scheme;
mod schemes;
mod url;

use crate::board::SharedBoard;
use crate::error::Result;

pub use self::options::{CommonOptions, LocalOptions, Options, RemoteOptions};
pub use self::scheme::Scheme;
pub use self::schemes::{register, schemes};
pub use self::url::BoardUrl;

impl Options {
    /// Opens the board that `url` names.
    ///
    /// # Errors
    /// As [`open`](crate::open); `unsupported` for a setting that does not apply to this kind of board.
    pub fn open(self, url: &str) -> Result<SharedBoard> {
        schemes::open(&BoardUrl::parse(url)?, self)
    }
}

/// Opens a board by its URL. [`register`] adds further schemes.
///
/// | URL | board |
/// |---|---|
/// | `mem:` | in this process, without a file |
/// | `file:PATH` | in this process, kept in one file, which is created if it does not exist |
///
/// A URL without a `?` contains the path as it is, with any character. Parameters follow a `?` and are separated
/// by `&`. In a URL with a `?` the path is percent-encoded: write `%3F` for a question mark and `%25` for a
/// percent sign, as [`BoardUrl::path`] explains. A relative path starts from the working directory.
///
/// | parameter | meaning |
/// |---|---|
/// | `durability=full` | a call returns when its change is on disk; the default |
/// | `durability=relaxed` | a change reaches the disk within 100 milliseconds, and when the board is closed; a crash may lose the last moments, but never leaves half a change |
/// | `mode=rwc` | read and write; make a new board where there is no file; the default |
/// | `mode=rw` | read and write a board that exists |
/// | `mode=ro` | read a board that exists, without writing a byte, as on read-only media; writes are refused with `read_only` |
/// | `mode=init` | make a new board of an empty file, which keeps its owner and permissions, or where there is no file; `exists` when the file has content |
/// | `budget_mb=N` | limits the memory of the board, in MiB. A board in a file first evicts texts of expired announcements. From 85 % on, announcements below `warning` are refused with `over_budget`, from 100 % on all, and marks of new users |
///
/// While a file is open, and after a crash, its newest changes are in `PATH-journal` beside it. Do not delete
/// that, and copy a board with [`Custody::backup`](crate::Custody::backup).
///
/// Only one process at a time can have a file open, and only once, except for `mode=ro`: any number may read
/// a file that nobody has open for writing. An empty file is `corrupt` except for `mode=init`, because it may be
/// what a power cut or a failed copy has left of a board.
///
/// # Errors
/// `unsupported` for an unsupported scheme, or a file written by a later release; `invalid_field`
/// for a malformed URL; for a file: `locked`, `corrupt`, `exists`, `read_only`, `io`.
///
/// ```
/// # let directory = std::env::temp_dir().join(format!("notice-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory).unwrap();
/// # let url = format!("file:{}", directory.join("board.notice").display());
/// use notice::Draft;
/// let board = notice::open(&url)?;
/// board.publish(&Draft::new("en", "Kept"))?;
/// drop(board);
/// assert_eq!(notice::open(&url)?.revision()?, 1);
/// # std::fs::remove_dir_all(&directory).unwrap();
/// # Ok::<(), notice::Error>(())
/// ```
pub fn open(url: &str) -> Result<SharedBoard> {
    Options::new().open(url)
}
