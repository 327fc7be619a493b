//! Mapped segments. Only this file has unsafe code, and `kernel32.rs`, which calls Windows.
//!
//! A mapping is seen as a slice of atomic words, for as long as it lives, and in no other way. Other processes may
//! change the words at any time: that is what atomics allow, and there is no other reference into a segment anywhere.
//! An [`Extent`] guarantees that the file reaches as far as the mapping, when it is made. If its owner truncates the
//! file later, touching the mapping ends the process (SIGBUS). Segments of strangers are sealed against that; Windows
//! lets nobody truncate a file that is mapped.

#![allow(unsafe_code)]

use std::fs::File;
use std::path::Path;
#[cfg(target_os = "linux")]
use std::sync::atomic::AtomicU32;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::time::Duration;

use memmap2::{MmapOptions, MmapRaw};
#[cfg(target_os = "linux")]
use rustix::thread::futex;

use super::super::extent::Extent;
use super::super::failure;
use super::super::memory::{Memory, Sleep, WORD, Writable};
#[cfg(windows)]
use super::kernel32::Event;
use crate::error::Result;

/// Where ring and page have the identity of the segment.
#[cfg(windows)]
const UUID: usize = 16 / WORD;

/// A mapping that can only be read.
#[derive(Debug)]
pub(crate) struct View(MmapRaw);

/// A mapping that can be read and written.
#[derive(Debug)]
pub(crate) struct Mapping(View);

impl View {
    /// Maps a part of a file, which was opened for reading.
    ///
    /// # Errors
    /// `io`.
    pub(crate) fn new(path: &Path, file: &File, extent: Extent) -> Result<Self> {
        let mapped = options(extent).map_raw_read_only(file);
        mapped.map(Self).map_err(|error| unmapped(path, error))
    }

    #[inline]
    fn words(&self) -> &[AtomicU64] {
        let begin = self.0.as_ptr().cast::<AtomicU64>();
        // SAFETY: the mapping has that many bytes, begins with a page, and lasts as long as `self`. All bits are
        // numbers. Whoever changes them meanwhile, here or in another process, does so through atomics or is not
        // ours: then the numbers are any numbers. Nobody stores through a view, because only `Mapping` has stores.
        unsafe { std::slice::from_raw_parts(begin, self.0.len() / WORD) }
    }

    /// Returns a word; none behind the end, where only a defect of ours would look.
    #[inline]
    fn word(&self, word: usize) -> Option<&AtomicU64> {
        let found = self.words().get(word);
        debug_assert!(found.is_some(), "word {word} is outside of the segment");
        found
    }
}

impl Mapping {
    /// Maps a part of a file, which was opened for writing.
    ///
    /// # Errors
    /// `io`.
    pub(crate) fn new(path: &Path, file: &File, extent: Extent) -> Result<Self> {
        let mapped = options(extent).map_raw(file);
        let mapped = mapped.map_err(|error| unmapped(path, error))?;
        Ok(Self(View(mapped)))
    }
}

fn options(extent: Extent) -> MmapOptions {
    let mut options = MmapOptions::new();
    options.offset(extent.offset()).len(extent.length());
    options
}

fn unmapped(path: &Path, error: std::io::Error) -> crate::error::Error {
    failure::io(path, "map the segment", "映射共享内存段", error)
}

/// Loads a word in a way that certainly works on pages that can only be read.
#[cfg(target_pointer_width = "64")]
#[inline]
fn load(word: &AtomicU64) -> u64 {
    // Of a register's size and relaxed: see "Atomic accesses to read-only memory" in std::sync::atomic.
    word.load(Ordering::Relaxed)
}

/// The same for processors with registers of 32 bits, where `std` promises nothing for 64.
#[cfg(all(target_arch = "x86", target_pointer_width = "32"))]
#[inline]
fn load(word: &AtomicU64) -> u64 {
    let (low, high): (u32, u32);
    // SAFETY: it reads 8 aligned bytes, which `word` guarantees, at once (Intel SDM volume 3, 10.1.1: any processor
    // since the Pentium), and changes nothing but the registers that are named. x86 of Rust has SSE2.
    unsafe {
        std::arch::asm!(
            "movq {wide}, qword ptr [{from}]",
            "movd {low:e}, {wide}",
            "psrlq {wide}, 32",
            "movd {high:e}, {wide}",
            from = in(reg) word.as_ptr(),
            wide = out(xmm_reg) _,
            low = out(reg) low,
            high = out(reg) high,
            options(readonly, nostack, preserves_flags),
        );
    }
    u64::from(high) << 32 | u64::from(low)
}

impl Memory for View {
    #[inline]
    fn load(&self, word: usize) -> u64 {
        self.word(word).map_or(0, load)
    }

    #[inline]
    fn fence_acquire(&self) {
        fence(Ordering::Acquire);
    }

