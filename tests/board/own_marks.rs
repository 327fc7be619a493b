//! A user's own marks, followed on a second device.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use notice::{
    Draft, ErrorKind, Mark, OwnMarks, OwnMarksQuery, Query, ReceiptQuery, SharedBoard, Viewer,
};
use proptest::prelude::*;
use serde_json::json;

use crate::directory::Directory;
use crate::exporting::import;
use crate::support::{Desk, NOW, export, kind, of, refusal};

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(600);

fn ask(board: &SharedBoard, user: &str, since: u64) -> OwnMarks {
    let query = OwnMarksQuery::new(user).since(since);
    board.own_marks(&query).unwrap()
}

/// What is told to a follower that has reached `since`: everything, or these.
fn told(board: &SharedBoard, user: &str, since: u64) -> Option<Vec<i64>> {
    let marks = ask(board, user, since);
    assert!(!marks.all || marks.changed.is_empty());
    (!marks.all).then_some(marks.changed)
}

#[test]
fn a_follower_is_told_which_marks_of_the_user_changed() {
    let desk = Desk::new();
    let ids: Vec<i64> = (0..4)
        .map(|n| desk.publish(Draft::new("en", format!("{n}"))))
        .collect();
    let first = ask(&desk.board, "ann", 0);
    assert!(first.all && first.revision > 0);
    assert_eq!(first.epoch, desk.board.head().unwrap().epoch);
    assert_eq!(told(&desk.board, "ann", first.revision), Some(vec![]));
    desk.mark("ann", &[ids[2], ids[0]], Mark::Read);
    desk.mark("bob", &[ids[3]], Mark::Read);
    desk.board
        .snooze(&Viewer::new("ann"), &[ids[2]], NOW + 9)
        .unwrap();
    let second = ask(&desk.board, "ann", first.revision);
    assert_eq!((second.all, second.changed), (false, vec![ids[0], ids[2]]));
    assert!(second.revision > first.revision);
    assert_eq!(told(&desk.board, "ann", second.revision), Some(vec![]));
    desk.mark("ann", &[ids[3]], Mark::Acknowledge);
    assert_eq!(
        told(&desk.board, "ann", second.revision),
        Some(vec![ids[3]])
    );
    assert_eq!(
        told(&desk.board, "ann", first.revision),
        Some(vec![ids[0], ids[2], ids[3]])
    );
}

#[test]
fn the_own_revision_moves_with_the_own_marks_only() {
    let desk = Desk::new();
    let id = desk.title("a");
    let revision = || ask(&desk.board, "ann", 0).revision;
    let before = revision();
    desk.mark("bob", &[id], Mark::Read);
    desk.title("b");
    desk.major(id, json!({"priority": 1}));
    desk.read_all("bob");
    assert_eq!(revision(), before);
    desk.mark("ann", &[id], Mark::Seen);
    assert!(revision() > before);
}

#[test]
fn everything_is_to_be_listed_again_after_marking_all_or_forgetting() {
    let desk = Desk::new();
    let id = desk.title("a");
    let mut since = ask(&desk.board, "ann", 0).revision;
    let mut is_all = |what: &dyn Fn()| {
        what();
        let marks = ask(&desk.board, "ann", since);
        assert!(marks.revision > since);
        since = marks.revision;
        assert_eq!(told(&desk.board, "ann", since), Some(vec![]));
        marks.all
    };
    assert!(!is_all(&|| desk.mark("ann", &[id], Mark::Seen)));
    assert!(is_all(&|| assert!(desk.read_all("ann") > 0)));
    assert!(!is_all(&|| desk.mark("ann", &[id], Mark::Unread)));
    assert!(is_all(&|| drop(desk.board.forget_user("ann"))));
}

#[test]
fn many_changes_are_told_as_all() {
    let desk = Desk::new();
    let ids: Vec<i64> = (0..40)
        .map(|n| desk.publish(Draft::new("en", format!("{n}"))))
        .collect();
    let first = ask(&desk.board, "ann", 0).revision;
    for id in &ids[..32] {
        desk.mark("ann", &[*id], Mark::Seen);
    }
    assert_eq!(told(&desk.board, "ann", first), Some(ids[..32].to_vec()));
    desk.mark("ann", &[ids[32]], Mark::Seen);
    assert_eq!(told(&desk.board, "ann", first), None);
    assert_eq!(
        told(&desk.board, "ann", first + 1),
        Some(ids[1..33].to_vec())
    );
    let present = ask(&desk.board, "ann", 0).revision;
    desk.mark("ann", &ids[..33], Mark::Read);
    assert_eq!(told(&desk.board, "ann", present), None);
}

