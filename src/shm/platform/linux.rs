//! Files and sealed memory of Linux.

use std::fs::{File, Metadata, TryLockError};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::{fs, io};

use rustix::fs::{FallocateFlags, MemfdFlags, OFlags, SealFlags};
use rustix::process::geteuid;

use super::super::failure;
use super::{How, Lock, Sealed};
use crate::error::{ErrorKind, Result};

/// What is handed over to another process.
pub(crate) type Descriptor = OwnedFd;

/// Where the system keeps memory that has a name.
const MEMORY: &str = "/dev/shm";
/// Rights of a folder that only its owner uses.
const ONLY_OWNER: u32 = 0o700;
/// Rights by which others could write.
const OTHERS_WRITE: u32 = 0o022;

/// Returns the bytes of a page.
pub(crate) fn page() -> u64 {
    rustix::param::page_size() as u64
}

/// Returns the folder of this user's segments, and makes it if it is missing.
///
/// It depends on nothing but the user. `XDG_RUNTIME_DIR` is set in some sessions of a user and not in others, which
/// then would not find each other.
///
/// # Errors
/// `io`; `unauthorized` if it belongs to somebody else.
pub(crate) fn folder_of_user() -> Result<PathBuf> {
    let path = Path::new(MEMORY).join(format!("notice-{}", geteuid().as_raw()));
    match fs::DirBuilder::new().mode(ONLY_OWNER).create(&path) {
        Ok(()) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(path),
        Err(error) => Err(failure::io(
            &path,
            "create the folder for shared memory",
            "创建共享内存目录",
            error,
        )),
    }
}

/// Checks that a folder or a file is of this user, and that nobody else can write to it.
///
/// # Errors
/// `unauthorized`.
pub(crate) fn check_owner(path: &Path, metadata: &Metadata) -> Result<()> {
    let (owner, own) = (metadata.uid(), geteuid().as_raw());
    if owner != own {
        return Err(failure::at(
            ErrorKind::Unauthorized,
            path,
            format!(
                "it belongs to user {owner}, and this process runs as user {own}; remove it, or share the board as that user"
            ),
            format!(
                "所有者为用户 {owner}，而本进程以用户 {own} 运行；请删除它，或以该用户身份共享公告板"
            ),
        ));
    }
    let mode = metadata.mode() & 0o7777;
    if mode & OTHERS_WRITE != 0 {
        return Err(failure::at(
            ErrorKind::Unauthorized,
            path,
            format!("others may write to it (mode {mode:o}); take that right away: chmod go-w"),
            format!("其他用户可写（权限 {mode:o}）；请取消该权限：chmod go-w"),
        ));
    }
    Ok(())
}

/// Opens a file that nobody else can write to, without following links.
///
/// # Errors
/// Those of the system.
pub(crate) fn open(path: &Path, how: How) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC;
    File::options()
        .read(true)
        .write(how != How::Read)
        .create(how == How::Make)
        .create_new(how == How::New)
        .mode(0o600)
        .custom_flags(flags.bits() as i32)
        .open(path)
}

/// Reports whether files can have this name.
pub(crate) fn is_name(_: &str) -> bool {
    true
}

/// Locks a file for as long as it is open. Reports whether nobody else has it.
///
/// # Errors
/// Those of the system.
pub(crate) fn try_lock(file: &File, lock: Lock) -> io::Result<bool> {
    let locked = match lock {
        Lock::Alone => file.try_lock(),
        Lock::Shared => file.try_lock_shared(),
    };
    match locked {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Gives a file another name, in place of any file of that name.
///
/// # Errors
/// Those of the system.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Removes a file. Whoever has it open or mapped goes on with it.
///
/// # Errors
/// Those of the system.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

/// Reports whether the file is still the one at `path`.
pub(crate) fn is_same(file: &File, path: &Path) -> io::Result<bool> {
    let (open, named) = (file.metadata()?, fs::symlink_metadata(path));
    match named {
        Ok(named) => Ok((open.dev(), open.ino()) == (named.dev(), named.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns the device of the file that `path` leads to, and its number there.
///
/// # Errors
/// Those of the system.
#[cfg(feature = "file")]
pub(crate) fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

/// Reads at an offset, whatever else is done with the file.
///
/// # Errors
/// Those of the system.
pub(crate) fn read_at(file: &File, to: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(to, offset)
}

/// Returns another descriptor of a file, to be handed over.
///
/// # Errors
/// Those of the system.
pub(crate) fn descriptor(file: &File) -> io::Result<Descriptor> {
    file.try_clone().map(OwnedFd::from)
}

/// Returns the file that was handed over.
///
/// # Errors
/// None on Linux.
pub(crate) fn file(descriptor: Descriptor) -> io::Result<File> {
    Ok(descriptor.into())
}

/// Gives a new file its length and its memory, so that a lack of it is an error now and not a signal later.
///
/// # Errors
/// Those of the system.
pub(crate) fn reserve(file: &File, length: u64) -> io::Result<()> {
    Ok(rustix::fs::fallocate(
        file,
        FallocateFlags::empty(),
        0,
        length,
    )?)
}

/// Creates memory without a name, which can be sealed. `name` is only for people who look.
///
/// # Errors
/// Those of the system.
pub(crate) fn memory_file(name: &str) -> io::Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    Ok(rustix::fs::memfd_create(name, flags)?.into())
}

/// Seals memory. A mapping that can write must have been made before.
///
/// # Errors
/// Those of the system.
pub(crate) fn seal(file: &File, sealed: Sealed) -> io::Result<()> {
    Ok(rustix::fs::fcntl_add_seals(file, seals(sealed))?)
}

/// Checks the seals of memory that somebody handed over: it cannot be truncated under its readers.
///
/// # Errors
/// `unauthorized` if a seal is missing, or if it is no memory of this kind.
pub(crate) fn check_seals(path: &Path, file: &File, sealed: Sealed) -> Result<()> {
    let expected = seals(sealed);
    match rustix::fs::fcntl_get_seals(file) {
        Ok(found) if found.contains(expected) => Ok(()),
        found => Err(failure::at(
            ErrorKind::Unauthorized,
            path,
            format!(
                "the memory is not sealed as it must be: {expected:?} are needed, found: {found:?}"
            ),
            format!("内存未按要求封印：需要 {expected:?}，实际为 {found:?}"),
        )),
    }
}

fn seals(sealed: Sealed) -> SealFlags {
    let always = SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
    match sealed {
        Sealed::Read => always | SealFlags::FUTURE_WRITE,
        Sealed::Unchanging => always | SealFlags::WRITE,
        Sealed::Write => always,
    }
}
