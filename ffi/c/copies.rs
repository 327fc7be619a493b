//! Durable boards: backup, verification and compaction.

use std::ffi::c_char;
use std::path::Path;

use notice::{Bilingual, Compaction, Error};
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use crate::boundary::arguments::Caller;
use crate::boundary::handle;
use crate::boundary::panic::guard;

/// Result of a compaction.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeCompaction {
    /// Length of the file before, in bytes.
    pub before: u64,
    /// Length of the file after, in bytes.
    pub after: u64,
    /// Always 0.
    pub reserved: [u64; 2],
}

impl From<Compaction> for NoticeCompaction {
    fn from(done: Compaction) -> Self {
        Self {
            before: done.before,
            after: done.after,
            reserved: [0; 2],
        }
    }
}

/// Writes a copy of the board to a new file, as of one revision, while the board is in use.
///
/// The copy is an ordinary board file with the same epoch; notice_restore_backup makes a board with
/// a new epoch from it. It also works for a board in memory, and for a board whose file is damaged
/// or not writable any more. On Unix it has the permissions of the board's file from the beginning.
///
/// @param board     An open board.
/// @param path      The new file, which must not exist: a path, not a URL.
/// @param path_len  Length of `path` in bytes.
/// @param revision  Receives the copy's revision. May be NULL.
/// @return NOTICE_OK; NOTICE_EXISTS when the file exists; NOTICE_CORRUPT when the record of an
///         evicted text is damaged; NOTICE_READ_ONLY; NOTICE_IO; NOTICE_INVALID_FIELD. A failure
///         leaves no file.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_backup(
    board: *mut NoticeBoard,
    path: *const c_char,
    path_len: usize,
    revision: *mut i64,
) -> i32 {
    guard!(notice_backup, |caller| {
        let board = handle::enter(board)?;
        let copied = board
            .require_custody()?
            .backup(read_path(caller, "path", path, path_len)?)?;
        caller.write_optional(revision, copied);
        Ok(())
    })
}

/// Makes a board from a backup: the same announcements, ids, revision and users, with a new epoch.
///
/// The new epoch makes followers of the old board list again. The new file has the permissions of
/// the backup. Each record is checked as it is read.
///
/// @param from      The backup, which nobody may have open for writing: a path, not a URL. Nothing
///                  is written to it.
/// @param from_len  Length of `from` in bytes.
/// @param to        The new file, which must not exist. Open it as "file:" followed by this path, which
///                  then needs no escaping.
/// @param to_len    Length of `to` in bytes.
/// @return NOTICE_OK; NOTICE_EXISTS when `to` exists; for the backup NOTICE_LOCKED, NOTICE_CORRUPT,
///         or NOTICE_UNSUPPORTED when a later release wrote it; NOTICE_READ_ONLY; NOTICE_IO;
///         NOTICE_INVALID_FIELD. A failure leaves no file.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_restore_backup(
    from: *const c_char,
    from_len: usize,
    to: *const c_char,
    to_len: usize,
) -> i32 {
    guard!(notice_restore_backup, |caller| {
        let from = read_path(caller, "from", from, from_len)?;
        notice::restore_backup(from, read_path(caller, "to", to, to_len)?)
    })
}

/// Checks a board: every page and record of its file, memory against the file, and every index
/// against the announcements.
///
/// Queries still run during the check, but writes wait. Asking only for `needed` does the whole
/// check too, so pass a buffer of some kilobytes at once.
///
/// The JSON object is {"records":n,"problems":[{"place":text,"en":text,"zh":text}]}. It ends with
/// "problems":[]} for a sound board.
///
/// @param board   An open board.
/// @param buf     Receives the JSON and a NUL. {NULL, 0} asks for `needed`.
/// @param cap     Size of `buf` in bytes.
/// @param needed  Receives the required size in bytes, including the NUL, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK, even when problems were found; NOTICE_TOO_SMALL; NOTICE_IO and other file
///         errors when deferred changes could not be written first.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_verify_json(
    board: *mut NoticeBoard,
    buf: *mut c_char,
    cap: usize,
    needed: *mut usize,
) -> i32 {
    guard!(notice_verify_json, |caller| {
        let found = handle::enter(board)?.require_custody()?.verify()?;
        caller.write_text(&found.to_json().to_string(), buf, cap, needed)
    })
}

/// Checks a file that nobody has open for writing, including one that notice_open refuses.
///
/// It checks the same as notice_verify_json, except for what is in memory. Nothing is written, so
/// the file may be on read-only media. What was not closed cleanly is recovered in memory.
///
/// @param path      The file: a path, not a URL.
/// @param path_len  Length of `path` in bytes.
/// @param buf       As in notice_verify_json.
/// @param cap       Size of `buf` in bytes.
/// @param needed    As in notice_verify_json.
/// @return NOTICE_OK, even when problems were found; NOTICE_TOO_SMALL; NOTICE_LOCKED when the file
///         is open for writing elsewhere; NOTICE_CORRUPT and NOTICE_UNSUPPORTED for an unreadable
///         file; NOTICE_IO, also when the file does not exist or is a directory;
///         NOTICE_INVALID_FIELD.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_verify_file_json(
    path: *const c_char,
    path_len: usize,
    buf: *mut c_char,
    cap: usize,
    needed: *mut usize,
) -> i32 {
    guard!(notice_verify_file_json, |caller| {
        let found = notice::verify(read_path(caller, "path", path, path_len)?)?;
        caller.write_text(&found.to_json().to_string(), buf, cap, needed)
    })
}

/// Shrinks the board's file as far as possible. Writers wait until it is done; queries still run.
///
/// @param board  An open board that is kept in a file.
/// @param done   Receives the length of the file before and after. May be NULL.
/// @return NOTICE_OK; NOTICE_UNSUPPORTED for a board in memory; NOTICE_READ_ONLY for one opened with
///         mode=ro; NOTICE_IO; NOTICE_CORRUPT.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_compact(
    board: *mut NoticeBoard,
    done: *mut NoticeCompaction,
) -> i32 {
    guard!(notice_compact, |caller| {
        let did = handle::enter(board)?.require_custody()?.compact()?;
        caller.write_optional(done, did);
        Ok(())
    })
}

/// Reads a path in UTF-8. On Unix, these are the bytes of the name.
fn read_path<'a>(
    caller: &'a Caller,
    name: &str,
    path: *const c_char,
    len: usize,
) -> notice::Result<&'a Path> {
    match caller.text(name, path, len)? {
        "" => {
            let reason = Bilingual::new("must name a file", "必须是文件路径");
            Err(Error::invalid(name, "", reason))
        }
        path => Ok(Path::new(path)),
    }
}
