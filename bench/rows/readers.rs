//! Many viewers of whom it is kept what they have read, and one who reads everything one by one.

use crate::Result;
use crate::answer::same;
use crate::data::NOW;
use crate::data::numbers::Numbers;
use crate::measure::{interleave, once};
use crate::notice::{Board, Query};
use crate::report::{Goal, Row};
use crate::session::Session;
use crate::sqlite::{Connection, Database, Statement};

/// How many announcements each of the many has read.
const READ: usize = 3;
/// How many marks are timed together.
const MARKS: usize = 100;
const EAGER: &str = "zhang.wei";

/// Measures `hard/readers`.
pub(crate) fn run(session: &mut Session) -> Result {
    if session.wants("hard/readers") {
        measure(session)?;
    }
    session.step();
    Ok(())
}

/// A table of what was read, as SQLite would have it.
struct Receipts {
    insert: Statement,
    unread: Statement,
}

impl Receipts {
    fn new(connection: &Connection) -> Result<Self> {
        connection.run(
            "CREATE TABLE receipt (
                 user TEXT NOT NULL, announcement INTEGER NOT NULL, read_at INTEGER NOT NULL,
                 PRIMARY KEY (user, announcement)) WITHOUT ROWID",
        )?;
        Ok(Self {
            insert: connection.prepare("INSERT OR REPLACE INTO receipt VALUES (?1, ?2, ?3)")?,
            unread: connection.prepare(
                "SELECT count(*) FROM announcement
                 WHERE for_viewer = 1 AND starts_at <= ?1 AND ends_at > ?1
                 AND NOT EXISTS (SELECT 1 FROM receipt WHERE user = ?2 AND announcement = id)",
            )?,
        })
    }

    fn mark(&self, user: &str, id: i64) -> Result {
        self.insert.bind_text(1, user)?;
        self.insert.bind(2, id)?;
        self.insert.bind(3, NOW)?;
        self.insert.run()
    }

    fn unread(&self, database: &Database, user: &str) -> Result<u64> {
        self.unread.bind(1, NOW)?;
        self.unread.bind_text(2, user)?;
        database.one_number(&self.unread)
    }
}

fn measure(session: &mut Session) -> Result {
    let count = session.scale.usual;
    session.now(format!("{count} viewers with read state"));
    let (board, database) = (
        Board::in_memory(&session.data, count)?,
        Database::in_memory(&session.data, count)?,
    );
    // Nobody marks what nobody sees; all readers are like the viewer.
    let visible: Vec<i64> = (0..count)
        .zip(1..)
        .filter(|(place, _)| session.data.is_visible(&session.data.announcement(*place)))
        .map(|(_, id)| id)
        .collect();
    let receipts = Receipts::new(database.connection())?;
    let mut numbers = Numbers::new(session.seed());
    database.connection().run("BEGIN")?;
    for reader in 0..count {
        let user = format!("reader-{reader}");
        let viewer = Query::top(20).by(&user);
        let ids: Vec<i64> = (0..READ)
            .filter_map(|_| numbers.of(&visible).copied())
            .collect();
        board.mark_read(&viewer, &ids)?;
        ids.iter().try_for_each(|id| receipts.mark(&user, *id))?;
    }
    database.connection().run("COMMIT")?;

    session.now("one viewer reads everything one by one");
    let eager = Query::top(20).by(EAGER);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for ids in visible.chunks(MARKS) {
        let took = once(|| {
            ids.iter()
                .try_for_each(|id| board.mark_read(&eager, &[*id]))
        })?;
        ours.push(took / ids.len() as f64);
        let took = once(|| ids.iter().try_for_each(|id| receipts.mark(EAGER, *id)))?;
        theirs.push(took / ids.len() as f64);
    }
    same(
        board.count(&eager)?.1,
        receipts.unread(&database, EAGER)?,
        "hard/readers",
    )?;
    if session.is_check() {
        (ours, theirs) = (Vec::new(), Vec::new());
    }
    let peer = "SQLite, a row in a table WITHOUT ROWID";
    session.add(Row::of_times(
        "hard/readers/mark",
        peer,
        Goal::Shown,
        &ours,
        &theirs,
    ));

    let times = interleave(
        session.scale.rounds.min(31),
        &mut [&mut || board.count(&eager).map(|_| ()), &mut || {
            receipts.unread(&database, EAGER).map(|_| ())
        }],
    )?;
    if let [ours, theirs] = &times[..] {
        let peer = "SQLite, NOT EXISTS";
        session.add(Row::of_times(
            "hard/readers/unread",
            peer,
            Goal::Shown,
            ours,
            theirs,
        ));
    }
    Ok(())
}
