//! What the library sets up in its process, once, before anything else.

use std::sync::atomic::{AtomicBool, Ordering};

static IS_PREPARED: AtomicBool = AtomicBool::new(false);

/// Prepares the process. Every exported function calls this, so it only reads a flag later.
#[inline]
pub(crate) fn prepare() {
    if !IS_PREPARED.load(Ordering::Relaxed) {
        set_up();
    }
}

/// Prepares the process. Not guarded by a lock, which a forked child could find held: a call at the same time
/// that goes on without waiting only asks the system for its process more often.
#[cold]
fn set_up() {
    if IS_PREPARED.swap(true, Ordering::Relaxed) {
        return;
    }
    // Tests of this crate run in a program that reports panics.
    #[cfg(not(test))]
    be_quiet();
    #[cfg(unix)]
    forks::report();
    #[cfg(windows)]
    module::keep();
}

/// Keeps panics from being printed. Each one is caught and becomes an error with its text, and what the program
/// writes to its standard error is its own business. The hook is that of the Rust runtime inside of this library,
/// which no other code shares.
#[cfg(not(test))]
fn be_quiet() {
    std::panic::set_hook(Box::new(|_| {}));
}

/// Forks, which the system reports to the child.
#[cfg(unix)]
mod forks {
    use libc::{O_CLOEXEC, O_RDWR, c_int};

    pub(super) fn report() {
        // SAFETY: `in_child` does only what may be done in a process that was just forked.
        let refused = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
        // Without memory for it, each call asks the system for its process.
        if refused == 0 {
            notice::process::report_forks();
        }
    }

    /// Runs in every forked child before `fork` returns there. Another thread of the parent may have held any
    /// lock, the allocator's among them, so this only reads memory and makes system calls that POSIX allows.
    ///
    /// The child lets go of the files at once, because their locks would otherwise last until it ends. Their
    /// numbers stay in use, so that closing one of them closes no file that the child has opened since.
    unsafe extern "C" fn in_child() {
        notice::process::forked();
        let mut descriptors = notice::process::descriptors().peekable();
        if descriptors.peek().is_none() {
            return;
        }
        // SAFETY: the path ends in NUL, and `open` is async-signal-safe, as are `dup2`, `fcntl` and `close`.
        let nothing = unsafe { libc::open(c"/dev/null".as_ptr(), O_RDWR | O_CLOEXEC) };
        for descriptor in descriptors {
            // SAFETY: the descriptors are the library's own, and no board of the parent uses them here.
            unsafe { let_go(descriptor, nothing) };
        }
        if nothing >= 0 {
            // SAFETY: opened above.
            unsafe { libc::close(nothing) };
        }
    }

    /// Replaces a file by `nothing`, or closes it if that could not be opened.
    ///
    /// # Safety
    /// The descriptor belongs to the library, and nobody uses it any more.
    unsafe fn let_go(descriptor: c_int, nothing: c_int) {
        // SAFETY: system calls with numbers; see above.
        unsafe {
            if nothing < 0 || libc::dup2(nothing, descriptor) < 0 {
                libc::close(descriptor);
            } else {
                libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC);
            }
        }
    }
}

/// The module that this code is in, which a program may unload while boards are open.
#[cfg(windows)]
mod module {
    use std::ptr;

    /// For an address in the module, in place of its name.
    const FROM_ADDRESS: u32 = 4;
    /// For good: no number of `FreeLibrary` unloads it.
    const PIN: u32 = 1;

    /// Keeps the module until the process ends. Boards have threads, whose code would be gone otherwise.
    ///
    /// Called before the first of them begins. A program cannot be asked to end them all before it unloads the DLL:
    /// the E language unloads it by itself.
    pub(super) fn keep() {
        let mut module = ptr::null_mut();
        let here = keep as *const () as *const u16;
        // SAFETY: `here` is in this module, and with `FROM_ADDRESS` it is not read. `module` has room for the handle.
        // Nothing depends on success: without it, all is as before.
        unsafe { GetModuleHandleExW(FROM_ADDRESS | PIN, here, &raw mut module) };
    }

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(
            flags: u32,
            name: *const u16,
            module: *mut *mut std::ffi::c_void,
        ) -> i32;
    }
}
