//! A follower against a daemon that sends what a script says, at a time of its own.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::super::board::Remote;
use super::super::environment::{Environment, Signal};
use super::super::settings::Settings;
use super::super::transport::{self, Cut, Transport};
use super::follower::Follower;
use super::{Board, Followed};
use crate::board::SharedBoard;
use crate::error::{Error, ErrorKind};
use crate::journal::{Checkpoint, Entry, Place};
use crate::model::{Draft, Mark, Viewer};
use crate::open::Options;
use crate::query::Query;
use crate::wire::feed::{Follow, Reason, Step};
use crate::wire::frames::{Inbox, Kind, Message};

/// What the daemon sends to the followers that connect, and what they asked.
#[derive(Default)]
struct Script {
    now: Duration,
    features: Vec<&'static str>,
    /// For each connection, messages; then it ends, or stays silent.
    feeds: VecDeque<Vec<u8>>,
    is_silent: bool,
    asked: Vec<Follow>,
}

/// A handle of the script, which is also the way to the daemon and the client's environment.
#[derive(Clone, Default)]
struct Peer(Arc<Mutex<Script>>);

struct Connection {
    peer: Peer,
    inbox: Inbox,
    outgoing: VecDeque<u8>,
}

impl Environment for Peer {
    fn now(&self) -> Duration {
        self.0.lock().unwrap().now
    }

    fn wait(&self, _signal: &Signal, pause: Duration) {
        self.0.lock().unwrap().now += pause;
    }

    fn random(&self) -> u64 {
        0
    }
}

impl Transport for Peer {
    fn connect(
        &self,
        _within: Duration,
    ) -> Result<Box<dyn transport::Stream>, transport::Unconnected> {
        Ok(Box::new(Connection {
            peer: self.clone(),
            inbox: Inbox::default(),
            outgoing: VecDeque::new(),
        }))
    }

    fn address(&self) -> &str {
        "the peer"
    }
}

impl transport::Stream for Connection {
    fn send(&mut self, bytes: &[u8], _within: Duration) -> io::Result<()> {
        self.inbox.receive(bytes);
        while let Some(message) = self.inbox.next().unwrap() {
            let mut script = self.peer.0.lock().unwrap();
            if message.kind == Kind::Hello {
                let welcome = json!({"version": 1, "role": "service", "features": script.features});
                let welcome = welcome.to_string().into_bytes();
                let mut bytes = Vec::new();
                let message = Message::new(message.request, Kind::Welcome, welcome);
                message.write(&mut bytes).unwrap();
                self.outgoing.extend(bytes);
            } else {
                assert_eq!((message.kind, message.request), (Kind::Follow, 2));
                script
                    .asked
                    .push(Follow::from_bytes(&message.body).unwrap());
                self.outgoing
                    .extend(script.feeds.pop_front().unwrap_or_default());
            }
        }
        Ok(())
    }

    fn receive(&mut self, to: &mut [u8], within: Duration) -> io::Result<usize> {
        let mut script = self.peer.0.lock().unwrap();
        if self.outgoing.is_empty() && script.is_silent {
            script.now += within;
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let count = self.outgoing.len().min(to.len()).min(1000);
        for (to, from) in to.iter_mut().zip(self.outgoing.drain(..count)) {
            *to = from;
        }
        Ok(count)
    }

    fn cut(&self) -> io::Result<Cut> {
        Ok(Box::new(|| {}))
    }
}

/// A daemon's board, and a follower of it that nobody runs.
struct Pair {
    peer: Peer,
    board: SharedBoard,
    followed: Followed,
    follower: Follower,
}

impl Pair {
    fn new(max_staleness: Option<Duration>) -> Self {
        let peer = Peer::default();
        {
            let mut script = peer.0.lock().unwrap();
            script.now = Duration::from_secs(1000);
            script.features = vec!["follow"];
        }
        let (transport, environment) = (Box::new(peer.clone()), Box::new(peer.clone()));
        let remote = Remote::unattended(transport, environment, Settings::default());
        let replica = Options::new().replica(&Checkpoint::nothing());
        let (followed, follower) = Followed::unattended(remote, replica, max_staleness);
        let board = crate::open("mem:").unwrap();
        for n in 0..3 {
            board.publish(&Draft::new("en", format!("{n}"))).unwrap();
        }
        Self {
            peer,
            board,
            followed,
            follower,
        }
    }

