//! Execution of calls on a board.

use std::time::Duration;

use super::answer::Answer;
use super::call::Call;
use crate::board::Board;
use crate::error::{Bilingual, Error, Result};
use crate::model::{Marking, Operation, ReadDrafts, Shown, Viewer};
use crate::query::{ChangeQuery, Filter, OwnMarksQuery, Query, ReceiptQuery, View};

/// Executes `call` on `board`.
///
/// # Errors
/// Those of the called method. Send one to the caller as [`Answer::Error`].
pub fn answer(board: &dyn Board, call: Call) -> Result<Answer> {
    match call {
        Call::Publish(draft) => one(board, Operation::Publish(draft)),
        Call::Update {
            id,
            patch,
            if_version,
            change,
        } => one(
            board,
            Operation::Update {
                id,
                patch,
                if_version,
                change,
            },
        ),
        Call::Retract {
            id,
            reason,
            if_version,
        } => one(
            board,
            Operation::Retract {
                id,
                reason,
                if_version,
            },
        ),
        Call::Restore { id, if_version } => one(board, Operation::Restore { id, if_version }),
        Call::Release { id, if_version } => one(board, Operation::Release { id, if_version }),
        Call::Purge { id } => one(board, Operation::Purge { id }),
        Call::Apply(operations) => board.apply(&operations).map(Answer::Applied),
        Call::Check(drafts) => {
            let read = ReadDrafts::from_value(&drafts)?;
            let checkup = board.check(&read.drafts)?;
            Ok(Answer::Checkup(checkup.with_reading(&read)))
        }
        call => ask(board, call),
    }
}

fn one(board: &dyn Board, operation: Operation) -> Result<Answer> {
    board.apply_one(operation).map(Answer::Published)
}

/// Executes a call that writes no announcement.
fn ask(board: &dyn Board, call: Call) -> Result<Answer> {
    match call {
        Call::Query {
            viewer,
            view,
            filter,
            order,
            limit,
            cursor,
            counted,
        } => {
            let query = Query {
                order,
                limit,
                cursor: set(cursor),
                counted,
                ..look(viewer, view, filter)
            };
            Ok(Answer::Page(Box::new(board.query(&query)?)))
        }
        Call::Count {
            viewer,
            view,
            filter,
        } => board.count(&look(viewer, view, filter)).map(Answer::Count),
        Call::Get { id, viewer, view } => {
            let item = board.get(id, &look(viewer, view, Filter::default()))?;
            Ok(Answer::Item(Box::new(item)))
        }
        Call::Record { id } => {
            let item = board.get(id, &Query::editor())?;
            let record = item.record().ok_or_else(|| Error::not_found(id))?;
            Ok(Answer::Record(Box::new(record.clone())))
        }
        Call::History { id } => board.history(id).map(Answer::History),
        Call::Explain { id, viewer, view } => board
            .explain(id, &look(viewer, view, Filter::default()))
            .map(Answer::Explanation),
        Call::Receipts {
            id,
            read_only,
            acknowledged_only,
            users,
            limit,
            cursor,
        } => board
            .receipts(&ReceiptQuery {
                id,
                read_only,
                acknowledged_only,
                users,
                limit,
                cursor: set(cursor),
            })
            .map(Answer::ReceiptPage),
        Call::Changes {
            since,
            epoch,
            viewer,
            view,
            filter,
            limit,
        } => board
            .changes(&ChangeQuery {
                since,
                epoch,
                query: look(viewer, view, filter),
                limit,
            })
            .map(Answer::ChangePage),
        call => do_else(board, call),
    }
}

/// Executes the remaining calls: marks, waiting and custody.
fn do_else(board: &dyn Board, call: Call) -> Result<Answer> {
    match call {
        Call::Mark {
            viewer,
            ids,
            mark,
            version,
            versions,
            until,
        } => {
            let mut marking = Marking::new(mark, shown(&ids, version, &versions)?);
            marking.until = until.0;
            let marked = board.mark_shown(&viewer, &marking)?;
            Ok(Answer::Marked { marked })
        }
        Call::MarkAllRead {
            viewer,
            view,
            filter,
            up_to,
        } => {
            let revision = board.mark_all_read(&look(viewer, view, filter), up_to)?;
            Ok(Answer::Revision { revision })
        }
        Call::MarkAll {
            viewer,
            view,
            filter,
            mark,
            up_to,
        } => {
            let revision = board.mark_all(&look(viewer, view, filter), mark, up_to)?;
            Ok(Answer::Revision { revision })
        }
        Call::ForgetUser { user } => {
            let forgotten = board.forget_user(&user)?;
            Ok(Answer::Forgotten { forgotten })
        }
        Call::Wait { since, timeout_ms } => {
            let revision = board.wait(since, Duration::from_millis(timeout_ms))?;
            Ok(Answer::Revision { revision })
        }
        Call::OwnMarks {
            user,
            since,
            epoch,
            timeout_ms,
        } => {
            let mut query = OwnMarksQuery::new(user).since(since);
            (query.epoch, query.timeout) = (epoch, Duration::from_millis(timeout_ms));
            board.own_marks(&query).map(Answer::OwnMarks)
        }
        Call::Stats => Ok(Answer::Stats(Box::new(board.stats()?))),
        Call::Head => board.head().map(Answer::Head),
        Call::Maintain => board.require_custody()?.maintain().map(Answer::Maintenance),
        Call::Verify => board.require_custody()?.verify().map(Answer::Verification),
        Call::Compact => board.require_custody()?.compact().map(Answer::Compaction),
        Call::Flush => {
            board.require_custody()?.flush()?;
            Ok(Answer::Done)
        }
        // `answer` and `ask` execute every other call.
        _ => Ok(Answer::Done),
    }
}

fn look(viewer: Viewer, view: View, mut filter: Filter) -> Query {
    filter.author = filter.author.and_then(set);
    filter.external_id = filter.external_id.and_then(set);
    Query::new(viewer).view(view).filter(filter)
}

/// Pairs ids with the versions that were shown.
fn shown(ids: &[i64], version: Option<u32>, versions: &[u32]) -> Result<Vec<Shown>> {
    let count = versions.len();
    if version.is_some() && count > 0 {
        let reason = Bilingual::new(
            "stands for all ids; leave it out, or leave out versions",
            "表示全部编号的版本；请与 versions 只填其一",
        );
        let version = version.unwrap_or_default().to_string();
        return Err(Error::invalid("version", &version, reason));
    }
    if count > 0 && count != ids.len() {
        let ids = ids.len();
        let reason = Bilingual::new(
            format!("{count} versions for {ids} ids; give one for each id, in the same order"),
            format!("{ids} 个编号对应 {count} 个版本；请按相同顺序为每个编号填写一个"),
        );
        return Err(Error::invalid("versions", &count.to_string(), reason));
    }
    let all = version.unwrap_or_default();
    let versions = versions.iter().copied().chain(std::iter::repeat(all));
    let pairs = ids.iter().zip(versions);
    Ok(pairs
        .map(|(id, version)| Shown::new(*id, version))
        .collect())
}

/// Converts an empty text to None.
fn set(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
