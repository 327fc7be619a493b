//! Boards: opening and closing them.

use std::ffi::{c_char, c_void};
use std::mem::offset_of;

use notice::{Options, limits};
use safer_ffi::prelude::derive_ReprC;

use crate::boundary::arguments::{Caller, Growing, Plain};
use crate::boundary::clock::CClock;
use crate::boundary::handle;
use crate::boundary::panic::guard;
use crate::boundary::progress::CProgress;

/// An open board, which all threads of the process that opened it may use at once.
///
/// In a forked child every call with a board of the parent returns NOTICE_UNAVAILABLE, does nothing
/// and waits for nothing. notice_close frees memory there, and no more. The child opens the board
/// again, which is NOTICE_LOCKED for a file as long as the parent has it open. It lets go of the
/// parent's files by itself, so that they are free when the parent ends.
///
/// The pointer is opaque: only pass it back to the library. A closed or invalid handle is refused
/// with NOTICE_INVALID_FIELD.
pub struct NoticeBoard {
    _private: [u8; 0],
}

/// Options for opening a board. Start from NOTICE_OPTIONS_INIT: all zero but `struct_size` means
/// all defaults.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeOptions {
    /// sizeof(NoticeOptions).
    pub struct_size: u32,
    /// Must be 0.
    pub reserved: u32,
    /// Returns the present in Unix milliseconds, UTC. NULL uses the system's clock. A time before 1970
    /// or after the year 9999 is refused with NOTICE_INVALID_FIELD for `clock` by each call that reads it.
    ///
    /// Called on every thread that uses the board, concurrently, until notice_close returns. It
    /// must return, must not throw, and must not call the library.
    pub clock: Option<unsafe extern "C" fn(clock_data: *mut c_void) -> i64>,
    /// Passed to `clock`. The library does not dereference it.
    pub clock_data: *mut c_void,
    /// Number of revisions that notice_changes can go back at least; 0 means 10 000.
    pub keep_changes_revisions: u32,
    /// Time that notice_changes can go back at least, in milliseconds; 0 means 30 days. A change is
    /// dropped only when it is past both limits.
    pub keep_changes_ms: u32,
    /// Time after its end or retraction at which an announcement is purged, in milliseconds; 0
    /// means never. Purging happens with the board's next change, or in the background within a
    /// second.
    pub retention_ms: u64,
    /// Reports progress while a file is being opened: `done` of `total` units of a `step`,
    /// NOTICE_STEP_...; `total` may be 0 when it is unknown. May be NULL.
    ///
    /// Called by notice_open on the calling thread, and never after notice_open has returned. It
    /// must return, must not throw, and must not call the library.
    pub progress:
        Option<unsafe extern "C" fn(progress_data: *mut c_void, step: i32, done: u64, total: u64)>,
    /// Passed to `progress`. The library does not dereference it.
    pub progress_data: *mut c_void,
}

