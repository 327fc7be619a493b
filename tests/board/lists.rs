//! Lists of announcements from elsewhere, and the boards that are brought to them.

use std::collections::{BTreeMap, BTreeSet};

use notice::list::{List, Source, Synced};
use notice::{ChangeKind, Draft, ErrorKind, Filter, Item, Language, Mark, Options, Patch, Phase};
use notice::{Query, Reference, Text, View, Viewer};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{DAY, Desk, HOUR, NOW};

/// Brings a board to a list.
fn sync(desk: &Desk, source: &mut Source, list: &Value) -> Synced {
    let list = List::read(list.to_string().as_bytes()).unwrap();
    source.sync(&*desk.board, list).unwrap()
}

fn web() -> Source {
    Source::named("web")
}

fn item(key: &str, title: &str) -> Value {
    json!({"key": key, "texts": {"en": {"title": title}}})
}

/// Returns all that viewers see, by key.
fn seen(desk: &Desk) -> BTreeMap<String, Item> {
    let query = Query::new(Viewer::new("li.lei").locales(["en"])).limit(1000);
    let items = desk.board.query(&query).unwrap().items;
    items
        .into_iter()
        .map(|item| (item.key().to_owned(), item))
        .collect()
}

fn titles(desk: &Desk) -> BTreeMap<String, String> {
    let seen = seen(desk).into_iter();
    seen.map(|(key, item)| (key, item.text().title.to_owned()))
        .collect()
}

fn counts(synced: &Synced) -> [usize; 5] {
    [
        synced.published,
        synced.updated,
        synced.unchanged,
        synced.purged,
        synced.passed_over,
    ]
}

/// Returns paths and words of why announcements were passed over.
fn reasons(synced: &Synced) -> Vec<(usize, String)> {
    let reasons = synced.reasons.iter();
    reasons
        .map(|one| (one.index, one.error.message(Language::En)))
        .collect()
}

#[test]
fn a_board_becomes_what_the_list_is_in_one_revision() {
    let (desk, mut source) = (Desk::new(), web());
    let first = sync(&desk, &mut source, &json!([item("a", "A"), item("b", "B")]));
    assert_eq!((counts(&first), first.revision), ([2, 0, 0, 0, 0], 1));

    let next = json!([item("b", "B"), item("c", "C")]);
    let second = sync(&desk, &mut source, &next);
    assert_eq!((counts(&second), second.revision), ([1, 0, 1, 1, 0], 2));
    assert_eq!(
        titles(&desk),
        BTreeMap::from([("b".into(), "B".into()), ("c".into(), "C".into())])
    );

    let again = sync(&desk, &mut source, &next);
    assert_eq!((counts(&again), again.revision), ([0, 0, 2, 0, 0], 2));
    let none = sync(&desk, &mut source, &json!({"announcements": []}));
    assert_eq!((counts(&none), none.revision), ([0, 0, 0, 2, 0], 3));
    assert!(seen(&desk).is_empty());
}

