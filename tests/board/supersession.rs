//! 取代: announcements that replace others.

use notice::{Draft, ErrorKind, Operator, Phase, Query, Reference, Viewer};
use serde_json::json;

use crate::support::{
    Desk, NOW, anyone, assert_bilingual, board, draft, editor, filter, for_role, of, refusal, sees,
    titles,
};

trait Replaces {
    fn replacing_key(self, key: &str) -> Self;
    fn replacing_id(self, id: i64) -> Self;
}

impl Replaces for Draft {
    fn replacing_key(mut self, key: &str) -> Self {
        self.replaces.push(Reference::Key(key.into()));
        self
    }

    fn replacing_id(mut self, id: i64) -> Self {
        self.replaces.push(Reference::Id(id));
        self
    }
}

#[test]
fn what_is_replaced_by_id_or_key_is_hidden() {
    for replacer in [
        draft("new").replacing_key("k"),
        draft("new").replacing_id(1),
    ] {
        let (board, _) = board();
        board.publish(&draft("old").key("k")).unwrap();
        assert!(sees(&board, 1, &anyone()));
        board.publish(&replacer).unwrap();
        assert_eq!(titles(&board, &anyone()), ["new"]);
        assert!(!sees(&board, 1, &anyone()));
        assert_eq!(
            board.get(1, &anyone()).unwrap_err().kind(),
            ErrorKind::NotFound
        );
    }
}

#[test]
fn the_replacer_may_come_first() {
    for replacer in [
        draft("new").replacing_key("k"),
        draft("new").replacing_id(2),
    ] {
        let (board, _) = board();
        board.publish(&replacer).unwrap();
        board.publish(&draft("old").key("k")).unwrap();
        assert_eq!(titles(&board, &anyone()), ["new"]);
    }
    let (board, _) = board();
    let together = [draft("new").replacing_key("k"), draft("old").key("k")];
    board.publish_all(&together).unwrap();
    assert_eq!(titles(&board, &anyone()), ["new"]);
}

#[test]
fn a_key_names_what_is_in_the_same_channel() {
    let (board, _) = board();
    board
        .publish(&draft("here").key("k").channel("ops"))
        .unwrap();
    board.publish(&draft("there").key("k")).unwrap();
    board
        .publish(&draft("new").replacing_key("k").channel("ops"))
        .unwrap();
    assert_eq!(titles(&board, &anyone()), ["new", "there"]);
    // An id is the board's.
    board
        .publish(&draft("newer").replacing_id(2).channel("ops"))
        .unwrap();
    assert_eq!(titles(&board, &anyone()), ["newer", "new"]);
}

#[test]
fn it_comes_back_when_the_replacer_ends_and_is_there_until_it_begins() {
    let (board, clock) = board();
    board.publish(&draft("old")).unwrap();
    board
        .publish(&draft("new").replacing_id(1).visible(NOW + 10, NOW + 20))
        .unwrap();
    let steps = [
        (0, "old"),
        (9, "old"),
        (10, "new"),
        (19, "new"),
        (20, "old"),
    ];
    for (after, title) in steps.into_iter().chain(steps.into_iter().rev()) {
        clock.set(NOW + after);
        assert_eq!(titles(&board, &anyone()), [title], "at {after}");
    }
    for (after, title) in steps {
        let query = Query::new(Viewer::anonymous().at(NOW + after));
        assert_eq!(titles(&board, &query), [title], "for {after}");
    }
    clock.set(NOW);
    assert_eq!(
        board.count(&anyone()).unwrap().next_change_at,
        Some(NOW + 10)
    );
}

#[test]
fn it_comes_back_when_the_replacer_is_retracted_or_replaces_it_no_more() {
    let (board, _) = board();
    board.publish(&draft("old").key("k")).unwrap();
    board
        .publish(&draft("new").key("n").replacing_key("k"))
        .unwrap();
    board.publish(&draft("new").key("n")).unwrap();
    assert_eq!(titles(&board, &anyone()), ["new", "old"]);
    board
        .publish(&draft("new").key("n").replacing_id(1))
        .unwrap();
    assert_eq!(titles(&board, &anyone()), ["new"]);
    board.retract(2, "").unwrap();
    assert_eq!(titles(&board, &anyone()), ["old"]);
}

#[test]
fn changing_the_replaced_one_does_not_bring_it_back() {
    let (board, _) = board();
    board.publish(&draft("old").key("k")).unwrap();
    board.publish(&draft("new").replacing_key("k")).unwrap();
    board
        .publish(&draft("old, corrected").key("k").pinned(true))
        .unwrap();
    assert_eq!(titles(&board, &anyone()), ["new"]);
}

