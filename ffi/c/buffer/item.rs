//! Items, copied into an allocation.

use std::ptr::null;

use notice::{Block as TextBlock, HitRange, Item};

use super::parts::{Layout, Parts};
use crate::boundary::memory::Part;
use crate::c::item::{NoticeAction, NoticeHit, NoticeItem};
use crate::c::names::{
    NOTICE_ACKNOWLEDGED, NOTICE_CUT_AFTER, NOTICE_CUT_BEFORE, NOTICE_DISMISSED, NOTICE_DISMISSIBLE,
    NOTICE_FIELD_TITLE, NOTICE_IS_FALLBACK, NOTICE_PENDING, NOTICE_PINNED, NOTICE_QUIET,
    NOTICE_READ, NOTICE_REQUIRE_ACK,
};
use crate::c::text::NoticeStr;

/// Measures `item`.
pub(super) fn count(item: &Item, layout: &mut Layout) {
    layout.items += 1;
    layout.tags += item.tags().len();
    layout.actions += item.actions().len();
    layout.text += item.common_block().bytes().len();
    layout.text += item.text_block().bytes().len();
    layout.text += item.locale_used().len() + 1;
    for action in item.actions() {
        layout.text += action.id.len() + action.label.len() + action.value.len() + 3;
    }
    if let Some(found) = item.found() {
        layout.hits += found.title.len() + found.snippet.ranges.len();
        layout.text += found.snippet.text.len() + 1;
    }
}

/// Copies `item`, and returns its address.
pub(super) fn copy(item: &Item, parts: &mut Parts) -> *const NoticeItem {
    let a = item;
    let mut common = texts(a.common_block(), &mut parts.text);
    let [
        key,
        channel,
        category,
        author,
        source,
        external_id,
        extras_json,
        retract_reason,
    ] = std::array::from_fn(|_| common.next().unwrap_or(NoticeStr::EMPTY));
    let tags = parts.tags.place();
    let mut tag_count = 0;
    for tag in common {
        parts.tags.copy(&[tag]);
        tag_count += 1;
    }
    let mut chosen = texts(a.text_block(), &mut parts.text);
    let [title, summary, body] = std::array::from_fn(|_| chosen.next().unwrap_or(NoticeStr::EMPTY));
    let locale_used = parts.text.text(item.locale_used());
    let actions = parts.actions.place();
    for action in a.actions() {
        let action = NoticeAction {
            id: parts.text.text(action.id),
            label: parts.text.text(action.label),
            value: parts.text.text(action.value),
            kind: action.kind.code(),
            reserved: 0,
        };
        parts.actions.copy(&[action]);
    }
    let (snippet, snippet_field, snippet_hits, title_hits) = match item.found() {
        Some(found) => (
            parts.text.text(&found.snippet.text),
            found.snippet.field as i32,
            &*found.snippet.ranges,
            &*found.title,
        ),
        None => (NoticeStr::EMPTY, NOTICE_FIELD_TITLE, &[][..], &[][..]),
    };
    let copied = NoticeItem {
        id: a.id(),
        revision: a.revision(),
        starts_at: a.starts_at(),
        ends_at: a.ends_at().unwrap_or_default(),
        event_from: a.event_from().unwrap_or_default(),
        event_to: a.event_to().unwrap_or_default(),
        created_at: a.created_at(),
        published_at: a.published_at(),
        updated_at: a.updated_at(),
        retracted_at: a.retracted_at().unwrap_or_default(),
        notify_revision: a.notify_revision(),
        snoozed_until: a.snoozed_until().unwrap_or_default(),
        reserved: [0; 3],
        version: a.version(),
        notify_version: a.notify_version(),
        state: a.state().code(),
        severity: a.severity().code(),
        priority: a.priority(),
        format: a.format().code(),
        display: a.display().bits(),
        flags: flags(item),
        show_limit: a.show_limit().unwrap_or_default(),
        show_interval_ms: a.show_interval_ms().unwrap_or_default(),
        seen_count: item.seen_count(),
        snippet_field,
        key,
        channel,
        category,
        author,
        source,
        external_id,
        extras_json,
        retract_reason,
        locale_used,
        title,
        summary,
        body,
        tags: if tag_count == 0 { null() } else { tags },
        tag_count,
        actions: if a.actions().len() == 0 {
            null()
        } else {
            actions
        },
        action_count: a.actions().len(),
        snippet,
        snippet_hits: hits(snippet_hits, &mut parts.hits),
        snippet_hit_count: snippet_hits.len(),
        title_hits: hits(title_hits, &mut parts.hits),
        title_hit_count: title_hits.len(),
    };
    parts.items.copy(&[copied])
}

/// Copies `ranges`, and returns their address.
fn hits(ranges: &[HitRange], hits: &mut Part<NoticeHit>) -> *const NoticeHit {
    // A text is far shorter than a u32 can count.
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let first = hits.place();
    for range in ranges {
        hits.copy(&[NoticeHit {
            byte_start: number(range.bytes.start),
            byte_len: number(range.bytes.len()),
            char_start: number(range.chars.start),
            char_len: number(range.chars.len()),
            utf16_start: number(range.utf16.start),
            utf16_len: number(range.utf16.len()),
        }]);
    }
    if ranges.is_empty() { null() } else { first }
}

/// Copies the texts of `block` in one run, and returns the address of each.
fn texts<'a>(
    block: TextBlock<'a>,
    text: &mut Part<u8>,
) -> impl Iterator<Item = NoticeStr> + use<'a> {
    let place = text.copy(block.bytes());
    block.ranges().map(move |range| NoticeStr {
        ptr: place.wrapping_add(range.start).cast(),
        len: range.len(),
    })
}

fn flags(item: &Item) -> u32 {
    let a = item;
    let cut = |is_cut: fn(&notice::Snippet) -> bool| {
        item.found().is_some_and(|found| is_cut(&found.snippet))
    };
    [
        (a.pinned(), NOTICE_PINNED),
        (a.dismissible(), NOTICE_DISMISSIBLE),
        (a.require_ack(), NOTICE_REQUIRE_ACK),
        (a.quiet(), NOTICE_QUIET),
        (item.is_fallback(), NOTICE_IS_FALLBACK),
        (item.is_read(), NOTICE_READ),
        (item.is_dismissed(), NOTICE_DISMISSED),
        (item.is_acknowledged(), NOTICE_ACKNOWLEDGED),
        (item.is_pending(), NOTICE_PENDING),
        (cut(|snippet| snippet.cut_before), NOTICE_CUT_BEFORE),
        (cut(|snippet| snippet.cut_after), NOTICE_CUT_AFTER),
    ]
    .into_iter()
    .filter(|(is_set, _)| *is_set)
    .fold(0, |flags, (_, flag)| flags | flag)
}
