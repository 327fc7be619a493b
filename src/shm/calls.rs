//! Calls that readers leave for the writer, who answers them in the ring.
//!
//! Each reader appends its calls to a file of its own, and rings. A file is read like any file, never mapped. Its name
//! says for which writer its calls are: a writer that takes over finds no calls that the one before may have carried out,
//! and the readers, who know which of their calls were answered, leave the others again. What calls and answers are, this
//! module does not know.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use super::failure;
use super::header::Fields;
use super::lock::{Lock, Locked, PATIENT, open_own};
use super::names::Names;
use super::page::Page;
use super::platform::{self, How};
use crate::error::{Bilingual, Error, Result};
use crate::process::Owner;
use crate::random;

/// Most bytes of a call.
const LARGEST: usize = 16 * 1024 * 1024;
/// Bytes in front of a call: its length, the CRC-32 of what follows, and its number.
const HEADER: usize = 16;
/// Bytes in front of an answer: the reader, and the number of its call.
const ADDRESS: usize = 24;

/// Which call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId {
    /// The reader, by a random number.
    pub reader: u128,
    /// The number of the call among those of the reader.
    pub number: u64,
}

impl CallId {
    /// Splits a record into the call and the answer. Of a record that is too short, it is one that nobody has made.
    pub(crate) fn split(record: &[u8]) -> (Self, &[u8]) {
        let (address, answer) = record.split_at_checked(ADDRESS).unwrap_or_default();
        let mut fields = Fields(address);
        let reader = u128::from_le_bytes(fields.take());
        let number = u64::from_le_bytes(fields.take());
        (Self { reader, number }, answer)
    }

    /// Joins the call and its answer to a record.
    pub(crate) fn with(&self, answer: &[u8]) -> Vec<u8> {
        let mut record = Vec::with_capacity(ADDRESS + answer.len());
        record.extend_from_slice(&self.reader.to_le_bytes());
        record.extend_from_slice(&self.number.to_le_bytes());
        record.extend_from_slice(answer);
        record
    }
}

/// The end of a reader that calls one writer.
#[derive(Debug)]
pub struct Caller {
    file: Locked,
    path: PathBuf,
    page: Arc<Page>,
    reader: u128,
    /// Number of the last call.
    last: u64,
    owner: Owner,
}

impl Caller {
    /// Begins with no calls.
    ///
    /// # Errors
    /// `io`.
    pub(crate) fn new(names: &Names, writer: u64, page: Arc<Page>) -> Result<Self> {
        let reader = random::identity();
        let path = names.calls(writer, reader);
        let Some(file) = Locked::take(&path, How::New, Lock::Alone, PATIENT)? else {
            let error = io::ErrorKind::AlreadyExists.into();
            return Err(failure::io(&path, "create the file", "创建文件", error));
        };
        Ok(Self {
            file,
            path,
            page,
            reader,
            last: 0,
            owner: Owner::this(),
        })
    }

    /// Leaves a call for the writer. The answer comes as a [step](super::Step::Answer), unless the writer ends or it is
    /// overwritten before it is read.
    ///
    /// # Errors
    /// `too_large` for more than 16 MiB; `io`, and then nobody may call any more with this.
    pub fn call(&mut self, call: &[u8]) -> Result<CallId> {
        let Some(length) = u32::try_from(call.len())
            .ok()
            .filter(|_| call.len() <= LARGEST)
        else {
            let unit = Bilingual::new("bytes", "字节");
            return Err(Error::too_large(
                "call",
                call.len() as u64,
                LARGEST as u64,
                &unit,
            ));
        };
        self.last += 1;
        let mut crc = crc32fast::Hasher::new();
        crc.update(&self.last.to_le_bytes());
        crc.update(call);
        let mut bytes = Vec::with_capacity(HEADER + call.len());
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&crc.finalize().to_le_bytes());
        bytes.extend_from_slice(&self.last.to_le_bytes());
        bytes.extend_from_slice(call);
        let written = self.file.file().write_all(&bytes);
        written.map_err(|error| failure::io(&self.path, "write the call", "写入调用", error))?;
        self.page.call();
        Ok(CallId {
            reader: self.reader,
            number: self.last,
        })
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        if self.owner.is_here() {
            // What cannot be removed now is removed by the writer.
            let _ = platform::remove(&self.path);
        }
    }
}

/// A call that was left.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// Which one it is.
    pub id: CallId,
    /// What is called.
    pub bytes: Vec<u8>,
}

/// The calls for one writer.
#[derive(Debug)]
pub struct Calls {
    /// None for a writer that nobody can call.
    names: Option<Names>,
    writer: u64,
    /// How far each file was read.
    read: HashMap<PathBuf, u64>,
}

impl Calls {
    pub(crate) fn of(names: &Names, writer: u64) -> Self {
        Self {
            names: Some(names.clone()),
            writer,
            read: HashMap::new(),
        }
    }

    pub(crate) fn none() -> Self {
        Self {
            names: None,
            writer: 0,
            read: HashMap::new(),
        }
    }

    /// Returns the calls that were left since, those of each reader in their order. What readers have left behind that
    /// were killed is removed.
    ///
    /// # Errors
    /// `io`.
    pub fn take(&mut self) -> Result<Vec<Call>> {
        let Some(names) = &self.names else {
            return Ok(Vec::new());
        };
        let mut calls = Vec::new();
        let files = names.all_calls()?;
        self.read
            .retain(|path, _| files.iter().any(|(file, ..)| file == path));
        for (path, writer, reader) in files {
            // One that is damaged, or of somebody else, is no reason to leave the others without answers.
            if writer == self.writer
                && let Ok(Some((file, length))) = open_own(&path, How::Read)
            {
                let read = self.read.entry(path.clone()).or_default();
                take_from(&file, length, reader, read, &mut calls);
            }
            if let Ok(Some(_left)) = Locked::take(&path, How::Read, Lock::Alone, 1) {
                let _ = platform::remove(&path);
            }
        }
        Ok(calls)
    }
}

/// Takes the whole calls of a file behind `read`.
fn take_from(file: &File, length: u64, reader: u128, read: &mut u64, calls: &mut Vec<Call>) {
    while length.saturating_sub(*read) >= HEADER as u64 {
        let mut header = [0; HEADER];
        if !read_exact(file, &mut header, *read) {
            return;
        }
        let mut fields = Fields(&header);
        let size = u32::from_le_bytes(fields.take()) as usize;
        let crc = u32::from_le_bytes(fields.take());
        let number = u64::from_le_bytes(fields.take());
        let end = *read + (HEADER + size) as u64;
        if size > LARGEST || end > length {
            return;
        }
        let mut bytes = vec![0; size];
        if !read_exact(file, &mut bytes, *read + HEADER as u64) {
            return;
        }
        let mut check = crc32fast::Hasher::new();
        check.update(&number.to_le_bytes());
        check.update(&bytes);
        if check.finalize() != crc {
            // Half of it was written; or it is damaged, and the reader will hear of no answer.
            return;
        }
        let id = CallId { reader, number };
        calls.push(Call { id, bytes });
        *read = end;
    }
}

fn read_exact(file: &File, mut to: &mut [u8], mut offset: u64) -> bool {
    while !to.is_empty() {
        match platform::read_at(file, to, offset) {
            Ok(0) | Err(_) => return false,
            Ok(count) => {
                to = to.get_mut(count..).unwrap_or_default();
                offset += count as u64;
            }
        }
    }
    true
}
