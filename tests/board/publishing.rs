//! Publishing: what the engine gives, batches, revisions, retracting.

use notice::{
    Draft, ErrorKind, Format, Lifecycle, Outcome, Phase, Placement, Published, Query, Severity,
    Text, limits,
};

use crate::support::{HOUR, NOW, anyone, assert_bilingual, board, draft, editor, titles};

#[test]
fn a_draft_without_anything_gets_the_defaults() {
    let (board, _) = board();
    let published = board.publish(&draft("a")).unwrap();
    let expected = Published::new(1, 1, 1, Outcome::Created);
    assert_eq!(published, expected);
    let item = board.get(1, &Query::editor()).unwrap();
    let a = item.record().unwrap();
    assert_eq!((a.id(), a.key(), a.channel()), (1, "", "default"));
    assert_eq!((a.version(), a.notify_version()), (1, 1));
    assert_eq!((a.revision(), a.notify_revision()), (1, 1));
    assert_eq!(
        (a.state(), a.severity()),
        (Lifecycle::Published, Severity::Info)
    );
    assert_eq!((a.priority(), a.pinned()), (0, false));
    assert_eq!((a.starts_at(), a.ends_at()), (NOW, None));
    assert_eq!((a.event_from(), a.event_to()), (None, None));
    assert_eq!((a.created_at(), a.published_at()), (NOW, NOW));
    assert_eq!((a.updated_at(), a.retracted_at()), (NOW, None));
    assert_eq!(a.display(), Placement::LIST);
    assert_eq!((a.dismissible(), a.require_ack()), (true, false));
    assert_eq!((a.show_limit(), a.show_interval_ms()), (None, None));
    assert!(a.audience().conditions.is_empty());
    assert!(a.actions().is_empty() && a.replaces().is_empty());
    assert_eq!(a.tags().len(), 0);
    assert_eq!(a.category(), "");
    assert_eq!((a.author(), a.source(), a.external_id()), ("", "", ""));
    assert_eq!((a.retract_reason(), a.extras_json()), ("", ""));
    assert!(a.extras().is_empty());
    assert_eq!((a.locales().len(), a.default_index()), (1, 0));
    assert_eq!(a.format(0), Format::Text);
}

#[test]
fn the_default_locale_is_the_first_text_or_the_one_that_is_named() {
    let (board, _) = board();
    let two = || draft("english").text(Text::new("zh_cn", "中文"));
    board.publish(&two()).unwrap();
    board.publish(&two().default_locale("ZH-cn")).unwrap();
    let title = |id| board.get(id, &anyone()).unwrap().text().title.to_owned();
    assert_eq!((title(1), title(2)), ("english".into(), "中文".into()));
    assert_eq!(board.get(2, &anyone()).unwrap().text().locale, "zh-CN");
}

#[test]
fn ids_ascend_and_each_commit_is_one_revision() {
    let (board, clock) = board();
    assert_eq!(board.revision().unwrap(), 0);
    board.publish(&draft("a")).unwrap();
    clock.set(NOW - HOUR);
    let batch = board
        .publish_all(&[draft("b"), draft("c"), draft("d")])
        .unwrap();
    let given: Vec<_> = batch.iter().map(|p| (p.id, p.revision)).collect();
    assert_eq!(given, [(2, 2), (3, 2), (4, 2)]);
    assert_eq!(board.retract(3, "").unwrap().revision, 3);
    assert_eq!(board.publish(&draft("e")).unwrap().id, 5);
    assert_eq!(board.revision().unwrap(), 4);
    assert_eq!(board.count(&anyone()).unwrap().revision, 4);
}

#[test]
fn an_empty_batch_is_no_commit() {
    let (board, _) = board();
    assert_eq!(board.publish_all(&[]).unwrap(), []);
    assert_eq!(board.revision().unwrap(), 0);
}

#[test]
fn a_batch_is_published_whole_or_not_at_all() {
    let (board, _) = board();
    board.publish(&draft("old").key("k")).unwrap();
    let batch = [draft("new").key("k"), draft("b"), draft("")];
    let error = board.publish_all(&batch).unwrap_err();
    assert_eq!(error.path(), Some("[2].texts.en.title"));
    assert_eq!(board.revision().unwrap(), 1);
    assert_eq!(titles(&board, &anyone()), ["old"]);
    let next = board.publish(&draft("c")).unwrap();
    assert_eq!((next.id, next.revision), (2, 2));
}

