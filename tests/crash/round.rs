//! One round: start the child, kill it, open the board, and compare.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notice::{
    Board, ChangeQuery, Custody, ErrorKind, Filter, Phase, Query, SharedBoard, Verification, View,
    Viewer,
};

use crate::aim::{Aim, Killed};
use crate::backups;
use crate::book::{Book, Call};
use crate::child::Line;
use crate::dice::Dice;
use crate::op::{Ids, Op, everything};
use crate::{Plan, THREADS, options, url};

/// A child that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(120);
/// How many idempotency keys of a round are used again after it.
const REPEATED: usize = 20;

/// What all rounds came to.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) acknowledged: u64,
    /// Begun, not acknowledged, and there.
    pub(crate) kept: u64,
    /// Begun, not acknowledged, and not there.
    pub(crate) dropped: u64,
    /// Acknowledged and not there, which only relaxed durability allows.
    pub(crate) lost: u64,
    pub(crate) killed: Killed,
    pub(crate) backups: u64,
    pub(crate) compactions: u64,
    pub(crate) folds: u64,
    pub(crate) repeated: u64,
    pub(crate) followed: u64,
    pub(crate) listed_again: u64,
}

/// What is known of the board from one round to the next.
pub(crate) struct Rounds {
    plan: Plan,
    file: String,
    dice: Dice,
    books: Vec<Book>,
    /// The announcement of each id that ever was.
    names: HashMap<i64, String>,
    epoch: Option<u128>,
    /// The list of a follower, and its revision.
    list: BTreeMap<i64, (u32, i64)>,
    revision: i64,
    pub(crate) tally: Tally,
}

impl Rounds {
    pub(crate) fn new(plan: Plan, file: String) -> Self {
        Self {
            dice: Dice(plan.seed),
            file,
            books: (0..THREADS).map(Book::new).collect(),
            names: HashMap::new(),
            epoch: None,
            list: BTreeMap::new(),
            revision: 0,
            tally: Tally::default(),
            plan,
        }
    }

    pub(crate) fn run(&mut self, round: u64) -> Result<(), String> {
        let calls = self.kill_one(round)?;
        let board = options()
            .open(&url(&self.file, self.plan.durability()))
            .map_err(|error| format!("opening: {error}"))?;
        let stats = board.stats().map_err(|error| error.to_string())?;
        if *self.epoch.get_or_insert(stats.epoch) != stats.epoch {
            return Err("the epoch is another one".to_owned());
        }
        self.check_revisions(&calls, stats.revision)?;
        let mut there = Vec::new();
        for (book, calls) in self.books.iter_mut().zip(&calls) {
            let (certain, possible) = bounds(calls, self.plan.is_relaxed, stats.revision);
            let settled = book.settle(calls, certain, possible, &*board)?;
            let (kept, gone) = calls.split_at(settled);
            let is_acknowledged = |call: &&Call| call.outcome.is_some();
            let acknowledged = calls.iter().filter(is_acknowledged).count();
            let lost = gone.iter().filter(is_acknowledged).count();
            self.tally.acknowledged += acknowledged as u64;
            self.tally.lost += lost as u64;
            self.tally.kept += (kept.len() - (acknowledged - lost)) as u64;
            self.tally.dropped += (gone.len() - lost) as u64;
            let is_compaction = |call: &&Call| matches!(call.op, Op::Compact);
            self.tally.compactions += calls.iter().filter(is_compaction).count() as u64;
            let is_fold = |call: &&Call| matches!(call.op, Op::Fold);
            self.tally.folds += calls.iter().filter(is_fold).count() as u64;
            there.push(settled);
        }
        let running = calls.iter().filter_map(|calls| calls.last());
        let running = running.filter(|call| call.outcome.is_none());
        let running: Vec<&Op> = running.map(|call| &call.op).collect();
        self.tally.killed.count(&running);
        self.check_ids(&*board, &calls)?;
        let verification = verify(&board)?;
        if !verification.is_good() {
            return Err(format!("verify: {:?}", verification.problems));
        }
        self.check_backups(&calls, stats.revision)?;
        self.follow(&*board, stats.revision)?;
        self.repeat(&*board, &calls, &there)?;
        self.list_again(&*board)?;
        board.close().map_err(|error| error.to_string())
    }

