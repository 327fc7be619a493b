//! Queries: pages, single announcements and counts.

use std::collections::BTreeMap;
use std::ffi::{c_char, c_void};

use notice::{
    Announcement, Bilingual, Error, Filter, Locale, Order, Phase, Query, Result, Severity,
    TimeRange, View, Viewer, WantedLocales,
};
use safer_ffi::prelude::derive_ReprC;

use super::array::{NoticeArray, NoticeCount};
use super::board::NoticeBoard;
use super::buffer;
use super::limits::{NOTICE_MAX_ATTRIBUTES, NOTICE_MAX_FILTER_LIST};
use super::names::{NOTICE_PINNED_ANY, NOTICE_PINNED_NOT, NOTICE_PINNED_ONLY};
use super::text::{NoticeAttribute, NoticeRange, NoticeStr};
use crate::boundary::arguments::{Caller, Growing, Plain, check_area, set, too_small};
use crate::boundary::handle;
use crate::boundary::panic::guard;

/// A query: the viewer, the filter, and the page. Start from NOTICE_QUERY_INIT.
///
/// All zero but `struct_size` asks what an anonymous viewer should see now. All conditions must
/// hold; an empty list, an empty text or a 0 is no condition. The library reads what it points at
/// only during the call.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeQuery {
    /// sizeof(NoticeQuery).
    pub struct_size: u32,
    /// NOTICE_VIEW_...
    pub view: i32,
    /// NOTICE_ORDER_...
    pub order: i32,
    /// Maximum number of items, up to NOTICE_MAX_LIMIT; 0 means NOTICE_DEFAULT_LIMIT.
    pub limit: u32,
    /// NOTICE_PHASE_...
    pub phase: i32,
    /// NOTICE_SEVERITY_...: this severity or higher.
    pub severity_at_least: i32,
    /// NOTICE_PINNED_ANY, NOTICE_PINNED_ONLY or NOTICE_PINNED_NOT.
    pub pinned: i32,
    /// Must be 0.
    pub reserved: u32,
    /// Instant to answer for, in Unix milliseconds; 0 means now by the board's clock.
    pub now: i64,
    /// Only announcements changed after this revision of the board.
    pub changed_since: i64,
    /// Only announcements that start in this range.
    pub starts: NoticeRange,
    /// Only announcements that end in this range; one without an end is in no range that has an
    /// `until`.
    pub ends: NoticeRange,
    /// Only announcements last published in this range.
    pub published: NoticeRange,
    /// Only announcements last changed in this range.
    pub updated: NoticeRange,
    /// Name under which viewer state is kept; empty for an anonymous viewer.
    pub user: NoticeStr,
    /// Preferred locales, best first, as the system gives them: zh-CN, zh_CN.UTF-8, zh_CN_#Hans,
    /// zh-CHS, or a list such as "zh-CN,zh;q=0.9". C, POSIX and * want nothing. What cannot be read is
    /// passed over, counted by notice_stats_json and told by notice_explain.
    pub locales: *const NoticeStr,
    /// Number of locales.
    pub locale_count: usize,
    /// Attributes of the viewer, which audiences refer to.
    pub attributes: *const NoticeAttribute,
    /// Number of attributes, counting each value of a repeated name.
    pub attribute_count: usize,
    /// Cursor of the page to return: `next_cursor` of the page before. The rest of the query must
    /// be the same.
    pub cursor: NoticeStr,
    /// Only announcements in any of these channels.
    pub channels: *const NoticeStr,
    /// Number of channels.
    pub channel_count: usize,
    /// Only announcements in any of these categories.
    pub categories: *const NoticeStr,
    /// Number of categories.
    pub category_count: usize,
    /// Only announcements with any of these tags.
    pub tags_any: *const NoticeStr,
    /// Number of tags.
    pub tags_any_count: usize,
    /// Only announcements with all of these tags.
    pub tags_all: *const NoticeStr,
    /// Number of tags.
    pub tags_all_count: usize,
    /// Only announcements with none of these tags.
    pub tags_none: *const NoticeStr,
    /// Number of tags.
    pub tags_none_count: usize,
    /// Only announcements with any of these keys.
    pub keys: *const NoticeStr,
    /// Number of keys.
    pub key_count: usize,
    /// Only announcements with any of these ids.
    pub ids: *const i64,
    /// Number of ids.
    pub id_count: usize,
    /// Only announcements by this author.
    pub author: NoticeStr,
    /// Only announcements with this identity in the system they come from.
    pub external_id: NoticeStr,
    /// Only announcements with a text in exactly this locale.
    pub has_locale: NoticeStr,
    /// Search text of at most NOTICE_MAX_SEARCH_BYTES: terms separated by blanks or Chinese
    /// punctuation, all of which must match; "a phrase", -term, title:term. Case, diacritics, width and
    /// traditional forms of Chinese are ignored. An open quote runs to the end.
    pub q: NoticeStr,
    /// 1: only announcements that the user has not read since they last were news.
    pub unread_only: u32,
    /// 1: only announcements to be shown to the user now: not dismissed, and within their show
    /// limit and interval.
    pub pending_only: u32,
    /// 1: only announcements that require an acknowledgement which the user has not given since
    /// they last were news.
    pub unacknowledged_only: u32,
    /// 1: skips counting, so `total` and `unread` of the page are NOTICE_NOT_COUNTED. A page of
    /// common search terms is returned sooner. notice_count ignores this field.
    pub uncounted: u32,
}

