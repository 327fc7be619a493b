//! Changes to one user, worked out before they are applied.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::user::{Reader, User};
use crate::engine::memory::audiences::Visible;
use crate::engine::memory::index::{Index, SlotEntry};
use crate::engine::memory::timeline::Slot;
use crate::journal::{KeptEach, KeptReceipt, OwnState, UserChange, Watermark};
use crate::model::{Act, Announcement, Mark, Receipt, Viewer};

/// A [`UserChange`] in progress.
#[derive(Debug)]
pub(crate) struct UserEdit<'a> {
    user: Option<&'a User>,
    to: UserChange,
}

/// A request to mark as read everything that a viewer can see at one moment.
pub(crate) struct ReadAll<'a> {
    pub(crate) index: &'a Index,
    /// What was news later stays unread.
    pub(crate) up_to: i64,
    pub(crate) now: i64,
    /// The user with what is read already; None for a new one.
    pub(crate) reader: Option<&'a Reader<'a>>,
    /// What audiences ask about the viewer; None for an editor.
    pub(crate) viewer: Option<Arc<Viewer>>,
    /// The groups of the viewer.
    pub(crate) visible: &'a Visible<'a>,
    /// Reports whether the viewer sees a slot now.
    pub(crate) is_visible: &'a dyn Fn(Slot) -> bool,
}

impl ReadAll<'_> {
    /// Returns the slots about which the watermark in place of `former` may be wrong.
    fn to_examine(&self, former: Option<&Watermark>) -> RoaringBitmap {
        let index = self.index;
        // What is superseded is not visible, and a watermark does not know that.
        let mut slots = index.replaced.clone();
        let Some(former) = former else { return slots };
        let user = self.reader.map(|reader| reader.user);
        let unread = user.into_iter().flat_map(|user| user.marks.unread());
        slots.extend(unread.filter_map(|id| index.slot_of_id(id)));
        let seen = self.reader.and_then(|reader| reader.seen.as_ref());
        let is_same = self.visible.is_same(seen) && former.since <= self.now;
        if former.is_former() {
            // It also covered what nobody could see, which is not worth a receipt each.
            slots.extend(self.visible.iter().flat_map(|group| group.active_slots()));
        } else if !is_same {
            slots.extend(index.slots());
        }
        slots.extend(index.notified_after(former.revision.min(self.up_to)));
        slots.extend(index.timeline.started_after(former.at.min(self.now)));
        slots.extend(index.retracted());
        slots
    }
}

impl<'a> UserEdit<'a> {
    /// Starts from a user of the board.
    pub(super) fn of(name: &Arc<str>, user: &'a User) -> Self {
        let to = UserChange {
            name: Arc::clone(name),
            own: None,
            kept: KeptEach::default(),
        };
        Self {
            user: Some(user),
            to,
        }
    }

    /// Starts a user who is first seen at `now`.
    pub(super) fn new(name: &str, now: i64) -> Self {
        let to = UserChange {
            name: name.into(),
            own: Some(OwnState {
                first_seen_at: now,
                watermark: None,
            }),
            kept: KeptEach::default(),
        };
        Self { user: None, to }
    }

    /// Reports whether the user has no state yet.
    pub(crate) fn is_new(&self) -> bool {
        self.user.is_none()
    }

    /// Returns the change.
    pub(crate) fn finish(self) -> UserChange {
        self.to
    }

    fn kept(&self, id: i64) -> KeptReceipt {
        let before = || self.user.map(|user| user.kept(id)).unwrap_or_default();
        self.to.kept.get(id).cloned().unwrap_or_else(before)
    }

    fn keep(&mut self, id: i64, receipt: Receipt, is_unread: bool) {
        self.to.kept.insert(id, KeptReceipt { receipt, is_unread });
    }

