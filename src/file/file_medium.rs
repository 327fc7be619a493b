//! A board in the file system: opening and creating its file, and the journal file beside it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use redb::StorageBackend;

use super::failure::{corrupt, io_error, locked};
use super::medium::{Medium, Permissions};
use super::overlay::Overlay;
use super::recorded::Recorded;
use super::system::{
    Identity, give, has_links, identity, like_the_board, options, permissions, sync_directory,
    with_permissions,
};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::locks::Mutex;

/// First bytes of every redb file.
const MAGIC: [u8; 9] = *b"redb\x1A\x0A\xA9\x0D\x0A";
/// Length of the beginning that is written last when an empty file is filled, so that an unfinished
/// one is never taken for a board. It contains [`MAGIC`].
const BEGINNING: usize = 4096;

/// A file, by its path.
pub(crate) struct FileMedium {
    path: PathBuf,
    name: String,
    journal_name: String,
    /// Identity of the last opened file.
    opened: Mutex<Option<Identity>>,
    /// Path and identity of the last opened journal file.
    opened_journal: Mutex<Option<(PathBuf, Identity)>>,
    /// Permissions of the last opened file.
    opened_with: Mutex<Option<Permissions>>,
    /// Permissions of a file that is made; None for its owner alone.
    wanted: Option<Permissions>,
}

impl FileMedium {
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            name: path.display().to_string(),
            journal_name: journal_beside(path).display().to_string(),
            opened: Mutex::new(None),
            opened_journal: Mutex::new(None),
            opened_with: Mutex::new(None),
            wanted: None,
        }
    }

    /// Returns the path of the journal file. It is beside the file itself, not beside a link to it, so
    /// that whoever opens the file by another name finds it.
    fn journal_path(&self) -> PathBuf {
        let path = std::fs::canonicalize(&self.path);
        journal_beside(path.as_ref().unwrap_or(&self.path))
    }

    fn journal_error(&self, en: &str, zh: &str, error: io::Error) -> Error {
        io_error(&self.journal_name, en, zh, error)
    }

    /// Names a file that is made as a copy of another one, with its permissions.
    pub(crate) fn copy_of(from: &Path, to: &Path) -> Self {
        // A missing file is reported by opening it.
        let there = std::fs::metadata(from).ok();
        Self::new(to).with(there.as_ref().and_then(permissions))
    }

    /// Sets the permissions of a file that is made, which are usually those of the file that it is a copy of.
    pub(crate) fn with(self, wanted: Option<Permissions>) -> Self {
        Self { wanted, ..self }
    }

    fn error(&self, en: &str, zh: &str, error: io::Error) -> Error {
        io_error(&self.name, en, zh, error)
    }
}

impl Medium for FileMedium {
    fn name(&self) -> &str {
        &self.name
    }

