//! Searching in SQLite: an FTS5 index of trigrams, and LIKE.

use super::{Buffer, COLUMNS, Database, ORDER, Statement, VISIBLE};
use crate::Result;
use crate::data::{Announcement, Data};

/// The shortest text that trigrams can find.
const TRIGRAM: usize = 3;

/// A database with the texts in a form to search in, and an index of their trigrams.
pub(crate) struct Search {
    like: Statement,
    trigram: Statement,
    /// After the statements, which are finalised first.
    _database: Database,
}

impl Search {
    /// A database in memory with the first `count` announcements of `data`.
    pub(crate) fn in_memory(data: &Data, count: usize) -> Result<Self> {
        let database = Database::empty_in_memory()?;
        let connection = database.connection();
        connection.run("PRAGMA case_sensitive_like = ON")?;
        database.load(data, count)?;
        // A table of its own would cost LIKE a look-up for each row.
        connection
            .run("ALTER TABLE announcement ADD COLUMN searchable TEXT NOT NULL DEFAULT ''")?;
        connection.run("BEGIN")?;
        let update = connection.prepare("UPDATE announcement SET searchable = ?2 WHERE id = ?1")?;
        for place in 0..count {
            let text = searchable(&data.announcement(place));
            update.bind(1, place as i64 + 1)?;
            update.bind_text(2, &text)?;
            update.run()?;
        }
        connection.run("COMMIT")?;
        connection.run(
            "CREATE VIRTUAL TABLE trigrams USING fts5(
                 searchable, content = 'announcement', content_rowid = 'id',
                 tokenize = 'trigram case_sensitive 1');
             INSERT INTO trigrams (trigrams) VALUES ('rebuild');
             INSERT INTO trigrams (trigrams) VALUES ('optimize');",
        )?;
        let like = connection.prepare(&format!(
            "SELECT {COLUMNS} FROM announcement WHERE {VISIBLE} AND searchable LIKE ?2 \
             ORDER BY {ORDER} LIMIT 20"
        ))?;
        // The index of the order must not be walked: each of its rows would be looked for among the hits.
        let trigram = connection.prepare(&format!(
            "SELECT {COLUMNS} FROM announcement \
             WHERE id IN (SELECT rowid FROM trigrams WHERE trigrams MATCH ?2) \
             AND +for_viewer = 1 AND +starts_at <= ?1 AND +ends_at > ?1 ORDER BY {ORDER} LIMIT 20"
        ))?;
        Ok(Self {
            like,
            trigram,
            _database: database,
        })
    }

    /// The 20 on top at `now` that have the word, by LIKE. An English word is found where a word begins.
    pub(crate) fn like(&self, now: i64, word: &str, buffer: &mut Buffer) -> Result {
        let pattern = format!("%{}%", sought(word));
        self.like.bind(1, now)?;
        self.like.bind_text(2, &pattern)?;
        buffer.fill(&self.like)
    }

    /// The same by trigrams. Words for which that gives no right answer: see `has_trigram`.
    pub(crate) fn trigram(&self, now: i64, word: &str, buffer: &mut Buffer) -> Result {
        let phrase = format!("\"{}\"", sought(word));
        self.trigram.bind(1, now)?;
        self.trigram.bind_text(2, &phrase)?;
        buffer.fill(&self.trigram)
    }

    /// Whether trigrams can find the word.
    pub(crate) fn has_trigram(word: &str) -> bool {
        sought(word).chars().count() >= TRIGRAM
    }
}

/// What stands in `searchable` where the word is: before an English one there is a blank.
fn sought(word: &str) -> String {
    match word.chars().any(is_letter) {
        true => format!(" {word}"),
        false => word.to_owned(),
    }
}

/// All text of an announcement, in small letters, with a blank before each word of letters or digits.
fn searchable(announcement: &Announcement) -> String {
    let mut out = String::with_capacity(announcement.own_bytes() + 64);
    let texts = [
        &announcement.title,
        &announcement.summary,
        &announcement.body,
    ];
    for text in texts.into_iter().chain(&announcement.tags) {
        let mut is_in_word = false;
        out.push(' ');
        for c in text.chars() {
            if is_letter(c) && !is_in_word && !out.ends_with(' ') {
                out.push(' ');
            }
            is_in_word = is_letter(c);
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// Whether words that are separated by blanks are made of it.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && c < '\u{2e80}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_stands_before_each_word_of_letters_and_nowhere_in_chinese_text() {
        let mut announcement = Data::new(1, 2).announcement(0);
        announcement.title = "Update (API)，系统VPN维护".to_owned();
        announcement.summary = String::new();
        announcement.body = "b".to_owned();
        announcement.tags = vec!["tag-1".to_owned()];
        assert_eq!(
            searchable(&announcement),
            " update ( api)，系统 vpn维护  b tag- 1"
        );
        assert_eq!(sought("vpn"), " vpn");
        assert_eq!(sought("维护"), "维护");
        assert!(Search::has_trigram("vp"));
        assert!(!Search::has_trigram("维护"));
    }
}
