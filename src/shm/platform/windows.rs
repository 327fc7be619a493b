//! Files of Windows.
//!
//! A file that is mapped can neither be removed nor replaced, and the name of one that is open stays in use when it is
//! removed. Renaming is always possible. So a file that is in the way gets a name of its own first, behind which nobody
//! looks for anything, and is removed then, or later by whoever finds it unused.

use std::fs::{File, Metadata};
use std::os::windows::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_REPARSE_POINT, FILE_ATTRIBUTE_TEMPORARY, FILE_FLAG_BACKUP_SEMANTICS,
    FILE_FLAG_OPEN_REPARSE_POINT,
};

use super::super::failure;
use super::{GONE, How, Lock, Sealed, kernel32};
use crate::error::{ErrorKind, Result};
use crate::random;

/// What is handed over to another process: nothing, on Windows.
#[derive(Debug)]
pub struct Descriptor(());

/// Names the folder for the data of programs that stays on this machine. Each user has one, in the profile, which other
/// users but administrators cannot write to.
const LOCAL: &str = "LOCALAPPDATA";

/// Returns the bytes of a page, the same on all processors of Windows that are left.
pub(crate) fn page() -> u64 {
    4096
}

/// Returns the folder of this user's segments, and makes it if it is missing.
///
/// # Errors
/// `io`.
pub(crate) fn folder_of_user() -> Result<PathBuf> {
    let local = env::var_os(LOCAL).map(PathBuf::from);
    let Some(local) = local.filter(|local| local.is_absolute()) else {
        return Err(failure::at(
            ErrorKind::Io,
            Path::new(LOCAL),
            "the environment does not name the folder of the user's local data; set LOCALAPPDATA to its whole path",
            "环境变量未给出用户本地数据目录；请将 LOCALAPPDATA 设为其完整路径",
        ));
    };
    let path = local.join("notice").join("shared");
    fs::create_dir_all(&path).map_err(|error| {
        failure::io(
            &path,
            "create the folder for shared memory",
            "创建共享内存目录",
            error,
        )
    })?;
    Ok(path)
}

/// Checks that a folder or a file is there itself, and does not lead elsewhere. That others cannot write to it, the
/// user's profile guarantees.
///
/// # Errors
/// `unauthorized`.
pub(crate) fn check_owner(path: &Path, metadata: &Metadata) -> Result<()> {
    match metadata.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT {
        0 => Ok(()),
        _ => Err(failure::at(
            ErrorKind::Unauthorized,
            path,
            "it is a reparse point, which may lead elsewhere; remove it",
            "这是一个重解析点，可能指向别处；请删除它",
        )),
    }
}

/// Reports whether files can have this name: `nul.ring` is a device, like `NUL`.
pub(crate) fn is_name(name: &str) -> bool {
    let (name, _) = name.split_once('.').unwrap_or((name, ""));
    let is_device = |device: &str| name.eq_ignore_ascii_case(device);
    if ["aux", "con", "nul", "prn"].into_iter().any(is_device) {
        return false;
    }
    let is_port = |port: &str| {
        let (kind, number) = name.split_at_checked(port.len()).unwrap_or_default();
        let mut number = number.chars();
        kind.eq_ignore_ascii_case(port)
            && number.next().is_some_and(char::is_numeric)
            && number.next().is_none()
    };
    !["com", "lpt"].into_iter().any(is_port)
}

/// Opens a file, and never what a link leads to. All may rename and remove it meanwhile.
///
/// # Errors
/// Those of the system.
pub(crate) fn open(path: &Path, how: How) -> io::Result<File> {
    File::options()
        .read(true)
        .write(how != How::Read)
        .create(how == How::Make)
        .create_new(how == How::New)
        // Folders can be opened too, to be refused as such.
        .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS)
        // Kept in memory as long as there is room.
        .attributes(FILE_ATTRIBUTE_TEMPORARY)
        .open(path)
}

/// Locks a file for as long as it is open. Reports whether nobody else has it.
///
/// # Errors
/// Those of the system.
pub(crate) fn try_lock(file: &File, lock: Lock) -> io::Result<bool> {
    kernel32::try_lock(file, lock)
}

/// Gives a file another name, in place of any file of that name. For a moment there may be none.
///
/// # Errors
/// Those of the system.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        // In use. If it was removed meanwhile, there is nothing in the way.
        Err(_) if fs::symlink_metadata(to).is_ok() => match remove(to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => fs::rename(from, to),
        },
        renamed => renamed,
    }
}

/// Removes a file. Its name is free at once; whoever has it open or mapped goes on with it.
///
/// # Errors
/// Those of the system.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let ending = path.extension().and_then(|ending| ending.to_str());
    if ending.is_some_and(|ending| ending.starts_with(GONE)) {
        return fs::remove_file(path);
    }
    let gone = path.with_extension(format!("{GONE}{:016x}", random::number()));
    fs::rename(path, &gone)?;
    // Where it is mapped it stays, until somebody looks again.
    let _ = fs::remove_file(&gone);
    Ok(())
}

