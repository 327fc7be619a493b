//! A real user base: a thousand announcements, and a million users who have read ten of them each.

use std::time::Instant;

use crate::Result;
use crate::answer::same;
use crate::data::NOW;
use crate::data::numbers::Numbers;
use crate::measure::{alternate, interleave, once};
use crate::notice::{Board, Query};
use crate::process::{allocated, wait_until_idle};
use crate::report::{Goal, Row};
use crate::rows::durable::Files;
use crate::session::Session;
use crate::sqlite::receipts::Receipts;

/// Announcements, of which the viewers see those for them.
const ANNOUNCEMENTS: usize = 1000;
/// How many each user has read.
const READ: usize = 10;
/// Marks in one round.
const MARKS: usize = 2000;
/// Users forgotten in one round.
const FORGOTTEN: usize = 20;
/// Receipts on a page.
const PAGE: u32 = 1000;
const PEER: &str = "SQLite, a table WITHOUT ROWID and an index";

/// Measures `users`.
pub(crate) fn run(session: &mut Session) -> Result {
    if session.wants("users") {
        measure(session)?;
    }
    session.step();
    Ok(())
}

/// The same readers twice.
struct Both {
    board: Board,
    table: Receipts,
    users: usize,
    /// What everybody sees.
    visible: Vec<i64>,
    numbers: Numbers,
}

fn measure(session: &mut Session) -> Result {
    let users = session.scale.users;
    session.now(format!("{users} users read {READ} announcements each"));
    let board = Board::in_memory(&session.data, ANNOUNCEMENTS)?;
    let places = (0..ANNOUNCEMENTS).zip(1..);
    let visible = places
        .filter(|(place, _)| session.data.is_visible(&session.data.announcement(*place)))
        .map(|(_, id)| id)
        .collect();
    let mut both = Both {
        board,
        table: Receipts::in_memory()?,
        users,
        visible,
        numbers: Numbers::new(session.seed()),
    };
    memory(session, &mut both)?;
    marks(session, &mut both)?;
    receipts(
        session,
        &both.board,
        &both.table,
        &both.visible,
        "users/receipts",
    )?;
    files(session, &both)?;
    forget(session, &both)?;
    purge(session, &mut both)
}

/// The name of a user. They come in no order.
fn name(number: usize) -> String {
    format!("reader-{:08x}", Numbers::new(number as u64).next() as u32)
}

/// Reads announcements, and shows how much memory a mark takes.
fn memory(session: &mut Session, both: &mut Both) -> Result {
    let before = allocated();
    let mut marks = 0;
    let chosen = |numbers: &mut Numbers, visible: &[i64]| -> Vec<i64> {
        (0..READ)
            .filter_map(|_| numbers.of(visible).copied())
            .collect()
    };
    let mut numbers = both.numbers.clone();
    for user in 0..both.users {
        let ids = chosen(&mut numbers, &both.visible);
        let viewer = Query::top(20).by(&name(user));
        both.board.clock().set(NOW + user as i64);
        both.board.mark_read(&viewer, &ids)?;
        marks += ids.len();
    }
    wait_until_idle();
    let after = allocated();
    // One question about each builds all that there is to build.
    for id in &both.visible {
        both.board.receipts(*id, 1, "")?;
    }
    let asked = allocated();
    // SQLite allocates there, too.
    let table = &both.table;
    table.at_once(|| {
        for user in 0..both.users {
            let ids = chosen(&mut both.numbers, &both.visible);
            let now = NOW + user as i64;
            ids.iter()
                .try_for_each(|id| table.mark(&name(user), *id, now))?;
        }
        Ok(())
    })?;
    if session.is_check() {
        return Ok(());
    }
    let each = |bytes: u64| bytes as f64 / marks as f64;
    let used = before
        .zip(after)
        .map(|(before, after)| each(after.saturating_sub(before)));
    if let Some(used) = used {
        let peer = "40 B";
        let goal = Goal::AtMost(1.0);
        session.add(Row::of_amounts(
            "users/memory",
            peer,
            goal,
            "B",
            [used, 40.0],
        ));
    }
    let asked = before
        .zip(asked)
        .map(|(before, after)| each(after.saturating_sub(before)));
    if let Some(asked) = asked {
        let (peer, goal) = ("40 B", Goal::AtMost(1.0));
        session.add(Row::of_amounts(
            "users/memory-asked",
            peer,
            goal,
            "B",
            [asked, 40.0],
        ));
    }
    Ok(())
}

