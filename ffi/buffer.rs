//! A page laid out in one piece of memory: items, their tags, their actions, then all text.
//!
//! The same code fills memory of the library's own, for [`notice_query`](crate::c::query::notice_query),
//! and the caller's buffer, for [`notice_query_into`](crate::c::query::notice_query_into). Nothing is
//! allocated for a field: the texts of an announcement are two runs of bytes, each copied at once.

use std::alloc::{Layout as Block, alloc, dealloc};
use std::ffi::c_void;
use std::mem::{align_of, size_of};
use std::ptr::{NonNull, null, null_mut};

use notice::{
    Action, Announcement, Bilingual, Block as TextBlock, Error, ErrorKind, Item, Page, Result,
};

use crate::c::array::NoticeArray;
use crate::c::item::{NoticeAction, NoticeItem};
use crate::c::names::{NOTICE_DISMISSIBLE, NOTICE_IS_FALLBACK, NOTICE_PINNED, NOTICE_REQUIRE_ACK};
use crate::c::text::NoticeStr;

/// How the piece of memory is aligned.
pub(crate) const ALIGN: usize = 8;
/// Before memory of the library's own stands how much it is.
const HEAD: usize = 16;

const _: () = assert!(
    align_of::<NoticeItem>() <= ALIGN
        && align_of::<NoticeStr>() <= align_of::<NoticeItem>()
        && align_of::<NoticeAction>() <= align_of::<NoticeStr>()
        && size_of::<usize>() <= HEAD
);

/// How much of what a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Layout {
    items: usize,
    tags: usize,
    actions: usize,
    text: usize,
}

/// The part of the memory where values of one type stand.
struct Part<T> {
    next: *mut T,
    left: usize,
}

/// The four parts.
struct Parts {
    items: Part<NoticeItem>,
    tags: Part<NoticeStr>,
    actions: Part<NoticeAction>,
    text: Part<u8>,
}

impl Layout {
    /// What `page` takes.
    pub(crate) fn of(page: &Page) -> Self {
        let mut layout = Self {
            items: page.items.len(),
            ..Self::default()
        };
        layout.text += page
            .next_cursor
            .as_ref()
            .map_or(0, |cursor| cursor.len() + 1);
        for item in &page.items {
            let announcement = &*item.announcement;
            layout.tags += announcement.tags().len();
            layout.actions += announcement.actions().len();
            layout.text += announcement.common_block().bytes().len();
            layout.text += announcement.text_block(item.text_index).bytes().len();
            layout.text += item.text().locale.len() + 1;
            for action in announcement.actions() {
                let label = label(announcement, item.text_index, action);
                layout.text += action.id.len() + label.len() + action.value.len() + 3;
            }
        }
        layout
    }

    /// The bytes in all.
    ///
    /// # Errors
    /// `too_large` if no memory is so large.
    pub(crate) fn size(&self) -> Result<usize> {
        let size = || {
            let items = self.items.checked_mul(size_of::<NoticeItem>())?;
            let tags = self.tags.checked_mul(size_of::<NoticeStr>())?;
            let actions = self.actions.checked_mul(size_of::<NoticeAction>())?;
            let size = items
                .checked_add(tags)?
                .checked_add(actions)?
                .checked_add(self.text)?;
            // Room for the head and for aligning stays below what memory can be.
            isize::try_from(size.checked_add(HEAD + ALIGN)?)
                .ok()
                .map(|_| size)
        };
        size().ok_or_else(|| {
            let reason = Bilingual::new(
                "the page is larger than memory can be",
                "该页超出内存可能的大小",
            );
            Error::new(ErrorKind::TooLarge, reason)
        })
    }

    /// The parts of the memory at `base`.
    ///
    /// # Safety
    /// [`size`](Self::size) bytes at `base`, which is aligned to [`ALIGN`], can be written.
    unsafe fn parts(&self, base: *mut u8) -> Parts {
        // Each type is aligned no more than the one before it, and a size is a multiple of its alignment.
        let items = base.cast::<NoticeItem>();
        let tags = items.wrapping_add(self.items).cast::<NoticeStr>();
        let actions = tags.wrapping_add(self.tags).cast::<NoticeAction>();
        let text = actions.wrapping_add(self.actions).cast::<u8>();
        Parts {
            items: Part {
                next: items,
                left: self.items,
            },
            tags: Part {
                next: tags,
                left: self.tags,
            },
            actions: Part {
                next: actions,
                left: self.actions,
            },
            text: Part {
                next: text,
                left: self.text,
            },
        }
    }
}

