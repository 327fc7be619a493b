//! Publishing under a key that is there already.

use notice::{
    Action, ActionKind, Announcement, Draft, ErrorKind, Importance, Operator, Outcome, Placement,
    Query, Reference, Severity, SharedBoard, Text, View,
};

use crate::support::{HOUR, NOW, anyone, assert_bilingual, board, draft, titles};

fn kept(board: &SharedBoard, id: i64) -> Announcement {
    board
        .get(id, &Query::editor())
        .unwrap()
        .record()
        .unwrap()
        .clone()
}

fn full() -> Draft {
    {
        let mut draft = draft("title")
            .text(
                Text::new("zh_hans_cn", "标题")
                    .summary("摘要")
                    .markdown("正文"),
            )
            .key("k")
            .tag("t")
            .action(Action::new("go", ActionKind::Custom, "v").label("en", "Go"))
            .audience("role", Operator::NotIn, ["x"])
            .visible(None, NOW + HOUR);
        draft.extras = serde_json::json!({"n": 1.5, "b": [true, null]})
            .as_object()
            .unwrap()
            .clone();
        draft.replaces = vec![Reference::Key("old".into()), Reference::Id(77)];
        draft
    }
}

#[test]
fn publishing_the_same_again_makes_no_revision() {
    let (board, clock) = board();
    board.publish(&full()).unwrap();
    clock.set(NOW + 7);
    let again = board.publish(&full()).unwrap();
    assert_eq!((again.id, again.version, again.revision), (1, 1, 1));
    assert_eq!(again.outcome, Outcome::Unchanged);
    assert_eq!(board.revision().unwrap(), 1);
    // The same said in other words: the channel, the default, the start, the case of the locale.
    let mut other = full()
        .channel("default")
        .default_locale("EN")
        .visible(NOW, NOW + HOUR);
    other.texts[1].locale = "ZH-Hans-CN".into();
    other.change = Some(Importance::Major);
    assert_eq!(board.publish(&other).unwrap().outcome, Outcome::Unchanged);
    assert_eq!(kept(&board, 1).updated_at(), NOW);
}

#[test]
fn what_an_editor_reads_can_be_published_again_unchanged() {
    let (board, _) = board();
    board.publish(&full()).unwrap();
    let read = kept(&board, 1).to_draft();
    assert_eq!(board.publish(&read).unwrap().outcome, Outcome::Unchanged);
}

#[test]
fn a_change_keeps_id_and_birth_and_moves_version_and_revision() {
    let (board, clock) = board();
    board.publish(&draft("a").key("k")).unwrap();
    board.publish(&draft("other")).unwrap();
    clock.set(NOW + 9);
    let changed = board.publish(&draft("b").key("k")).unwrap();
    assert_eq!((changed.id, changed.version, changed.revision), (1, 2, 3));
    assert_eq!(changed.outcome, Outcome::Updated);
    let a = kept(&board, 1);
    assert_eq!((a.created_at(), a.published_at()), (NOW, NOW));
    assert_eq!((a.starts_at(), a.updated_at()), (NOW, NOW + 9));
    assert_eq!((a.version(), a.revision()), (2, 3));
    assert_eq!((a.notify_version(), a.notify_revision()), (2, 3));
    // The start was never said, so both began at the same instant: the id decides.
    assert_eq!(titles(&board, &anyone()), ["other", "b"]);
}

#[test]
fn a_key_names_something_only_in_its_channel() {
    let (board, _) = board();
    for channel in ["", "ops", "legal"] {
        let published = board.publish(&draft(channel.max("x")).key("k").channel(channel));
        assert_eq!(published.unwrap().outcome, Outcome::Created);
    }
    let again = board
        .publish(&draft("y").key("k").channel("default"))
        .unwrap();
    assert_eq!((again.id, again.outcome), (1, Outcome::Updated));
    assert_eq!(
        board.publish(&draft("no key")).unwrap().outcome,
        Outcome::Created
    );
    assert_eq!(
        board.publish(&draft("no key")).unwrap().outcome,
        Outcome::Created
    );
}

#[test]
fn a_change_of_words_severity_start_or_event_is_news() {
    let edits: [fn(&mut Draft); 6] = [
        |d| d.texts[0].title.push('!'),
        |d| d.texts[1].body.push('!'),
        |d| d.severity = Severity::Critical,
        |d| d.starts_at = Some(NOW - 1),
        |d| d.event_from = Some(NOW),
        |d| d.event_to = Some(NOW),
    ];
    for (n, edit) in edits.into_iter().enumerate() {
        let (board, _) = board();
        board.publish(&full()).unwrap();
        let mut changed = full();
        edit(&mut changed);
        board.publish(&changed).unwrap();
        let a = kept(&board, 1);
        assert_eq!((a.version(), a.notify_version()), (2, 2), "edit {n}");
        assert_eq!(a.notify_revision(), 2);
    }
}

