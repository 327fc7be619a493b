//! What the threads of the child do, in words that a pipe carries.

use std::sync::Arc;

use std::collections::BTreeMap;
use std::path::Path;

use notice::{
    Board, Draft, Filter, Item, Mark, Operation, Patch, Phase, Published, Query, Result, View,
    Viewer,
};
use serde::{Deserialize, Serialize};

/// One call. What it is about belongs to one thread alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Op {
    /// Changes that are made as one.
    Apply(Vec<Change>),
    Mark {
        user: String,
        names: Vec<String>,
        mark: String,
    },
    ReadAll {
        user: String,
    },
    Forget {
        user: String,
    },
    /// Makes the file smaller.
    Compact,
    /// Folds the journal into the file, as closing does.
    Fold,
    /// Copies the board to a new file.
    Backup {
        path: String,
    },
}

/// Announcements have a name that is never used twice, for their ids are not known beforehand.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Change {
    Publish {
        name: String,
        thread: usize,
        title: String,
        key: String,
        idempotency_key: String,
    },
    Update {
        name: String,
        title: String,
    },
    Retract {
        name: String,
    },
    Restore {
        name: String,
    },
    Purge {
        name: String,
    },
}

/// What came of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// The revision that it made; none if it made none.
    pub(crate) revision: Option<i64>,
    /// The ids of what was published, with the names.
    pub(crate) ids: Vec<(String, i64)>,
    pub(crate) is_duplicate: bool,
    /// The revision of a backup.
    pub(crate) copied: Option<i64>,
}

/// The ids of a thread's announcements on one board.
pub(crate) type Ids = BTreeMap<String, i64>;

impl Op {
    /// Does it.
    ///
    /// # Errors
    /// Those of the board.
    pub(crate) fn perform(&self, board: &dyn Board, ids: &mut Ids) -> Result<Outcome> {
        match self {
            Self::Apply(changes) => {
                let operations: Vec<Operation> =
                    changes.iter().map(|change| change.operation(ids)).collect();
                let done = board.apply(&operations)?;
                Ok(outcome(changes, &done, ids))
            }
            Self::Mark { user, names, mark } => {
                let marked: Vec<i64> = names.iter().map(|name| id(ids, name)).collect();
                let mark = Mark::from_name(mark)?;
                board.mark(&Viewer::new(user.as_str()), &marked, mark)?;
                Ok(Outcome::default())
            }
            Self::ReadAll { user } => {
                board.mark_all_read(&Query::new(Viewer::new(user.as_str())), None)?;
                Ok(Outcome::default())
            }
            Self::Forget { user } => board.forget_user(user).map(|_| Outcome::default()),
            Self::Compact => board
                .require_custody()?
                .compact()
                .map(|_| Outcome::default()),
            Self::Fold => board.close().map(|()| Outcome::default()),
            Self::Backup { path } => {
                let copied = Some(board.require_custody()?.backup(Path::new(path))?);
                Ok(Outcome {
                    copied,
                    ..Outcome::default()
                })
            }
        }
    }

    /// Whether it leaves the board as it is.
    pub(crate) fn is_about_the_file(&self) -> bool {
        matches!(self, Self::Compact | Self::Fold | Self::Backup { .. })
    }

    /// The idempotency key, if it has one.
    pub(crate) fn idempotency_key(&self) -> Option<&str> {
        match self {
            Self::Apply(changes) => changes.iter().find_map(|change| match change {
                Change::Publish {
                    idempotency_key, ..
                } if !idempotency_key.is_empty() => Some(idempotency_key.as_str()),
                _ => None,
            }),
            _ => None,
        }
    }
}

impl Change {
    fn operation(&self, ids: &Ids) -> Operation {
        match self {
            Self::Publish {
                name,
                thread,
                title,
                key,
                idempotency_key,
            } => Operation::Publish(Arc::new(
                Draft::new("en", title)
                    .external_id(name.clone())
                    .author(author(*thread))
                    .key(key.clone())
                    .idempotency_key(idempotency_key.clone()),
            )),
            Self::Update { name, title } => Operation::Update {
                id: id(ids, name),
                patch: Box::new(Patch::new().title("en", title)),
                if_version: None,
                change: None,
            },
            Self::Retract { name } => Operation::Retract {
                id: id(ids, name),
                reason: format!("no more {name}"),
                if_version: None,
            },
            Self::Restore { name } => Operation::Restore {
                id: id(ids, name),
                if_version: None,
            },
            Self::Purge { name } => Operation::Purge { id: id(ids, name) },
        }
    }
}

fn outcome(changes: &[Change], done: &[Published], ids: &mut Ids) -> Outcome {
    let is_duplicate = done.iter().any(|done| done.duplicate);
    let mut outcome = Outcome {
        revision: done
            .first()
            .map(|done| done.revision)
            .filter(|_| !is_duplicate),
        ids: Vec::new(),
        is_duplicate,
        copied: None,
    };
    for (change, done) in changes.iter().zip(done) {
        match change {
            Change::Publish { name, .. } => {
                outcome.ids.push((name.clone(), done.id));
                if !done.duplicate {
                    ids.insert(name.clone(), done.id);
                }
            }
            Change::Purge { name } => drop(ids.remove(name)),
            _ => {}
        }
    }
    outcome
}

/// An announcement that is not there has an id that nothing has, so that the board says so.
fn id(ids: &Ids, name: &str) -> i64 {
    ids.get(name).copied().unwrap_or_default()
}

/// Whose announcements are those of a thread.
pub(crate) fn author(thread: usize) -> String {
    format!("thread-{thread}")
}

/// The users that only a thread marks for.
pub(crate) fn users(thread: usize) -> [String; 2] {
    [0, 1].map(|n| format!("user-{thread}-{n}"))
}

/// All announcements that an editor sees, as `user` has them; only those of one author if one is named.
///
/// # Errors
/// Those of the board.
pub(crate) fn everything(board: &dyn Board, user: &str, author: &str) -> Result<Vec<Item>> {
    let mut filter = Filter::new().phase(Phase::Any);
    if !author.is_empty() {
        filter = filter.author(author);
    }
    let mut query = Query::new(Viewer::new(user))
        .view(View::Editor)
        .filter(filter)
        .limit(1000);
    let mut items = Vec::new();
    loop {
        let page = board.query(&query)?;
        items.extend(page.items);
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(items),
        }
    }
}
