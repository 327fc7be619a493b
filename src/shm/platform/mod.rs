//! What the system has to give: mappings, sleep, and files that nobody else can reach.
//!
//! Each system has the same functions. What is not built says `unsupported`.

#[cfg(all(
    any(target_os = "linux", windows),
    target_endian = "little",
    any(target_pointer_width = "64", target_arch = "x86")
))]
mod mapping;

#[cfg(all(
    target_os = "linux",
    target_endian = "little",
    any(target_pointer_width = "64", target_arch = "x86")
))]
#[path = "linux.rs"]
mod system;

#[cfg(all(
    windows,
    target_endian = "little",
    any(target_pointer_width = "64", target_arch = "x86")
))]
mod kernel32;
#[cfg(all(
    windows,
    target_endian = "little",
    any(target_pointer_width = "64", target_arch = "x86")
))]
#[path = "windows.rs"]
mod system;

#[cfg(not(all(
    any(target_os = "linux", windows),
    target_endian = "little",
    any(target_pointer_width = "64", target_arch = "x86")
)))]
#[path = "nothing.rs"]
mod system;

use std::borrow::Borrow;
use std::fs::File;
use std::io::{self, Read};

#[cfg(all(
    any(target_os = "linux", windows),
    target_endian = "little",
    any(target_pointer_width = "64", target_arch = "x86")
))]
pub(crate) use mapping::{Mapping, View};
pub(crate) use system::*;

/// How the endings of files begin that were in the way, or are to be removed, and may still be in use: on Windows.
pub(crate) const GONE: &str = "gone-";

/// A file that is read from its beginning, whoever else reads it.
#[derive(Debug)]
pub(crate) struct At<F> {
    file: F,
    offset: u64,
}

impl<F: Borrow<File>> At<F> {
    pub(crate) fn new(file: F) -> Self {
        Self { file, offset: 0 }
    }
}

impl<F: Borrow<File>> Read for At<F> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = read_at(self.file.borrow(), to, self.offset)?;
        self.offset += read as u64;
        Ok(read)
    }
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// An existing one, for reading.
    Read,
    /// An existing one, for reading and writing.
    Write,
    /// For reading and writing, made if it is missing.
    Make,
    /// For reading and writing, which must not exist.
    New,
}

/// How a file is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    /// By one alone.
    Alone,
    /// By several who only read.
    Shared,
}

/// What may still be done with sealed memory by those who get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sealed {
    /// Nothing but reading. Its maker goes on writing by its mapping.
    Read,
    /// Reading, and nobody writes any more.
    Unchanging,
    /// Reading and writing.
    Write,
}
