//! The thousandth page.

use crate::Result;
use crate::data::NOW;
use crate::measure::interleave;
use crate::notice::{Board, Query};
use crate::report::{Goal, Row};
use crate::session::Session;
use crate::sqlite::{self, Database};

const PAGE: usize = 1000;

/// Measures `hard/page-1000`.
pub(crate) fn run(session: &mut Session) -> Result {
    if session.wants("hard/page-1000") {
        measure(session)?;
    }
    session.step();
    Ok(())
}

fn measure(session: &mut Session) -> Result {
    let count = session.scale.usual;
    // Small boards end before the thousandth page.
    let page = PAGE.min(count / 100);
    session.now(format!("page {page} of {count} announcements"));
    let board = Board::in_memory(&session.data, count)?;
    let database = Database::in_memory(&session.data, count)?;
    let after = database.prepare_after()?;
    let (mut buffer, mut rows) = (Vec::new(), sqlite::Buffer::default());

    // Both walk there page by page, and are compared on the way.
    let mut query = Query::top(20);
    database.top(NOW, 0, &mut rows)?;
    let mut last = [0; 5];
    for walked in 1..=page {
        let answer = board.query_into(&query, &mut buffer)?;
        answer
            .answer()
            .must_be(&rows.answer(), &format!("page {walked}"))?;
        if walked < page {
            query = Query::top(20).from(&answer.next_cursor());
            last = rows.last().ok_or("the board ends too early")?;
            database.after(&after, NOW, last, &mut rows)?;
        }
    }
    let skipped = (page as i64 - 1) * 20;
    let mut other_rows = sqlite::Buffer::default();
    database.top(NOW, skipped, &mut other_rows)?;
    rows.answer().must_be(&other_rows.answer(), "OFFSET")?;

    let times = interleave(
        session.scale.rounds,
        &mut [
            &mut || board.query_into(&query, &mut buffer).map(|_| ()),
            &mut || database.after(&after, NOW, last, &mut rows),
            &mut || database.top(NOW, skipped, &mut other_rows),
        ],
    )?;
    if let [ours, keyset, offset] = &times[..] {
        for (name, peer, theirs) in [
            ("hard/page-1000/keyset", "SQLite by key set", keyset),
            ("hard/page-1000/offset", "SQLite by OFFSET", offset),
        ] {
            session.add(Row::of_times(name, peer, Goal::Shown, ours, theirs));
        }
    }
    Ok(())
}
