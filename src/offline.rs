//! What is done with the file of a board that nobody has open.

use std::path::Path;

use crate::engine::{random_epoch, verify_storage};
use crate::error::Result;
use crate::file::{BoardFile, Copied, FileMedium, copy, look_at};
use crate::query::Verification;

/// Makes a board of a backup: the same announcements, ids, revision and users, and an epoch of its own, so
/// that whoever followed the board lists it again.
///
/// Nothing may be at `to`, and nobody may have `from` open, which need not be writable. All of it is
/// checked while it is read.
///
/// # Errors
/// `exists`; `corrupt`, `unsupported`, `locked` for `from`; `io`, `read_only`.
///
/// ```
/// # let directory = std::env::temp_dir().join(format!("notice-restore-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory).unwrap();
/// # let [saved, restored] = ["saved.notice", "restored.notice"].map(|name| directory.join(name));
/// use notice::Draft;
/// let board = notice::open("mem:")?;
/// board.publish(&Draft::new("en", "Kept"))?;
/// board.backup(&saved)?;
///
/// notice::restore_backup(&saved, &restored)?;
/// let url = format!("file:{}", restored.display());
/// assert_eq!(notice::open(&url)?.revision()?, 1);
/// # std::fs::remove_dir_all(&directory).unwrap();
/// # Ok::<(), notice::Error>(())
/// ```
pub fn restore_backup(from: &Path, to: &Path) -> Result<()> {
    let epoch = random_epoch();
    look_at(Box::new(FileMedium::new(from)), |snapshot| {
        copy(snapshot, &FileMedium::new(to), Copied::Anew(epoch)).map(drop)
    })
}

/// Checks a file that nobody has open, also one that [`open`](crate::open) refuses: as
/// [`Board::verify`](crate::Board::verify), without what is in memory.
///
/// # Errors
/// `locked`, `io`; `corrupt` and `unsupported` for a file of which nothing can be read.
pub fn verify(path: &Path) -> Result<Verification> {
    let file = BoardFile::open_existing(Box::new(FileMedium::new(path)))?;
    let mut found = Verification::default();
    verify_storage(&file, &mut found)?;
    Ok(found)
}