#[test]
fn it_is_hidden_only_from_those_who_see_the_replacer() {
    let (board, _) = board();
    board.publish(&draft("old")).unwrap();
    board
        .publish(
            &draft("for admins")
                .replacing_id(1)
                .audience("role", Operator::In, ["admin"]),
        )
        .unwrap();
    let admin = Query::new(Viewer::anonymous().with("role", "admin"));
    assert_eq!(titles(&board, &admin), ["for admins"]);
    assert_eq!(titles(&board, &anyone()), ["old"]);
    assert!(sees(&board, 1, &anyone()) && !sees(&board, 1, &admin));
}

#[test]
fn editors_see_the_replaced_ones() {
    let (board, _) = board();
    board.publish(&draft("old")).unwrap();
    board.publish(&draft("new").replacing_id(1)).unwrap();
    for phase in [Phase::Active, Phase::Any] {
        assert_eq!(titles(&board, &editor(phase)), ["new", "old"]);
    }
    assert!(board.get(1, &Query::editor()).is_ok());
}

#[test]
fn a_replacer_that_the_filter_leaves_out_hides_all_the_same() {
    let (board, clock) = board();
    board.publish(&draft("old").tag("t")).unwrap();
    board
        .publish(&draft("new").replacing_id(1).visible(None, NOW + 10))
        .unwrap();
    let tagged = anyone().filter(filter(|f| f.tags_any = vec!["t".into()]));
    assert_eq!(titles(&board, &tagged), [""; 0]);
    assert_eq!(board.count(&tagged).unwrap().next_change_at, Some(NOW + 10));
    clock.set(NOW + 10);
    assert_eq!(titles(&board, &tagged), ["old"]);
}

#[test]
fn in_a_chain_only_the_last_is_seen() {
    let (board, clock) = board();
    board.publish(&draft("first").key("1")).unwrap();
    board
        .publish(&draft("second").key("2").replacing_key("1"))
        .unwrap();
    board
        .publish(&draft("third").replacing_key("2").visible(None, NOW + 10))
        .unwrap();
    // The second is hidden, but not over: it still stands for the first.
    assert_eq!(titles(&board, &anyone()), ["third"]);
    clock.set(NOW + 10);
    assert_eq!(titles(&board, &anyone()), ["second"]);
    board.retract(2, "").unwrap();
    assert_eq!(titles(&board, &anyone()), ["first"]);
    clock.set(NOW);
    // The third stands for both, whatever has become of the second.
    assert_eq!(titles(&board, &anyone()), ["third"]);
    board.purge(2).unwrap();
    assert_eq!(titles(&board, &anyone()), ["third"]);
    clock.set(NOW + 10);
    assert_eq!(titles(&board, &anyone()), ["first"]);
}

#[test]
fn one_may_replace_several_and_be_one_of_several_replacers() {
    let (board, _) = board();
    board
        .publish_all(&[draft("a"), draft("b").key("b"), draft("c")])
        .unwrap();
    board
        .publish(
            &draft("d")
                .replacing_id(1)
                .replacing_key("b")
                .replacing_id(2),
        )
        .unwrap();
    board.publish(&draft("e").replacing_id(1)).unwrap();
    assert_eq!(titles(&board, &anyone()), ["e", "d", "c"]);
    board.retract(4, "").unwrap();
    assert_eq!(titles(&board, &anyone()), ["e", "c", "b"]);
    board.retract(5, "").unwrap();
    assert_eq!(titles(&board, &anyone()), ["c", "b", "a"]);
}

#[test]
fn those_that_would_replace_each_other_are_refused() {
    let (board, _) = board();
    board
        .publish(&draft("a").key("a").replacing_key("b"))
        .unwrap();
    board
        .publish(&draft("b").key("b").replacing_key("c"))
        .unwrap();
    for (bad, path, value) in [
        (draft("c").key("c").replacing_key("a"), "replaces[0]", "a"),
        (
            draft("c").key("c").replacing_id(99).replacing_id(1),
            "replaces[1]",
            "1",
        ),
        (draft("b").key("b").replacing_key("a"), "replaces[0]", "a"),
        (draft("a").key("a").replacing_id(1), "replaces[0]", "1"),
        (draft("itself").replacing_id(3), "replaces[0]", "3"),
    ] {
        let error = board.publish(&bad).unwrap_err();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::InvalidField, Some(path))
        );
        assert_bilingual(&error, value);
    }
    assert_eq!(board.revision().unwrap(), 2);
    // In another channel the keys are others.
    board
        .publish(&draft("c").key("c").channel("ops").replacing_key("a"))
        .unwrap();
    // Three that form no ring.
    board.publish(&draft("c").key("c")).unwrap();
    board
        .publish(&draft("d").replacing_key("a").replacing_key("c"))
        .unwrap();
}