    /// Follows what the daemon sends over one connection, and returns why it ended.
    fn attempt(&mut self, steps: &[Step<'_>]) -> Error {
        let mut bytes = Vec::new();
        for step in steps {
            step.write(2, &mut bytes).unwrap();
        }
        self.peer.0.lock().unwrap().feeds.push_back(bytes);
        self.follower.attempt()
    }

    /// Receives a snapshot of the board.
    fn begin(&mut self) {
        let parts = self.parts();
        let mut steps = vec![Step::Begin(Reason::First)];
        steps.extend(parts.iter().map(|part| Step::Part(part)));
        steps.push(Step::Whole {
            parts: parts.len() as u64,
        });
        let head = self.board.head().unwrap().seq;
        steps.push(Step::Entries {
            head,
            entries: vec![],
        });
        assert_eq!(self.attempt(&steps).kind(), ErrorKind::Unavailable);
        assert_eq!(self.followed.head(), self.board.head());
    }

    fn parts(&self) -> Vec<Vec<u8>> {
        let whole = self.board.snapshot().unwrap();
        let (mut from, mut parts) = (0, Vec::new());
        while let Some((part, next)) = whole.part(from, 1) {
            parts.push(part.to_bytes().unwrap());
            from = next;
        }
        parts
    }

    /// Writes to the board, and returns the new entries.
    fn write(&self, count: usize) -> Vec<Vec<u8>> {
        let place = self.board.snapshot().unwrap().position().place();
        for n in 0..count {
            self.board
                .publish(&Draft::new("en", format!("more {n}")))
                .unwrap();
            self.board
                .mark(&Viewer::new("li"), &[1], Mark::Seen)
                .unwrap();
        }
        let batch = self.board.entries_after(&place, usize::MAX).unwrap();
        batch
            .entries
            .iter()
            .map(|entry| entry.to_bytes().unwrap())
            .collect()
    }

    fn last_asked(&self) -> Option<Place> {
        self.peer.0.lock().unwrap().asked.last().unwrap().from
    }

    fn here(&self) -> Place {
        self.followed.replica.position().place()
    }
}

fn entries(head: u64, entries: &[Vec<u8>]) -> Step<'_> {
    let entries = entries.iter().map(Vec::as_slice).collect();
    Step::Entries { head, entries }
}

#[test]
fn entries_behind_a_snapshot_are_applied_and_the_next_connection_goes_on() {
    let mut pair = Pair::new(None);
    pair.begin();
    assert_eq!(pair.last_asked(), None);
    let written = pair.write(2);
    let head = pair.board.head().unwrap().seq;
    pair.attempt(&[
        entries(head, &written[..1]),
        Step::Alive,
        entries(head, &written[1..3]),
    ]);
    let between = pair.here();
    pair.attempt(&[entries(head, &written[3..])]);
    assert_eq!(pair.last_asked(), Some(between));
    assert_eq!(pair.followed.head(), pair.board.head());
}

#[test]
fn an_entry_that_does_not_fit_changes_nothing_and_the_follower_begins_again() {
    type Break = fn(&mut Pair) -> (Vec<Vec<u8>>, ErrorKind);
    let breaks: [Break; 5] = [
        // A gap.
        |pair| (pair.write(2)[1..].to_vec(), ErrorKind::BadState),
        // The entry that it has already.
        |pair| {
            let written = pair.write(1);
            pair.attempt(&[entries(6, &written[..1])]);
            (written[..1].to_vec(), ErrorKind::BadState)
        },
        // Another history of the same board.
        |pair| {
            let mut entry = Entry::from_bytes(&pair.write(1)[0]).unwrap();
            entry.seal([7; 16].into()).unwrap();
            (vec![entry.to_bytes().unwrap()], ErrorKind::EpochMismatch)
        },
        // Another board.
        |pair| {
            let mut entry = Entry::from_bytes(&pair.write(1)[0]).unwrap();
            entry.epoch ^= 1;
            entry.seal(entry.previous()).unwrap();
            (vec![entry.to_bytes().unwrap()], ErrorKind::EpochMismatch)
        },
        // Back in time.
        |pair| {
            pair.write(1);
            let mut entry = Entry::from_bytes(&pair.write(1)[0]).unwrap();
            (entry.seq, entry.revision) = (pair.here().seq + 1, 1);
            entry.effects.clear();
            entry.seal(pair.here().link).unwrap();
            (vec![entry.to_bytes().unwrap()], ErrorKind::Corrupt)
        },
    ];
    for breaks in breaks {
        let mut pair = Pair::new(None);
        pair.begin();
        let (sent, kind) = breaks(&mut pair);
        let before = (pair.here(), pair.followed.stats().unwrap());
        let error = pair.attempt(&[entries(100, &sent)]);
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!((pair.here(), pair.followed.stats().unwrap()), before);
        pair.begin();
        assert_eq!(pair.last_asked(), None);
    }
}

#[test]
fn a_snapshot_that_breaks_off_leaves_the_replica_as_it_was() {
    let mut pair = Pair::new(None);
    pair.begin();
    let before = pair.here();
    pair.write(2);
    let parts = pair.parts();
    let all: Vec<Step<'_>> = std::iter::once(Step::Begin(Reason::Behind))
        .chain(parts.iter().map(|part| Step::Part(part)))
        .collect();
    for cut in 1..=all.len() {
        assert_eq!(pair.attempt(&all[..cut]).kind(), ErrorKind::Unavailable);
        assert_eq!(pair.here(), before);
    }
    // A part is missing, parts of two snapshots, no part at all.
    let whole = Step::Whole {
        parts: parts.len() as u64,
    };
    let missing = [&all[..2], &all[3..], std::slice::from_ref(&whole)].concat();
    assert_eq!(pair.attempt(&missing).kind(), ErrorKind::Corrupt);
    pair.write(1);
    let later = pair.parts();
    let mixed = [&all[..2], &[Step::Part(&later[1])]].concat();
    assert_eq!(pair.attempt(&mixed).kind(), ErrorKind::Corrupt);
    let nothing = [Step::Begin(Reason::Behind), Step::Whole { parts: 0 }];
    assert_eq!(pair.attempt(&nothing).kind(), ErrorKind::Corrupt);
    assert_eq!(pair.here(), before);
    assert_eq!(pair.last_asked(), Some(before));
    pair.begin();
}

#[test]
fn steps_out_of_order_are_refused() {
    let mut pair = Pair::new(None);
    let parts = pair.parts();
    let written = pair.write(1);
    let nothing = Checkpoint::nothing().head.place();
    for steps in [
        vec![entries(2, &written)],
        vec![Step::Part(&parts[0])],
        vec![Step::Whole { parts: 0 }],
        vec![Step::Begin(Reason::First), entries(2, &written)],
    ] {
        assert_eq!(pair.attempt(&steps).kind(), ErrorKind::Corrupt);
        assert_eq!(pair.here(), nothing);
    }
    // A daemon that is behind its follower, by its own account.
    pair.begin();
    assert_eq!(pair.attempt(&[entries(1, &[])]).kind(), ErrorKind::Corrupt);
}

#[test]
fn a_daemon_that_falls_silent_or_cannot_be_followed_is_left() {
    let mut pair = Pair::new(None);
    pair.begin();
    pair.peer.0.lock().unwrap().is_silent = true;
    let before = pair.peer.now();
    assert_eq!(pair.attempt(&[]).kind(), ErrorKind::Unavailable);
    // Three heartbeats, and the time of a ping.
    assert_eq!(pair.peer.now() - before, Duration::from_secs(5));
    pair.peer.0.lock().unwrap().features.clear();
    let error = pair.attempt(&[]);
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("leave out follow=1"), "{error}");
}

