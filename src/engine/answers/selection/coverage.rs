//! Supersession as one viewer sees it: what covers an announcement, directly or by way of others.
//!
//! Replacing is transitive, whatever has become of the announcements in between.

use std::collections::HashSet;

use super::Selection;
use crate::engine::memory::timeline::Slot;
use crate::query::View;

impl Selection<'_> {
    /// Returns a slot that replaces `slot` for the viewer. An editor also sees replaced ones.
    pub(crate) fn superseded_by(&self, slot: Slot) -> Option<Slot> {
        if self.query.view == View::Editor || !self.index.replaced.contains(slot) {
            return None;
        }
        let mut known = self.covered.borrow_mut();
        if let Some(answer) = known.get(&slot) {
            return *answer;
        }
        // Depth first, so that each slot between is answered once for the whole query.
        let mut path = vec![(slot, self.replacers(slot))];
        while let Some((top, above)) = path.last_mut() {
            let mut answer = above.iter().copied().find(|other| self.covers(*other));
            if answer.is_none()
                && let Some(next) = above.last().copied()
            {
                match known.get(&next) {
                    Some(found) => {
                        above.pop();
                        answer = *found;
                        if answer.is_none() {
                            continue;
                        }
                    }
                    None => {
                        // Stands for its answer in a circle, which a commit refuses.
                        known.insert(next, None);
                        path.push((next, self.replacers(next)));
                        continue;
                    }
                }
            }
            known.insert(*top, answer);
            path.pop();
        }
        known.get(&slot).copied().flatten()
    }

    pub(crate) fn is_superseded(&self, slot: Slot) -> bool {
        self.superseded_by(slot).is_some()
    }

    /// Returns the slots that replace `slot`, directly or by way of others.
    pub(super) fn all_replacers(&self, slot: Slot) -> HashSet<Slot> {
        let mut found = HashSet::new();
        let mut ahead = vec![slot];
        while let Some(slot) = ahead.pop() {
            if self.index.replaced.contains(slot) {
                let replacers = self.replacers(slot).into_iter();
                ahead.extend(replacers.filter(|other| found.insert(*other)));
            }
        }
        found
    }

    fn replacers(&self, slot: Slot) -> Vec<Slot> {
        let entry = self.entry(slot).into_iter();
        let supersession = &self.index.supersession;
        entry
            .flat_map(|entry| supersession.replacers_of(&entry.announcement))
            .collect()
    }

    /// Reports whether what `slot` replaces is hidden from the viewer.
    fn covers(&self, slot: Slot) -> bool {
        self.entry(slot)
            .is_some_and(|entry| entry.is_active(self.now) && self.visible.contains(entry.group))
    }
}
