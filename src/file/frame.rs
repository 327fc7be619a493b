//! Bytes of the journal file: headers of segments, and frames.
//!
//! | offset | segment header | offset | frame header |
//! |---|---|---|---|
//! | 0 | `noticej` 1A | 0 | u32: length of the body |
//! | 8 | u32: format | 4 | u32: number of entries |
//! | 12 | u32: length of a segment | 8 | u64: number of the first entry |
//! | 16 | u128: epoch | 16 | u64: number of the segment |
//! | 32 | u64: number of the segment | 24 | u32: CRC-32 of the body |
//! | 40 | u64: number of the first entry | 28 | u32: CRC-32 of the epoch and bytes 0 to 27 |
//! | 48 | link before that entry | 32 | body |
//! | 64 | u32: CRC-32 of bytes 0 to 63 | | |
//!
//! All numbers are little-endian. A body is a list of entries, each after its length as a u32.

use crate::error::Result;
use crate::journal::{Entry, Link};

/// Length of a segment's header: a sector, which a disk writes whole or not at all.
pub(super) const SEGMENT_HEAD: usize = 512;
/// Length of a frame's header.
pub(super) const FRAME_HEAD: usize = 32;
/// Frames begin at multiples of this, so that one behind a damaged one can be found.
pub(super) const ALIGNMENT: usize = 32;
/// Format of this build's journal files.
pub(super) const FORMAT: u32 = 1;

/// First bytes of every segment in use.
const MAGIC: [u8; 8] = *b"noticej\x1A";
/// Length of the part of a segment's header that its checksum covers.
const COVERED: usize = 64;

/// Beginning of a segment, which says what its frames go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SegmentHead {
    pub(super) epoch: u128,
    /// Number of the segment: one more than that of the segment begun before.
    pub(super) number: u64,
    /// Number of its first entry. Nothing from this number on counts in earlier segments.
    pub(super) first_seq: u64,
    /// Link of the entry before that one.
    pub(super) previous: Link,
    /// Length of a segment, in bytes.
    pub(super) length: u32,
}

/// What stands where a segment's header may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FoundHead {
    /// Nothing but zeros: the segment was never begun.
    Unused,
    Head(SegmentHead),
    /// A header of a later format.
    Later(u32),
    /// Anything else.
    Damaged,
}

/// A frame that is about to be written.
pub(super) struct NewFrame {
    bytes: Vec<u8>,
    first_seq: u64,
    count: u32,
}

/// An intact frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) first_seq: u64,
    pub(super) count: u32,
    /// Number of the segment that it was written in.
    pub(super) segment: u64,
    body: &'a [u8],
}

impl SegmentHead {
    /// Encodes the header.
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SEGMENT_HEAD);
        bytes.extend(MAGIC);
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend(self.length.to_le_bytes());
        bytes.extend(self.epoch.to_le_bytes());
        bytes.extend(self.number.to_le_bytes());
        bytes.extend(self.first_seq.to_le_bytes());
        bytes.extend(self.previous.bytes());
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        bytes.resize(SEGMENT_HEAD, 0);
        bytes
    }

    /// Reads what stands at the beginning of a segment, of which the end of the file may be missing.
    pub(super) fn read(segment: &[u8]) -> FoundHead {
        let sector = segment.get(..SEGMENT_HEAD).unwrap_or(segment);
        if sector.iter().all(|byte| *byte == 0) {
            return FoundHead::Unused;
        }
        let Some((covered, rest)) = sector.split_first_chunk::<COVERED>() else {
            return FoundHead::Damaged;
        };
        let mut fields = Fields(covered);
        let is_sound = fields.take() == Some(MAGIC)
            && rest.first_chunk() == Some(&crc32fast::hash(covered).to_le_bytes());
        if !is_sound {
            return FoundHead::Damaged;
        }
        match fields.u32() {
            Some(FORMAT) => {}
            Some(0) | None => return FoundHead::Damaged,
            Some(later) => return FoundHead::Later(later),
        }
        let mut head = || {
            Some(SegmentHead {
                length: fields.u32()?,
                epoch: fields.take().map(u128::from_le_bytes)?,
                number: fields.u64()?,
                first_seq: fields.u64()?,
                previous: fields.take().map(Link)?,
            })
        };
        head().map_or(FoundHead::Damaged, FoundHead::Head)
    }
}