#[test]
fn what_a_reader_has_read_stays_read_until_it_is_news_again() {
    let (desk, mut source) = (Desk::new(), web());
    sync(&desk, &mut source, &json!([item("a", "A"), item("b", "B")]));
    let reader = Viewer::new("li.lei");
    for item in seen(&desk).values() {
        desk.board.mark(&reader, &[item.id()], Mark::Read).unwrap();
    }
    desk.at(HOUR);
    sync(
        &desk,
        &mut source,
        &json!([item("a", "A"), item("b", "Now B")]),
    );
    let unread = seen(&desk).into_iter().filter(|(_, item)| !item.is_read());
    assert_eq!(unread.map(|(key, _)| key).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn an_item_that_cannot_be_read_is_passed_over_alone() {
    let (desk, mut source) = (Desk::new(), web());
    let list = json!({"format": 1, "later": true, "announcements": [
        item("a", "A"),
        {"key": "b", "texts": {"en": {"title": "B", "later": 1}}, "later": {"x": 1}, "actions": [{"id": "a", "kind": "custom", "label": {"en": "A"}, "later": 1}]},
        {"key": "c", "texts": 5},
        7,
        {"key": "d", "texts": {"en": {"title": "D"}}, "severity": "apocalyptic"},
        {"key": "e", "texts": {"en": {"title": ""}}},
        {"key": "f", "texts": {"en": {"title": "F"}}, "audience": [{"attribute": "role", "op": "in", "values": ["x"], "unless": 1}]},
        item("a", "twice"),
        {"key": "g", "texts": {"en": {"title": "G"}}, "ends_at": "yesterday"},
        item("h", "H"),
    ]});
    let synced = sync(&desk, &mut source, &list);
    assert_eq!(counts(&synced), [3, 0, 0, 0, 7]);
    let mut told = reasons(&synced);
    told.sort();
    let told: Vec<(usize, &str)> = told
        .iter()
        .map(|(index, words)| (*index, words.split([':', ' ']).next().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            (2, "texts"),
            (3, "json"),
            (4, "severity"),
            (5, "texts.en.title"),
            (6, "audience[0]"),
            (7, "key"),
            (8, "ends_at"),
        ]
    );
    let keys: Vec<String> = titles(&desk).into_keys().collect();
    assert_eq!(keys, ["a", "b", "h"]);
}

#[test]
fn of_an_item_that_cannot_be_read_any_more_the_last_version_stays() {
    let (desk, mut source) = (Desk::new(), web());
    let named = json!({"id": 7, "texts": {"en": {"title": "Seven"}}});
    sync(&desk, &mut source, &json!([item("a", "A"), named]));
    let list = json!([
        {"key": "a", "texts": {"en": {"title": "Now A"}}, "severity": "apocalyptic"},
        {"id": 7, "texts": {"en": {"title": ""}}},
    ]);
    assert_eq!(counts(&sync(&desk, &mut source, &list)), [0, 0, 0, 0, 2]);
    assert_eq!(
        titles(&desk).into_values().collect::<Vec<_>>(),
        ["Seven", "A"]
    );
}

#[test]
fn what_is_no_list_changes_nothing() {
    let (desk, mut source) = (Desk::new(), web());
    sync(&desk, &mut source, &json!([item("a", "A")]));
    for (bytes, kind, path) in [
        (&b""[..], ErrorKind::InvalidField, "list"),
        (b"\xEF\xBB\xBF \r\n", ErrorKind::InvalidField, "list"),
        (b"\xB9\xAB\xB8\xE6", ErrorKind::InvalidField, "list"),
        (
            b"<!DOCTYPE html><title>Log in</title>",
            ErrorKind::InvalidField,
            "list",
        ),
        (
            b"[{\"key\": \"a\", \"texts\": {\"en\": {\"ti",
            ErrorKind::InvalidField,
            "[0].texts.en",
        ),
        (b"[", ErrorKind::InvalidField, "[0]"),
        (
            b"{\"announcements\": {}}",
            ErrorKind::InvalidField,
            "announcements",
        ),
        (
            b"{\"error\": \"no such file\"}",
            ErrorKind::InvalidField,
            "list",
        ),
        (
            b"{\"format\": 2, \"announcements\": []}",
            ErrorKind::Unsupported,
            "format",
        ),
    ] {
        let error = List::read(bytes).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.path().unwrap().starts_with(path), "{error}");
    }
    let long = vec![b' '; 16 * 1024 * 1024 + 1];
    let error = List::read(&long).unwrap_err();
    assert_eq!(
        (error.kind(), error.limit()),
        (ErrorKind::TooLarge, Some(16 * 1024 * 1024))
    );
    assert_eq!(titles(&desk).len(), 1);
}

#[test]
fn text_is_one_announcement() {
    let (desk, mut source) = (Desk::new(), web());
    for (text, title, body) in [
        ("今晚停机维护", "今晚停机维护", ""),
        (
            "\u{feff}[公告] 今晚维护\r\n\r\n22:00 起。\r\n请保存。\r\n",
            "[公告] 今晚维护",
            "22:00 起。\r\n请保存。",
        ),
        ("{1} first", "{1} first", ""),
    ] {
        let synced = source.sync(&*desk.board, List::read(text.as_bytes()).unwrap());
        assert_eq!(synced.unwrap().passed_over, 0);
        let seen = seen(&desk);
        assert_eq!(seen.len(), 1);
        let text = seen.values().next().unwrap().text();
        assert_eq!((text.title, text.body), (title, body));
    }
    assert_eq!(
        desk.board
            .query(&Query::new(Viewer::anonymous()))
            .unwrap()
            .items[0]
            .version(),
        3
    );
    let line = "长".repeat(300);
    source
        .sync(&*desk.board, List::read(line.as_bytes()).unwrap())
        .unwrap();
    let seen = seen(&desk);
    let text = seen.values().next().unwrap().text();
    assert_eq!((text.title.chars().count(), text.body), (256, &*line));
}

#[test]
fn an_item_without_a_key_is_known_again_by_its_id_or_its_contents() {
    let (desk, mut source) = (Desk::new(), web());
    let nameless = |title: &str| json!({"texts": {"en": {"title": title}}});
    let with_id = |title: &str| json!({"id": 40, "version": 2, "notify_version": 1, "texts": {"en": {"title": title}}});
    sync(&desk, &mut source, &json!([nameless("A"), with_id("B")]));
    let before = seen(&desk);
    let synced = sync(
        &desk,
        &mut source,
        &json!([nameless("A"), with_id("Now B")]),
    );
    assert_eq!(counts(&synced), [0, 1, 1, 0, 0]);
    let after = seen(&desk);
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    assert_eq!(after["#40"].text().title, "Now B");
    let synced = sync(
        &desk,
        &mut source,
        &json!([nameless("Another"), with_id("Now B")]),
    );
    assert_eq!(counts(&synced), [1, 0, 1, 1, 0]);
}

#[test]
fn the_list_says_by_its_versions_what_is_news() {
    let (desk, mut source) = (Desk::new(), web());
    let version = |version: u32, news: u32, title: &str| json!([{"id": 9, "version": version, "notify_version": news, "texts": {"en": {"title": title}}}]);
    sync(&desk, &mut source, &version(5, 5, "Maintenence"));
    let news = |desk: &Desk| {
        let item = seen(desk).remove("#9").unwrap();
        (item.version(), item.notify_version())
    };
    // A correction, which the board alone would have taken for news.
    sync(&desk, &mut source, &version(6, 5, "Maintenance"));
    assert_eq!(news(&desk), (2, 1));
    // Versions 7 and 8 were never seen here; one of them was news.
    sync(&desk, &mut source, &version(9, 8, "Maintenance!"));
    assert_eq!(news(&desk), (3, 3));
}

#[test]
fn announcements_of_others_stay_as_they_are() {
    let (desk, mut source) = (Desk::new(), web());
    let own = desk.publish(Draft::new("en", "Mine").key("mine"));
    desk.title("Without a key");
    let synced = sync(
        &desk,
        &mut source,
        &json!([item("mine", "Theirs"), item("a", "A")]),
    );
    assert_eq!(counts(&synced), [1, 0, 0, 0, 1]);
    assert!(reasons(&synced)[0].1.starts_with("key: "), "{synced:?}");
    let mut other = Source::named("another");
    let synced = sync(&desk, &mut other, &json!([item("b", "B")]));
    assert_eq!(counts(&synced), [1, 0, 0, 0, 0]);
    sync(&desk, &mut source, &json!([]));
    assert_eq!(
        titles(&desk).into_values().collect::<Vec<_>>(),
        ["Without a key", "B", "Mine"]
    );

    // All of it is from one source.
    let synced = sync(
        &desk,
        &mut Source::of_board(),
        &json!([item("mine", "Theirs")]),
    );
    assert_eq!(counts(&synced), [0, 1, 0, 2, 0]);
    assert_eq!(seen(&desk)["mine"].id(), own);
}

#[test]
fn what_was_retracted_here_stays_retracted_and_the_rest_comes_in() {
    let (desk, mut source) = (Desk::new(), web());
    sync(&desk, &mut source, &json!([item("a", "A"), item("b", "B")]));
    desk.board
        .retract(seen(&desk)["a"].id(), "not for us")
        .unwrap();
    let synced = sync(
        &desk,
        &mut source,
        &json!([item("a", "Now A"), item("c", "C")]),
    );
    assert_eq!(counts(&synced), [1, 0, 0, 1, 1]);
    assert_eq!(titles(&desk).into_keys().collect::<Vec<_>>(), ["c"]);
}

#[test]
fn what_has_ended_is_not_published_and_does_not_disturb() {
    let (desk, mut source) = (Desk::new(), web());
    let ended = json!({"key": "a", "texts": {"en": {"title": "A"}}, "ends_at": NOW - 1});
    let ending = json!({"key": "b", "texts": {"en": {"title": "B"}}, "ends_at": NOW + HOUR});
    let hidden = json!([ended, ending, {"key": "c", "state": "draft", "texts": {"en": {"title": "C"}}}, {"key": "d", "state": "retracted", "texts": {"en": {"title": "D"}}}]);
    assert_eq!(counts(&sync(&desk, &mut source, &hidden)), [1, 0, 0, 0, 0]);
    desk.at(DAY);
    assert_eq!(counts(&sync(&desk, &mut source, &hidden)), [0, 0, 1, 0, 0]);
    assert!(seen(&desk).is_empty());
}

#[test]
fn a_clock_that_is_behind_refuses_nothing() {
    let (desk, mut source) = (Desk::new(), web());
    desk.at(-400 * DAY);
    let list = json!([{"id": 1, "created_at": NOW, "published_at": NOW, "updated_at": NOW, "starts_at": NOW - DAY, "texts": {"en": {"title": "A"}}}]);
    assert_eq!(counts(&sync(&desk, &mut source, &list)), [1, 0, 0, 0, 0]);
    desk.at(0);
    assert_eq!(counts(&sync(&desk, &mut source, &list)), [0, 0, 1, 0, 0]);
    assert_eq!(seen(&desk).len(), 1);
}

#[test]
fn the_name_of_a_source_is_checked() {
    let desk = Desk::new();
    for (name, kind) in [
        (String::new(), ErrorKind::InvalidField),
        ("x".repeat(129), ErrorKind::TooLarge),
    ] {
        let list = List::read(b"[]").unwrap();
        let error = Source::named(name).sync(&*desk.board, list).unwrap_err();
        assert_eq!((error.kind(), error.path()), (kind, Some("source")));
    }
}

#[test]
fn more_than_a_batch_is_passed_over() {
    let items: Vec<Value> = (0..10_003).map(|i| item(&i.to_string(), "A")).collect();
    let list = List::read(Value::from(items).to_string().as_bytes()).unwrap();
    assert_eq!(
        (list.len(), list.passed_over(), list.reasons().len()),
        (10_000, 3, 3)
    );
    let (desk, mut source) = (Desk::new(), web());
    assert_eq!(source.sync(&*desk.board, list).unwrap().published, 10_000);
    // All of them go, and as many come.
    let others: Vec<Value> = (0..10_000).map(|i| item(&format!("b{i}"), "B")).collect();
    let synced = sync(&desk, &mut source, &others.into());
    assert_eq!(counts(&synced), [10_000, 0, 0, 10_000, 0]);
}

/// Returns the announcements of a board as a list, as a daemon offers it.
fn offered(desk: &Desk) -> Value {
    let everything = Query::new(Viewer::anonymous())
        .view(View::Editor)
        .filter(Filter::new().phase(Phase::Active));
    let mut items = desk.board.query(&everything).unwrap().items;
    items.sort_by_key(Item::id);
    let records = items.iter().map(|item| item.record().unwrap().to_json());
    json!({"format": 1, "announcements": records.collect::<Vec<_>>()})
}

#[test]
fn a_copy_replaces_what_the_board_replaces() {
    let (board, copy, mut source) = (Desk::new(), Desk::new(), Source::of_board());
    copy.title("so that ids are different");
    let first = board.title("first");
    let other = board.publish(Draft::new("en", "other").channel("news"));
    let replacing = Draft::new("en", "last")
        .replaces(Reference::Id(first))
        .replaces(Reference::Id(other));
    let last = board.publish(replacing);
    assert_eq!(seen(&board).len(), 1);
    sync(&copy, &mut source, &offered(&board));
    // Of a viewer, who does not see what is replaced.
    assert_eq!(titles(&copy).into_values().collect::<Vec<_>>(), ["last"]);
    let unread = copy
        .board
        .query(&Query::new(Viewer::new("li.lei")))
        .unwrap()
        .count
        .unread;
    assert_eq!(unread, Some(1));
    let revision = copy.board.revision().unwrap();
    sync(&copy, &mut source, &offered(&board));
    assert_eq!(copy.board.revision().unwrap(), revision);
    board.board.retract(last, "").unwrap();
    sync(&copy, &mut source, &offered(&board));
    assert_eq!(
        titles(&copy).into_values().collect::<BTreeSet<_>>(),
        ["first", "other"].map(str::to_owned).into()
    );
}

#[test]
fn followers_of_the_board_are_told_of_each_change() {
    let (desk, mut source) = (Desk::new(), web());
    sync(&desk, &mut source, &json!([item("a", "A"), item("b", "B")]));
    sync(
        &desk,
        &mut source,
        &json!([item("b", "Now B"), item("c", "C")]),
    );
    let changes = notice::ChangeQuery::since(1, Query::new(Viewer::anonymous()));
    let events = desk.board.changes(&changes).unwrap().events;
    let kinds: BTreeSet<&str> = events.iter().map(|event| event.kind.name()).collect();
    let wanted = [
        ChangeKind::Published,
        ChangeKind::Updated,
        ChangeKind::Purged,
    ];
    assert_eq!(kinds, wanted.map(ChangeKind::name).into());
}

#[test]
fn a_full_board_says_so_and_stays_as_it_was() {
    let board = Options::new().open("mem:?budget_mb=1").unwrap();
    let mut source = web();
    let first = json!([item("a", "A")]).to_string();
    let synced = source.sync(&*board, List::read(first.as_bytes()).unwrap());
    assert_eq!(synced.unwrap().published, 1);
    let large = |key: u32| {
        let text = Text::new("en", "B").body("x".repeat(60_000));
        Draft::from_text(text).key(key.to_string()).to_json()
    };
    let list = Value::from((0..30).map(large).collect::<Vec<_>>()).to_string();
    let list = List::read(list.as_bytes()).unwrap();
    let error = source.sync(&*board, list).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OverBudget, "{error}");
    let items = board.query(&Query::new(Viewer::anonymous())).unwrap().items;
    assert_eq!(items.iter().map(Item::key).collect::<Vec<_>>(), ["a"]);
}

