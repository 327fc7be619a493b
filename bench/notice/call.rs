//! The functions of include/notice.h that are measured, as a C program sees them.

use std::ffi::{c_char, c_void};

use super::abi::{
    NoticeArray, NoticeCount, NoticeDraft, NoticeOptions, NoticePublished, NoticeQuery,
};

// Their source is linked along.
use notice_c as _;

unsafe extern "C" {
    pub(super) fn notice_open(
        url: *const c_char,
        url_len: usize,
        options: *const NoticeOptions,
        board: *mut *mut c_void,
    ) -> i32;
    pub(super) fn notice_close(board: *mut c_void);
    pub(super) fn notice_publish(
        board: *mut c_void,
        draft: *const NoticeDraft,
        published: *mut NoticePublished,
    ) -> i32;
    pub(super) fn notice_publish_json(
        board: *mut c_void,
        json: *const c_char,
        len: usize,
        results: *mut NoticePublished,
        cap: usize,
        count: *mut usize,
    ) -> i32;
    pub(super) fn notice_query(
        board: *mut c_void,
        query: *const NoticeQuery,
        array: *mut NoticeArray,
    ) -> i32;
    pub(super) fn notice_query_into(
        board: *mut c_void,
        query: *const NoticeQuery,
        buf: *mut c_void,
        cap: usize,
        needed: *mut usize,
        array: *mut NoticeArray,
    ) -> i32;
    pub(super) fn notice_free(array: *mut NoticeArray);
    pub(super) fn notice_count(
        board: *mut c_void,
        query: *const NoticeQuery,
        count: *mut NoticeCount,
    ) -> i32;
    pub(super) fn notice_mark(
        board: *mut c_void,
        viewer: *const NoticeQuery,
        ids: *const i64,
        count: usize,
        mark: i32,
    ) -> i32;
    pub(super) fn notice_stats_json(
        board: *mut c_void,
        buf: *mut c_char,
        cap: usize,
        needed: *mut usize,
    ) -> i32;
    pub(super) fn notice_last_error(
        language: i32,
        buf: *mut c_char,
        cap: usize,
        needed: *mut usize,
    ) -> i32;
}
