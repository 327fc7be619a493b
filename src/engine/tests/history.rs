//! A history of a board on a disk, and the same history in memory.

use std::sync::Arc;

use serde_json::Value;

use super::disk::Disk;
use crate::board::{Board, SharedBoard};
use crate::clock::{Clock, ManualClock};
use crate::engine::{Durability, Keep, Local, Settings, Store};
use crate::error::{Error, ErrorKind, Language, Result};
use crate::file::Mode;
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
    /// Advances the clock by this many milliseconds.
    Clock(i64),
}

impl Step {
    /// Does it, and says what came of it.
    pub(super) fn take(&self, board: &dyn Board) -> Result<String> {
        match self {
            Self::Apply(operations) => board.apply(operations).map(|done| format!("{done:?}")),
            Self::Mark(user, ids, mark) => {
                let done = board.mark(&Viewer::new(*user), ids, *mark);
                done.map(|()| String::new())
            }
            Self::ReadAll(user) => {
                let done = board.mark_all_read(&Query::new(Viewer::new(*user)), None);
                done.map(|revision| revision.to_string())
            }
            Self::Forget(user) => board.forget_user(user).map(|was| was.to_string()),
            Self::Maintain => kept(board).maintain().map(|done| format!("{done:?}")),
            Self::Compact => kept(board).compact().map(|_| String::new()),
            Self::Clock(_) => Ok(String::new()),
        }
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
        Step::Compact,
        Step::Apply(vec![Operation::Purge { id: 1 }]),
        Step::Mark("bob", vec![2, 4], Mark::Unread),
        Step::Clock(25 * HOUR),
        // And here the idempotency key is forgotten.
        Step::Maintain,
        Step::Apply(vec![once()]),
        Step::Apply(vec![update(6, Patch::new().key("q"))]),
    ]
}

/// A board on a disk, and what it has acknowledged.
pub(super) struct History {
    pub(super) disk: Disk,
    clock: Arc<ManualClock>,
    board: Option<SharedBoard>,
    mirror: Mirror,
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
    fn new(steps: &[Step]) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let board = Local::new(Store::new(settings(&clock)));
        let mirror = Self { clock, board };
        for step in steps {
            // What is refused here was refused there.
            let _ = mirror.take(step);
        }
        mirror
    }

    fn take(&self, step: &Step) -> Result<String> {
        step.tick(&self.clock);
        match step {
            Step::Compact => Ok(String::new()),
            _ => step.take(&self.board),
        }
    }
}

impl History {
    /// A board on a new disk, on which `steps` happen.
    pub(super) fn new(steps: &[Step]) -> Self {
        let mut history = Self::on(Disk::default(), &[]);
        history.reopen().unwrap();
        for step in steps {
            assert!(history.take(step));
        }
        history
    }

    /// The board of `disk`, on which `steps` have happened; it is not open.
    pub(super) fn on(disk: Disk, steps: &[Step]) -> Self {
        let mirror = Mirror::new(steps);
        Self {
            disk,
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
        match step.take(&**board) {
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
        true
    }

    /// Asserts that the board in memory is as it was acknowledged.
    pub(super) fn check(&self) {
        let board = self.board.as_ref().unwrap();
        assert_eq!(told(&**board), told(&self.mirror.board));
    }

    /// Closes the board, and opens it again.
    ///
    /// # Errors
    /// Those of opening.
    pub(super) fn reopen(&mut self) -> Result<()> {
        self.close();
        self.board = Some(Arc::new(open(&self.disk, &self.clock)?));
        Ok(())
    }

    pub(super) fn close(&mut self) {
        self.board = None;
    }

    /// Whether the board of `disk` can be opened; it is closed again.
    pub(super) fn opens(&self, disk: &Disk) -> bool {
        open(disk, &self.clock).is_ok()
    }

    /// Asserts that the board on `disk` holds what was acknowledged, and nothing that was refused; whether
    /// it holds something of which nobody knew whether it happened.
    pub(super) fn check_disk(&self, disk: &Disk) -> bool {
        let board = open(disk, &self.clock).unwrap();
        assert_eq!(kept(&board).verify().unwrap().problems, []);
        let found = told(&board);
        let known = told(&self.mirror.board);
        let is_one = |(n, step): &(usize, Step)| {
            let mut steps = self.done.clone();
            steps.insert(*n, step.clone());
            told(&Mirror::new(&steps).board) == found
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
    let medium = Box::new(disk.clone());
    let store = crate::file_board::open(
        settings(clock),
        medium,
        Mode::Create,
        Durability::Full,
        None,
    )?;
    Ok(Local::new(store))
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
