//! Index by the fields of a filter: one bitmap of slots for each value.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use crate::engine::memory::timeline::Slot;
use crate::model::{Announcement, Severity};
use crate::query::Filter;

type Bitmaps = HashMap<Box<str>, RoaringBitmap>;

/// The bitmaps of a board.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    channels: Bitmaps,
    categories: Bitmaps,
    tags: Bitmaps,
    authors: Bitmaps,
    severities: [RoaringBitmap; Severity::ALL.len()],
    pinned: RoaringBitmap,
    /// External ids are mostly unique, so a list is smaller than a bitmap.
    external_ids: HashMap<Box<str>, Vec<Slot>>,
}

impl Attributes {
    /// Reports whether both indexes have the same slots under the same values.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let sorted = |ids: &HashMap<Box<str>, Vec<Slot>>| -> HashMap<Box<str>, Vec<Slot>> {
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

    pub(crate) fn insert(&mut self, slot: Slot, announcement: &Announcement) {
        add(&mut self.channels, announcement.channel(), slot);
        add(&mut self.categories, announcement.category(), slot);
        add(&mut self.authors, announcement.author(), slot);
        for tag in announcement.tags() {
            add(&mut self.tags, tag, slot);
        }
        if let Some(bitmap) = self.severities.get_mut(announcement.severity() as usize) {
            bitmap.insert(slot);
        }
        if announcement.pinned() {
            self.pinned.insert(slot);
        }
        if !announcement.external_id().is_empty() {
            self.external_ids
                .entry(announcement.external_id().into())
                .or_default()
                .push(slot);
        }
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

/// Adds `slot` to the bitmap of `value`. An empty value has no bitmap.
fn add(bitmaps: &mut Bitmaps, value: &str, slot: Slot) {
    if value.is_empty() {
        return;
    }
    match bitmaps.get_mut(value) {
        Some(bitmap) => {
            bitmap.insert(slot);
        }
        None => {
            bitmaps.insert(value.into(), RoaringBitmap::from_iter([slot]));
        }
    }
}

/// Removes `slot` from the bitmap of `value`, and the bitmap with its last slot.
fn take(bitmaps: &mut Bitmaps, value: &str, slot: Slot) {
    if let Some(bitmap) = bitmaps.get_mut(value) {
        bitmap.remove(slot);
        if bitmap.is_empty() {
            bitmaps.remove(value);
        }
    }
}

fn any_of(bitmaps: &Bitmaps, values: &[String]) -> RoaringBitmap {
    let mut result = RoaringBitmap::new();
    for bitmap in values
        .iter()
        .filter_map(|value| bitmaps.get(value.as_str()))
    {
        result |= bitmap;
    }
    result
}
