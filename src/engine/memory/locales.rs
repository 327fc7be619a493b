//! Index by the locales of the texts. Many announcements share few lists of locales, so a query
//! chooses a text once for each distinct list.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::engine::memory::timeline::Slot;
use crate::model::{Announcement, Locale, choose_locale};

/// All lists of locales on a board.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Locales {
    /// Slots of each list and default.
    slots: HashMap<Arc<[Locale]>, BTreeMap<usize, RoaringBitmap>>,
}

impl Locales {
    /// Returns the board's shared copy of a list.
    pub(crate) fn shared(&self, locales: &[Locale]) -> Arc<[Locale]> {
        match self.slots.get_key_value(locales) {
            Some((shared, _)) => Arc::clone(shared),
            None => locales.into(),
        }
    }

    pub(crate) fn insert(&mut self, slot: Slot, announcement: &Announcement) {
        let list = Arc::clone(announcement.locales_shared());
        let by_default = self.slots.entry(list).or_default();
        let default = announcement.default_index();
        by_default.entry(default).or_default().insert(slot);
    }

    /// Adds the slots of a list of locales and a default.
    pub(crate) fn fill(&mut self, list: Arc<[Locale]>, default: usize, slots: RoaringBitmap) {
        *self
            .slots
            .entry(list)
            .or_default()
            .entry(default)
            .or_default() |= slots;
    }

    pub(crate) fn remove(&mut self, slot: Slot, announcement: &Announcement) {
        let Some(by_default) = self.slots.get_mut(announcement.locales()) else {
            return;
        };
        if let Some(slots) = by_default.get_mut(&announcement.default_index()) {
            slots.remove(slot);
            if slots.is_empty() {
                by_default.remove(&announcement.default_index());
            }
        }
        if by_default.is_empty() {
            self.slots.remove(announcement.locales());
        }
    }

    /// Returns the text chosen for a reader of the locales `wanted`, with the slots that it is
    /// chosen for.
    pub(crate) fn chosen(&self, wanted: &[Locale]) -> Vec<(usize, &RoaringBitmap)> {
        let lists = self.slots.iter().flat_map(|(list, by_default)| {
            by_default
                .iter()
                .map(move |(default, slots)| (list, *default, slots))
        });
        lists
            .map(|(list, default, slots)| (choose_locale(wanted, list, default).index, slots))
            .collect()
    }
}
