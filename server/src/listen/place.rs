//! A path that a server owns, with the Unix socket at it.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, TryLockError};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use notice::{Error, ErrorKind, Result};

use crate::fault::{fault, io as failed};

/// A path that a server owns. Dropping it removes the socket there, unless the socket changes hands.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    /// Device and inode of the socket's file.
    pub(super) file: (u64, u64),
    /// Locked as long as a server owns the path. The lock belongs to the open file, so a process that receives it
    /// has the lock as well, and the path is never without an owner while it changes hands. The file stays: two
    /// servers could lock two files of one name otherwise.
    pub(super) lock: File,
    /// Whether the file goes with this process. While the socket changes hands it goes with neither, so that whichever
    /// of them dies, the other one's clients still find it.
    is_owned: AtomicBool,
}

impl Place {
    /// Joins what belongs to a path.
    pub(super) fn new(path: PathBuf, file: (u64, u64), lock: File, is_owned: bool) -> Self {
        Self {
            path,
            file,
            lock,
            is_owned: AtomicBool::new(is_owned),
        }
    }

    /// Says whether dropping this removes the socket's file.
    pub(super) fn set_owned(&self, is_owned: bool) {
        self.is_owned.store(is_owned, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Another file may have taken the name.
        let is_own =
            || fs::symlink_metadata(&self.path).is_ok_and(|about| identity(&about) == self.file);
        if self.is_owned.load(Ordering::Relaxed) && is_own() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Takes the lock beside the socket, and removes a socket that a dead server left behind.
///
/// # Errors
/// `locked` when a server listens there; `exists` when something else is there; `io`.
pub(super) fn claim(path: &Path) -> Result<File> {
    let lock = lock(path)?;
    clear(path)?;
    Ok(lock)
}

/// Takes the lock beside the socket.
fn lock(path: &Path) -> Result<File> {
    let name = beside(path, ".lock");
    let on_name = |error: &io::Error| failed(&name.display(), error);
    let mut options = File::options();
    options.create(true).write(true).truncate(false).mode(0o600);
    let file = options.open(&name).map_err(|error| on_name(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(in_use(path)),
        Err(TryLockError::Error(error)) => Err(on_name(&error)),
    }
}

/// Removes a dead socket.
fn clear(path: &Path) -> Result<()> {
    let about = match fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(&path.display(), &error)),
    };
    let name = path.display();
    if !about.file_type().is_socket() {
        return Err(fault(
            ErrorKind::Exists,
            format!("{name} is there and not a socket; choose another path"),
            format!("{name} 已存在且不是套接字；请另选路径"),
        ));
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(|error| failed(&name, &error))
        }
        // Somebody answers, or nobody knows whether somebody would.
        Ok(_) => Err(in_use(path)),
        Err(error) => Err(failed(&name, &error)),
    }
}

fn in_use(path: &Path) -> Error {
    let name = path.display();
    fault(
        ErrorKind::Locked,
        format!("a server listens on {name} already; stop it, or choose another path"),
        format!("{name} 上已有服务器在监听；请先停止它，或另选路径"),
    )
}

/// Returns the path with a suffix.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Returns device and inode.
pub(super) fn identity(about: &Metadata) -> (u64, u64) {
    (about.dev(), about.ino())
}
