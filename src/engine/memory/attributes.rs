//! Index by the fields of a filter: one bitmap of slots for each value.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use roaring::RoaringBitmap;

use crate::engine::memory::filling::{Slots, bitmap};
use crate::engine::memory::timeline::Slot;
use crate::model::{Announcement, Severity};
use crate::query::Filter;

/// Values come from operators, so a fast hasher with a random seed resists collisions well enough.
type ByValue<T> = HashMap<Box<str>, T, RandomState>;

/// Slots of a board by value, in bitmaps unless the index is being filled.
#[derive(Debug, Default)]
pub(crate) struct Attributes<S = RoaringBitmap> {
    channels: ByValue<S>,
    categories: ByValue<S>,
    tags: ByValue<S>,
    authors: ByValue<S>,
    severities: [S; Severity::ALL.len()],
    pinned: S,
    /// External ids are mostly unique, so a list is smaller than a bitmap.
    external_ids: ByValue<Vec<Slot>>,
}

impl<S: Slots> Attributes<S> {
    pub(crate) fn insert(&mut self, slot: Slot, announcement: &Announcement) {
        add(&mut self.channels, announcement.channel(), slot);
        add(&mut self.categories, announcement.category(), slot);
        add(&mut self.authors, announcement.author(), slot);
        for tag in announcement.tags() {
            add(&mut self.tags, tag, slot);
        }
        if let Some(slots) = self.severities.get_mut(announcement.severity() as usize) {
            slots.add(slot);
        }
        if announcement.pinned() {
            self.pinned.add(slot);
        }
        add(&mut self.external_ids, announcement.external_id(), slot);
    }
}

impl Attributes<Vec<Slot>> {
    /// Makes bitmaps of what was gathered.
    pub(crate) fn into_bitmaps(self) -> Attributes {
        let bitmaps = |by_value: ByValue<Vec<Slot>>| -> ByValue<RoaringBitmap> {
            let bitmaps = by_value.into_iter();
            bitmaps
                .map(|(value, slots)| (value, bitmap(slots)))
                .collect()
        };
        Attributes {
            channels: bitmaps(self.channels),
            categories: bitmaps(self.categories),
            tags: bitmaps(self.tags),
            authors: bitmaps(self.authors),
            severities: self.severities.map(bitmap),
            pinned: bitmap(self.pinned),
            external_ids: self.external_ids,
        }
    }
}

impl Attributes {
    /// Reports whether both indexes have the same slots under the same values.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let sorted = |ids: &ByValue<Vec<Slot>>| -> ByValue<Vec<Slot>> {
            let sorted = ids.iter().map(|(id, slots)| {
                let mut slots = slots.clone();
                slots.sort_unstable();
                (id.clone(), slots)
            });
            sorted.collect()
        };
        self.channels == other.channels
            && self.categories == other.categories
            && self.tags == other.tags
            && self.authors == other.authors
            && self.severities == other.severities
            && self.pinned == other.pinned
            && sorted(&self.external_ids) == sorted(&other.external_ids)
    }

    pub(crate) fn remove(&mut self, slot: Slot, announcement: &Announcement) {
        take(&mut self.channels, announcement.channel(), slot);
        take(&mut self.categories, announcement.category(), slot);
        take(&mut self.authors, announcement.author(), slot);
        for tag in announcement.tags() {
            take(&mut self.tags, tag, slot);
        }
        if let Some(bitmap) = self.severities.get_mut(announcement.severity() as usize) {
            bitmap.remove(slot);
        }
        self.pinned.remove(slot);
        if let Some(slots) = self.external_ids.get_mut(announcement.external_id()) {
            slots.retain(|other| *other != slot);
            if slots.is_empty() {
                self.external_ids.remove(announcement.external_id());
            }
        }
    }

    /// Returns the names of all channels.
    pub(crate) fn channels(&self) -> impl Iterator<Item = &str> {
        self.channels.keys().map(AsRef::as_ref)
    }

    /// Returns the slots that meet the indexed conditions of `filter`; None if it has no such
    /// condition. `tags_none` is not among them; see [`excluded`](Self::excluded).
    pub(crate) fn candidates(&self, filter: &Filter) -> Option<RoaringBitmap> {
        let mut result: Option<RoaringBitmap> = None;
        let mut and = |bitmap: RoaringBitmap| match &mut result {
            Some(result) => *result &= bitmap,
            None => result = Some(bitmap),
        };
        for (bitmaps, values) in [
            (&self.channels, &filter.channels),
            (&self.categories, &filter.categories),
            (&self.tags, &filter.tags_any),
        ] {
            if !values.is_empty() {
                and(any_of(bitmaps, values));
            }
        }
        for tag in &filter.tags_all {
            and(any_of(&self.tags, std::slice::from_ref(tag)));
        }
        if let Some(author) = &filter.author {
            and(any_of(&self.authors, std::slice::from_ref(author)));
        }
        if let Some(external_id) = &filter.external_id {
            and(self
                .external_ids
                .get(external_id.as_str())
                .into_iter()
                .flatten()
                .collect());
        }
        if let Some(least) = filter.severity_at_least.filter(|s| *s != Severity::None) {
            let mut at_least = RoaringBitmap::new();
            for bitmap in self.severities.iter().skip(least as usize) {
                at_least |= bitmap;
            }
            and(at_least);
        }
        match filter.pinned {
            Some(true) => and(self.pinned.clone()),
            Some(false) => {
                let mut all = RoaringBitmap::new();
                for bitmap in &self.severities {
                    all |= bitmap;
                }
                and(all - &self.pinned);
            }
            None => {}
        }
        result
    }

    /// Returns the slots with a tag in `filter.tags_none`.
    pub(crate) fn excluded(&self, filter: &Filter) -> RoaringBitmap {
        any_of(&self.tags, &filter.tags_none)
    }
}

/// Adds `slot` to the slots of `value`. An empty value has none.
fn add<S: Slots>(by_value: &mut ByValue<S>, value: &str, slot: Slot) {
    if value.is_empty() {
        return;
    }
    match by_value.get_mut(value) {
        Some(slots) => slots.add(slot),
        None => by_value.entry(value.into()).or_default().add(slot),
    }
}

/// Removes `slot` from the bitmap of `value`, and the bitmap with its last slot.
fn take(bitmaps: &mut ByValue<RoaringBitmap>, value: &str, slot: Slot) {
    if let Some(bitmap) = bitmaps.get_mut(value) {
        bitmap.remove(slot);
        if bitmap.is_empty() {
            bitmaps.remove(value);
        }
    }
}

fn any_of(bitmaps: &ByValue<RoaringBitmap>, values: &[String]) -> RoaringBitmap {
    let mut result = RoaringBitmap::new();
    for bitmap in values
        .iter()
        .filter_map(|value| bitmaps.get(value.as_str()))
    {
        result |= bitmap;
    }
    result
}
