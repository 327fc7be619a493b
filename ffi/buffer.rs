//! What a call hands out, laid out in one piece of memory: records, items, their tags, actions and hits, then
//! all text.
//!
//! The same code fills memory of the library's own, for [`notice_query`](crate::c::query::notice_query),
//! and the caller's buffer, for [`notice_query_into`](crate::c::query::notice_query_into). Nothing is
//! allocated for a field: the texts of an announcement are two runs of bytes, each copied at once.
//! Memory that is half filled when a panic comes is lost, not used.

mod changes;
mod item;
mod memory;
mod receipts;

use std::ptr::{null, null_mut};

use notice::{Page, Result};

use self::memory::{ALIGN, Layout, Parts};
use crate::c::array::NoticeArray;
use crate::c::text::NoticeStr;

pub(crate) use self::changes::allocate as allocate_changes;
pub(crate) use self::memory::take_and_free;
pub(crate) use self::receipts::allocate as allocate_receipts;

/// A page in memory of the library's own.
pub(crate) fn allocate(page: &Page) -> Result<NoticeArray> {
    Ok(match memory::allocate(layout(page))? {
        Some((memory, parts)) => NoticeArray {
            memory,
            ..fill(page, parts)
        },
        None => summary(page),
    })
}

/// A page that is to be laid out in a caller's buffer.
pub(crate) struct LaidOut<'a> {
    page: &'a Page,
    layout: Layout,
    size: usize,
}

impl<'a> LaidOut<'a> {
    /// Counts what `page` takes.
    pub(crate) fn new(page: &'a Page) -> Result<Self> {
        let layout = layout(page);
        let size = layout.size()?;
        Ok(Self { page, layout, size })
    }

    /// How large the buffer has to be, wherever it begins.
    pub(crate) fn needed(&self) -> usize {
        match self.size {
            0 => 0,
            size => size + ALIGN - 1,
        }
    }

    /// Copies the page there.
    ///
    /// # Safety
    /// [`needed`](Self::needed) bytes at `buf` can be written.
    pub(crate) unsafe fn fill(&self, buf: *mut u8) -> NoticeArray {
        let aligned = buf.wrapping_add(buf.addr().wrapping_neg() % ALIGN);
        // SAFETY: `needed` has counted what aligning takes.
        fill(self.page, unsafe { self.layout.parts(aligned) })
    }
}

/// What `page` takes.
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

/// Copies `page` to where its parts are.
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

/// The array of `page` but for what has to be copied.
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
