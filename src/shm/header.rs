//! The header of a segment: written once, before anybody can see the segment, and checked in a copy.

use std::path::Path;

use super::extent::LARGEST_MAPPING;
use super::failure;
use super::layout::{INLINE, SLOT, SLOTS_AT, UNIT};
use super::ring::Geometry;
use crate::error::{Bilingual, Error, ErrorKind, Result};

/// Bytes of a header.
pub(crate) const HEADER: usize = 68;
/// What is covered by the checksum, which is behind it.
const CHECKED: usize = HEADER - 4;

const MAGIC: [u8; 8] = *b"NOTICEv1";
/// Number of the layout. Another one cannot be read by this library.
const LAYOUT: u32 = 1;

/// A ring has at least so many slots, and at most [`MOST_SLOTS`].
const LEAST_SLOTS: u32 = 64;
const MOST_SLOTS: u32 = 64 * 1024;
/// An arena has at least so many bytes.
const LEAST_ARENA: u64 = 4096;
/// The largest record takes this part of the arena, so that some always fit.
const LARGEST_PART: u64 = 4;

/// Sizes of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Records that are kept at most: a power of two from 64 to 65 536.
    pub slots: u32,
    /// Bytes of records that are kept at most: a power of two from 4096 on. The largest record has a quarter of it.
    pub arena: u64,
}

impl Default for Sizes {
    /// 4096 records, 8 MiB: two kilobytes for each. docs/shared-memory.md has the figures that decided it.
    fn default() -> Self {
        Self {
            slots: 4096,
            arena: 8 * 1024 * 1024,
        }
    }
}

impl Sizes {
    /// # Errors
    /// `invalid_field` for sizes that no segment has, `too_large` for more than 128 MiB.
    pub(crate) fn check(self) -> Result<Self> {
        let Self { slots, arena } = self;
        let are_slots = slots.is_power_of_two() && (LEAST_SLOTS..=MOST_SLOTS).contains(&slots);
        if !are_slots {
            let reason = Bilingual::new(
                "a power of two from 64 to 65536 is allowed",
                "应为 64 至 65536 之间的 2 的幂",
            );
            return Err(Error::invalid("slots", &slots.to_string(), reason));
        }
        if !arena.is_power_of_two() || arena < LEAST_ARENA {
            let reason = Bilingual::new(
                "a power of two from 4096 on is allowed",
                "应为不小于 4096 的 2 的幂",
            );
            return Err(Error::invalid("arena", &arena.to_string(), reason));
        }
        match total(slots, arena) {
            Some(_) => Ok(self),
            None => {
                let unit = Bilingual::new("bytes", "字节");
                Err(Error::too_large("arena", arena, LARGEST_MAPPING, &unit))
            }
        }
    }
}

/// Returns the bytes of a segment; None if they are too many to be mapped.
fn total(slots: u32, arena: u64) -> Option<u64> {
    let slots = u64::from(slots) * SLOT as u64;
    let total = arena.checked_add(slots + SLOTS_AT as u64)?;
    (total <= LARGEST_MAPPING).then_some(total)
}

/// A header that has been checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// Identity of the segment: random bits.
    pub(crate) uuid: u128,
    sizes: Sizes,
    total: u64,
    largest: u32,
}

impl Header {
    /// Creates that of a new segment.
    ///
    /// # Errors
    /// As [`Sizes::check`].
    pub(crate) fn new(uuid: u128, sizes: Sizes) -> Result<Self> {
        let Sizes { slots, arena } = sizes.check()?;
        Ok(Self {
            uuid,
            sizes,
            total: total(slots, arena).unwrap_or_default(),
            largest: u32::try_from(arena / LARGEST_PART).unwrap_or(u32::MAX),
        })
    }

