//! Read marks on a board in a file, each on the disk before its call returns: by one user, and by eight at once.

use std::sync::Mutex;

use crate::Result;
use crate::answer::same;
use crate::data::NOW;
use crate::measure::alternate;
use crate::notice::{Board, Query};
use crate::report::{Goal, Row};
use crate::rows::durable::{Files, NO_FILES, THREADS, at_once, beside_the_best, locked};
use crate::session::Session;
use crate::sqlite::receipts::Receipts;

/// Announcements, of which the users read those for them.
const ANNOUNCEMENTS: usize = 1000;

/// Measures `mark/durable`.
pub(crate) fn run(session: &mut Session) -> Result {
    for (name, threads) in [("mark/durable-1", 1), ("mark/durable-8", THREADS)] {
        if session.wants(name) {
            measure(session, name, threads)?;
        }
    }
    session.step();
    Ok(())
}

/// Has each of so many threads mark announcements as read by a user of its own, one by one.
fn measure(session: &mut Session, name: &str, threads: usize) -> Result {
    session.now(name);
    let files = Files::new("marks")?;
    let Some(board) = Board::open(&files.url("marks"))? else {
        session.add(Row::skipped(name, NO_FILES));
        return Ok(());
    };
    let data = &session.data;
    board.load(data, 0, ANNOUNCEMENTS)?;
    let places = (0..ANNOUNCEMENTS).zip(1..);
    let visible: Vec<i64> = places
        .filter(|(place, _)| data.is_visible(&data.announcement(*place)))
        .map(|(_, id)| id)
        .take(session.scale.publishes)
        .collect();
    let own_path = files.path("own.sqlite");
    let first = Receipts::create(&own_path)?;
    let others = (0..threads).map(|_| Receipts::open(&own_path).map(Mutex::new));
    let own = others.collect::<Result<Vec<_>>>()?;
    let shared = Mutex::new(Receipts::create(&files.path("shared.sqlite"))?);
    let work = vec![visible.clone(); threads];
    // Nobody reads anything twice, which would be no change.
    let mut readers = 0..;
    let mut round = |contestant| {
        let users: Vec<String> = (0..threads)
            .map(|_| format!("reader-{contestant}-{:06}", readers.next().unwrap_or(0)))
            .collect();
        let viewers: Vec<Query> = users.iter().map(|user| Query::top(20).by(user)).collect();
        at_once(&work, |thread, id| {
            let user = users.get(thread).ok_or("no such thread")?;
            match contestant {
                0 => board.mark_read(viewers.get(thread).ok_or("no such thread")?, &[*id]),
                1 => {
                    let own = own.get(thread).ok_or("no such thread")?;
                    locked(own)?.mark(user, *id, NOW)
                }
                _ => locked(&shared)?.mark(user, *id, NOW),
            }
        })
    };
    // One thread needs no second way to use SQLite.
    let contestants = if threads == 1 { 2 } else { 3 };
    for contestant in 0..contestants {
        round(contestant)?;
    }
    let times = alternate(session.scale.long_rounds * 2, contestants, &mut round)?;
    let id = *visible.first().ok_or("nobody sees anything")?;
    let readers = board.receipts(id, 1, "")?;
    same(readers, first.page(id, "", 1, &mut Vec::new())?, name)?;
    let [ours, theirs @ ..] = &times[..] else {
        return Ok(());
    };
    match theirs {
        [theirs] => {
            let peer = "SQLite WAL, synchronous=FULL";
            session.add(Row::of_times(name, peer, Goal::Shown, ours, theirs));
        }
        _ => session.add(beside_the_best(name, ours, theirs)),
    }
    Ok(())
}
