//! Boards: opening and closing them.

use std::ffi::{c_char, c_void};
use std::mem::offset_of;

use notice::{KEEP_MS, KEEP_REVISIONS, Options};
use safer_ffi::prelude::derive_ReprC;

use crate::arguments::{Caller, Growing, Plain};
use crate::clock::CClock;
use crate::handle;
use crate::last_error;
use crate::panic::{guard, guard_value};
use crate::progress::CProgress;

/// An open board. Every thread may use it at the same time.
///
/// What the pointer points at is nobody's business: it is only handed back. One that was closed, or is no
/// board, is refused with NOTICE_INVALID_FIELD.
pub struct NoticeBoard {
    _private: [u8; 0],
}

/// How a board is opened. All zero but `struct_size` is valid: NOTICE_OPTIONS_INIT.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeOptions {
    /// sizeof(NoticeOptions).
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Gives the present in Unix milliseconds, UTC. NULL is the system's clock.
    ///
    /// It is called from every thread that uses the board, several at a time, until notice_close returns. It
    /// must return, throw nothing, and not call the library.
    pub clock: Option<unsafe extern "C" fn(clock_data: *mut c_void) -> i64>,
    /// What `clock` is called with. The library does not look behind it.
    pub clock_data: *mut c_void,
    /// How many revisions notice_changes can go back at least; 0 is 10 000.
    pub keep_changes_revisions: u32,
    /// How many milliseconds notice_changes can go back at least; 0 is 30 days. A change is dropped when both
    /// say so.
    pub keep_changes_ms: u32,
    /// Purges announcements so many milliseconds after they have ended or were retracted: with the next change of
    /// the board, and else in the background within a second. 0 is never.
    pub retention_ms: u64,
    /// Is told how far opening a file has come: `done` of `total` of a `step`, NOTICE_STEP_...; `total` may be 0.
    /// May be NULL.
    ///
    /// It is called from notice_open, on its thread, and never after that has returned. It must return, throw
    /// nothing, and not call the library.
    pub progress:
        Option<unsafe extern "C" fn(progress_data: *mut c_void, step: i32, done: u64, total: u64)>,
    /// What `progress` is called with. The library does not look behind it.
    pub progress_data: *mut c_void,
}

// SAFETY: integers, a raw pointer, and a function that may be NULL.
unsafe impl Plain for NoticeOptions {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for NoticeOptions {
    const SIZES: &'static [usize] = &[offset_of!(Self, progress), size_of::<Self>()];
}

/// Opens a board, and makes it if it is not there.
///
///     mem:        A board in this process, gone when it is closed.
///     file:PATH   A board in this process, kept in one file, which one process at a time can have open, once. The
///                 path is UTF-8 and stands there as it is, without any escaping, up to a "?"; a relative one begins
///                 at the working directory. Its directory must be there.
///
/// Parameters follow a "?", separated by "&":
///
///     durability=full     A call returns when what it changed is on the disk. The default.
///     durability=relaxed  What a call changed is on the disk within 100 milliseconds, and when the board is closed.
///                         A crash may cost the last moments, and never leaves half of anything.
///     budget_mb=N         How much memory announcements may take, in MiB. From 85 % of it on, publishing and changing
///                         what is below NOTICE_SEVERITY_WARNING is refused with NOTICE_OVER_BUDGET.
///
/// A board in memory has no durability.
///
/// @param url      Names the board, such as "file:/var/lib/app/board.notice?budget_mb=64".
/// @param url_len  Bytes of `url`.
/// @param options  May be NULL: all defaults.
/// @param board    Where the board is written. It is the caller's, to be closed with notice_close.
/// @return NOTICE_OK; NOTICE_UNSUPPORTED for a URL of another kind, or a file that a later release wrote;
///         NOTICE_INVALID_FIELD for a URL that is malformed, with the parameter as the path, such as
///         "url.durability"; NOTICE_TOO_LARGE when NOTICE_MAX_BOARDS are open. Of a file, which the message names:
///         NOTICE_LOCKED when it is open already, in this process or another; NOTICE_CORRUPT when it is damaged, or no
///         board and left as it is; NOTICE_READ_ONLY when it or its directory cannot be written; NOTICE_IO for what
///         else the operating system refuses, such as a directory that is not there or a disk that is full.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_open(
    url: *const c_char,
    url_len: usize,
    options: *const NoticeOptions,
    board: *mut *mut NoticeBoard,
) -> i32 {
    guard!(notice_open, |caller| {
        let board = caller.output("board", board)?;
        let url = caller.text("url", url, url_len)?;
        let options = read_options(caller, options)?;
        board.write(handle::open(options.open(url)?)?);
        Ok(())
    })
}

/// Closes a board, and frees what it has. Calls that other threads have in it are waited for; calls that come
/// later are refused; those in notice_wait end with NOTICE_UNAVAILABLE. Arrays that it filled stay valid.
///
/// A file can be opened again when this has returned. What durability=relaxed has put off is written out before;
/// when that fails the board is closed all the same, what was put off is lost, and notice_last_error says why. So who
/// must know reads notice_last_error_info before and after.
///
/// @param board  May be NULL: nothing happens. A board that was closed already is left alone; then
///               notice_last_error says so.
/// Threads: any, but not from the clock of NoticeOptions or the function of notice_export.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_close(board: *mut NoticeBoard) {
    guard_value!(notice_close, (), || {
        if !board.is_null()
            && let Err(error) = handle::close(board)
        {
            last_error::set(error);
        }
    })
}

fn read_options(caller: &Caller, options: *const NoticeOptions) -> notice::Result<Options> {
    if options.is_null() {
        return Ok(Options::new());
    }
    let given = caller.structure("options", options)?;
    caller.reserved("options.reserved", given.reserved)?;
    let or = |given, default| if given == 0 { default } else { given };
    let mut options = Options::new().keep_changes(
        or(given.keep_changes_revisions, KEEP_REVISIONS),
        or(given.keep_changes_ms, KEEP_MS),
    );
    if given.retention_ms != 0 {
        options = options.retention_ms(given.retention_ms);
    }
    if let Some(clock) = given.clock {
        // SAFETY: the header says how long and from where it is called.
        options = options.clock(unsafe { CClock::new(clock, given.clock_data) });
    }
    if let Some(progress) = given.progress {
        // SAFETY: the header says from where it is called, and opening a board does no more than that.
        let progress = unsafe { CProgress::new(progress, given.progress_data) };
        options = options.progress(move |step, done, total| progress.tell(step, done, total));
    }
    Ok(options)
}
