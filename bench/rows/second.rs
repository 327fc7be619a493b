//! Announcements that all start within one second, and all end within another one.

use crate::Result;
use crate::answer::same;
use crate::data::{Announcement, NOW};
use crate::measure::once;
use crate::notice::{Board, Query};
use crate::report::{Goal, Row};
use crate::session::Session;
use crate::sqlite::{self, Database};

/// When they start, and when they end, within a second.
const STARTS: i64 = NOW + 60_000;
const ENDS: i64 = NOW + 3_600_000;

/// Measures `hard/second`: the first page after that second, once for each board.
pub(crate) fn run(session: &mut Session) -> Result {
    if session.wants("hard/second") {
        measure(session)?;
    }
    session.step();
    Ok(())
}

fn measure(session: &mut Session) -> Result {
    let count = session.scale.usual;
    let announcements: Vec<Announcement> = (0..count)
        .map(|place| Announcement {
            starts_at: STARTS + place as i64 % 1000,
            // One in a hundred stays, so that there is a page in the end.
            ends_at: if place % 100 == 0 {
                0
            } else {
                ENDS + place as i64 % 1000
            },
            ..session.data.announcement(place)
        })
        .collect();
    let database = Database::empty_in_memory()?;
    database.load_these(&session.data, &announcements)?;
    let query = Query::top(20);
    let (mut buffer, mut rows) = (Vec::new(), sqlite::Buffer::default());
    let mut times = [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]];
    // A board's time goes on and not back: each round needs another one. To compare takes one, too.
    for round in 0..session.scale.long_rounds.max(1) {
        session.now(format!(
            "{count} starts within a second, board {}",
            round + 1
        ));
        let board = Board::open("mem:")?.ok_or("this build has no boards in memory")?;
        board.load_these(&session.data, &announcements)?;
        same(board.count(&query)?.0, 0, "hard/second")?;
        for (instant, [ours, theirs]) in [STARTS + 1000, ENDS + 1000].into_iter().zip(&mut times) {
            board.clock().set(instant);
            ours.push(once(|| board.query_into(&query, &mut buffer).map(|_| ()))?);
            theirs.push(once(|| database.top(instant, 0, &mut rows))?);
            let page = board.query_into(&query, &mut buffer)?;
            page.answer().must_be(&rows.answer(), "hard/second")?;
        }
    }
    if session.is_check() {
        times = Default::default();
    }
    for (name, [ours, theirs]) in ["hard/second/starts", "hard/second/ends"]
        .into_iter()
        .zip(&times)
    {
        session.add(Row::of_times(
            name,
            "SQLite, first page after it",
            Goal::Shown,
            ours,
            theirs,
        ));
    }
    Ok(())
}
