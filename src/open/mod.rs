//! Opening boards: which way a URL names, and how a board is opened.

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
    /// As [`open`](crate::open); `unsupported` for a setting that this kind of board has no use for.
    pub fn open(self, url: &str) -> Result<SharedBoard> {
        schemes::open(&BoardUrl::parse(url)?, self)
    }
}

/// Opens a board. [`register`] adds further kinds of URLs.
///
/// | URL | what it is |
/// |---|---|
/// | `mem:` | a board in this process, gone with it |
/// | `file:PATH` | a board in this process, kept in one file, which is made if it is not there |
///
/// The path stands there as it is, without any escaping, up to a `?`; a relative one begins at the
/// working directory. Behind the `?`, separated by `&`:
///
/// | parameter | what it is |
/// |---|---|
/// | `durability=full` | a call returns when what it changed is on the disk; the default |
/// | `durability=relaxed` | what a call changed is on the disk within 100 milliseconds, and when the board is closed. A crash may cost the last moments, and never leaves half of anything |
/// | `budget_mb=N` | how much memory announcements may take, in MiB: from 85 % of it on, publishing and changing what is below `warning` is refused with `over_budget` |
///
/// One process at a time can have a file open.
///
/// # Errors
/// `unsupported` for a URL of another kind, or a file that a later build wrote; `invalid_field` for one that
/// is malformed; of a file: `locked`, `corrupt`, `read_only`, `io`.
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
