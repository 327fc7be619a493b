//! A board that is fed with nothing but a checkpoint and the entries after it is the one that they were taken of.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::crashes::step;
use super::disk::Disk;
use super::history::{Opening, START, Step, beginning, publish, script, settings, told};
use crate::board::Board;
use crate::clock::{Clock, ManualClock};
use crate::custody::Custody;
use crate::engine::{Durability, Local, Replica, Store};
use crate::error::ErrorKind;
use crate::file::Mode;
use crate::file_board;
use crate::journal::{Checkpoint, Entry};
use crate::model::{Draft, Operation, Operator, Reference, Viewer};
use crate::query::{ChangeQuery, Filter, Phase, Query, ReceiptQuery};

/// What is followed, and who follows it, by one clock.
struct Pair {
    clock: Arc<ManualClock>,
    /// None for a board in memory.
    disk: Option<Disk>,
    durability: Durability,
    board: Option<Local>,
    replica: Option<Replica>,
}

impl Pair {
    fn new(durability: Option<Durability>) -> Self {
        let mut pair = Self {
            clock: Arc::new(ManualClock::new(START)),
            disk: durability.is_some().then(Disk::default),
            durability: durability.unwrap_or_default(),
            board: None,
            replica: None,
        };
        pair.open();
        pair
    }

    fn open(&mut self) {
        let settings = settings(&self.clock);
        let store = match &self.disk {
            Some(disk) => {
                let medium = Box::new(disk.clone());
                let (sizing, create) = (Opening::PLAIN.sizing, Mode::Create);
                file_board::open(settings, medium, create, self.durability, None, sizing).unwrap()
            }
            None => Store::new(settings),
        };
        self.board = Some(Local::new(store));
    }

    fn board(&self) -> &Local {
        self.board.as_ref().unwrap()
    }

    fn take(&self, step: &Step) {
        step.tick(&self.clock);
        if self.disk.is_some() || !step.is_about_files() {
            // What is refused changes nothing.
            let _ = step.take(self.board());
        }
    }

    /// Begins to follow from here, as one would from afar.
    fn begin(&mut self) {
        let sent = self.board().checkpoint().unwrap().to_bytes().unwrap();
        let checkpoint = Checkpoint::from_bytes(&sent).unwrap();
        self.replica = Some(Replica::new(settings(&self.clock), &checkpoint));
    }

    /// Follows up to where the board is.
    fn follow(&self) {
        let Some(replica) = &self.replica else {
            return;
        };
        let next = replica.position().seq() + 1;
        for entry in self.board().entries(next, Duration::ZERO).unwrap() {
            let sent = entry.to_bytes().unwrap();
            replica.apply(&Entry::from_bytes(&sent).unwrap()).unwrap();
        }
    }

    /// Closes the board and opens it again; only one in a file outlives that.
    fn reopen(&mut self) {
        if self.disk.is_some() {
            self.board = None;
            self.open();
            self.follow();
        }
    }

    fn check(&self) {
        if let Some(replica) = &self.replica {
            let checkpoint = self.board().checkpoint().unwrap();
            assert_eq!(replica.position(), *checkpoint.position());
            assert_eq!(seen(&*replica.board()), seen(self.board()));
        }
    }
}

/// All that a board tells: as exported and as followed, and what several viewers are answered.
fn seen(board: &dyn Board) -> String {
    let mut seen = told(board);
    let oldest = board.stats().unwrap().oldest_revision;
    let any = Filter {
        phase: Phase::Any,
        ..Filter::default()
    };
    for user in ["ann", "bob", "eve"] {
        let viewer = Viewer::new(user).with("role", if user == "ann" { "ops" } else { "guest" });
        let query = Query::new(viewer);
        let page = board.query(&query).unwrap();
        seen.push_str(&format!("{page:?}\n"));
        for since in [oldest, (oldest + page.count.revision) / 2] {
            let changes = board
                .changes(&ChangeQuery::since(since, query.clone()))
                .unwrap();
            seen.push_str(&format!("{changes:?}\n"));
        }
    }
    let editor = Query::editor().filter(any);
    for item in board.query(&editor).unwrap().items {
        let receipts = board.receipts(&ReceiptQuery::new(item.announcement.id()));
        seen.push_str(&format!("{receipts:?}\n"));
    }
    seen
}

