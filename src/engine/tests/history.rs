//! A history of a board on a disk, and the same history in memory.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::disk::Disk;
use crate::board::Board;
use crate::clock::{Clock, ManualClock};
use crate::engine::{Durability, Keep, Local, Settings, Store};
use crate::error::{Error, ErrorKind, Language, Result};
use crate::file::{Mode, Sizing};
use crate::model::Operation;
use crate::model::{Draft, Mark, Patch, Text, Viewer};
use crate::query::ChangeQuery;
use crate::query::{Filter, Phase, Query, View};

/// When the clocks begin.
pub(super) const START: i64 = 1_781_748_000_000;
const HOUR: i64 = 60 * 60 * 1000;

/// One thing to do.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Apply(Vec<Operation>),
    Mark(&'static str, Vec<i64>, Mark),
    ReadAll(&'static str),
    Forget(&'static str),
    Maintain,
    /// Compacts the file; a board in memory has none.
    Compact,
    /// Folds the journal; a board in memory has none.
    Fold,
    /// Leaves texts of what is over to the file, as when memory is short.
    Evict,
    /// Advances the clock by this many milliseconds.
    Clock(i64),
}

impl Step {
    /// Does it, and says what came of it.
    pub(super) fn take(&self, board: &Local) -> Result<String> {
        match self {
            Self::Apply(operations) => board.apply(operations).map(|done| format!("{done:?}")),
            Self::Mark(user, ids, mark) => {
                let viewer = Viewer::new(*user);
                let done = match mark {
                    Mark::Snooze => board.snooze(&viewer, ids, START + 100_000_000_000),
                    mark => board.mark(&viewer, ids, *mark),
                };
                done.map(|marked| marked.to_string())
            }
            Self::ReadAll(user) => {
                let done = board.mark_all_read(&Query::new(Viewer::new(*user)), None);
                done.map(|revision| revision.to_string())
            }
            Self::Forget(user) => board.forget_user(user).map(|was| was.to_string()),
            Self::Maintain => kept(board).maintain().map(|done| format!("{done:?}")),
            Self::Compact => kept(board).compact().map(|_| String::new()),
            // Which is what closing does; the board is used on all the same.
            Self::Fold => board.close().map(|()| String::new()),
            Self::Evict => {
                let store = board.here().unwrap();
                store.memory.settle(|| false);
                // Only what the storage has may be evicted.
                store.writer.write_out()?;
                // What is over by now.
                drop(store.memory.read_at(store.clock.now()));
                store.memory.write().index.evict(usize::MAX);
                Ok(String::new())
            }
            Self::Clock(_) => Ok(String::new()),
        }
    }

    /// Whether it is about files alone.
    pub(super) fn is_about_files(&self) -> bool {
        matches!(self, Self::Compact | Self::Fold | Self::Evict)
    }
}

/// How a board of these tests is opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening {
    pub(super) durability: Durability,
    pub(super) retention_ms: Option<i64>,
    pub(super) sizing: Sizing,
}

impl Opening {
    /// Durable, without retention, with segments that are soon full.
    pub(super) const PLAIN: Self = Self {
        durability: Durability::Full,
        retention_ms: None,
        sizing: Sizing {
            segment: 2048,
            segments: 2,
            // In the background nothing happens at a time that a test knows.
            fold: None,
            fold_within: Duration::ZERO,
        },
    };

    /// With retention.
    pub(super) const SHORT: Self = Self {
        retention_ms: Some(HOUR),
        ..Self::PLAIN
    };

    /// Written out later. Without retention, which is a write of its own after each other one.
    pub(super) const RELAXED: Self = Self {
        durability: Durability::Relaxed,
        retention_ms: None,
        ..Self::SHORT
    };

    fn settings(&self, clock: &Arc<ManualClock>) -> Settings {
        Settings {
            retention_ms: self.retention_ms,
            ..settings(clock)
        }
    }

    /// Opens the board of a disk. What others do in the background, its writers do.
    ///
    /// # Errors
    /// Those of opening.
    pub(super) fn open(&self, disk: &Disk, clock: &Arc<ManualClock>) -> Result<Local> {
        let (settings, medium) = (self.settings(clock), Box::new(disk.clone()));
        let store = crate::file_board::open(
            settings,
            medium,
            Mode::Create,
            self.durability,
            None,
            self.sizing,
        )?;
        store.upkeep.end();
        Ok(Local::new(store))
    }
}

/// The upkeep of a board of these tests.
fn kept(board: &dyn Board) -> &dyn crate::Custody {
    board.custody().unwrap()
}

pub(super) fn publish(draft: Draft) -> Operation {
    Operation::Publish(Arc::new(draft))
}

pub(super) fn retract(id: i64) -> Operation {
    Operation::Retract {
        id,
        reason: "why".to_owned(),
        if_version: None,
    }
}

pub(super) fn restore(id: i64) -> Operation {
    Operation::Restore {
        id,
        if_version: None,
    }
}

pub(super) fn update(id: i64, patch: Patch) -> Operation {
    Operation::Update {
        id,
        patch: Box::new(patch),
        if_version: None,
        change: None,
    }
}

/// What is on the board before anything fails.
pub(super) fn beginning() -> Vec<Step> {
    vec![
        Step::Apply(
            (1..=5)
                .map(|n| publish(Draft::new("en", format!("old {n}"))))
                .collect(),
        ),
        Step::Apply(vec![publish(Draft::new("en", "keyed").key("k"))]),
        Step::Mark("ann", vec![1, 2], Mark::Read),
        Step::Mark("bob", vec![1], Mark::Dismiss),
        Step::Clock(1),
    ]
}

/// Something of everything that writes.
pub(super) fn script() -> Vec<Step> {
    let once = || publish(Draft::new("en", "once").idempotency_key("retry"));
    let long = || {
        publish(Draft::from_text(
            Text::new("zh", "长").body("公告".repeat(1_500)),
        ))
    };
    vec![
        Step::Apply(vec![once()]),
        Step::Mark("ann", vec![1, 7], Mark::Acknowledge),
        Step::Apply(vec![
            publish(Draft::new("en", "a of three")),
            update(2, Patch::new().title("en", "b of three")),
            retract(3),
        ]),
        Step::Apply(vec![once()]),
        Step::ReadAll("bob"),
        Step::Apply(vec![long(), long(), long()]),
        Step::Clock(2 * HOUR),
        // From here on the feed is compacted.
        Step::Apply(vec![restore(3)]),
        Step::Forget("ann"),
        Step::Apply(vec![Operation::Purge { id: 1 }]),
        Step::Mark("bob", vec![2, 4], Mark::Unread),
        Step::Clock(25 * HOUR),
        // And here the idempotency key is forgotten.
        Step::Maintain,
        Step::Apply(vec![once()]),
        Step::Apply(vec![update(6, Patch::new().key("q"))]),
    ]
}

/// A compaction, which calls the disk more often than all else.
pub(super) fn script_of_compaction() -> Vec<Step> {
    vec![
        Step::Apply(vec![publish(Draft::new("en", "before")), retract(3)]),
        Step::Compact,
        Step::Apply(vec![update(2, Patch::new().title("en", "after"))]),
    ]
}

/// What a board does besides: things that end, retention, texts left to the file.
pub(super) fn script_of_upkeep() -> Vec<Step> {
    let brief = |n: i64| {
        let text = Text::new("en", format!("brief {n}")).body("words ".repeat(40));
        publish(Draft::from_text(text).visible(None, START + n * HOUR))
    };
    vec![
        Step::Apply((1..4).map(brief).collect()),
        Step::Mark("ann", vec![7, 8], Mark::Read),
        Step::Clock(HOUR + 1),
        Step::Evict,
        Step::Apply(vec![brief(5)]),
        Step::Fold,
        Step::Apply(vec![update(8, Patch::new().title("en", "longer"))]),
        Step::Clock(HOUR),
        // From here on retention purges what is over.
        Step::Apply(vec![brief(6), brief(7)]),
        Step::Evict,
        Step::Maintain,
        Step::ReadAll("bob"),
        Step::Clock(2 * HOUR),
        Step::Mark("eve", vec![1, 11], Mark::Acknowledge),
        Step::Apply(vec![retract(2)]),
    ]
}

/// A board on a disk, and what it has acknowledged.
pub(super) struct History {
    pub(super) disk: Disk,
    opening: Opening,
    clock: Arc<ManualClock>,
    board: Option<Local>,
    mirror: Mirror,
    /// What a relaxed board has told since the disk had all of it; any of this may be there after a crash.
    told: Vec<String>,
    /// What changed both, in order.
    done: Vec<Step>,
    /// Steps of which the board does not know whether they happened, and how many were done before.
    uncertain: Vec<(usize, Step)>,
    pub(super) refused: Vec<Error>,
}

/// A board in memory to which only happens what the other one acknowledged.
struct Mirror {
    clock: Arc<ManualClock>,
    board: Local,
}

impl Mirror {
    fn new(opening: Opening, steps: &[Step]) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let store = Store::new(opening.settings(&clock));
        store.upkeep.end();
        let board = Local::new(store);
        let mirror = Self { clock, board };
        for step in steps {
            // What is refused here was refused there.
            let _ = mirror.take(step);
        }
        mirror
    }

    fn take(&self, step: &Step) -> Result<String> {
        step.tick(&self.clock);
        match step.is_about_files() {
            true => Ok(String::new()),
            false => step.take(&self.board),
        }
    }
}

