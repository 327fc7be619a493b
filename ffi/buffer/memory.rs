//! The allocation of a result: measuring, addresses of its parts, and freeing.

use std::alloc::{Layout as Block, alloc, dealloc};
use std::ffi::c_void;
use std::mem::{align_of, size_of};
use std::ptr::NonNull;

use notice::{Bilingual, Error, ErrorKind, Result};

use crate::c::changes::NoticeChangeEvent;
use crate::c::item::{NoticeAction, NoticeHit, NoticeItem};
use crate::c::receipts::NoticeReceipt;
use crate::c::text::NoticeStr;

/// Alignment of the allocation.
pub(crate) const ALIGN: usize = 8;
/// Size of the header before the library's own memory, which holds the length.
const HEAD: usize = 16;

const _: () = assert!(
    align_of::<NoticeChangeEvent>() <= ALIGN
        && align_of::<NoticeReceipt>() <= align_of::<NoticeChangeEvent>()
        && align_of::<NoticeItem>() <= align_of::<NoticeReceipt>()
        && align_of::<NoticeStr>() <= align_of::<NoticeItem>()
        && align_of::<NoticeAction>() <= align_of::<NoticeStr>()
        && align_of::<NoticeHit>() <= align_of::<NoticeAction>()
        && size_of::<usize>() <= HEAD
);

/// Number of values of each type, in the order of the memory, then bytes of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Layout {
    pub(super) events: usize,
    pub(super) receipts: usize,
    pub(super) items: usize,
    pub(super) tags: usize,
    pub(super) actions: usize,
    pub(super) hits: usize,
    pub(super) text: usize,
}

/// Part of the memory for values of one type.
pub(super) struct Part<T> {
    next: *mut T,
    left: usize,
}

/// Parts of the memory.
pub(super) struct Parts {
    pub(super) events: Part<NoticeChangeEvent>,
    pub(super) receipts: Part<NoticeReceipt>,
    pub(super) items: Part<NoticeItem>,
    pub(super) tags: Part<NoticeStr>,
    pub(super) actions: Part<NoticeAction>,
    pub(super) hits: Part<NoticeHit>,
    pub(super) text: Part<u8>,
}

impl Layout {
    /// Returns the total size in bytes.
    ///
    /// # Errors
    /// `too_large` if it exceeds the address space.
    pub(crate) fn size(&self) -> Result<usize> {
        let size = || {
            let sizes = [
                (self.events, size_of::<NoticeChangeEvent>()),
                (self.receipts, size_of::<NoticeReceipt>()),
                (self.items, size_of::<NoticeItem>()),
                (self.tags, size_of::<NoticeStr>()),
                (self.actions, size_of::<NoticeAction>()),
                (self.hits, size_of::<NoticeHit>()),
                (self.text, 1),
            ];
            let mut size = 0_usize;
            for (count, each) in sizes {
                size = size.checked_add(count.checked_mul(each)?)?;
            }
            // With the header and alignment it must stay within the address space.
            isize::try_from(size.checked_add(HEAD + ALIGN)?)
                .ok()
                .map(|_| size)
        };
        size().ok_or_else(|| {
            let reason = Bilingual::new("the page exceeds the address space", "结果页超出地址空间");
            Error::new(ErrorKind::TooLarge, reason)
        })
    }

    /// Returns the parts of the memory at `base`.
    ///
    /// # Safety
    /// [`size`](Self::size) bytes at `base`, which is aligned to [`ALIGN`], can be written.
    pub(super) unsafe fn parts(&self, base: *mut u8) -> Parts {
        // No type is aligned more strictly than the one before it, and a size is a multiple of the
        // alignment.
        let events = Part::new(base.cast(), self.events);
        let receipts = Part::new(events.end(), self.receipts);
        let items = Part::new(receipts.end(), self.items);
        let tags = Part::new(items.end(), self.tags);
        let actions = Part::new(tags.end(), self.actions);
        let hits = Part::new(actions.end(), self.hits);
        let text = Part::new(hits.end(), self.text);
        Parts {
            events,
            receipts,
            items,
            tags,
            actions,
            hits,
            text,
        }
    }
}

