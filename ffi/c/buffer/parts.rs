//! Parts of a result's memory: measuring them, and their addresses.

use std::ffi::c_void;
use std::mem::{align_of, size_of};

use notice::{Bilingual, Error, ErrorKind, Result};

use crate::boundary::memory::{self, ALIGN, HEAD, Part};
use crate::c::change::NoticeChangeEvent;
use crate::c::item::{NoticeAction, NoticeHit, NoticeItem};
use crate::c::receipt::{NoticeAcknowledgement, NoticeReceipt};
use crate::c::text::NoticeStr;

const _: () = assert!(
    align_of::<NoticeChangeEvent>() <= ALIGN
        && align_of::<NoticeReceipt>() <= align_of::<NoticeChangeEvent>()
        && align_of::<NoticeAcknowledgement>() <= align_of::<NoticeReceipt>()
        && align_of::<NoticeItem>() <= align_of::<NoticeAcknowledgement>()
        && align_of::<NoticeStr>() <= align_of::<NoticeItem>()
        && align_of::<NoticeAction>() <= align_of::<NoticeStr>()
        && align_of::<NoticeHit>() <= align_of::<NoticeAction>()
);

/// Number of values of each type, in the order of the memory, then bytes of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Layout {
    pub(super) events: usize,
    pub(super) receipts: usize,
    pub(super) acknowledgements: usize,
    pub(super) items: usize,
    pub(super) tags: usize,
    pub(super) actions: usize,
    pub(super) hits: usize,
    pub(super) text: usize,
}

/// Parts of the memory.
pub(super) struct Parts {
    pub(super) events: Part<NoticeChangeEvent>,
    pub(super) receipts: Part<NoticeReceipt>,
    pub(super) acknowledgements: Part<NoticeAcknowledgement>,
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
                (self.acknowledgements, size_of::<NoticeAcknowledgement>()),
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
        // SAFETY: no type is aligned more strictly than the one before it, and a size is a multiple of the
        // alignment. The parts follow each other and end with the memory, as `size` has counted.
        unsafe {
            let events = Part::new(base.cast(), self.events);
            let receipts = Part::new(events.end(), self.receipts);
            let acknowledgements = Part::new(receipts.end(), self.acknowledgements);
            let items = Part::new(acknowledgements.end(), self.items);
            let tags = Part::new(items.end(), self.tags);
            let actions = Part::new(tags.end(), self.actions);
            let hits = Part::new(actions.end(), self.hits);
            let text = Part::new(hits.end(), self.text);
            Parts {
                events,
                receipts,
                acknowledgements,
                items,
                tags,
                actions,
                hits,
                text,
            }
        }
    }
}

impl Parts {
    /// Reports whether exactly the measured values were copied.
    pub(super) fn is_used_up(&self) -> bool {
        self.events.is_full()
            && self.receipts.is_full()
            && self.acknowledgements.is_full()
            && self.items.is_full()
            && self.tags.is_full()
            && self.actions.is_full()
            && self.hits.is_full()
            && self.text.is_full()
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
/// [`take_and_free`](memory::take_and_free) frees it.
pub(super) fn allocate(layout: Layout) -> Result<Option<(*mut c_void, Parts)>> {
    let allocated = memory::allocate(layout.size()?)?;
    // SAFETY: this size was allocated, aligned to `ALIGN`.
    Ok(allocated.map(|(memory, start)| (memory, unsafe { layout.parts(start) })))
}