#[test]
fn a_purge_is_a_change_of_those_who_had_marked_it() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.mark("ann", &[id], Mark::Read);
    let [ann, bob] = ["ann", "bob"].map(|user| ask(&desk.board, user, 0).revision);
    desk.purge(id);
    assert_eq!(told(&desk.board, "ann", ann), Some(vec![id]));
    assert_eq!(told(&desk.board, "bob", bob), Some(vec![]));
}

#[test]
fn another_board_and_a_later_revision_are_refused() {
    let desk = Desk::new();
    desk.title("a");
    let marks = ask(&desk.board, "ann", 0);
    let later = OwnMarksQuery::new("ann").since(marks.revision + 1);
    assert_eq!(
        kind(desk.board.own_marks(&later)),
        ErrorKind::FutureRevision
    );
    let other = OwnMarksQuery::new("ann").epoch(marks.epoch ^ 1);
    assert_eq!(kind(desk.board.own_marks(&other)), ErrorKind::EpochMismatch);
    let same = OwnMarksQuery::new("ann")
        .epoch(marks.epoch)
        .since(marks.revision);
    assert!(!desk.board.own_marks(&same).unwrap().all);
    for (name, kind) in [
        ("", ErrorKind::InvalidField),
        (&*"u".repeat(513), ErrorKind::TooLarge),
    ] {
        let refused = refusal(desk.board.own_marks(&OwnMarksQuery::new(name)));
        assert_eq!(refused, (kind, Some("user".to_owned())));
    }
}

#[test]
fn after_an_import_everything_is_listed_again() {
    let desk = Desk::new();
    let full = Desk::new();
    full.title("a");
    let first = ask(&desk.board, "ann", 0);
    import(&desk, &export(&full.board)).unwrap();
    let followed = OwnMarksQuery::new("ann")
        .since(first.revision)
        .epoch(first.epoch);
    assert_eq!(
        kind(desk.board.own_marks(&followed)),
        ErrorKind::EpochMismatch
    );
    assert_eq!(told(&desk.board, "ann", first.revision), None);
}

#[test]
fn a_revision_is_good_after_a_restart_and_everything_is_listed_once() {
    let directory = Directory::new();
    let board = directory.open("own.notice");
    let id = board.publish(&Draft::new("en", "a")).unwrap().id;
    let ann = Viewer::new("ann");
    board.mark(&ann, &[id], Mark::Read).unwrap();
    let before = ask(&board, "ann", 0);
    drop(board);
    let board = directory.open("own.notice");
    let query = OwnMarksQuery::new("ann")
        .since(before.revision - 1)
        .epoch(before.epoch);
    let after = board.own_marks(&query).unwrap();
    assert!(after.all && after.revision >= before.revision);
    board.mark(&ann, &[id], Mark::Unread).unwrap();
    assert_eq!(told(&board, "ann", after.revision), Some(vec![id]));
}

#[test]
fn a_wait_ends_with_the_next_mark_of_the_user() {
    let desk = Arc::new(Desk::new());
    let id = desk.title("a");
    let since = ask(&desk.board, "ann", 0).revision;
    let waiting = {
        let board = Arc::clone(&desk.board);
        let query = OwnMarksQuery::new("ann").since(since).timeout(LONG);
        thread::spawn(move || board.own_marks(&query).unwrap())
    };
    desk.mark("bob", &[id], Mark::Read);
    desk.title("b");
    desk.mark("ann", &[id], Mark::Read);
    assert_eq!(waiting.join().unwrap().changed, [id]);
    // What has changed already, or was never listed, is told at once.
    for since in [0, since] {
        let query = OwnMarksQuery::new("ann").since(since).timeout(LONG);
        desk.board.own_marks(&query).unwrap();
    }
}

