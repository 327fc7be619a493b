//! Copies: `shm:NAME` has what another board has, from the beginning and ever after.

use std::time::Duration;

use notice::{
    ChangeQuery, Draft, ErrorKind, Importance, Language, Mark, Operation, Operator, Patch, Query,
    SharedBoard, Viewer,
};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{PATIENCE, catch_up, everything, name, titles, unread, until};

fn attach(name: &str) -> SharedBoard {
    notice::open(&format!("shm:{name}")).unwrap()
}

#[test]
fn a_copy_begins_with_the_whole_board_and_follows_it() {
    let (name, board) = (name(), notice::open("mem:").unwrap());
    board.publish(&Draft::new("en", "Before")).unwrap();
    let sharing = notice::share(&board, &name).unwrap();
    let copy = attach(&name);
    assert_eq!(titles(&*copy, "li.lei"), ["Before"]);

    let id = board.publish(&Draft::new("en", "Later")).unwrap().id;
    assert_eq!(copy.wait(1, PATIENCE), Ok(2));
    assert_eq!(titles(&*copy, "li.lei"), ["Later", "Before"]);
    board.retract(id, "").unwrap();
    assert_eq!(copy.wait(2, PATIENCE), Ok(3));
    assert_eq!(titles(&*copy, "li.lei"), ["Before"]);
    assert_eq!(everything(&*copy), everything(&*board));

    let head = board.head().unwrap();
    let changes = ChangeQuery::since(1, Query::new(Viewer::new("li.lei"))).epoch(head.epoch);
    let (here, there) = (
        copy.changes(&changes).unwrap(),
        board.changes(&changes).unwrap(),
    );
    assert!(!here.events.is_empty());
    assert_eq!(format!("{:?}", here.events), format!("{:?}", there.events));

    drop(sharing);
    assert_eq!(titles(&*copy, "li.lei"), ["Before"], "what it has it keeps");
}

#[test]
fn a_copy_is_read_only_and_says_where_to_publish() {
    let (name, board) = (name(), notice::open("mem:").unwrap());
    let _sharing = notice::share(&board, &name).unwrap();
    let copy = attach(&name);
    let error = copy.publish(&Draft::new("en", "Here?")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ReadOnly);
    for language in [Language::En, Language::Zh] {
        assert!(error.reason(language).contains(&name), "{error}");
    }
    assert!(copy.custody().is_none());
}

#[test]
fn marks_on_a_copy_stay_there_and_outlive_a_new_beginning() {
    let (name, board) = (name(), notice::open("mem:").unwrap());
    let first = board.publish(&Draft::new("en", "First")).unwrap().id;
    let second = board.publish(&Draft::new("en", "Second")).unwrap().id;
    let sharing = notice::share(&board, &name).unwrap();
    let copy = attach(&name);
    let reader = Viewer::new("li.lei");
    board.mark(&reader, &[second], Mark::Read).unwrap();
    copy.mark(&reader, &[first], Mark::Read).unwrap();
    assert_eq!(
        unread(&*copy, "li.lei"),
        [second],
        "its own marks, and no others"
    );
    assert_eq!(unread(&*board, "li.lei"), [first]);

    board.purge(first).unwrap();
    catch_up(&*copy, &*board);
    assert_eq!(copy.stats().unwrap().receipts, 0, "with the announcement");
    copy.mark(&reader, &[second], Mark::Read).unwrap();

    // Another process shares the same board from now on.
    drop(sharing);
    let third = board.publish(&Draft::new("en", "Third")).unwrap().id;
    let _sharing = notice::share(&board, &name).unwrap();
    catch_up(&*copy, &*board);
    assert_eq!(unread(&*copy, "li.lei"), [third]);

    // And the copy begins again with a snapshot.
    board.publish_all(&more_than_a_record()).unwrap();
    catch_up(&*copy, &*board);
    assert_eq!(copy.stats().unwrap().reloads, 1);
    assert!(!unread(&*copy, "li.lei").contains(&second));
    assert!(unread(&*copy, "li.lei").contains(&third));
}

/// Drafts that together are a larger entry than the ring has room for.
fn more_than_a_record() -> Vec<Draft> {
    let body = "公告".repeat(10_000);
    let large = Draft::new("en", "Large").text(notice::Text::new("zh", "大").body(body));
    vec![large; 60]
}