/// An entry of a random list: its key, its title, and whether it can be read.
fn entries() -> impl Strategy<Value = Vec<(u8, u8, bool)>> {
    prop::collection::vec((0_u8..6, 0_u8..3, prop::bool::weighted(0.8)), 0..8)
}

proptest! {
    #[test]
    fn after_any_lists_a_board_is_the_last_one(lists in prop::collection::vec(entries(), 1..6), ours in 0_u8..6) {
        let (desk, mut source) = (Desk::new(), web());
        desk.publish(Draft::new("en", "ours").key(ours.to_string()));
        for entries in lists {
            let was = titles(&desk);
            let mut expected = BTreeMap::from([(ours.to_string(), "ours".to_owned())]);
            let mut unreadable = Vec::new();
            let mut items = Vec::new();
            for (key, title, is_readable) in entries {
                let (key, title) = (key.to_string(), title.to_string());
                items.push(match is_readable {
                    true => item(&key, &title),
                    false => json!({"key": key, "texts": title}),
                });
                match is_readable {
                    true => drop(expected.entry(key).or_insert(title)),
                    false => unreadable.push(key),
                }
            }
            // Of these, what was there stays.
            for key in unreadable {
                if let Some(title) = was.get(&key) {
                    expected.entry(key).or_insert_with(|| title.clone());
                }
            }
            let before = desk.board.revision().unwrap();
            sync(&desk, &mut source, &items.into());
            prop_assert_eq!(&titles(&desk), &expected);
            let is_changed = was != expected;
            prop_assert_eq!(desk.board.revision().unwrap(), before + i64::from(is_changed));
        }
    }

    #[test]
    fn bytes_from_anywhere_are_a_list_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0_usize..400) {
        let _ = List::read(&bytes);
        let list = json!([item("a", "A"), {"key": "b", "texts": {"en": {"title": "B"}}, "replaces": [1, "x"]}]).to_string();
        let cut = cut.min(list.len());
        let read = List::read(&list.as_bytes()[..cut]);
        prop_assert_eq!(read.is_ok(), cut == list.len());
    }
}

#[test]
fn a_change_by_the_program_itself_is_undone_by_the_list() {
    let (desk, mut source) = (Desk::new(), web());
    let list = json!([item("a", "A")]);
    sync(&desk, &mut source, &list);
    let patch = Patch::from_value(&json!({"texts": {"en": {"title": "Mine"}}})).unwrap();
    desk.board.update(seen(&desk)["a"].id(), patch).unwrap();
    assert_eq!(counts(&sync(&desk, &mut source, &list)), [0, 1, 0, 0, 0]);
    assert_eq!(titles(&desk)["a"], "A");
}