    fn exists(&self) -> Result<bool> {
        match std::fs::metadata(&self.path) {
            Ok(metadata) if metadata.is_dir() => Err(Error::of_file(
                &self.name,
                Bilingual::new("is a directory", "是一个目录"),
            )
            .of_kind(ErrorKind::Io)),
            // They have no length, and would be taken for empty files.
            Ok(metadata) if !metadata.is_file() => Err(Error::of_file(
                &self.name,
                Bilingual::new(
                    "not a regular file but a device, a pipe or a socket",
                    "不是普通文件，而是设备、管道或套接字",
                ),
            )
            .of_kind(ErrorKind::Io)),
            Ok(metadata) => Ok(metadata.len() > 0),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.error("examine it", "检查文件", error)),
        }
    }

    fn is_empty(&self) -> Result<bool> {
        let there = std::fs::metadata(&self.path);
        Ok(there.is_ok_and(|there| there.is_file() && there.len() == 0))
    }

    fn open(&self) -> Result<Box<dyn StorageBackend>> {
        let (identity, backend) = self.open_with(&options())?;
        *self.opened.lock() = Some(identity);
        Ok(backend)
    }

    fn open_to_read(&self) -> Result<Box<dyn StorageBackend>> {
        let (_, backend) = self.open_with(OpenOptions::new().read(true))?;
        Ok(backend)
    }

    fn create(&self, fill: &mut dyn FnMut(Box<dyn StorageBackend>) -> Result<()>) -> Result<()> {
        if self.is_empty()? {
            return self.fill_empty(fill);
        }
        let (unfinished, file) = self.make_beside()?;
        let failed = |error: io::Error| self.error("create it", "创建文件", error);
        let made = backend(&self.name, file)
            .and_then(&mut *fill)
            .and_then(|()| self.put_in_place(&unfinished).map_err(failed));
        if made.is_err() {
            // A failure to remove the remains is not a new error.
            let _ = std::fs::remove_file(&unfinished);
        }
        made
    }

    fn has_other_names(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|there| has_links(&there))
    }

    fn permissions(&self) -> Option<Permissions> {
        // They may have been changed since the file was opened, but those of another file do not count.
        let there = std::fs::metadata(&self.path).ok();
        let opened = *self.opened.lock();
        let is_it = |there: &std::fs::Metadata| Some(identity(there)) == opened;
        there
            .filter(is_it)
            .map_or_else(|| *self.opened_with.lock(), |there| permissions(&there))
    }

    #[cfg(unix)]
    fn check_present(&self) -> Result<()> {
        let present = std::fs::metadata(&self.path).map(|metadata| identity(&metadata));
        if present.as_ref().ok() == self.opened.lock().as_ref() {
            return Ok(());
        }
        let reason = Bilingual::new(
            "removed, renamed or replaced while the board was open; nothing more is written to it: \
             put the file back, or back up the board elsewhere and open the backup",
            "在公告板打开期间被删除、改名或替换，不再写入：请放回原文件，或将公告板备份到别处后打开备份",
        );
        Err(Error::of_file(&self.name, reason).of_kind(ErrorKind::Io))
    }

    #[cfg(not(unix))]
    fn check_present(&self) -> Result<()> {
        Ok(())
    }

    fn journal_name(&self) -> &str {
        &self.journal_name
    }

    fn open_journal(&self) -> Result<Option<Box<dyn StorageBackend>>> {
        self.open_journal_with(&options())
    }

    fn open_journal_to_read(&self) -> Result<Option<Box<dyn StorageBackend>>> {
        self.open_journal_with(OpenOptions::new().read(true))
    }

    fn create_journal(&self) -> Result<Box<dyn StorageBackend>> {
        let path = self.journal_path();
        let create = || -> io::Result<File> {
            // An empty one may be left of an attempt that failed.
            // For its owner alone until it has the mode of the board.
            let file = with_permissions(options(), None)
                .create(true)
                .truncate(false)
                .open(&path)?;
            if file.metadata()?.len() > 0 {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            let prepared = like_the_board(&file, &self.path).and_then(|()| sync_directory(&path));
            if let Err(error) = prepared {
                // Nothing is in it yet, and the next append creates it again.
                let _ = std::fs::remove_file(&path);
                return Err(error);
            }
            Ok(file)
        };
        let failed = |error| self.journal_error("create it", "创建文件", error);
        let file = create().map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        *self.opened_journal.lock() = Some((path, identity(&metadata)));
        backend(&self.journal_name, file)
    }

    fn remove_journal(&self) -> Result<()> {
        let opened = self.opened_journal.lock().take();
        let path = opened.map_or_else(|| self.journal_path(), |(path, _)| path);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => sync_directory(&path),
        }
        .map_err(|error| self.journal_error("remove it", "删除文件", error))
    }

    #[cfg(unix)]
    fn is_journal_present(&self) -> bool {
        let opened = self.opened_journal.lock();
        opened.as_ref().is_some_and(|(path, opened)| {
            std::fs::metadata(path).is_ok_and(|present| identity(&present) == *opened)
        })
    }

    #[cfg(not(unix))]
    fn is_journal_present(&self) -> bool {
        true
    }
}

/// Returns the path of the journal of the board at `path`.
fn journal_beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-journal");
    PathBuf::from(name)
}

impl FileMedium {
    fn open_journal_with(&self, options: &OpenOptions) -> Result<Option<Box<dyn StorageBackend>>> {
        let failed = |error| self.journal_error("open it", "打开文件", error);
        let path = self.journal_path();
        let file = match options.open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let metadata = file.metadata().map_err(failed)?;
        *self.opened_journal.lock() = Some((path, identity(&metadata)));
        backend(&self.journal_name, file).map(Some)
    }

