//! Replicas of a served board (`?follow=1`): they answer like the board itself, and see their own writes.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use notice::{
    ChangeQuery, Draft, ErrorKind, Filter, Head, ManualClock, Mark, OnChange, Operator, Options,
    OwnMarksQuery, Patch, Phase, Query, ReceiptQuery, Reference, SharedBoard, Viewer,
};
use notice_server::Server;
use proptest::prelude::*;

use crate::client::PATIENCE;
use crate::following::{open_by, served, titles, until, until_equal};
use crate::support::{ADMIN, EDITOR, Folder, SERVICE, start, stop};

const NOW: i64 = 1_781_748_000_000;

fn follow(socket: &Path, parameters: &str) -> notice::Result<SharedBoard> {
    open_by("1", socket, parameters)
}

#[test]
fn a_program_sees_what_it_has_written_at_once() {
    let (board, served) = served();
    let replica = follow(&served.unix(), "").unwrap();
    let viewer = Viewer::new("li");
    let query = Query::new(viewer.clone());
    std::thread::scope(|scope| {
        // Others write meanwhile.
        let others = scope.spawn(|| {
            for n in 0..300 {
                let user = Viewer::new(format!("other {n}"));
                let _ = board.mark(&user, &[1], Mark::Read);
            }
        });
        for n in 0..40 {
            let title = format!("{n:02}");
            let id = replica.publish(&Draft::new("en", &title)).unwrap().id;
            assert!(titles(&replica).contains(&title));
            assert_eq!(replica.count(&query).unwrap().unread, Some(1));
            assert_eq!(replica.mark(&viewer, &[id], Mark::Read), Ok(1));
            assert_eq!(replica.count(&query).unwrap().unread, Some(0));
            replica.update(id, Patch::new().pinned(true)).unwrap();
            assert!(replica.get(id, &query).unwrap().pinned());
        }
        others.join().unwrap();
    });
    replica.mark_all_read(&query, None).unwrap();
    assert_eq!(replica.forget_user("li"), Ok(true));
    assert_eq!(replica.count(&query).unwrap().unread, Some(40));
    assert_eq!(
        replica.stats().unwrap().receipts,
        board.stats().unwrap().receipts
    );
}

#[test]
fn who_may_not_hold_everything_cannot_open_a_replica() {
    let (board, served) = served();
    let url = format!("tcp:{}?follow=1", served.tcp());
    let error = notice::open(&url).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.to_string().contains("without follow=1"), "{error}");
    for token in [SERVICE, EDITOR, ADMIN] {
        let replica = Options::new().token(token).open(&url).unwrap();
        assert_eq!(replica.head(), board.head());
        // The daemon judges what is written, by the same token.
        let published = replica.publish(&Draft::new("en", "a").key("a"));
        assert_eq!(published.is_ok(), token != SERVICE);
    }
}

#[test]
fn a_daemon_that_is_not_there_is_told_on_opening_unless_the_program_is_lazy() {
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    assert_eq!(
        follow(&socket, "").unwrap_err().kind(),
        ErrorKind::Unavailable
    );
    let lazy = follow(&socket, "&lazy=1&timeout_ms=60000").unwrap();
    let server = start(Server::builder(notice::open("mem:").unwrap()).unix(&socket)).unwrap();
    until(|| lazy.revision() == Ok(0));
    stop(server).unwrap();
}

#[test]
fn parameters_that_do_nothing_are_refused() {
    let (_, served) = served();
    let url = |rest: &str| format!("unix:{}?{rest}", served.unix().display());
    let error = notice::open(&url("max_staleness=5")).unwrap_err();
    assert!(error.to_string().contains("only with follow=1"), "{error}");
    assert!(notice::open(&url("follow=1&max_staleness=0")).is_err());
    assert!(notice::open(&url("follow=yes")).is_err());
}

#[test]
fn queries_go_on_and_waits_have_no_gap_while_the_daemon_restarts() {
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let file = format!("file:{}", folder.0.join("board.notice").display());
    let begin = || start(Server::builder(notice::open(&file).unwrap()).unix(&socket)).unwrap();
    let mut server = begin();
    let replica = follow(&socket, "").unwrap();
    let mut known = 0;
    for round in 1..=5_i64 {
        let waiting = Arc::clone(&replica);
        let waiter = std::thread::spawn(move || waiting.wait(known, PATIENCE));
        stop(server).unwrap();
        assert_eq!(titles(&replica).len() as i64, known);
        assert_eq!(replica.revision(), Ok(known));
        server = begin();
        let published = replica
            .publish(&Draft::new("en", format!("round {round}")))
            .unwrap();
        assert!(!published.duplicate);
        assert_eq!(waiter.join().unwrap(), Ok(round));
        let changes = replica
            .changes(&ChangeQuery::since(known, Query::editor()))
            .unwrap();
        assert_eq!(changes.events.len(), 1);
        assert_eq!(titles(&replica).len() as i64, round);
        known = round;
    }
    stop(server).unwrap();
}