    /// Marks an announcement. Many are marked fastest in the order of their ids.
    pub(crate) fn mark(&mut self, act: Act, announcement: &Announcement) {
        let id = announcement.id();
        let KeptReceipt {
            mut receipt,
            mut is_unread,
        } = self.kept(id);
        receipt.apply(act, announcement);
        // Whether the watermark is about this audience does not matter: being marked as unread only takes
        // away from it.
        let watermark = self.user.and_then(User::watermark);
        if act.mark == Mark::Unread
            && act.is_of_news(announcement.notify_version())
            && watermark.is_some_and(|watermark| watermark.covers(announcement))
        {
            is_unread = true;
        } else if receipt.is_read(announcement) {
            is_unread = false;
        }
        self.keep(id, receipt, is_unread);
    }

    /// Moves the watermark, at a cost independent of what it covers while the viewer stays the same. It
    /// never takes back what was read.
    pub(crate) fn mark_all_read(&mut self, all: &ReadAll<'_>) {
        let former = all.reader.and_then(|reader| reader.user.watermark());
        let fresh = Watermark {
            revision: all.up_to,
            at: all.now,
            since_revision: all.index.revision,
            since: all.now,
            viewer: all.viewer.clone(),
        };
        let to = match former {
            Some(former) => Watermark {
                revision: former.revision.max(all.up_to),
                at: former.at.max(all.now),
                since_revision: former.since_revision,
                since: former.since,
                ..fresh
            },
            None => fresh,
        };
        for slot in all.to_examine(former) {
            if let Some(entry) = all.index.entry(slot) {
                self.settle(all, &to, slot, entry);
            }
        }
        let own = OwnState {
            first_seen_at: self.first_seen_at(all.now),
            watermark: Some(Box::new(to)),
        };
        if self.user.is_none_or(|user| user.own != own) {
            self.to.own = Some(own);
        }
    }

    /// Keeps by itself what the watermark `to` says wrongly about one announcement.
    fn settle(&mut self, all: &ReadAll<'_>, to: &Watermark, slot: Slot, entry: &SlotEntry) {
        let announcement = &entry.announcement;
        let id = announcement.id();
        let KeptReceipt {
            mut receipt,
            is_unread,
        } = self.kept(id);
        let is_seen = announcement.notify_revision() <= all.up_to && (all.is_visible)(slot);
        let covered_before = all
            .reader
            .is_some_and(|reader| reader.covers(announcement, entry.group));
        let is_covered = to.covers(announcement) && all.visible.contains(entry.group);
        let is_read = is_seen || receipt.is_read(announcement) || covered_before && !is_unread;
        if is_read && !is_covered {
            let former = all.reader.and_then(|reader| reader.user.watermark());
            let at = match former {
                Some(former) if !is_seen => former.at,
                _ => all.now,
            };
            receipt.read(announcement.version(), at);
        }
        let is_unread_now = !is_read && is_covered;
        let kept = KeptReceipt {
            receipt,
            is_unread: is_unread_now,
        };
        if kept != self.kept(id) {
            self.to.kept.insert(id, kept);
        }
    }

    /// Returns when the user was first seen, who is new at `now` otherwise.
    fn first_seen_at(&self, now: i64) -> i64 {
        let own = self.to.own.as_ref();
        let own = own.or_else(|| self.user.map(|user| &user.own));
        own.map_or(now, |own| own.first_seen_at)
    }

    /// Keeps read state stable when a silent edit changes whether the watermark covers an announcement.
    pub(super) fn moved(&mut self, before: &Announcement, was_covered: bool, is_covered: bool) {
        let id = before.id();
        let KeptReceipt {
            mut receipt,
            is_unread,
        } = self.kept(id);
        match (was_covered, is_covered) {
            (true, false) if !is_unread => {
                let watermark = self.user.and_then(User::watermark);
                let at = watermark.map(|watermark| watermark.at).unwrap_or_default();
                receipt.read(before.version(), at);
                self.keep(id, receipt, is_unread);
            }
            (false, true) if !receipt.is_read(before) => self.keep(id, receipt, true),
            _ => {}
        }
    }

    /// Erases the state for an announcement.
    pub(super) fn erase(&mut self, id: i64) {
        self.keep(id, Receipt::default(), false);
    }

    /// Reports whether no receipt changes.
    pub(super) fn is_nothing(&self) -> bool {
        self.to.kept.is_empty()
    }
}