    /// Opens the file, and returns its identity.
    fn open_with(&self, options: &OpenOptions) -> Result<(Identity, Box<dyn StorageBackend>)> {
        let open = || -> io::Result<(File, Identity, [u8; MAGIC.len()])> {
            let mut file = options.open(&self.path)?;
            let identity = identity(&file.metadata()?);
            *self.opened_with.lock() = permissions(&file.metadata()?);
            let mut magic = [0; MAGIC.len()];
            if file.metadata()?.len() >= MAGIC.len() as u64 {
                file.read_exact(&mut magic)?;
            }
            Ok((file, identity, magic))
        };
        let (file, identity, magic) =
            open().map_err(|error| self.error("open it", "打开文件", error))?;
        if magic != MAGIC {
            return Err(corrupt(&self.name, "not a board file", "不是公告板文件"));
        }
        Ok((identity, backend(&self.name, file)?))
    }

    /// Creates an empty file with a unique name in the same directory.
    fn make_beside(&self) -> Result<(PathBuf, File)> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let failed = |error: io::Error| self.error("create it", "创建文件", error);
        loop {
            let n = COUNT.fetch_add(1, Ordering::Relaxed);
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".new-{}-{n}", std::process::id()));
            let path = PathBuf::from(name);
            match with_permissions(options(), self.wanted)
                .create_new(true)
                .open(&path)
            {
                Ok(file) => {
                    // The system has left out what the process may not give by itself.
                    let given = give(&file, self.wanted);
                    return given.map(|()| (path, file)).map_err(failed);
                }
                // Left by a killed process with this number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    std::fs::remove_file(&path).map_err(failed)?;
                }
                Err(error) => return Err(failed(error)),
            }
        }
    }

    /// Fills the existing empty file, which keeps its owner, its permissions and its links.
    fn fill_empty(
        &self,
        fill: &mut dyn FnMut(Box<dyn StorageBackend>) -> Result<()>,
    ) -> Result<()> {
        let failed = |error: io::Error| self.error("create it", "创建文件", error);
        let mut file = options().open(&self.path).map_err(failed)?;
        match file.try_lock() {
            // Not every file system has locks.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => return Err(locked(&self.name)),
        }
        if file.metadata().map_err(failed)?.len() > 0 {
            // Another process was faster.
            return Err(failed(io::ErrorKind::AlreadyExists.into()));
        }
        // redb would take the lock a second time.
        let built = Overlay::over(Box::new(redb::backends::InMemoryBackend::new()));
        let built = built.map_err(failed)?;
        fill(Box::new(built.clone()))?;
        let written = built
            .bytes()
            .and_then(|bytes| write_beginning_last(&mut file, &bytes));
        if written.is_err() {
            // Makes it the empty file that it was; a failure is not a new error.
            let _ = file.set_len(0);
        }
        written.map_err(failed)
    }

    /// Renames the finished file, unless another process was faster.
    fn put_in_place(&self, finished: &Path) -> io::Result<()> {
        match std::fs::hard_link(finished, &self.path) {
            Ok(()) => std::fs::remove_file(finished)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // On a file system without links, renaming would replace what has appeared there since.
            Err(_) if std::fs::symlink_metadata(&self.path).is_ok() => {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            Err(_) => std::fs::rename(finished, &self.path)?,
        }
        sync_directory(&self.path)
    }
}

/// Writes the content of a file, so that it has its first bytes only when the rest is on disk.
fn write_beginning_last(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    let (beginning, rest) = bytes.split_at(BEGINNING.min(bytes.len()));
    file.seek(SeekFrom::Start(beginning.len() as u64))?;
    file.write_all(rest)?;
    file.sync_all()?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(beginning)?;
    file.sync_all()
}

fn backend(name: &str, file: File) -> Result<Box<dyn StorageBackend>> {
    let backend = Recorded::new(file);
    let backend =
        backend.map_err(|e| super::failure::redb_error(name, "open it", "打开文件", e.into()))?;
    Ok(Box::new(backend))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_never_open_to_more_users_than_it_is_made_for() {
        let name = format!("notice-medium-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        for wanted in [0o600, 0o640, 0o666, 0o400] {
            let path = folder.join(format!("{wanted:o}"));
            let medium = FileMedium::new(&path).with(Some(wanted));
            let modes = || -> Vec<u32> {
                let files = std::fs::read_dir(&folder).unwrap();
                let files = files.map(|file| file.unwrap().metadata().unwrap());
                files
                    .map(|file| file.permissions().mode() & 0o777)
                    .collect()
            };
            // While it is filled it has another name.
            medium
                .create(&mut |_| {
                    assert_eq!(modes(), [wanted]);
                    Ok(())
                })
                .unwrap();
            assert_eq!(modes(), [wanted]);
            std::fs::remove_file(path).unwrap();
        }
        std::fs::remove_dir(folder).unwrap();
    }
}
