//! Segments without a name, for processes of other users: a daemon hands the memory over on its socket, after it knows
//! who is at the other end. What is handed over is sealed: nobody can truncate it under its readers, and only its maker
//! writes to it.

use super::failure;
use super::header::{Header, Sizes};
use super::page::{self, Page};
use super::platform::{self, Descriptor, Sealed};
use super::reader::{Attached, Reader};
use super::sealed::{Handed, memory, unmade};
use super::segment::{self, nowhere};
use super::snapshot::Snapshot;
use super::writer::{Parts, Place, Writer};
use crate::error::{Error, Result};
use crate::random;

/// What a reader is handed. On Unix these are file descriptors.
#[derive(Debug)]
#[non_exhaustive]
pub struct Descriptors {
    /// The ring.
    pub ring: Descriptor,
    /// The page by which readers are woken. They may write to it.
    pub page: Descriptor,
    /// The present snapshot, if there is one.
    pub snapshot: Option<Descriptor>,
}

impl Writer {
    /// Begins to share a board in memory without a name.
    ///
    /// # Errors
    /// `invalid_field`, `too_large` for the sizes; `io`, also if there is no room; `unsupported`.
    pub fn sealed(sizes: Sizes) -> Result<Self> {
        let header = Header::new(random::identity(), sizes)?;
        let path = nowhere();
        let page_file = memory(page::PAGE)?;
        let page = Page::open(&path, &page_file, page::PAGE)?;
        page.begin(header.uuid);
        platform::seal(&page_file, Sealed::Write).map_err(unmade)?;
        let ring_file = memory(header.total())?;
        let ring = segment::fill(&path, &ring_file, &header)?;
        platform::seal(&ring_file, Sealed::Read).map_err(unmade)?;
        let handed = Handed {
            ring: Some(ring_file),
            page: Some(page_file),
            snapshot: None,
        };
        let mut writer = Self::from_parts(Parts::new(header, ring, page), Place::Handed(handed));
        writer.begin();
        Ok(writer)
    }

    /// Returns what to hand over to a reader; None for a writer with a name.
    ///
    /// # Errors
    /// `io`.
    pub fn descriptors(&self) -> Result<Option<Descriptors>> {
        let Place::Handed(Handed {
            ring: Some(ring),
            page: Some(page),
            snapshot,
        }) = self.place()
        else {
            return Ok(None);
        };
        let snapshot = snapshot.as_ref().map(platform::descriptor).transpose();
        Ok(Some(Descriptors {
            ring: platform::descriptor(ring).map_err(unmade)?,
            page: platform::descriptor(page).map_err(unmade)?,
            snapshot: snapshot.map_err(unmade)?,
        }))
    }
}

impl Reader {
    /// Reads what was handed over. The snapshot, which is the second value, may be missing: then the reader
    /// [asks for one](Self::ask_for_snapshot), and for the descriptors again.
    ///
    /// # Errors
    /// `unauthorized` for memory that is not sealed; `corrupt`, `unsupported`, `io`.
    pub fn from_descriptors(descriptors: Descriptors) -> Result<(Self, Option<Snapshot>)> {
        let path = nowhere();
        let (ring, page) = (
            platform::file(descriptors.ring).map_err(unused)?,
            platform::file(descriptors.page).map_err(unused)?,
        );
        platform::check_seals(&path, &ring, Sealed::Read)?;
        platform::check_seals(&path, &page, Sealed::Write)?;
        let (header, extent) = segment::check(&path, &ring, segment::length(&path, &ring)?)?;
        let page = Page::open(&path, &page, segment::length(&path, &page)?)?;
        if !page.is_of(header.uuid) {
            let (en, zh) = (
                "the page for waiting belongs to another segment",
                "等待页属于另一个共享内存段",
            );
            return Err(failure::corrupt(&path, en, zh));
        }
        let view = platform::View::new(&path, &ring, extent)?;
        let reader = Self::new(header, view, page, Attached::Handed);
        let snapshot = match descriptors.snapshot {
            Some(descriptor) => Some(reader.snapshot_from(descriptor)?),
            None => None,
        };
        Ok((reader, snapshot))
    }

    /// Reads a later snapshot that was handed over.
    ///
    /// # Errors
    /// `unauthorized` for memory that is not sealed; `corrupt`, `io`.
    pub fn snapshot_from(&self, descriptor: Descriptor) -> Result<Snapshot> {
        let (path, file) = (nowhere(), platform::file(descriptor).map_err(unused)?);
        platform::check_seals(&path, &file, Sealed::Unchanging)?;
        let length = segment::length(&path, &file)?;
        self.check_snapshot(Snapshot::new(file, path, length)?)
    }
}

fn unused(error: std::io::Error) -> Error {
    failure::io(
        &nowhere(),
        "use what was handed over",
        "使用移交的内存",
        error,
    )
}
