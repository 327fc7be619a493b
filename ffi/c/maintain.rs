//! Looking after a board: figures, maintenance, export and import.

use std::ffi::{c_char, c_void};
use std::io::Write;

use notice::{Bilingual, Error, ErrorKind, Maintenance};
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use crate::handle;
use crate::panic::guard;
use crate::writer::CWriter;

/// What maintenance did.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeMaintenance {
    /// Announcements that were purged because their retention was over.
    pub purged: u64,
    /// Changes that notice_changes can no longer go back to.
    pub changes_dropped: u64,
    /// Idempotency keys that were forgotten.
    pub idempotency_keys_dropped: u64,
    /// 0.
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

/// Figures about a board, all from one revision, as a JSON object: revision, epoch, created_at, announcements,
/// active, scheduled, expired, retracted, audiences, unknown_conditions, users, receipts, idempotency_keys, changes,
/// oldest_revision, text_bytes, memory_bytes, search_bytes, unsearched and file_bytes. A newer library may have more.
///
/// created_at is when the board was made, 0 if that is not known; unsearched is how many announcements the search
/// index does not know yet, so that a search looks at their texts; file_bytes is 0 for a board in memory.
///
/// @param board   An open board.
/// @param buf     Where the JSON and a NUL are written. {NULL, 0} to ask for `needed`.
/// @param cap     Bytes of `buf`.
/// @param needed  Where it is written how many bytes that takes, the NUL among them, also on NOTICE_TOO_SMALL.
///                The next call may need some more.
/// @return NOTICE_OK; NOTICE_TOO_SMALL; NOTICE_IO when the file cannot be looked at.
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

/// Does now what is else done as the board is written to: purges what retention is over for, and drops changes
/// and idempotency keys that need not be kept.
///
/// @param board  An open board.
/// @param done   Where it is written what was done. May be NULL.
/// @return NOTICE_OK; NOTICE_POISONED; NOTICE_IO and others of the file.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_maintain(
    board: *mut NoticeBoard,
    done: *mut NoticeMaintenance,
) -> i32 {
    guard!(notice_maintain, |caller| {
        let did = handle::enter(board)?.require_custody()?.maintain()?;
        if let Some(done) = caller.optional_output(done) {
            done.write(did.into());
        }
        Ok(())
    })
}

/// Writes the whole board as JSON Lines: a header, then announcements, users and idempotency keys.
///
/// @param board  An open board.
/// @param write  Is called with `data` and the next `len` bytes, at least 1, until all is written or it returns
///               anything but 0. It must return, throw nothing, and not call the library: the board cannot be
///               written to meanwhile.
/// @param data   What `write` is called with. The library does not look behind it.
/// @return NOTICE_OK; NOTICE_IO when `write` returned anything but 0; NOTICE_INVALID_FIELD.
/// Threads: any. `write` is called from this one.
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

/// Reads what notice_export wrote into this board, which must be empty: all of it, or nothing. The board has a
/// new epoch then, and its feed of changes begins at its revision.
///
/// @param board  An open board on which nothing was published yet.
/// @param data   All that was written.
/// @param len    Bytes of `data`.
/// @return NOTICE_OK; NOTICE_EXISTS when the board is not empty; NOTICE_INVALID_FIELD for what is refused, with
///         the line and the path; NOTICE_CORRUPT; NOTICE_POISONED.
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
