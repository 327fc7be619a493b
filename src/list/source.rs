//! Bringing a board to what a list has.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::listed::{Listed, Name};
use super::present::{Present, Standing};
use super::reading::{List, PassedOver};
use crate::board::Board;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::{Draft, Importance, Lifecycle, Operation, Outcome, Published, Reference};
use crate::model::{check_bytes, limits};

/// Where lists come from, one after the other. It remembers which versions the last one had, so that a correction of a
/// word is no news to those who have read the announcement, if the list says so.
#[derive(Debug, Clone)]
pub struct Source {
    /// None if everything on the board is from here.
    name: Option<String>,
    /// The versions that the last list had.
    seen: HashMap<Name, u32>,
}

/// What a list has changed on a board.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Synced {
    /// How many announcements are new.
    pub published: usize,
    /// How many were changed.
    pub updated: usize,
    /// How many were there already, and are the same.
    pub unchanged: usize,
    /// How many are gone from the list, and were purged.
    pub purged: usize,
    /// How many of the list were passed over.
    pub passed_over: usize,
    /// Why, for the first 100 of them.
    pub reasons: Vec<PassedOver>,
    /// The revision of the board then.
    pub revision: i64,
}

/// An announcement that is ready to be published.
struct Ready {
    item: Listed,
    /// What it replaces, in the ids of the list, if one of that gets its id here in the same moment.
    unrelated: Option<Vec<Reference>>,
}

impl Source {
    /// Creates a source of announcements for a board that has others, too. Its name, of at most 128 bytes, becomes the
    /// `source` of each announcement, and what is gone from the list is only looked for among those.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            seen: HashMap::new(),
        }
    }

    /// Creates the source of all announcements of a board, which keep their own `source`. What is not in the list is purged,
    /// whoever published it.
    pub fn of_board() -> Self {
        Self {
            name: None,
            seen: HashMap::new(),
        }
    }

    /// Brings the announcements of this source on a board to what a list has: as one revision, all of it or nothing. It
    /// takes two revisions if more than 10 000 announcements change, or if one replaces a new one of another channel.
    ///
    /// Of an announcement that cannot be read any more, the last version stays. One that the board refuses is passed over,
    /// and so is one whose key an announcement of another source has, or one that was retracted here. What has ended and
    /// was never here is not published.
    ///
    /// # Errors
    /// `invalid_field` and `too_large` for the name of the source; those of the board.
    pub fn sync(&mut self, board: &dyn Board, mut list: List) -> Result<Synced> {
        if let Some(name) = &self.name {
            check_source(name)?;
        }
        let present = Present::of(board)?;
        let items = std::mem::take(&mut list.items);
        let seen = items.iter().filter_map(|item| {
            let (version, _) = item.versions?;
            Some((item.name(), version))
        });
        let seen: HashMap<Name, u32> = seen.collect();
        let listed = items.iter().map(Listed::name);
        let listed: HashSet<Name> = listed.chain(std::mem::take(&mut list.unreadable)).collect();
        let gone = self.gone(&present, &listed);
        let names = items
            .iter()
            .filter_map(|item| Some((item.id?, item.name())));
        let names: HashMap<i64, Name> = names.collect();
        let mut ready = self.ready(&present, items, &names, &mut list);
        let results = write(board, &mut ready, &gone, &mut list)?;
        complete(board, ready, &results, &names)?;
        self.seen = seen;
        Ok(Synced::of(&results, gone.len(), list, board.revision()?))
    }

    /// Returns the ids of what is from this source, and not in the list any more.
    fn gone(&self, present: &Present, listed: &HashSet<Name>) -> Vec<i64> {
        let named = present.named.iter();
        let gone = named
            .filter(|(name, _)| !listed.contains(*name))
            .map(|(_, standing)| standing)
            .chain(&present.nameless);
        let mut gone: Vec<i64> = gone
            .filter(|standing| self.is_of(standing))
            .map(|standing| standing.id)
            .collect();
        gone.sort_unstable();
        gone
    }

    fn is_of(&self, standing: &Standing) -> bool {
        self.name
            .as_ref()
            .is_none_or(|name| *name == standing.source)
    }

    /// Prepares what is to be published.
    fn ready(
        &self,
        present: &Present,
        items: Vec<Listed>,
        names: &HashMap<i64, Name>,
        list: &mut List,
    ) -> Vec<Ready> {
        let id_of = |name: &Name| Some(present.named.get(name)?.id);
        let mut ready = Vec::with_capacity(items.len());
        for mut item in items {
            let name = item.name();
            let standing = present.named.get(&name);
            if let Some(standing) = standing
                && let Err(error) = self.check_standing(standing, &item.draft)
            {
                list.pass_over(item.index, error);
                continue;
            }
            let has_ended = item.draft.ends_at.is_some_and(|end| end <= present.now);
            if standing.is_none() && has_ended {
                continue;
            }
            self.prepare(&mut item, standing, present.now);
            let of_list = item.draft.replaces.clone();
            let is_complete = relate(&mut item.draft, names, id_of);
            let unrelated = (!is_complete).then_some(of_list);
            ready.push(Ready { item, unrelated });
        }
        ready
    }

    /// Refuses to change an announcement that is not this source's to change.
    fn check_standing(&self, standing: &Standing, draft: &Draft) -> Result<()> {
        let (kind, reason) = if !self.is_of(standing) {
            let (en, zh) = (
                format!(
                    "the board has this key from another source, {:?}",
                    standing.source
                ),
                format!("公告板上此 key 属于另一个来源“{}”", standing.source),
            );
            (ErrorKind::Exists, Bilingual::new(en, zh))
        } else if standing.state == Lifecycle::Retracted {
            let (en, zh) = (
                "was retracted on this board; restore or purge it there to see it again",
                "已在本公告板上撤回；要重新显示，请在该公告板上恢复或彻底清除",
            );
            (ErrorKind::BadState, Bilingual::new(en, zh))
        } else {
            return Ok(());
        };
        Err(Error::invalid("key", &draft.key, reason).of_kind(kind))
    }

    /// Makes an announcement fit for this board.
    fn prepare(&self, item: &mut Listed, standing: Option<&Standing>, now: i64) {
        let name = item.name();
        let draft = &mut item.draft;
        if let Some(source) = &self.name {
            draft.source.clone_from(source);
        }
        // The clock of this machine may be behind.
        let past = |date: Option<i64>| date.filter(|date| *date <= now && standing.is_none());
        draft.created_at = past(draft.created_at);
        draft.published_at = past(draft.published_at);
        if let Some((_, news)) = item.versions
            && let Some(seen) = self.seen.get(&name)
            && draft.change.is_none()
        {
            draft.change = Some(match news > *seen {
                true => Importance::Major,
                false => Importance::Minor,
            });
        }
    }
}