// SAFETY: integers, and structures of raw pointers and integers.
unsafe impl Plain for NoticeQuery {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for NoticeQuery {
    const SIZES: &'static [usize] = &[size_of::<Self>()];
}

/// Returns a page of the announcements that the viewer should see, in memory owned by the library.
///
/// @param board  An open board.
/// @param query  The query.
/// @param array  Receives the page. Its previous content is not freed. The caller owns the array,
///               and frees it with notice_free.
/// @return NOTICE_OK; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for an invalid query;
///         NOTICE_BAD_CURSOR; NOTICE_OVER_BUDGET when memory is exhausted.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_query(
    board: *mut NoticeBoard,
    query: *const NoticeQuery,
    array: *mut NoticeArray,
) -> i32 {
    guard!(notice_query, |caller| {
        let board = handle::enter(board)?;
        let array = caller.output("array", array)?;
        let page = board.query(&read(caller, "query", query)?)?;
        array.write(buffer::allocate(&page)?);
        Ok(())
    })
}

/// Returns a page like notice_query, but in the caller's memory: items and text are laid out in
/// `buf`.
///
/// The buffer needs no alignment. The array is valid as long as the buffer is unchanged, and there
/// is nothing to free.
///
/// @param board   An open board.
/// @param query   The query.
/// @param buf     Receives the page. {NULL, 0} asks for `needed`.
/// @param cap     Size of `buf` in bytes.
/// @param needed  Receives the required size in bytes, also on NOTICE_TOO_SMALL; 0 for an empty
///                page. The next call may need more if something was published in between.
/// @param array   Receives the array, which points into `buf`.
/// @return NOTICE_OK; NOTICE_TOO_SMALL when `cap` is less than `needed`, in which case `buf` and
///         `array` are untouched; otherwise as notice_query.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_query_into(
    board: *mut NoticeBoard,
    query: *const NoticeQuery,
    buf: *mut c_void,
    cap: usize,
    needed: *mut usize,
    array: *mut NoticeArray,
) -> i32 {
    guard!(notice_query_into, |caller| {
        let board = handle::enter(board)?;
        let array = caller.output("array", array)?;
        let needed = caller.output("needed", needed)?;
        let buf = buf.cast::<u8>();
        check_area("buf", buf.cast_const(), cap)?;
        let page = board.query(&read(caller, "query", query)?)?;
        let laid_out = buffer::LaidOut::new(&page)?;
        let size = laid_out.needed();
        needed.write(size);
        if size > cap {
            return Err(too_small(size, cap));
        }
        // SAFETY: there is room for what is needed.
        array.write(unsafe { laid_out.fill(buf) });
        Ok(())
    })
}

