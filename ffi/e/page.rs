//! Results: what a query has given.

use notice::{Bilingual, Error, Item, Page, Result, Viewer};

use super::guard::guard_number;
use super::{handle, output};

/// A page, and who asked for it on which board.
pub(crate) struct EPage {
    pub(crate) page: Page,
    pub(crate) viewer: Viewer,
    /// The board's number. The board may be closed meanwhile.
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

    /// The announcement in that row, counted from 1.
    pub(crate) fn row(&self, row: i32) -> Result<&Item> {
        usize::try_from(row)
            .ok()
            .and_then(|row| row.checked_sub(1))
            .and_then(|index| self.page.items.get(index))
            .ok_or_else(|| {
                let count = self.page.items.len();
                let reason = Bilingual::new(
                    format!("there are rows 1 to {count}"),
                    format!("只有第 1 到 {count} 行"),
                );
                Error::invalid("row", &row.to_string(), reason)
            })
    }
}

/// How many rows a result has.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return How many; -NOTICE_INVALID_FIELD for what is no result.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_count(result: i32) -> i32 {
    guard_number!(e_announce_count, |_caller| {
        output::count(handle::result(result)?.page.items.len())
    })
}

/// How many announcements there are under the conditions, on whatever page.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return How many; -NOTICE_INVALID_FIELD for what is no result.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_total(result: i32) -> i32 {
    guard_number!(e_announce_total, |_caller| {
        output::count(handle::result(result)?.page.count.total.unwrap_or_default())
    })
}

/// How many of these are unread.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return How many; -NOTICE_INVALID_FIELD for what is no result.
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

/// Gives a result back.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return 0; -NOTICE_INVALID_FIELD for what is no result, or was freed already.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_free(result: i32) -> i32 {
    guard_number!(e_announce_free, |_caller| {
        handle::free(result)?;
        Ok(0)
    })
}
