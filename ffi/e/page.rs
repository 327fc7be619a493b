//! Results: the pages that queries return.

use notice::{Bilingual, Error, Item, Page, Result, Viewer};

use super::guard::guard_number;
use super::{handle, output};

/// A page, with its viewer and its board.
pub(crate) struct EPage {
    pub(crate) page: Page,
    pub(crate) viewer: Viewer,
    /// Handle of the board, which may have been closed since.
    pub(crate) board: i32,
}

impl EPage {
    pub(crate) fn new(page: Page, viewer: Viewer, board: i32) -> Self {
        Self {
            page,
            viewer,
            board,
        }
    }

    /// Returns the announcement in a row, counted from 1.
    pub(crate) fn row(&self, row: i32) -> Result<&Item> {
        usize::try_from(row)
            .ok()
            .and_then(|row| row.checked_sub(1))
            .and_then(|index| self.page.items.get(index))
            .ok_or_else(|| {
                let count = self.page.items.len();
                let reason = Bilingual::new(
                    format!("valid rows are 1 to {count}"),
                    format!("只有第 1 到 {count} 行"),
                );
                Error::invalid("row", &row.to_string(), reason)
            })
    }
}

/// Returns the number of rows in a result.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return The number; -NOTICE_INVALID_FIELD for an invalid handle.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_count(result: i32) -> i32 {
    guard_number!(e_announce_count, |_caller| {
        output::count(handle::result(result)?.page.items.len())
    })
}

/// Returns the number of matching announcements on all pages.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return The number; -NOTICE_INVALID_FIELD for an invalid handle.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_total(result: i32) -> i32 {
    guard_number!(e_announce_total, |_caller| {
        output::count(handle::result(result)?.page.count.total.unwrap_or_default())
    })
}

/// Returns the number of unread announcements among the total.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return The number; -NOTICE_INVALID_FIELD for an invalid handle.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_unread(result: i32) -> i32 {
    guard_number!(e_announce_unread, |_caller| {
        output::count(
            handle::result(result)?
                .page
                .count
                .unread
                .unwrap_or_default(),
        )
    })
}

/// Frees a result.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return 0; -NOTICE_INVALID_FIELD for an invalid or freed handle.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_free(result: i32) -> i32 {
    guard_number!(e_announce_free, |_caller| {
        handle::free(result)?;
        Ok(0)
    })
}