#[test]
fn questions_are_answered_while_the_daemon_is_away_until_the_answers_are_too_old() {
    let mut pair = Pair::new(Some(Duration::from_secs(10)));
    pair.begin();
    assert_eq!(pair.peer.0.lock().unwrap().asked[0].heartbeat_ms, 1000);
    let query = Query::new(Viewer::new("li"));
    let pass = |seconds: u64| pair.peer.0.lock().unwrap().now += Duration::from_secs(seconds);
    pass(10);
    assert_eq!(pair.followed.query(&query).unwrap().items.len(), 3);
    assert_eq!(pair.followed.stats().unwrap().staleness_ms, 10_000);
    pass(1);
    let error = pair.followed.query(&query).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("max_staleness=10"), "{error}");
    assert_eq!(pair.followed.stats().unwrap().staleness_ms, 11_000);
    // More is to come: the daemon does not confirm.
    let written = pair.write(2);
    pair.attempt(&[entries(8, &written[..1])]);
    assert!(pair.followed.query(&query).is_err());
    pair.attempt(&[entries(7, &written[1..])]);
    assert_eq!(pair.followed.query(&query).unwrap().items.len(), 5);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_change_nothing(at: prop::sample::Index, by in 1u8.., is_snapshot: bool) {
        let mut pair = Pair::new(None);
        pair.begin();
        let before = pair.here();
        let written = pair.write(1);
        let parts = pair.parts();
        let mut bytes = Vec::new();
        let steps = match is_snapshot {
            false => vec![entries(5, &written)],
            true => std::iter::once(Step::Begin(Reason::Behind))
                .chain(parts.iter().map(|part| Step::Part(part)))
                .chain([Step::Whole { parts: parts.len() as u64 }])
                .collect(),
        };
        for step in steps {
            step.write(2, &mut bytes).unwrap();
        }
        let place = at.index(bytes.len());
        bytes[place] ^= by;
        pair.peer.0.lock().unwrap().feeds.push_back(bytes);
        pair.follower.attempt();
        // A snapshot whose last message is lost is none, and neither is an entry.
        prop_assert_eq!(pair.here(), before);
    }
}
