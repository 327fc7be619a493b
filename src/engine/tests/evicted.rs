//! Evicted texts: fetching one does not block other callers.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::disk::Disk;
use super::history::{Opening, START, settings};
use crate::board::Board;
use crate::clock::ManualClock;
use crate::custody::Custody;
use crate::engine::{Durability, Local, Settings, Store};
use crate::error::{ErrorKind, Result};
use crate::file::{Journaled, Mode};
use crate::journal::{Checkpoint, Effect, Entry, FoldDue, Journal, Loaded, Position, Storage};
use crate::model::{Announcement, Draft, Mark, Operation, Patch, Severity, Text, Viewer};
use crate::query::{Filter, Phase, Query, Verification, View};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

/// A file that says when it is being compacted or asked for a text, and waits then until it may go on.
struct Slow {
    file: Journaled,
    began: Sender<&'static str>,
    /// One for each time that it may go on.
    go_on: Mutex<Receiver<()>>,
}

impl Slow {
    fn wait(&self, what: &'static str) {
        self.began.send(what).unwrap();
        self.go_on.lock().unwrap().recv().unwrap();
    }
}

impl Journal for Slow {
    fn append(&self, entries: &[Entry]) -> Result<()> {
        self.file.append(entries)
    }

    fn read_from(&self, seq: u64) -> Result<Vec<Arc<Entry>>> {
        self.file.read_from(seq)
    }

    fn head(&self) -> Position {
        Journal::head(&self.file)
    }
}

impl Storage for Slow {
    fn load(&self, take: &mut dyn FnMut(Loaded) -> Result<()>) -> Result<()> {
        self.file.load(take)
    }

    fn replace(&self, checkpoint: &Checkpoint) -> Result<()> {
        self.file.replace(checkpoint)
    }

    fn announcement(&self, id: i64) -> Result<Option<Announcement>> {
        self.wait("fetch");
        self.file.announcement(id)
    }

    fn history(&self, id: i64, then: &[Effect]) -> Result<Vec<Announcement>> {
        self.file.history(id, then)
    }

    fn each_former(
        &self,
        then: &[Effect],
        take: &mut dyn FnMut(Announcement) -> Result<()>,
    ) -> Result<()> {
        self.file.each_former(then, take)
    }

    fn length(&self) -> u64 {
        Storage::length(&self.file)
    }

    fn compact(&self) -> Result<()> {
        self.wait("compact");
        Storage::compact(&self.file)
    }

    fn check(&self, found: &mut Verification) -> Result<bool> {
        self.file.check(found)
    }

    fn fold(&self) -> Result<()> {
        self.file.fold()
    }

    fn fold_due(&self) -> FoldDue {
        self.file.fold_due()
    }

    fn is_readable(&self) -> bool {
        Storage::is_readable(&self.file)
    }

    fn copy_to(&self, to: &Path) -> Result<i64> {
        self.file.copy_to(to)
    }
}

/// A board with three announcements that are over, whose texts are evicted, and one that is active, and a last
/// one that starts at `START + 2000`.
struct Bench {
    clock: Arc<ManualClock>,
    board: Arc<Local>,
    began: Receiver<&'static str>,
    go_on: Sender<()>,
}

fn bench() -> Bench {
    let clock = Arc::new(ManualClock::new(START));
    let (began, has_begun) = channel();
    let (go_on, may_go_on) = channel();
    let (disk, new) = (Box::new(Disk::default()), Position::new(7, START));
    let file = Journaled::open(disk, Mode::Create, new, None, Opening::PLAIN.sizing).unwrap();
    let slow = Slow {
        file,
        began,
        go_on: Mutex::new(may_go_on),
    };
    let settings = Settings {
        // Short of memory with the five announcements below, but not exhausted.
        budget_bytes: Some(7000),
        ..settings(&clock)
    };
    let store = Store::open(settings, Arc::new(slow), Durability::Full, None).unwrap();
    let board = Arc::new(Local::new(Arc::clone(&store)));
    let draft = |title: &str| {
        // Below that severity the budget refuses.
        Draft::from_text(Text::new("en", title).body("words ".repeat(100)))
            .severity(Severity::Warning)
    };
    for n in 1..=3 {
        board
            .publish(&draft(&format!("over {n}")).visible(None, START + 1000))
            .unwrap();
    }
    board.publish(&draft("active")).unwrap();
    board
        .publish(&draft("starts").visible(START + 2000, None))
        .unwrap();
    clock.set(START + 1500);
    store.memory.settle(|| false);
    store.evict().unwrap();
    assert_eq!(board.stats().unwrap().shelved, 3);
    Bench {
        clock,
        board,
        began: has_begun,
        go_on,
    }
}

fn over() -> Query {
    Query {
        view: View::Editor,
        ..Query::editor()
    }
    .filter(Filter {
        phase: Phase::Expired,
        ..Filter::default()
    })
}

/// Does something on a thread of its own, and hands over what it gave.
fn aside<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Receiver<R> {
    let (done, result) = channel();
    std::thread::spawn(move || {
        // Nobody may be waiting any more when the test has failed.
        let _ = done.send(work());
    });
    result
}