// SAFETY: integers, a raw pointer, and a function that may be NULL.
unsafe impl Plain for NoticeOptions {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for NoticeOptions {
    const SIZES: &'static [usize] = &[offset_of!(Self, progress), size_of::<Self>()];
}

/// Opens a board.
///
/// - mem: is a board in this process, which ends when it is closed.
/// - file:PATH is a board in this process, kept in one file. Only one process can have the file
///   open, and only once, except for mode=ro. The path is UTF-8. A relative path starts from the
///   working directory. The directory must exist. While the board is open, and after a crash, its
///   newest changes are in PATH-journal: do not delete it, and copy a board with notice_backup.
///
/// Parameters follow a "?" and are separated by "&". A board in memory has only the last one.
/// Without a "?" the path is taken as it is, with any character. Before a "?" it is
/// percent-encoded: "%3F" is a question mark, and "%25" a percent sign. A file named a?b is
/// therefore "file:a%3Fb?".
///
/// - mode=rwc, the default: read and write; make a new board where there is no file.
/// - mode=rw: read and write a board that exists.
/// - mode=ro: read a board that exists, without writing a byte, as on read-only media. Any number
///   of processes may do so at once, while none has the file open for writing. Writes are refused
///   with NOTICE_READ_ONLY.
/// - mode=init: make a new board of an empty file, which keeps its owner and permissions, or where
///   there is no file. For every other mode an empty file is NOTICE_CORRUPT, because a power cut
///   or a failed copy may have left it.
/// - durability=full, the default: a call returns when its change is on disk.
/// - durability=relaxed: a change reaches the disk within 100 milliseconds, and when the board is
///   closed. A crash may lose the last moments, but never leaves half a change.
/// - budget_mb=N limits the memory of the board, in MiB. A board in a file first evicts texts of
///   expired announcements. From 85 % on, announcements below NOTICE_SEVERITY_WARNING are refused
///   with NOTICE_OVER_BUDGET, from 100 % on all announcements, and marks of new users.
///
/// unix:PATH, tcp:HOST:PORT and tls:HOST:PORT are the board of a daemon; notice.dll has the last
/// two. It is connected to at once. A call takes at most 30 seconds, or timeout_ms=N;
/// token_file=PATH has the token that the daemon asks for; lazy=1 connects with the first call.
/// Broken connections are made again, and what is published is repeated over a new one and never
/// doubled. With follow=1 the program keeps a replica, which answers also while the daemon is away. So
/// does follow=shm of unix:, which is sent nothing: the daemon hands its memory over, also to programs
/// of other users. On Linux; it is NOTICE_UNSUPPORTED elsewhere.
/// Functions that administer a board, such as notice_backup, are NOTICE_UNSUPPORTED there.
///
/// shm:NAME is a copy of the board that another process of the same user shares with notice_share; it
/// is NOTICE_NOT_FOUND when none does, unless lazy=1. Opening waits for the board for 30 seconds at most,
/// or timeout_ms=N. Publishing to it is NOTICE_READ_ONLY. Its marks
/// are its own: in memory, or in a file with state=PATH, or sent to a daemon with marks=URL.
///
/// file:PATH?share=auto is a file that several programs use: the first has it, the others follow it and
/// write through it. share=NAME has a name that others can follow as shm:NAME. With timeout_ms=N, from
/// 1000, a call waits no longer for the program that has the file than this; by default 30000.
///
/// With tls:, the daemon's certificate must be signed by an authority that the machine trusts, or by
/// one in the PEM file of ca_file=PATH; and be for HOST, or for the name of server_name=NAME.
///
/// @param url      The board, such as "file:/var/lib/app/board.notice?budget_mb=64".
/// @param url_len  Length of `url` in bytes.
/// @param options  May be NULL: all defaults.
/// @param board    Receives the board. The caller owns it, and closes it with notice_close.
/// @return NOTICE_OK; NOTICE_UNSUPPORTED for an unsupported URL scheme or a file written by a later
///         release; NOTICE_INVALID_FIELD for a malformed URL, with the parameter as the path, such
///         as "url.durability"; NOTICE_TOO_LARGE when NOTICE_MAX_BOARDS are open. For a file, which
///         the message names: NOTICE_LOCKED when it is already open, in this process or another;
///         NOTICE_CORRUPT when it is damaged, empty or not a board file, in which case it is left
///         unchanged; NOTICE_EXISTS when mode=init finds content; NOTICE_READ_ONLY when the file or
///         its directory is not writable; NOTICE_IO for other errors of the operating system, such
///         as a missing directory, a directory in place of the file, or a full disk. For a daemon:
///         NOTICE_UNAVAILABLE when it cannot be reached; NOTICE_UNAUTHORIZED for the token, and for
///         a certificate that is not to be trusted.
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

/// Shares a board with other processes of the same user, which open it as "shm:NAME".
///
/// Each of them has a copy in its own memory, begins with the whole board, follows every later
/// write, and asks without any call to this process. Nothing waits for them. The board is shared
/// until it is closed. A name that a process shared until it ended is continued: those who followed
/// it go on.
///
/// Several programs that use one file need not call this: each opens "file:PATH?share=auto". The
/// first has the file, the others follow it and write through it, and one of them takes the file
/// over when the first ends.
///
/// @param board     An open board of this process: mem: or file:.
/// @param name      At most 100 bytes of letters, digits, "-", "_" and ".", beginning with a letter or
///                  a digit.
/// @param name_len  Length of `name` in bytes.
/// @return NOTICE_OK; NOTICE_LOCKED when another process shares a board under that name;
///         NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for the name; NOTICE_UNSUPPORTED for a board that
///         is kept elsewhere, and on systems other than Linux and Windows; NOTICE_UNAUTHORIZED when
///         the shared files belong to somebody else; NOTICE_IO, also when there is no room.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_share(
    board: *mut NoticeBoard,
    name: *const c_char,
    name_len: usize,
) -> i32 {
    guard!(notice_share, |caller| {
        let name = caller.text("name", name, name_len)?;
        handle::share(board, name)
    })
}

/// For notice_close: lose what cannot be written, and close the board all the same.
pub const NOTICE_CLOSE_GIVE_UP: u32 = 1;

/// Closes a board and frees its memory.
///
/// It waits for other threads' calls on the board. Threads in notice_wait return
/// NOTICE_UNAVAILABLE, and later calls are refused. Arrays that the board filled stay valid.
///
/// A board's file can be opened again once this function has returned NOTICE_OK. Changes deferred
/// by durability=relaxed are written first. If that fails, as on a full disk, the board stays open
/// and usable: make room and close it again, or back it up elsewhere. With NOTICE_CLOSE_GIVE_UP it
/// is closed all the same, and what could not be written is lost.
///
/// In a forked child a board of the parent is closed without waiting or writing anything.
///
/// @param board  May be NULL, which does nothing.
/// @param flags  0 or NOTICE_CLOSE_GIVE_UP.
/// @return NOTICE_OK; NOTICE_IO and other file errors when deferred changes cannot be written, in
///         which case the board is still open; NOTICE_INVALID_FIELD for a board that is closed
///         already, and for unknown flags.
/// Threads: any, but not from the clock of NoticeOptions or the `write` function of notice_export.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_close(board: *mut NoticeBoard, flags: u32) -> i32 {
    guard!(notice_close, |caller| {
        let gives_up = caller.flag("flags", flags)?;
        if board.is_null() {
            return Ok(());
        }
        handle::close(board, gives_up)
    })
}

/// Makes everything durable that was acknowledged: with durability=relaxed, what is not on disk
/// yet.
///
/// @param board  An open board.
/// @return NOTICE_OK, also for a board that defers nothing; NOTICE_IO and other file errors, in
///         which case the changes stay deferred and are tried again.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_flush(board: *mut NoticeBoard) -> i32 {
    guard!(notice_flush, |_caller| {
        handle::enter(board)?.require_custody()?.flush()
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
        or(given.keep_changes_revisions, limits::KEEP_REVISIONS),
        or(given.keep_changes_ms, limits::KEEP_MS),
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
