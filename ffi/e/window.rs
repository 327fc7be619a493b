//! Windows that are notified of changes, with PostMessageA, which does not block.

use notice::Result;

use super::follow::Target;

/// Refuses an invalid window.
#[cfg(windows)]
pub(crate) fn check(target: Target) -> Result<()> {
    // SAFETY: any number may be asked about.
    let is_window = target.window == 0 || unsafe { api::IsWindow(handle(target)) } != 0;
    if is_window {
        return Ok(());
    }
    let reason = notice::Bilingual::new("invalid window handle", "窗口句柄无效");
    let shown = target.window.to_string();
    Err(notice::Error::invalid("window", &shown, reason))
}

/// Refuses every window, because this system has none.
#[cfg(not(windows))]
pub(crate) fn check(_target: Target) -> Result<()> {
    let reason = notice::Bilingual::new(
        "window messages are supported on Windows only",
        "只有 Windows 支持窗口消息通知",
    );
    Err(notice::Error::new(notice::ErrorKind::Unsupported, reason))
}

/// Posts the message. A window that is gone gets none.
#[cfg(windows)]
pub(crate) fn post(target: Target) {
    // SAFETY: no pointers are passed, and an invalid handle is refused.
    unsafe { api::PostMessageA(handle(target), target.message.cast_unsigned(), 0, 0) };
}

/// Never called: `check` refuses all.
#[cfg(not(windows))]
pub(crate) fn post(_target: Target) {}

/// A window handle has 32 significant bits, and is sign-extended where there are more.
#[cfg(windows)]
fn handle(target: Target) -> isize {
    target.window as isize
}

#[cfg(windows)]
mod api {
    #[link(name = "user32")]
    unsafe extern "system" {
        pub(super) fn IsWindow(window: isize) -> i32;
        pub(super) fn PostMessageA(window: isize, message: u32, wide: usize, long: isize) -> i32;
    }
}
