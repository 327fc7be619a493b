//! Memory without a name, which can be sealed.

use std::fs::File;
use std::path::PathBuf;

use super::failure;
use super::platform::{self, Sealed};
use super::segment::nowhere;
use super::snapshot::Made;
use crate::error::{Error, Result};

/// The memory of a writer without a name.
#[derive(Debug, Default)]
pub(crate) struct Handed {
    pub(crate) ring: Option<File>,
    pub(crate) page: Option<File>,
    /// The present snapshot.
    pub(crate) snapshot: Option<File>,
}

impl Handed {
    /// Keeps the present snapshot. Nobody can change it any more.
    ///
    /// # Errors
    /// `io`.
    pub(crate) fn keep(&mut self, made: Made) -> Result<()> {
        platform::seal(&made.file, Sealed::Unchanging).map_err(unmade)?;
        self.snapshot = Some(made.file);
        Ok(())
    }
}

/// Makes the file of a snapshot.
///
/// # Errors
/// `io`.
pub(crate) fn snapshot_file() -> Result<(PathBuf, File)> {
    let file = platform::memory_file("notice-snapshot").map_err(unmade)?;
    Ok((nowhere(), file))
}

/// Makes memory of that many bytes.
///
/// # Errors
/// `io`.
pub(crate) fn memory(length: u64) -> Result<File> {
    let file = platform::memory_file("notice").map_err(unmade)?;
    platform::reserve(&file, length).map_err(unmade)?;
    Ok(file)
}

pub(crate) fn unmade(error: std::io::Error) -> Error {
    failure::io(&nowhere(), "make sealed memory", "创建封印内存", error)
}
