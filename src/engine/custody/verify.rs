//! Verification: the file, memory against the file, and every index against the announcements.

use std::collections::{HashMap, HashSet};

use crate::engine::Store;
use crate::engine::memory::evicted::Fetched;
use crate::engine::memory::feed::Feed;
use crate::engine::memory::index::Index;
use crate::engine::memory::state::State;
use crate::engine::memory::users::Users;
use crate::error::{Bilingual, Result};
use crate::journal::{FeedChange, Storage};
use crate::model::Announcement;
use crate::query::Verification;

impl Store {
    /// Checks everything. Writers wait.
    pub(crate) fn verify_all(&self) -> Result<Verification> {
        let _turn = self.writer.turn();
        let mut found = Verification::default();
        if let Some(durable) = &self.writer.durable {
            durable.write_out()?;
            let stored = verify_storage(durable.storage(), &mut found)?;
            if let Some(stored) = stored.filter(|_| found.is_good()) {
                self.check_against(&stored, &mut found);
            }
        }
        // Nobody writes, so evicted texts remain as they are fetched.
        let _settled = self.memory.hold_search();
        let mut fetched = Fetched::default();
        loop {
            let wrong = {
                let state = self.memory.read();
                state.index.check(&fetched)
            };
            if fetched.fetch(self.storage()) {
                continue;
            }
            let state = self.memory.read();
            if self.writer.durable.is_none() {
                found.records = (state.index.len() + state.users.len()) as u64;
            }
            check_board(&state.index, &state.users, &state.feed, &mut found);
            if state.users.is_wrong() {
                let (en, zh) = ("inconsistent with the users", "与用户数据不一致");
                found.add("index.users", Bilingual::new(en, zh));
            }
            for (place, _) in wrong.into_iter().filter(|(_, is_wrong)| *is_wrong) {
                let (en, zh) = ("inconsistent with the announcements", "与公告内容不一致");
                found.add(format!("index.{place}"), Bilingual::new(en, zh));
            }
            return Ok(found);
        }
    }

    /// Compares memory with what was read from the file.
    fn check_against(&self, stored: &State, found: &mut Verification) {
        let state = self.memory.read();
        let State {
            index, users, feed, ..
        } = &*state;
        let mut differs = |place: String, is_same: bool| {
            if !is_same {
                let (en, zh) = ("differs between memory and the file", "内存与文件不一致");
                found.add(place, Bilingual::new(en, zh));
            }
        };
        let mut head = state.head();
        if !state.is_chained() {
            head.link = stored.head().link;
        }
        differs("board[board]".to_owned(), head == stored.head());
        let ids: HashSet<i64> = announcements(index)
            .chain(announcements(&stored.index))
            .map(Announcement::id)
            .collect();
        for id in ids {
            let in_file = stored.index.by_id(id);
            let is_same = match index.by_id(id) {
                Some(rest) if rest.is_without_texts() => {
                    in_file.is_some_and(|whole| whole.without_texts() == **rest)
                }
                in_memory => in_memory == in_file,
            };
            differs(format!("announcements[{id}]"), is_same);
        }
        let names: HashSet<&str> = users
            .after("")
            .chain(stored.users.after(""))
            .map(|u| u.0)
            .collect();
        for name in names {
            differs(
                format!("users[{name}]"),
                users.get(name) == stored.users.get(name),
            );
        }
        let shape = |change: &FeedChange| (change.revision, change.at, change.id, change.kind);
        let is_same = feed
            .changes()
            .map(shape)
            .eq(stored.feed.changes().map(shape));
        differs("changes".to_owned(), is_same);
        let keys = |index: &Index| -> HashMap<String, _> {
            let keys = index.idempotency_keys.iter();
            keys.map(|(key, r)| (key.to_owned(), *r)).collect()
        };
        differs(
            "idempotency_keys".to_owned(),
            keys(index) == keys(&stored.index),
        );
    }
}

