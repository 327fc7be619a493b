//! Opening a board that is kept in a file.

use std::sync::Arc;

use crate::engine::custody::channel::{Giver, handover};
use crate::engine::memory::evicted::Shelf;
use crate::engine::memory::feed::{Entry, Feed, Replacer};
use crate::engine::memory::idempotency::Remembered;
use crate::engine::memory::index::Index;
use crate::engine::memory::users::{User, Users, Watermark};
use crate::engine::writer::durable::{Durability, Durable};
use crate::engine::{Parts, Settings, Store, random_epoch};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::file::{BoardFile, Head, Medium, Repairing, Sharing, Snapshot};
use crate::model::Announcement;
use crate::model::{Outcome, Published};
use crate::progress::{Progress, Step};
use crate::query::ChangeKind;

/// So many announcements are handed over together, and progress is told after each.
const PORTION: usize = 500;
/// For more announcements no room is made beforehand.
const MOST_RESERVED: usize = 10_000_000;

impl Store {
    /// Opens the board that `medium` holds; a new one if there is none.
    pub(crate) fn open(
        settings: Settings,
        medium: Box<dyn Medium>,
        durability: Durability,
        progress: Option<Progress>,
    ) -> Result<Arc<Self>> {
        let repairing = progress.clone().map(|progress| -> Arc<Repairing> {
            // Shown as parts of a thousand.
            Arc::new(move |part| progress.tell(Step::Repairing, (part * 1000.0) as u64, 1000))
        });
        let now = settings.clock.now();
        let new = Head {
            epoch: random_epoch(),
            revision: 0,
            last_id: 0,
            compacted: 0,
            created_at: now,
        };
        let read = || {
            let file = Arc::new(BoardFile::open(medium, new, repairing)?);
            let parts = file.look(|snapshot| read(snapshot, now, progress.as_ref()))?;
            Ok((file, parts))
        };
        let read = read();
        if let Some(progress) = &progress {
            progress.end();
        }
        let (file, mut parts) = read?;
        parts.index.shelf = Shelf::of(Arc::clone(&file));
        let store = Self::with(settings, parts, Some(Durable::new(file, durability)));
        let is_behind = store.index.read().unsearched.len() > 0;
        store.worker.wake_if(is_behind);
        Ok(store)
    }
}

/// What the thread that reads hands over.
enum Portion {
    Announcements(Vec<Arc<Announcement>>),
    Changes(Vec<Entry>),
}

/// Reads a whole board. One thread reads and decodes while this one builds the indexes.
pub(crate) fn read(snapshot: &Snapshot, now: i64, progress: Option<&Progress>) -> Result<Parts> {
    let board = snapshot.board()?;
    let total = snapshot.count()?;
    let tell = |done| {
        if let Some(progress) = progress {
            progress.tell(Step::Loading, done, total);
        }
    };
    let mut index = Index::new(now);
    // More than any board has that fits in memory would be a lie of a damaged file.
    index.reserve(usize::try_from(total).unwrap_or(0).min(MOST_RESERVED));
    let mut feed = Feed::starting_at(board.compacted);
    tell(0);
    let (giver, portions) = handover();
    let source = snapshot.clone();
    let reader = std::thread::Builder::new().name("notice".to_owned());
    let reader = reader.spawn(move || -> Result<_> {
        announcements_and_changes(&source, &giver)?;
        drop(giver);
        Ok((users(&source)?, idempotency_keys(&source)?))
    });
    let reader = reader.map_err(|error| {
        let reason = Bilingual::new(
            format!("cannot start a thread to read the board: {error}"),
            format!("无法启动读取公告板的线程：{error}"),
        );
        Error::new(ErrorKind::Io, reason).caused_by(error)
    })?;
    let mut done = 0;
    for portion in portions {
        match portion {
            Portion::Announcements(announcements) => {
                done += announcements.len() as u64;
                announcements.into_iter().for_each(|a| index.put_stored(a));
                tell(done);
            }
            Portion::Changes(entries) => entries.into_iter().for_each(|e| feed.push(e)),
        }
    }
    let (users, keys) = match reader.join() {
        Ok(read) => read?,
        // It is caught where the file is looked at.
        Err(panic) => std::panic::resume_unwind(panic),
    };
    index.revision = board.revision;
    index.last_id = board.last_id;
    for (key, remembered) in keys {
        index.idempotency_keys.insert(&key, remembered);
    }
    Ok(Parts {
        index,
        users,
        feed,
        epoch: board.epoch,
        created_at: board.created_at,
    })
}

/// Reads announcements, then changes, and gives them away a portion at a time.
fn announcements_and_changes(snapshot: &Snapshot, giver: &Giver<Portion>) -> Result<()> {
    let mut sharing = Sharing::default();
    let mut portion = Vec::new();
    snapshot.announcements(&mut sharing, |announcement| {
        portion.push(Arc::new(announcement?));
        if portion.len() == PORTION {
            giver.give(Portion::Announcements(std::mem::take(&mut portion)));
        }
        Ok(())
    })?;
    if !portion.is_empty() {
        giver.give(Portion::Announcements(portion));
    }
    let mut portion = Vec::new();
    snapshot.changes(&mut sharing, |change| {
        let ((revision, _), record) = change?;
        let replacers = record.replacers.into_iter();
        portion.push(Entry {
            revision,
            at: record.at,
            id: record.id,
            kind: ChangeKind::from_code(record.kind)?,
            before: record.before,
            replacers: replacers
                .map(|(id, before)| Replacer { id, before })
                .collect(),
        });
        if portion.len() == PORTION {
            giver.give(Portion::Changes(std::mem::take(&mut portion)));
        }
        Ok(())
    })?;
    giver.give(Portion::Changes(portion));
    Ok(())
}

fn users(snapshot: &Snapshot) -> Result<Users> {
    let mut users = Users::default();
    snapshot.users(|user| {
        let (name, record) = user?;
        let watermark = Watermark {
            revision: record.read_all_revision,
            at: record.read_all_at,
        };
        let user = User {
            first_seen_at: record.first_seen_at,
            watermark,
            ..User::default()
        };
        users.insert(name, user);
        Ok(())
    })?;
    snapshot.receipts(|receipt| {
        let (name, id, record) = receipt?;
        users.insert_receipt(name, id, record.receipt, record.is_unread);
        Ok(())
    })?;
    Ok(users)
}

/// The idempotency keys, oldest first.
fn idempotency_keys(snapshot: &Snapshot) -> Result<Vec<(String, Remembered)>> {
    let mut keys = Vec::new();
    snapshot.idempotency_keys(|key| {
        let (key, record) = key?;
        let published = Published {
            id: record.id,
            version: record.version,
            revision: record.revision,
            outcome: Outcome::from_code(record.outcome)?,
            duplicate: false,
        };
        let remembered = Remembered {
            fingerprint: record.fingerprint,
            published,
            at: record.at,
        };
        keys.push((key.to_owned(), remembered));
        Ok(())
    })?;
    keys.sort_by_key(|(_, remembered)| (remembered.at, remembered.published.revision));
    Ok(keys)
}
