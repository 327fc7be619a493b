//! State of a result: the rows that a query returned.

use notice::{Bilingual, Error, Item, Page, Result, Viewer};

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
