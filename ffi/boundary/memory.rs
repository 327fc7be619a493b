//! The allocation of a result: taking it, filling its parts, and freeing it.

use std::alloc::{Layout as Block, alloc, dealloc};
use std::ffi::c_void;
use std::mem::{align_of, size_of};
use std::ptr::NonNull;

use notice::{Bilingual, Error, ErrorKind, Result};

/// Alignment of the allocation.
pub(crate) const ALIGN: usize = 8;
/// Size of the header before the library's own memory, which holds the length.
pub(crate) const HEAD: usize = 16;

const _: () = assert!(size_of::<usize>() <= HEAD && align_of::<usize>() <= ALIGN);

/// Part of the memory for values of one type.
pub(crate) struct Part<T> {
    next: *mut T,
    left: usize,
}

impl<T> Part<T> {
    /// Creates a part for `left` values at `next`.
    ///
    /// # Safety
    /// They can be written as long as the part lives.
    pub(crate) unsafe fn new(next: *mut T, left: usize) -> Self {
        Self { next, left }
    }

    /// Returns the end of this part, where the next one begins, as long as nothing was copied.
    pub(crate) fn end<U>(&self) -> *mut U {
        self.next.wrapping_add(self.left).cast()
    }

    /// Returns the address of the next value.
    pub(crate) fn place(&self) -> *const T {
        self.next.cast_const()
    }

    /// Reports whether no room is left.
    pub(crate) fn is_full(&self) -> bool {
        self.left == 0
    }

    /// Copies `values`, and returns their address.
    pub(crate) fn copy(&mut self, values: &[T]) -> *const T {
        // Announcements are immutable, so there is room for exactly what was measured. If not, this
        // panics instead of writing beyond the end.
        assert!(values.len() <= self.left, "a page grew while it was copied");
        let place = self.next;
        // SAFETY: the assertion checks the room, in memory that the caller of `new` guarantees to be
        // writable. It is new or the caller's, so it does not overlap the values.
        unsafe { values.as_ptr().copy_to_nonoverlapping(place, values.len()) };
        self.next = place.wrapping_add(values.len());
        self.left -= values.len();
        place.cast_const()
    }
}

/// Allocates `size` bytes, and returns the memory and where they begin, aligned to [`ALIGN`]; None when
/// nothing is needed. [`take_and_free`] frees it.
pub(crate) fn allocate(size: usize) -> Result<Option<(*mut c_void, *mut u8)>> {
    if size == 0 {
        return Ok(None);
    }
    let total = size.saturating_add(HEAD);
    let block = Block::from_size_align(total, ALIGN).map_err(|_| no_memory(total))?;
    // SAFETY: the size is not zero.
    let Some(memory) = NonNull::new(unsafe { alloc(block) }) else {
        return Err(no_memory(total));
    };
    // SAFETY: the head has room for a `usize` and is aligned for one; behind it are `size` bytes, aligned as
    // the head is a multiple of the alignment.
    let start = unsafe {
        memory.cast::<usize>().write(total);
        memory.as_ptr().add(HEAD)
    };
    Ok(Some((memory.as_ptr().cast::<c_void>(), start)))
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