#[test]
fn one_key_may_stand_in_a_batch_twice() {
    let (board, _) = board();
    let batch = [
        draft("first").key("k"),
        draft("second").key("k"),
        draft("second").key("k"),
    ];
    let published = board.publish_all(&batch).unwrap();
    let did: Vec<_> = published
        .iter()
        .map(|p| (p.id, p.version, p.revision, p.outcome))
        .collect();
    assert_eq!(
        did,
        [
            (1, 1, 1, Outcome::Created),
            (1, 2, 1, Outcome::Updated),
            (1, 2, 1, Outcome::Unchanged)
        ]
    );
    assert_eq!(titles(&board, &anyone()), ["second"]);
}

#[test]
fn a_batch_has_at_most_ten_thousand_drafts() {
    let (board, _) = board();
    let many: Vec<Draft> = vec![draft("a").key("k"); limits::BATCH + 1];
    let error = board.publish_all(&many).unwrap_err();
    assert_eq!(
        (error.kind(), error.limit()),
        (ErrorKind::TooLarge, Some(10_000))
    );
    assert_bilingual(&error, "10001");
    assert_eq!(board.publish_all(&many[1..]).unwrap().len(), 10_000);
}

#[test]
fn the_first_draft_of_a_batch_that_is_refused_is_named() {
    let (board, _) = board();
    for (bad, path) in [
        (draft("a").priority(1001), "[1].priority"),
        (draft("a").visible(None, NOW), "[1].ends_at"),
        (draft("a").tag(""), "[1].tags[0]"),
    ] {
        let error = board.publish_all(&[draft("fine"), bad.clone(), draft("")]);
        assert_eq!(error.unwrap_err().path(), Some(path));
        // A single draft has no place in a list.
        let error = board.publish(&bad).unwrap_err();
        assert_eq!(error.path(), Some(&path[4..]));
    }
}

#[test]
fn retracting_hides_at_once_and_keeps_the_text_for_editors() {
    let (board, clock) = board();
    board.publish(&draft("a").key("k").channel("ops")).unwrap();
    clock.set(NOW + 5);
    assert_eq!(board.retract(1, "写错了").unwrap().revision, 2);
    assert!(titles(&board, &anyone()).is_empty());
    let error = board.get(1, &anyone()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let item = board.get(1, &Query::editor()).unwrap();
    let a = &item;
    assert_eq!((a.id(), a.key(), a.channel()), (1, "k", "ops"));
    assert_eq!((a.state(), a.revision()), (Lifecycle::Retracted, 2));
    assert_eq!(
        (a.retracted_at(), a.retract_reason()),
        (Some(NOW + 5), "写错了")
    );
    assert_eq!((a.version(), a.updated_at()), (1, NOW));
    assert_eq!(item.text().title, "a");
    assert_eq!(titles(&board, &editor(Phase::Retracted)), ["a"]);
}

#[test]
fn retracting_again_changes_nothing() {
    let (board, clock) = board();
    board.publish(&draft("a")).unwrap();
    board.retract(1, "first").unwrap();
    board.publish(&draft("b")).unwrap();
    clock.set(NOW + 5);
    assert_eq!(board.retract(1, "second").unwrap().revision, 2);
    assert_eq!(board.revision().unwrap(), 3);
    let item = board.get(1, &Query::editor()).unwrap();
    assert_eq!(item.retract_reason(), "first");
    assert_eq!(item.retracted_at(), Some(NOW));
}

#[test]
fn what_is_not_there_cannot_be_retracted() {
    let (board, _) = board();
    for id in [1, 0, -1, i64::MAX, i64::MIN] {
        let error = board.retract(id, "").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_bilingual(&error, &id.to_string());
    }
    assert_eq!(board.revision().unwrap(), 0);
}

#[test]
fn the_reason_of_a_retraction_has_five_hundred_bytes() {
    let (board, _) = board();
    board.publish(&draft("a")).unwrap();
    let error = board.retract(1, &"x".repeat(501)).unwrap_err();
    assert_eq!((error.path(), error.limit()), (Some("reason"), Some(500)));
    let error = board.retract(1, "错\0").unwrap_err();
    assert_eq!((error.path(), error.offset()), (Some("reason"), Some(3)));
    assert_eq!(board.revision().unwrap(), 1);
    board.retract(1, &"x".repeat(500)).unwrap();
}

#[test]
fn an_item_stays_as_it_was_whatever_becomes_of_the_board() {
    let (board, _) = board();
    board.publish(&draft("before").key("k")).unwrap();
    let item = board.get(1, &anyone()).unwrap();
    board.publish(&draft("after").key("k")).unwrap();
    board.retract(1, "").unwrap();
    drop(board);
    assert_eq!(item.text().title, "before");
    assert_eq!(item.state(), Lifecycle::Published);
}
