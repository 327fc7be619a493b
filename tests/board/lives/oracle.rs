//! What everybody did, in a plain book: the contract's rules said once more, without any index.

use std::collections::{BTreeMap, HashMap};

use notice::Mark;

pub(crate) const ROLES: [&str; 2] = ["red", "blue"];

/// How long a snooze is.
pub(crate) const SNOOZE: i64 = 50;

/// Which of the announcements a step is about, as a part of those there are.
pub(crate) type Pick = u8;

/// An announcement as the oracle has it.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) role: Option<usize>,
    pub(crate) starts_at: i64,
    pub(crate) ends_at: i64,
    pub(crate) dismissible: bool,
    pub(crate) require_ack: bool,
    pub(crate) show_limit: u32,
    pub(crate) show_interval_ms: u32,
    pub(crate) priority: i32,
    pub(crate) replaces: Option<i64>,
    pub(crate) retracted_at: Option<i64>,
    pub(crate) notified: i64,
    pub(crate) version: u32,
    /// The last version that was news.
    pub(crate) news: u32,
}

/// What a user has done since the announcement last was news.
#[derive(Debug, Clone, Default)]
pub(crate) struct Done {
    pub(crate) is_read: bool,
    pub(crate) is_dismissed: bool,
    pub(crate) is_acknowledged: bool,
    pub(crate) shown: u32,
    pub(crate) last_shown: i64,
    pub(crate) snoozed_until: i64,
}

#[derive(Debug, Default)]
pub(crate) struct Oracle {
    pub(crate) now: i64,
    pub(crate) revision: i64,
    pub(crate) last_id: i64,
    pub(crate) known: BTreeMap<i64, Known>,
    pub(crate) done: HashMap<(usize, i64), Done>,
    /// Versions that were acknowledged and not taken back, with the instant of the first time.
    pub(crate) acknowledged: BTreeMap<(usize, i64), BTreeMap<u32, i64>>,
    /// The role of each user.
    pub(crate) roles: [Option<usize>; 3],
}

impl Oracle {
    pub(crate) fn pick(&self, pick: Pick) -> Option<i64> {
        let nth = usize::from(pick) * self.known.len() / 256;
        self.known.keys().nth(nth).copied()
    }

    pub(crate) fn is_active(&self, known: &Known) -> bool {
        known.retracted_at.is_none()
            && known.starts_at <= self.now
            && (known.ends_at == 0 || self.now < known.ends_at)
    }

    pub(crate) fn is_for(&self, user: usize, known: &Known) -> bool {
        known.role.is_none() || known.role == self.roles[user]
    }

    pub(crate) fn is_visible(&self, user: usize, id: i64) -> bool {
        let shows = |known: &Known| self.is_active(known) && self.is_for(user, known);
        shows(&self.known[&id])
            && !self
                .replacers_of(id)
                .iter()
                .any(|id| shows(&self.known[id]))
    }

    /// What is over and was for a user, by id.
    pub(crate) fn expired(&self, user: usize) -> Vec<i64> {
        let shows = |known: &Known| self.is_active(known) && self.is_for(user, known);
        let is_over = |known: &Known| {
            known.retracted_at.is_none() && known.ends_at != 0 && known.ends_at <= self.now
        };
        let mut ids: Vec<i64> = self.known.keys().copied().collect();
        ids.retain(|id| {
            let known = &self.known[id];
            let mut replacers = self.replacers_of(*id).into_iter();
            is_over(known)
                && self.is_for(user, known)
                && !replacers.any(|id| shows(&self.known[&id]))
        });
        ids
    }

    /// Those that replace it, or one that does.
    fn replacers_of(&self, id: i64) -> Vec<i64> {
        let mut found = vec![id];
        let mut done = 0;
        while done < found.len() {
            let replaced = Some(found[done]);
            let replacers = self
                .known
                .iter()
                .filter(|(_, other)| other.replaces == replaced);
            found.extend(replacers.map(|(id, _)| *id));
            done += 1;
        }
        found.split_off(1)
    }

