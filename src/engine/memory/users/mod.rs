//! Viewer state: what each user has seen, read, dismissed and acknowledged.
//!
//! Users are numbered. A number that a forgotten user has left is given to another one only after it
//! is gone from everywhere.

mod edit;
mod names;
mod order;
mod readers;
#[cfg(test)]
mod tests;
mod user;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

use roaring::RoaringBitmap;

pub(crate) use self::edit::{ReadAll, UserEdit};
use self::names::Names;
use self::readers::Readers;
pub(crate) use self::readers::ReadersOf;
pub(crate) use self::user::{Reader, Standing, User};
use crate::error::{Bilingual, Error, Result};
use crate::journal::{KeptUser, OwnState, UserChange, Watermark};
use crate::model::{Announcement, Lifecycle, Viewer};

/// All users of a board.
#[derive(Debug, Default)]
pub(crate) struct Users {
    /// By number; None for a number that is free.
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    names: Names,
    /// Users whose numbers are in the order of their names: those that a file brought, and others by
    /// chance.
    ordered: RoaringBitmap,
    /// The other users.
    late: BTreeMap<Arc<str>, u32>,
    /// Number of receipts of all users.
    receipts: u64,
    /// Bytes of names and marks.
    heap_bytes: usize,
    /// Who has done something with which announcement. Opening a board does not ask.
    readers: OnceLock<Readers>,
    /// What viewers said who marked everything as read; most say the same as many others.
    viewers: HashSet<Arc<Viewer>>,
    /// Number of viewers at which those are dropped that nobody has any more.
    viewers_kept: usize,
    /// The latest instant of a watermark ever; None before there was any.
    marked_at: Option<i64>,
}

/// Bytes of what a viewer said: an estimate.
const VIEWER: usize = 512;
/// Viewers up to which it is not worth a search for those that nobody has any more.
const FEW_VIEWERS: usize = 64;

#[derive(Debug)]
struct Entry {
    name: Arc<str>,
    user: User,
}

impl Entry {
    fn heap_bytes(&self) -> usize {
        let watermark = self.user.watermark().map_or(0, |_| size_of::<Watermark>());
        self.name.len() + self.user.marks.heap_bytes() + watermark
    }
}

/// Refuses a name that is empty, too long or contains a NUL.
pub(crate) fn check_user(user: &str) -> Result<()> {
    if user.is_empty() {
        let reason = Bilingual::new(
            "must not be empty: no state is kept for anonymous viewers",
            "不能为空：系统不保存匿名读者的状态",
        );
        return Err(Error::invalid("user", user, reason));
    }
    crate::model::check_bytes("user", user, crate::model::limits::USER_BYTES)
}

impl Users {
    /// Returns the user with that name.
    pub(crate) fn get(&self, name: &str) -> Option<&User> {
        self.entry(self.number(name)?).map(|entry| &entry.user)
    }

