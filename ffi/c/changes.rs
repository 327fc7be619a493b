//! Changes: following a board.

use std::mem::offset_of;
use std::time::Duration;

use notice::ChangeQuery;
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use super::buffer;
use super::change::NoticeChangeArray;
use super::query::{self, NoticeQuery};
use crate::boundary::arguments::{Growing, Plain};
use crate::boundary::panic::{guard, guard_value};
use crate::boundary::{handle, memory};

/// A request for changes: where to start, for which viewer, and how many. Start from
/// NOTICE_CHANGES_INIT and set `query`.
///
/// To keep a list up to date, take `since` and `epoch` from the NoticeArray that filled the list.
/// For each event of a NoticeChangeArray, put its item into the list, or remove its id when the
/// item is NULL. Then set `since` to `to_revision`. After NOTICE_COMPACTED, NOTICE_EPOCH_MISMATCH
/// or NOTICE_FUTURE_REVISION, list again.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeChanges {
    /// sizeof(NoticeChanges).
    pub struct_size: u32,
    /// Maximum number of events, up to NOTICE_MAX_LIMIT; 0 means NOTICE_MAX_LIMIT. A revision is
    /// never split, so there may be more.
    pub limit: u32,
    /// Revision that the follower has reached; 0 is the beginning of the board.
    pub since: i64,
    /// The follower: view, user, locales, attributes and filter. Search text and conditions on the
    /// user's marks are refused. Must not be NULL.
    pub query: *const NoticeQuery,
    /// 1 when `epoch` is set, else 0.
    pub has_epoch: u32,
    /// Must be 0.
    pub reserved: u32,
    /// Identity of the followed board; another board is refused with NOTICE_EPOCH_MISMATCH.
    pub epoch: [u8; 16],
}

// SAFETY: integers and a raw pointer.
unsafe impl Plain for NoticeChanges {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for NoticeChanges {
    const SIZES: &'static [usize] = &[size_of::<Self>()];
}

/// Returns the changes since a revision, for a follower that keeps a list. It does not wait; see
/// notice_wait.
///
/// @param board    An open board.
/// @param changes  The request.
/// @param array    Receives the changes. Its previous content is not freed. The caller owns the
///                 array, and frees it with notice_changes_free.
/// @return NOTICE_OK; NOTICE_COMPACTED, NOTICE_EPOCH_MISMATCH and NOTICE_FUTURE_REVISION, which all
///         mean: list again, then follow; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for an invalid
///         query; NOTICE_OVER_BUDGET when memory is exhausted.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_changes(
    board: *mut NoticeBoard,
    changes: *const NoticeChanges,
    array: *mut NoticeChangeArray,
) -> i32 {
    guard!(notice_changes, |caller| {
        let board = handle::enter(board)?;
        let array = caller.output("array", array)?;
        let given = caller.structure("changes", changes)?;
        caller.reserved("changes.reserved", given.reserved)?;
        let query = query::read(caller, "changes.query", given.query)?;
        let mut changes = ChangeQuery::since(given.since, query);
        if given.limit != 0 {
            changes.limit = given.limit;
        }
        if caller.flag("has_epoch", given.has_epoch)? {
            changes.epoch = Some(u128::from_be_bytes(given.epoch));
        }
        array.write(buffer::allocate_changes(&board.changes(&changes)?)?);
        Ok(())
    })
}

/// Frees the memory of an array of changes and sets the array to zero, so that freeing it twice is
/// harmless.
///
/// @param array  From notice_changes, or all zero. May be NULL. Of several copies of an array, free
///               only one.
/// Threads: any, while no other thread uses the array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_changes_free(array: *mut NoticeChangeArray) {
    guard_value!(notice_changes_free, (), || {
        if !array.is_null() {
            // SAFETY: the header says that it is an array that was filled, or zeros.
            unsafe { memory::take_and_free(array, offset_of!(NoticeChangeArray, memory)) };
        }
    })
}

/// Waits until the board's revision is greater than the caller's.
///
/// Announcements that start or end through time alone make no revision: query again at
/// `next_change_at`.
///
/// @param board       An open board.
/// @param since       The caller's revision.
/// @param timeout_ms  Longest time to wait, in milliseconds; 0 does not wait, a negative value
///                    waits for ever.
/// @param revision    Receives the board's revision. May be NULL.
/// @return NOTICE_OK; NOTICE_TIMED_OUT; NOTICE_FUTURE_REVISION for a revision that the board has
///         not reached; NOTICE_UNAVAILABLE when the board is closed during the wait.
/// Threads: any, several at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_wait(
    board: *mut NoticeBoard,
    since: i64,
    timeout_ms: i64,
    revision: *mut i64,
) -> i32 {
    guard!(notice_wait, |caller| {
        let board = handle::enter(board)?;
        let timeout = u64::try_from(timeout_ms).map_or(Duration::MAX, Duration::from_millis);
        let reached = board.wait(since, timeout)?;
        caller.write_optional(revision, reached);
        Ok(())
    })
}
