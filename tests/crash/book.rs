//! What one thread has done, kept on a board in memory: what it has on the board in the file is the same,
//! but for ids, revisions and times.

use std::collections::BTreeMap;

use notice::{Board, SharedBoard};

use crate::op::{Ids, Op, Outcome, author, everything, users};

/// What a thread has on a board, by name.
pub(crate) type Belongings = BTreeMap<String, String>;

/// A call that the child began.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) op: Op,
    /// None if it was not acknowledged.
    pub(crate) outcome: Option<Outcome>,
}

pub(crate) struct Book {
    thread: usize,
    board: SharedBoard,
    ids: Ids,
}

impl Book {
    pub(crate) fn new(thread: usize) -> Self {
        Self {
            thread,
            board: notice::open("mem:").unwrap(),
            ids: Ids::new(),
        }
    }

    /// Finds out how many of `calls`, which came one after the other, the file has: at least `certain`,
    /// and whatever it has of the others comes before what it has not.
    pub(crate) fn settle(
        &mut self,
        calls: &[Call],
        certain: usize,
        possible: usize,
        file: &dyn Board,
    ) -> Result<usize, String> {
        let found = belongings(file, self.thread);
        for call in &calls[..certain] {
            self.perform(call)?;
        }
        for there in certain..=possible {
            if belongings(&*self.board, self.thread) == found {
                return Ok(there);
            }
            if there < possible {
                self.perform(&calls[there])?;
            }
        }
        let expected = belongings(&*self.board, self.thread);
        let differing = expected
            .iter()
            .filter(|(name, has)| found.get(*name) != Some(has))
            .map(|(name, has)| format!("{name} is {:?}, not {has}", found.get(name)));
        let surplus = found
            .keys()
            .filter(|name| !expected.contains_key(*name))
            .map(|name| format!("{name} is there"));
        let differing: Vec<String> = differing.chain(surplus).take(10).collect();
        Err(format!(
            "thread {}, {certain} to {possible} of {} calls: {}\nthe last calls: {:?}",
            self.thread,
            calls.len(),
            differing.join("; "),
            &calls[calls.len().saturating_sub(3)..],
        ))
    }

    /// Does what the file has.
    fn perform(&mut self, call: &Call) -> Result<(), String> {
        if call.op.is_about_the_file() {
            return Ok(());
        }
        let outcome = call.op.perform(&*self.board, &mut self.ids);
        let outcome = outcome.map_err(|error| format!("{:?}: {error}", call.op))?;
        match &call.outcome {
            Some(acknowledged) if acknowledged.is_duplicate != outcome.is_duplicate => {
                Err(format!("{call:?} gave {outcome:?} in memory"))
            }
            _ => Ok(()),
        }
    }

    /// Does one more call on both boards.
    pub(crate) fn both(
        &mut self,
        op: &Op,
        file: &dyn Board,
        ids: &mut Ids,
    ) -> Result<Outcome, String> {
        let outcome = op
            .perform(file, ids)
            .map_err(|error| format!("{op:?}: {error}"))?;
        self.perform(&Call {
            op: op.clone(),
            outcome: Some(outcome.clone()),
        })?;
        Ok(outcome)
    }
}

/// What a thread's announcements are, and what its users have done with them.
fn belongings(board: &dyn Board, thread: usize) -> Belongings {
    let mut all = Belongings::new();
    for user in users(thread) {
        for item in everything(board, &user, &author(thread)).unwrap() {
            let a = &item;
            let mine = format!(
                "{} {} {:?} {:?} {:?} {:?} read {} dismissed {} acknowledged {} seen {}",
                a.version(),
                a.notify_version(),
                a.state(),
                item.text().title,
                a.key(),
                a.retract_reason(),
                item.is_read(),
                item.is_dismissed(),
                item.is_acknowledged(),
                item.seen_count()
            );
            all.insert(format!("{} {user}", a.external_id()), mine);
        }
    }
    all
}