impl Synced {
    fn of(results: &[Published], purged: usize, list: List, revision: i64) -> Self {
        let count = |outcome| {
            let same = results.iter().filter(|result| result.outcome == outcome);
            same.count()
        };
        Self {
            published: count(Outcome::Created),
            updated: count(Outcome::Updated),
            unchanged: count(Outcome::Unchanged),
            purged,
            passed_over: list.passed_over(),
            reasons: list.reasons().to_vec(),
            revision,
        }
    }
}

/// Names what an announcement replaces as this board does, where `id_of` tells ids. Returns false if it does not know one.
///
/// An id is the one of the board that the list comes from. What the list does not have is dropped: it is hidden from its
/// readers.
fn relate(
    draft: &mut Draft,
    names: &HashMap<i64, Name>,
    id_of: impl Fn(&Name) -> Option<i64>,
) -> bool {
    let own = Name::new(&draft.channel, "").channel;
    let mut is_complete = true;
    let replaces = std::mem::take(&mut draft.replaces);
    let related = replaces.into_iter().filter_map(|reference| {
        let Reference::Id(id) = reference else {
            return Some(reference);
        };
        let name = names.get(&id)?;
        if name.channel == own {
            return Some(Reference::Key(name.key.clone()));
        }
        let id = id_of(name);
        is_complete &= id.is_some();
        Some(Reference::Id(id?))
    });
    draft.replaces = related.collect();
    is_complete
}

/// Publishes what is ready and purges what is gone, without what the board refuses.
fn write(
    board: &dyn Board,
    ready: &mut Vec<Ready>,
    gone: &[i64],
    list: &mut List,
) -> Result<Vec<Published>> {
    match try_write(board, ready, gone) {
        // One announcement is refused, and perhaps others.
        Err(error) if error.path().is_some_and(|path| path.starts_with('[')) => {
            leave_out(board, ready, list)?;
            try_write(board, ready, gone)
        }
        written => written,
    }
}

fn try_write(board: &dyn Board, ready: &[Ready], gone: &[i64]) -> Result<Vec<Published>> {
    let drafts = ready.iter().map(|ready| ready.item.draft.clone());
    let mut operations: Vec<Operation> = drafts
        .map(|draft| Operation::Publish(Arc::new(draft)))
        .collect();
    operations.extend(gone.iter().map(|id| Operation::Purge { id: *id }));
    let mut results = Vec::with_capacity(operations.len());
    // In most cases one.
    for batch in operations.chunks(limits::BATCH) {
        results.extend(board.apply(batch)?);
    }
    results.truncate(ready.len());
    Ok(results)
}

/// Passes over what the board refuses.
fn leave_out(board: &dyn Board, ready: &mut Vec<Ready>, list: &mut List) -> Result<()> {
    loop {
        let drafts: Vec<Draft> = ready.iter().map(|one| one.item.draft.clone()).collect();
        let faults = board.check(&drafts)?.faults;
        if faults.is_empty() {
            return Ok(());
        }
        let mut refused = HashMap::new();
        for fault in faults {
            refused.entry(fault.draft).or_insert(fault.error);
        }
        let mut place = 0;
        ready.retain(|one| {
            let error = refused.remove(&place);
            place += 1;
            match error {
                Some(error) => {
                    list.pass_over(one.item.index, error);
                    false
                }
                None => true,
            }
        });
    }
}

/// Adds to announcements what they replace, where that got its id with them. It is no news.
fn complete(
    board: &dyn Board,
    ready: Vec<Ready>,
    results: &[Published],
    names: &HashMap<i64, Name>,
) -> Result<()> {
    if ready.iter().all(|one| one.unrelated.is_none()) {
        return Ok(());
    }
    let published = ready.iter().zip(results);
    let ids: HashMap<Name, i64> = published
        .map(|(one, result)| (one.item.name(), result.id))
        .collect();
    let unrelated = ready.into_iter().filter_map(|one| {
        let mut draft = one.item.draft;
        draft.replaces = one.unrelated?;
        relate(&mut draft, names, |name| ids.get(name).copied());
        draft.change = Some(Importance::Minor);
        // Those of a new announcement are given now.
        (draft.created_at, draft.published_at) = (None, None);
        Some(draft)
    });
    board.publish_all(&unrelated.collect::<Vec<_>>())?;
    Ok(())
}

/// Checks the name of a source.
fn check_source(name: &str) -> Result<()> {
    if name.is_empty() {
        let reason = Bilingual::new(
            "must not be empty: it tells this list's announcements from all others",
            "不能为空：来源用于区分此列表的公告与其他公告",
        );
        return Err(Error::invalid("source", name, reason));
    }
    check_bytes("source", name, limits::SOURCE_BYTES)
}
