//! The process that is killed: it says on its standard output what it is about to do, and what has been
//! acknowledged.

use std::io::Write;
use std::sync::Mutex;

use notice::{Board, ErrorKind, Lifecycle, Mark, Viewer};
use serde::{Deserialize, Serialize};

use crate::dice::Dice;
use crate::op::{Change, Ids, Op, Outcome, author, everything, users};
use crate::{THREADS, options};

/// Above this many announcements a thread purges some, so that rounds do not become slower.
const MANY: usize = 60;
/// How many it purges then.
const PURGED: usize = 20;
/// How many announcements the one who passes by marks before looking at the board again.
const LOOKS: usize = 20;

/// A line of the child.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Line {
    /// The board is being opened.
    Opening,
    Open,
    Begin {
        thread: usize,
        op: Op,
    },
    Done {
        thread: usize,
        outcome: Outcome,
    },
    /// Something that must not be refused was.
    Failed {
        error: String,
    },
}

/// Works until it is killed.
pub(crate) fn run(file: &str, durability: &str, seed: u64, round: u64) {
    let url = &crate::url(file, durability);
    let out = Mutex::new(std::io::stdout());
    let say = |line: &Line| {
        let mut text = serde_json::to_vec(line).unwrap();
        text.push(b'\n');
        let mut out = out.lock().unwrap();
        // Nobody listens any more: then there is nothing left to do.
        if out.write_all(&text).and_then(|()| out.flush()).is_err() {
            std::process::exit(1);
        }
    };
    say(&Line::Opening);
    let board = match options().open(url) {
        Ok(board) => board,
        Err(error) => return say(&failed(&error)),
    };
    say(&Line::Open);
    std::thread::scope(|scope| {
        let (on_board, say_it) = (&*board, &say);
        scope.spawn(move || {
            let error = pass_by(on_board, Dice(seed ^ (round << 8) ^ THREADS as u64));
            say_it(&failed(&error));
        });
        for thread in 0..THREADS {
            let (board, say) = (&*board, &say);
            let mut dice = Dice(seed ^ (round << 8) ^ thread as u64);
            scope.spawn(move || {
                let mut hand = Hand::new(board, thread, round, file);
                loop {
                    let op = hand.choose(&mut dice);
                    say(&Line::Begin {
                        thread,
                        op: op.clone(),
                    });
                    match op.perform(board, &mut hand.ids) {
                        Ok(outcome) => {
                            hand.remember(&op);
                            say(&Line::Done { thread, outcome });
                        }
                        Err(error) => return say(&failed(&error)),
                    }
                }
            });
        }
    });
}

/// Marks announcements of all threads, also while these are purged, and says nothing of it: what is kept of a user
/// about an announcement that is gone is found when the board is verified. Ends with what must not be refused.
fn pass_by(board: &dyn Board, mut dice: Dice) -> notice::Error {
    let user = Viewer::new("passer-by");
    loop {
        let items = match everything(board, "", "") {
            Ok(items) => items,
            Err(error) => return error,
        };
        for _ in 0..LOOKS {
            let Some(item) = (!items.is_empty()).then(|| dice.one_of(&items)) else {
                break;
            };
            let mark = *dice.one_of(&[Mark::Seen, Mark::Read, Mark::Dismiss, Mark::Acknowledge]);
            match board.mark(&user, &[item.id()], mark) {
                Err(error) if !may_be_refused(error.kind()) => return error,
                _ => {}
            }
        }
    }
}

/// Somebody else may have purged or retracted it.
fn may_be_refused(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::BadState)
}

fn failed(error: &notice::Error) -> Line {
    let error = error.to_string();
    Line::Failed { error }
}

/// What a thread knows of its own announcements.
struct Hand {
    thread: usize,
    round: u64,
    count: u64,
    ids: Ids,
    retracted: Vec<String>,
    /// What it has published under an idempotency key.
    repeatable: Vec<Op>,
    file: String,
}

