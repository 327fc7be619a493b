//! A segment: the ring and the page of those who wait, found by name or handed over.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::extent::Extent;
use super::failure;
use super::header::{HEADER, Header};
use super::lock::open_own;
use super::names::Names;
use super::page::Page;
use super::platform::{self, At, How, Mapping};
use super::snapshot::{About, Snapshot};
use crate::error::{Error, Result};

/// What a record is about.
pub(crate) mod kind {
    /// An entry of the board.
    pub(crate) const ENTRY: u32 = 1;
    /// Nothing but a reason to look at the words that change.
    pub(crate) const NEWS: u32 = 2;
    /// The entries from here on continue the snapshot with the number in the record, and nothing before.
    pub(crate) const RESTART: u32 = 3;
    /// The answer to a call of a reader.
    pub(crate) const ANSWER: u32 = 4;
}

/// What the writer does.
pub(crate) mod state {
    /// It writes, or was killed.
    pub(crate) const LIVE: u64 = 1;
    /// It has ended in good order.
    pub(crate) const CLOSED: u64 = 2;
    /// There is another segment under the same name.
    pub(crate) const RETIRED: u64 = 3;
}

/// Returns the length of a file in bytes.
///
/// # Errors
/// `io`.
pub(crate) fn length(path: &Path, file: &File) -> Result<u64> {
    let metadata = file.metadata().map_err(|error| unread(path, error))?;
    Ok(metadata.len())
}

/// Reads and checks the header of a ring, whose file has `length` bytes, and says what is to be mapped.
///
/// # Errors
/// `corrupt`, `unsupported`, `io`.
pub(crate) fn check(path: &Path, file: &File, length: u64) -> Result<(Header, Extent)> {
    let mut bytes = [0; HEADER];
    let mut from = At::new(file);
    let read = from.read_exact(&mut bytes);
    if read
        .as_ref()
        .is_err_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
    {
        return Err(failure::corrupt(
            path,
            format!("truncated: the file has {length} bytes, less than a header"),
            format!("文件被截断：只有 {length} 字节，不足一个段头"),
        ));
    }
    read.map_err(|error| unread(path, error))?;
    let header = Header::from_bytes(path, &bytes, length)?;
    let extent = Extent::new(path, 0, header.total(), length, platform::page())?;
    Ok((header, extent))
}

/// Opens and maps the segment under a name, for writing; None if there is none.
///
/// # Errors
/// `corrupt`, `unsupported`, `io`, `unauthorized`.
pub(crate) fn open(names: &Names) -> Result<Option<(Header, Mapping, Page)>> {
    let path = names.ring();
    let Some((file, length)) = open_own(&path, How::Write)? else {
        return Ok(None);
    };
    let (header, extent) = check(&path, &file, length)?;
    let ring = Mapping::new(&path, &file, extent)?;
    let Some(page) = open_page(names, header.uuid)? else {
        let (en, zh) = ("the page for waiting is missing", "缺少等待页");
        return Err(failure::corrupt(&names.bell(), en, zh));
    };
    Ok(Some((header, ring, page)))
}

/// Writes the header of a new ring, and maps it.
///
/// # Errors
/// `io`.
pub(crate) fn fill(path: &Path, mut file: &File, header: &Header) -> Result<Mapping> {
    use std::io::Write;
    let written = file.write_all(&header.to_bytes());
    written.map_err(|error| failure::io(path, "write the segment", "写入共享内存段", error))?;
    let (_, extent) = check(path, file, header.total())?;
    Mapping::new(path, file, extent)
}

/// Returns what the snapshot at `path` says of itself; None if it cannot be read.
pub(crate) fn about_snapshot(path: &Path) -> Option<About> {
    let (file, length) = open_own(path, How::Read).ok()??;
    let snapshot = Snapshot::new(file, path.to_owned(), length).ok()?;
    Some(snapshot.about())
}

/// Opens the page that belongs to the segment `uuid`; None if there is none, or another one.
///
/// # Errors
/// `io`, `unauthorized`.
pub(crate) fn open_page(names: &Names, uuid: u128) -> Result<Option<Page>> {
    let path = names.bell();
    let Some((file, length)) = open_own(&path, How::Write)? else {
        return Ok(None);
    };
    let page = Page::open(&path, &file, length)?;
    Ok(page.is_of(uuid).then_some(page))
}

/// Makes a file of `length` bytes under another name than `path`, lets `fill` write into it, and then names it so.
///
/// # Errors
/// `io`, and those of `fill`.
pub(crate) fn make<T>(
    path: &Path,
    length: u64,
    fill: impl FnOnce(&Path, &File) -> Result<T>,
) -> Result<(File, T)> {
    let new = Names::new_file(path);
    // Left behind by one who was killed here. Whoever makes has the right to write.
    let _ = platform::remove(&new);
    let unmade = |error| failure::io(&new, "create the segment", "创建共享内存段", error);
    let file = platform::open(&new, How::New).map_err(unmade)?;
    let made = platform::reserve(&file, length).map_err(unmade);
    let made = made.and_then(|()| fill(&new, &file));
    let made = made.and_then(|made| {
        platform::rename(&new, path).map_err(unmade)?;
        Ok(made)
    });
    match made {
        Ok(made) => Ok((file, made)),
        Err(error) => {
            let _ = platform::remove(&new);
            Err(error)
        }
    }
}

/// Where memory without a name is, for messages.
pub(crate) fn nowhere() -> PathBuf {
    PathBuf::from("memfd")
}

fn unread(path: &Path, error: std::io::Error) -> Error {
    failure::io(path, "read the segment", "读取共享内存段", error)
}
