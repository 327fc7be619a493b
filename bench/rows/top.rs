//! The first page for a viewer with five attributes, and how many announcements there are.

use std::hint::black_box;

use crate::Result;
use crate::answer::same;
use crate::data::NOW;
use crate::measure::interleave;
use crate::notice::{Board, Query};
use crate::report::{Goal, Row};
use crate::session::Session;
use crate::sqlite::{self, Database};

const SMALL: usize = 10_000;

/// Measures `top-20` and `count`.
pub(crate) fn run(session: &mut Session) -> Result {
    let count = session.scale.usual;
    if [
        "top-20/into",
        "top-20/into-and-total",
        "top-20/array",
        "top-20/memcpy",
        "count",
    ]
    .iter()
    .any(|name| session.wants(name))
    {
        session.now(format!("loading {count} announcements"));
        let board = Board::in_memory(&session.data, count)?;
        let database = Database::in_memory(&session.data, count)?;
        top(session, &board, &database)?;
        active(session, &board, &database)?;
    }
    // Beside itself there are no answers to compare.
    if session.wants("top-20/large") && !session.is_check() {
        large(session)?;
    }
    session.step();
    Ok(())
}

fn top(session: &mut Session, board: &Board, database: &Database) -> Result {
    session.now("the first page");
    let rounds = session.scale.rounds;
    let query = Query::top(20);
    let counted = Query::top(20).counted();
    let mut buffer = Vec::new();
    let mut counted_buffer = Vec::new();
    let mut rows = sqlite::Buffer::default();
    let page = board.query_into(&query, &mut buffer)?;
    let bytes = page.bytes();
    database.top(NOW, 0, &mut rows)?;
    page.answer().must_be(&rows.answer(), "top-20")?;
    let len = board.query(&query)?;
    same(len as u64, page.answer().0.len() as u64, "top-20")?;

    let source = vec![1_u8; bytes];
    let mut target = vec![0_u8; bytes];
    let mut more_rows = sqlite::Buffer::default();
    let times = interleave(
        rounds,
        &mut [
            &mut || board.query_into(&query, &mut buffer).map(|_| ()),
            &mut || board.query(&query).map(|_| ()),
            &mut || board.query_into(&counted, &mut counted_buffer).map(|_| ()),
            &mut || database.top(NOW, 0, &mut rows),
            &mut || {
                database.top(NOW, 0, &mut more_rows)?;
                database.count(NOW).map(|_| ())
            },
            &mut || {
                black_box(&mut target).copy_from_slice(black_box(&source));
                Ok(())
            },
        ],
    )?;
    let [into, array, into_counted, theirs, with_total, copied] = &times[..] else {
        return Err("six contestants have six times".into());
    };
    let peer = "SQLite in memory, spared audiences";
    session.add(Row::of_times(
        "top-20/into",
        peer,
        Goal::TimesFaster(40.0),
        into,
        theirs,
    ));
    session.add(Row::of_times(
        "top-20/array",
        peer,
        Goal::TimesFaster(40.0),
        array,
        theirs,
    ));
    session.add(Row::of_times(
        "top-20/into-and-total",
        "SQLite, counting how many there are too",
        Goal::Shown,
        into_counted,
        with_total,
    ));
    let peer = format!("memcpy of its {bytes} bytes");
    session.add(Row::of_times(
        "top-20/memcpy",
        &peer,
        Goal::AtMost(4.0),
        into,
        copied,
    ));
    Ok(())
}

fn active(session: &mut Session, board: &Board, database: &Database) -> Result {
    let query = Query::top(20);
    same(board.count(&query)?.0, database.count(NOW)?, "count")?;
    let times = interleave(
        session.scale.rounds,
        &mut [&mut || board.count(&query).map(|_| ()), &mut || {
            database.count(NOW).map(|_| ())
        }],
    )?;
    if let [ours, theirs] = &times[..] {
        let peer = "SQLite, index that covers it";
        session.add(Row::of_times(
            "count",
            peer,
            Goal::TimesFaster(1000.0),
            ours,
            theirs,
        ));
    }
    Ok(())
}

/// A large board beside a small one.
fn large(session: &mut Session) -> Result {
    let count = session.scale.large;
    session.now(format!("loading {count} announcements"));
    let boards = [
        Board::in_memory(&session.data, count)?,
        Board::in_memory(&session.data, SMALL.min(count / 2))?,
    ];
    let query = Query::top(20);
    let mut buffers = [Vec::new(), Vec::new()];
    let [large, small] = &boards;
    let [into_large, into_small] = &mut buffers;
    let times = interleave(
        session.scale.rounds,
        &mut [
            &mut || large.query_into(&query, into_large).map(|_| ()),
            &mut || small.query_into(&query, into_small).map(|_| ()),
        ],
    )?;
    if let [large, small] = &times[..] {
        let peer = format!("itself: {count} beside {}", SMALL.min(count / 2));
        session.add(Row::of_times(
            "top-20/large",
            &peer,
            Goal::AtMost(1.5),
            large,
            small,
        ));
    }
    Ok(())
}
