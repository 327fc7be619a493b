//! Unix sockets.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream as StdStream;
use std::path::{Path, PathBuf};

use notice::{Error, ErrorKind, Result};
use tokio::net::{UnixListener, UnixStream};

use crate::fault::{fault, invalid, io as failed};

/// A Unix socket that clients connect to. Only its owner may, and its file is removed when this is dropped.
pub(crate) struct Unix {
    listener: UnixListener,
    path: PathBuf,
    /// Device and inode of the socket's file.
    file: (u64, u64),
    owner: u32,
    /// Locked as long as a server owns the path. Its file stays: two servers could lock two files of one name
    /// otherwise.
    _lock: File,
}

impl Unix {
    /// Looks at a path without changing anything.
    ///
    /// # Errors
    /// `invalid_field` for a path that no socket can have; `io` when its folder is not there.
    pub(crate) fn check(path: &Path) -> Result<()> {
        let name = path.display();
        // The name that it is made under is longer.
        std::os::unix::net::SocketAddr::from_pathname(beside(path, ".new")).map_err(|_| {
            let (en, zh) = (
                "too long for a socket, which has about 100 bytes; choose a shorter path",
                "作为套接字路径过长（最多约 100 字节）；请改用较短的路径",
            );
            invalid("unix", &name.to_string(), en, zh)
        })?;
        match path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            Some(folder) if !folder.is_dir() => Err(failed(
                &name,
                &io::Error::new(io::ErrorKind::NotFound, "its folder is not there"),
            )),
            _ => Ok(()),
        }
    }

    /// Listens on a socket at `path`. A socket that a dead server left behind is replaced.
    ///
    /// # Errors
    /// `locked` when a server listens there; `exists` when something else is there; `io`.
    pub(crate) fn bind(path: &Path) -> Result<Self> {
        let on_path = |error: io::Error| failed(&path.display(), &error);
        let lock = lock(path)?;
        clear(path)?;
        // Made under another name and moved when it is private: nobody else can connect in between.
        let fresh = beside(path, ".new");
        let _ = fs::remove_file(&fresh);
        let listener = UnixListener::bind(&fresh).map_err(on_path)?;
        fs::set_permissions(&fresh, Permissions::from_mode(0o600)).map_err(on_path)?;
        let about = fs::symlink_metadata(&fresh).map_err(on_path)?;
        fs::rename(&fresh, path).map_err(on_path)?;
        Ok(Self {
            listener,
            path: path.to_owned(),
            file: identity(&about),
            owner: about.uid(),
            _lock: lock,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the user who owns the socket.
    pub(crate) fn owner(&self) -> u32 {
        self.owner
    }

    /// Accepts a connection, and returns the user at the other end.
    pub(crate) async fn accept(&self) -> io::Result<(UnixStream, u32)> {
        let (stream, _) = self.listener.accept().await?;
        let user = stream.peer_cred()?.uid();
        Ok((stream, user))
    }
}

impl Drop for Unix {
    fn drop(&mut self) {
        // Another file may have taken the name.
        if fs::symlink_metadata(&self.path).is_ok_and(|about| identity(&about) == self.file) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Takes the lock beside the socket.
fn lock(path: &Path) -> Result<File> {
    let name = beside(path, ".lock");
    let on_name = |error: &io::Error| failed(&name.display(), error);
    let mut options = File::options();
    options.create(true).write(true).truncate(false);
    let file = std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600)
        .open(&name)
        .map_err(|error| on_name(&error))?;
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
    match StdStream::connect(path) {
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

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn identity(about: &Metadata) -> (u64, u64) {
    (about.dev(), about.ino())
}
