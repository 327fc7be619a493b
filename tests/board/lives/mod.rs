//! Random lives against an oracle that keeps, for each user and each announcement, plainly what the
//! contract says: read or not, dismissed or not, shown how often.

mod oracle;

use std::collections::BTreeSet;

use notice::{
    Draft, ErrorKind, Filter, Importance, Mark, Marking, Operation, Operator, Phase, Query,
    ReceiptQuery, Reference, Shown, Viewer,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use self::oracle::{Known, Oracle, Pick, ROLES, SNOOZE};
use crate::support::{Desk, NOW, kind, publish, restore, retract, update};

const USERS: [&str; 3] = ["ann", "bob", "cy"];

#[derive(Debug, Clone)]
enum Step {
    Publish(Fields, Option<Pick>),
    Update(Pick, Fields, FieldSet, bool),
    Retract(Pick),
    Restore(Pick),
    Purge(Pick),
    /// In the present versions, or in versions that are so many older.
    Mark(usize, Vec<Pick>, Mark, u32),
    /// Reads, sees or dismisses everything, up to a part of the revisions.
    MarkAll(usize, Mark, Option<u8>),
    /// Another role, or none.
    Become(usize, Option<usize>),
    ReadRole(usize),
    Forget(usize),
    Clock(i16),
}

#[derive(Debug, Clone)]
struct Fields {
    role: Option<usize>,
    /// From now.
    starts_in: Option<i16>,
    lasts: Option<u16>,
    dismissible: bool,
    require_ack: bool,
    show_limit: u32,
    show_interval_ms: u32,
    priority: i32,
}

/// Which of the fields an update touches.
#[derive(Debug, Clone)]
struct FieldSet {
    role: bool,
    starts: bool,
    ends: bool,
    rest: bool,
}

/// The board under test and the oracle, kept in step.
struct Pair {
    desk: Desk,
    oracle: Oracle,
}

impl Pair {
    fn new() -> Self {
        let oracle = Oracle {
            now: NOW,
            roles: [Some(0), Some(1), None],
            ..Oracle::default()
        };
        Self {
            desk: Desk::new(),
            oracle,
        }
    }

    fn query(&self, user: usize) -> Query {
        let viewer = Viewer::new(USERS[user]);
        Query::new(match self.oracle.roles[user] {
            Some(role) => viewer.with("role", ROLES[role]),
            None => viewer,
        })
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Publish(fields, replaced) => self.publish(fields, *replaced),
            Step::Update(pick, fields, set, is_major) => {
                if let Some(id) = self.oracle.pick(*pick) {
                    self.update(id, fields, set, *is_major);
                }
            }
            Step::Retract(pick) => self.change(
                *pick,
                |id| retract(id, "why"),
                |o, id| {
                    let known = o.known.get_mut(&id).unwrap();
                    o.revision += i64::from(known.retracted_at.is_none());
                    known.retracted_at.get_or_insert(o.now);
                },
            ),
            Step::Restore(pick) => {
                let id = self.oracle.pick(*pick);
                let is_over =
                    |known: &Known| known.ends_at != 0 && known.ends_at <= self.oracle.now;
                let can_be = |known: &Known| known.retracted_at.is_some() && !is_over(known);
                if let Some(id) = id.filter(|id| can_be(&self.oracle.known[id])) {
                    self.desk.board.apply_one(restore(id)).unwrap();
                    self.oracle.revision += 1;
                    let known = self.oracle.known.get_mut(&id).unwrap();
                    known.retracted_at = None;
                    known.version += 1;
                    self.oracle.news(id);
                } else if let Some(id) = id {
                    let refused = self.desk.board.apply_one(restore(id));
                    assert_eq!(kind(refused), ErrorKind::BadState);
                }
            }
            Step::Purge(pick) => self.change(
                *pick,
                |id| Operation::Purge { id },
                |o, id| {
                    o.revision += 1;
                    o.purge(id);
                },
            ),
            Step::Mark(user, picks, mark, ago) => self.mark(*user, picks, *mark, *ago),
            Step::MarkAll(user, mark, part) => self.mark_all(*user, *mark, *part),
            Step::Become(user, role) => self.oracle.roles[*user] = *role,
            Step::ReadRole(user) => self.read_role(*user),
            Step::Forget(user) => {
                self.desk.board.forget_user(USERS[*user]).unwrap();
                self.oracle.done.retain(|(other, _), _| other != user);
                self.oracle
                    .acknowledged
                    .retain(|(other, _), _| other != user);
            }
            Step::Clock(ms) => {
                self.oracle.now = (self.oracle.now + i64::from(*ms)).max(NOW);
                self.desk.at(self.oracle.now - NOW);
            }
        }
        assert_eq!(self.desk.revision(), self.oracle.revision);
    }

    fn change(
        &mut self,
        pick: Pick,
        operation: impl Fn(i64) -> Operation,
        then: impl Fn(&mut Oracle, i64),
    ) {
        if let Some(id) = self.oracle.pick(pick) {
            self.desk.board.apply_one(operation(id)).unwrap();
            then(&mut self.oracle, id);
        }
    }

    fn publish(&mut self, fields: &Fields, replaced: Option<Pick>) {
        let now = self.oracle.now;
        let replaces = replaced.and_then(|pick| self.oracle.pick(pick));
        let starts_at = fields.starts_in.map_or(now, |ms| now + i64::from(ms));
        let ends_at = fields.lasts.map_or(0, |ms| starts_at + i64::from(ms) + 1);
        let mut draft = Draft::new("en", "t")
            .visible(starts_at, Some(ends_at).filter(|end| *end != 0))
            .dismissible(fields.dismissible)
            .require_ack(fields.require_ack)
            .show_limit(Some(fields.show_limit).filter(|n| *n > 0))
            .show_interval_ms(Some(fields.show_interval_ms).filter(|n| *n > 0))
            .priority(fields.priority);
        if let Some(role) = fields.role {
            draft = draft.audience("role", Operator::In, [ROLES[role]]);
        }
        if let Some(id) = replaces {
            draft = draft.replaces(Reference::Id(id));
        }
        let done = self.desk.board.apply_one(publish(draft)).unwrap();
        self.oracle.revision += 1;
        self.oracle.last_id += 1;
        assert_eq!(done.id, self.oracle.last_id);
        let known = Known {
            role: fields.role,
            starts_at,
            ends_at,
            dismissible: fields.dismissible,
            require_ack: fields.require_ack,
            show_limit: fields.show_limit,
            show_interval_ms: fields.show_interval_ms,
            priority: fields.priority,
            replaces,
            retracted_at: None,
            notified: self.oracle.revision,
            version: 1,
            news: 1,
        };
        self.oracle.known.insert(done.id, known);
    }

    fn update(&mut self, id: i64, fields: &Fields, set: &FieldSet, is_major: bool) {
        let now = self.oracle.now;
        let mut known = self.oracle.known[&id].clone();
        let mut patch = Map::new();
        let mut put = |name: &str, value: Value| drop(patch.insert(name.to_owned(), value));
        if set.role {
            known.role = fields.role;
            let of_role =
                |role: usize| json!([{"attribute": "role", "op": "in", "values": [ROLES[role]]}]);
            put("audience", fields.role.map_or(Value::Null, of_role));
        }
        if set.starts {
            known.starts_at = now + i64::from(fields.starts_in.unwrap_or(0));
            put("starts_at", known.starts_at.into());
        }
        if set.ends || known.ends_at != 0 && known.ends_at <= known.starts_at {
            known.ends_at = fields
                .lasts
                .map_or(0, |ms| known.starts_at + i64::from(ms) + 1);
            put("ends_at", known.ends_at.into());
        }
        if set.rest {
            known.dismissible = fields.dismissible;
            known.require_ack = fields.require_ack;
            known.show_limit = fields.show_limit;
            known.show_interval_ms = fields.show_interval_ms;
            known.priority = fields.priority;
            put("dismissible", fields.dismissible.into());
            put("require_ack", fields.require_ack.into());
            put("show_limit", fields.show_limit.into());
            put("show_interval_ms", fields.show_interval_ms.into());
            put("priority", fields.priority.into());
        }
        // Something is different each time, so that each update is one.
        put("extras", json!({"n": self.oracle.revision}));
        let change = if is_major {
            Importance::Major
        } else {
            Importance::Minor
        };
        let update = update(id, Value::Object(patch), Some(change));
        self.desk.board.apply_one(update).unwrap();
        self.oracle.revision += 1;
        known.version += 1;
        self.oracle.known.insert(id, known);
        if is_major {
            self.oracle.news(id);
        }
    }

    fn mark(&mut self, user: usize, picks: &[Pick], mark: Mark, ago: u32) {
        let ids: Vec<i64> = picks
            .iter()
            .filter_map(|pick| self.oracle.pick(*pick))
            .collect();
        let oracle = &self.oracle;
        let version = |id: i64| oracle.known[&id].version.saturating_sub(ago).max(1);
        let shown = ids.iter().map(|id| match ago {
            0 => Shown::from(*id),
            _ => Shown::new(*id, version(*id)),
        });
        let viewer = self.query(user).viewer;
        let result = self
            .desk
            .board
            .mark_shown(&viewer, &self.marking(mark, shown));
        let is_fixed = |id: &i64| mark == Mark::Dismiss && !oracle.known[id].dismissible;
        let there: Vec<i64> = ids
            .iter()
            .copied()
            .filter(|id| oracle.is_markable(user, *id))
            .collect();
        if let [id] = ids[..] {
            if there.is_empty() {
                assert_eq!(kind(result), ErrorKind::NotFound);
                return;
            } else if is_fixed(&id) {
                assert_eq!(kind(result), ErrorKind::BadState);
                return;
            }
        }
        let marked = there.iter().filter(|id| !is_fixed(id)).count();
        assert_eq!(result, Ok(marked as u64));
        let acknowledged: Vec<(i64, u32)> = there.iter().map(|id| (*id, version(*id))).collect();
        let current = |id: &i64| version(*id) >= oracle.known[id].news;
        let news: Vec<(i64, bool)> = there
            .iter()
            .filter(|id| current(id))
            .map(|id| (*id, is_fixed(id)))
            .collect();
        for (id, version) in acknowledged {
            self.oracle.acknowledge(user, id, mark, version);
        }
        for (id, is_fixed) in news {
            let mark = if is_fixed { Mark::Read } else { mark };
            self.oracle.mark(user, id, mark);
        }
    }

    /// A snooze ends a while from now.
    fn marking(&self, mark: Mark, shown: impl Iterator<Item = Shown>) -> Marking {
        let marking = Marking::new(mark, shown);
        match mark {
            Mark::Snooze => marking.until(self.oracle.now + SNOOZE),
            _ => marking,
        }
    }

    fn mark_all(&mut self, user: usize, mark: Mark, part: Option<u8>) {
        let revision = self.oracle.revision;
        let up_to = part.map(|part| revision * i64::from(part) / 255);
        let reached = self.desk.board.mark_all(&self.query(user), mark, up_to);
        let reached = reached.unwrap();
        assert_eq!(reached, up_to.unwrap_or(revision));
        for id in self.oracle.board(user) {
            let known = &self.oracle.known[&id];
            if known.notified <= reached {
                let is_fixed = mark == Mark::Dismiss && !known.dismissible;
                let mark = if is_fixed { Mark::Read } else { mark };
                self.oracle.mark(user, id, mark);
            }
        }
    }

    /// Marks as read, by a filter, what is to be acknowledged.
    fn read_role(&mut self, user: usize) {
        let filter = Filter::new().unacknowledged_only(true);
        let query = self.query(user).filter(filter);
        self.desk.board.mark_all_read(&query, None).unwrap();
        for id in self.oracle.board(user) {
            let done = self.oracle.of(user, id);
            if self.oracle.known[&id].require_ack && !done.is_acknowledged {
                self.oracle.mark(user, id, Mark::Read);
            }
        }
    }

    fn compare(&self) {
        for (user, name) in USERS.iter().enumerate() {
            let (oracle, query) = (&self.oracle, self.query(user));
            let expected = oracle.board(user);
            let page = self.desk.page(&query.clone().limit(1000));
            let ids: Vec<i64> = page.items.iter().map(|item| item.id()).collect();
            assert_eq!(ids, expected, "the board of {}", name);
            for item in &page.items {
                let id = item.id();
                let done = oracle.of(user, id);
                let found = (
                    item.is_read(),
                    item.is_dismissed(),
                    item.is_acknowledged(),
                    item.is_pending(),
                    item.seen_count(),
                    item.snoozed_until(),
                );
                let wanted = (
                    done.is_read,
                    oracle.is_dismissed(user, id),
                    done.is_acknowledged,
                    oracle.is_pending(user, id),
                    done.shown,
                    Some(done.snoozed_until).filter(|until| *until > oracle.now),
                );
                assert_eq!(found, wanted, "{id} for {}", name);
            }
            let is_unread = |id: &i64| !oracle.of(user, *id).is_read;
            let is_due =
                |id: &i64| oracle.known[id].require_ack && !oracle.of(user, *id).is_acknowledged;
            let is_pending = |id: &i64| oracle.is_pending(user, *id);
            let keep = |by: &dyn Fn(&i64) -> bool| -> Vec<i64> {
                expected.iter().copied().filter(|id| by(id)).collect()
            };
            let found = |unread: bool, pending: bool, due: bool| {
                let filter = Filter::new()
                    .unread_only(unread)
                    .pending_only(pending)
                    .unacknowledged_only(due);
                let query = query.clone().filter(filter);
                let count = self.desk.board.count(&query).unwrap();
                let ids = self.desk.ids(&query.limit(3));
                assert_eq!(count.total, Some(ids.len() as u64));
                (ids, count.unread.unwrap())
            };
            let counted = |ids: Vec<i64>| {
                let unread = ids.iter().filter(|id| is_unread(id)).count() as u64;
                (ids, unread)
            };
            let unread = counted(keep(&is_unread));
            assert_eq!(page.count.unread, Some(unread.1), "unread of {}", name);
            assert_eq!(page.count.total, Some(expected.len() as u64));
            assert_eq!(found(true, false, false), unread, "of {}", name);
            assert_eq!(found(false, true, false), counted(keep(&is_pending)));
            assert_eq!(found(false, false, true), counted(keep(&is_due)));
            let all = keep(&|id| is_unread(id) && is_pending(id) && is_due(id));
            assert_eq!(found(true, true, true), counted(all));
            self.compare_expired(user, &query);
        }
    }

    /// What is over is listed with what the viewer did about it, and is never to pop up.
    fn compare_expired(&self, user: usize, query: &Query) {
        let oracle = &self.oracle;
        let over = query.clone().filter(Filter::new().phase(Phase::Expired));
        let page = self.desk.page(&over.limit(1000));
        let mut ids: Vec<i64> = page.items.iter().map(|item| item.id()).collect();
        ids.sort_unstable();
        assert_eq!(ids, oracle.expired(user));
        let unread = page.items.iter().filter(|item| !item.is_read()).count();
        assert_eq!(page.count.unread, Some(unread as u64));
        for item in &page.items {
            let (id, done) = (item.id(), oracle.of(user, item.id()));
            let found = (item.is_read(), item.is_dismissed(), item.is_acknowledged());
            let wanted = (
                done.is_read,
                oracle.is_dismissed(user, id),
                done.is_acknowledged,
            );
            assert_eq!(found, wanted, "{id}, which is over");
            assert!(!item.is_pending());
        }
    }

    /// Receipts by name tell of each user what is there, and of a stranger nothing.
    fn compare_receipts(&self) {
        let names = [USERS[2], "stranger", USERS[0], USERS[1], USERS[0]];
        let users = [Some(2), None, Some(0), Some(1)];
        for id in self.oracle.known.keys() {
            let query = ReceiptQuery::new(*id).users(names);
            let page = self.desk.board.receipts(&query).unwrap();
            let (mut read, mut acknowledged) = (0, 0);
            assert_eq!(page.receipts.len(), users.len());
            for (row, user) in page.receipts.iter().zip(users) {
                let done = user
                    .map(|user| self.oracle.of(user, *id))
                    .unwrap_or_default();
                assert_eq!(
                    (row.is_read, row.is_acknowledged),
                    (done.is_read, done.is_acknowledged),
                    "{id} of {}",
                    row.user
                );
                let versions = user.and_then(|user| self.oracle.acknowledged.get(&(user, *id)));
                let versions: Vec<(u32, i64)> = versions
                    .into_iter()
                    .flatten()
                    .map(|(v, at)| (*v, *at))
                    .collect();
                let found = row
                    .receipt
                    .acknowledgements()
                    .map(|one| (one.version, one.at));
                assert_eq!(found.collect::<Vec<_>>(), versions, "{id} of {}", row.user);
                read += u64::from(done.is_read);
                acknowledged += u64::from(done.is_acknowledged);
            }
            assert_eq!((page.read, page.acknowledged), (read, acknowledged));
        }
    }

    /// Nothing of what a page says may change before the instant that it names.
    fn compare_next_change(&mut self) {
        for user in 0..USERS.len() {
            let filter = Filter::new().pending_only(true);
            let query = self.query(user).filter(filter);
            let next = self.desk.page(&query).count.next_change_at;
            let pending = |oracle: &Oracle| -> Vec<i64> {
                let mut ids = oracle.board(user);
                ids.retain(|id| oracle.is_pending(user, *id));
                ids
            };
            let before = pending(&self.oracle);
            let now = self.oracle.now;
            let instants: BTreeSet<i64> = self
                .oracle
                .known
                .values()
                .flat_map(|known| [known.starts_at, known.ends_at])
                .chain(self.oracle.done.values().map(|done| done.snoozed_until))
                .chain(self.oracle.done.iter().map(|((_, id), done)| {
                    done.last_shown + i64::from(self.oracle.known[id].show_interval_ms)
                }))
                .collect();
            for at in instants
                .into_iter()
                .filter(|at| *at > now && next.is_none_or(|next| *at < next))
            {
                self.oracle.now = at;
                assert_eq!(
                    pending(&self.oracle),
                    before,
                    "{next:?} comes too late: {at}"
                );
            }
            self.oracle.now = now;
        }
    }
}

