//! Changes, laid out in one allocation.

use std::ptr::{null, null_mut};

use notice::{ChangePage, Result};

use super::item;
use super::parts::{self, Layout, Parts};
use crate::c::change::{NoticeChangeArray, NoticeChangeEvent};

/// Lays changes out in the library's own memory.
pub(crate) fn allocate(page: &ChangePage) -> Result<NoticeChangeArray> {
    let mut array = NoticeChangeArray {
        events: null(),
        len: page.events.len(),
        to_revision: page.to_revision,
        head: page.head,
        next_change_at: page.next_change_at.unwrap_or_default(),
        epoch: page.epoch.to_be_bytes(),
        more: page.more.into(),
        reserved: 0,
        reserved_more: [0; 4],
        memory: null_mut(),
    };
    if let Some((memory, parts)) = parts::allocate(layout(page))? {
        array.events = fill(page, parts);
        array.memory = memory;
    }
    Ok(array)
}

fn layout(page: &ChangePage) -> Layout {
    let mut layout = Layout {
        events: page.events.len(),
        ..Layout::default()
    };
    for event in &page.events {
        layout.text += event.reason.len() + 1;
        if let Some(item) = &event.item {
            item::count(item, &mut layout);
        }
    }
    layout
}

fn fill(page: &ChangePage, mut parts: Parts) -> *const NoticeChangeEvent {
    let events = parts.events.place();
    for event in &page.events {
        let item = event.item.as_ref();
        let copied = NoticeChangeEvent {
            revision: event.revision,
            id: event.id,
            kind: event.kind.code(),
            reserved: 0,
            item: item.map_or(null(), |item| item::copy(item, &mut parts)),
            reason: parts.text.text(&event.reason),
        };
        parts.events.copy(&[copied]);
    }
    debug_assert!(
        parts.is_used_up(),
        "changes were counted larger than they are"
    );
    events
}
