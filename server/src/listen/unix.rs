//! Unix sockets.

use std::fs::{self, Permissions};
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{SocketAddr, UnixListener as StdListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notice::Result;
use tokio::net::{UnixListener, UnixStream};

use super::place::{self, Place, beside, identity};
use crate::fault::{invalid, io as failed};

/// A Unix socket that clients connect to.
pub(crate) struct Unix {
    listener: UnixListener,
    path: PathBuf,
    /// Owner of the socket's file; None when it has no file.
    owner: Option<u32>,
    /// None for a socket that the system made.
    place: Option<Arc<Place>>,
}

impl Unix {
    /// Looks at a path without changing anything.
    ///
    /// # Errors
    /// `invalid_field` for a path that no socket can have; `io` when its folder is not there.
    pub(crate) fn check(path: &Path) -> Result<()> {
        let name = path.display();
        // The name that it is made under is longer.
        SocketAddr::from_pathname(beside(path, ".new")).map_err(|_| {
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

    /// Listens on a socket at `path`, to which only its owner may connect. A socket that a dead server left behind is
    /// replaced.
    ///
    /// # Errors
    /// `locked` when a server listens there; `exists` when something else is there; `io`.
    pub(crate) fn bind(path: &Path) -> Result<Self> {
        let on_path = |error: io::Error| failed(&path.display(), &error);
        let lock = place::claim(path)?;
        // Made under another name and moved when it is private: nobody else can connect in between.
        let fresh = beside(path, ".new");
        let _ = fs::remove_file(&fresh);
        let listener = UnixListener::bind(&fresh).map_err(on_path)?;
        fs::set_permissions(&fresh, Permissions::from_mode(0o600)).map_err(on_path)?;
        let about = fs::symlink_metadata(&fresh).map_err(on_path)?;
        fs::rename(&fresh, path).map_err(on_path)?;
        let place = Place::new(path.to_owned(), identity(&about), lock, true);
        Ok(Self {
            listener,
            path: path.to_owned(),
            owner: Some(about.uid()),
            place: Some(Arc::new(place)),
        })
    }

    /// Listens on a socket that exists: at the place that this server owns now, or else wherever the system bound it.
    ///
    /// # Errors
    /// `io`.
    pub(super) fn of(listener: OwnedFd, place: Option<Arc<Place>>) -> Result<Self> {
        let listener = StdListener::from(listener);
        let bound = listener.local_addr().ok();
        let bound = bound.as_ref().and_then(SocketAddr::as_pathname);
        let path = match (&place, bound) {
            (Some(place), _) => place.path.clone(),
            (None, bound) => bound.unwrap_or(Path::new("")).to_owned(),
        };
        let on_path = |error: io::Error| failed(&path.display(), &error);
        listener.set_nonblocking(true).map_err(on_path)?;
        Ok(Self {
            listener: UnixListener::from_std(listener).map_err(on_path)?,
            owner: fs::symlink_metadata(&path).ok().map(|about| about.uid()),
            path,
            place,
        })
    }

    /// Returns another handle of the socket, and the place that goes with it.
    pub(super) fn handle(&self) -> io::Result<(OwnedFd, Option<Arc<Place>>)> {
        let listener = self.listener.as_fd().try_clone_to_owned()?;
        Ok((listener, self.place.clone()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the user who owns the socket.
    pub(crate) fn owner(&self) -> Option<u32> {
        self.owner
    }

    /// Accepts a connection, and returns the user at the other end.
    pub(crate) async fn accept(&self) -> io::Result<(UnixStream, u32)> {
        let (stream, _) = self.listener.accept().await?;
        let user = stream.peer_cred()?.uid();
        Ok((stream, user))
    }
}
