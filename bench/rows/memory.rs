//! How much memory an announcement takes.

use crate::Result;
use crate::notice::Board;
use crate::process::allocated;
use crate::report::{Goal, Row};
use crate::session::Session;
use crate::sqlite::{Database, memory_used};

/// What each announcement may take besides its own bytes.
const ALLOWED: f64 = 200.0;

/// Measures `memory`.
pub(crate) fn run(session: &mut Session) -> Result {
    if session.wants("memory") && !session.is_check() {
        measure(session)?;
    }
    session.step();
    Ok(())
}

fn measure(session: &mut Session) -> Result {
    let count = session.scale.usual;
    session.now(format!("measuring the memory of {count} announcements"));
    let own: usize = (0..count)
        .map(|place| session.data.announcement(place).own_bytes())
        .sum();
    let own = own as f64 / count as f64;

    let before = allocated();
    let board = Board::in_memory(&session.data, count)?;
    let after = allocated();
    let said = board.figure("memory_bytes")? as f64 / count as f64;
    drop(board);
    let before_sqlite = memory_used();
    let database = Database::in_memory(&session.data, count)?;
    let theirs = (memory_used() - before_sqlite) as f64 / count as f64;
    drop(database);

    let goal = Goal::AtMost(1.5);
    let peer = format!("its own bytes, {ALLOWED} B set aside");
    let row = match before.zip(after) {
        Some((before, after)) => {
            let each = after.saturating_sub(before) as f64 / count as f64;
            session.add(Row::of_amounts(
                "memory/against-sqlite",
                "SQLite, not searchable",
                Goal::ShownAsCost,
                "B",
                [each, theirs],
            ));
            Row::of_amounts("memory/allocated", &peer, goal, "B", [each - ALLOWED, own])
        }
        None => Row::skipped(
            "memory/allocated",
            "the allocator of this system does not say",
        ),
    };
    session.add(row);
    let peer = format!("{peer}, by notice_stats_json");
    session.add(Row::of_amounts(
        "memory/said",
        &peer,
        goal,
        "B",
        [said - ALLOWED, own],
    ));
    Ok(())
}
