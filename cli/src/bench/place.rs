//! Boards that are measured: never one of the user's.

use std::fs;
use std::path::PathBuf;

use notice::{BoardUrl, SharedBoard};
use rustix::process::{Pid, test_kill_process};

use crate::exit::Outcome;
use crate::places;

/// Beginning of the names of folders that a measurement makes; its process is behind it.
const PREFIX: &str = "bench-";

/// A board and where it is. It is gone when this is dropped.
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) board: SharedBoard,
    folder: Option<PathBuf>,
}

impl Place {
    pub(super) fn memory() -> Outcome<Self> {
        Ok(Self {
            name: "memory",
            board: notice::open("mem:")?,
            folder: None,
        })
    }

    /// A board in a file on the disk where boards are kept.
    pub(super) fn file() -> Outcome<Self> {
        let all = places::data_folder()?;
        remove_left_over(&all);
        let folder = all.join(format!("{PREFIX}{}", std::process::id()));
        places::make_private(&folder)?;
        let url = BoardUrl::of_path("file", &folder.join("board.notice"), &[("mode", "init")]);
        let opened = notice::open(&url.to_string());
        if opened.is_err() {
            let _ = fs::remove_dir_all(&folder);
        }
        Ok(Self {
            name: "file",
            board: opened?,
            folder: Some(folder),
        })
    }

    /// The folder above it, for people.
    pub(super) fn folder(&self) -> Option<String> {
        let above = self.folder.as_ref()?.parent()?;
        Some(above.display().to_string())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.board.close();
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Removes what measurements have left that were interrupted.
fn remove_left_over(all: &std::path::Path) {
    let Ok(entries) = fs::read_dir(all) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        let process = number
            .and_then(|number| number.parse().ok())
            .and_then(Pid::from_raw);
        if process.is_some_and(|process| test_kill_process(process).is_err()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