#[test]
fn any_other_change_is_a_minor_edit() {
    let edits: [fn(&mut Draft); 21] = [
        |d| d.texts[1].summary.push('!'),
        |d| d.texts[1].format = notice::Format::Text,
        |d| drop(d.texts.pop()),
        |d| d.texts.push(Text::new("de", "neu")),
        |d| d.ends_at = None,
        |d| d.audience.conditions.clear(),
        |d| d.audience.conditions[0].values.push("y".into()),
        |d| d.default_locale = "zh-Hans-CN".into(),
        |d| d.priority = 1,
        |d| d.pinned = true,
        |d| d.display = Placement::POPUP,
        |d| d.dismissible = false,
        |d| d.require_ack = true,
        |d| d.show_limit = Some(1),
        |d| d.show_interval_ms = Some(1),
        |d| d.actions.clear(),
        |d| d.category = "c".into(),
        |d| d.tags.push("u".into()),
        |d| d.replaces.clear(),
        |d| (d.author, d.source, d.external_id) = ("a".into(), "s".into(), "e".into()),
        |d| drop(d.extras.insert("m".into(), 1.into())),
    ];
    for (n, edit) in edits.into_iter().enumerate() {
        let (board, _) = board();
        board.publish(&full()).unwrap();
        let mut changed = full();
        edit(&mut changed);
        let published = board.publish(&changed).unwrap();
        assert_eq!(published.outcome, Outcome::Updated, "edit {n}");
        let a = kept(&board, 1);
        assert_eq!((a.version(), a.notify_version()), (2, 1), "edit {n}");
        assert_eq!((a.revision(), a.notify_revision()), (2, 1));
    }
}

#[test]
fn whoever_changes_it_may_say_whether_it_is_news() {
    let (board, _) = board();
    board.publish(&draft("a").key("k")).unwrap();
    board
        .publish(&draft("b").key("k").change(Importance::Minor))
        .unwrap();
    let a = kept(&board, 1);
    assert_eq!(
        (a.version(), a.notify_version(), a.notify_revision()),
        (2, 1, 1)
    );
    let major = draft("b").key("k").priority(1).change(Importance::Major);
    board.publish(&major).unwrap();
    let a = kept(&board, 1);
    assert_eq!(
        (a.version(), a.notify_version(), a.notify_revision()),
        (3, 3, 3)
    );
    board.publish(&draft("b").key("k").priority(2)).unwrap();
    let a = kept(&board, 1);
    assert_eq!(
        (a.version(), a.notify_version(), a.notify_revision()),
        (4, 3, 3)
    );
}

#[test]
fn a_field_that_the_new_draft_leaves_out_is_unset() {
    let (board, _) = board();
    board.publish(&full().priority(7).pinned(true)).unwrap();
    board.publish(&draft("title").key("k")).unwrap();
    let a = kept(&board, 1);
    assert_eq!((a.priority(), a.pinned(), a.ends_at()), (0, false, None));
    assert_eq!(
        (a.tags().len(), a.actions().len(), a.replaces().len()),
        (0, 0, 0)
    );
    assert_eq!((a.locales().len(), a.extras_json()), (1, ""));
}

#[test]
fn a_retracted_one_cannot_be_published_over() {
    let (board, _) = board();
    board.publish(&draft("a").key("k/1")).unwrap();
    board.retract(1, "").unwrap();
    for again in [draft("a").key("k/1"), draft("b").key("k/1")] {
        let error = board.publish(&again).unwrap_err();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::BadState, Some("key"))
        );
        assert_bilingual(&error, "k/1");
        let error = board.publish_all(&[draft("fine"), again]).unwrap_err();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::BadState, Some("[1].key"))
        );
    }
    assert_eq!(board.revision().unwrap(), 2);
}

#[test]
fn an_end_is_checked_against_the_start_that_it_had() {
    let (board, clock) = board();
    board.publish(&draft("a").key("k")).unwrap();
    clock.set(NOW + 10);
    board
        .publish(&draft("a").key("k").visible(None, NOW + 1))
        .unwrap();
    assert_eq!(kept(&board, 1).ends_at(), Some(NOW + 1));
    let error = board
        .publish(&draft("a").key("k").visible(None, NOW))
        .unwrap_err();
    assert_eq!(error.path(), Some("ends_at"));
}

#[test]
fn a_change_moves_it_through_every_index() {
    let (board, _) = board();
    let before = draft("a")
        .key("k")
        .tag("t")
        .category("c")
        .author("au")
        .external_id("x");
    board
        .publish(&before.pinned(true).severity(Severity::Warning))
        .unwrap();
    let after = draft("a")
        .key("k")
        .tag("u")
        .category("d")
        .author("bu")
        .external_id("y");
    board
        .publish(&after.audience("role", Operator::Exists, [""; 0]))
        .unwrap();
    let count = |set: fn(&mut notice::Filter)| {
        let query = anyone()
            .filter(crate::support::filter(set))
            .view(View::Editor);
        board.count(&query).unwrap().total
    };
    assert_eq!(count(|_| {}), Some(1));
    let gone: [fn(&mut notice::Filter); 6] = [
        |f| f.tags_any = vec!["t".into()],
        |f| f.categories = vec!["c".into()],
        |f| f.author = Some("au".into()),
        |f| f.external_id = Some("x".into()),
        |f| f.pinned = Some(true),
        |f| f.severity_at_least = Some(Severity::Notice),
    ];
    let there: [fn(&mut notice::Filter); 6] = [
        |f| f.tags_all = vec!["u".into()],
        |f| f.categories = vec!["d".into()],
        |f| f.author = Some("bu".into()),
        |f| f.external_id = Some("y".into()),
        |f| f.pinned = Some(false),
        |f| f.severity_at_least = Some(Severity::Info),
    ];
    assert!(gone.into_iter().all(|set| count(set) == Some(0)));
    assert!(there.into_iter().all(|set| count(set) == Some(1)));
    assert!(titles(&board, &anyone()).is_empty());
}
