//! Results of a query for receipts: receipts, and arrays of them.

use std::ffi::c_void;

use safer_ffi::prelude::derive_ReprC;

use super::text::NoticeStr;

/// Acknowledgement of a version of an announcement.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeAcknowledgement {
    /// Time when it was first acknowledged.
    pub at: i64,
    /// The version.
    pub version: u32,
    /// Always 0.
    pub reserved: u32,
}

/// One user's state for an announcement.
///
/// Times are Unix milliseconds, UTC. Versions are those of the announcement. 0 means never.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeReceipt {
    /// Time when it was first shown.
    pub first_seen_at: i64,
    /// Time when it was last shown.
    pub last_seen_at: i64,
    /// Time when it was read.
    pub read_at: i64,
    /// Time when it was dismissed.
    pub dismissed_at: i64,
    /// Time when `acknowledged_version` was acknowledged.
    pub acknowledged_at: i64,
    /// Time until which it was snoozed.
    pub snoozed_until: i64,
    /// Always 0.
    pub reserved: [u64; 1],
    /// Number of times it was shown at `seen_version`.
    pub seen_count: u32,
    /// Version that was last shown.
    pub seen_version: u32,
    /// Version that was read.
    pub read_version: u32,
    /// Version that was dismissed.
    pub dismissed_version: u32,
    /// Latest version that was acknowledged.
    pub acknowledged_version: u32,
    /// Sum of NOTICE_READ, NOTICE_READ_BY_ALL and NOTICE_ACKNOWLEDGED. A newer library may set
    /// further flags.
    pub flags: u32,
    /// Name of the user.
    pub user: NoticeStr,
    /// Acknowledgements of the last versions that the user has acknowledged and not taken back, ascending by
    /// version, at most NOTICE_MAX_ACKNOWLEDGEMENTS; NULL when `acknowledgement_count` is 0.
    pub acknowledgements: *const NoticeAcknowledgement,
    /// Number of acknowledgements.
    pub acknowledgement_count: usize,
}

/// A page of receipts, ordered by user name, or as NoticeReceiptQuery::users. NOTICE_RECEIPT_ARRAY_INIT is an empty array, which may
/// be freed.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeReceiptArray {
    /// The receipts; NULL when the page is empty.
    pub receipts: *const NoticeReceipt,
    /// Number of receipts on this page.
    pub len: usize,
    /// Number of users on all pages, or among the listed ones, who have read it since it last was news.
    pub read: u64,
    /// Number of users on all pages, or among the listed ones, who have acknowledged it since it last was news.
    pub acknowledged: u64,
    /// Always 0.
    pub reserved: [u64; 4],
    /// Cursor of the next page, for NoticeReceiptQuery::cursor; empty on the last page.
    pub next_cursor: NoticeStr,
    /// Private to the library: do not change.
    pub memory: *mut c_void,
}
