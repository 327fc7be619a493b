//! A copy of the board as far as the list needs it, kept up to date by the change feed.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use notice::{
    Announcement, Audience, Bilingual, Board, ChangeQuery, Error, ErrorKind, Filter, Lifecycle,
    Phase, Query, Reference, Result, View, Viewer,
};
use serde_json::Value;

use super::public::Stated;

/// All announcements of a board: what the public may read of them, and what they replace.
#[derive(Default)]
pub(super) struct Mirror {
    /// The board and the revision that this is a copy of; None before the first.
    pub(super) place: Option<(u128, i64)>,
    entries: BTreeMap<i64, Entry>,
    /// Ids by channel and key.
    keys: BTreeMap<(String, String), i64>,
    /// Bytes of all texts.
    bytes: usize,
}

/// An announcement.
struct Entry {
    channel: String,
    key: String,
    replaces: Vec<Reference>,
    /// None if the public may not read it, at any time.
    public: Option<Public>,
}

/// What the public may read.
struct Public {
    starts_at: i64,
    /// Whether it was still to start when it was last changed.
    was_scheduled: bool,
    /// The record without its closing brace, and without what it replaces.
    text: Bytes,
}

/// A record of the list.
pub(super) struct Record<'a> {
    pub(super) starts_at: i64,
    pub(super) was_scheduled: bool,
    /// A JSON object without its closing brace.
    pub(super) text: &'a Bytes,
    id: i64,
}

impl Mirror {
    /// Brings the copy up to date. It is then exactly the board at the revision of `place`.
    ///
    /// # Errors
    /// Those of the board; `over_budget` beyond `most` bytes of texts.
    pub(super) fn update(&mut self, board: &dyn Board, stated: &Stated, most: usize) -> Result<()> {
        let updated = match self.place {
            Some(_) => match self.follow(board, stated, most) {
                Err(error) if is_lost(error.kind()) => self.refill(board, stated, most),
                followed => followed,
            },
            None => self.refill(board, stated, most),
        };
        if updated.is_err() {
            *self = Self::default();
        }
        updated
    }

    /// Reads the whole board page by page, which other revisions may come between, and follows it from there.
    fn refill(&mut self, board: &dyn Board, stated: &Stated, most: usize) -> Result<()> {
        *self = Self::default();
        let head = board.head()?;
        self.place = Some((head.epoch, head.revision));
        let mut query = everything().limit(notice::limits::PAGE).uncounted();
        loop {
            let page = board.query(&query)?;
            for item in &page.items {
                self.put(item.record(), stated, most)?;
            }
            match page.next_cursor {
                Some(cursor) => query = query.cursor(cursor),
                None => break,
            }
        }
        self.follow(board, stated, most)
    }

    /// Takes the changes since the last revision. Every announcement that changed up to the revision that is reached
    /// was read after its change, also one that an earlier page already had in a later version.
    fn follow(&mut self, board: &dyn Board, stated: &Stated, most: usize) -> Result<()> {
        while let Some((epoch, revision)) = self.place {
            let page = board.changes(&ChangeQuery::since(revision, everything()).epoch(epoch))?;
            for event in &page.events {
                match &event.item {
                    Some(item) => self.put(item.record(), stated, most)?,
                    None => self.remove(event.id),
                }
            }
            self.place = Some((page.epoch, page.to_revision));
            if !page.more {
                break;
            }
        }
        Ok(())
    }

    fn put(&mut self, record: Option<&Announcement>, stated: &Stated, most: usize) -> Result<()> {
        // The editor's view has the whole record.
        let Some(record) = record else {
            return Ok(());
        };
        self.remove(record.id());
        let audience = match record.state() {
            Lifecycle::Published => stated.audience(record.audience()),
            _ => None,
        };
        let public = audience.map(|audience| Public {
            starts_at: record.starts_at(),
            was_scheduled: record.starts_at() > record.updated_at(),
            text: text(record, &audience).into(),
        });
        self.bytes += public.as_ref().map_or(0, |public| public.text.len());
        if self.bytes > most {
            return Err(too_long(most));
        }
        let (channel, key) = (record.channel().to_owned(), record.key().to_owned());
        if !key.is_empty() {
            self.keys
                .insert((channel.clone(), key.clone()), record.id());
        }
        let entry = Entry {
            channel,
            key,
            replaces: record.replaces().to_vec(),
            public,
        };
        self.entries.insert(record.id(), entry);
        Ok(())
    }

    fn remove(&mut self, id: i64) {
        let Some(entry) = self.entries.remove(&id) else {
            return;
        };
        self.bytes -= entry.public.map_or(0, |public| public.text.len());
        let key = (entry.channel, entry.key);
        if self.keys.get(&key) == Some(&id) {
            self.keys.remove(&key);
        }
    }

    /// Returns the public announcements by id, those that are still to start too.
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.entries.iter().filter_map(|(id, entry)| {
            let public = entry.public.as_ref()?;
            Some(Record {
                starts_at: public.starts_at,
                was_scheduled: public.was_scheduled,
                text: &public.text,
                id: *id,
            })
        })
    }

    /// Returns what a record replaces that has started at `now` itself, by id. A hidden announcement in between is
    /// stepped over: replacing is transitive, and its id and key are nobody's business.
    pub(super) fn replaced(&self, record: &Record<'_>, now: i64) -> BTreeSet<i64> {
        let mut replaced = BTreeSet::new();
        let (mut seen, mut next) = (BTreeSet::from([record.id]), vec![record.id]);
        while let Some(entry) = next.pop().and_then(|id| self.entries.get(&id)) {
            for reference in &entry.replaces {
                let id = match reference {
                    Reference::Id(id) => Some(id),
                    Reference::Key(key) => self.keys.get(&(entry.channel.clone(), key.clone())),
                    _ => None,
                };
                let Some((id, below)) = id.and_then(|id| Some((*id, self.entries.get(id)?))) else {
                    continue;
                };
                if !seen.insert(id) {
                    continue;
                }
                match &below.public {
                    Some(public) if public.starts_at <= now => {
                        replaced.insert(id);
                    }
                    _ => next.push(id),
                }
            }
        }
        replaced
    }
}

/// Returns a query for everything, whoever may see it.
fn everything() -> Query {
    let filter = Filter::new().phase(Phase::Any);
    Query::new(Viewer::anonymous())
        .view(View::Editor)
        .filter(filter)
}

fn is_lost(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Compacted | ErrorKind::EpochMismatch | ErrorKind::FutureRevision
    )
}

/// Returns a record for the public, without its closing brace.
fn text(record: &Announcement, audience: &Audience) -> String {
    let mut json = record.to_json();
    if let Value::Object(members) = &mut json {
        members.shift_remove("replaces");
        // Below, as they were written.
        members.shift_remove("extras");
        members.shift_remove("audience");
        if *audience != Audience::everyone() {
            members.insert("audience".to_owned(), audience.to_json());
        }
    }
    let mut text = json.to_string();
    text.pop();
    let extras = record.extras_json();
    if !extras.is_empty() && extras != "{}" {
        text.push_str(",\"extras\":");
        text.push_str(extras);
    }
    text
}

fn too_long(most: usize) -> Error {
    let reason = Bilingual::new(
        format!("the public list has more than {most} bytes; the operator can raise the limit"),
        format!("公开列表超过 {most} 字节；管理员可以提高上限"),
    );
    Error::new(ErrorKind::OverBudget, reason)
}