#[test]
fn a_query_that_needs_an_evicted_text_keeps_nobody_waiting_while_the_file_is_compacted() {
    let bench = bench();
    let board = Arc::clone(&bench.board);
    let compacted = aside(move || board.compact().map(drop));
    assert_eq!(bench.began.recv_timeout(LONG), Ok("compact"));
    let board = Arc::clone(&bench.board);
    let late = aside(move || board.query(&over()).map(|page| page.items.len()));
    assert_eq!(bench.began.recv_timeout(LONG), Ok("fetch"));

    // An announcement has started since, so this query needs the state for writing.
    bench.clock.set(START + 2500);
    let board = Arc::clone(&bench.board);
    let active = aside(move || board.query(&Query::new(Viewer::anonymous())));
    let active = active.recv_timeout(LONG).unwrap().unwrap();
    assert_eq!(active.count.total, Some(2));

    for _ in 0..4 {
        bench.go_on.send(()).unwrap();
    }
    assert_eq!(compacted.recv_timeout(LONG), Ok(Ok(())));
    assert_eq!(late.recv_timeout(LONG), Ok(Ok(3)));
}

#[test]
fn an_evicted_text_is_fetched_for_each_question_and_each_change() {
    let bench = bench();
    for _ in 0..100 {
        bench.go_on.send(()).unwrap();
    }
    let board = &bench.board;
    let found = board.query(&over()).unwrap();
    let titles: Vec<&str> = found.items.iter().map(|item| item.text().title).collect();
    assert_eq!(titles, ["over 3", "over 2", "over 1"]);
    let words = over().filter(Filter {
        phase: Phase::Expired,
        q: "over words".to_owned(),
        ..Filter::default()
    });
    for _ in 0..2 {
        assert_eq!(board.query(&words).unwrap().count.total, Some(3));
    }
    // A viewer finds them in the same way.
    let of_viewer = |query: Query| board.query(&query.view(View::Viewer)).unwrap();
    assert_eq!(of_viewer(words.clone()).count.total, Some(3));
    let page = of_viewer(over().limit(2));
    let titles: Vec<&str> = page.items.iter().map(|item| item.text().title).collect();
    assert_eq!(titles, ["over 3", "over 2"]);
    let rest = of_viewer(over().limit(2).cursor(page.next_cursor.unwrap()));
    assert_eq!(rest.items[0].text().title, "over 1");
    assert_eq!(board.get(1, &over()).unwrap().text().title, "over 1");
    let patch = Patch::new().title("en", "changed");
    board.update(1, patch).unwrap();
    assert_eq!(board.get(1, &over()).unwrap().text().title, "changed");
    let mut lines = Vec::new();
    board.export(&mut lines).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    assert!(lines.contains("changed") && lines.contains("over 2"));
    // Announcements, the version before the change, and changes of the feed.
    assert_eq!(board.checkpoint().unwrap().effects().len(), 5 + 1 + 6);
    assert_eq!(board.verify().unwrap().problems, []);
}

/// A board in a file with this budget, and no background thread in the way of counting.
fn with_budget(clock: &Arc<ManualClock>, budget_bytes: u64) -> Local {
    let file = Journaled::open(
        Box::new(Disk::default()),
        Mode::Create,
        Position::new(7, START),
        None,
        Opening::PLAIN.sizing,
    )
    .unwrap();
    let settings = Settings {
        budget_bytes: Some(budget_bytes),
        ..settings(clock)
    };
    Local::new(Store::open(settings, Arc::new(file), Durability::Full, None).unwrap())
}

/// Publishes until the budget refuses, and returns the number of announcements.
fn fill(board: &Local, draft: &Draft) -> u64 {
    (0..)
        .find(|_| match board.publish(draft) {
            Ok(_) => false,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::OverBudget);
                true
            }
        })
        .unwrap()
}

fn long(severity: Severity) -> Draft {
    Draft::from_text(Text::new("en", "long").body("words ".repeat(500))).severity(severity)
}

#[test]
fn an_announcement_is_refused_only_when_evicting_makes_no_room() {
    let clock = Arc::new(ManualClock::new(START));
    let board = with_budget(&clock, 200_000);
    let info = long(Severity::Info);
    let count = fill(&board, &info.clone().visible(None, START + 1000));
    assert!(count > 5, "{count}");
    assert_eq!(board.stats().unwrap().shelved, 0);
    clock.set(START + 1000);
    board.publish(&info).unwrap();
    assert!(board.stats().unwrap().shelved > 0);
    // A batch that needs more than one text's room.
    let batch: Vec<Operation> = (0..count / 4)
        .map(|_| Operation::Publish(info.clone().into()))
        .collect();
    board.apply(&batch).unwrap();
    assert_eq!(board.verify().unwrap().problems, []);
}
#[test]
fn an_exhausted_budget_refuses_warnings_and_new_readers_but_nobody_it_knows() {
    let clock = Arc::new(ManualClock::new(START));
    let board = with_budget(&clock, 200_000);
    let infos = fill(&board, &long(Severity::Info));
    board.mark(&Viewer::new("known"), &[1], Mark::Seen).unwrap();
    let warnings = fill(&board, &long(Severity::Warning));
    assert!(infos > 0 && warnings > 0, "{infos}, {warnings}");
    // Small ones use up what is left.
    fill(&board, &Draft::new("en", "x").severity(Severity::Critical));
    let mut users = (0..10_000).map(|n| Viewer::new(format!("reader {n:0100}")));
    let refused = users.find_map(|viewer| board.mark(&viewer, &[1], Mark::Seen).err());
    let refused = refused.unwrap();
    assert_eq!(refused.kind(), ErrorKind::OverBudget);
    assert_eq!(refused.path(), Some("user"));
    board.mark(&Viewer::new("known"), &[1], Mark::Read).unwrap();
    board.retract(1, "make room").unwrap();
    assert!(board.stats().unwrap().memory_bytes >= 200_000);
}
