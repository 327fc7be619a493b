//! What a query does for every announcement must not allocate.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use notice::model::{PreparedViewer, choose};
use notice::{Audience, Locale, Operator, Version, VersionRange, Viewer};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`, which is the same here.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: `pointer` came from `System.alloc` with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// How often `work` allocates in this thread.
fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    work();
    ALLOCATIONS.with(Cell::get) - before
}

fn locales(tags: &[&str]) -> Vec<Locale> {
    tags.iter().map(|tag| Locale::parse(tag).unwrap()).collect()
}

#[test]
fn the_count_sees_an_allocation() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(7)))), 1);
}

#[test]
fn matching_an_audience_does_not_allocate() {
    let viewer = Viewer::new("Li").locales(["zh_CN"]).unwrap();
    let viewer = viewer
        .with("level", "7")
        .with("os", "Windows ÄÖ")
        .with("v", "7.10.2-rc.1");
    let prepared = PreparedViewer::new(&viewer);
    for (attribute, operator, value, expected) in [
        ("user", Operator::In, "Li", true),
        ("locale", Operator::NotIn, "zh-cn", false),
        ("os", Operator::Prefix, "Win", true),
        ("os", Operator::Glob, "*dow*Ö", true),
        ("level", Operator::Ge, "6.5", true),
        ("v", Operator::Version, "^7.9 || 9 - 10", true),
        ("none", Operator::Exists, "", false),
    ] {
        let values = Some(value).filter(|value| !value.is_empty());
        let audience = Audience::everyone()
            .and(attribute, operator, values)
            .compile()
            .unwrap();
        let mut matched = None;
        assert_eq!(
            allocations(|| matched = Some(audience.matches(&prepared))),
            0,
            "{attribute}"
        );
        assert_eq!(matched, Some(expected), "{attribute}");
        assert_eq!(
            allocations(|| drop(audience.first_unmet(&prepared))),
            0,
            "{attribute}"
        );
    }
}

#[test]
fn matching_a_version_range_does_not_allocate() {
    let range = VersionRange::parse(">=7.9-beta.2 <8 || ~9.1").unwrap();
    let version = Version::parse("7.9-beta.11").unwrap();
    let mut matched = false;
    assert_eq!(allocations(|| matched = range.matches(&version)), 0);
    assert!(matched);
}

#[test]
fn choosing_a_locale_does_not_allocate() {
    let available = locales(&["en", "zh-Hant", "fr-CA", "zh-CN"]);
    for (wanted, index) in [
        ("zh-Hans-SG-u-co-pinyin", 3),
        ("fr-FR", 2),
        ("ko", 0),
        ("en-x-a-b", 0),
    ] {
        let wanted = locales(&["ja", wanted]);
        let mut choice = None;
        assert_eq!(
            allocations(|| choice = Some(choose(&wanted, &available, 0))),
            0
        );
        assert_eq!(choice.map(|choice| choice.index), Some(index));
    }
}
