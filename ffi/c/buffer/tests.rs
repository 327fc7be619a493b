use super::*;
use crate::boundary::memory::take_and_free;
use crate::c::item::{NoticeAction, NoticeHit, NoticeItem};
use notice::{Action, ActionKind, Draft, ErrorKind, Query, Text, Viewer};
use std::mem::{offset_of, size_of};
use std::slice;

/// Returns a page of `count` announcements that all differ in the number of tags, actions and
/// bytes.
fn page(count: usize, limit: u32) -> Page {
    let board = notice::open("mem:").unwrap();
    for n in 0..count {
        let mut draft =
            Draft::from_text(Text::new("zh-CN", format!("公告 {n}")).body("x".repeat(n * 7)))
                .text(Text::new("en", format!("Notice {n}")).summary("s"))
                .key(format!("key/{n}"));
        for tag in 0..n % 4 {
            draft = draft.tag(format!("tag{tag}"));
        }
        for action in 0..n % 3 {
            draft = draft.action(
                Action::new(format!("a{action}"), ActionKind::Custom, "v".repeat(action))
                    .label("zh", "更多")
                    .label("en", "More"),
            );
        }
        board.publish(&draft).unwrap();
    }
    let viewer = Viewer::new("li").locales(["en-US"]);
    board.query(&Query::new(viewer).limit(limit)).unwrap()
}

fn text(text: NoticeStr) -> &'static str {
    assert!(!text.ptr.is_null());
    // SAFETY: the arrays of these tests are alive while this is called, and their texts have a NUL.
    unsafe {
        assert_eq!(*text.ptr.add(text.len), 0);
        std::str::from_utf8(slice::from_raw_parts(text.ptr.cast(), text.len)).unwrap()
    }
}

fn list<T>(first: *const T, count: usize) -> &'static [T] {
    assert_eq!(first.is_null(), count == 0);
    if count == 0 {
        return &[];
    }
    // SAFETY: as above.
    unsafe { slice::from_raw_parts(first, count) }
}

fn assert_same(array: &NoticeArray, page: &Page) {
    let items = list(array.items, array.len);
    assert_eq!(items.len(), page.items.len());
    for (c, item) in items.iter().zip(&page.items) {
        let (a, chosen) = (item, item.text());
        assert_eq!(
            (c.id, c.revision, c.starts_at),
            (a.id(), a.revision(), a.starts_at())
        );
        for (copied, own) in [
            (c.key, a.key()),
            (c.channel, a.channel()),
            (c.category, ""),
            (c.author, ""),
            (c.source, ""),
            (c.external_id, ""),
            (c.extras_json, ""),
            (c.retract_reason, ""),
            (c.locale_used, "en"),
            (c.title, chosen.title),
            (c.summary, "s"),
            (c.body, chosen.body),
        ] {
            assert_eq!(text(copied), own);
        }
        let tags: Vec<_> = list(c.tags, c.tag_count)
            .iter()
            .map(|tag| text(*tag))
            .collect();
        assert_eq!(tags, a.tags().collect::<Vec<_>>());
        let actions = list(c.actions, c.action_count);
        assert_eq!(actions.len(), a.actions().len());
        for (copied, own) in actions.iter().zip(a.actions()) {
            assert_eq!((text(copied.id), text(copied.value)), (own.id, own.value));
            assert_eq!((text(copied.label), copied.kind), ("More", own.kind.code()));
        }
    }
    assert_eq!(
        text(array.next_cursor),
        page.next_cursor.as_deref().unwrap_or_default()
    );
    assert_eq!(
        (Some(array.total), array.revision),
        (page.count.total, page.count.revision)
    );
    assert_eq!(u128::from_be_bytes(array.epoch), page.count.epoch);
}

fn free(array: &mut NoticeArray) {
    // SAFETY: filled here, and not used any more.
    unsafe { take_and_free(array, offset_of!(NoticeArray, memory)) };
}

#[test]
fn an_array_has_all_of_its_page() {
    for (count, limit) in [(0, 50), (1, 50), (13, 50), (13, 5)] {
        let page = page(count, limit);
        let mut array = allocate(&page).unwrap();
        assert_same(&array, &page);
        assert_eq!(array.memory.is_null(), count == 0);
        free(&mut array);
        assert!(array.items.is_null() && array.memory.is_null() && array.len == 0);
        free(&mut array);
    }
}

#[test]
fn a_page_fits_into_what_is_needed_wherever_it_begins() {
    for (count, limit) in [(1, 50), (13, 5)] {
        let page = page(count, limit);
        let laid_out = LaidOut::new(&page).unwrap();
        let needed = laid_out.needed();
        for shift in 0..16 {
            let mut memory = vec![0x55_u8; shift + needed + 16];
            let buf = memory[shift..].as_mut_ptr();
            // SAFETY: there is as much as is needed.
            let mut array = unsafe { laid_out.fill(buf) };
            assert_same(&array, &page);
            assert!(array.items.is_aligned() && array.memory.is_null());
            let begin = array.items.addr();
            assert!((buf.addr()..buf.addr() + ALIGN).contains(&begin));
            assert!(
                memory[..shift]
                    .iter()
                    .chain(&memory[shift + needed..])
                    .all(|byte| *byte == 0x55)
            );
            free(&mut array);
        }
    }
}

#[test]
fn an_empty_page_needs_nothing() {
    let page = page(0, 50);
    let laid_out = LaidOut::new(&page).unwrap();
    assert_eq!(laid_out.needed(), 0);
    // SAFETY: nothing is needed.
    let array = unsafe { laid_out.fill(null_mut()) };
    assert_same(&array, &page);
}

#[test]
fn a_size_beyond_memory_is_refused() {
    let small = Layout {
        items: 1,
        tags: 2,
        actions: 3,
        hits: 1,
        text: 4,
        ..Layout::default()
    };
    let most = isize::MAX as usize;
    for layout in [
        Layout {
            items: usize::MAX,
            ..small
        },
        Layout {
            tags: usize::MAX / size_of::<NoticeStr>() + 1,
            ..small
        },
        Layout {
            actions: most / size_of::<NoticeAction>(),
            ..small
        },
        Layout {
            text: usize::MAX,
            ..small
        },
        Layout {
            text: most,
            ..small
        },
    ] {
        assert_eq!(layout.size().unwrap_err().kind(), ErrorKind::TooLarge);
    }
    let bytes = size_of::<NoticeItem>()
        + 2 * size_of::<NoticeStr>()
        + 3 * size_of::<NoticeAction>()
        + size_of::<NoticeHit>()
        + 4;
    assert_eq!(small.size(), Ok(bytes));
}