impl Hand {
    fn new(board: &dyn Board, thread: usize, round: u64, file: &str) -> Self {
        let items = everything(board, "", &author(thread)).unwrap();
        let name = |item: &notice::Item| item.external_id().to_owned();
        Self {
            thread,
            round,
            count: 0,
            ids: items.iter().map(|i| (name(i), i.id())).collect(),
            retracted: items
                .iter()
                .filter(|item| item.state() == Lifecycle::Retracted)
                .map(name)
                .collect(),
            repeatable: Vec::new(),
            file: file.to_owned(),
        }
    }

    fn choose(&mut self, dice: &mut Dice) -> Op {
        if self.ids.len() > MANY {
            let names = self.ids.keys().take(PURGED).cloned();
            return Op::Apply(names.map(|name| Change::Purge { name }).collect());
        }
        let user = dice.one_of(&users(self.thread)).clone();
        match dice.below(400) {
            0 | 1 => return Op::Compact,
            // Often enough for rounds that wait for one.
            2..=4 => {
                self.count += 1;
                let path = format!(
                    "{}.backup-{}-{}-{}",
                    self.file, self.thread, self.round, self.count
                );
                return Op::Backup { path };
            }
            // Often, because no round lasts until the journal is folded by itself.
            5..=14 => return Op::Fold,
            _ => {}
        }
        match dice.below(20) {
            0..=6 => Op::Apply(vec![self.one(dice)]),
            7..=9 => Op::Apply(self.several(dice)),
            10..=11 if !self.repeatable.is_empty() => dice.one_of(&self.repeatable).clone(),
            12..=16 if !self.ids.is_empty() => {
                let names: Vec<String> = self.ids.keys().cloned().collect();
                let names = (0..=dice.below(3)).map(|_| dice.one_of(&names).clone());
                let marks = [
                    "seen",
                    "read",
                    "unread",
                    "dismiss",
                    "restore",
                    "acknowledge",
                ];
                Op::Mark {
                    user,
                    names: names.collect(),
                    mark: (*dice.one_of(&marks)).to_owned(),
                }
            }
            17 => Op::ReadAll { user },
            18 if dice.below(4) == 0 => Op::Forget { user },
            _ => Op::Apply(vec![self.publish(dice)]),
        }
    }

    fn one(&mut self, dice: &mut Dice) -> Change {
        if self.ids.is_empty() {
            return self.publish_plain(dice);
        }
        let names: Vec<String> = self.ids.keys().cloned().collect();
        let name = dice.one_of(&names).clone();
        let is_retracted = self.retracted.contains(&name);
        match dice.below(6) {
            0 => Change::Purge { name },
            1..=2 if is_retracted => Change::Restore { name },
            1..=2 => Change::Retract { name },
            _ => {
                self.count += 1;
                let title = format!("title {}-{}", self.round, self.count);
                Change::Update { name, title }
            }
        }
    }

    /// Changes of different announcements; all of them happen, or none.
    fn several(&mut self, dice: &mut Dice) -> Vec<Change> {
        let mut changes: Vec<Change> = (0..=dice.below(4))
            .map(|_| self.publish_plain(dice))
            .collect();
        changes.push(self.one(dice));
        changes
    }

    fn publish_plain(&mut self, dice: &mut Dice) -> Change {
        self.count += 1;
        let name = format!("{}-{}-{}", self.thread, self.round, self.count);
        let key = match dice.below(3) {
            0 => format!("key-{name}"),
            _ => String::new(),
        };
        let length = dice.below(400) as usize;
        Change::Publish {
            title: format!("{name} {}", "x".repeat(length % 200)),
            thread: self.thread,
            name,
            key,
            idempotency_key: String::new(),
        }
    }

    fn publish(&mut self, dice: &mut Dice) -> Change {
        let mut change = self.publish_plain(dice);
        if let Change::Publish {
            name,
            idempotency_key,
            ..
        } = &mut change
            && dice.below(8) == 0
        {
            *idempotency_key = format!("once-{name}");
        }
        change
    }

    fn remember(&mut self, op: &Op) {
        if op.idempotency_key().is_some() {
            self.repeatable.push(op.clone());
        }
        let Op::Apply(changes) = op else {
            return;
        };
        for change in changes {
            match change {
                Change::Retract { name } => self.retracted.push(name.clone()),
                Change::Restore { name } | Change::Purge { name } => {
                    self.retracted.retain(|other| other != name);
                }
                _ => {}
            }
        }
    }
}
