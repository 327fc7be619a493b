//! Queries: what is asked of a board.

use std::collections::BTreeMap;
use std::ffi::{c_char, c_void};

use notice::{
    Bilingual, Error, Filter, Locale, Order, Phase, Query, Result, Severity, TimeRange, View,
    Viewer,
};
use safer_ffi::prelude::derive_ReprC;

use super::array::{NoticeArray, NoticeCount};
use super::board::NoticeBoard;
use super::limits::{NOTICE_MAX_ATTRIBUTES, NOTICE_MAX_FILTER_LIST, NOTICE_MAX_LOCALES};
use super::names::{NOTICE_PINNED_ANY, NOTICE_PINNED_NOT, NOTICE_PINNED_ONLY};
use super::text::{NoticeAttribute, NoticeRange, NoticeStr};
use crate::arguments::{Caller, Growing, Plain, check_area, set, too_small};
use crate::buffer;
use crate::handle;
use crate::panic::guard;

/// Who asks, what for, and how much of it.
///
/// All zero but `struct_size` (NOTICE_QUERY_INIT) asks what a viewer of whom nothing is known should see now.
/// All conditions must hold; a list that is empty, a text that is empty and a number that is 0 is no condition.
/// What it points at is only read during the call.
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
    /// How many items at most, up to NOTICE_MAX_LIMIT; 0 is NOTICE_DEFAULT_LIMIT.
    pub limit: u32,
    /// NOTICE_PHASE_...
    pub phase: i32,
    /// NOTICE_SEVERITY_...: this one or a higher one.
    pub severity_at_least: i32,
    /// NOTICE_PINNED_ANY, NOTICE_PINNED_ONLY or NOTICE_PINNED_NOT.
    pub pinned: i32,
    /// 0.
    pub reserved: u32,
    /// The time to answer for, in Unix milliseconds; 0 is now by the board's clock.
    pub now: i64,
    /// Changed after this revision of the board.
    pub changed_since: i64,
    /// Whose start lies in this span.
    pub starts: NoticeRange,
    /// Whose end lies in this span; what never ends is in no span that has an end.
    pub ends: NoticeRange,
    /// Whose last publishing lies in this span.
    pub published: NoticeRange,
    /// Whose last change lies in this span.
    pub updated: NoticeRange,
    /// Under which name read states are kept; empty for nobody in particular.
    pub user: NoticeStr,
    /// The wanted locales, best first, at most NOTICE_MAX_LOCALES.
    pub locales: *const NoticeStr,
    /// How many locales there are.
    pub locale_count: usize,
    /// What audiences ask about.
    pub attributes: *const NoticeAttribute,
    /// How many attributes there are, those of the same name counted each.
    pub attribute_count: usize,
    /// Where to go on: `next_cursor` of the page before. The rest of the query must be the same.
    pub cursor: NoticeStr,
    /// In any of these channels.
    pub channels: *const NoticeStr,
    /// How many channels there are.
    pub channel_count: usize,
    /// In any of these categories.
    pub categories: *const NoticeStr,
    /// How many categories there are.
    pub category_count: usize,
    /// With any of these tags.
    pub tags_any: *const NoticeStr,
    /// How many there are.
    pub tags_any_count: usize,
    /// With all of these tags.
    pub tags_all: *const NoticeStr,
    /// How many there are.
    pub tags_all_count: usize,
    /// With none of these tags.
    pub tags_none: *const NoticeStr,
    /// How many there are.
    pub tags_none_count: usize,
    /// With any of these keys.
    pub keys: *const NoticeStr,
    /// How many keys there are.
    pub key_count: usize,
    /// With any of these ids.
    pub ids: *const i64,
    /// How many ids there are.
    pub id_count: usize,
    /// By this author.
    pub author: NoticeStr,
    /// With this identity in the system it came from.
    pub external_id: NoticeStr,
    /// With a text in just this locale.
    pub has_locale: NoticeStr,
    /// Search text, at most NOTICE_MAX_SEARCH_BYTES: terms between blanks, all of which must be found;
    /// "a phrase", -term, title:term.
    pub q: NoticeStr,
    /// 1: not read by the user since they last were news.
    pub unread_only: u32,
    /// 1: to be shown to the user now: not dismissed, and not shown too often or too short a while ago.
    pub pending_only: u32,
    /// 1: to be acknowledged, and not acknowledged by the user since they last were news.
    pub unacknowledged_only: u32,
    /// 1: how many there are need not be counted, and `total` and `unread` of the page are NOTICE_NOT_COUNTED. A
    /// page of what many announcements have is there sooner. notice_count counts all the same.
    pub uncounted: u32,
}

