//! SQLite with a table of announcements, as one who knows it well would build it.
//!
//! It is spared audiences: for each row it is told in advance whether the viewer of the harness may see it, and
//! its indexes begin with that.

mod connection;
pub(crate) mod receipts;
mod search;

use std::path::Path;

pub(crate) use connection::{Connection, Row, Statement, memory_used};
pub(crate) use search::Search;

use crate::Result;
use crate::answer::{Answer, Item};
use crate::data::{Announcement, Data};

const SCHEMA: &str = "
    CREATE TABLE announcement (
        id INTEGER PRIMARY KEY,
        for_viewer INTEGER NOT NULL,
        pinned INTEGER NOT NULL,
        severity INTEGER NOT NULL,
        priority INTEGER NOT NULL,
        starts_at INTEGER NOT NULL,
        ends_at INTEGER NOT NULL,
        locale TEXT NOT NULL,
        title TEXT NOT NULL,
        summary TEXT NOT NULL,
        body TEXT NOT NULL,
        channel TEXT NOT NULL,
        category TEXT NOT NULL,
        tags TEXT NOT NULL
    );
    -- The order of the board, with all that decides whether a row is visible.
    CREATE INDEX board ON announcement (
        for_viewer, pinned DESC, severity DESC, priority DESC, starts_at DESC, id DESC, ends_at);
    -- To count from without the table.
    CREATE INDEX active ON announcement (for_viewer, starts_at, ends_at);";

/// What of an announcement is handed out.
const COLUMNS: &str = "id, pinned, severity, priority, starts_at, ends_at, locale, title, summary, body, \
    channel, category, tags";

const VISIBLE: &str = "for_viewer = 1 AND starts_at <= ?1 AND ends_at > ?1";

const ORDER: &str = "pinned DESC, severity DESC, priority DESC, starts_at DESC, id DESC";

/// A database with announcements.
pub(crate) struct Database {
    insert: Statement,
    begin: Statement,
    commit: Statement,
    top: Statement,
    count: Statement,
    everything: Statement,
    connection: Connection,
}

impl Database {
    /// A database in memory with the first `count` announcements of `data`.
    pub(crate) fn in_memory(data: &Data, count: usize) -> Result<Self> {
        let database = Self::empty_in_memory()?;
        database.load(data, count)?;
        Ok(database)
    }

    /// A database in memory without announcements.
    pub(crate) fn empty_in_memory() -> Result<Self> {
        let connection = Connection::open(None)?;
        connection.run("PRAGMA journal_mode = MEMORY; PRAGMA temp_store = MEMORY;")?;
        connection.run(SCHEMA)?;
        Self::of(connection)
    }

    /// Makes a database in a file, every commit of which is on the disk before it is over.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let connection = Connection::open(Some(path))?;
        connection.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        connection.run(SCHEMA)?;
        Self::of(connection)
    }

    /// Opens a database that `create` made.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(Some(path))?;
        connection.run("PRAGMA synchronous = FULL;")?;
        Self::of(connection)
    }

    fn of(connection: Connection) -> Result<Self> {
        Ok(Self {
            insert: connection.prepare(
                "INSERT INTO announcement VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?,
            begin: connection.prepare("BEGIN IMMEDIATE")?,
            commit: connection.prepare("COMMIT")?,
            top: connection.prepare(&format!(
                "SELECT {COLUMNS} FROM announcement WHERE {VISIBLE} ORDER BY {ORDER} LIMIT 20 OFFSET ?2"
            ))?,
            count: connection.prepare(&format!(
                "SELECT count(*) FROM announcement WHERE {VISIBLE}"
            ))?,
            everything: connection.prepare(&format!("SELECT {COLUMNS} FROM announcement"))?,
            connection,
        })
    }

    /// Adds the first `count` announcements of `data` in one transaction.
    pub(crate) fn load(&self, data: &Data, count: usize) -> Result {
        self.begin.run()?;
        for place in 0..count {
            self.insert(data, &data.announcement(place))?;
        }
        self.commit.run()?;
        self.connection.run("ANALYZE")
    }

    /// Adds the given announcements in one transaction.
    pub(crate) fn load_these(&self, data: &Data, announcements: &[Announcement]) -> Result {
        self.begin.run()?;
        for announcement in announcements {
            self.insert(data, announcement)?;
        }
        self.commit.run()?;
        self.connection.run("ANALYZE")
    }

    /// Adds one announcement in a transaction of its own.
    pub(crate) fn publish(&self, data: &Data, announcement: &Announcement) -> Result {
        self.begin.run()?;
        self.insert(data, announcement)?;
        self.commit.run()
    }

    fn insert(&self, data: &Data, announcement: &Announcement) -> Result {
        let tags = announcement.tags.join(" ");
        let forever = match announcement.ends_at {
            0 => i64::MAX,
            ends_at => ends_at,
        };
        let numbers = [
            i64::from(data.is_for_viewer(announcement)),
            i64::from(announcement.is_pinned),
            announcement.severity.into(),
            announcement.priority.into(),
            announcement.starts_at,
            forever,
        ];
        let texts = [
            announcement.locale,
            &announcement.title,
            &announcement.summary,
            &announcement.body,
            &announcement.channel,
            &announcement.category,
            &tags,
        ];
        for (place, number) in (1..).zip(numbers) {
            self.insert.bind(place, number)?;
        }
        for (place, text) in (7..).zip(texts) {
            self.insert.bind_text(place, text)?;
        }
        self.insert.run()
    }

    /// The 20 on top at `now`, after as many as are skipped, their text copied into `buffer`.
    pub(crate) fn top(&self, now: i64, skipped: i64, buffer: &mut Buffer) -> Result {
        self.top.bind(1, now)?;
        self.top.bind(2, skipped)?;
        buffer.fill(&self.top)
    }

    /// The 20 after the last one in `buffer`, by its place in the order.
    pub(crate) fn after(
        &self,
        page: &Statement,
        now: i64,
        last: [i64; 5],
        buffer: &mut Buffer,
    ) -> Result {
        page.bind(1, now)?;
        for (place, number) in (2..).zip(last) {
            page.bind(place, number)?;
        }
        buffer.fill(page)
    }

    /// The statement of `after`.
    pub(crate) fn prepare_after(&self) -> Result<Statement> {
        self.connection.prepare(&format!(
            "SELECT {COLUMNS} FROM announcement WHERE {VISIBLE} \
             AND (pinned, severity, priority, starts_at, id) < (?2, ?3, ?4, ?5, ?6) ORDER BY {ORDER} LIMIT 20"
        ))
    }

    /// How many are visible at `now`.
    pub(crate) fn count(&self, now: i64) -> Result<u64> {
        self.count.bind(1, now)?;
        self.one_number(&self.count)
    }

    /// The only number that a statement gives.
    pub(crate) fn one_number(&self, statement: &Statement) -> Result<u64> {
        let mut number = 0;
        statement.each(|row| number = row.number(0))?;
        u64::try_from(number).map_err(|error| error.to_string())
    }

    /// Reads all rows, their text copied into `buffer`, each over the one before. How many there were.
    pub(crate) fn read_everything(&self, buffer: &mut Buffer) -> Result<u64> {
        let mut rows = 0;
        self.everything.each(|row| {
            rows += 1;
            buffer.clear();
            buffer.push(row);
        })?;
        Ok(rows)
    }

    /// The connection, for statements of single rows of the table of results.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// Where a page is copied to: numbers and text, used again for the next page.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    /// id, pinned, severity, priority, starts_at, ends_at.
    rows: Vec<[i64; 6]>,
    /// Ends of the texts in `text`, seven a row.
    ends: Vec<usize>,
    text: Vec<u8>,
}