    /// Begins a change of a user, who is new at `now` if there is no such user.
    pub(crate) fn edit(&self, name: &str, now: i64) -> UserEdit<'_> {
        let entry = self.number(name).and_then(|number| self.entry(number));
        match entry {
            Some(entry) => UserEdit::of(&entry.name, &entry.user),
            None => UserEdit::new(name, now),
        }
    }

    /// Returns the number of users.
    pub(crate) fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    /// Returns the number of receipts of all users.
    pub(crate) fn receipts(&self) -> u64 {
        self.receipts
    }

    /// Estimates the bytes in memory, at once, because every write asks.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Option<Entry>>()
            + self.free.capacity() * size_of::<u32>()
            + self.names.heap_bytes()
            + self.entries.len() / 8
            + self.late.len() * size_of::<(Arc<str>, u32)>()
            + self.heap_bytes
            + self.viewers.len() * VIEWER
            + self.readers.get().map_or(0, Readers::heap_bytes)
    }

    /// Returns all state as changes to a board without any state, by name.
    pub(crate) fn as_changes(&self) -> impl Iterator<Item = UserChange> {
        self.entries_after("").map(|entry| UserChange {
            name: Arc::clone(&entry.name),
            own: Some(entry.user.own.clone()),
            kept: entry.user.marks.iter().collect(),
        })
    }

    /// Adds a user that a storage has kept, before anybody asks anything.
    pub(crate) fn load(&mut self, kept: KeptUser) {
        let user = User {
            own: self.shared(kept.own),
            marks: kept.marks,
        };
        // It would not know this one.
        self.readers.take();
        let number = self.number_or_new(&kept.name);
        if let Some(entry) = self.entry_mut(number) {
            let bytes = entry.heap_bytes();
            let former = std::mem::replace(&mut entry.user, user);
            let (now, receipts) = (entry.heap_bytes(), entry.user.marks.receipts());
            self.heap_bytes += now;
            self.heap_bytes -= bytes;
            self.receipts += receipts;
            self.receipts -= former.marks.receipts();
        }
    }

    /// Applies a change that was worked out before.
    pub(crate) fn apply(&mut self, change: &UserChange) {
        let number = self.number_or_new(&change.name);
        let own = change.own.clone().map(|own| self.shared(own));
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let Some(Some(entry)) = self.entries.get_mut(place) else {
            return;
        };
        let mut readers = self.readers.get_mut();
        self.heap_bytes -= entry.heap_bytes();
        let user = &mut entry.user;
        if let Some(own) = own {
            if let Some(readers) = readers.as_mut().filter(|_| user.own != own) {
                readers.remove_watermark(number, user.watermark());
                readers.insert_watermark(number, own.watermark.as_deref());
            }
            user.own = own;
        }
        for (id, kept) in change.kept.iter() {
            let former = user.marks.set(id, kept);
            self.receipts += u64::from(!kept.receipt.is_empty());
            self.receipts -= u64::from(!former.receipt.is_empty());
            if let Some(readers) = &mut readers {
                readers.change(number, id, kept);
            }
        }
        self.heap_bytes += entry.heap_bytes();
    }

    /// Returns the state with the board's shared copy of what its viewer said.
    fn shared(&mut self, mut own: OwnState) -> OwnState {
        let Some(watermark) = &mut own.watermark else {
            return own;
        };
        self.marked_at = self.marked_at.max(Some(watermark.at));
        if let Some(viewer) = &mut watermark.viewer {
            match self.viewers.get(viewer) {
                Some(shared) => *viewer = Arc::clone(shared),
                None => {
                    if self.viewers.len() >= self.viewers_kept.max(FEW_VIEWERS) {
                        self.viewers.retain(|viewer| Arc::strong_count(viewer) > 1);
                        self.viewers_kept = 2 * self.viewers.len();
                    }
                    self.viewers.insert(Arc::clone(viewer));
                }
            }
        }
        own
    }

    /// Erases all state of a user.
    pub(crate) fn forget(&mut self, name: &str) {
        let Some(number) = self.number(name) else {
            return;
        };
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let Some(entry) = self.entries.get_mut(place).and_then(Option::take) else {
            return;
        };
        if let Some(readers) = self.readers.get_mut() {
            readers.remove_user(number, &entry.user);
        }
        self.heap_bytes -= entry.heap_bytes();
        self.receipts -= entry.user.marks.receipts();
        self.names.remove(name, number);
        if !self.ordered.remove(number) {
            self.late.remove(name);
        }
        self.free.push(number);
    }

    /// Follows a change of an announcement.
    pub(crate) fn renew(&mut self, announcement: &Announcement) {
        if let Some(readers) = self.readers.get_mut() {
            readers.renew(announcement);
        }
    }

    /// Returns who has read and acknowledged an announcement.
    pub(crate) fn readers_of(&self, announcement: &Announcement) -> ReadersOf {
        self.readers().of(announcement, |number| self.named(number))
    }

    /// Reports whether the user `name` is among these numbers.
    pub(crate) fn is_among(&self, numbers: &RoaringBitmap, name: &str) -> bool {
        self.number(name)
            .is_some_and(|number| numbers.contains(number))
    }

    /// Reports whether a silent edit may change which watermarks cover an announcement.
    fn may_matter(&self, before: &Announcement, after: &Announcement) -> bool {
        let Some(marked_at) = self.marked_at else {
            return false;
        };
        let is_over = |end: Option<i64>| end.is_some_and(|end| end <= marked_at);
        let is_retracted =
            |announcement: &Announcement| announcement.state() == Lifecycle::Retracted;
        before.starts_at() != after.starts_at()
            || before.audience() != after.audience()
            || before.seed() != after.seed()
            || before.ends_at() != after.ends_at()
                && (is_over(before.ends_at()) || is_over(after.ends_at()))
            || is_retracted(before) && is_retracted(after)
    }

    /// Returns the effect of a commit on users. It keeps read state stable when a silent edit changes
    /// start, end or audience, which watermarks depend on. It erases the state for an announcement that is
    /// purged.
    pub(crate) fn affected(
        &self,
        moved: &[(Arc<Announcement>, Arc<Announcement>)],
        purged: &[i64],
    ) -> Vec<UserChange> {
        let moved: Vec<_> = moved
            .iter()
            .filter(|(before, after)| self.may_matter(before, after))
            .collect();
        if moved.is_empty() && purged.is_empty() {
            return Vec::new();
        }
        let readers = self.readers();
        let mut purges: Vec<(u32, i64)> = Vec::new();
        for id in purged {
            purges.extend(readers.touched_by(*id).iter().map(|number| (number, *id)));
        }
        purges.sort_unstable();
        let mut numbers: RoaringBitmap = purges.iter().map(|(number, _)| *number).collect();
        let mut changed = Vec::new();
        for (before, after) in moved {
            let covering = |announcement| readers.covering(announcement, |n| self.named(n));
            let (was, is) = (covering(before), covering(after));
            // Of all others the watermark covers both or neither.
            numbers |= &was ^ &is;
            changed.push((before, was, is));
        }
        let mut purges = purges.into_iter().peekable();
        let mut changes = Vec::new();
        for number in &numbers {
            let Some(entry) = self.entry(number) else {
                continue;
            };
            let mut edit = UserEdit::of(&entry.name, &entry.user);
            for (before, was, is) in &changed {
                edit.moved(before, was.contains(number), is.contains(number));
            }
            while let Some((_, id)) = purges.next_if(|(other, _)| *other == number) {
                edit.erase(id);
            }
            if !edit.is_nothing() {
                changes.push(edit.finish());
            }
        }
        changes
    }

    /// Reports whether the numbers and indexes are wrong.
    pub(crate) fn is_wrong(&self) -> bool {
        let live = || self.live();
        let is_named = live().all(|(number, entry)| self.number(&entry.name) == Some(number));
        let late = self.late.values().copied();
        let all: RoaringBitmap = self.ordered.iter().chain(late).collect();
        let is_complete = all.iter().eq(live().map(|(number, _)| number))
            && all.len() == self.ordered.len() + self.late.len() as u64;
        let is_sorted = self.entries_after("").map(|entry| &entry.name).is_sorted();
        let receipts: usize = live().map(|(_, entry)| entry.user.receipts().count()).sum();
        let heap_bytes: usize = live().map(|(_, entry)| entry.heap_bytes()).sum();
        let is_counted = (receipts as u64, heap_bytes) == (self.receipts, self.heap_bytes);
        let is_indexed = self
            .readers
            .get()
            .is_none_or(|readers| readers.is_same(&self.built()));
        !(is_named && is_complete && is_sorted && is_counted && is_indexed)
    }

    fn readers(&self) -> &Readers {
        self.readers.get_or_init(|| self.built())
    }

    fn built(&self) -> Readers {
        Readers::new(self.live().map(|(number, entry)| (number, &entry.user)))
    }

    fn live(&self) -> impl Iterator<Item = (u32, &Entry)> {
        let entries = (0..).zip(&self.entries);
        entries.filter_map(|(number, entry)| Some((number, entry.as_ref()?)))
    }

    fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(usize::try_from(number).ok()?)?.as_ref()
    }

    fn entry_mut(&mut self, number: u32) -> Option<&mut Entry> {
        let place = usize::try_from(number).ok()?;
        self.entries.get_mut(place)?.as_mut()
    }

    fn named(&self, number: u32) -> Option<(&str, &User)> {
        self.entry(number).map(|entry| (&*entry.name, &entry.user))
    }

    fn number(&self, name: &str) -> Option<u32> {
        let is_it = |number| self.entry(number).is_some_and(|entry| *entry.name == *name);
        self.names.get(name, is_it)
    }

    fn number_or_new(&mut self, name: &Arc<str>) -> u32 {
        if let Some(number) = self.number(name) {
            return number;
        }
        let entry = Entry {
            name: Arc::clone(name),
            user: User::default(),
        };
        self.heap_bytes += entry.heap_bytes();
        let is_last = |last: u32| self.entry(last).is_some_and(|last| *last.name < **name);
        let is_in_order = self.free.is_empty() && self.ordered.max().is_none_or(is_last);
        let number = match self.free.pop() {
            Some(number) => {
                let place = usize::try_from(number).unwrap_or(usize::MAX);
                if let Some(free) = self.entries.get_mut(place) {
                    *free = Some(entry);
                }
                number
            }
            None => {
                // Memory ends long before the numbers do.
                let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
                self.entries.push(Some(entry));
                number
            }
        };
        match is_in_order {
            true => drop(self.ordered.insert(number)),
            false => drop(self.late.insert(Arc::clone(name), number)),
        }
        self.names.insert(name, number);
        if let Some(readers) = self.readers.get_mut() {
            readers.insert_watermark(number, None);
        }
        number
    }
}
