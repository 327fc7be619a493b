//! Headroom: memory that can still be allocated.
//!
//! A Rust program ends when an allocation fails. Code that a caller can make allocate much therefore asks first
//! whether there is room, by allocating it and giving it back: the system reserves addresses for that and touches
//! nothing. The small allocations that follow are covered by a margin.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::{Bilingual, Error, ErrorKind, Result};

/// Bytes above those asked for. With 64-bit addresses, more than glibc ever takes from its heap instead of mapping
/// it: asking must not change how the heap works.
const MARGIN: usize = if usize::BITS == 64 {
    33 * 1024 * 1024
} else {
    4 * 1024 * 1024
};
/// Bytes that may be allocated without asking, a small part of the margin. Asking takes two calls of the system.
const UNASKED: usize = 64 * 1024;
/// Part of what is there that may have to be moved at once, when a table of it grows.
const MOVED: usize = 4;

/// Counter of the bytes that were allocated without asking.
#[derive(Debug, Default)]
pub(crate) struct Headroom(AtomicUsize);

impl Headroom {
    /// Checks that there is room for `bytes`, added to what `present` says is there already.
    ///
    /// # Errors
    /// `over_budget`.
    pub(crate) fn check(&self, bytes: usize, present: impl FnOnce() -> usize) -> Result<()> {
        let bytes = self.0.load(Ordering::Relaxed).saturating_add(bytes);
        // Kept when there is no room, so that the next call asks again.
        self.0.store(bytes.min(UNASKED), Ordering::Relaxed);
        if bytes < UNASKED {
            return Ok(());
        }
        has_room_for(bytes.saturating_add(present() / MOVED))?;
        self.0.store(0, Ordering::Relaxed);
        Ok(())
    }
}

/// Checks that there is room for `bytes`, unless they are few.
///
/// # Errors
/// `over_budget`.
pub fn has_room_for(bytes: usize) -> Result<()> {
    if bytes < UNASKED {
        return Ok(());
    }
    let mut room: Vec<u8> = Vec::new();
    let reserved = room.try_reserve_exact(bytes.saturating_add(MARGIN));
    // Otherwise the compiler finds that nobody uses it, and reserves nothing.
    std::hint::black_box(&room);
    reserved.map_err(|_| {
        let reason = Bilingual::new(
            format!("out of memory: there is no room for {bytes} bytes more"),
            format!("内存不足：无法再分配 {bytes} 字节"),
        );
        Error::new(ErrorKind::OverBudget, reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_memory_can_hold_is_refused() {
        let refused = has_room_for(usize::MAX / 4).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::OverBudget);
        assert!(has_room_for(usize::MAX).is_err());
        assert_eq!(has_room_for(1024 * 1024), Ok(()));
    }

    #[test]
    fn what_is_allocated_bit_by_bit_is_asked_for_together() {
        let headroom = Headroom::default();
        let huge = || usize::MAX;
        for _ in 0..UNASKED / 1024 - 1 {
            assert_eq!(headroom.check(1024, huge), Ok(()));
        }
        assert!(headroom.check(1024, huge).is_err());
        // It stays refused as long as there is no room.
        assert!(headroom.check(1, huge).is_err());
        assert_eq!(headroom.check(1, || 0), Ok(()));
        assert_eq!(headroom.check(1, huge), Ok(()));
    }
}
