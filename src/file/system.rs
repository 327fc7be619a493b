//! What of files differs between systems: identities, permissions, and the durability of names.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use super::medium::Permissions;

/// Identity of a file independent of its name: device and inode.
#[cfg(unix)]
pub(super) type Identity = (u64, u64);
/// Not needed: Windows does not let others remove or rename a file that is opened as it is here.
#[cfg(not(unix))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity;

/// Returns options for reading and writing.
pub(super) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        // FILE_SHARE_READ and FILE_SHARE_WRITE, but not FILE_SHARE_DELETE: redb holds the lock, and
        // nobody may remove the file while it is open.
        options.share_mode(1 | 2);
    }
    options
}

/// Gives a new file the mode of the board's and, as far as this process may, its owner: who may open the
/// board must be able to open the journal, and nobody else.
#[cfg(unix)]
pub(super) fn like_the_board(file: &File, board: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let board = std::fs::metadata(board)?;
    // Only a privileged process may, and only one that opens somebody else's board needs to.
    let _ = std::os::unix::fs::fchown(file, Some(board.uid()), Some(board.gid()));
    file.set_permissions(board.permissions())
}

/// Windows gives it the rights of its directory, as it did to the board.
#[cfg(not(unix))]
pub(super) fn like_the_board(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns the permissions of a file.
#[cfg(unix)]
pub(super) fn permissions(metadata: &std::fs::Metadata) -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(metadata.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
pub(super) fn permissions(_: &std::fs::Metadata) -> Option<Permissions> {
    None
}

/// Permissions of a file that nothing else is said of: drafts and receipts are in it, so that it is for its owner alone.
#[cfg(unix)]
const OWNER_ONLY: Permissions = 0o600;

/// Has a file made with these permissions, so that it is never open to more users, not even while it is empty. Without any
/// it is for its owner alone.
#[cfg(unix)]
pub(super) fn with_permissions(
    mut options: OpenOptions,
    wanted: Option<Permissions>,
) -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(wanted.unwrap_or(OWNER_ONLY));
    options
}

#[cfg(not(unix))]
pub(super) fn with_permissions(options: OpenOptions, _: Option<Permissions>) -> OpenOptions {
    options
}

/// Gives a new file the permissions that the process's umask has kept back.
#[cfg(unix)]
pub(super) fn give(file: &File, wanted: Option<Permissions>) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match wanted {
        Some(wanted) => file.set_permissions(std::fs::Permissions::from_mode(wanted)),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
pub(super) fn give(_: &File, _: Option<Permissions>) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
pub(super) fn identity(metadata: &std::fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
pub(super) fn identity(_: &std::fs::Metadata) -> Identity {
    Identity
}

/// Makes a new name durable.
#[cfg(unix)]
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(directory)?.sync_all()
}

/// Windows makes names durable by itself.
#[cfg(not(unix))]
pub(super) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Reports whether a file has more than one name.
#[cfg(unix)]
pub(super) fn has_links(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) > 1
}

/// Unknown on Windows.
#[cfg(not(unix))]
pub(super) fn has_links(_: &std::fs::Metadata) -> bool {
    false
}
