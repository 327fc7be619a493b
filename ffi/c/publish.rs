//! Publishing.

use std::ffi::c_char;

use notice::{Draft, Published, Result};
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use super::draft::{self, NoticeDraft};
use crate::boundary::arguments::{Caller, Output, check_area, too_small};
use crate::boundary::handle;
use crate::boundary::panic::guard;

/// Result of a change to an announcement.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticePublished {
    /// Id of the announcement.
    pub id: i64,
    /// Revision of the board at the announcement's last change.
    pub revision: i64,
    /// Version of the announcement: 1, raised by one with each change of its content.
    pub version: u32,
    /// NOTICE_OUTCOME_...
    pub outcome: i32,
    /// 1 when this repeats an earlier result under the same idempotency key, else 0.
    pub is_duplicate: u32,
    /// Always 0.
    pub reserved: u32,
    /// Always 0.
    pub reserved_more: [u64; 2],
}

impl From<Published> for NoticePublished {
    fn from(published: Published) -> Self {
        Self {
            id: published.id,
            revision: published.revision,
            version: published.version,
            outcome: published.outcome.code(),
            is_duplicate: published.duplicate.into(),
            reserved: 0,
            reserved_more: [0; 2],
        }
    }
}

/// Publishes a draft, or updates the announcement that has its key in its channel.
///
/// @param board      An open board.
/// @param draft      The draft. Only read during the call.
/// @param published  Receives the result. May be NULL.
/// @return NOTICE_OK; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for the first invalid field;
///         NOTICE_BAD_STATE when the announcement with that key is retracted;
///         NOTICE_IDEMPOTENCY_CONFLICT when the idempotency key was used with a different draft;
///         NOTICE_POISONED.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_publish(
    board: *mut NoticeBoard,
    draft: *const NoticeDraft,
    published: *mut NoticePublished,
) -> i32 {
    guard!(notice_publish, |caller| {
        let board = handle::enter(board)?;
        let draft = draft::read(caller, draft)?;
        let done = board.publish(&draft)?;
        caller.write_optional(published, done);
        Ok(())
    })
}

/// Publishes a draft, or a list of drafts as one revision: all of them, or none.
///
/// A draft is a JSON object with the fields of NoticeDraft by their names. `texts` is an object of
/// {"title", "summary", "body", "format"} by locale, `replaces` a list of ids and keys, and
/// `extras` an object.
///
/// @param board    An open board.
/// @param json     JSON object, or a list of at most NOTICE_MAX_BATCH drafts.
/// @param len      Length of `json` in bytes.
/// @param results  Receives the results, in the order of the drafts. {NULL, 0} when they are not
///                 wanted.
/// @param cap      Capacity of `results`, in structures.
/// @param count    Receives the number of drafts, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_TOO_SMALL when `results` is too small, in which case nothing is
///         published; otherwise as notice_publish, with a path that begins with the position in the
///         list.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_publish_json(
    board: *mut NoticeBoard,
    json: *const c_char,
    len: usize,
    results: *mut NoticePublished,
    cap: usize,
    count: *mut usize,
) -> i32 {
    guard!(notice_publish_json, |caller| {
        let board = handle::enter(board)?;
        let results = Results::new(caller, results, cap, count)?;
        let json = caller.bytes("json", json, len)?;
        let drafts = Draft::batch_from_json(json)?;
        results.write(drafts.len(), || match drafts.as_slice() {
            // A single draft has no position in an error's path, unless it was given in a list.
            [draft] if !is_list(json) => board.publish(draft).map(|done| vec![done]),
            drafts => board.publish_all(drafts),
        })
    })
}

/// The caller's array for the results of a batch.
pub(crate) struct Results<'a> {
    caller: &'a Caller,
    results: *mut NoticePublished,
    cap: usize,
    count: Output<'a, usize>,
}

impl<'a> Results<'a> {
    pub(crate) fn new(
        caller: &'a Caller,
        results: *mut NoticePublished,
        cap: usize,
        count: *mut usize,
    ) -> Result<Self> {
        check_area("results", results.cast_const(), cap)?;
        Ok(Self {
            caller,
            results,
            cap,
            count: caller.output("count", count)?,
        })
    }

    /// Runs a batch of `count` if there is room for its results, and writes them.
    pub(crate) fn write(
        self,
        count: usize,
        batch: impl FnOnce() -> Result<Vec<Published>>,
    ) -> Result<()> {
        let is_wanted = !self.results.is_null();
        if is_wanted && count > self.cap {
            self.count.write(count);
            return Err(too_small(count, self.cap));
        }
        let done: Vec<NoticePublished> = batch()?.into_iter().map(Into::into).collect();
        if is_wanted {
            self.caller
                .write_list("results", self.results, self.cap, &done)?;
        }
        self.count.write(count);
        Ok(())
    }
}

/// Reports whether a JSON text is a list, behind a byte order mark or not.
pub(crate) fn is_list(json: &[u8]) -> bool {
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
    json.trim_ascii_start().starts_with(b"[")
}
