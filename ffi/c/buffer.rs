//! Lays out results in one allocation: records, items, their tags, actions and hits, then all text.
//!
//! The same code fills the library's own memory, for
//! [`notice_query`](crate::c::query::notice_query), and the caller's buffer, for
//! [`notice_query_into`](crate::c::query::notice_query_into). Nothing is allocated for single
//! fields: the texts of an announcement are two runs of bytes, each copied at once. Memory that is
//! partly filled when a panic occurs is leaked, never used.

mod changes;
mod item;
mod parts;
mod receipts;

use std::ptr::{null, null_mut};

use notice::{Page, Result};

use self::parts::{Layout, Parts};
use crate::boundary::memory::ALIGN;
use crate::c::array::NoticeArray;
use crate::c::text::NoticeStr;

pub(crate) use self::changes::allocate as allocate_changes;
pub(crate) use self::receipts::allocate as allocate_receipts;

/// Lays a page out in the library's own memory.
pub(crate) fn allocate(page: &Page) -> Result<NoticeArray> {
    Ok(match parts::allocate(layout(page))? {
        Some((memory, parts)) => NoticeArray {
            memory,
            ..fill(page, parts)
        },
        None => summary(page),
    })
}

/// A page to be laid out in a caller's buffer.
pub(crate) struct LaidOut<'a> {
    page: &'a Page,
    layout: Layout,
    size: usize,
}

impl<'a> LaidOut<'a> {
    /// Measures `page`.
    pub(crate) fn new(page: &'a Page) -> Result<Self> {
        let layout = layout(page);
        let size = layout.size()?;
        Ok(Self { page, layout, size })
    }

    /// Returns the required size of the buffer, at any address.
    pub(crate) fn needed(&self) -> usize {
        match self.size {
            0 => 0,
            size => size + ALIGN - 1,
        }
    }

    /// Copies the page into the buffer.
    ///
    /// # Safety
    /// [`needed`](Self::needed) bytes at `buf` can be written.
    pub(crate) unsafe fn fill(&self, buf: *mut u8) -> NoticeArray {
        let aligned = buf.wrapping_add(buf.addr().wrapping_neg() % ALIGN);
        // SAFETY: `needed` has counted what aligning takes.
        fill(self.page, unsafe { self.layout.parts(aligned) })
    }
}

/// Measures `page`.
fn layout(page: &Page) -> Layout {
    let cursor = page.next_cursor.as_ref();
    let mut layout = Layout {
        text: cursor.map_or(0, |cursor| cursor.len() + 1),
        ..Layout::default()
    };
    for item in &page.items {
        item::count(item, &mut layout);
    }
    layout
}

/// Copies `page` into its parts.
fn fill(page: &Page, mut parts: Parts) -> NoticeArray {
    let items = parts.items.place();
    for item in &page.items {
        item::copy(item, &mut parts);
    }
    let mut array = summary(page);
    if !page.items.is_empty() {
        array.items = items;
    }
    if let Some(cursor) = &page.next_cursor {
        array.next_cursor = parts.text.text(cursor);
    }
    debug_assert!(parts.is_used_up(), "a page was counted larger than it is");
    array
}

/// Returns the array of `page`, except for what must be copied.
fn summary(page: &Page) -> NoticeArray {
    let count = &page.count;
    NoticeArray {
        items: null(),
        len: page.items.len(),
        total: count.total.unwrap_or(crate::c::array::NOT_COUNTED),
        unread: count.unread.unwrap_or(crate::c::array::NOT_COUNTED),
        revision: count.revision,
        now: count.now,
        next_change_at: count.next_change_at.unwrap_or_default(),
        epoch: count.epoch.to_be_bytes(),
        reserved: [0; 4],
        next_cursor: NoticeStr::EMPTY,
        memory: null_mut(),
    }
}

#[cfg(test)]
mod tests;
