//! How boards in this process are opened.

#[cfg(feature = "file")]
use std::path::PathBuf;

use super::options::Options;
use super::url::BoardUrl;
#[cfg(feature = "file")]
use crate::engine::{Durability, Local};
use crate::engine::{Keep, Replica, Settings, WriteCopy};
#[cfg(feature = "file")]
use crate::error::Bilingual;
use crate::error::Result;
#[cfg(feature = "file")]
use crate::file::{FileMedium, Mode};
use crate::journal::Checkpoint;
#[cfg(feature = "file")]
use crate::progress::Progress;

/// Maximum of `budget_mb`, so that the number of bytes fits into a u64.
const MOST_MEGABYTES: u64 = u64::MAX / MEGABYTE;
const MEGABYTE: u64 = 1024 * 1024;

/// A file, and how it is opened.
#[cfg(feature = "file")]
#[derive(Debug, Clone)]
pub(super) struct OpenFile {
    pub(super) path: PathBuf,
    pub(super) mode: Mode,
    durability: Durability,
}

#[cfg(feature = "file")]
impl OpenFile {
    pub(super) fn of(url: &BoardUrl) -> Result<Self> {
        if url.place().is_empty() {
            let reason = Bilingual::new(
                "missing file path; write file:PATH, such as file:/var/lib/app/board.notice",
                "缺少文件路径，应写作 file:路径，例如 file:C:\\data\\board.notice",
            );
            return Err(url.refuse_place(reason));
        }
        let words = [("full", Durability::Full), ("relaxed", Durability::Relaxed)];
        let durability = url.one_of("durability", &words)?;
        let modes = [
            ("rwc", Mode::Create),
            ("rw", Mode::Existing),
            ("ro", Mode::ReadOnly),
            ("init", Mode::Init),
        ];
        let mode = url.one_of("mode", &modes)?;
        Ok(Self {
            path: url.path()?,
            mode: mode.unwrap_or_default(),
            durability: durability.unwrap_or_default(),
        })
    }

    /// The file at `path`, made if it is missing.
    #[cfg(feature = "shm")]
    pub(super) fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            mode: Mode::default(),
            durability: Durability::default(),
        }
    }

    /// Opens it.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn open(&self, settings: Settings, progress: Option<Progress>) -> Result<Local> {
        let medium = Box::new(FileMedium::new(&self.path));
        let (sizing, told) = (crate::file::Sizing::default(), progress.as_ref());
        let store =
            crate::file_board::open(settings, medium, self.mode, self.durability, told, sizing);
        let board = store.map(Local::new);
        if let Some(progress) = progress {
            // If the caller's function has panicked, this goes on with it. The handle is there by now, so that
            // the file is closed, and unlocked, before the caller catches the panic.
            progress.end();
        }
        board
    }
}

/// Function that backs up a board in memory; None without the feature `file`.
#[cfg(feature = "file")]
const WRITE_COPY: Option<WriteCopy> = Some(crate::file_board::write_copy);
#[cfg(not(feature = "file"))]
const WRITE_COPY: Option<WriteCopy> = None;

/// Returns the settings common to both kinds of boards in this process.
pub(super) fn settings(url: &BoardUrl, options: Options) -> Result<Settings> {
    let megabytes = url.number("budget_mb", 1..=MOST_MEGABYTES)?;
    Ok(Settings {
        clock: options.common.clock,
        keep: options.local.keep.unwrap_or_default(),
        retention_ms: options.local.retention_ms,
        budget_bytes: megabytes.map(|megabytes| megabytes * MEGABYTE),
        write_copy: WRITE_COPY,
    })
}

impl Options {
    /// Creates a board that follows the one in `checkpoint`. Only the clock of these options is used.
    #[must_use]
    pub fn replica(self, checkpoint: &Checkpoint) -> Replica {
        let settings = Settings {
            clock: self.common.clock,
            keep: Keep::default(),
            retention_ms: None,
            budget_bytes: None,
            write_copy: WRITE_COPY,
        };
        Replica::new(settings, checkpoint)
    }
}