    /// Forgets an announcement. What it replaced stays replaced by those that replaced it.
    pub(crate) fn purge(&mut self, id: i64) {
        let purged = self.known.remove(&id).unwrap();
        for other in self.known.values_mut() {
            if other.replaces == Some(id) && purged.replaces.is_some() {
                other.replaces = purged.replaces;
            }
        }
        self.done.retain(|(_, other), _| *other != id);
        self.acknowledged.retain(|(_, other), _| *other != id);
    }

    pub(crate) fn is_markable(&self, user: usize, id: i64) -> bool {
        let known = &self.known[&id];
        let shown_until = known.retracted_at.unwrap_or(i64::MAX).min(self.now);
        self.is_for(user, known) && known.starts_at <= shown_until
    }

    pub(crate) fn of(&self, user: usize, id: i64) -> Done {
        self.done.get(&(user, id)).cloned().unwrap_or_default()
    }

    pub(crate) fn is_dismissed(&self, user: usize, id: i64) -> bool {
        self.known[&id].dismissible && self.of(user, id).is_dismissed
    }

    pub(crate) fn is_pending(&self, user: usize, id: i64) -> bool {
        let (known, done) = (&self.known[&id], self.of(user, id));
        let interval = i64::from(known.show_interval_ms);
        !self.is_dismissed(user, id)
            && done.snoozed_until <= self.now
            && (known.show_limit == 0 || done.shown < known.show_limit)
            && (done.shown == 0
                || interval == 0
                || done.last_shown > self.now
                || done.last_shown + interval <= self.now)
    }

    /// What is visible to a user, in the default order.
    pub(crate) fn board(&self, user: usize) -> Vec<i64> {
        let mut ids: Vec<i64> = self.known.keys().copied().collect();
        ids.retain(|id| self.is_visible(user, *id));
        ids.sort_by_key(|id| {
            let known = &self.known[id];
            std::cmp::Reverse((known.priority, known.starts_at, *id))
        });
        ids
    }

    pub(crate) fn mark(&mut self, user: usize, id: i64, mark: Mark) {
        let now = self.now;
        let done = self.done.entry((user, id)).or_default();
        match mark {
            Mark::Seen => (done.shown, done.last_shown) = (done.shown + 1, now),
            Mark::Read => done.is_read = true,
            Mark::Unread => done.is_read = false,
            Mark::Dismiss => {
                (done.is_dismissed, done.is_read) = (true, true);
                done.snoozed_until = 0;
            }
            Mark::Restore => done.is_dismissed = false,
            Mark::Acknowledge => (done.is_acknowledged, done.is_read) = (true, true),
            Mark::Unacknowledge => done.is_acknowledged = false,
            Mark::Snooze => {
                done.snoozed_until = now + SNOOZE;
                done.is_dismissed = false;
            }
            Mark::Unsnooze => done.snoozed_until = 0,
            other => unreachable!("{other}"),
        }
    }

    /// Follows an acknowledgement, or its being taken back, of a version.
    pub(crate) fn acknowledge(&mut self, user: usize, id: i64, mark: Mark, version: u32) {
        let news = self.known[&id].news;
        let versions = self.acknowledged.entry((user, id)).or_default();
        match mark {
            Mark::Acknowledge => {
                versions.entry(version).or_insert(self.now);
                while versions.len() > 16 {
                    versions.pop_first();
                }
            }
            Mark::Unacknowledge if version >= news => drop(versions.split_off(&news)),
            Mark::Unacknowledge => {
                let last = versions.range(..=version).next_back();
                let last = last.map(|(version, _)| *version);
                last.map(|version| versions.remove(&version));
            }
            _ => {}
        }
    }

    pub(crate) fn news(&mut self, id: i64) {
        self.done.retain(|(_, other), _| *other != id);
        let known = self.known.get_mut(&id).unwrap();
        (known.notified, known.news) = (self.revision, known.version);
    }
}