/// Marks one by one, by any user.
fn marks(session: &mut Session, both: &mut Both) -> Result {
    session.now("marks, one by one");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..session.scale.rounds.clamp(1, 31) {
        let marks: Vec<(String, Query, i64)> = (0..MARKS)
            .filter_map(|_| {
                let user = name(both.numbers.below(both.users));
                let id = *both.numbers.of(&both.visible)?;
                let viewer = Query::top(20).by(&user);
                Some((user, viewer, id))
            })
            .collect();
        let now = NOW + (both.users + round) as i64;
        both.board.clock().set(now);
        let (board, table) = (&both.board, &both.table);
        let mine = || {
            once(|| {
                marks
                    .iter()
                    .try_for_each(|(_, viewer, id)| board.mark_read(viewer, &[*id]))
            })
        };
        let other = || {
            once(|| {
                marks
                    .iter()
                    .try_for_each(|(user, _, id)| table.mark(user, *id, now))
            })
        };
        let [took, took_them] = match round % 2 {
            0 => [mine()?, other()?],
            _ => {
                let first = other()?;
                [mine()?, first]
            }
        };
        ours.push(took / MARKS as f64);
        theirs.push(took_them / MARKS as f64);
    }
    if session.is_check() {
        (ours, theirs) = (Vec::new(), Vec::new());
    }
    let goal = Goal::TimesFaster(1.0);
    session.add(Row::of_times("users/mark", PEER, goal, &ours, &theirs));
    Ok(())
}

/// Compares and times a page of receipts in the middle, with the number of readers.
fn receipts(
    session: &mut Session,
    board: &Board,
    table: &Receipts,
    visible: &[i64],
    row: &str,
) -> Result {
    session.now(row);
    let mut names = Vec::new();
    for id in visible.iter().take(20) {
        let (mut cursor, mut after) = (String::new(), String::new());
        loop {
            let page = board.copied_receipts(*id, PAGE, &cursor)?;
            let read = table.page(*id, &after, PAGE.into(), &mut names)?;
            let theirs = String::from_utf8_lossy(&names);
            let theirs: Vec<&str> = theirs.split_terminator('\0').collect();
            if page.users != theirs || page.read != read {
                return Err(format!("{row}: the readers of {id} differ"));
            }
            after = page.users.last().cloned().unwrap_or_default();
            cursor = page.next_cursor;
            if cursor.is_empty() {
                break;
            }
        }
    }
    let id = *visible.first().ok_or("nobody sees anything")?;
    let first = board.copied_receipts(id, PAGE, "")?;
    let after = first.users.last().cloned().unwrap_or_default();
    let times = interleave(
        session.scale.rounds.min(31),
        &mut [
            &mut || board.receipts(id, PAGE, &first.next_cursor).map(|_| ()),
            &mut || table.page(id, &after, PAGE.into(), &mut names).map(|_| ()),
        ],
    )?;
    if let [ours, theirs] = &times[..] {
        session.add(Row::of_times(
            row,
            PEER,
            Goal::TimesFaster(1.0),
            ours,
            theirs,
        ));
    }
    Ok(())
}