impl NewFrame {
    /// Encodes entries, of which there is at least one.
    ///
    /// # Errors
    /// Those of encoding an entry.
    pub(super) fn of(entries: &[Entry]) -> Result<Self> {
        let mut bytes = vec![0; FRAME_HEAD];
        for entry in entries {
            let encoded = entry.encoded()?;
            // A frame that is longer than a segment is never written, so a length always fits.
            bytes.extend((encoded.len() as u32).to_le_bytes());
            bytes.extend_from_slice(&encoded);
        }
        Ok(Self {
            bytes,
            first_seq: entries.first().map_or(0, Entry::seq),
            count: entries.len() as u32,
        })
    }

    /// Returns the length that it takes in a segment.
    pub(super) fn length(&self) -> usize {
        self.bytes.len().next_multiple_of(ALIGNMENT)
    }

    /// Returns its bytes in the segment `number` of the board `epoch`. The checksum covers both, so that
    /// a frame of another board, or of an earlier use of the same place, is never taken for one.
    pub(super) fn in_segment(&mut self, epoch: u128, number: u64) -> &[u8] {
        // Never less than the header, which `of` has made room for.
        let Some((head, body)) = self.bytes.split_at_mut_checked(FRAME_HEAD) else {
            return &[];
        };
        let mut fields = Vec::with_capacity(FRAME_HEAD);
        fields.extend((body.len() as u32).to_le_bytes());
        fields.extend(self.count.to_le_bytes());
        fields.extend(self.first_seq.to_le_bytes());
        fields.extend(number.to_le_bytes());
        fields.extend(crc32fast::hash(body).to_le_bytes());
        fields.extend(head_crc(epoch, &fields).to_le_bytes());
        head.copy_from_slice(&fields);
        &self.bytes
    }
}

impl<'a> Frame<'a> {
    /// Reads the frame of the board `epoch` at the beginning of `bytes`, which end with its segment.
    /// None if there is no intact one.
    pub(super) fn read(bytes: &'a [u8], epoch: u128) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<FRAME_HEAD>()?;
        let (covered, crc) = head.split_last_chunk::<4>()?;
        let mut fields = Fields(covered);
        let (length, count) = (fields.u32()?, fields.u32()?);
        let (first_seq, segment) = (fields.u64()?, fields.u64()?);
        let body = rest.get(..usize::try_from(length).ok()?)?;
        // Looked at first, because zeros are what mostly stands here, and their checksum costs more.
        let is_possible = count > 0 && first_seq > 0 && length > 0;
        let is_sound = is_possible
            && head_crc(epoch, covered).to_le_bytes() == *crc
            && fields.u32()? == crc32fast::hash(body);
        is_sound.then_some(Self {
            first_seq,
            count,
            segment,
            body,
        })
    }

    /// Returns the number of its last entry.
    pub(super) fn last_seq(&self) -> u64 {
        self.first_seq
            .saturating_add(u64::from(self.count).saturating_sub(1))
    }

    /// Returns the length that it takes in its segment.
    pub(super) fn length(&self) -> usize {
        (FRAME_HEAD + self.body.len()).next_multiple_of(ALIGNMENT)
    }

    /// Returns the bytes of its entries; None for one that its body has no room for.
    pub(super) fn entries(&self) -> impl Iterator<Item = Option<&'a [u8]>> {
        let mut rest = self.body;
        (0..self.count).map(move |_| {
            let (length, behind) = rest.split_first_chunk()?;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            let (entry, behind) = behind.split_at_checked(length)?;
            rest = behind;
            Some(entry)
        })
    }
}

fn head_crc(epoch: u128, covered: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&epoch.to_le_bytes());
    crc.update(covered);
    crc.finalize()
}

/// Reader of fields of fixed size.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }
}