    /// Returns the bytes of the segment.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Returns the sizes of the ring.
    pub(crate) fn geometry(&self) -> Geometry {
        Geometry {
            slots: u64::from(self.sizes.slots),
            arena: self.sizes.arena,
            largest: self.largest,
            inline: INLINE,
        }
    }

    pub(crate) fn to_bytes(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let mut to = bytes.iter_mut();
        let mut put = |field: &[u8]| to.by_ref().zip(field).for_each(|(to, from)| *to = *from);
        put(&MAGIC);
        put(&LAYOUT.to_le_bytes());
        put(&(HEADER as u32).to_le_bytes());
        put(&self.uuid.to_le_bytes());
        put(&self.sizes.slots.to_le_bytes());
        put(&(SLOT as u32).to_le_bytes());
        put(&self.sizes.arena.to_le_bytes());
        put(&self.total.to_le_bytes());
        put(&self.largest.to_le_bytes());
        // Flags: there are none yet.
        put(&0_u32.to_le_bytes());
        let (checked, crc) = bytes.split_at_mut(CHECKED);
        crc.copy_from_slice(&crc32fast::hash(checked).to_le_bytes());
        bytes
    }

    /// Checks the header of the segment at `path`, which has `file_length` bytes.
    ///
    /// # Errors
    /// `corrupt`; `unsupported` for a segment of another layout.
    pub(crate) fn from_bytes(path: &Path, bytes: &[u8; HEADER], file_length: u64) -> Result<Self> {
        let mut from = Fields(bytes);
        if from.take() != MAGIC {
            return Err(failure::corrupt(
                path,
                "this is no segment of shared memory of libnotice",
                "不是 libnotice 的共享内存段",
            ));
        }
        let layout = u32::from_le_bytes(from.take());
        if layout != LAYOUT {
            return Err(failure::at(
                ErrorKind::Unsupported,
                path,
                format!(
                    "layout {layout}, this library knows {LAYOUT}; use the same release of libnotice in both programs"
                ),
                format!(
                    "布局版本为 {layout}，本库支持 {LAYOUT}；请在两个程序中使用相同版本的 libnotice"
                ),
            ));
        }
        let (checked, crc) = bytes.split_at(CHECKED);
        let crc_is_right = crc == crc32fast::hash(checked).to_le_bytes();
        let size = u32::from_le_bytes(from.take());
        let uuid = u128::from_le_bytes(from.take());
        let slots = u32::from_le_bytes(from.take());
        let slot = u32::from_le_bytes(from.take());
        let arena = u64::from_le_bytes(from.take());
        let stated = u64::from_le_bytes(from.take());
        let largest = u32::from_le_bytes(from.take());
        let flags = u32::from_le_bytes(from.take());
        // The checksum guards against accidents; numbers that somebody chose are checked all the same.
        let are_sizes = Sizes { slots, arena }.check().is_ok()
            && total(slots, arena) == Some(stated)
            && u64::from(largest) <= arena
            && u64::from(largest) >= UNIT;
        if !crc_is_right
            || size as usize != HEADER
            || slot as usize != SLOT
            || flags != 0
            || !are_sizes
        {
            return Err(failure::corrupt(
                path,
                "the header is damaged",
                "段头已损坏",
            ));
        }
        if stated != file_length {
            return Err(failure::corrupt(
                path,
                format!("the header says {stated} bytes, the file has {file_length}"),
                format!("段头记录为 {stated} 字节，而文件有 {file_length} 字节"),
            ));
        }
        Ok(Self {
            uuid,
            sizes: Sizes { slots, arena },
            total: stated,
            largest,
        })
    }
}

/// Fields that are taken one after the other.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl Fields<'_> {
    /// Takes the next bytes; zeros behind the end.
    pub(crate) fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.0.split_at_checked(N).unwrap_or((&[], &[]));
        self.0 = rest;
        let mut bytes = [0; N];
        bytes
            .iter_mut()
            .zip(taken)
            .for_each(|(to, from)| *to = *from);
        bytes
    }
}
