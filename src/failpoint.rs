//! Panics on demand, for the tests that show that none gets out. Not in any build that is shipped.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

static ARMED: Mutex<Option<String>> = Mutex::new(None);
/// Number of panics so far.
static PANICS: AtomicU32 = AtomicU32::new(0);

/// Returns how often [`panic_if_armed`] has panicked.
pub fn panics() -> u32 {
    PANICS.load(Ordering::Relaxed)
}

/// The next [`panic_if_armed`] of that name panics; once.
pub fn arm(name: &str) {
    *ARMED
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(name.to_owned());
}

/// Panics if it is armed for this name.
///
/// # Panics
/// That is what it is for.
pub fn panic_if_armed(name: &str) {
    let mut armed = ARMED
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if armed.as_deref() == Some(name) {
        *armed = None;
        drop(armed);
        PANICS.fetch_add(1, Ordering::Relaxed);
        panic!("injected into {name}");
    }
}