#[test]
fn another_board_at_the_same_address_is_followed_from_its_beginning() {
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let begin = |titles: &[&str]| {
        let board = notice::open("mem:").unwrap();
        for title in titles {
            board.publish(&Draft::new("en", *title)).unwrap();
        }
        (
            Arc::clone(&board),
            start(Server::builder(board).unix(&socket)).unwrap(),
        )
    };
    let (first, server) = begin(&["a", "b", "c"]);
    let replica = follow(&socket, "").unwrap();
    let (sender, heads) = mpsc::channel();
    let callback: Arc<OnChange> = Arc::new(move |head: Head| {
        let _ = sender.send(head);
    });
    replica.on_change(Arc::downgrade(&callback)).unwrap();
    let mut changes = ChangeQuery::since(2, Query::editor());
    changes.epoch = Some(first.head().unwrap().epoch);
    assert_eq!(replica.changes(&changes).unwrap().events.len(), 1);
    let waiting = Arc::clone(&replica);
    let waiter = std::thread::spawn(move || waiting.wait(3, PATIENCE));
    stop(server).unwrap();
    let (second, server) = begin(&["d"]);
    assert_eq!(heads.recv_timeout(PATIENCE), Ok(second.head().unwrap()));
    assert_eq!(titles(&replica), ["d"]);
    assert_eq!(
        replica.changes(&changes).unwrap_err().kind(),
        ErrorKind::EpochMismatch
    );
    // Its revision is lower than the one that was waited for.
    let error = waiter.join().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FutureRevision);
    stop(server).unwrap();
}

#[test]
fn a_callback_is_told_of_marks_and_a_second_device_waits_for_its_own() {
    let (board, served) = served();
    board.publish(&Draft::new("en", "a")).unwrap();
    let replica = follow(&served.unix(), "").unwrap();
    let (sender, heads) = mpsc::channel();
    let callback: Arc<OnChange> = Arc::new(move |head: Head| {
        let _ = sender.send(head);
    });
    replica.on_change(Arc::downgrade(&callback)).unwrap();
    let known = replica.own_marks(&OwnMarksQuery::new("li")).unwrap();
    let query = OwnMarksQuery::new("li")
        .since(known.revision)
        .timeout(PATIENCE);
    let device = Arc::clone(&replica);
    let waiter = std::thread::spawn(move || device.own_marks(&query));
    board.mark(&Viewer::new("li"), &[1], Mark::Read).unwrap();
    assert_eq!(waiter.join().unwrap().unwrap().changed, [1]);
    assert_eq!(heads.recv_timeout(PATIENCE), Ok(board.head().unwrap()));
}

#[test]
fn a_revision_that_the_replica_has_not_seen_yet_is_waited_for() {
    let (board, served) = served();
    let replica = follow(&served.unix(), "").unwrap();
    for n in 0..50 {
        let revision = board
            .publish(&Draft::new("en", format!("{n}")))
            .unwrap()
            .revision;
        let changes = ChangeQuery::since(revision, Query::editor());
        assert_eq!(replica.changes(&changes).unwrap().head, revision);
    }
    let error = replica
        .changes(&ChangeQuery::since(51, Query::editor()))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FutureRevision);
}

#[test]
fn closing_ends_waits_and_nothing_else_and_dropping_ends_the_stream() {
    let (board, served) = served();
    let replica = follow(&served.unix(), "").unwrap();
    let waiting = Arc::clone(&replica);
    let waiter = std::thread::spawn(move || waiting.wait(0, Duration::from_secs(3600)));
    replica.close().unwrap();
    assert_eq!(
        waiter.join().unwrap().unwrap_err().kind(),
        ErrorKind::Unavailable
    );
    board.publish(&Draft::new("en", "a")).unwrap();
    until_equal(&replica, &board);
    replica.publish(&Draft::new("en", "b")).unwrap();
    assert_eq!(titles(&replica), ["b", "a"]);
    // Not hours.
    drop(replica);
}

#[test]
fn a_replica_of_a_replica_is_refused() {
    let (_, served) = served();
    let folder = Folder::new();
    let socket = folder.0.join("socket");
    let relay = follow(&served.unix(), "").unwrap();
    let server = start(Server::builder(relay).unix(&socket)).unwrap();
    assert_eq!(
        follow(&socket, "").unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    stop(server).unwrap();
}

/// What happens to a board that is followed.
#[derive(Debug, Clone)]
enum Step {
    Publish(u8, i64),
    Update(i64, bool),
    Retract(i64),
    Purge(i64),
    Mark(u8, i64, Mark),
    MarkAll(u8),
    Forget(u8),
    Pass(i64),
    /// The daemon's connections end; the board goes on.
    Cut,
    /// The daemon is away during the writes that follow.
    Away,
    /// The daemon and its board begin again.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let marks = [
        Mark::Read,
        Mark::Seen,
        Mark::Dismiss,
        Mark::Acknowledge,
        Mark::Unread,
    ];
    let id = 1..8_i64;
    prop_oneof![
        4 => (0..5u8, 0..4_i64).prop_map(|(what, hours)| Step::Publish(what, hours)),
        2 => (id.clone(), any::<bool>()).prop_map(|(id, is_news)| Step::Update(id, is_news)),
        1 => id.clone().prop_map(Step::Retract),
        1 => id.clone().prop_map(Step::Purge),
        4 => (0..3u8, id, prop::sample::select(marks.to_vec()))
            .prop_map(|(user, id, mark)| Step::Mark(user, id, mark)),
        1 => (0..3u8).prop_map(Step::MarkAll),
        1 => (0..3u8).prop_map(Step::Forget),
        1 => (0..5_i64).prop_map(Step::Pass),
        2 => Just(Step::Cut),
        1 => Just(Step::Away),
        1 => Just(Step::Restart),
    ]
}

