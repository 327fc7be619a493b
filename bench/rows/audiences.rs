//! Many distinct audiences, and a viewer who may see only what is ranked last.

use crate::Result;
use crate::data::audience::Condition;
use crate::data::{Announcement, Data, NOW};
use crate::measure::interleave;
use crate::notice::{Board, Query};
use crate::report::{Goal, Row};
use crate::session::Session;
use crate::sqlite::{self, Database};

const MANY: usize = 10_000;
const LAST: usize = 20;
/// Audiences that name their users, and the users of each.
const NAMED: usize = 1000;
const USERS: usize = 10_000;

const PEER: &str = "SQLite, told in advance who sees what";

/// Measures `hard/audiences`, `hard/named` and `hard/last-20`.
pub(crate) fn run(session: &mut Session) -> Result {
    let count = session.scale.usual;
    if session.wants("hard/audiences") {
        let data = Data::new(session.seed(), MANY.min(count / 2));
        session.now(format!("{count} announcements for {MANY} audiences"));
        let board = Board::in_memory(&data, count)?;
        compare(
            session,
            "hard/audiences",
            &board,
            &Database::in_memory(&data, count)?,
        )?;
    }
    if session.wants("hard/named") {
        session.now(format!(
            "{NAMED} announcements, each for {USERS} named users"
        ));
        let data = Data::with_audiences(session.seed(), (0..NAMED).map(named).collect());
        let announcements: Vec<Announcement> = (0..NAMED)
            .map(|place| Announcement {
                audience: place,
                ..data.announcement(place)
            })
            .collect();
        let board = Board::open("mem:")?.ok_or("this build has no boards in memory")?;
        board.load_these(&data, &announcements)?;
        let database = Database::empty_in_memory()?;
        database.load_these(&data, &announcements)?;
        compare(session, "hard/named", &board, &database)?;
    }
    if session.wants("hard/last-20") {
        session.now(format!(
            "a viewer who sees the last of {count} announcements only"
        ));
        let data = Data::with_audiences(session.seed(), vec![only("role-1"), only("role-3")]);
        let announcements: Vec<Announcement> = (0..count).map(|place| last(&data, place)).collect();
        let board = Board::open("mem:")?.ok_or("this build has no boards in memory")?;
        board.load_these(&data, &announcements)?;
        let database = Database::empty_in_memory()?;
        database.load_these(&data, &announcements)?;
        compare(session, "hard/last-20", &board, &database)?;
    }
    session.step();
    Ok(())
}

fn only(role: &str) -> Vec<Condition> {
    vec![Condition {
        attribute: "role",
        op: "in",
        values: vec![role.to_owned()],
    }]
}

/// Every second one names the viewer.
fn named(number: usize) -> Vec<Condition> {
    let first = 3 + number % 2;
    vec![Condition {
        attribute: "role",
        op: "in",
        values: (0..USERS)
            .map(|at| format!("role-{}", first + at))
            .collect(),
    }]
}

/// The first 20 are ranked last, and for the viewer; all others are for another one.
fn last(data: &Data, place: usize) -> Announcement {
    let is_last = place < LAST;
    Announcement {
        audience: usize::from(is_last),
        severity: if is_last { 0 } else { 1 },
        is_pinned: false,
        starts_at: NOW - 1,
        ends_at: 0,
        ..data.announcement(place)
    }
}

fn compare(session: &mut Session, name: &str, board: &Board, database: &Database) -> Result {
    let query = Query::top(20);
    let (mut buffer, mut rows) = (Vec::new(), sqlite::Buffer::default());
    database.top(NOW, 0, &mut rows)?;
    board
        .query_into(&query, &mut buffer)?
        .answer()
        .must_be(&rows.answer(), name)?;
    let times = interleave(
        session.scale.rounds,
        &mut [
            &mut || board.query_into(&query, &mut buffer).map(|_| ()),
            &mut || database.top(NOW, 0, &mut rows),
        ],
    )?;
    if let [ours, theirs] = &times[..] {
        session.add(Row::of_times(name, PEER, Goal::Shown, ours, theirs));
    }
    Ok(())
}