impl Parts {
    fn is_used_up(&self) -> bool {
        [
            self.items.left,
            self.tags.left,
            self.actions.left,
            self.text.left,
        ] == [0; 4]
    }
}

impl<T> Part<T> {
    /// Copies `values` to the next places, and says where they are.
    fn copy(&mut self, values: &[T]) -> *mut T {
        // Announcements never change, so there is room for just what was counted. Were there not, it would
        // be caught here and not go on as a write beyond the end.
        assert!(values.len() <= self.left, "a page grew while it was copied");
        let place = self.next;
        // SAFETY: there is room, as the assertion says, in memory that `Layout::parts` was promised; it is
        // new or the caller's, and so not where the values are.
        unsafe { values.as_ptr().copy_to_nonoverlapping(place, values.len()) };
        self.next = place.wrapping_add(values.len());
        self.left -= values.len();
        place
    }
}

impl Part<u8> {
    /// Copies `text` and sets a NUL behind it.
    fn text(&mut self, text: &str) -> NoticeStr {
        let place = self.copy(text.as_bytes());
        self.copy(&[0]);
        NoticeStr {
            ptr: place.cast_const().cast(),
            len: text.len(),
        }
    }
}

/// A page in memory of the library's own. [`free`] gives it back.
pub(crate) fn allocate(page: &Page) -> Result<NoticeArray> {
    let layout = Layout::of(page);
    let size = layout.size()?;
    if size == 0 {
        return Ok(summary(page));
    }
    let total = size + HEAD;
    let block = Block::from_size_align(total, ALIGN).map_err(|_| no_memory(total))?;
    // SAFETY: the size is not zero.
    let Some(memory) = NonNull::new(unsafe { alloc(block) }) else {
        return Err(no_memory(total));
    };
    // SAFETY: the head has room for a `usize` and is aligned for one; behind it are `size` bytes, aligned as
    // the head is a multiple of the alignment.
    let array = unsafe {
        memory.cast::<usize>().write(total);
        fill(page, layout, memory.as_ptr().add(HEAD))
    };
    Ok(NoticeArray {
        memory: memory.as_ptr().cast::<c_void>(),
        ..array
    })
}

/// Gives back the memory of an array, if it is the library's own, and sets the array to zero.
///
/// # Safety
/// `array` is zero, or was filled here and is not in use; of its copies none was given back.
pub(crate) unsafe fn take_and_free(array: *mut NoticeArray) {
    // SAFETY: zero is an array, too; the rest is the caller's promise.
    let memory = unsafe {
        let memory = (&raw const (*array).memory).read_unaligned();
        array.cast::<u8>().write_bytes(0, size_of::<NoticeArray>());
        memory
    };
    let Some(memory) = NonNull::new(memory) else {
        return;
    };
    // SAFETY: `allocate` has written there how much it took.
    let total = unsafe { memory.cast::<usize>().read() };
    if let Ok(block) = Block::from_size_align(total, ALIGN) {
        // SAFETY: taken with this size and alignment.
        unsafe { dealloc(memory.as_ptr().cast(), block) };
    }
}

/// How large a caller's buffer for `page` has to be, wherever it begins.
pub(crate) fn needed(page: &Page) -> Result<usize> {
    let size = Layout::of(page).size()?;
    Ok(if size == 0 { 0 } else { size + ALIGN - 1 })
}

/// A page in the caller's buffer.
///
/// # Safety
/// [`needed`] bytes at `buf` can be written.
pub(crate) unsafe fn fill_caller(page: &Page, buf: *mut u8) -> NoticeArray {
    let aligned = buf.wrapping_add(buf.addr().wrapping_neg() % ALIGN);
    // SAFETY: `needed` has counted what aligning takes.
    unsafe { fill(page, Layout::of(page), aligned) }
}

