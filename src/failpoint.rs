//! Panics on demand, for the tests that show that none gets out. Not in any build that is shipped.

use std::sync::Mutex;

static ARMED: Mutex<Option<String>> = Mutex::new(None);

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
        panic!("injected into {name}");
    }
}
