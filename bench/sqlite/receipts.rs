//! A table of what was read, as a good engineer would have it: one row for a user and an announcement, and an index
//! by announcement.

use std::path::Path;

use super::connection::{Connection, Statement};
use crate::Result;

/// The table and what is asked of it.
pub(crate) struct Receipts {
    connection: Connection,
    insert: Statement,
    page: Statement,
    count: Statement,
    forget: Statement,
    purge: Statement,
    everything: Statement,
}

impl Receipts {
    /// An empty table in memory.
    pub(crate) fn in_memory() -> Result<Self> {
        Self::of(Connection::open(None)?, true)
    }

    /// An empty table in a file, every change of which is on the disk before it is over.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let connection = Connection::open(Some(path))?;
        connection.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        Self::of(connection, true)
    }

    /// Opens a table that `create` made.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(Some(path))?;
        connection.run("PRAGMA synchronous = FULL;")?;
        Self::of(connection, false)
    }

    fn of(connection: Connection, is_new: bool) -> Result<Self> {
        if is_new {
            connection.run(
                "CREATE TABLE receipt (
                     user TEXT NOT NULL, announcement INTEGER NOT NULL, version INTEGER NOT NULL,
                     read_at INTEGER NOT NULL, PRIMARY KEY (user, announcement)) WITHOUT ROWID;
                 CREATE INDEX by_announcement ON receipt (announcement, user)",
            )?;
        }
        Ok(Self {
            // The first reading counts.
            insert: connection.prepare(
                "INSERT INTO receipt VALUES (?1, ?2, 1, ?3)
                 ON CONFLICT DO UPDATE SET version = excluded.version, read_at = excluded.read_at
                 WHERE excluded.version > version",
            )?,
            page: connection.prepare(
                "SELECT user, version, read_at FROM receipt
                 WHERE announcement = ?1 AND user > ?2 ORDER BY user LIMIT ?3",
            )?,
            count: connection.prepare("SELECT count(*) FROM receipt WHERE announcement = ?1")?,
            forget: connection.prepare("DELETE FROM receipt WHERE user = ?1")?,
            purge: connection.prepare("DELETE FROM receipt WHERE announcement = ?1")?,
            everything: connection
                .prepare("SELECT user, announcement, version, read_at FROM receipt")?,
            connection,
        })
    }

    /// Runs work in one transaction.
    pub(crate) fn at_once(&self, work: impl FnOnce() -> Result) -> Result {
        self.connection.run("BEGIN")?;
        work()?;
        self.connection.run("COMMIT")
    }

    /// Notes that a user has read an announcement.
    pub(crate) fn mark(&self, user: &str, id: i64, now: i64) -> Result {
        self.insert.bind_text(1, user)?;
        self.insert.bind(2, id)?;
        self.insert.bind(3, now)?;
        self.insert.run()
    }

    /// The users on a page, in `names`, each with an end. How many have read the announcement.
    pub(crate) fn page(
        &self,
        id: i64,
        after: &str,
        limit: i64,
        names: &mut Vec<u8>,
    ) -> Result<u64> {
        let mut count = 0;
        self.count.bind(1, id)?;
        self.count.each(|row| count = row.number(0))?;
        self.page.bind(1, id)?;
        self.page.bind_text(2, after)?;
        self.page.bind(3, limit)?;
        names.clear();
        self.page.each(|row| {
            names.extend_from_slice(row.text(0));
            names.push(0);
            std::hint::black_box((row.number(1), row.number(2)));
        })?;
        u64::try_from(count).map_err(|error| error.to_string())
    }

    /// Erases what a user has done.
    pub(crate) fn forget(&self, user: &str) -> Result {
        self.forget.bind_text(1, user)?;
        self.forget.run()
    }

    /// Erases what was done with an announcement.
    pub(crate) fn purge(&self, id: i64) -> Result {
        self.purge.bind(1, id)?;
        self.purge.run()
    }

    /// Writes a copy to a file.
    pub(crate) fn back_up(&self, path: &str) -> Result {
        self.connection.run(&format!("VACUUM INTO '{path}'"))
    }

    /// Opens such a copy, and reads all of it into `names`. How many rows there were.
    pub(crate) fn read_all(path: &Path, names: &mut Vec<u8>) -> Result<u64> {
        let copy = Self::of(Connection::open(Some(path))?, false)?;
        let mut rows = 0;
        copy.everything.each(|row| {
            rows += 1;
            names.clear();
            names.extend_from_slice(row.text(0));
            std::hint::black_box((row.number(1), row.number(2), row.number(3)));
        })?;
        Ok(rows)
    }
}