#[test]
fn a_silent_change_neither_takes_back_nor_makes_what_was_read_on_the_copy() {
    let (name, board) = (name(), notice::open("mem:").unwrap());
    let admins = json!([{"attribute": "role", "op": "in", "values": ["admin"]}]);
    let seen = board.publish(&Draft::new("en", "Tonight")).unwrap().id;
    let hidden = Draft::new("en", "Hidden").audience("role", Operator::In, ["admin"]);
    let hidden = board.publish(&hidden).unwrap().id;
    let _sharing = notice::share(&board, &name).unwrap();
    let copy = attach(&name);
    let reader = Query::new(Viewer::new("li.lei"));
    for board in [&board, &copy] {
        board.mark_all_read(&reader, None).unwrap();
    }
    for (id, audience) in [(seen, admins), (hidden, json!([])), (seen, json!([]))] {
        let patch = Patch::from_value(&json!({ "audience": audience })).unwrap();
        let update = Operation::Update {
            id,
            patch: Box::new(patch),
            if_version: None,
            change: Some(Importance::Minor),
        };
        board.apply_one(update).unwrap();
    }
    catch_up(&*copy, &*board);
    assert_eq!(unread(&*copy, "li.lei"), [hidden], "nobody has read it");
    assert_eq!(unread(&*board, "li.lei"), [hidden]);
}

#[test]
fn another_board_under_the_name_replaces_the_copy_and_its_marks() {
    let (name, former) = (name(), notice::open("mem:").unwrap());
    former.publish(&Draft::new("en", "Former")).unwrap();
    let sharing = notice::share(&former, &name).unwrap();
    let copy = attach(&name);
    copy.mark_all_read(&Query::new(Viewer::new("li.lei")), None)
        .unwrap();
    drop(sharing);

    let board = notice::open("mem:").unwrap();
    let id = board.publish(&Draft::new("en", "Other")).unwrap().id;
    let _sharing = notice::share(&board, &name).unwrap();
    until(&*copy, |copy| titles(copy, "li.lei") == ["Other"]);
    assert_eq!(
        unread(&*copy, "li.lei"),
        [id],
        "it has the same number, and was not read"
    );
    assert!(copy.stats().unwrap().reloads >= 1);
}

#[test]
fn more_than_the_ring_holds_is_told_as_lost_and_the_copy_is_right_again() {
    let (name, board) = (name(), notice::open("mem:").unwrap());
    let _sharing = notice::share(&board, &name).unwrap();
    let copy = attach(&name);
    board.publish_all(&more_than_a_record()).unwrap();
    board.publish(&Draft::new("en", "Behind it")).unwrap();
    catch_up(&*copy, &*board);
    assert_eq!(everything(&*copy), everything(&*board));
    assert_eq!(copy.stats().unwrap().reloads, 1);
}

#[test]
fn who_attaches_before_anybody_shares_is_told_or_waits() {
    let name = name();
    let error = notice::open(&format!("shm:{name}")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let copy = notice::open(&format!("shm:{name}?lazy=1")).unwrap();
    assert_eq!(copy.head().unwrap_err().kind(), ErrorKind::Unavailable);
    let board = notice::open("mem:").unwrap();
    board.publish(&Draft::new("en", "There")).unwrap();
    let _sharing = notice::share(&board, &name).unwrap();
    until(&*copy, |copy| copy.revision() == Ok(1));
}

#[test]
fn a_wait_for_a_board_has_a_bound() {
    let url = format!("shm:{}?timeout_ms=999", name());
    let error = notice::open(&url).unwrap_err();
    assert_eq!(error.path(), Some("url.timeout_ms"));
}

#[test]
fn a_name_is_shared_once_and_boards_of_others_never() {
    let (name, board) = (name(), notice::open("mem:").unwrap());
    let _sharing = notice::share(&board, &name).unwrap();
    let error = notice::share(&notice::open("mem:").unwrap(), &name).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    let copy = attach(&name);
    let error = notice::share(&copy, &format!("{name}-2")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    for wrong in ["", "../x", "a/b", ".hidden"] {
        let error = notice::share(&board, wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidField, "{wrong:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever is done to a board, and whenever it is shared anew: a copy is the same in the end.
    #[test]
    fn a_copy_is_what_the_board_is(steps in proptest::collection::vec(0..9_u8, 1..40)) {
        let (name, board) = (name(), notice::open("mem:").unwrap());
        let mut sharing = Some(notice::share(&board, &name).unwrap());
        let copy = attach(&name);
        let mut ids = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            let pick = ids.get(number % ids.len().max(1)).copied();
            match (step, pick) {
                (0..=3, _) => ids.push(board.publish(&Draft::new("en", format!("{number}"))).unwrap().id),
                (4, Some(id)) => drop(board.update(id, notice::Patch::new().pinned(true))),
                (5, Some(id)) => drop(board.retract(id, "")),
                (6, Some(id)) => drop(board.purge(id)),
                (7, Some(id)) => drop(board.mark(&Viewer::new("li.lei"), &[id], Mark::Read)),
                (8, _) => {
                    drop(sharing.take());
                    sharing = Some(notice::share(&board, &name).unwrap());
                }
                _ => {}
            }
        }
        catch_up(&*copy, &*board);
        prop_assert_eq!(everything(&*copy), everything(&*board));
        prop_assert_eq!(copy.stats().unwrap().receipts, 0);
        let timed_out = copy.wait(board.revision().unwrap(), Duration::ZERO).unwrap_err();
        prop_assert_eq!(timed_out.kind(), ErrorKind::TimedOut);
    }
}