    /// What the threads of a child did until it was killed.
    fn kill_one(&mut self, round: u64) -> Result<Vec<Vec<Call>>, String> {
        let aim = Aim::choose(&mut self.dice);
        let pause = Duration::from_micros(self.dice.below(aim.pause()));
        let mut child = self.start(round)?;
        let heard = listen(&mut child);
        let mut calls: Vec<Vec<Call>> = vec![Vec::new(); THREADS];
        let (mut count, mut is_open, mut is_hit) = (0, false, aim.is_hit(0, None));
        let mut child = Some(child);
        loop {
            if is_hit && let Some(mut child) = child.take() {
                std::thread::sleep(pause);
                if is_open {
                    self.check_locked()?;
                }
                child.kill().map_err(|error| format!("kill: {error}"))?;
                child.wait().map_err(|error| format!("wait: {error}"))?;
            }
            let line = match heard.recv_timeout(PATIENCE) {
                Ok(line) => line,
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                    if let Some(mut child) = child.take() {
                        let _ = child.kill();
                    }
                    return Err(format!("the child hangs after {count} lines"));
                }
            };
            count += 1;
            is_hit |= aim.is_hit(count, Some(&line));
            match line {
                Line::Opening => {}
                Line::Open => is_open = true,
                Line::Begin { thread, op } => calls[thread].push(Call { op, outcome: None }),
                Line::Done { thread, outcome } => {
                    let call = calls[thread].last_mut().ok_or("done before it began")?;
                    call.outcome = Some(outcome);
                }
                Line::Failed { error } => return Err(format!("the child was refused: {error}")),
            }
        }
        if child.is_some() {
            return Err("the child ended by itself".to_owned());
        }
        self.tally.killed.opening += u64::from(!is_open);
        Ok(calls)
    }

    fn start(&self, round: u64) -> Result<Child, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        Command::new(program)
            .args(["--child", &self.file, self.plan.durability()])
            .args([self.plan.seed, round].map(|number| number.to_string()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the child: {error}"))
    }

    /// Nobody else can open what the child has open.
    fn check_locked(&self) -> Result<(), String> {
        match options().open(&url(&self.file, self.plan.durability())) {
            Err(error) if error.kind() == ErrorKind::Locked => Ok(()),
            Err(error) => Err(format!("opened twice: {error}")),
            Ok(_) => Err("opened twice".to_owned()),
        }
    }

    /// What was acknowledged has revisions of its own, which ascend, and the board has come to them.
    fn check_revisions(&self, calls: &[Vec<Call>], head: i64) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        for calls in calls {
            let mut last = self.revision;
            for revision in calls.iter().filter_map(|c| c.outcome.as_ref()?.revision) {
                if revision <= last || !seen.insert(revision) {
                    return Err(format!(
                        "revision {revision} was given after {last}, or twice"
                    ));
                }
                last = revision;
            }
            if last > head && !self.plan.is_relaxed {
                return Err(format!("revision {last} is lost, the board is at {head}"));
            }
        }
        Ok(())
    }

    /// No id was ever given to two announcements.
    fn check_ids(&mut self, board: &dyn Board, calls: &[Vec<Call>]) -> Result<(), String> {
        let items = everything(board, "", "").map_err(|error| error.to_string())?;
        let found = items.iter().map(|item| {
            let a = &item;
            (a.external_id().to_owned(), a.id())
        });
        let outcomes = calls
            .iter()
            .flatten()
            .filter_map(|call| call.outcome.as_ref());
        let given: Vec<(String, i64)> = match self.plan.is_relaxed {
            // What was lost had its id in vain.
            true => found.collect(),
            false => outcomes.flat_map(|o| o.ids.clone()).chain(found).collect(),
        };
        for (name, id) in given {
            let known = self.names.entry(id).or_insert_with(|| name.clone());
            if *known != name {
                return Err(format!("id {id} is that of {known} and of {name}"));
            }
        }
        Ok(())
    }

    /// A backup that was acknowledged is a board in good order. One that was not is there in full, or does not
    /// look like a board.
    fn check_backups(&mut self, calls: &[Vec<Call>], head: i64) -> Result<(), String> {
        for call in calls.iter().flatten() {
            if let Op::Backup { path } = &call.op {
                let copied = call.outcome.as_ref().map(|outcome| outcome.copied);
                let is_there = backups::check(Path::new(path), copied, head)?;
                self.tally.backups += u64::from(is_there);
            }
        }
        Ok(())
    }

    /// The list of the last round with the changes after it is the list of now.
    fn follow(&mut self, board: &dyn Board, head: i64) -> Result<(), String> {
        let mut last = self.revision;
        loop {
            let page = match board.changes(&ChangeQuery::since(self.revision, all())) {
                Ok(page) => page,
                Err(error) if error.kind() == ErrorKind::Compacted => {
                    self.tally.listed_again += 1;
                    return Ok(());
                }
                Err(error) => return Err(format!("changes: {error}")),
            };
            for event in &page.events {
                // What came and went meanwhile is not told, so there may be gaps.
                if event.revision < last || event.revision > head {
                    return Err(format!(
                        "revision {} follows {last} in the feed, the board is at {head}",
                        event.revision
                    ));
                }
                last = event.revision;
                match &event.item {
                    Some(item) => self.list.extend([entry(item)]),
                    None => drop(self.list.remove(&event.id)),
                }
            }
            self.revision = page.to_revision;
            if !page.more {
                break;
            }
        }
        if self.revision != head {
            return Err(format!(
                "the feed ends at {}, the board is at {head}",
                self.revision
            ));
        }
        let followed = std::mem::take(&mut self.list);
        self.list_again(board)?;
        if followed != self.list {
            return Err("the list that was followed is not the list of the board".to_owned());
        }
        self.tally.followed += 1;
        Ok(())
    }

    fn list_again(&mut self, board: &dyn Board) -> Result<(), String> {
        let items = everything(board, "", "").map_err(|error| error.to_string())?;
        self.list = items.iter().map(entry).collect();
        self.revision = board.revision().map_err(|error| error.to_string())?;
        Ok(())
    }

    /// An idempotency key gives the first result if what came with it is there, and is new else.
    fn repeat(
        &mut self,
        board: &dyn Board,
        calls: &[Vec<Call>],
        there: &[usize],
    ) -> Result<(), String> {
        let mut ids = Ids::new();
        for ((book, calls), there) in self.books.iter_mut().zip(calls).zip(there) {
            // Of those with the same key, the first one.
            let mut seen = BTreeSet::new();
            let keyed = calls.iter().enumerate().filter(|(_, call)| {
                let key = call.op.idempotency_key();
                key.is_some_and(|key| seen.insert(key))
            });
            let keyed: Vec<_> = keyed.collect();
            for (n, call) in keyed.into_iter().rev().take(REPEATED) {
                let is_there = n < *there;
                let outcome = book.both(&call.op, board, &mut ids)?;
                self.tally.repeated += 1;
                let first = call.outcome.as_ref().filter(|_| is_there);
                let is_other = first.is_some_and(|first| first.ids != outcome.ids);
                if outcome.is_duplicate != is_there || is_other {
                    return Err(format!("{call:?} was repeated, which gave {outcome:?}"));
                }
            }
        }
        Ok(())
    }
}

