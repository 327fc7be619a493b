//! Publishing.

use std::ffi::c_char;

use notice::{Draft, Published, Result};
use safer_ffi::prelude::derive_ReprC;

use super::board::NoticeBoard;
use super::draft::{self, NoticeDraft};
use crate::arguments::{Caller, Output, check_area, too_small};
use crate::handle;
use crate::panic::guard;

/// What was done to an announcement.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticePublished {
    /// The announcement's id.
    pub id: i64,
    /// The board's revision at the announcement's last change.
    pub revision: i64,
    /// The announcement's version: 1, and one more for each change of its content.
    pub version: u32,
    /// NOTICE_OUTCOME_...
    pub outcome: i32,
    /// 1 when this is the result of an earlier publishing under the same idempotency key, else 0.
    pub is_duplicate: u32,
    /// 0.
    pub reserved: u32,
    /// 0.
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

/// Publishes a draft, or changes the announcement that has its key in its channel.
///
/// @param board      An open board.
/// @param draft      What to publish. Only read during the call.
/// @param published  Where it is written what was done. May be NULL.
/// @return NOTICE_OK; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for the first field that is refused;
///         NOTICE_BAD_STATE when the announcement of that key is retracted; NOTICE_IDEMPOTENCY_CONFLICT when
///         the idempotency key came with another draft; NOTICE_POISONED.
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
        if let Some(published) = caller.optional_output(published) {
            published.write(done.into());
        }
        Ok(())
    })
}

/// Publishes a draft, or a list of drafts as one revision: all of them or none.
///
/// A draft is a JSON object with the fields of NoticeDraft by their names; `texts` is an object of
/// {"title", "summary", "body", "format"} by locale, `replaces` a list of ids and keys, `extras` an object.
///
/// @param board    An open board.
/// @param json     A JSON object, or a list of at most NOTICE_MAX_BATCH.
/// @param len      Bytes of `json`.
/// @param results  Where it is written what was done, draft by draft. {NULL, 0} when it is not wanted.
/// @param cap      How many `results` has room for.
/// @param count    Where the number of drafts is written, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_TOO_SMALL when `results` has no room for all, and nothing is published then;
///         otherwise as notice_publish, the path of the error beginning with the place of the draft in the list.
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
            // One draft has no place in a list, unless it was given in one.
            [draft] if !is_list(json) => board.publish(draft).map(|done| vec![done]),
            drafts => board.publish_all(drafts),
        })
    })
}

/// Where a caller wants the results of a batch.
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

    /// Does the batch of `count`, if there is room for its results, and writes them.
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

/// Whether a JSON text is a list.
fn is_list(json: &[u8]) -> bool {
    json.trim_ascii_start().starts_with(b"[")
}