impl History {
    /// A board on a new disk, on which `steps` happen.
    pub(super) fn new(steps: &[Step]) -> Self {
        Self::opened(Opening::PLAIN, steps)
    }

    /// The same, opened in some way.
    pub(super) fn opened(opening: Opening, steps: &[Step]) -> Self {
        let mut history = Self::on_as(Disk::default(), opening, &[]);
        history.reopen().unwrap();
        for step in steps {
            assert!(history.take(step));
        }
        history
    }

    /// The board of `disk`, on which `steps` have happened; it is not open.
    pub(super) fn on(disk: Disk, steps: &[Step]) -> Self {
        Self::on_as(disk, Opening::PLAIN, steps)
    }

    /// The same, to be opened in some way.
    pub(super) fn on_as(disk: Disk, opening: Opening, steps: &[Step]) -> Self {
        let mirror = Mirror::new(opening, steps);
        Self {
            disk,
            opening,
            told: vec![told(&mirror.board)],
            clock: Arc::new(ManualClock::new(mirror.clock.now())),
            board: None,
            mirror,
            done: steps.to_vec(),
            uncertain: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Lets something happen to both; whether the file let it.
    pub(super) fn take(&mut self, step: &Step) -> bool {
        step.tick(&self.clock);
        let syncs = self.disk.syncs();
        let board = self.board.as_ref().unwrap();
        let taken = step.take(board);
        if self.is_relaxed() {
            return self.take_relaxed(step, taken);
        }
        match taken {
            Err(error) if is_of_file(&error) => {
                if is_uncertain(&error) {
                    self.uncertain.push((self.done.len(), step.clone()));
                }
                self.refused.push(error);
                return false;
            }
            done => assert_eq!(done, self.mirror.take(step), "{step:?}"),
        }
        let is_written = self.disk.syncs() > syncs;
        if is_written {
            // It was written on top of what is known.
            self.uncertain.clear();
        }
        if is_written || matches!(step, Step::Clock(_)) {
            self.done.push(step.clone());
        }
        if !self.refused.is_empty() || self.opening.retention_ms.is_some() {
            self.catch_up();
        }
        true
    }

    fn is_relaxed(&self) -> bool {
        self.opening.durability == Durability::Relaxed
    }

    fn take_relaxed(&mut self, step: &Step, taken: Result<String>) -> bool {
        match taken {
            Err(error) if is_of_file(&error) => {
                self.refused.push(error);
                return false;
            }
            done => assert_eq!(done, self.mirror.take(step), "{step:?}"),
        }
        if !self.refused.is_empty() {
            self.catch_up();
        }
        self.told.push(told(&self.mirror.board));
        let writer = &self.board.as_ref().unwrap().here().unwrap().writer;
        if !writer.durable.as_ref().unwrap().is_behind() {
            self.told.drain(..self.told.len() - 1);
        }
        true
    }

    /// Asserts that the board in memory is as it was acknowledged.
    pub(super) fn check(&self) {
        let paused = self.disk.pause();
        let board = self.board.as_ref().unwrap();
        assert_eq!(told(board), told(&self.mirror.board));
        self.disk.go_on(paused);
    }

    /// Does what comes of itself with a write, and is put off when the disk fails: retention, and dropping
    /// what is due.
    fn catch_up(&mut self) {
        let paused = self.disk.pause();
        let board = self.board.as_ref().unwrap();
        if told(board) != told(&self.mirror.board) {
            Step::Maintain.take(board).unwrap();
            self.mirror.take(&Step::Maintain).unwrap();
            self.done.push(Step::Maintain);
            self.uncertain.clear();
        }
        self.disk.go_on(paused);
    }

    /// All that the board tells.
    pub(super) fn tells(&self) -> String {
        told(self.board.as_ref().unwrap())
    }

    /// Exports the board.
    pub(super) fn export_to(&self, lines: &mut Vec<u8>) {
        kept(self.board.as_ref().unwrap()).export(lines).unwrap();
    }

    /// Closes the board, and opens it again.
    ///
    /// # Errors
    /// Those of opening.
    pub(super) fn reopen(&mut self) -> Result<()> {
        self.close();
        self.board = Some(self.opening.open(&self.disk, &self.clock)?);
        Ok(())
    }

    pub(super) fn close(&mut self) {
        self.board = None;
    }

    /// Whether the board of `disk` can be opened; it is closed again.
    pub(super) fn opens(&self, disk: &Disk) -> bool {
        self.opening.open(disk, &self.clock).is_ok()
    }

    /// Asserts that the board on `disk` holds what was acknowledged, and nothing that was refused; whether
    /// it holds something of which nobody knew whether it happened.
    pub(super) fn check_disk(&self, disk: &Disk) -> bool {
        let board = self.opening.open(disk, &self.clock).unwrap();
        assert_eq!(kept(&board).verify().unwrap().problems, []);
        let mut mirror = None;
        let mirror = match self.opening.retention_ms {
            // A crash may come between a write and the purges that follow it.
            Some(_) => {
                Step::Maintain.take(&board).unwrap();
                let mirror = mirror.insert(Mirror::new(self.opening, &self.done));
                mirror.take(&Step::Maintain).unwrap();
                &*mirror
            }
            None => &self.mirror,
        };
        let found = told(&board);
        if self.is_relaxed() {
            assert!(self.told.contains(&found), "{found}\n{:#?}", self.told);
            return Some(&found) == self.told.last();
        }
        let known = told(&mirror.board);
        let is_one = |(n, step): &(usize, Step)| {
            let mut steps = self.done.clone();
            steps.insert(*n, step.clone());
            steps.extend(self.opening.retention_ms.map(|_| Step::Maintain));
            told(&Mirror::new(self.opening, &steps).board) == found
        };
        // It must be whole then.
        let held = found != known && self.uncertain.iter().any(is_one);
        if !held {
            assert_eq!(found, known, "uncertain: {:?}", self.uncertain);
        }
        held
    }
}

impl Step {
    pub(super) fn tick(&self, clock: &ManualClock) {
        if let Self::Clock(ms) = self {
            clock.set(clock.now() + ms);
        }
    }
}

/// Opens the board of a disk.
///
/// # Errors
/// Those of opening.
pub(super) fn open(disk: &Disk, clock: &Arc<ManualClock>) -> Result<Local> {
    Opening::PLAIN.open(disk, clock)
}

/// Whether it is the file that is to blame.
fn is_of_file(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Io | ErrorKind::ReadOnly | ErrorKind::Corrupt | ErrorKind::Poisoned
    )
}

/// Whether nobody knows if what failed has happened.
pub(super) fn is_uncertain(error: &Error) -> bool {
    let reason = error.reason(Language::En);
    reason.contains("shows when the board is opened again")
}

/// All that a board tells of itself, but for its epoch.
pub(super) fn told(board: &dyn Board) -> String {
    let mut exported = Vec::new();
    kept(board).export(&mut exported).unwrap();
    let exported = String::from_utf8(exported).unwrap();
    let (first, rest) = exported.split_once('\n').unwrap();
    let mut first: Value = serde_json::from_str(first).unwrap();
    first["board"]["epoch"] = Value::Null;
    let stats = board.stats().unwrap();
    let everything = Query {
        view: View::Editor,
        ..Query::editor()
    }
    .filter(Filter {
        phase: Phase::Any,
        ..Filter::default()
    });
    let mut told = format!(
        "{first}\n{rest}{} changes from {}\n",
        stats.changes, stats.oldest_revision
    );
    let mut since = stats.oldest_revision;
    loop {
        let page = board
            .changes(&ChangeQuery::since(since, everything.clone()))
            .unwrap();
        for event in &page.events {
            let now = event.item.as_ref().map(|item| item.announcement.revision());
            let (revision, id, kind) = (event.revision, event.id, event.kind);
            told.push_str(&format!(
                "{revision} {id} {kind:?} {now:?} {}\n",
                event.reason
            ));
        }
        since = page.to_revision;
        if !page.more {
            return told;
        }
    }
}

pub(super) fn settings(clock: &Arc<ManualClock>) -> Settings {
    Settings {
        clock: Box::new(Arc::clone(clock)),
        keep: Keep {
            revisions: 3,
            ms: HOUR,
        },
        retention_ms: None,
        budget_bytes: None,
        write_copy: Some(crate::file_board::write_copy),
    }
}
