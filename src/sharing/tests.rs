//! What cannot be brought about from outside: a system without room for shared memory.

#![allow(clippy::unwrap_used, reason = "a test fails so")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use super::{Joint, Naming, Terms};
use crate::board::Board;
use crate::error::{ErrorKind, Result};
use crate::journal::Checkpoint;
use crate::open::Options;
use crate::shm::Folder;

/// A folder, which is removed with this, in which the file that the writer locks cannot be made.
struct Broken(PathBuf);

impl Broken {
    fn new(naming: &Naming) -> Self {
        let name = format!("notice-broken-{}", std::process::id());
        let folder = Self(std::env::temp_dir().join(name));
        let lock = format!("{}.lock", naming.name().unwrap());
        fs::create_dir_all(folder.0.join(lock)).unwrap();
        fs::set_permissions(&folder.0, PermissionsExt::from_mode(0o700)).unwrap();
        folder
    }
}

impl Drop for Broken {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(naming: Naming) -> Result<Joint> {
    let folder = Broken::new(&naming);
    let terms = Terms {
        folder: Folder::at(&folder.0).unwrap(),
        naming,
        timeout: Duration::from_secs(1),
    };
    let opener = Box::new(|_| Options::new().open("mem:"));
    let replica = || Options::new().replica(&Checkpoint::nothing());
    Joint::open(terms, opener, replica)
}

#[test]
fn a_file_that_cannot_be_shared_is_opened_if_nobody_relies_on_it() {
    let file = std::env::current_exe().unwrap();
    let board = open(Naming::OfFile(file)).unwrap();
    assert!(board.custody().is_some());
    let error = open(Naming::Chosen("a".to_owned())).unwrap_err();
    assert_ne!(error.kind(), ErrorKind::Locked, "{error}");
}