/// Copies `page` to `base`.
///
/// # Safety
/// As for [`Layout::parts`], and `layout` is that of `page`.
unsafe fn fill(page: &Page, layout: Layout, base: *mut u8) -> NoticeArray {
    // SAFETY: the caller's promise.
    let mut parts = unsafe { layout.parts(base) };
    let items = parts.items.next.cast_const();
    for item in &page.items {
        copy_item(item, &mut parts);
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

fn copy_item(item: &Item, parts: &mut Parts) {
    let a = &*item.announcement;
    let mut common = texts(a.common_block(), &mut parts.text);
    let [
        key,
        channel,
        category,
        author,
        source,
        external_id,
        extras_json,
        retract_reason,
    ] = std::array::from_fn(|_| common.next().unwrap_or(NoticeStr::EMPTY));
    let tags = parts.tags.next.cast_const();
    let mut tag_count = 0;
    for tag in common {
        parts.tags.copy(&[tag]);
        tag_count += 1;
    }
    let mut chosen = texts(a.text_block(item.text_index), &mut parts.text);
    let [title, summary, body] = std::array::from_fn(|_| chosen.next().unwrap_or(NoticeStr::EMPTY));
    let locale_used = parts.text.text(item.text().locale);
    let actions = parts.actions.next.cast_const();
    for action in a.actions() {
        let action = NoticeAction {
            id: parts.text.text(&action.id),
            label: parts.text.text(label(a, item.text_index, action)),
            value: parts.text.text(&action.value),
            kind: action.kind.code(),
            reserved: 0,
        };
        parts.actions.copy(&[action]);
    }
    let item = NoticeItem {
        id: a.id(),
        revision: a.revision(),
        starts_at: a.starts_at(),
        ends_at: a.ends_at(),
        event_from: a.event_from(),
        event_to: a.event_to(),
        created_at: a.created_at(),
        published_at: a.published_at(),
        updated_at: a.updated_at(),
        retracted_at: a.retracted_at(),
        reserved: [0; 4],
        version: a.version(),
        notify_version: a.notify_version(),
        state: a.state().code(),
        severity: a.severity().code(),
        priority: a.priority(),
        format: a.format(item.text_index).code(),
        display: a.display().bits(),
        flags: flags(item),
        show_limit: a.show_limit(),
        show_interval_ms: a.show_interval_ms(),
        key,
        channel,
        category,
        author,
        source,
        external_id,
        extras_json,
        retract_reason,
        locale_used,
        title,
        summary,
        body,
        tags: if tag_count == 0 { null() } else { tags },
        tag_count,
        actions: if a.actions().is_empty() {
            null()
        } else {
            actions
        },
        action_count: a.actions().len(),
    };
    parts.items.copy(&[item]);
}

/// Copies the texts of `block` in one run, and says where each is.
fn texts<'a>(
    block: TextBlock<'a>,
    text: &mut Part<u8>,
) -> impl Iterator<Item = NoticeStr> + use<'a> {
    let place = text.copy(block.bytes()).cast_const();
    block.ranges().map(move |range| NoticeStr {
        ptr: place.wrapping_add(range.start).cast(),
        len: range.len(),
    })
}

fn flags(item: &Item) -> u32 {
    let a = &*item.announcement;
    [
        (a.pinned(), NOTICE_PINNED),
        (a.dismissible(), NOTICE_DISMISSIBLE),
        (a.require_ack(), NOTICE_REQUIRE_ACK),
        (item.is_fallback, NOTICE_IS_FALLBACK),
    ]
    .into_iter()
    .filter(|(is_set, _)| *is_set)
    .fold(0, |flags, (_, flag)| flags | flag)
}

/// What stands on an action in the text that was chosen.
fn label<'a>(announcement: &Announcement, text_index: usize, action: &'a Action) -> &'a str {
    match announcement.locales().get(text_index) {
        Some(locale) => action.label_for(locale),
        None => action.label.first().map_or("", |(_, label)| label),
    }
}

/// The array of `page` but for what has to be copied.
fn summary(page: &Page) -> NoticeArray {
    let count = &page.count;
    NoticeArray {
        items: null(),
        len: page.items.len(),
        total: count.total,
        unread: count.unread,
        revision: count.revision,
        now: count.now,
        next_change_at: count.next_change_at,
        epoch: count.epoch.to_be_bytes(),
        reserved: [0; 4],
        next_cursor: NoticeStr::EMPTY,
        memory: null_mut(),
    }
}

fn no_memory(size: usize) -> Error {
    let reason = Bilingual::new(
        format!("no memory for {size} bytes"),
        format!("无法分配 {size} 字节内存"),
    );
    Error::new(ErrorKind::OverBudget, reason)
}

#[cfg(test)]
mod tests;
