//! Where the board of a case is kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How the board of a case is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// In memory.
    Memory,
    /// In a file.
    File,
    /// In a file, and closed and opened again after each step that changes it. What it writes is put off, so
    /// that closing it must write it out.
    Reopened,
}

impl Kept {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Memory, Self::File, Self::Reopened];

    /// The name that cases know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Memory => "mem",
            Self::File => "file",
            Self::Reopened => "reopened",
        }
    }

    /// The URL of a board that, if it is kept in a file, is in this one.
    pub(crate) fn url(self, file: &Path) -> String {
        match self {
            Self::Memory => "mem:".to_owned(),
            Self::File => format!("file:{}", file.display()),
            Self::Reopened => format!("file:{}?durability=relaxed", file.display()),
        }
    }
}

/// A folder for files, gone when this is dropped.
pub(crate) struct Files {
    folder: PathBuf,
    count: AtomicUsize,
}

impl Files {
    /// In memory where that can be, for nobody needs them when the test is over.
    pub(crate) fn new() -> Self {
        let name = format!("notice-conformance-{}", std::process::id());
        let in_memory = Path::new("/dev/shm").join(&name);
        let folder = match fs::create_dir(&in_memory) {
            Ok(()) => in_memory,
            Err(_) => {
                let on_disk = std::env::temp_dir().join(name);
                fs::create_dir_all(&on_disk).unwrap();
                on_disk
            }
        };
        let count = AtomicUsize::new(0);
        Self { folder, count }
    }

    /// The path of a file that is not there.
    pub(crate) fn fresh(&self) -> PathBuf {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        self.folder.join(format!("{count}.notice"))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // What is left of it harms nobody.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
