//! What a board has before it is brought to what a list has.

use std::collections::HashMap;

use super::listed::Name;
use crate::board::Board;
use crate::error::Result;
use crate::model::{Announcement, Lifecycle, limits};
use crate::query::{Filter, Phase, Query};

/// The announcements of a board.
pub(super) struct Present {
    /// Those that have a key.
    pub(super) named: HashMap<Name, Standing>,
    /// Those that have none.
    pub(super) nameless: Vec<Standing>,
    /// The time of the board.
    pub(super) now: i64,
}

/// An announcement of a board, as far as a list is concerned with it.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) id: i64,
    pub(super) source: String,
    pub(super) state: Lifecycle,
}

impl Present {
    /// Reads a board page by page.
    ///
    /// # Errors
    /// Those of the board; `unauthorized` for one that does not let this program read as an editor.
    pub(super) fn of(board: &dyn Board) -> Result<Self> {
        let mut present = Self {
            named: HashMap::new(),
            nameless: Vec::new(),
            now: 0,
        };
        let mut query = Query::editor()
            .filter(Filter::new().phase(Phase::Any))
            .limit(limits::PAGE)
            .uncounted();
        loop {
            let page = board.query(&query)?;
            present.now = page.count.now;
            for record in page.items.iter().filter_map(|item| item.record()) {
                present.add(record);
            }
            match page.next_cursor {
                Some(cursor) => query = query.cursor(cursor),
                None => return Ok(present),
            }
        }
    }

    fn add(&mut self, record: &Announcement) {
        let standing = Standing {
            id: record.id(),
            source: record.source().to_owned(),
            state: record.state(),
        };
        match record.key() {
            "" => self.nameless.push(standing),
            key => {
                let name = Name::new(record.channel(), key);
                self.named.insert(name, standing);
            }
        }
    }
}
