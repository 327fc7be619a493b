//! Verification of the indexes: each is rebuilt from the announcements and compared.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use roaring::RoaringBitmap;

use crate::engine::memory::attributes::Attributes;
use crate::engine::memory::audiences::GroupId;
use crate::engine::memory::evicted::Fetched;
use crate::engine::memory::index::{Index, rank_key, renewal};
use crate::engine::memory::locales::Locales;
use crate::engine::memory::supersession::{Supersession, full_key};
use crate::engine::memory::timeline::{Slot, Timeline};
use crate::model::{Announcement, Lifecycle};
use crate::number_map::NumberMap;
use crate::search::SearchIndex;

impl Index {
    /// Returns the name of each index, and whether it is wrong.
    pub(crate) fn check(&self, fetched: &Fetched) -> Vec<(&'static str, bool)> {
        let mut by_id = NumberMap::default();
        let mut by_key = HashMap::default();
        let mut timeline = Timeline::default();
        let mut attributes = Attributes::<RoaringBitmap>::default();
        let mut locales = Locales::default();
        let mut supersession = Supersession::default();
        let (mut changed, mut notified) = (BTreeSet::new(), BTreeSet::new());
        let mut retracted = BTreeSet::new();
        let mut members: BTreeMap<GroupId, (usize, BTreeSet<_>)> = BTreeMap::new();
        for slot in self.slots() {
            let Some(entry) = self.entry(slot) else {
                continue;
            };
            let announcement = &*entry.announcement;
            by_id.insert(announcement.id(), slot);
            if !announcement.key().is_empty() {
                by_key.insert(full_key(announcement.channel(), announcement.key()), slot);
            }
            attributes.insert(slot, announcement);
            locales.insert(slot, announcement);
            supersession.insert(slot, announcement);
            changed.insert((announcement.revision(), slot));
            if announcement.state() == Lifecycle::Published {
                let (starts_at, ends_at) = (announcement.starts_at(), announcement.ends_at());
                timeline.insert(slot, announcement.id(), starts_at, ends_at);
                notified.insert((announcement.notify_revision(), slot));
            } else if announcement.state() == Lifecycle::Retracted {
                retracted.insert((announcement.given().retracted_at, slot));
            }
            let (count, active) = members.entry(entry.group).or_default();
            *count += 1;
            if announcement.is_active(self.at()) {
                active.insert(rank_key(announcement, slot));
            }
        }
        let replaced = self.slots().filter(|slot| {
            self.entry(*slot)
                .is_some_and(|entry| supersession.mentions(&entry.announcement))
        });
        let of = |slot: Slot| self.entry(slot).map(|entry| &*entry.announcement);
        let renewed = self.slots().filter_map(|slot| renewal(of(slot)?, slot));
        let quiet = self
            .slots()
            .filter(|slot| of(*slot).is_some_and(Announcement::quiet));
        let shown_apart = self.slots().filter(|slot| {
            let entry = self.entry(*slot);
            entry.is_some_and(|entry| entry.announcement.show_interval_ms().is_some())
        });
        vec![
            ("by_id", self.by_id != by_id),
            ("by_key", self.by_key != by_key),
            ("timeline", self.timeline != timeline),
            ("attributes", !self.attributes.is_same(&attributes)),
            ("locales", self.locales != locales),
            ("supersession", !self.supersession.is_same(&supersession)),
            // It may contain too many slots, which costs only a look at each.
            ("replaced", !self.replaced.is_superset(&replaced.collect())),
            ("shown_apart", self.shown_apart != shown_apart.collect()),
            ("quiet", self.quiet != quiet.collect()),
            ("renewed", self.renewed != renewed.collect()),
            ("changed", self.changed != changed),
            ("notified", self.notified != notified),
            ("retracted", self.retracted != retracted),
            ("groups", !self.groups.is_same(&members)),
            ("search", !self.is_search_right(fetched)),
        ]
    }

    /// Reports whether the search index contains what the backlog says it does.
    fn is_search_right(&self, fetched: &Fetched) -> bool {
        let slots = self
            .slots()
            .filter(|slot| !self.unsearched.slots().contains(*slot));
        let settled = slots.filter_map(|slot| {
            let whole = fetched.whole(&self.entry(slot)?.announcement)?;
            Some((slot, whole))
        });
        let settled: BTreeMap<_, _> = settled.collect();
        let mut known: BTreeMap<_, _> = settled.iter().map(|(slot, a)| (*slot, &**a)).collect();
        known.extend(self.unsearched.known());
        let known: Vec<_> = known.into_iter().collect();
        let mut made = SearchIndex::default();
        made.insert_all(&known);
        self.search().is_same(&made)
    }
}
