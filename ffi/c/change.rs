//! Results of following a board: changes, and arrays of them.

use std::ffi::c_void;

use safer_ffi::prelude::derive_ReprC;

use super::item::NoticeItem;
use super::text::NoticeStr;

/// One change, as the follower sees it.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeChangeEvent {
    /// Revision of the board that made the change.
    pub revision: i64,
    /// Id of the announcement.
    pub id: i64,
    /// NOTICE_KIND_...
    pub kind: i32,
    /// Must be 0.
    pub reserved: u32,
    /// The announcement as the follower sees it now; NULL when it is not in the follower's list any
    /// more. Its flags and counts ignore the user's marks, because marks make no revision.
    pub item: *const NoticeItem,
    /// Reason of a retraction; empty otherwise.
    pub reason: NoticeStr,
}

/// Changes to a follower's list. NOTICE_CHANGE_ARRAY_INIT is an empty array, which may be freed.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeChangeArray {
    /// The events, oldest first; NULL when the array is empty.
    pub events: *const NoticeChangeEvent,
    /// Number of events.
    pub len: usize,
    /// Revision that the follower has now reached, for NoticeChanges::since.
    pub to_revision: i64,
    /// The board's revision.
    pub head: i64,
    /// Earliest instant at which the follower's list may change through time alone, in Unix
    /// milliseconds; 0 if it cannot.
    pub next_change_at: i64,
    /// Identity of the board, as in NoticeArray.
    pub epoch: [u8; 16],
    /// 1 when more changes are available at once, else 0.
    pub more: u32,
    /// Must be 0.
    pub reserved: u32,
    /// Must be 0.
    pub reserved_more: [u64; 4],
    /// Private to the library: do not change.
    pub memory: *mut c_void,
}