/// Returns one announcement as the query's viewer sees it.
///
/// @param board  An open board.
/// @param id     Id of the announcement.
/// @param query  The viewer. Only view, user, locales, attributes and now are used.
/// @param array  Receives an array of one. The caller owns the array, and frees it with
///               notice_free.
/// @return NOTICE_OK; NOTICE_NOT_FOUND when the announcement does not exist or this viewer may not
///         see it now, while an editor sees every one; otherwise as notice_query.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_get(
    board: *mut NoticeBoard,
    id: i64,
    query: *const NoticeQuery,
    array: *mut NoticeArray,
) -> i32 {
    guard!(notice_get, |caller| {
        let board = handle::enter(board)?;
        let array = caller.output("array", array)?;
        let page = board.query(&only(id, read(caller, "query", query)?))?;
        if page.items.is_empty() {
            return Err(Error::not_found(id));
        }
        array.write(buffer::allocate(&page)?);
        Ok(())
    })
}

/// Returns one whole announcement as a JSON object, including all texts and the audience, for an
/// editor to change and publish again.
///
/// @param board   An open board.
/// @param id      Id of the announcement.
/// @param query   The viewer: `view` must be NOTICE_VIEW_EDITOR.
/// @param buf     Receives the JSON and a NUL. {NULL, 0} asks for `needed`.
/// @param cap     Size of `buf` in bytes.
/// @param needed  Receives the required size in bytes, including the NUL, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_TOO_SMALL; NOTICE_NOT_FOUND; NOTICE_INVALID_FIELD for another view.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_get_json(
    board: *mut NoticeBoard,
    id: i64,
    query: *const NoticeQuery,
    buf: *mut c_char,
    cap: usize,
    needed: *mut usize,
) -> i32 {
    guard!(notice_get_json, |caller| {
        let board = handle::enter(board)?;
        let query = read(caller, "query", query)?;
        if query.view != View::Editor {
            let reason = Bilingual::new("requires NOTICE_VIEW_EDITOR", "需要 NOTICE_VIEW_EDITOR");
            return Err(Error::invalid("view", query.view.name(), reason));
        }
        let item = board.get(id, &query)?;
        let record = item.record().ok_or_else(|| Error::not_found(id))?;
        let json = record.to_json_text();
        caller.write_text(&json, buf, cap, needed)
    })
}

/// Returns the earlier versions of an announcement that were news as a JSON list, the oldest first, so that
/// it can be shown what somebody acknowledged: the version whose `notify_version` and `version` enclose the
/// acknowledged one, or else the present one.
///
/// Each is an object as of notice_get_json, as it was when the next version took its place, without its
/// audience and what it replaced. The last 16 are kept, and 1 MiB of them. A purge erases them.
///
/// @param board   An open board.
/// @param id      Id of the announcement.
/// @param buf     Receives the JSON and a NUL. {NULL, 0} asks for `needed`.
/// @param cap     Size of `buf` in bytes.
/// @param needed  Receives the required size in bytes, including the NUL, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_TOO_SMALL; NOTICE_IO and NOTICE_CORRUPT of the file.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_history_json(
    board: *mut NoticeBoard,
    id: i64,
    buf: *mut c_char,
    cap: usize,
    needed: *mut usize,
) -> i32 {
    guard!(notice_history_json, |caller| {
        let board = handle::enter(board)?;
        let json = Announcement::list_to_json_text(&board.history(id)?);
        caller.write_text(&json, buf, cap, needed)
    })
}

/// Counts the announcements that match the query's filter. Order, limit and cursor are ignored.
///
/// @param board  An open board.
/// @param query  The query.
/// @param count  Receives the counts.
/// @return As notice_query.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_count(
    board: *mut NoticeBoard,
    query: *const NoticeQuery,
    count: *mut NoticeCount,
) -> i32 {
    guard!(notice_count, |caller| {
        let board = handle::enter(board)?;
        let count = caller.output("count", count)?;
        count.write(board.count(&read(caller, "query", query)?)?.into());
        Ok(())
    })
}

/// Reads a query. The engine checks its limits.
pub(crate) fn read(caller: &Caller, path: &str, query: *const NoticeQuery) -> Result<Query> {
    let c = caller.structure(path, query)?;
    caller.reserved("query.reserved", c.reserved)?;
    let mut read = Query::new(read_viewer(caller, &c)?);
    read.view = View::from_code(c.view)?;
    read.order = Order::from_code(c.order)?;
    if c.limit != 0 {
        read.limit = c.limit;
    }
    read.cursor = set(caller.string("cursor", c.cursor)?);
    read.filter = read_filter(caller, &c)?;
    read.counted = !caller.flag("uncounted", c.uncounted)?;
    Ok(read)
}

