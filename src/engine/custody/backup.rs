//! Backups, restoring them, and making the file small.

use std::path::Path;

use crate::engine::custody::export_import::whole_board;
use crate::engine::custody::verify::check_file;
use crate::engine::writer::durable::change_record;
use crate::engine::{Store, random_epoch};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::file::{
    BoardFile, Copied, Edit, FileMedium, Head, copy, look_at, write_out as write_copy,
};
use crate::query::Compaction;
use crate::query::Verification;

impl Store {
    /// Writes a copy of the board as it is now; others go on using it.
    pub(crate) fn back_up(&self, to: &Path) -> Result<i64> {
        let to = FileMedium::new(to);
        // A file that cannot be written any more is behind memory, and may be gone.
        if let Some(durable) = &self.durable
            && self.write_out().is_ok()
            && durable.file.is_readable()
        {
            let copied = durable.file.look(|snapshot| {
                copy(snapshot, &to, Copied::Same)?;
                Ok(snapshot.board()?.revision)
            });
            match copied {
                // What was damaged on the disk is in memory still.
                Err(error) if error.kind() == ErrorKind::Corrupt => {}
                copied => return copied,
            }
        }
        let (head, changes) = {
            let (index, users, feed) = (self.index.read(), self.users.read(), self.feed.read());
            let mut changes = whole_board(&index, &users)?;
            let mut place = (0, 0);
            for entry in feed.entries() {
                place = (
                    entry.revision,
                    if place.0 == entry.revision {
                        place.1 + 1
                    } else {
                        0
                    },
                );
                changes.push(Edit::PutChange(place, change_record(entry)));
            }
            let head = Head {
                epoch: *self.epoch.read(),
                revision: index.revision,
                last_id: index.last_id,
                compacted: feed.oldest(),
                created_at: self.created_at,
            };
            (head, changes)
        };
        write_copy(head, &changes, &to)?;
        Ok(head.revision)
    }

    /// Makes the file as small as it can be. Writers wait; readers do not.
    pub(crate) fn compact_file(&self) -> Result<Compaction> {
        let Some(durable) = &self.durable else {
            let reason = Bilingual::new("an in-memory board has no file", "内存公告板没有文件");
            return Err(Error::new(ErrorKind::Unsupported, reason));
        };
        let _right = self.writer.lock();
        durable.write_out()?;
        let before = durable.file.length();
        durable.file.compact()?;
        let after = durable.file.length();
        Ok(Compaction { before, after })
    }
}

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
/// board.require_custody()?.backup(&saved)?;
///
/// notice::restore_backup(&saved, &restored)?;
/// let url = format!("file:{}", restored.display());
/// assert_eq!(notice::open(&url)?.revision()?, 1);
/// # std::fs::remove_dir_all(&directory).unwrap();
/// # Ok::<(), notice::Error>(())
/// ```
#[cfg(feature = "file")]
pub fn restore_backup(from: &Path, to: &Path) -> Result<()> {
    let epoch = random_epoch();
    look_at(Box::new(FileMedium::new(from)), |snapshot| {
        copy(snapshot, &FileMedium::new(to), Copied::Anew(epoch))
    })
}

/// Checks a file that nobody has open, also one that [`open`](crate::open) refuses: as
/// [`Custody::verify`](crate::Custody::verify), without what is in memory.
///
/// # Errors
/// `locked`, `io`; `corrupt` and `unsupported` for a file of which nothing can be read.
#[cfg(feature = "file")]
pub fn verify(path: &Path) -> Result<Verification> {
    let file = BoardFile::open_existing(Box::new(FileMedium::new(path)))?;
    let mut found = Verification::default();
    check_file(&file, &mut found)?;
    Ok(found)
}