fn fields() -> impl Strategy<Value = Fields> {
    let often = |what: BoxedStrategy<u32>| prop_oneof![3 => Just(0), 1 => what];
    (
        prop::option::of(0..ROLES.len()),
        prop::option::weighted(0.4, -50i16..200),
        prop::option::weighted(0.4, 0u16..300),
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.3),
        often((1u32..3).boxed()),
        often((1u32..100).boxed()),
        -2i32..3,
    )
        .prop_map(
            |(
                role,
                starts_in,
                lasts,
                dismissible,
                require_ack,
                show_limit,
                show_interval_ms,
                priority,
            )| {
                Fields {
                    role,
                    starts_in,
                    lasts,
                    dismissible,
                    require_ack,
                    show_limit,
                    show_interval_ms,
                    priority,
                }
            },
        )
}

fn field_set() -> impl Strategy<Value = FieldSet> {
    let seldom = || prop::bool::weighted(0.25);
    (seldom(), seldom(), seldom(), seldom()).prop_map(|(role, starts, ends, rest)| FieldSet {
        role,
        starts,
        ends,
        rest,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let user = 0..USERS.len();
    let mark = prop::sample::select(Mark::ALL);
    let mark_all =
        prop_oneof![3 => Just(Mark::Read), 1 => Just(Mark::Seen), 1 => Just(Mark::Dismiss)];
    prop_oneof![
        5 => (fields(), prop::option::weighted(0.25, any::<Pick>())).prop_map(|(f, r)| Step::Publish(f, r)),
        5 => (any::<Pick>(), fields(), field_set(), any::<bool>()).prop_map(|(p, f, s, m)| Step::Update(p, f, s, m)),
        2 => any::<Pick>().prop_map(Step::Retract),
        2 => any::<Pick>().prop_map(Step::Restore),
        1 => any::<Pick>().prop_map(Step::Purge),
        8 => (user.clone(), prop::collection::vec(any::<Pick>(), 1..3), mark, prop_oneof![2 => Just(0u32), 1 => 1u32..4]).prop_map(|(u, p, m, ago)| Step::Mark(u, p, m, ago)),
        4 => (user.clone(), mark_all, prop::option::of(any::<u8>())).prop_map(|(u, m, part)| Step::MarkAll(u, m, part)),
        2 => (user.clone(), prop::option::of(0..ROLES.len())).prop_map(|(u, role)| Step::Become(u, role)),
        1 => user.clone().prop_map(Step::ReadRole),
        1 => user.prop_map(Step::Forget),
        3 => prop_oneof![4 => 0i16..120, 1 => -60i16..0].prop_map(Step::Clock),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_flags_and_counts_agree_with_a_plain_book_of_what_everybody_did(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut pair = Pair::new();
        for step in &steps {
            pair.step(step);
            pair.compare();
        }
        pair.compare_receipts();
        pair.compare_next_change();
    }
}
