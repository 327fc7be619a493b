//! Joins the engine and the file, which do not know each other.

use std::path::Path;
use std::sync::Arc;

use crate::engine::{Durability, Settings, Store, verify_storage};
use crate::error::Result;
use crate::file::{
    Copied, FileMedium, Journaled, Medium, Mode, Permissions, Repairing, Sizing, copy, look_at,
    write_out as write_new,
};
use crate::journal::{Checkpoint, Position};
use crate::progress::{Progress, Step};
use crate::query::Verification;
use crate::random;

/// Opens the board in `medium`, or creates it where `mode` says so. The caller ends `progress`, once the board
/// is in a handle that closes it.
///
/// # Errors
/// Those of the file.
pub(crate) fn open(
    settings: Settings,
    medium: Box<dyn Medium>,
    mode: Mode,
    durability: Durability,
    progress: Option<&Progress>,
    sizing: Sizing,
) -> Result<Arc<Store>> {
    let repairing = progress.cloned().map(|progress| -> Arc<Repairing> {
        // Reported in thousandths.
        Arc::new(move |part| progress.tell(Step::Repairing, (part * 1000.0) as u64, 1000))
    });
    let new = Position::new(random::identity(), settings.opened_at());
    let durability = match mode {
        Mode::ReadOnly => Durability::ReadOnly,
        _ => durability,
    };
    Journaled::open(medium, mode, new, repairing, sizing)
        .and_then(|file| Store::open(settings, Arc::new(file), durability, progress))
}

/// Writes a board in memory to a new file with these permissions.
///
/// # Errors
/// `exists`; `io`; `read_only`.
pub(crate) fn write_copy(
    checkpoint: &Checkpoint,
    to: &Path,
    permissions: Option<Permissions>,
) -> Result<()> {
    write_new(checkpoint, &FileMedium::new(to).with(permissions))
}

/// Makes a board from a backup: the same announcements, ids, revision and users, with a new epoch,
/// so that followers list again. The new file has the permissions of `from`.
///
/// `to` must not exist. Nobody may have `from` open for writing, and it need not be writable: nothing is
/// written to it. All of it is checked as it is read.
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
/// board.require_custody()?.backup(&saved)?;
///
/// notice::restore_backup(&saved, &restored)?;
/// let url = format!("file:{}", restored.display());
/// assert_eq!(notice::open(&url)?.revision()?, 1);
/// # std::fs::remove_dir_all(&directory).unwrap();
/// # Ok::<(), notice::Error>(())
/// ```
pub fn restore_backup(from: &Path, to: &Path) -> Result<()> {
    let epoch = random::identity();
    look_at(
        Box::new(FileMedium::new(from)),
        Sizing::default(),
        |snapshot| {
            copy(
                snapshot,
                &FileMedium::copy_of(from, to),
                Copied::Anew(epoch),
            )
            .map(drop)
        },
    )
}

/// Checks a file that nobody has open for writing, including one that [`open`](crate::open) refuses. It
/// checks the same as [`Custody::verify`](crate::Custody::verify), except for memory, and writes nothing: the
/// file may be on read-only media.
///
/// # Errors
/// `locked`, `io`; `corrupt` and `unsupported` for an unreadable file.
pub fn verify(path: &Path) -> Result<Verification> {
    let file = Journaled::open_to_read(Box::new(FileMedium::new(path)), Sizing::default())?;
    let mut found = Verification::default();
    verify_storage(&file, &mut found)?;
    Ok(found)
}