// SAFETY: integers, and structures of raw pointers and integers.
unsafe impl Plain for NoticeQuery {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for NoticeQuery {
    const SIZES: &'static [usize] = &[size_of::<Self>()];
}

/// The announcements that the viewer should see, a page at a time, in memory of the library's own.
///
/// @param board  An open board.
/// @param query  What is asked.
/// @param array  Where the page is written. What was there is not freed. It is the caller's, to be given back
///               with notice_free.
/// @return NOTICE_OK; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for what is refused of the query;
///         NOTICE_BAD_CURSOR; NOTICE_OVER_BUDGET when there is no memory.
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

/// Like notice_query, with the page in the caller's memory: items and text are laid out in `buf`, which may
/// begin anywhere. There is nothing to free; the array is valid as long as the buffer is left alone.
///
/// @param board   An open board.
/// @param query   What is asked.
/// @param buf     Where to lay the page out. {NULL, 0} to ask for `needed`.
/// @param cap     Bytes of `buf`.
/// @param needed  Where it is written how many bytes this page needs, also on NOTICE_TOO_SMALL; 0 when it is
///                empty. The next call may need more, if something was published meanwhile.
/// @param array   Where the page is written.
/// @return NOTICE_OK; NOTICE_TOO_SMALL when `cap` is less than `needed`, and `buf` and `array` are untouched
///         then; otherwise as notice_query.
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

/// One announcement, as the query's viewer sees it.
///
/// @param board  An open board.
/// @param id     Which announcement.
/// @param query  Who asks: of it count view, user, locales, attributes and now.
/// @param array  Where an array of one is written. It is the caller's, to be given back with notice_free.
/// @return NOTICE_OK; NOTICE_NOT_FOUND when there is none of that id that this viewer may see now, while an
///         editor finds every one; otherwise as notice_query.
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

/// One whole announcement as a JSON object, all its texts and its audience included, for an editor to change
/// and publish again.
///
/// @param board   An open board.
/// @param id      Which announcement.
/// @param query   Who asks: `view` must be NOTICE_VIEW_EDITOR.
/// @param buf     Where the JSON and a NUL are written. {NULL, 0} to ask for `needed`.
/// @param cap     Bytes of `buf`.
/// @param needed  Where it is written how many bytes that takes, the NUL among them, also on NOTICE_TOO_SMALL.
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
            let reason = Bilingual::new(
                "the whole announcement needs the view of an editor",
                "查看完整公告需要编辑者视角",
            );
            return Err(Error::invalid("view", query.view.name(), reason));
        }
        let item = board.get(id, &query)?;
        let json = item.announcement.to_json().to_string();
        caller.write_text(&json, buf, cap, needed)
    })
}

/// How many announcements there are under the query's filter. Order, limit and cursor do not count.
///
/// @param board  An open board.
/// @param query  What is asked.
/// @param count  Where the answer is written.
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

/// Reads a query. Its limits are checked when it is asked.
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

fn read_viewer(caller: &Caller, c: &NoticeQuery) -> Result<Viewer> {
    let locales = caller.list(
        "locales",
        c.locales,
        c.locale_count,
        NOTICE_MAX_LOCALES as usize,
        |locale| Locale::parse(caller.str("", locale)?),
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
    viewer.locales = locales;
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

/// The query of the announcement `id` alone, by the same viewer.
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
