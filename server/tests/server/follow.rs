//! Followers of a served board, byte by byte: what they receive makes the same board.

use std::sync::Arc;
use std::time::{Duration, Instant};

use notice::journal::{Checkpoint, Entry, Place};
use notice::wire::Answer;
use notice::wire::feed::{Follow, Reason, Step, Steps};
use notice::wire::frames::Kind;
use notice::{
    Draft, Error, ErrorKind, Guarded, Mark, Options, Principal, Replica, SharedBoard, Viewer,
};
use notice_server::Limits;
use serde_json::json;

use crate::client::{Enot, PATIENCE};
use crate::support::{EDITOR, SERVICE, Served, serve, serve_with};

/// A step that has arrived.
#[derive(Debug, PartialEq)]
enum Arrived {
    Alive,
    Begin(Reason),
    /// A part of a snapshot, with its number of effects.
    Part(usize),
    Whole,
    /// The numbers of the entries, and that of the last write.
    Entries(Vec<u64>, u64),
    Refused(Error),
    End,
}

/// A follower that only knows the documented bytes.
struct Raw {
    client: Enot,
    steps: Steps,
    replica: Replica,
    arriving: Option<notice::Arriving>,
}

impl Raw {
    fn new(mut client: Enot, from: Option<Place>) -> Self {
        let follow = Follow {
            from,
            heartbeat_ms: 60_000,
        };
        client.send(9, Kind::Follow, &follow.to_bytes());
        let nothing = notice::open("mem:").unwrap().snapshot().unwrap();
        Self {
            client,
            steps: Steps::default(),
            replica: Options::new().replica(&nothing),
            arriving: None,
        }
    }

    fn next(&mut self) -> Arrived {
        loop {
            let Some((request, kind, body)) = self.client.receive() else {
                return Arrived::End;
            };
            if kind == Kind::Goodbye {
                continue;
            }
            assert_eq!(request, 9);
            if kind == Kind::Answer {
                return match Answer::from_bytes(&body).unwrap() {
                    Answer::Error(error) => Arrived::Refused(error),
                    other => panic!("{other:?}"),
                };
            }
            assert_eq!(kind, Kind::Feed);
            let Some(step) = self.steps.take(&body).unwrap() else {
                continue;
            };
            return match step {
                Step::Alive => Arrived::Alive,
                Step::Begin(reason) => {
                    self.arriving = Some(self.replica.arriving().unwrap());
                    Arrived::Begin(reason)
                }
                Step::Part(part) => {
                    let part = Checkpoint::from_bytes(part).unwrap();
                    self.arriving.as_mut().unwrap().add(&part).unwrap();
                    Arrived::Part(part.effects().len())
                }
                Step::Whole { .. } => {
                    self.replica
                        .start_over(self.arriving.take().unwrap())
                        .unwrap();
                    Arrived::Whole
                }
                Step::Entries { head, entries } => {
                    let apply = |bytes: &&[u8]| {
                        let entry = Entry::from_bytes(bytes).unwrap();
                        self.replica.apply(&entry).unwrap();
                        entry.seq()
                    };
                    Arrived::Entries(entries.iter().map(apply).collect(), head)
                }
            };
        }
    }

    /// Takes steps until it is where the board is. Returns the reasons of snapshots.
    fn until(&mut self, board: &SharedBoard) -> Vec<Reason> {
        let head = board.head().unwrap();
        let mut reasons = Vec::new();
        while self.place().epoch != head.epoch || self.place().seq < head.seq {
            match self.next() {
                Arrived::Begin(reason) => reasons.push(reason),
                Arrived::Refused(error) => panic!("{error}"),
                Arrived::End => panic!("the stream ended"),
                _ => {}
            }
        }
        reasons
    }

    fn place(&self) -> Place {
        self.replica.position().place()
    }
}

fn export(board: &SharedBoard) -> Vec<u8> {
    let mut lines = Vec::new();
    board.require_custody().unwrap().export(&mut lines).unwrap();
    lines
}

fn seq(board: &SharedBoard) -> u64 {
    board.head().unwrap().seq
}

fn board() -> SharedBoard {
    notice::open("mem:").unwrap()
}

fn publish(board: &SharedBoard, count: usize) {
    for n in 0..count {
        board
            .publish(&Draft::new("en", format!("title {n}")))
            .unwrap();
    }
}

fn served() -> (SharedBoard, Served) {
    let board = board();
    let served = serve(Arc::clone(&board));
    (board, served)
}

