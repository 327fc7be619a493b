//! What the process as a whole takes: memory and processor time.
//!
//! libnotice and SQLite are both linked into this program and take their memory from malloc, so that what it
//! says before and after is what a board takes, with what the allocator adds to each piece.

use std::time::Duration;

/// Bytes that are allocated and not freed. Nothing where the allocator does not say.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn allocated() -> Option<u64> {
    // SAFETY: it has no conditions.
    let said = unsafe { libc::mallinfo2() };
    Some((said.uordblks + said.hblkhd) as u64)
}

/// Bytes that are allocated and not freed. Nothing where the allocator does not say.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn allocated() -> Option<u64> {
    None
}

/// Nanoseconds that processors worked for this process, in all threads. Nothing where that is not to be had.
#[cfg(unix)]
pub(crate) fn processor_time() -> Option<f64> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: a valid pointer.
    let code = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    (code == 0).then_some(time.tv_sec as f64 * 1e9 + time.tv_nsec as f64)
}

/// Nanoseconds that processors worked for this process, in all threads. Nothing where that is not to be had.
#[cfg(not(unix))]
pub(crate) fn processor_time() -> Option<f64> {
    None
}

/// Waits until no thread of this process works any more: libnotice brings its search index up to date behind
/// its caller's back, which would be timed along with whatever comes next.
pub(crate) fn wait_until_idle() {
    // Longer than libnotice gathers what it puts off.
    const LOOK: Duration = Duration::from_millis(150);
    let mut before = processor_time();
    loop {
        std::thread::sleep(LOOK);
        let after = processor_time();
        match before.zip(after) {
            Some((before, after)) if after - before > 1e6 => {}
            _ => return,
        }
        before = after;
    }
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

    #[test]
    fn a_large_and_many_small_pieces_are_counted() {
        let before = allocated().unwrap();
        let large = vec![1_u8; 500_000_000];
        let small: Vec<Box<[u8; 1000]>> = (0..100_000).map(|_| Box::new([1; 1000])).collect();
        let grown = allocated().unwrap() - before;
        assert!((550_000_000..750_000_000).contains(&grown), "{grown}");
        drop((large, small));
    }
}