/// How many of the calls of a thread the file must have, and how many it can have.
fn bounds(calls: &[Call], is_relaxed: bool, head: i64) -> (usize, usize) {
    if !is_relaxed {
        let acknowledged = calls
            .iter()
            .take_while(|call| call.outcome.is_some())
            .count();
        return (acknowledged, calls.len());
    }
    let revision = |call: &Call| call.outcome.as_ref().and_then(|outcome| outcome.revision);
    let is_there = |call: &Call| revision(call).is_some_and(|revision| revision <= head);
    let is_lost = |call: &Call| revision(call).is_some_and(|revision| revision > head);
    let certain = calls.iter().rposition(is_there).map_or(0, |n| n + 1);
    let possible = calls.iter().position(is_lost).unwrap_or(calls.len());
    (certain, possible)
}

/// The lines of the child, until it is no more. One that was cut off was not said.
fn listen(child: &mut Child) -> Receiver<Line> {
    let (heard, lines) = channel();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        let mut line = Vec::new();
        while out.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) && line.ends_with(b"\n") {
            let said = serde_json::from_slice(&line);
            if heard.send(said.unwrap()).is_err() {
                return;
            }
            line.clear();
        }
    });
    lines
}

fn all() -> Query {
    Query::new(Viewer::anonymous())
        .view(View::Editor)
        .filter(Filter::new().phase(Phase::Any))
}

fn entry(item: &notice::Item) -> (i64, (u32, i64)) {
    let a = item;
    (a.id(), (a.version(), a.revision()))
}

pub(crate) fn verify(board: &SharedBoard) -> Result<Verification, String> {
    let found = board.require_custody().and_then(Custody::verify);
    found.map_err(|error| error.to_string())
}