/// A larger number of locales is no number of locales.
const MOST_LOCALES: usize = 1 << 16;

fn read_viewer(caller: &Caller, c: &NoticeQuery) -> Result<Viewer> {
    let locales = caller.list(
        "locales",
        c.locales,
        c.locale_count,
        MOST_LOCALES,
        |locale| caller.str("", locale),
    )?;
    let pairs = caller.list(
        "attributes",
        c.attributes,
        c.attribute_count,
        NOTICE_MAX_ATTRIBUTES as usize,
        |attribute| {
            Ok((
                caller.str("name", attribute.name)?,
                caller.string("value", attribute.value)?,
            ))
        },
    )?;
    let mut attributes = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in pairs {
        match attributes.get_mut(name) {
            Some(values) => values.push(value),
            None => drop(attributes.insert(name.to_owned(), vec![value])),
        }
    }
    let mut viewer = Viewer::new(caller.string("user", c.user)?);
    viewer.locales = WantedLocales::read(locales);
    viewer.attributes = attributes;
    viewer.now = set(c.now);
    Ok(viewer)
}

fn read_filter(caller: &Caller, c: &NoticeQuery) -> Result<Filter> {
    let most = NOTICE_MAX_FILTER_LIST as usize;
    let strings = |path, list, count| caller.strings(path, list, count, most);
    let has_locale = caller.str("has_locale", c.has_locale)?;
    let mut filter = Filter::new();
    filter.channels = strings("filter.channels", c.channels, c.channel_count)?;
    filter.categories = strings("filter.categories", c.categories, c.category_count)?;
    filter.tags_any = strings("filter.tags_any", c.tags_any, c.tags_any_count)?;
    filter.tags_all = strings("filter.tags_all", c.tags_all, c.tags_all_count)?;
    filter.tags_none = strings("filter.tags_none", c.tags_none, c.tags_none_count)?;
    filter.severity_at_least = match c.severity_at_least {
        0 => None,
        code => Some(Severity::from_code(code).map_err(|error| error.within("severity_at_least"))?),
    };
    filter.pinned = read_pinned(c.pinned)?;
    filter.ids = caller.list("filter.ids", c.ids, c.id_count, most, Ok)?;
    filter.keys = strings("filter.keys", c.keys, c.key_count)?;
    filter.author = set(caller.string("author", c.author)?);
    filter.external_id = set(caller.string("external_id", c.external_id)?);
    filter.phase = Phase::from_code(c.phase)?;
    filter.starts = range(c.starts);
    filter.ends = range(c.ends);
    filter.published = range(c.published);
    filter.updated = range(c.updated);
    filter.changed_since = set(c.changed_since);
    filter.has_locale = match has_locale {
        "" => None,
        tag => Some(Locale::parse(tag).map_err(|error| error.within("has_locale"))?),
    };
    filter.q = caller.string("filter.q", c.q)?;
    filter.unread_only = caller.flag("unread_only", c.unread_only)?;
    filter.pending_only = caller.flag("pending_only", c.pending_only)?;
    filter.unacknowledged_only = caller.flag("unacknowledged_only", c.unacknowledged_only)?;
    Ok(filter)
}

fn read_pinned(pinned: i32) -> Result<Option<bool>> {
    match pinned {
        NOTICE_PINNED_ANY => Ok(None),
        NOTICE_PINNED_ONLY => Ok(Some(true)),
        NOTICE_PINNED_NOT => Ok(Some(false)),
        other => {
            let reason = Bilingual::new("must be 1, 0 or -1", "必须是 1、0 或 -1");
            Err(Error::invalid("pinned", &other.to_string(), reason))
        }
    }
}

fn range(range: NoticeRange) -> TimeRange {
    TimeRange::new(set(range.from), set(range.until))
}

/// Returns the query for the announcement `id` alone, by the same viewer.
pub(crate) fn only(id: i64, query: Query) -> Query {
    let phase = if query.view == View::Editor {
        Phase::Any
    } else {
        Phase::Active
    };
    Query::new(query.viewer)
        .view(query.view)
        .filter(Filter::new().phase(phase).ids([id]))
}
