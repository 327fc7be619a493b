//! Snapshots: a whole board in parts, in a file of its own.
//!
//! A snapshot is read like any file, never mapped: it may have any size, and one that is truncated is an error and no
//! signal. It is written under another name and complete before anybody can see it. It says from which record on the
//! ring continues it.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::failure;
use super::header::Fields;
use super::platform::At;
use crate::error::{Bilingual, Error, ErrorKind, Result};

/// Bytes of the header.
const HEADER: usize = 64;
/// What is covered by its checksum, which is behind it.
const CHECKED: usize = HEADER - 4;
/// Bytes in front of a part: its length.
const LENGTH: u64 = 4;

const MAGIC: [u8; 8] = *b"NOTICEs1";
const LAYOUT: u32 = 1;

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct About {
    /// Identity of the segment.
    pub(crate) uuid: u128,
    pub(crate) number: u64,
    /// The record by which the ring continues it.
    pub(crate) from: u64,
    parts: u32,
    /// Bytes behind the header.
    bytes: u64,
    /// Their CRC-32.
    crc: u32,
}

/// A snapshot that is being written. It may be written on another thread than the records.
#[derive(Debug)]
pub struct SnapshotWriter {
    file: BufWriter<File>,
    path: PathBuf,
    about: About,
    crc: crc32fast::Hasher,
}

/// A snapshot that was written, but that nobody knows yet.
#[derive(Debug)]
pub struct Made {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    pub(crate) about: About,
}

impl SnapshotWriter {
    /// Begins one in an empty file.
    ///
    /// # Errors
    /// `io`.
    pub(crate) fn new(
        file: File,
        path: PathBuf,
        uuid: u128,
        number: u64,
        from: u64,
    ) -> Result<Self> {
        let mut file = BufWriter::with_capacity(1 << 16, file);
        file.write_all(&[0; HEADER])
            .map_err(|error| unwritten(&path, error))?;
        let about = About {
            uuid,
            number,
            from,
            parts: 0,
            bytes: 0,
            crc: 0,
        };
        let crc = crc32fast::Hasher::new();
        Ok(Self {
            file,
            path,
            about,
            crc,
        })
    }

    /// Writes the next part.
    ///
    /// # Errors
    /// `io`; `too_large` for a part of 4 GiB.
    pub fn part(&mut self, bytes: &[u8]) -> Result<()> {
        let Ok(length) = u32::try_from(bytes.len()) else {
            let unit = Bilingual::new("bytes", "字节");
            let length = bytes.len() as u64;
            return Err(Error::too_large("part", length, u32::MAX.into(), &unit));
        };
        for bytes in [&length.to_le_bytes(), bytes] {
            self.crc.update(bytes);
            self.file
                .write_all(bytes)
                .map_err(|error| unwritten(&self.path, error))?;
        }
        self.about.parts += 1;
        self.about.bytes += LENGTH + u64::from(length);
        Ok(())
    }

    /// Ends it, for `Writer::publish` or `Writer::restart`.
    ///
    /// # Errors
    /// `io`.
    pub fn finish(mut self) -> Result<Made> {
        self.about.crc = self.crc.finalize();
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error);
        Ok(Made {
            file: file.map_err(|error| unwritten(&self.path, error))?,
            path: self.path,
            about: self.about,
        })
    }
}

impl Made {
    /// Writes the header, with which it is whole: the ring continues it with record `from`.
    ///
    /// # Errors
    /// `io`.
    pub(crate) fn seal(&mut self, from: u64) -> Result<()> {
        self.about.from = from;
        let header = self.about.to_bytes();
        let written = self.file.seek(SeekFrom::Start(0));
        let written = written.and_then(|_| self.file.write_all(&header));
        written.map_err(|error| unwritten(&self.path, error))
    }
}

impl About {
    fn to_bytes(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let mut to = bytes.iter_mut();
        let mut put = |field: &[u8]| to.by_ref().zip(field).for_each(|(to, from)| *to = *from);
        put(&MAGIC);
        put(&LAYOUT.to_le_bytes());
        put(&self.parts.to_le_bytes());
        put(&self.uuid.to_le_bytes());
        put(&self.number.to_le_bytes());
        put(&self.from.to_le_bytes());
        put(&self.bytes.to_le_bytes());
        put(&self.crc.to_le_bytes());
        let (checked, crc) = bytes.split_at_mut(CHECKED);
        crc.copy_from_slice(&crc32fast::hash(checked).to_le_bytes());
        bytes
    }

