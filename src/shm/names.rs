//! Where segments are: the folder, and the files of a name.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{failure, platform};
use crate::error::{Bilingual, Error, ErrorKind, Result};

/// Longest name, in bytes.
pub const NAME_BYTES: usize = 100;

/// A folder with shared boards, which nobody but its owner can write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

/// The files of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    folder: PathBuf,
    name: String,
}

/// Endings of the files, behind the last full stop.
const LOCK: &str = "lock";
const RING: &str = "ring";
const BELL: &str = "bell";
const SNAPSHOT: &str = "snapshot-";
const CALLS: &str = "calls-";
const NEW: &str = "-new";

impl Folder {
    /// Returns the folder of this user, `/dev/shm/notice-UID` on Linux and `%LOCALAPPDATA%\notice\shared` on Windows, and
    /// makes it if it is missing.
    ///
    /// # Errors
    /// `unauthorized` if it is not this user's alone; `io`; `unsupported` on other systems.
    pub fn of_user() -> Result<Self> {
        Self::at(platform::folder_of_user()?)
    }

    /// Returns the folder at `path`, which exists.
    ///
    /// # Errors
    /// As [`of_user`](Self::of_user).
    pub fn at(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let metadata = fs::symlink_metadata(&path).map_err(|error| unread(&path, error))?;
        if !metadata.is_dir() {
            let (en, zh) = ("this is not a folder", "不是目录");
            return Err(failure::at(ErrorKind::InvalidField, &path, en, zh));
        }
        platform::check_owner(&path, &metadata)?;
        Ok(Self { path })
    }

    /// Returns the files of `name`.
    ///
    /// # Errors
    /// `invalid_field`, `too_large`.
    pub(crate) fn names(&self, name: &str) -> Result<Names> {
        check_name(name)?;
        Ok(Names {
            folder: self.path.clone(),
            name: name.to_owned(),
        })
    }

    /// Returns all names of which there is a file.
    ///
    /// # Errors
    /// `io`.
    pub(crate) fn all(&self) -> Result<Vec<Names>> {
        let entries = fs::read_dir(&self.path).map_err(|error| unread(&self.path, error))?;
        let mut found: Vec<Names> = Vec::new();
        for entry in entries.filter_map(io::Result::ok) {
            let file = entry.file_name();
            let Some((name, ending)) = file.to_str().and_then(|file| file.rsplit_once('.')) else {
                continue;
            };
            let is_ours = [LOCK, RING, BELL].contains(&ending.trim_end_matches(NEW))
                || ending.starts_with(SNAPSHOT)
                || ending.starts_with(platform::GONE)
                || is_calls(ending);
            if let (true, Ok(names)) = (is_ours, self.names(name))
                && !found.contains(&names)
            {
                found.push(names);
            }
        }
        Ok(found)
    }
}

impl Names {
    /// The file whose lock is the right to write.
    pub(crate) fn lock(&self) -> PathBuf {
        self.file(LOCK)
    }

    /// The ring. Readers hold a shared lock on it.
    pub(crate) fn ring(&self) -> PathBuf {
        self.file(RING)
    }

    /// The page by which those who wait are woken.
    pub(crate) fn bell(&self) -> PathBuf {
        self.file(BELL)
    }

    /// The snapshot of that number.
    pub(crate) fn snapshot(&self, number: u64) -> PathBuf {
        self.file(&format!("{SNAPSHOT}{number}"))
    }

    /// A snapshot that is being written.
    pub(crate) fn new_snapshot(&self) -> PathBuf {
        self.file(&format!("{SNAPSHOT}{}", NEW.trim_start_matches('-')))
    }

    /// The calls that a reader leaves for the writer of that number.
    pub(crate) fn calls(&self, writer: u64, reader: u128) -> PathBuf {
        self.file(&format!("{CALLS}{writer}-{reader:032x}"))
    }

    /// Returns the files with calls, with the numbers of their writers and readers.
    ///
    /// # Errors
    /// `io`.
    pub(crate) fn all_calls(&self) -> Result<Vec<(PathBuf, u64, u128)>> {
        let entries = fs::read_dir(&self.folder).map_err(|error| unread(&self.folder, error))?;
        let of_entry = |entry: fs::DirEntry| {
            let file = entry.file_name();
            let (name, ending) = file.to_str()?.rsplit_once('.')?;
            let (writer, reader) = ending.strip_prefix(CALLS)?.split_once('-')?;
            let reader = u128::from_str_radix(reader, 16).ok()?;
            (name == self.name).then_some((entry.path(), writer.parse().ok()?, reader))
        };
        Ok(entries
            .filter_map(io::Result::ok)
            .filter_map(of_entry)
            .collect())
    }

    /// Where a file is written before it is renamed to `path`.
    pub(crate) fn new_file(path: &Path) -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        name.push(NEW);
        name.into()
    }

    /// Removes all files but the lock, those in `kept`, and those whose endings `is_kept`.
    pub(crate) fn remove_others(&self, kept: &[PathBuf], is_kept: impl Fn(&str) -> bool) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        for entry in entries.filter_map(io::Result::ok) {
            let file = entry.file_name();
            let parts = file.to_str().and_then(|file| file.rsplit_once('.'));
            let path = entry.path();
            if parts.is_some_and(|(name, ending)| name == self.name && !is_kept(ending))
                && path != self.lock()
                && !kept.contains(&path)
            {
                // What cannot be removed now is removed by the next one.
                let _ = platform::remove(&path);
            }
        }
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }
}

/// Checks a name under which a board is to be shared.
///
/// # Errors
/// `invalid_field`, `too_large`.
pub fn check_name(name: &str) -> Result<()> {
    if name.len() > NAME_BYTES {
        let unit = Bilingual::new("bytes", "字节");
        let length = name.len() as u64;
        return Err(Error::too_large("name", length, NAME_BYTES as u64, &unit));
    }
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let begins_well = name.starts_with(char::is_alphanumeric);
    if !begins_well || !name.chars().all(is_inside) {
        let reason = Bilingual::new(
            "a name begins with a letter or a digit, and has letters, digits, -, _ and .",
            "名称须以字母、汉字或数字开头，只能包含字母、汉字、数字、-、_ 和 .",
        );
        return Err(Error::invalid("name", name, reason));
    }
    if !platform::is_name(name) {
        let reason = Bilingual::new(
            "Windows has a device of this name; choose another one",
            "这是 Windows 的设备名，请换一个名称",
        );
        return Err(Error::invalid("name", name, reason));
    }
    Ok(())
}

/// Returns a name that only the file at `path` has, by whatever path it is named. A file that replaces it has another one.
///
/// # Errors
/// `io`.
#[cfg(feature = "file")]
pub(crate) fn name_of_file(path: &Path) -> Result<String> {
    let identity = platform::identity(path);
    let (device, number) =
        identity.map_err(|error| failure::io(path, "look at the file", "查看文件", error))?;
    Ok(format!("file-{device:x}-{number:x}"))
}

/// Reports whether a file with this ending has calls in it.
pub(crate) fn is_calls(ending: &str) -> bool {
    ending.starts_with(CALLS)
}

fn unread(path: &Path, error: io::Error) -> Error {
    failure::io(path, "read the folder", "读取目录", error)
}
