//! Durable boards: copying them, checking them, and making their file small.

use std::ffi::c_char;
use std::path::Path;

use notice::{Bilingual, Compaction, Error};
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use crate::arguments::Caller;
use crate::handle;
use crate::panic::guard;

/// What compaction did.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeCompaction {
    /// The length of the file before, in bytes.
    pub before: u64,
    /// Its length now.
    pub after: u64,
    /// 0.
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

/// Writes a copy of the board to a new file, as it is at one revision, while others go on using it. The copy is a
/// board like any other, with the same epoch; notice_restore_backup makes one of it with its own. Also of a board in
/// memory, or one whose file cannot be written any more or is damaged.
///
/// @param board     An open board.
/// @param path      The file, which must not be there yet: a path, not a URL.
/// @param path_len  Bytes of `path`.
/// @param revision  Where the copy's revision is written. May be NULL.
/// @return NOTICE_OK; NOTICE_EXISTS, nothing being overwritten; NOTICE_CORRUPT when a record is damaged whose texts
///         were left to the file; NOTICE_READ_ONLY, NOTICE_IO; NOTICE_INVALID_FIELD. After a failure there is no file.
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
        let copied = board.backup(read_path(caller, "path", path, path_len)?)?;
        if let Some(revision) = caller.optional_output(revision) {
            revision.write(copied);
        }
        Ok(())
    })
}

/// Makes a board of a backup: the same announcements, ids, revision and users, and an epoch of its own, so that
/// whoever followed the board lists it again. Each record is checked while it is read.
///
/// @param from      The backup, which nobody may have open: a path, not a URL.
/// @param from_len  Bytes of `from`.
/// @param to        The file that is made, which must not be there yet. "file:" and this path open it.
/// @param to_len    Bytes of `to`.
/// @return NOTICE_OK; NOTICE_EXISTS, nothing being overwritten; for the backup NOTICE_LOCKED, NOTICE_CORRUPT,
///         NOTICE_UNSUPPORTED when a later release wrote it; NOTICE_READ_ONLY, NOTICE_IO; NOTICE_INVALID_FIELD. After
///         a failure there is no file.
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

/// Checks a board: every page and record of its file, that memory and file agree, and that every index says what
/// the announcements say. Reads all of it, also when only `needed` is asked for, and nothing is written meanwhile;
/// queries go on. So hand in some kilobytes at once.
///
/// The JSON object is {"records":n,"problems":[{"place":text,"en":text,"zh":text}]}, and ends with "problems":[]}
/// when nothing is wrong.
///
/// @param board   An open board.
/// @param buf     Where the JSON and a NUL are written. {NULL, 0} to ask for `needed`.
/// @param cap     Bytes of `buf`.
/// @param needed  Where it is written how many bytes that takes, the NUL among them, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK, whatever was found; NOTICE_TOO_SMALL; NOTICE_IO and others of the file when what was put off
///         could not be written out first.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_verify_json(
    board: *mut NoticeBoard,
    buf: *mut c_char,
    cap: usize,
    needed: *mut usize,
) -> i32 {
    guard!(notice_verify_json, |caller| {
        let found = handle::enter(board)?.verify()?;
        caller.write_text(&found.to_json().to_string(), buf, cap, needed)
    })
}

/// Checks a file that nobody has open, also one that notice_open refuses: as notice_verify_json, without what is in
/// memory. A file that was not closed in good order is put in order on the way.
///
/// @param path      The file: a path, not a URL.
/// @param path_len  Bytes of `path`.
/// @param buf       As of notice_verify_json.
/// @param cap       Bytes of `buf`.
/// @param needed    As of notice_verify_json.
/// @return NOTICE_OK, whatever was found; NOTICE_TOO_SMALL; NOTICE_LOCKED when somebody has it open; NOTICE_CORRUPT
///         and NOTICE_UNSUPPORTED for a file of which nothing can be read; NOTICE_READ_ONLY, NOTICE_IO, the latter
///         also when there is none; NOTICE_INVALID_FIELD.
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

/// Makes the board's file as small as it can be. Whoever writes waits meanwhile; queries go on.
///
/// @param board  An open board that is kept in a file.
/// @param done   Where it is written how long the file was and is. May be NULL.
/// @return NOTICE_OK; NOTICE_UNSUPPORTED for a board in memory; NOTICE_IO, NOTICE_CORRUPT.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_compact(
    board: *mut NoticeBoard,
    done: *mut NoticeCompaction,
) -> i32 {
    guard!(notice_compact, |caller| {
        let did = handle::enter(board)?.compact()?;
        if let Some(done) = caller.optional_output(done) {
            done.write(did.into());
        }
        Ok(())
    })
}

/// A path in UTF-8, which on Unix is the bytes of the name.
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
