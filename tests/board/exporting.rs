//! A whole board out and in.

use notice::{
    ChangeQuery, Draft, ErrorKind, Filter, Item, Mark, Operator, Order, Query, ReceiptQuery,
    Reference, Viewer,
};
use serde_json::json;

use crate::support::{Desk, NOW, editor_of_all, export, for_role, kind, of};

pub(crate) fn import(desk: &Desk, text: &str) -> notice::Result<()> {
    desk.board.custody().unwrap().import(&mut text.as_bytes())
}

/// A board with something of everything on it.
pub(crate) fn full() -> Desk {
    let desk = Desk::new();
    let everything = json!({
        "key": "full", "channel": "c", "severity": "critical", "priority": -9, "pinned": true,
        "starts_at": NOW - 5, "ends_at": NOW + 900, "event_from": NOW, "event_to": NOW + 1,
        "texts": {
            "zh-Hans": {"title": "标题\u{1F600}", "summary": "s \"", "body": "b\n\t", "format": "markdown"},
            "en": {"title": "title"},
        },
        "default_locale": "en",
        "audience": {"any": [[{"attribute": "role", "op": "in", "values": ["boss"]}],
            [{"attribute": "user", "op": "percent", "values": ["25"]}, {"attribute": "x", "op": "exists"}]],
            "none": [[{"attribute": "os_version", "op": "not_version", "values": [">=10"]}]]},
        "display": ["popup", "badge"], "dismissible": false, "require_ack": true, "show_limit": 3,
        "show_interval_ms": 4, "category": "cat", "tags": ["t", "标"], "replaces": [77, "gone"],
        "actions": [{"id": "a", "kind": "url", "label": {"en": "a"}, "value": "https://example.org"}],
        "author": "a", "source": "s", "external_id": "e", "extras": {"x": [1, 2.5, null, {"y": "z"}]},
    });
    desk.publish(
        Draft::from_value(&everything)
            .unwrap()
            .idempotency_key("once"),
    );
    let old = desk.publish(Draft::new("en", "old").key("old"));
    desk.at(10);
    desk.publish(Draft::new("en", "new").replaces(Reference::Key("old".to_owned())));
    let retracted = desk.publish(Draft::new("en", "retracted").key("r"));
    desk.retract(retracted, "why 为什么");
    let purged = desk.title("purged");
    desk.publish(Draft::new("en", "later").visible(NOW + 500, None));
    desk.publish(Draft::new("en", "over").visible(None, NOW + 11));
    let edited = desk.publish(for_role("edited", "boss"));
    desk.minor(edited, json!({"priority": 3}));
    desk.major(edited, json!({"priority": 4}));
    desk.minor(edited, json!({"priority": 5}));
    desk.at(20);
    for mark in [Mark::Seen, Mark::Seen, Mark::Dismiss] {
        desk.mark("ann", &[old, purged], mark);
    }
    desk.read_all("ann");
    desk.mark("ann", &[old], Mark::Unread);
    desk.mark("张伟", &[old, retracted], Mark::Acknowledge);
    desk.read_all("only read all");
    desk.purge(purged);
    let popup = desk.publish(
        Draft::new("en", "popup")
            .show_interval_ms(1000)
            .show_limit(2),
    );
    desk.mark("bob \"q\"", &[popup], Mark::Seen);
    desk.board
        .publish(&Draft::new("en", "b").idempotency_key("twice 二"))
        .unwrap();
    let ann = Viewer::new("ann");
    desk.board.snooze(&ann, &[popup], NOW + 700).unwrap();
    for n in 1..5 {
        desk.mark("张伟", &[popup], Mark::Acknowledge);
        desk.major(popup, json!({"priority": n}));
    }
    let last = desk.title("the last");
    desk.purge(last);
    desk
}

/// What is the same on a board and on its copy.
fn answers(desk: &Desk) -> Vec<String> {
    let item = |item: &Item| {
        format!(
            "{:?} {} {:?} {item:?}",
            item.record().map(notice::Announcement::to_json),
            item.notify_version(),
            item.extras()
        )
    };
    let mut answers = Vec::new();
    let mut queries = vec![editor_of_all()];
    for order in [
        Order::Default,
        Order::Newest,
        Order::Oldest,
        Order::EndingSoon,
    ] {
        queries.push(editor_of_all().order(order));
        for user in ["ann", "张伟", "only read all", "bob \"q\"", "nobody"] {
            for role in ["boss", "clerk"] {
                let query = Query::new(Viewer::new(user).with("role", role)).order(order);
                queries.push(query.clone());
                let pending = Filter::new().pending_only(true);
                queries.push(query.filter(pending));
            }
        }
    }
    for query in &queries {
        let page = desk.page(query);
        let count = page.count;
        answers.push(format!("{:?}", (count.total, count.unread, count.revision)));
        answers.push(format!("{:?}", (count.now, count.next_change_at)));
        answers.extend(page.items.iter().map(item));
    }
    for id in desk.ids(&editor_of_all()) {
        answers.push(format!(
            "{:?}",
            desk.board.receipts(&ReceiptQuery::new(id)).unwrap()
        ));
        answers.push(format!(
            "{:?}",
            desk.board.explain(id, &Query::editor()).unwrap()
        ));
    }
    let mut kept = desk.board.stats().unwrap();
    // The search index is brought up to date when there is time.
    kept.unsearched = 0;
    (kept.epoch, kept.changes, kept.oldest_revision) = (0, 0, 0);
    (kept.memory_bytes, kept.search_bytes) = (0, 0);
    answers.push(format!("{kept:?}"));
    answers
}

