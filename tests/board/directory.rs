//! Directories for the files of tests.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use notice::SharedBoard;

/// A directory of its own for each test, gone when the test is over.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("notice-files-{}-{n}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn url(&self, name: &str) -> String {
        format!("file:{}", self.path(name).display())
    }

    pub(crate) fn open(&self, name: &str) -> SharedBoard {
        notice::open(&self.url(name)).unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}
