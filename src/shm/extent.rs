//! What of a file may be mapped.

use std::path::Path;

use super::failure;
use crate::error::{Error, ErrorKind, Result};

/// Most bytes of a mapping: 128 MiB.
pub const LARGEST_MAPPING: u64 = 128 * 1024 * 1024;

/// A part of a file that may be mapped. There is no other way to a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    offset: u64,
    length: usize,
}

impl Extent {
    /// Checks what is to be mapped of the file at `path`, which has `file_length` bytes: nothing of it may lie behind
    /// the end, where touching it would end the process.
    ///
    /// # Errors
    /// `invalid_field` for a length of 0, and an offset that is not a multiple of `page`; `too_large` for more than
    /// 128 MiB after rounding up to whole pages; `corrupt` for a file that is too short.
    pub(crate) fn new(
        path: &Path,
        offset: u64,
        length: u64,
        file_length: u64,
        page: u64,
    ) -> Result<Self> {
        if length == 0 {
            let (en, zh) = ("a mapping of 0 bytes", "映射长度为 0 字节");
            return Err(failure::at(ErrorKind::InvalidField, path, en, zh));
        }
        if !offset.is_multiple_of(page) {
            return Err(failure::at(
                ErrorKind::InvalidField,
                path,
                format!(
                    "a mapping from byte {offset}, which is not a multiple of the page of {page} bytes"
                ),
                format!("映射起点 {offset} 不是页大小 {page} 字节的整数倍"),
            ));
        }
        let mapped = length.checked_next_multiple_of(page);
        let mapped = mapped.filter(|mapped| *mapped <= LARGEST_MAPPING);
        let Some(Ok(mapped)) = mapped.map(usize::try_from) else {
            return Err(too_large(path, length));
        };
        if offset
            .checked_add(length)
            .is_none_or(|end| end > file_length)
        {
            return Err(failure::corrupt(
                path,
                format!(
                    "truncated: {length} bytes from byte {offset} on are expected, the file has {file_length}"
                ),
                format!(
                    "文件被截断：应从第 {offset} 字节起有 {length} 字节，而文件只有 {file_length} 字节"
                ),
            ));
        }
        Ok(Self {
            offset,
            length: mapped,
        })
    }

    /// Returns where it begins in the file.
    pub(crate) fn offset(self) -> u64 {
        self.offset
    }

    /// Returns its length in bytes, in whole pages.
    pub(crate) fn length(self) -> usize {
        self.length
    }
}

fn too_large(path: &Path, length: u64) -> Error {
    failure::at(
        ErrorKind::TooLarge,
        path,
        format!("a mapping of {length} bytes; the limit is {LARGEST_MAPPING} (128 MiB)"),
        format!("映射长度为 {length} 字节，上限为 {LARGEST_MAPPING}（128 MiB）"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: u64 = 4096;

    fn extent(offset: u64, length: u64, file: u64) -> std::result::Result<Extent, ErrorKind> {
        Extent::new(Path::new("segment"), offset, length, file, PAGE).map_err(|error| error.kind())
    }

    #[test]
    fn a_length_of_0_is_refused() {
        assert_eq!(extent(0, 0, PAGE), Err(ErrorKind::InvalidField));
        assert!(extent(0, 1, PAGE).is_ok());
    }

    #[test]
    fn an_offset_inside_a_page_is_refused() {
        for offset in [1, 8, PAGE - 1, PAGE + 64] {
            assert_eq!(extent(offset, 8, 4 * PAGE), Err(ErrorKind::InvalidField));
        }
        assert_eq!(extent(2 * PAGE, 8, 4 * PAGE).unwrap().offset(), 2 * PAGE);
    }

    #[test]
    fn a_length_is_rounded_up_to_pages() {
        for (length, mapped) in [(1, PAGE), (PAGE, PAGE), (PAGE + 1, 2 * PAGE)] {
            assert_eq!(extent(0, length, 2 * PAGE).unwrap().length() as u64, mapped);
        }
    }

    #[test]
    fn more_than_128_mib_are_refused() {
        assert!(extent(0, LARGEST_MAPPING, u64::MAX).is_ok());
        assert!(extent(0, LARGEST_MAPPING - 1, u64::MAX).is_ok());
        for length in [LARGEST_MAPPING + 1, 1 << 40, u64::MAX - 1, u64::MAX] {
            assert_eq!(extent(0, length, u64::MAX), Err(ErrorKind::TooLarge));
        }
    }

    #[test]
    fn nothing_behind_the_end_of_the_file_is_mapped() {
        assert!(extent(PAGE, PAGE, 2 * PAGE).is_ok());
        assert_eq!(extent(PAGE, PAGE, 2 * PAGE - 1), Err(ErrorKind::Corrupt));
        assert_eq!(extent(2 * PAGE, 1, 2 * PAGE), Err(ErrorKind::Corrupt));
        let last = u64::MAX - (PAGE - 1);
        assert_eq!(extent(last, PAGE, u64::MAX), Err(ErrorKind::Corrupt));
    }
}
