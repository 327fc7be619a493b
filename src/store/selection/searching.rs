//! Which candidates have the words of the search text.

use roaring::RoaringBitmap;

use super::Selection;
use crate::error::Result;
use crate::model::Announcement;
use crate::search::{Planes, SearchQuery, matches};
use crate::store::timeline::Slot;
use crate::store::verified::Answer;

/// Up to so many candidates of a search are verified for each query, and only those that count; the
/// words of more are looked for in all of them, once, and remembered.
const VERIFIED_AT_ONCE: u64 = 256;

impl Selection<'_> {
    /// Narrows the candidates to those that have the words of the search text.
    pub(super) fn narrow_by_search(&mut self) -> Result<()> {
        let search = SearchQuery::parse(&self.query.filter.q).map_err(|e| e.within("filter"))?;
        if search.is_empty() {
            return Ok(());
        }
        let planes = Planes {
            parts: self.index.locales.chosen(&self.query.viewer.locales),
        };
        let found = self.index.search.find(&search, &planes);
        let slots = match found.slots {
            Some(slots) if !found.exact && slots.len() > VERIFIED_AT_ONCE => {
                Some(self.with_the_words(&search, slots))
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
        self.search = Some(search);
        Ok(())
    }

    /// Those of `slots` whose text has the words. Looks only at what has changed since the same search
    /// was made last.
    fn with_the_words(&self, search: &SearchQuery, slots: RoaringBitmap) -> RoaringBitmap {
        let (q, wanted) = (&self.query.filter.q, &self.query.viewer.locales);
        let has_the_words = |slot: &Slot| {
            self.entry(*slot).is_some_and(|entry| {
                let announcement = &entry.announcement;
                matches(search, announcement, self.text_index(announcement))
            })
        };
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
        self.index.verified.put(q, wanted, answer);
        slots
    }

    pub(super) fn has_the_words(&self, announcement: &Announcement) -> bool {
        let index = || self.text_index(announcement);
        self.search
            .as_ref()
            .is_none_or(|search| matches(search, announcement, index()))
    }
}