    fn from_bytes(path: &Path, bytes: &[u8; HEADER], length: u64) -> Result<Self> {
        let (checked, crc) = bytes.split_at(CHECKED);
        let crc_is_right = crc == crc32fast::hash(checked).to_le_bytes();
        let mut fields = Fields(bytes);
        let is_ours = fields.take() == MAGIC && u32::from_le_bytes(fields.take()) == LAYOUT;
        let parts = u32::from_le_bytes(fields.take());
        let about = Self {
            parts,
            uuid: u128::from_le_bytes(fields.take()),
            number: u64::from_le_bytes(fields.take()),
            from: u64::from_le_bytes(fields.take()),
            bytes: u64::from_le_bytes(fields.take()),
            crc: u32::from_le_bytes(fields.take()),
        };
        let is_whole = about.bytes.checked_add(HEADER as u64) == Some(length);
        match is_ours && crc_is_right && is_whole {
            true => Ok(about),
            false => Err(damaged(path)),
        }
    }
}

/// A snapshot, part by part.
///
/// Nothing of it counts before [`next_part`](Self::next_part) has returned None.
#[derive(Debug)]
pub struct Snapshot {
    file: BufReader<At<File>>,
    path: PathBuf,
    about: About,
    /// Parts and bytes that were not read yet.
    parts: u32,
    bytes: u64,
    crc: crc32fast::Hasher,
    buffer: Vec<u8>,
    is_whole: bool,
}

impl Snapshot {
    /// Begins to read the file at `path`, which has `length` bytes.
    ///
    /// # Errors
    /// `corrupt`, `io`.
    pub(crate) fn new(file: File, path: PathBuf, length: u64) -> Result<Self> {
        let mut header = [0; HEADER];
        // One that is handed over is read by several, who share its place.
        let mut file = At::new(file);
        file.read_exact(&mut header)
            .map_err(|error| unread(&path, error))?;
        let about = About::from_bytes(&path, &header, length)?;
        Ok(Self {
            file: BufReader::with_capacity(1 << 16, file),
            path,
            about,
            parts: about.parts,
            bytes: about.bytes,
            crc: crc32fast::Hasher::new(),
            buffer: Vec::new(),
            is_whole: false,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn about(&self) -> About {
        self.about
    }

    /// Returns its number. Later ones have higher numbers.
    pub fn number(&self) -> u64 {
        self.about.number
    }

    /// Returns the next part; None behind the last one, when all of it has turned out to be right.
    ///
    /// # Errors
    /// `corrupt`, `io`.
    pub fn next_part(&mut self) -> Result<Option<&[u8]>> {
        if self.parts == 0 {
            let crc = self.crc.clone().finalize();
            if self.bytes != 0 || crc != self.about.crc {
                return Err(damaged(&self.path));
            }
            self.is_whole = true;
            return Ok(None);
        }
        let mut length = [0; LENGTH as usize];
        self.read(&mut length)?;
        let length = u32::from_le_bytes(length);
        // No more is allocated than the file has.
        if u64::from(length) > self.bytes {
            return Err(damaged(&self.path));
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(length as usize, 0);
        let read = self.read(&mut buffer);
        self.buffer = buffer;
        read?;
        self.parts -= 1;
        Ok(Some(&self.buffer))
    }

    fn read(&mut self, to: &mut [u8]) -> Result<()> {
        let left = self.bytes.checked_sub(to.len() as u64);
        self.bytes = left.ok_or_else(|| damaged(&self.path))?;
        self.file
            .read_exact(to)
            .map_err(|error| unread(&self.path, error))?;
        self.crc.update(to);
        Ok(())
    }

    /// Returns where the ring continues it.
    ///
    /// # Errors
    /// `bad_state` if it was not read to its end.
    pub(crate) fn end(&self) -> Result<u64> {
        match self.is_whole {
            true => Ok(self.about.from),
            false => {
                let (en, zh) = ("the snapshot was not read to its end", "快照尚未读取完毕");
                Err(failure::at(ErrorKind::BadState, &self.path, en, zh))
            }
        }
    }
}

fn unwritten(path: &Path, error: io::Error) -> Error {
    failure::io(path, "write the snapshot", "写入快照", error)
}

fn unread(path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged(path),
        _ => failure::io(path, "read the snapshot", "读取快照", error),
    }
}

fn damaged(path: &Path) -> Error {
    failure::corrupt(path, "the snapshot is damaged", "快照已损坏")
}