/// Reports whether the file is still the one at `path`.
pub(crate) fn is_same(file: &File, path: &Path) -> io::Result<bool> {
    let flags = FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS;
    // No right to anything is asked for.
    let named = File::options()
        .access_mode(0)
        .custom_flags(flags)
        .open(path);
    match named {
        Ok(named) => Ok(kernel32::identity(file)? == kernel32::identity(&named)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns the volume of the file that `path` leads to, and its number there.
///
/// # Errors
/// Those of the system.
#[cfg(feature = "file")]
pub(crate) fn identity(path: &Path) -> io::Result<(u64, u64)> {
    // No right to anything is asked for, so that no lock is in the way.
    let file = File::options().access_mode(0).open(path)?;
    let (volume, number) = kernel32::identity(&file)?;
    Ok((volume.into(), number))
}

/// Reads at an offset, whatever else is done with the file.
///
/// # Errors
/// Those of the system.
pub(crate) fn read_at(file: &File, to: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(to, offset)
}

/// Gives a new file its length, for which Windows finds the room at once.
///
/// # Errors
/// Those of the system.
pub(crate) fn reserve(file: &File, length: u64) -> io::Result<()> {
    file.set_len(length)
}

/// Windows has no memory that can be sealed.
///
/// # Errors
/// `Unsupported`.
pub(crate) fn memory_file(_: &str) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// As [`memory_file`].
///
/// # Errors
/// `Unsupported`.
pub(crate) fn seal(_: &File, _: Sealed) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// As [`memory_file`].
///
/// # Errors
/// `unsupported`.
pub(crate) fn check_seals(_: &Path, _: &File, _: Sealed) -> Result<()> {
    Err(failure::not_handed())
}

/// As [`memory_file`].
///
/// # Errors
/// `Unsupported`.
pub(crate) fn descriptor(_: &File) -> io::Result<Descriptor> {
    Err(io::ErrorKind::Unsupported.into())
}

/// As [`memory_file`].
///
/// # Errors
/// `Unsupported`.
pub(crate) fn file(_: Descriptor) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::super::super::extent::Extent;
    use super::super::super::memory::{Memory, Writable};
    use super::super::Mapping;
    use super::*;

    #[test]
    fn names_of_devices_are_none() {
        for name in [
            "nul", "NUL", "con.a", "Aux", "prn", "com1", "LPT9", "com¹", "COM0.x",
        ] {
            assert!(!is_name(name), "{name}");
        }
        for name in [
            "null", "a.nul", "com", "com10", "comx", "公告", "lpt公", "c",
        ] {
            assert!(is_name(name), "{name}");
        }
    }

    /// Makes a file whose bytes are all the same, and maps it.
    fn make(path: &Path, byte: u8) -> Mapping {
        let file = open(path, How::New).unwrap();
        reserve(&file, page()).unwrap();
        let extent = Extent::new(path, 0, page(), page(), page()).unwrap();
        let mapping = Mapping::new(path, &file, extent).unwrap();
        mapping.copy_in(0, &[byte; 4096]);
        mapping
    }

    #[test]
    fn a_name_is_free_at_once_and_whoever_has_mapped_the_file_goes_on_with_it() {
        let folder = env::temp_dir().join(format!("notice-windows-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let (path, new) = (folder.join("a.b.ring"), folder.join("a.b.ring-new"));
        let first = make(&path, 1);
        remove(&path).unwrap();
        let second = make(&path, 2);
        let third = make(&new, 3);
        rename(&new, &path).unwrap();
        assert!(!new.exists());
        for (mapping, byte) in [(first, 1), (second, 2), (third, 3)] {
            assert_eq!(Memory::load(&mapping, 0), u64::from_ne_bytes([byte; 8]));
        }
        assert_eq!(fs::read(&path).unwrap(), [3; 4096]);
        // Nobody uses them any more.
        for entry in fs::read_dir(&folder).unwrap() {
            let other = entry.unwrap().path();
            if other != path {
                assert!(other.to_str().unwrap().contains("a.b.gone-"), "{other:?}");
                remove(&other).unwrap();
            }
        }
        remove(&path).unwrap();
        fs::remove_dir(&folder).unwrap();
    }

    #[test]
    fn one_has_a_lock_alone_or_several_share_it_and_all_read_meanwhile() {
        let folder = env::temp_dir().join(format!("notice-lock-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let path = folder.join("a.ring");
        fs::write(&path, b"bytes").unwrap();
        let [one, other] = [(); 2].map(|()| open(&path, How::Write).unwrap());
        assert!(try_lock(&one, Lock::Alone).unwrap());
        for lock in [Lock::Alone, Lock::Shared] {
            assert!(!try_lock(&other, lock).unwrap());
        }
        assert_eq!(fs::read(&path).unwrap(), b"bytes");
        drop(one);
        assert!(try_lock(&other, Lock::Shared).unwrap());
        let third = open(&path, How::Read).unwrap();
        assert!(try_lock(&third, Lock::Shared).unwrap());
        let fourth = open(&path, How::Read).unwrap();
        assert!(!try_lock(&fourth, Lock::Alone).unwrap());
        drop((other, third, fourth));
        remove(&path).unwrap();
        fs::remove_dir(&folder).unwrap();
    }
}