/// A step, often one that makes an announcement that is hidden from some, comes later, or replaces another.
fn rich_step() -> impl Strategy<Value = Step> {
    let rich = (0..4u8, 0..3i64, 1i64..6).prop_map(|(what, hours, id)| {
        let draft = Draft::new("en", "rich");
        let draft = match what {
            0 => draft.audience("role", Operator::In, ["ops"]),
            1 => draft.audience("role", Operator::NotIn, ["ops"]),
            2 => draft.replaces(Reference::Id(id)),
            _ => draft,
        };
        let start = START + hours * 20_000_000;
        Step::Apply(vec![publish(draft.visible(start, start + 50_000_000))])
    });
    prop_oneof![3 => step(), 1 => rich]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_replica_is_the_board_at_every_entry_wherever_it_began(
        steps in prop::collection::vec(rich_step(), 1..40),
        begins_at in 0usize..40,
        reopens_at in 0usize..40,
        durability in prop::sample::select(vec![
            None,
            Some(Durability::Full),
            Some(Durability::Relaxed),
        ]),
    ) {
        let mut pair = Pair::new(durability);
        for (n, step) in steps.iter().enumerate() {
            if n == begins_at % steps.len() {
                pair.begin();
                pair.check();
            }
            pair.take(step);
            pair.follow();
            pair.check();
            if n == reopens_at {
                pair.reopen();
            }
        }
        prop_assert_eq!(pair.board().verify().unwrap().problems, []);
        if let Some(replica) = &pair.replica {
            let problems = replica.board().custody().unwrap().verify().unwrap().problems;
            prop_assert_eq!(problems, []);
        }
    }
}

#[test]
fn a_replica_in_another_thread_catches_up_with_all_that_is_written_meanwhile() {
    let mut pair = Pair::new(None);
    beginning().iter().for_each(|step| pair.take(step));
    pair.begin();
    let replica = pair.replica.take().unwrap();
    let board = pair.board.take().unwrap();
    let clock = Arc::clone(&pair.clock);
    let last = std::thread::scope(|scope| {
        let follower = scope.spawn(|| {
            loop {
                let next = replica.position().seq() + 1;
                let entries = board.entries(next, Duration::from_secs(60)).unwrap();
                assert!(!entries.is_empty(), "nothing came");
                for entry in &entries {
                    replica.apply(entry).unwrap();
                }
                if entries.iter().any(|entry| entry.revision() == 1000) {
                    return;
                }
            }
        });
        for n in board.revision().unwrap()..1000 {
            board.publish(&Draft::new("en", format!("{n}"))).unwrap();
            let user = Viewer::new(format!("user {}", n % 7));
            board.mark(&user, &[1], crate::model::Mark::Seen).unwrap();
            clock.set(clock.now() + 1);
        }
        follower.join().unwrap();
        board.checkpoint().unwrap()
    });
    // The mark after the last change may have come later.
    for entry in board
        .entries(replica.position().seq() + 1, Duration::ZERO)
        .unwrap()
    {
        replica.apply(&entry).unwrap();
    }
    assert_eq!(replica.position(), *last.position());
    assert_eq!(seen(&*replica.board()), seen(&board));
}

/// The checkpoint of a board, and three entries after it.
fn three_entries() -> (Pair, Checkpoint, Vec<Arc<Entry>>) {
    let pair = Pair::new(None);
    beginning().iter().for_each(|step| pair.take(step));
    let checkpoint = pair.board().checkpoint().unwrap();
    script()[..3].iter().for_each(|step| pair.take(step));
    let next = checkpoint.position().seq() + 1;
    let entries = pair.board().entries(next, Duration::ZERO).unwrap();
    assert_eq!(entries.len(), 3);
    (pair, checkpoint, entries)
}

#[test]
fn an_entry_that_does_not_follow_is_refused_and_changes_nothing() {
    let (pair, checkpoint, entries) = three_entries();
    let replica = Replica::new(settings(&pair.clock), &checkpoint);
    let refused = |entry: &Entry, kind: ErrorKind| {
        let before = (replica.position(), seen(&*replica.board()));
        assert_eq!(replica.apply(entry).unwrap_err().kind(), kind);
        assert_eq!((replica.position(), seen(&*replica.board())), before);
    };
    // A gap, one that was applied already, another history, another board.
    refused(&entries[1], ErrorKind::BadState);
    replica.apply(&entries[0]).unwrap();
    refused(&entries[0], ErrorKind::BadState);
    let mut other = Entry::clone(&entries[1]);
    other.previous.0[0] ^= 1;
    refused(&other, ErrorKind::EpochMismatch);
    other = Entry::clone(&entries[1]);
    other.epoch ^= 1;
    refused(&other, ErrorKind::EpochMismatch);
    replica.apply(&entries[1]).unwrap();
}

