//! Boards in a file: publishing so that it is on the disk, and opening.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::Instant;

use crate::Result;
use crate::answer::same;
use crate::data::{Announcement, Data, NOW};
use crate::measure::{Times, alternate, best, once};
use crate::notice::{Board, Query};
use crate::process::wait_until_idle;
use crate::report::{Goal, Row};
use crate::session::Session;
use crate::sqlite::{self, Database};

pub(super) const NO_FILES: &str = "this build has no file: boards";

/// Threads that write at once.
pub(super) const THREADS: usize = 8;

/// Measures `publish/durable`, `publish/relaxed` and `open`.
pub(crate) fn run(session: &mut Session) -> Result {
    if ["publish/durable", "publish/relaxed", "open"]
        .iter()
        .any(|name| session.wants(name))
    {
        let files = Files::new("durable")?;
        if session.wants("publish/durable-1") {
            one_thread(session, &files, "publish/durable-1", "", Goal::AtMost(1.0))?;
        }
        if session.wants("publish/relaxed-1") {
            let name = "publish/relaxed-1";
            one_thread(session, &files, name, "?durability=relaxed", Goal::Shown)?;
        }
        if session.wants("publish/durable-8") {
            threads(session, &files)?;
        }
        if session.wants("open") {
            open(session, &files)?;
        }
    }
    session.step();
    Ok(())
}

/// A directory for boards and databases, which goes when it is dropped.
pub(super) struct Files(PathBuf);

impl Files {
    pub(super) fn new(name: &str) -> Result<Self> {
        let directory = Session::directory()?.join(format!("{name}-{}", std::process::id()));
        let failed = |error| format!("{}: {error}", directory.display());
        std::fs::create_dir_all(&directory).map_err(failed)?;
        Ok(Self(directory))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The URL of a board in a file.
    pub(super) fn url(&self, name: &str) -> String {
        format!("file:{}", self.path(name).display())
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // What cannot be removed is only in the way, below target/.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Gives announcements one after the other, to all threads.
struct Source<'d> {
    data: &'d Data,
    next: AtomicUsize,
}

impl<'d> Source<'d> {
    fn new(data: &'d Data) -> Self {
        Self {
            data,
            next: AtomicUsize::new(0),
        }
    }

    fn take(&self, count: usize) -> Vec<Announcement> {
        let first = self.next.fetch_add(count, Ordering::Relaxed);
        (first..first + count)
            .map(|place| self.data.announcement(place))
            .collect()
    }
}

fn one_thread(
    session: &mut Session,
    files: &Files,
    name: &str,
    options: &str,
    goal: Goal,
) -> Result {
    session.now(name);
    let file = name.replace('/', "-");
    let Some(board) = Board::open(&(files.url(&file) + options))? else {
        session.add(Row::skipped(name, NO_FILES));
        return Ok(());
    };
    let database = Database::create(&files.path(&format!("{file}.sqlite")))?;
    let data = &session.data;
    let announcements: Vec<_> = (0..session.scale.publishes)
        .map(|place| data.announcement(place))
        .collect();
    let round = |contestant| {
        // What the other one left to the background is not done in this one's time.
        wait_until_idle();
        let took = once(|| {
            announcements
                .iter()
                .try_for_each(|announcement| match contestant {
                    0 => board.publish(data, announcement).map(|_| ()),
                    _ => database.publish(data, announcement),
                })
        })?;
        Ok(took / announcements.len() as f64)
    };
    round(0)?;
    round(1)?;
    let times = alternate(session.scale.long_rounds * 3, 2, round)?;
    same(board.count(&Query::top(20))?.0, database.count(NOW)?, name)?;
    if let [ours, theirs] = &times[..] {
        let row = Row::of_times(name, "SQLite WAL, synchronous=FULL", goal, ours, theirs);
        session.add(row);
    }
    Ok(())
}

fn threads(session: &mut Session, files: &Files) -> Result {
    let name = "publish/durable-8";
    session.now(name);
    let Some(board) = Board::open(&files.url("threads"))? else {
        session.add(Row::skipped(name, NO_FILES));
        return Ok(());
    };
    let own_path = files.path("own.sqlite");
    let first = Database::create(&own_path)?;
    let others = (0..THREADS).map(|_| Database::open(&own_path).map(Mutex::new));
    let own = others.collect::<Result<Vec<_>>>()?;
    let shared = Mutex::new(Database::create(&files.path("shared.sqlite"))?);
    let data = &session.data;
    let source = Source::new(data);
    let each = session.scale.publishes / 2;
    let round = |contestant| {
        let work: Vec<_> = (0..THREADS).map(|_| source.take(each)).collect();
        at_once(&work, |thread, announcement| match contestant {
            0 => board.publish(data, announcement).map(|_| ()),
            1 => {
                let own = own.get(thread).ok_or("no such thread")?;
                locked(own)?.publish(data, announcement)
            }
            _ => locked(&shared)?.publish(data, announcement),
        })
    };
    for contestant in 0..3 {
        // The same announcements for everybody, so that they must see the same then.
        source.next.store(0, Ordering::Relaxed);
        round(contestant)?;
    }
    let visible = board.count(&Query::top(20))?.0;
    same(visible, first.count(NOW)?, name)?;
    same(visible, locked(&shared)?.count(NOW)?, name)?;
    let times = alternate(session.scale.long_rounds * 2, 3, round)?;
    let [ours, theirs @ ..] = &times[..] else {
        return Ok(());
    };
    session.add(beside_the_best(name, ours, theirs));
    Ok(())
}

/// The row of eight threads, beside the better of the two ways to use SQLite from them.
pub(super) fn beside_the_best(name: &str, ours: &Times, theirs: &[Times]) -> Row {
    let peers = ["8 connections", "one shared connection"];
    let (place, theirs) = best(theirs).unwrap_or((0, ours));
    let peer = peers.get(place).copied().unwrap_or_default();
    let peer = format!("SQLite WAL, synchronous=FULL, {peer}");
    Row::of_times(name, &peer, Goal::TimesFaster(6.0), ours, theirs)
}

pub(super) fn locked<T>(shared: &Mutex<T>) -> Result<MutexGuard<'_, T>> {
    let locked = shared.lock();
    locked.map_err(|_| "another thread failed".to_owned())
}

/// Nanoseconds for each piece of work, when a thread for each list does the pieces on it one by one.
pub(super) fn at_once<W: Sync>(
    work: &[Vec<W>],
    act: impl Fn(usize, &W) -> Result + Sync,
) -> Result<f64> {
    // What the other one left to the background is not done in this one's time.
    wait_until_idle();
    let start = Instant::now();
    thread::scope(|scope| {
        let act = &act;
        let threads: Vec<_> = work
            .iter()
            .enumerate()
            .map(|(thread, mine)| {
                scope.spawn(move || mine.iter().try_for_each(|one| act(thread, one)))
            })
            .collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().map_err(|_| "a thread panicked".to_owned())?)
    })?;
    let pieces: usize = work.iter().map(Vec::len).sum();
    Ok(start.elapsed().as_nanos() as f64 / pieces as f64)
}