#[test]
fn a_wait_without_a_change_ends_by_itself_and_when_the_board_is_closed() {
    let desk = Desk::new();
    desk.title("a");
    let since = ask(&desk.board, "ann", 0).revision;
    let short = OwnMarksQuery::new("ann")
        .since(since)
        .timeout(Duration::from_millis(1));
    let marks = desk.board.own_marks(&short).unwrap();
    assert_eq!(
        (marks.revision, marks.all, marks.changed),
        (since, false, vec![])
    );
    let waiting = {
        let board = Arc::clone(&desk.board);
        let query = OwnMarksQuery::new("ann").since(since).timeout(LONG);
        thread::spawn(move || board.own_marks(&query))
    };
    desk.board.close().unwrap();
    assert_eq!(kind(waiting.join().unwrap()), ErrorKind::Unavailable);
    assert_eq!(told(&desk.board, "ann", since), Some(vec![]));
}

#[test]
fn a_wait_ends_when_the_user_is_forgotten_or_the_board_replaced() {
    let desk = Desk::new();
    let id = desk.title("a");
    desk.mark("ann", &[id], Mark::Read);
    let since = ask(&desk.board, "ann", 0).revision;
    let waiting = {
        let board = Arc::clone(&desk.board);
        let query = OwnMarksQuery::new("ann").since(since).timeout(LONG);
        thread::spawn(move || board.own_marks(&query).unwrap())
    };
    desk.board.forget_user("ann").unwrap();
    assert!(waiting.join().unwrap().all);
}

/// A second device: what it knows of the marks of each announcement.
#[derive(Debug, Default)]
struct Device {
    revision: u64,
    known: BTreeMap<i64, String>,
}

/// What a receipt and an item say of the user, without what the announcement says.
fn state(desk: &Desk, user: &str, id: i64) -> String {
    let query = ReceiptQuery::new(id).users([user]);
    let receipts = desk.board.receipts(&query).unwrap().receipts;
    format!("{receipts:?} {:?}", desk.item(user, id))
}

impl Device {
    fn sync(&mut self, desk: &Desk, user: &str, ids: &[i64]) {
        let marks = ask(&desk.board, user, self.revision);
        assert!(marks.revision >= self.revision);
        self.revision = marks.revision;
        let changed = if marks.all { ids } else { &marks.changed };
        for id in changed {
            self.known.insert(*id, state(desk, user, *id));
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Mark(usize, Vec<usize>, Mark),
    All(usize, Mark),
    Forget(usize),
    Sync(usize),
}

const USERS: [&str; 2] = ["ann", "bob"];
const MANY: usize = 5;

fn step() -> impl Strategy<Value = Step> {
    let user = || 0..USERS.len();
    let places = prop::collection::vec(0..MANY, 1..3);
    let all = prop::sample::select(vec![Mark::Seen, Mark::Read, Mark::Dismiss]);
    prop_oneof![
        6 => (user(), places, prop::sample::select(crate::support::plain_marks())).prop_map(|(u, p, m)| Step::Mark(u, p, m)),
        1 => (user(), all).prop_map(|(u, m)| Step::All(u, m)),
        1 => user().prop_map(Step::Forget),
        3 => user().prop_map(Step::Sync),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_device_that_asks_again_for_what_it_is_told_knows_everything(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let desk = Desk::new();
        let ids: Vec<i64> = (0..MANY).map(|n| desk.publish(Draft::new("en", format!("{n}")))).collect();
        let mut devices: [Device; 2] = Default::default();
        for step in steps {
            match step {
                Step::Mark(user, places, mark) => {
                    let ids: Vec<i64> = places.iter().map(|place| ids[*place]).collect();
                    desk.mark(USERS[user], &ids, mark);
                }
                Step::All(user, mark) => {
                    desk.board.mark_all(&of(USERS[user]), mark, None).unwrap();
                }
                Step::Forget(user) => drop(desk.board.forget_user(USERS[user]).unwrap()),
                Step::Sync(user) => {
                    devices[user].sync(&desk, USERS[user], &ids);
                    for id in &ids {
                        prop_assert_eq!(&devices[user].known[id], &state(&desk, USERS[user], *id));
                    }
                }
            }
        }
    }
}

#[test]
fn nothing_is_told_of_an_anonymous_viewer() {
    let desk = Desk::new();
    let query = Query::new(Viewer::anonymous());
    let refused = desk.board.own_marks(&OwnMarksQuery::new(query.viewer.user));
    assert_eq!(kind(refused), ErrorKind::InvalidField);
}