#[test]
fn an_entry_whose_history_was_changed_is_refused() {
    let (pair, checkpoint, entries) = three_entries();
    let replica = Replica::new(settings(&pair.clock), &checkpoint);
    let mut changed = Entry::clone(&entries[0]);
    changed.at += 1;
    changed.seal = None;
    replica.apply(&changed).unwrap();
    let error = replica.apply(&entries[1]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::EpochMismatch);
}

#[test]
fn a_replica_takes_no_writes_and_says_where_to_make_them() {
    let (pair, checkpoint, _) = three_entries();
    let board = Replica::new(settings(&pair.clock), &checkpoint).board();
    let viewer = Viewer::new("ann");
    let refused = [
        board.publish(&Draft::new("en", "here")).unwrap_err(),
        board
            .mark(&viewer, &[1], crate::model::Mark::Read)
            .unwrap_err(),
        board.mark_all_read(&Query::new(viewer), None).unwrap_err(),
        board.forget_user("ann").unwrap_err(),
        board.custody().unwrap().maintain().unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.kind(), ErrorKind::ReadOnly);
        assert!(error.to_string().contains("publish and mark"), "{error}");
    }
}

#[test]
fn a_follower_that_asks_for_what_is_no_longer_kept_is_told_where_to_begin() {
    let (pair, checkpoint, entries) = three_entries();
    let board = pair.board();
    let oldest = checkpoint.position().seq() + 1;
    let error = board.entries(oldest - 1, Duration::ZERO).unwrap_err();
    assert_eq!(
        (error.kind(), error.limit()),
        (ErrorKind::Compacted, Some(oldest))
    );
    let next = entries[2].seq() + 1;
    assert_eq!(board.entries(next, Duration::ZERO).unwrap(), []);
    let error = board.entries(next + 1, Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FutureRevision);
}

#[test]
fn a_replica_does_not_go_on_over_an_import() {
    let (pair, _, _) = three_entries();
    let mut lines = Vec::new();
    pair.board().export(&mut lines).unwrap();
    let empty = Pair::new(None);
    let checkpoint = empty.board().checkpoint().unwrap();
    let replica = Replica::new(settings(&empty.clock), &checkpoint);
    empty.board().import(&mut &lines[..]).unwrap();
    empty.take(&Step::Apply(vec![Operation::Purge { id: 1 }]));
    let next = replica.position().seq() + 1;
    let error = empty.board().entries(next, Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Compacted);
    for entry in empty.board().entries(next + 1, Duration::ZERO).unwrap() {
        assert_eq!(
            replica.apply(&entry).unwrap_err().kind(),
            ErrorKind::EpochMismatch
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_of_an_entry_or_a_checkpoint_are_refused(at: usize, by in 1u8.., cut: usize) {
        let (_, checkpoint, entries) = three_entries();
        for entry in &entries {
            let bytes = entry.to_bytes().unwrap();
            prop_assert_eq!(&Entry::from_bytes(&bytes).unwrap(), &**entry);
            let mut changed = bytes.clone();
            changed[at % bytes.len()] ^= by;
            prop_assert!(Entry::from_bytes(&changed).is_err());
            prop_assert!(Entry::from_bytes(&bytes[..cut % bytes.len()]).is_err());
        }
        let bytes = checkpoint.to_bytes().unwrap();
        prop_assert_eq!(&Checkpoint::from_bytes(&bytes).unwrap(), &checkpoint);
        let mut changed = bytes.clone();
        changed[at % bytes.len()] ^= by;
        prop_assert!(Checkpoint::from_bytes(&changed).is_err());
    }

    #[test]
    fn any_bytes_are_refused_or_read(body: Vec<u8>) {
        let _ = Entry::from_bytes(&body);
        // A checksum is no protection against deliberate changes.
        let mut sound = vec![1];
        let mut crc = crc32fast::Hasher::new();
        crc.update(&[1]);
        crc.update(&body);
        sound.extend(crc.finalize().to_le_bytes());
        sound.extend(&body);
        let _ = (Entry::from_bytes(&sound), Checkpoint::from_bytes(&sound));
    }
}
