//! Search: which candidates match the search text.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::Selection;
use crate::engine::memory::audiences::Group;
use crate::engine::memory::match_cache::Answer;
use crate::engine::memory::timeline::Slot;
use crate::model::Announcement;
use crate::search::{Planes, SearchQuery, matches};

/// Number of candidates up to which each query verifies only those it needs. Above it, all
/// candidates are verified once and the result is cached.
const VERIFIED_AT_ONCE: u64 = 256;

/// Cost of looking at a text, as a multiple of the index's cost per match. An estimate of the order
/// of magnitude: a wrong choice costs time only.
const LOOK: u64 = 130;
/// The same cost if the text must be normalised first.
const LOOK_NORMALISED: u64 = 1000;

impl<'a> Selection<'a> {
    /// Narrows the candidates to the matches of the search text.
    pub(crate) fn narrow_by_search(&mut self) {
        let Some(search) = self.search else {
            return;
        };
        let one_in = match self.counted {
            true => None,
            false => self.walk_is_cheaper(search),
        };
        if one_in.is_some() {
            self.words_one_in = one_in;
            self.verify = true;
        } else {
            self.narrow_by_index();
        }
    }

    /// Narrows the candidates to those that the index returns for the search text.
    pub(crate) fn narrow_by_index(&mut self) {
        let Some(search) = self.search else {
            return;
        };
        let planes = self.planes();
        let mut found = self.index.search().find(search, &planes);
        if let Some(slots) = &mut found.slots {
            // The index has a different text for these, or none.
            let unsearched = self.index.unsearched.slots();
            *slots -= unsearched;
            if found.exact {
                let is_found = |slot: &Slot| self.slot_has_the_words(search, *slot);
                slots.extend(unsearched.iter().filter(is_found));
            } else {
                *slots |= unsearched;
            }
        }
        let is_looked_for = !found.exact && self.counted;
        let slots = match found.slots {
            Some(slots) if is_looked_for && slots.len() > VERIFIED_AT_ONCE => {
                self.verify = false;
                Some(self.with_the_words(search, slots))
            }
            slots => {
                self.verify = !found.exact;
                slots
            }
        };
        if let Some(slots) = slots {
            match &mut self.candidates {
                Some(candidates) => *candidates &= slots,
                None => self.candidates = Some(slots),
            }
        }
    }

    /// Returns the expected frequency of the terms, one in this many, if they are so common that
    /// checking during a walk is cheaper than asking the index.
    fn walk_is_cheaper(&self, search: &SearchQuery) -> Option<u64> {
        let is_walked = self.is_walked() && self.candidates.is_none();
        let active = || self.visible.iter().map(Group::active_len);
        let active: u64 = if is_walked { active().sum() } else { 0 };
        let planes = self.planes();
        let have_them = self.index.search().at_most(search, &planes).min(active);
        if have_them == 0 {
            return None;
        }
        let one_in = active.div_ceil(have_them);
        let look = if search.is_ideographs() {
            LOOK
        } else {
            LOOK_NORMALISED
        };
        let walking = u64::from(self.query.limit).saturating_mul(one_in * look);
        (walking < have_them).then_some(one_in)
    }

    fn planes(&self) -> Planes<'a> {
        Planes {
            parts: self.index.locales.chosen(&self.query.viewer.locales),
        }
    }

    /// Returns the slots whose text matches. Looks only at what has changed since the last
    /// identical search.
    fn with_the_words(&self, search: &SearchQuery, slots: RoaringBitmap) -> RoaringBitmap {
        let (q, wanted) = (&self.query.filter.q, &self.query.viewer.locales);
        let has_the_words = |slot: &Slot| self.slot_has_the_words(search, *slot);
        let revision = self.index.revision;
        let slots = match self.index.verified.get(q, wanted) {
            Some(known) if known.revision == revision => return known.slots,
            Some(known) => {
                let changed: RoaringBitmap = self.index.changed_after(known.revision).collect();
                let (new, old) = (&slots & &changed, slots - changed);
                let mut still = known.slots & old;
                still.extend(new.iter().filter(has_the_words));
                still
            }
            None => slots.iter().filter(has_the_words).collect(),
        };
        let answer = Answer {
            revision,
            slots: slots.clone(),
        };
        // An answer without all texts must not be cached.
        if self.fetched.is_complete() {
            self.index.verified.put(q, wanted, answer);
        }
        slots
    }

    fn slot_has_the_words(&self, search: &SearchQuery, slot: Slot) -> bool {
        self.entry(slot)
            .is_some_and(|entry| self.matches(search, &entry.announcement))
    }

    pub(crate) fn has_the_words(&self, announcement: &Arc<Announcement>) -> bool {
        self.search
            .is_none_or(|search| self.matches(search, announcement))
    }

    fn matches(&self, search: &SearchQuery, announcement: &Arc<Announcement>) -> bool {
        let index = self.text_index(announcement);
        if announcement.is_without_texts() {
            let whole = self.fetched.whole(announcement);
            return whole.is_some_and(|whole| matches(search, &whole, index));
        }
        matches(search, announcement, index)
    }
}