fn open(session: &mut Session, files: &Files) -> Result {
    let name = "open";
    let count = session.scale.usual;
    session.now(format!("opening {count} announcements"));
    let Some((url, path)) = fill(&session.data, files, name, count)? else {
        session.add(Row::skipped(name, NO_FILES));
        return Ok(());
    };
    let rounds = session.scale.long_rounds;
    let times = opening(rounds, count, &url, &path)?;
    if let [ours, theirs] = &times[..] {
        let peer = format!("SQLite opening and reading all {count} rows");
        session.add(Row::of_times(name, &peer, Goal::AtMost(1.5), ours, theirs));
    }
    Ok(())
}

/// A board and a database in files, with `count` announcements each. Nothing if there are no such boards.
pub(super) fn fill(
    data: &Data,
    files: &Files,
    name: &str,
    count: usize,
) -> Result<Option<(String, PathBuf)>> {
    let url = files.url(&format!("{name}-{count}"));
    let Some(board) = Board::open(&url)? else {
        return Ok(None);
    };
    board.load(data, 0, count)?;
    drop(board);
    let path = files.path(&format!("{name}-{count}.sqlite"));
    Database::create(&path)?.load(data, count)?;
    Ok(Some((url, path)))
}

/// The times of opening a board until its first page is there, and of SQLite reading all rows.
pub(super) fn opening(
    rounds: usize,
    count: usize,
    url: &str,
    path: &Path,
) -> Result<Vec<Vec<f64>>> {
    let query = Query::top(20);
    let (mut buffer, mut rows) = (Vec::new(), sqlite::Buffer::default());
    let mut first_page = || {
        let start = Instant::now();
        let board = Board::open(url)?.ok_or(NO_FILES)?;
        let answer = board.query_into(&query, &mut buffer)?;
        // Closing is not timed.
        let took = start.elapsed().as_nanos() as f64;
        Ok::<_, String>((took, answer.answer()))
    };
    let mut everything = || {
        let start = Instant::now();
        let database = Database::open(path)?;
        same(database.read_everything(&mut rows)?, count as u64, "open")?;
        let took = start.elapsed().as_nanos() as f64;
        database.top(NOW, 0, &mut rows)?;
        Ok::<_, String>((took, rows.answer()))
    };
    first_page()?.1.must_be(&everything()?.1, "open")?;
    alternate(rounds, 2, |contestant| {
        let (took, _) = if contestant == 0 {
            first_page()?
        } else {
            everything()?
        };
        Ok(took)
    })
}
