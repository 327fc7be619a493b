//! Publishing on a board in memory.

use crate::Result;
use crate::answer::same;
use crate::data::{Announcement, NOW};
use crate::measure::{alternate, once};
use crate::notice::{Board, Query};
use crate::process::{processor_time, wait_until_idle};
use crate::report::{Goal, Row};
use crate::session::Session;
use crate::sqlite::Database;

/// How many are published in a round.
const ROUND: usize = 10;

/// How many are published to see how long processors work for them.
const MANY: usize = 1000;

const PEER: &str = "SQLite in memory, not searchable";

/// Measures `publish/memory`.
pub(crate) fn run(session: &mut Session) -> Result {
    if session.wants("publish/memory") {
        measure(session)?;
    }
    session.step();
    Ok(())
}

fn measure(session: &mut Session) -> Result {
    session.now("publishing in memory");
    let count = session.scale.usual;
    let data = &session.data;
    let board = Board::in_memory(data, count)?;
    let database = Database::in_memory(data, count)?;
    let publish = |contestant, announcements: &[Announcement]| {
        announcements
            .iter()
            .try_for_each(|announcement| match contestant {
                0 => board.publish(data, announcement).map(|_| ()),
                _ => database.publish(data, announcement),
            })
    };
    let announcements: Vec<_> = (0..ROUND).map(|place| data.announcement(place)).collect();
    publish(0, &announcements)?;
    publish(1, &announcements)?;
    let times = alternate(session.scale.rounds, 2, |contestant| {
        Ok(once(|| publish(contestant, &announcements))? / ROUND as f64)
    })?;
    same(
        board.count(&Query::top(20))?.0,
        database.count(NOW)?,
        "publish/memory",
    )?;

    // What is done behind the caller's back is work, too.
    let many: Vec<_> = (0..MANY).map(|place| data.announcement(place)).collect();
    let worked = |contestant| -> Result<Option<f64>> {
        wait_until_idle();
        let before = processor_time();
        publish(contestant, &many)?;
        wait_until_idle();
        let after = processor_time();
        Ok(before
            .zip(after)
            .map(|(before, after)| (after - before) / MANY as f64))
    };
    let work = match session.is_check() {
        true => None,
        false => worked(0)?.zip(worked(1)?),
    };
    if let [ours, theirs] = &times[..] {
        session.add(Row::of_times(
            "publish/memory",
            PEER,
            Goal::ShownAsCost,
            ours,
            theirs,
        ));
    }
    if let Some((ours, theirs)) = work {
        let (name, peer) = (
            "publish/memory-processor",
            format!("{PEER}: time of all processors"),
        );
        session.add(Row::of_amounts(
            name,
            &peer,
            Goal::ShownAsCost,
            "ns",
            [ours, theirs],
        ));
    }
    Ok(())
}