#[test]
fn a_follower_gets_a_snapshot_and_then_each_write() {
    let (board, served) = served();
    publish(&board, 3);
    let mut raw = Raw::new(served.enot(), None);
    assert_eq!(raw.next(), Arrived::Begin(Reason::First));
    // Three announcements and three changes.
    assert_eq!(raw.next(), Arrived::Part(6));
    assert_eq!(raw.next(), Arrived::Whole);
    assert_eq!(raw.next(), Arrived::Entries(vec![], 3));
    publish(&board, 1);
    assert_eq!(raw.next(), Arrived::Entries(vec![4], 4));
    board.mark(&Viewer::new("li"), &[1], Mark::Read).unwrap();
    assert_eq!(raw.next(), Arrived::Entries(vec![5], 5));
    assert_eq!(export(&raw.replica.board()), export(&board));
}

#[test]
fn an_empty_board_can_be_followed() {
    let (board, served) = served();
    let mut raw = Raw::new(served.enot(), None);
    assert_eq!(raw.next(), Arrived::Begin(Reason::First));
    assert_eq!(raw.next(), Arrived::Part(0));
    assert_eq!(raw.next(), Arrived::Whole);
    assert_eq!(raw.next(), Arrived::Entries(vec![], 0));
    publish(&board, 1);
    assert_eq!(raw.next(), Arrived::Entries(vec![1], 1));
    assert_eq!(export(&raw.replica.board()), export(&board));
}

#[test]
fn a_follower_that_comes_back_goes_on_where_it_was() {
    let (board, served) = served();
    publish(&board, 3);
    let mut raw = Raw::new(served.enot(), None);
    raw.until(&board);
    publish(&board, 2);
    let replica = raw.replica;
    let mut again = Raw::new(served.enot(), Some(replica.position().place()));
    again.replica = replica;
    assert_eq!(again.next(), Arrived::Entries(vec![4, 5], 5));
    assert_eq!(export(&again.replica.board()), export(&board));
}

#[test]
fn a_follower_of_another_history_begins_again() {
    let (board, served) = served();
    publish(&board, 3);
    let mut raw = Raw::new(served.enot(), None);
    raw.until(&board);
    let here = raw.place();
    let mut link = here.link.bytes();
    link[0] ^= 1;
    for place in [
        Place {
            epoch: here.epoch ^ 1,
            ..here
        },
        Place {
            link: link.into(),
            ..here
        },
        Place { seq: 2, ..here },
        Place { seq: 4, ..here },
    ] {
        let mut raw = Raw::new(served.enot(), Some(place));
        let reasons = raw.until(&board);
        let is_before = place.seq < here.seq;
        let reason = if is_before {
            Reason::Behind
        } else {
            Reason::History
        };
        assert_eq!(reasons, [reason], "{place:?}");
        assert_eq!(export(&raw.replica.board()), export(&board));
    }
}

#[test]
fn an_import_begins_another_history_in_the_same_stream() {
    let source = board();
    publish(&source, 2);
    let (board, served) = served();
    let mut raw = Raw::new(served.enot(), None);
    raw.until(&board);
    let custody = board.require_custody().unwrap();
    custody.import(&mut export(&source).as_slice()).unwrap();
    assert_ne!(raw.place().epoch, board.head().unwrap().epoch);
    assert_eq!(raw.until(&board), [Reason::History]);
    assert_eq!(export(&raw.replica.board()), export(&board));
}

#[test]
fn a_large_board_comes_in_parts_and_long_entries_in_pieces() {
    let (board, served) = served();
    let body = "a b ".repeat(8000);
    let draft = |n: usize| Draft::from_text(notice::Text::new("en", format!("{n}")).body(&body));
    board
        .publish_all(&(0..30).map(draft).collect::<Vec<_>>())
        .unwrap();
    let mut raw = Raw::new(served.enot(), None);
    let mut parts = 0;
    while raw.replica.position().seq() == 0 {
        parts += usize::from(matches!(raw.next(), Arrived::Part(_)));
    }
    assert!(parts > 2, "{parts}");
    // One entry of some 2 MB.
    board
        .publish_all(&(0..60).map(draft).collect::<Vec<_>>())
        .unwrap();
    raw.until(&board);
    assert_eq!(export(&raw.replica.board()), export(&board));
}