/// Opens the same readers from files.
fn files(session: &mut Session, both: &Both) -> Result {
    session.now("writing files of users");
    let files = Files::new("users")?;
    let path = files.path("users.notice");
    if both.board.back_up(&path.display().to_string())?.is_none() {
        session.add(Row::skipped("users/open", "this build has no file: boards"));
        return Ok(());
    }
    let copy = files.path("users.sqlite");
    both.table.back_up(&copy.display().to_string())?;
    let size = |path: &std::path::Path| std::fs::metadata(path).map(|file| file.len() as f64);
    let sizes = [size(&path), size(&copy)].map(|size| size.map_err(|error| error.to_string()));
    let [ours, theirs] = sizes;
    if !session.is_check() {
        let sizes = [ours? / 1e6, theirs? / 1e6];
        session.add(Row::of_amounts(
            "users/file",
            PEER,
            Goal::ShownAsCost,
            "MB",
            sizes,
        ));
    }
    session.now("opening users");
    let url = files.url("users.notice");
    let query = Query::top(20);
    let (mut buffer, mut names) = (Vec::new(), Vec::new());
    let mut receipts_kept = both.board.figure("receipts")?;
    let times = alternate(session.scale.long_rounds, 2, |contestant| {
        let start = Instant::now();
        if contestant == 0 {
            let board = Board::open(&url)?.ok_or("this build has no file: boards")?;
            board.query_into(&query, &mut buffer)?;
            let took = start.elapsed().as_nanos() as f64;
            receipts_kept = board.figure("receipts")?;
            return Ok(took);
        }
        same(
            Receipts::read_all(&copy, &mut names)?,
            receipts_kept,
            "users/open",
        )?;
        Ok(start.elapsed().as_nanos() as f64)
    })?;
    if let [ours, theirs] = &times[..] {
        let peer = "SQLite opening and reading all rows";
        session.add(Row::of_times("users/open", peer, Goal::Shown, ours, theirs));
    }
    let board = Board::open(&url)?.ok_or("this build has no file: boards")?;
    let id = both.visible.first().copied().unwrap_or_default();
    let first = once(|| board.receipts(id, 1, "").map(|_| ()))?;
    if let [ours, _] = &times[..]
        && !ours.is_empty()
    {
        let (name, peer, goal) = ("users/first-receipts", "opening it", Goal::ShownAsCost);
        session.add(Row::of_times(name, peer, goal, &vec![first], ours));
    }
    receipts(
        session,
        &board,
        &both.table,
        &both.visible,
        "users/receipts-opened",
    )
}

/// Forgets users.
fn forget(session: &mut Session, both: &Both) -> Result {
    session.now("forgetting users");
    let (mut next, rounds) = (0, session.scale.rounds.min(31));
    let (board, table) = (&both.board, &both.table);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let users: Vec<String> = (next..next + FORGOTTEN).map(name).collect();
        next += FORGOTTEN;
        let took = once(|| users.iter().try_for_each(|user| board.forget_user(user)))?;
        ours.push(took / FORGOTTEN as f64);
        let took = once(|| users.iter().try_for_each(|user| table.forget(user)))?;
        theirs.push(took / FORGOTTEN as f64);
    }
    let goal = Goal::TimesFaster(1.0);
    session.add(Row::of_times("users/forget", PEER, goal, &ours, &theirs));
    Ok(())
}

/// Purges announcements with all of their receipts.
fn purge(session: &mut Session, both: &mut Both) -> Result {
    session.now("purging announcements");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..session.scale.rounds.clamp(1, 31) {
        let Some(id) = both.visible.pop() else {
            break;
        };
        ours.push(once(|| both.board.purge(id))?);
        theirs.push(once(|| both.table.purge(id))?);
    }
    let rest = both.visible.iter().try_fold(0, |sum, id| {
        Ok::<_, String>(sum + both.board.receipts(*id, 1, "")?)
    })?;
    same(both.board.figure("receipts")?, rest, "users/purge")?;
    if session.is_check() {
        (ours, theirs) = (Vec::new(), Vec::new());
    }
    let goal = Goal::TimesFaster(1.0);
    session.add(Row::of_times("users/purge", PEER, goal, &ours, &theirs));
    Ok(())
}
