//! The functions and structures of notice.h, as the source of the library has them.

pub(super) use notice_c::c::array::{NoticeArray, NoticeCount, notice_free};
pub(super) use notice_c::c::board::{NoticeBoard, NoticeOptions, notice_close, notice_open};
pub(super) use notice_c::c::copies::notice_backup;
pub(super) use notice_c::c::draft::{NoticeCondition, NoticeDraft, NoticeText};
pub(super) use notice_c::c::item::NoticeItem;
pub(super) use notice_c::c::last_error::notice_last_error;
pub(super) use notice_c::c::maintain::notice_stats_json;
pub(super) use notice_c::c::marks::{notice_forget_user, notice_mark};
pub(super) use notice_c::c::operation::notice_purge;
pub(super) use notice_c::c::publish::{NoticePublished, notice_publish, notice_publish_json};
pub(super) use notice_c::c::query::{NoticeQuery, notice_count, notice_query, notice_query_into};
pub(super) use notice_c::c::receipt::NoticeReceiptArray;
pub(super) use notice_c::c::receipts::{NoticeReceiptQuery, notice_receipts, notice_receipts_free};
pub(super) use notice_c::c::text::{NoticeAttribute, NoticeStr};

/// A structure that may be all zero.
pub(super) trait Zeroed {
    fn zeroed() -> Self;
}

macro_rules! zeroed {
    ($($name:ident)*) => {
        $(impl Zeroed for $name {
            fn zeroed() -> Self {
                // SAFETY: integers, raw pointers, and functions that may be missing.
                unsafe { std::mem::zeroed() }
            }
        })*
    };
}

zeroed! {
    NoticeArray NoticeCount NoticeDraft NoticeOptions NoticePublished NoticeQuery NoticeReceiptArray
    NoticeReceiptQuery NoticeText
}