/// Checks the storage of a board, which need not be open as a board: every record must be readable,
/// and the records must agree. Returns the board if every record could be read.
pub(crate) fn verify_storage(
    storage: &dyn Storage,
    found: &mut Verification,
) -> Result<Option<State>> {
    if !storage.check(found)? {
        return Ok(None);
    }
    let stored = State::load(storage, 0, None)?;
    check_board(&stored.index, &stored.users, &stored.feed, found);
    Ok(Some(stored))
}

/// Checks that the parts of a board agree.
fn check_board(index: &Index, users: &Users, feed: &Feed, found: &mut Verification) {
    let (revision, last_id) = (index.revision, index.last_id);
    let mut check =
        |holds: bool, place: &dyn Fn() -> String, en: &'static str, zh: &'static str| {
            if !holds {
                found.add(place(), Bilingual::new(en, zh));
            }
        };
    let mut keys = HashSet::new();
    for announcement in announcements(index) {
        let place = || format!("announcements[{}]", announcement.id());
        let given = announcement.given();
        let (en, zh) = (
            "has an id beyond the last one given",
            "编号超过已分配的最大编号",
        );
        check((1..=last_id).contains(&given.id), &place, en, zh);
        let (en, zh) = (
            "has a revision ahead of the board's",
            "修订号超过公告板当前修订号",
        );
        check(given.revision <= revision, &place, en, zh);
        let (en, zh) = (
            "has a notify version or revision ahead of its own",
            "通知版本或修订号超过自身的版本或修订号",
        );
        let is_before =
            given.notify_revision <= given.revision && given.notify_version <= given.version;
        check(is_before, &place, en, zh);
        let (en, zh) = ("has a duplicate key", "key 与其他公告重复");
        let key = (announcement.channel(), announcement.key());
        check(
            announcement.key().is_empty() || keys.insert(key),
            &place,
            en,
            zh,
        );
        let (en, zh) = (
            "was changed at a revision missing from the change feed",
            "其修订号在变更流中缺失",
        );
        let is_told = given.revision <= feed.oldest() || feed.has(given.revision, given.id);
        check(is_told, &place, en, zh);
    }
    for (name, user) in users.after("") {
        let place = || format!("users[{name}]");
        let (en, zh) = (
            "has a read watermark ahead of the board's revision",
            "已读水位超过公告板当前修订号",
        );
        let reached = user.watermark().map_or(0, |watermark| watermark.revision);
        check(reached <= revision, &place, en, zh);
        for id in user.marks.ids() {
            let place = || format!("receipts[{name}, {id}]");
            let (en, zh) = ("refers to a missing announcement", "对应的公告不存在");
            check(index.by_id(id).is_some(), &place, en, zh);
        }
    }
    let mut last = feed.oldest();
    for change in feed.changes() {
        let place = || format!("changes[{}]", change.revision);
        let (en, zh) = (
            "does not follow the previous revision",
            "与前一修订号不连续",
        );
        check(
            (last..=last.saturating_add(1)).contains(&change.revision),
            &place,
            en,
            zh,
        );
        last = change.revision;
    }
    let (en, zh) = (
        "end before the board's revision",
        "早于公告板当前修订号即终止",
    );
    check(last == revision, &|| "changes".to_owned(), en, zh);
    for (key, remembered) in index.idempotency_keys.iter() {
        let place = || format!("idempotency_keys[{key}]");
        let (en, zh) = (
            "has a result ahead of the board",
            "其结果超前于公告板当前状态",
        );
        let published = remembered.published;
        let is_reached = published.id <= last_id && published.revision <= revision;
        check(is_reached, &place, en, zh);
    }
}

fn announcements(index: &Index) -> impl Iterator<Item = &Announcement> {
    let entries = index.slots().filter_map(|slot| index.entry(slot));
    entries.map(|entry| &*entry.announcement)
}