#[test]
fn a_ring_inside_one_batch_is_refused() {
    let (board, _) = board();
    let batch = [
        draft("a").key("a").replacing_key("b"),
        draft("b").key("b").replacing_id(1),
    ];
    let error = board.publish_all(&batch).unwrap_err();
    assert_eq!(error.path(), Some("[1].replaces[0]"));
    let batch = [draft("a").replacing_id(2), draft("b").replacing_id(1)];
    assert_eq!(
        board.publish_all(&batch).unwrap_err().path(),
        Some("[1].replaces[0]")
    );
    assert_eq!(board.revision().unwrap(), 0);
    // Undone within the batch it is none.
    let batch = [
        draft("a").key("a").replacing_key("b"),
        draft("a").key("a"),
        draft("b").key("b").replacing_key("a"),
    ];
    board.publish_all(&batch).unwrap();
    assert_eq!(titles(&board, &anyone()), ["b"]);
}

#[test]
fn superseded_ones_leave_the_board_and_come_back_in_whatever_order_they_came() {
    let desk = Desk::new();
    // By a key that nobody has yet.
    let newer = desk.publish(Draft::new("en", "newer").replaces(Reference::Key("k".to_owned())));
    let older = desk.publish(Draft::new("en", "older").key("k"));
    let board = || desk.ids(&of("ann"));
    assert_eq!(board(), [newer]);
    assert_eq!(
        desk.ids(&Query::editor()),
        [older, newer],
        "an editor sees both"
    );
    desk.retract(newer, "");
    assert_eq!(board(), [older]);
    desk.restore(newer);
    assert_eq!(board(), [newer]);
    desk.update(newer, json!({"ends_at": NOW + 10}));
    assert_eq!(desk.page(&of("ann")).count.next_change_at, Some(NOW + 10));
    desk.at(10);
    assert_eq!(board(), [older]);
    desk.update(newer, json!({"ends_at": null}));
    assert_eq!(board(), [newer]);
    desk.update(newer, json!({"replaces": null}));
    assert_eq!(board(), [older, newer]);
    desk.update(newer, json!({"replaces": [older]}));
    assert_eq!(board(), [newer]);
    desk.purge(newer);
    assert_eq!(board(), [older]);
}

#[test]
fn the_target_of_a_key_is_whoever_has_it() {
    let desk = Desk::new();
    let (a, b) = (
        desk.publish(Draft::new("en", "a").key("k")),
        desk.title("b"),
    );
    let c = desk.publish(Draft::new("en", "c").replaces(Reference::Key("k".to_owned())));
    let board = || desk.ids(&of("ann"));
    assert_eq!(board(), [c, b]);
    desk.update(a, json!({"key": null}));
    assert_eq!(board(), [c, b, a]);
    desk.update(b, json!({"key": "k"}));
    assert_eq!(board(), [c, a]);
    desk.update(c, json!({"channel": "other"}));
    assert_eq!(board(), [c, b, a], "a key names one in the same channel");
    desk.update(b, json!({"channel": "other"}));
    assert_eq!(board(), [c, a]);
    desk.purge(b);
    let d = desk.publish(Draft::new("en", "d").key("k").channel("other"));
    assert_eq!(board(), [c, a]);
    desk.retract(c, "");
    assert_eq!(board(), [d, a]);
}

#[test]
fn one_that_a_viewer_does_not_see_supersedes_nothing_for_that_viewer() {
    let desk = Desk::new();
    let old = desk.title("old");
    let new = desk.publish(for_role("new", "boss").replaces(Reference::Id(old)));
    assert_eq!(desk.ids(&of("ann")), [old]);
    let mut boss = of("ann");
    boss.viewer = boss.viewer.with("role", "boss");
    assert_eq!(desk.ids(&boss), [new]);
    desk.update(new, json!({"audience": null}));
    assert_eq!(desk.ids(&of("ann")), [new]);
}

#[test]
fn an_update_after_which_they_would_replace_each_other_is_refused() {
    let desk = Desk::new();
    let a = desk.publish(Draft::new("en", "a").key("a"));
    let b = desk.publish(Draft::new("en", "b").key("b").replaces(Reference::Id(a)));
    let c = desk.publish(Draft::new("en", "c").replaces(Reference::Key("b".to_owned())));
    let place = |n: i64| (ErrorKind::InvalidField, Some(format!("replaces[{n}]")));
    let update = |id, patch| refusal(desk.try_update(id, patch, None));
    assert_eq!(update(a, json!({"replaces": [b]})), place(0));
    assert_eq!(update(a, json!({"replaces": [77, c]})), place(1));
    assert_eq!(update(a, json!({"replaces": [a]})), place(0));
    let itself = desk
        .board
        .publish(&Draft::new("en", "d").replaces(Reference::Id(c + 1)));
    assert_eq!(refusal(itself), place(0));
    assert_eq!(desk.ids(&of("ann")), [c]);
}
