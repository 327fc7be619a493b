//! Built-in schemes, by cargo feature.

use std::sync::Arc;

use super::options::Options;
use super::scheme::Scheme;
use super::url::BoardUrl;
use crate::board::SharedBoard;
use crate::engine::{Keep, Local, Replica, Settings, Store, WriteCopy};
use crate::error::{Bilingual, Result};
use crate::journal::Checkpoint;

/// The schemes of this build.
pub(super) const SCHEMES: &[Scheme] = &[
    Scheme::new(
        "mem",
        "mem:",
        "a board in this process, gone with it",
        memory,
    )
    .parameters(&["budget_mb"]),
    #[cfg(feature = "file")]
    Scheme::new(
        "file",
        "file:PATH",
        "a board in this process, kept in one file",
        file,
    )
    .parameters(&["mode", "durability", "budget_mb"]),
    #[cfg(feature = "client")]
    super::daemon::TCP,
    #[cfg(feature = "tls")]
    super::daemon::TLS,
    #[cfg(all(feature = "client", unix))]
    super::daemon::UNIX,
];

/// Schemes missing from this build, with the cargo features that enable them.
pub(super) const MISSING: &[(&str, &str)] = &[
    #[cfg(not(feature = "file"))]
    ("file", "file"),
    #[cfg(not(feature = "client"))]
    ("tcp", "client"),
    #[cfg(not(feature = "tls"))]
    ("tls", "tls"),
    #[cfg(all(not(feature = "client"), unix))]
    ("unix", "client"),
];

/// Maximum of `budget_mb`, so that the number of bytes fits into a u64.
const MOST_MEGABYTES: u64 = u64::MAX / MEGABYTE;
const MEGABYTE: u64 = 1024 * 1024;

/// Opens `mem:`.
fn memory(url: &BoardUrl, options: Options) -> Result<SharedBoard> {
    options.refuse_remote()?;
    if !url.place().is_empty() {
        let reason = Bilingual::new(
            "an in-memory board has no name; write mem:",
            "内存公告板没有名称，应写作 mem:",
        );
        return Err(url.refuse_place(reason));
    }
    let store = Store::new(settings(url, options)?);
    Ok(Arc::new(Local::new(store)))
}

/// Opens `file:PATH`.
#[cfg(feature = "file")]
fn file(url: &BoardUrl, mut options: Options) -> Result<SharedBoard> {
    use crate::engine::Durability;
    use crate::file::{FileMedium, Mode};

    options.refuse_remote()?;
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
    let progress = options.local.progress.take();
    let settings = settings(url, options)?;
    let medium = Box::new(FileMedium::new(&url.path()?));
    let (mode, durability) = (mode.unwrap_or_default(), durability.unwrap_or_default());
    let (sizing, progress) = (crate::file::Sizing::default(), progress.as_ref());
    let store = crate::file_board::open(settings, medium, mode, durability, progress, sizing);
    let board = store.map(Local::new);
    if let Some(progress) = progress {
        // If the caller's function has panicked, this goes on with it. The handle is there by now, so that
        // the file is closed, and unlocked, before the caller catches the panic.
        progress.end();
    }
    Ok(Arc::new(board?))
}

/// Function that backs up a board in memory; None without the feature `file`.
#[cfg(feature = "file")]
const WRITE_COPY: Option<WriteCopy> = Some(crate::file_board::write_copy);
#[cfg(not(feature = "file"))]
const WRITE_COPY: Option<WriteCopy> = None;

/// Returns the settings common to both kinds of boards in this process.
fn settings(url: &BoardUrl, options: Options) -> Result<Settings> {
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
