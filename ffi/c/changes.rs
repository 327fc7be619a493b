//! Changes: following a board.

use std::ffi::c_void;
use std::mem::offset_of;
use std::time::Duration;

use notice::ChangeQuery;
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use super::item::NoticeItem;
use super::query::{self, NoticeQuery};
use super::text::NoticeStr;
use crate::arguments::{Growing, Plain};
use crate::buffer;
use crate::handle;
use crate::panic::{guard, guard_value};

/// From where, through whose eyes, and how much is followed. Start from NOTICE_CHANGES_INIT and give it a query.
///
/// To keep a list: take `since` and `epoch` from the NoticeArray that the list came from; then of each
/// NoticeChangeArray put what has an item into the list, take out what has none, and set `since` to its
/// `to_revision`. After NOTICE_COMPACTED, NOTICE_EPOCH_MISMATCH and NOTICE_FUTURE_REVISION: list again.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeChanges {
    /// sizeof(NoticeChanges).
    pub struct_size: u32,
    /// How many events at most, up to NOTICE_MAX_LIMIT; 0 is that many. A revision is never cut in two, so that
    /// there may be more.
    pub limit: u32,
    /// The revision that the follower has; 0 is the beginning of the board.
    pub since: i64,
    /// Who follows what: view, user, locales, attributes and filter. Search text and what depends on the user's
    /// marks are refused. Not NULL.
    pub query: *const NoticeQuery,
    /// 1 when `epoch` is set.
    pub has_epoch: u32,
    /// 0.
    pub reserved: u32,
    /// Which board the follower has followed, to be told when this is another one.
    pub epoch: [u8; 16],
}

/// One change, as it concerns the one who follows.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeChangeEvent {
    /// The board's revision that made the change.
    pub revision: i64,
    /// Which announcement it is about.
    pub id: i64,
    /// NOTICE_KIND_...
    pub kind: i32,
    /// 0.
    pub reserved: u32,
    /// The announcement as the follower sees it now; NULL when it is not, or no longer, in the follower's list.
    /// Its flags and counts say nothing of the user's marks: those make no revision.
    pub item: *const NoticeItem,
    /// Why it was retracted; empty otherwise.
    pub reason: NoticeStr,
}

/// What has changed. NOTICE_CHANGE_ARRAY_INIT is an empty one, which may be given back.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeChangeArray {
    /// The events, oldest first; NULL when there are none.
    pub events: *const NoticeChangeEvent,
    /// How many there are.
    pub len: usize,
    /// For NoticeChanges::since: the follower has everything up to here.
    pub to_revision: i64,
    /// The board's revision.
    pub head: i64,
    /// The earliest instant at which the follower's list may change by time alone; 0 if there is none.
    pub next_change_at: i64,
    /// Which board it is, as in NoticeArray.
    pub epoch: [u8; 16],
    /// 1 when there is more to fetch at once, else 0.
    pub more: u32,
    /// 0.
    pub reserved: u32,
    /// 0.
    pub reserved_more: [u64; 4],
    /// The library's own: not to be changed.
    pub memory: *mut c_void,
}

// SAFETY: integers and a raw pointer.
unsafe impl Plain for NoticeChanges {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for NoticeChanges {
    const SIZES: &'static [usize] = &[size_of::<Self>()];
}

/// What has changed since a revision, for a follower who keeps a list. It does not wait: see notice_wait.
///
/// @param board    An open board.
/// @param changes  From where, and through whose eyes.
/// @param array    Where the changes are written. What was there is not freed. It is the caller's, to be given
///                 back with notice_changes_free.
/// @return NOTICE_OK; NOTICE_COMPACTED, NOTICE_EPOCH_MISMATCH and NOTICE_FUTURE_REVISION, which all mean: list
///         again, then follow; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for what is refused of the query;
///         NOTICE_OVER_BUDGET when there is no memory.
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

/// Gives the memory of an array of changes back and sets the array to zero, so that freeing it twice is harmless.
///
/// @param array  From notice_changes, or all zero. May be NULL. Of copies of an array only one may be freed.
/// Threads: any, while no other one uses the array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_changes_free(array: *mut NoticeChangeArray) {
    guard_value!(notice_changes_free, (), || {
        if !array.is_null() {
            // SAFETY: the header says that it is an array that was filled, or zeros.
            unsafe { buffer::take_and_free(array, offset_of!(NoticeChangeArray, memory)) };
        }
    })
}

/// Waits until the board's revision is after one that the caller has. Announcements that start or end by their
/// time alone make no revision: `next_change_at` says when to look again for those.
///
/// @param board       An open board.
/// @param since       The revision that the caller has.
/// @param timeout_ms  How long to wait at most, in milliseconds; 0 is not at all, negative is for ever.
/// @param revision    Where the board's revision is written. May be NULL.
/// @return NOTICE_OK; NOTICE_TIMED_OUT; NOTICE_FUTURE_REVISION for a revision that the board has not reached;
///         NOTICE_UNAVAILABLE when the board is closed meanwhile.
/// Threads: any; each waits by itself.
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
        if let Some(revision) = caller.optional_output(revision) {
            revision.write(reached);
        }
        Ok(())
    })
}
