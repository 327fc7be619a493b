//! Opening boards by URL.

mod built_in;
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
/// The path is used unchanged, without any escaping, and ends at the first `?`. A relative path starts from
/// the working directory. Parameters follow the `?` and are separated by `&`:
///
/// | parameter | meaning |
/// |---|---|
/// | `durability=full` | a call returns when its change is on disk; the default |
/// | `durability=relaxed` | a change reaches the disk within 100 milliseconds, and when the board is closed; a crash may lose the last moments, but never leaves half a change |
/// | `budget_mb=N` | limits the memory of the board, in MiB. A board in a file first evicts texts of expired announcements. From 85 % on, announcements below `warning` are refused with `over_budget`, from 100 % on all, and marks of new users |
///
/// Only one process at a time can have a file open.
///
/// # Errors
/// `unsupported` for an unsupported scheme, or a file written by a later release; `invalid_field`
/// for a malformed URL; for a file: `locked`, `corrupt`, `read_only`, `io`.
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