#[test]
fn a_board_is_the_same_after_export_and_import() {
    let desk = full();
    let text = export(&desk.board);
    let copy = Desk::new();
    copy.at(20);
    import(&copy, &text).unwrap();
    assert_eq!(answers(&copy), answers(&desk));
    let without_header = |text: &str| text.split_once('\n').unwrap().1.to_owned();
    assert_eq!(without_header(&export(&copy.board)), without_header(&text));
    // And it goes on as the other would.
    for at in [500, 1020] {
        desk.at(at);
        copy.at(at);
        assert_eq!(answers(&copy), answers(&desk));
    }
    for desk in [&desk, &copy] {
        desk.restore(4);
        desk.read_all("ann");
        let next = desk.publish(Draft::new("en", "next").key("old"));
        assert_eq!(next, 2);
        assert_eq!(desk.title("next id"), 12, "ids of purged ones stay dead");
        let again = Draft::new("en", "b").idempotency_key("twice 二");
        let again = desk.board.publish(&again).unwrap();
        assert_eq!((again.id, again.duplicate), (10, true));
        let other = Draft::new("en", "c").idempotency_key("once");
        assert_eq!(
            kind(desk.board.publish(&other)),
            ErrorKind::IdempotencyConflict
        );
    }
    assert_eq!(answers(&copy), answers(&desk));
}

#[test]
fn the_copy_has_another_epoch_and_its_feed_begins_there() {
    let desk = full();
    let copy = Desk::new();
    let empty = copy.page(&of("ann")).count;
    import(&copy, &export(&desk.board)).unwrap();
    let count = copy.page(&of("ann")).count;
    assert_ne!(count.epoch, desk.page(&of("ann")).count.epoch);
    assert_ne!(
        count.epoch, empty.epoch,
        "who followed the empty board is told"
    );
    let head = desk.revision();
    assert_eq!(copy.revision(), head);
    let changes = |since| copy.board.changes(&ChangeQuery::since(since, of("ann")));
    for since in [0, head - 1] {
        let error = changes(since).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Compacted);
        assert_eq!(error.limit(), u64::try_from(head).ok());
    }
    assert_eq!(changes(head).unwrap().events.len(), 0);
    copy.title("next");
    assert_eq!(changes(head).unwrap().events.len(), 1);
    let stale = ChangeQuery::since(head, of("ann")).epoch(empty.epoch);
    assert_eq!(kind(copy.board.changes(&stale)), ErrorKind::EpochMismatch);
}

#[test]
fn an_import_wakes_those_who_wait() {
    let text = export(&full().board);
    let copy = Desk::new();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| copy.board.wait(0, std::time::Duration::MAX));
        import(&copy, &text).unwrap();
        assert_eq!(waiting.join().unwrap(), copy.board.revision());
    });
}

#[test]
fn an_empty_board_goes_out_and_in() {
    let copy = Desk::new();
    import(&copy, &export(&Desk::new().board)).unwrap();
    assert_eq!(copy.revision(), 0);
    assert_eq!(copy.title("a"), 1);
}

#[test]
fn a_user_who_has_marked_everything_one_by_one_goes_out_and_in() {
    let desk = Desk::new();
    let drafts: Vec<Draft> = (0..9_000)
        .map(|n| Draft::new("en", n.to_string()))
        .collect();
    desk.board.publish_all(&drafts).unwrap();
    let ids: Vec<i64> = (1..=9_000).collect();
    desk.read_all("ann");
    for mark in [Mark::Seen, Mark::Acknowledge, Mark::Dismiss, Mark::Unread] {
        desk.mark("ann", &ids, mark);
    }
    desk.mark("bob", &[1], Mark::Read);
    let text = export(&desk.board);
    let copy = Desk::new();
    import(&copy, &text).unwrap();
    assert_eq!(copy.board.count(&of("ann")).unwrap().unread, Some(9_000));
    let without_header = |text: &str| text.split_once('\n').unwrap().1.to_owned();
    assert_eq!(without_header(&export(&copy.board)), without_header(&text));
}

#[test]
fn a_record_of_full_size_goes_out_and_in_though_each_byte_is_escaped() {
    let desk = Desk::new();
    let body = "\"".repeat(65_000);
    let text = |locale: &str| notice::Text::new(locale, "t").body(body.clone());
    let draft = Draft::from_text(text("en"))
        .text(text("de"))
        .text(text("fr"));
    let id = desk.publish(draft.text(text("zh")));
    let copy = Desk::new();
    import(&copy, &export(&desk.board)).unwrap();
    assert_eq!(
        copy.edited(id).record().unwrap().clone(),
        desk.edited(id).record().unwrap().clone()
    );
}

#[test]
fn a_board_that_is_not_empty_takes_nothing_in() {
    let text = export(&full().board);
    let desk = Desk::new();
    desk.title("a");
    assert_eq!(kind(import(&desk, &text)), ErrorKind::Exists);
    desk.purge(1);
    assert_eq!(
        kind(import(&desk, &text)),
        ErrorKind::Exists,
        "it has a history"
    );
    assert_eq!(desk.revision(), 2);
}

#[test]
fn an_operator_of_a_newer_build_goes_out_and_in() {
    let desk = Desk::new();
    desk.publish(Draft::new("en", "a").audience("x", Operator::In, ["1"]));
    let text = export(&desk.board).replace("\"op\":\"in\"", "\"op\":\"near\"");
    let copy = Desk::new();
    import(&copy, &text).unwrap();
    assert_eq!(copy.board.stats().unwrap().unknown_conditions, 1);
}
