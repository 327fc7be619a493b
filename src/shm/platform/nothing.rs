//! What is not built for this system. Nothing of it is ever made: whatever would begin with it is `unsupported`.

#![allow(dead_code, clippy::unnecessary_wraps, reason = "as on other systems")]

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::extent::Extent;
use super::super::failure::unsupported;
use super::super::memory::{Memory, Sleep, Writable};
use super::{How, Lock, Sealed};
use crate::error::Result;

/// A mapping that can only be read.
#[derive(Debug)]
pub(crate) struct View(());

/// A mapping that can be read and written.
#[derive(Debug)]
pub(crate) struct Mapping(());

/// What is handed over to another process.
#[cfg(unix)]
pub(crate) type Descriptor = std::os::fd::OwnedFd;

/// What is handed over to another process.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct Descriptor(());

impl View {
    pub(crate) fn new(_: &Path, _: &File, extent: Extent) -> Result<Self> {
        let _ = (extent.offset(), extent.length());
        Err(unsupported())
    }
}

impl Mapping {
    pub(crate) fn new(_: &Path, _: &File, extent: Extent) -> Result<Self> {
        let _ = (extent.offset(), extent.length());
        Err(unsupported())
    }
}

impl Memory for View {
    fn load(&self, _: usize) -> u64 {
        0
    }

    fn fence_acquire(&self) {}

    fn fence_all(&self) {}
}

impl Memory for Mapping {
    fn load(&self, _: usize) -> u64 {
        0
    }

    fn fence_acquire(&self) {}

    fn fence_all(&self) {}
}

impl Writable for Mapping {
    fn store(&self, _: usize, _: u64) {}

    fn publish(&self, _: usize, _: u64) {}

    fn fence_release(&self) {}
}

impl Sleep for Mapping {
    fn set_bits(&self, _: usize, _: u64) -> u64 {
        0
    }

    fn add(&self, _: usize, _: u64) -> u64 {
        0
    }

    fn sleep(&self, _: usize, _: u32, _: Duration) {}

    fn wake(&self, _: usize, _: u32) {}
}

pub(crate) fn page() -> u64 {
    4096
}

pub(crate) fn folder_of_user() -> Result<PathBuf> {
    Err(unsupported())
}

pub(crate) fn check_owner(_: &Path, _: &Metadata) -> Result<()> {
    Err(unsupported())
}

pub(crate) fn open(_: &Path, _: How) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn is_name(_: &str) -> bool {
    true
}

pub(crate) fn try_lock(_: &File, _: Lock) -> io::Result<bool> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn rename(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn remove(_: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn is_same(_: &File, _: &Path) -> io::Result<bool> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(feature = "file")]
pub(crate) fn identity(_: &Path) -> io::Result<(u64, u64)> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn reserve(_: &File, _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn memory_file(_: &str) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn seal(_: &File, _: Sealed) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn check_seals(_: &Path, _: &File, _: Sealed) -> Result<()> {
    Err(unsupported())
}

pub(crate) fn descriptor(_: &File) -> io::Result<Descriptor> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn file(_: Descriptor) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}