#[test]
fn who_may_not_hold_everything_is_refused_and_told_what_to_do() {
    let (_, served) = served();
    let mut public = Enot::over(crate::client::tcp(served.tcp()));
    public.hello(None).unwrap();
    let mut raw = Raw::new(public, None);
    let Arrived::Refused(error) = raw.next() else {
        panic!("it follows");
    };
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::Unauthorized, Some("follow"))
    );
    assert!(error.to_string().contains("without follow=1"), "{error}");
    // The connection goes on.
    assert!(raw.client.hello(Some(SERVICE)).is_ok());
    raw.client.send(9, Kind::Follow, b"{}");
    assert_eq!(raw.next(), Arrived::Begin(Reason::First));
    for token in [EDITOR, SERVICE] {
        let mut client = Enot::over(crate::client::tcp(served.tcp()));
        client.hello(Some(token)).unwrap();
        assert_eq!(Raw::new(client, None).next(), Arrived::Begin(Reason::First));
    }
    // No protocol can forget it.
    let viewer = Principal::viewer(Viewer::new("li"));
    let board: SharedBoard = Arc::new(Guarded::new(board(), viewer));
    assert_eq!(
        board.snapshot().unwrap_err().kind(),
        ErrorKind::Unauthorized
    );
    let place = Place {
        epoch: 1,
        seq: 1,
        link: [0; 16].into(),
    };
    assert_eq!(
        board.entries_after(&place, 1).unwrap_err().kind(),
        ErrorKind::Unauthorized
    );
}

#[test]
fn a_second_stream_on_a_connection_and_a_malformed_request_are_refused() {
    let (board, served) = served();
    let mut raw = Raw::new(served.enot(), None);
    raw.until(&board);
    raw.client.send(9, Kind::Follow, b"{}");
    while let step = raw.next()
        && step != Arrived::End
    {
        if let Arrived::Refused(error) = step {
            assert_eq!(error.kind(), ErrorKind::BadState);
            break;
        }
    }
    let mut client = served.enot();
    client.send(
        9,
        Kind::Follow,
        json!({"heartbeat_ms": 1}).to_string().as_bytes(),
    );
    let (_, answer) = client.answer().unwrap();
    assert_eq!(answer.unwrap_err().path(), Some("heartbeat_ms"));
}

#[test]
fn a_silent_server_says_that_nothing_is_missing() {
    let (board, served) = served();
    publish(&board, 1);
    let mut raw = Raw::new(served.enot(), None);
    raw.until(&board);
    assert_eq!(raw.next(), Arrived::Entries(vec![], 1));
    let mut quick = served.enot();
    let follow = Follow {
        from: Some(raw.place()),
        heartbeat_ms: 100,
    };
    quick.send(9, Kind::Follow, &follow.to_bytes());
    raw.client = quick;
    for _ in 0..3 {
        assert_eq!(raw.next(), Arrived::Entries(vec![], 1));
    }
}

#[test]
fn a_follower_that_does_not_read_holds_nobody_up_and_begins_again() {
    let (board, served) = served();
    publish(&board, 1);
    let mut raw = Raw::new(served.enot(), None);
    raw.until(&board);
    // More than the board keeps, and more than a socket takes.
    let viewer = Viewer::new("x".repeat(200));
    for _ in 0..22_000 {
        board.mark(&viewer, &[1], Mark::Seen).unwrap();
    }
    let reasons = raw.until(&board);
    assert_eq!(reasons, [Reason::Behind]);
    assert_eq!(export(&raw.replica.board()), export(&board));
}

#[test]
fn a_follower_that_never_reads_loses_its_connection() {
    let board = board();
    publish(&board, 1);
    let served = serve_with(Arc::clone(&board), |builder| {
        let mut limits = Limits::default();
        (limits.send, limits.connections) = (Duration::from_millis(200), 1);
        builder.limits(limits)
    });
    let mut raw = Raw::new(served.enot(), None);
    raw.until(&board);
    let viewer = Viewer::new("x".repeat(400));
    for _ in 0..5000 {
        board.mark(&viewer, &[1], Mark::Seen).unwrap();
    }
    // The server has one place, which is free when the follower was given up.
    let deadline = Instant::now() + PATIENCE;
    let has_place = || {
        let mut other = Enot::over_unix(&served.unix());
        other.send(1, Kind::Hello, br#"{"versions": [1]}"#);
        other.receive().is_some()
    };
    while !has_place() {
        assert!(Instant::now() < deadline, "it is kept for ever");
        std::thread::yield_now();
    }
    loop {
        match raw.next() {
            Arrived::Entries(..) => {}
            Arrived::End => break,
            step => panic!("{step:?}"),
        }
    }
    assert!(raw.place().seq < seq(&board));
}

#[test]
fn a_server_that_stops_says_so_to_its_followers() {
    let (board, mut served) = served();
    publish(&board, 1);
    let mut raw = Raw::new(served.enot(), None);
    raw.until(&board);
    served.stop().unwrap();
    loop {
        match raw.next() {
            Arrived::Entries(..) => {}
            Arrived::Refused(error) => {
                assert_eq!(error.kind(), ErrorKind::Unavailable);
                break;
            }
            step => panic!("{step:?}"),
        }
    }
    assert_eq!(raw.next(), Arrived::End);
}