impl Parts {
    /// Reports whether exactly the measured values were copied.
    pub(super) fn is_used_up(&self) -> bool {
        [
            self.events.left,
            self.receipts.left,
            self.items.left,
            self.tags.left,
            self.actions.left,
            self.hits.left,
            self.text.left,
        ] == [0; 7]
    }
}

impl<T> Part<T> {
    fn new(next: *mut T, left: usize) -> Self {
        Self { next, left }
    }

    /// Returns the end of this part, where the next one begins, as long as nothing was copied.
    fn end<U>(&self) -> *mut U {
        self.next.wrapping_add(self.left).cast()
    }

    /// Returns the address of the next value.
    pub(super) fn place(&self) -> *const T {
        self.next.cast_const()
    }

    /// Copies `values`, and returns their address.
    pub(super) fn copy(&mut self, values: &[T]) -> *const T {
        // Announcements are immutable, so there is room for exactly what was measured. If not, this
        // panics instead of writing beyond the end.
        assert!(values.len() <= self.left, "a page grew while it was copied");
        let place = self.next;
        // SAFETY: there is room, as the assertion says, in memory that `Layout::parts` was promised; it is
        // new or the caller's, and so not where the values are.
        unsafe { values.as_ptr().copy_to_nonoverlapping(place, values.len()) };
        self.next = place.wrapping_add(values.len());
        self.left -= values.len();
        place.cast_const()
    }
}

impl Part<u8> {
    /// Copies `text` and appends a NUL.
    pub(super) fn text(&mut self, text: &str) -> NoticeStr {
        let place = self.copy(text.as_bytes());
        self.copy(&[0]);
        NoticeStr {
            ptr: place.cast(),
            len: text.len(),
        }
    }
}

/// Allocates memory for `layout`, and returns it with its parts; None when nothing is needed.
/// [`take_and_free`] frees it.
pub(super) fn allocate(layout: Layout) -> Result<Option<(*mut c_void, Parts)>> {
    let size = layout.size()?;
    if size == 0 {
        return Ok(None);
    }
    let total = size + HEAD;
    let block = Block::from_size_align(total, ALIGN).map_err(|_| no_memory(total))?;
    // SAFETY: the size is not zero.
    let Some(memory) = NonNull::new(unsafe { alloc(block) }) else {
        return Err(no_memory(total));
    };
    // SAFETY: the head has room for a `usize` and is aligned for one; behind it are `size` bytes, aligned as
    // the head is a multiple of the alignment.
    let parts = unsafe {
        memory.cast::<usize>().write(total);
        layout.parts(memory.as_ptr().add(HEAD))
    };
    Ok(Some((memory.as_ptr().cast::<c_void>(), parts)))
}

/// Frees the memory of an array, if it is the library's own, and sets the array to zero. The
/// pointer to the memory is `offset` bytes from the beginning of the array.
///
/// # Safety
/// `array` is zero, or was filled here and is not in use. No copy of it was freed. `offset` is that
/// of its field `memory`.
pub(crate) unsafe fn take_and_free<T: Copy>(array: *mut T, offset: usize) {
    // SAFETY: zero is an array, too; the rest is the caller's promise.
    let memory = unsafe {
        let memory = array
            .cast::<u8>()
            .add(offset)
            .cast::<*mut c_void>()
            .read_unaligned();
        array.cast::<u8>().write_bytes(0, size_of::<T>());
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

fn no_memory(size: usize) -> Error {
    let reason = Bilingual::new(
        format!("cannot allocate {size} bytes"),
        format!("无法分配 {size} 字节内存"),
    );
    Error::new(ErrorKind::OverBudget, reason)
}