impl Buffer {
    fn clear(&mut self) {
        self.rows.clear();
        self.ends.clear();
        self.text.clear();
    }

    /// Copies all rows of a statement.
    pub(crate) fn fill(&mut self, statement: &Statement) -> Result {
        self.clear();
        statement.each(|row| self.push(row))
    }

    fn push(&mut self, row: &Row<'_>) {
        self.rows
            .push([0, 1, 2, 3, 4, 5].map(|place| row.number(place)));
        for place in 6..13 {
            self.text.extend_from_slice(row.text(place));
            self.ends.push(self.text.len());
        }
    }

    /// The place of the last row in the order of the board.
    pub(crate) fn last(&self) -> Option<[i64; 5]> {
        let [id, pinned, severity, priority, starts_at, _] = *self.rows.last()?;
        Some([pinned, severity, priority, starts_at, id])
    }

    /// What is compared with the other contestants.
    pub(crate) fn answer(&self) -> Answer {
        let text = |at: usize| {
            let from = at.checked_sub(1).and_then(|before| self.ends.get(before));
            let until = self.ends.get(at).copied().unwrap_or_default();
            let bytes = self.text.get(from.copied().unwrap_or_default()..until);
            String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
        };
        let items = self.rows.iter().enumerate().map(|(row, [id, ..])| Item {
            id: *id,
            title: text(row * 7 + 1),
            summary: text(row * 7 + 2),
            body: text(row * 7 + 3),
        });
        Answer(items.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What SQLite says it does for a statement.
    fn plan(connection: &Connection, sql: &str) -> String {
        let explain = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap();
        let mut plan = String::new();
        explain
            .each(|row| plan += &format!("{}\n", String::from_utf8_lossy(row.text(3))))
            .unwrap();
        plan
    }

    #[test]
    fn pages_are_read_in_the_order_of_an_index_and_counts_from_an_index_alone() {
        let data = Data::new(1, 60);
        let database = Database::in_memory(&data, 2000).unwrap();
        let page = |condition: &str| {
            let sql = format!(
                "SELECT {COLUMNS} FROM announcement WHERE {VISIBLE} {condition} ORDER BY {ORDER} LIMIT 20"
            );
            plan(database.connection(), &sql)
        };
        for condition in [
            "",
            "AND title LIKE ?2",
            "AND (pinned, severity, priority, starts_at, id) < (?2, ?3, ?4, ?5, ?6)",
        ] {
            let plan = page(condition);
            assert!(plan.contains("USING INDEX board"), "{condition}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{condition}: {plan}");
        }
        let count = format!("SELECT count(*) FROM announcement WHERE {VISIBLE}");
        let plan = plan(database.connection(), &count);
        assert!(plan.contains("COVERING INDEX active"), "{plan}");
    }
}
