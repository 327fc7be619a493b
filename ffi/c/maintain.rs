//! Administration: statistics, maintenance, export and import.

use std::ffi::{c_char, c_void};
use std::io::Write;

use notice::{Bilingual, Error, ErrorKind, Maintenance};
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use crate::boundary::handle;
use crate::boundary::panic::guard;
use crate::boundary::writer::CWriter;

/// Result of maintenance.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeMaintenance {
    /// Number of announcements purged by retention.
    pub purged: u64,
    /// Number of changes dropped from the change feed.
    pub changes_dropped: u64,
    /// Number of expired idempotency keys.
    pub idempotency_keys_dropped: u64,
    /// Always 0.
    pub reserved: [u64; 5],
}

impl From<Maintenance> for NoticeMaintenance {
    fn from(done: Maintenance) -> Self {
        Self {
            purged: done.purged,
            changes_dropped: done.changes_dropped,
            idempotency_keys_dropped: done.idempotency_keys_dropped,
            reserved: [0; 5],
        }
    }
}

/// Returns statistics of a board, all as of one revision, as a JSON object.
///
/// The members are revision, epoch, created_at, announcements, active, scheduled, expired,
/// retracted, audiences, unknown_conditions, users, receipts, idempotency_keys, changes,
/// oldest_revision, text_bytes, memory_bytes, search_bytes, unsearched, file_bytes,
/// staleness_ms, lost_entries and reloads. A newer library may add more.
///
/// created_at is 0 when the time of creation is unknown. unsearched is the number of announcements
/// that the search index does not contain yet; a search scans their texts. file_bytes is 0 for a
/// board in memory. staleness_ms tells of a replica that follows a daemon or through shared memory how old an
/// answer may be. lost_entries tells of one that follows through shared memory how many entries it missed, and
/// reloads of any replica how often it began again with a snapshot; afterwards it lacks nothing. They are 0 for
/// every other board.
///
/// @param board   An open board.
/// @param buf     Receives the JSON and a NUL. {NULL, 0} asks for `needed`.
/// @param cap     Size of `buf` in bytes.
/// @param needed  Receives the required size in bytes, including the NUL, also on NOTICE_TOO_SMALL.
///                The next call may need more.
/// @return NOTICE_OK; NOTICE_TOO_SMALL; NOTICE_IO when the file cannot be examined.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_stats_json(
    board: *mut NoticeBoard,
    buf: *mut c_char,
    cap: usize,
    needed: *mut usize,
) -> i32 {
    guard!(notice_stats_json, |caller| {
        let stats = handle::enter(board)?.stats()?;
        caller.write_text(&stats.to_json().to_string(), buf, cap, needed)
    })
}

/// Runs maintenance that otherwise happens on writes: retention, and trimming the change feed and
/// idempotency keys.
///
/// @param board  An open board.
/// @param done   Receives the result. May be NULL.
/// @return NOTICE_OK; NOTICE_POISONED; NOTICE_IO and other file errors.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_maintain(
    board: *mut NoticeBoard,
    done: *mut NoticeMaintenance,
) -> i32 {
    guard!(notice_maintain, |caller| {
        let did = handle::enter(board)?.require_custody()?.maintain()?;
        caller.write_optional(done, did);
        Ok(())
    })
}

/// Writes the whole board as JSON Lines: a header, then announcements, users and idempotency keys.
///
/// @param board  An open board.
/// @param write  Called with `data` and the next `len` bytes, at least 1, until everything is
///               written or it returns anything but 0. It must return, must not throw, and must not
///               call the library. Writes to the board wait until the export is done.
/// @param data   Passed to `write`. The library does not dereference it.
/// @return NOTICE_OK; NOTICE_IO when `write` returned anything but 0; NOTICE_INVALID_FIELD.
/// Threads: any. `write` is called on the calling thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_export(
    board: *mut NoticeBoard,
    write: Option<unsafe extern "C" fn(data: *mut c_void, bytes: *const c_char, len: usize) -> i32>,
    data: *mut c_void,
) -> i32 {
    guard!(notice_export, |_caller| {
        let board = handle::enter(board)?;
        let Some(write) = write else {
            let reason = Bilingual::new("must not be NULL", "不能为 NULL");
            return Err(Error::new(ErrorKind::InvalidField, reason).within("write"));
        };
        // SAFETY: the header says that it can be called so during this call.
        let mut writer = unsafe { CWriter::new(write, data) };
        board.require_custody()?.export(&mut writer)?;
        writer.flush().map_err(|error| {
            let reason = Bilingual::new(error.to_string(), "write 回调返回了非 0 值");
            Error::new(ErrorKind::Io, reason)
        })
    })
}

/// Imports an export into this board, which must be empty: all of it or nothing.
///
/// The board then has a new epoch, and its change feed begins at its revision.
///
/// @param board  An open board on which nothing was ever published.
/// @param data   The complete output of notice_export.
/// @param len    Length of `data` in bytes.
/// @return NOTICE_OK; NOTICE_EXISTS when the board is not empty; NOTICE_INVALID_FIELD with line and
///         path of the fault; NOTICE_CORRUPT; NOTICE_POISONED.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_import(
    board: *mut NoticeBoard,
    data: *const c_char,
    len: usize,
) -> i32 {
    guard!(notice_import, |caller| {
        let board = handle::enter(board)?;
        let mut data = caller.bytes("data", data, len)?;
        board.require_custody()?.import(&mut data)
    })
}