    #[inline]
    fn fence_all(&self) {
        fence(Ordering::SeqCst);
    }

    fn copy_out(&self, word: usize, out: &mut [u8]) {
        let from = self.words().get(word..).unwrap_or_default();
        debug_assert!(
            from.len() * WORD >= out.len(),
            "bytes outside of the segment"
        );
        let (whole, rest) = out.as_chunks_mut::<WORD>();
        whole
            .iter_mut()
            .zip(from)
            .for_each(|(to, from)| *to = load(from).to_le_bytes());
        if let Some(last) = from.get(whole.len()) {
            let last = load(last).to_le_bytes();
            rest.iter_mut().zip(last).for_each(|(to, from)| *to = from);
        }
    }
}

impl Memory for Mapping {
    #[inline]
    fn load(&self, word: usize) -> u64 {
        self.0.load(word)
    }

    #[inline]
    fn fence_acquire(&self) {
        self.0.fence_acquire();
    }

    #[inline]
    fn fence_all(&self) {
        self.0.fence_all();
    }

    fn copy_out(&self, word: usize, out: &mut [u8]) {
        self.0.copy_out(word, out);
    }
}

impl Writable for Mapping {
    #[inline]
    fn store(&self, word: usize, value: u64) {
        if let Some(word) = self.0.word(word) {
            word.store(value, Ordering::Relaxed);
        }
    }

    #[inline]
    fn publish(&self, word: usize, value: u64) {
        if let Some(word) = self.0.word(word) {
            word.store(value, Ordering::Release);
        }
    }

    #[inline]
    fn fence_release(&self) {
        fence(Ordering::Release);
    }

    fn copy_in(&self, word: usize, bytes: &[u8]) {
        let to = self.0.words().get(word..).unwrap_or_default();
        debug_assert!(
            to.len() * WORD >= bytes.len(),
            "bytes outside of the segment"
        );
        let (whole, rest) = bytes.as_chunks::<WORD>();
        to.iter()
            .zip(whole)
            .for_each(|(to, from)| to.store(u64::from_le_bytes(*from), Ordering::Relaxed));
        if let (false, Some(to)) = (rest.is_empty(), to.get(whole.len())) {
            let mut last = [0; WORD];
            last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            to.store(u64::from_le_bytes(last), Ordering::Relaxed);
        }
    }
}

#[cfg(target_os = "linux")]
impl Mapping {
    /// Returns the low half of a word, on which one can sleep.
    fn half(&self, word: usize) -> Option<&AtomicU32> {
        let low = self.0.word(word)?.as_ptr().cast::<u32>();
        // SAFETY: it is the first half of a word of this mapping, which begins on 8 bytes and lasts as long as `self`.
        // Nothing in this process loads or stores through it: the system alone compares it.
        Some(unsafe { AtomicU32::from_ptr(low) })
    }

    fn sleep_while(&self, word: usize, value: u32, limit: Duration) {
        let Ok(limit) = futex::Timespec::try_from(limit) else {
            return;
        };
        if let Some(half) = self.half(word) {
            // Woken, another value, interrupted, too late: whoever sleeps looks again in any case.
            let _ = futex::wait(half, futex::Flags::empty(), value, Some(&limit));
        }
    }

    fn wake_all(&self, word: usize, _: u32) {
        if let Some(half) = self.half(word) {
            let _ = futex::wake(half, futex::Flags::empty(), i32::MAX as u32);
        }
    }
}

#[cfg(windows)]
impl Mapping {
    /// Returns the event of one ring of a bell. Nobody can find it who cannot read the segment.
    fn event(&self, word: usize, value: u32) -> Event {
        let mut uuid = [0; 16];
        self.copy_out(UUID, &mut uuid);
        Event::new(u128::from_le_bytes(uuid), word, value)
    }

    fn sleep_while(&self, word: usize, value: u32, limit: Duration) {
        // Whoever rings counts, and then looks for the event. This is the other way round, so that one of both sees the
        // other.
        let is_rung = || {
            self.fence_all();
            Memory::load(self, word) as u32 != value
        };
        self.event(word, value).sleep_until(is_rung, limit);
    }

    fn wake_all(&self, word: usize, value: u32) {
        self.fence_all();
        self.event(word, value).ring();
    }
}

impl Sleep for Mapping {
    fn set_bits(&self, word: usize, bits: u64) -> u64 {
        let word = self.0.word(word);
        word.map_or(0, |word| word.fetch_or(bits, Ordering::Relaxed))
    }

    fn add(&self, word: usize, value: u64) -> u64 {
        let word = self.0.word(word);
        word.map_or(0, |word| word.fetch_add(value, Ordering::Relaxed))
    }

    fn sleep(&self, word: usize, value: u32, limit: Duration) {
        self.sleep_while(word, value, limit);
    }

    fn wake(&self, word: usize, value: u32) {
        self.wake_all(word, value);
    }
}