fn viewer(user: u8) -> Viewer {
    let viewer = Viewer::new(["ann", "bob", "eve"][usize::from(user) % 3]);
    viewer.with("role", if user == 0 { "ops" } else { "guest" })
}

impl Step {
    /// What is refused changes nothing.
    fn take(&self, board: &SharedBoard, clock: &ManualClock) {
        match self {
            Self::Publish(what, hours) => {
                let draft = Draft::new("en", format!("kind {what}")).key(format!("key {hours}"));
                let draft = match what {
                    0 => draft.audience("role", Operator::In, ["ops"]),
                    1 => draft.starts_at(NOW + hours * 3_600_000),
                    2 => draft.replaces(Reference::Id(*hours)),
                    3 => draft
                        .require_ack(true)
                        .idempotency_key(format!("idempotent {hours}")),
                    _ => draft,
                };
                let _ = board.publish(&draft);
            }
            Self::Update(id, true) => drop(board.update(*id, Patch::new().title("en", "news"))),
            Self::Update(id, false) => drop(board.update(*id, Patch::new().pinned(true))),
            Self::Retract(id) => drop(board.retract(*id, "wrong")),
            Self::Purge(id) => drop(board.purge(*id)),
            Self::Mark(user, id, mark) => drop(board.mark(&viewer(*user), &[*id], *mark)),
            Self::MarkAll(user) => {
                drop(board.mark_all_read(&Query::new(viewer(*user)), None));
            }
            Self::Forget(user) => drop(board.forget_user(&viewer(*user).user)),
            Self::Pass(hours) => clock.set(notice::Clock::now(clock) + hours * 3_600_000),
            Self::Cut | Self::Away | Self::Restart => {}
        }
    }
}

/// All that a board tells: every record, who has marked what, what each viewer sees, and what has changed.
fn seen(board: &SharedBoard) -> String {
    let mut seen = String::new();
    let mut any = Filter::default();
    any.phase = Phase::Any;
    let all = board.query(&Query::editor().filter(any)).unwrap();
    for item in &all.items {
        let id = item.id();
        let receipts = board.receipts(&ReceiptQuery::new(id));
        let _ = writeln!(seen, "{item:?} {receipts:?} {:?}", board.history(id));
    }
    for user in 0..3 {
        let query = Query::new(viewer(user));
        let page = board.query(&query).unwrap();
        let _ = writeln!(seen, "{page:?}");
        for since in 0..=page.count.revision {
            let changes = board.changes(&ChangeQuery::since(since, query.clone()));
            let _ = writeln!(seen, "{changes:?}");
        }
    }
    let stats = board.stats().unwrap();
    let _ = writeln!(
        seen,
        "{} {} {}",
        stats.users, stats.receipts, stats.idempotency_keys
    );
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_replica_is_the_board_wherever_it_began_and_however_often_it_was_cut_off(
        steps in prop::collection::vec(step(), 1..40),
        begins_at: prop::sample::Index,
        is_file: bool,
    ) {
        let clock = Arc::new(ManualClock::new(NOW));
        let folder = Folder::new();
        let socket = folder.0.join("socket");
        let url = match is_file {
            true => format!("file:{}", folder.0.join("board.notice").display()),
            false => "mem:".to_owned(),
        };
        let open = || Options::new().clock(Arc::clone(&clock)).open(&url).unwrap();
        let serve = |board: &SharedBoard| {
            Some(start(Server::builder(Arc::clone(board)).unix(&socket)).unwrap())
        };
        let mut board = open();
        let mut server = serve(&board);
        let mut replica = None;
        for (n, step) in steps.iter().enumerate() {
            if n == begins_at.index(steps.len()) {
                if server.is_none() {
                    server = serve(&board);
                }
                let quick = "reconnect_ms=1&reconnect_max_ms=5";
                let url = format!("unix:{}?follow=1&{quick}", socket.display());
                replica = Some(Options::new().clock(Arc::clone(&clock)).open(&url).unwrap());
            }
            step.take(&board, &clock);
            if matches!(step, Step::Cut | Step::Away | Step::Restart)
                && let Some(server) = server.take()
            {
                stop(server).unwrap();
            }
            match step {
                Step::Away => continue,
                Step::Restart if is_file => {
                    drop(board);
                    board = open();
                }
                _ => {}
            }
            if server.is_none() {
                server = serve(&board);
            }
            if let Some(replica) = &replica {
                until_equal(replica, &board);
                prop_assert_eq!(seen(replica), seen(&board));
            }
        }
        if let Some(server) = server {
            stop(server).unwrap();
        }
    }
}
