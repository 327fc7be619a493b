//! The one rule of the change feed, over random histories: a list of some revision, with the changes
//! after it applied, is the list of the head.

use std::collections::BTreeMap;

use notice::{
    ChangeQuery, Draft, ErrorKind, Filter, Operation, Operator, Options, Order, Phase, Query,
    Reference, Severity, TimeRange, View, Viewer,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{Desk, NOW, publish, release, restore, retract, update};

const ROLES: [&str; 2] = ["red", "blue"];
const KEYS: [&str; 3] = ["k0", "k1", "k2"];
const CHANNELS: [&str; 2] = ["default", "other"];

#[derive(Debug, Clone)]
enum Step {
    /// Operations of one commit.
    Commit(Vec<Doing>),
    /// The follower of that number catches up.
    Follow(usize),
    Clock(i64),
}

#[derive(Debug, Clone)]
enum Doing {
    Publish(Shape),
    Update(u8, Shape, u8),
    Retract(u8),
    Restore(u8),
    Release(u8),
    Purge(u8),
}

#[derive(Debug, Clone)]
struct Shape {
    key: Option<usize>,
    channel: usize,
    role: Option<usize>,
    starts_in: Option<i64>,
    lasts: Option<i64>,
    severity: usize,
    tagged: bool,
    pinned: bool,
    by_key: Option<usize>,
    by_id: Option<u8>,
    is_draft: bool,
}

impl Shape {
    /// The fields as JSON, `null` where they are not set.
    fn fields(&self, now: i64, last_id: i64) -> Map<String, Value> {
        let starts_at = self.starts_in.map(|ms| now + ms);
        let ends_at = self.lasts.map(|ms| starts_at.unwrap_or(now) + ms);
        let id = self.by_id.map(|n| json!(1 + i64::from(n) * last_id / 256));
        let by_key = self.by_key.map(|n| json!(KEYS[n]));
        let replaces: Vec<Value> = id.into_iter().chain(by_key).collect();
        let fields = json!({
            "key": self.key.map(|n| KEYS[n]),
            "channel": CHANNELS[self.channel],
            "audience": self.role.map(|n| json!([{"attribute": "role", "op": "in", "values": [ROLES[n]]}])),
            "starts_at": starts_at,
            "ends_at": ends_at,
            "severity": Severity::ALL[self.severity].name(),
            "tags": self.tagged.then(|| json!(["t"])),
            "pinned": self.pinned,
            "replaces": replaces,
        });
        let Value::Object(fields) = fields else {
            unreachable!()
        };
        fields
    }
}

/// What a follower keeps of the board.
type List = BTreeMap<i64, (u32, i64, String)>;

struct Follower {
    query: Query,
    list: List,
    revision: i64,
    epoch: u128,
    next_change_at: Option<i64>,
    limit: u32,
    lists: usize,
}

impl Follower {
    fn new(desk: &Desk, query: Query, limit: u32) -> Self {
        let mut follower = Self {
            query,
            list: List::new(),
            revision: 0,
            epoch: 0,
            next_change_at: None,
            limit,
            lists: 0,
        };
        follower.list_again(desk);
        follower
    }

    fn entry(item: &notice::Item) -> (i64, (u32, i64, String)) {
        let a = &item;
        let title = item.text().title.to_owned();
        (a.id(), (a.version(), a.revision(), title))
    }

    fn listed(&self, desk: &Desk) -> List {
        let items = desk.all(&self.query.clone().limit(1000));
        items.iter().map(Self::entry).collect()
    }

    fn list_again(&mut self, desk: &Desk) {
        let count = desk.board.count(&self.query).unwrap();
        self.list = self.listed(desk);
        self.revision = count.revision;
        self.epoch = count.epoch;
        self.next_change_at = count.next_change_at;
        self.lists += 1;
    }

    /// Catches up as a program should.
    fn follow(&mut self, desk: &Desk, now: i64) {
        if self.next_change_at.is_some_and(|at| at <= now) {
            self.list_again(desk);
        }
        loop {
            let changes = ChangeQuery::since(self.revision, self.query.clone());
            let page = match desk
                .board
                .changes(&changes.epoch(self.epoch).limit(self.limit))
            {
                Ok(page) => page,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Compacted);
                    let oldest = i64::try_from(error.limit().unwrap()).unwrap();
                    assert!(self.revision < oldest && oldest <= desk.revision());
                    self.list_again(desk);
                    break;
                }
            };
            let mut last = self.revision;
            for event in &page.events {
                assert!(last <= event.revision, "oldest first");
                assert!(self.revision < event.revision && event.revision <= page.to_revision);
                last = event.revision;
                match &event.item {
                    Some(item) => self.list.extend([Self::entry(item)]),
                    None => drop(self.list.remove(&event.id)),
                }
            }
            let full = |events: usize| events >= self.limit as usize;
            assert!(
                !page.more || full(page.events.len()),
                "more only after a full page"
            );
            self.revision = page.to_revision;
            self.next_change_at = page.next_change_at;
            if !page.more {
                break;
            }
        }
        assert_eq!(self.revision, desk.revision());
        assert_eq!(self.list, self.listed(desk), "what {:?} sees", self.query);
    }
}

/// The eyes through which the board is followed.
fn queries() -> Vec<Query> {
    let red = || Query::new(Viewer::new("ann").with("role", "red"));
    let blue = || Query::new(Viewer::new("bob").with("role", "blue"));
    let editor = |phase| Query::editor().filter(Filter::new().phase(phase));
    let with = |query: Query, set: fn(&mut Filter)| {
        let mut filter = query.filter.clone();
        set(&mut filter);
        query.filter(filter)
    };
    vec![
        red(),
        blue().order(Order::Oldest),
        Query::new(Viewer::anonymous()),
        with(red(), |f| f.channels = vec!["other".to_owned()]),
        with(blue(), |f| f.keys = vec!["k0".to_owned(), "k1".to_owned()]),
        with(red(), |f| f.severity_at_least = Some(Severity::Notice)),
        with(red(), |f| f.tags_any = vec!["t".to_owned()]),
        with(blue(), |f| f.tags_none = vec!["t".to_owned()]),
        with(red(), |f| f.pinned = Some(true)),
        with(red(), |f| f.ids = vec![1, 3, 5]),
        with(red(), |f| f.changed_since = Some(4)),
        with(red(), |f| f.ends = TimeRange::new(None, NOW + 300)),
        with(blue(), |f| f.starts = TimeRange::new(NOW + 20, None)),
        with(red(), |f| f.phase = Phase::Expired),
        with(blue(), |f| {
            f.phase = Phase::Expired;
            f.channels = vec!["default".to_owned()];
        }),
        editor(Phase::Active),
        editor(Phase::Any),
        editor(Phase::Scheduled),
        editor(Phase::Retracted),
        editor(Phase::Expired),
        editor(Phase::Draft),
        with(editor(Phase::Any), |f| {
            f.channels = vec!["default".to_owned()]
        })
        .view(View::Editor),
    ]
}

fn operation(doing: &Doing, now: i64, last_id: i64) -> Operation {
    let id = |n: &u8| 1 + i64::from(*n) * last_id / 256;
    match doing {
        Doing::Publish(shape) => {
            let mut fields = shape.fields(now, last_id);
            fields.insert("texts".to_owned(), json!({"en": {"title": "t"}}));
            if shape.is_draft {
                fields.insert("state".to_owned(), json!("draft"));
            }
            publish(Draft::from_value(&Value::Object(fields)).unwrap())
        }
        Doing::Update(n, shape, which) => {
            let fields = shape.fields(now, last_id).into_iter().enumerate();
            let chosen = fields.filter(|(place, _)| which & (1 << (place % 8)) != 0);
            let patch = chosen.map(|(_, field)| field).collect();
            update(id(n), Value::Object(patch), None)
        }
        Doing::Retract(n) => retract(id(n), "why"),
        Doing::Restore(n) => restore(id(n)),
        Doing::Release(n) => release(id(n)),
        Doing::Purge(n) => Operation::Purge { id: id(n) },
    }
}

fn shape() -> impl Strategy<Value = Shape> {
    let base = (
        prop::option::weighted(0.4, 0..KEYS.len()),
        prop_oneof![3 => Just(0), 1 => Just(1usize)],
        prop::option::weighted(0.5, 0..ROLES.len()),
        prop::option::weighted(0.3, -20i64..100),
        prop::option::weighted(0.3, 1i64..150),
        0..Severity::ALL.len(),
    );
    let rest = (
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.3),
        prop::option::weighted(0.25, 0..KEYS.len()),
        prop::option::weighted(0.15, any::<u8>()),
        prop::bool::weighted(0.2),
    );
    (base, rest).prop_map(|(base, rest)| {
        let (key, channel, role, starts_in, lasts, severity) = base;
        let (tagged, pinned, by_key, by_id, is_draft) = rest;
        Shape {
            key,
            channel,
            role,
            starts_in,
            lasts,
            severity,
            tagged,
            pinned,
            by_key,
            by_id,
            is_draft,
        }
    })
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        5 => shape().prop_map(Doing::Publish),
        5 => (any::<u8>(), shape(), any::<u8>()).prop_map(|(n, s, w)| Doing::Update(n, s, w)),
        2 => any::<u8>().prop_map(Doing::Retract),
        2 => any::<u8>().prop_map(Doing::Restore),
        3 => any::<u8>().prop_map(Doing::Release),
        1 => any::<u8>().prop_map(Doing::Purge),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec(doing(), 1..2).prop_map(Step::Commit),
        2 => prop::collection::vec(doing(), 2..5).prop_map(Step::Commit),
        4 => (0..queries().len()).prop_map(Step::Follow),
        1 => (0i64..80).prop_map(Step::Clock),
    ]
}

fn run(steps: &[Step], options: Options, limit: u32) -> usize {
    let desk = Desk::with(options);
    let mut now = NOW;
    let followers = queries().into_iter();
    let mut followers: Vec<Follower> = followers
        .map(|query| Follower::new(&desk, query, limit))
        .collect();
    let mut last_id = 0;
    for step in steps {
        match step {
            Step::Commit(doings) => {
                let operations: Vec<Operation> = doings
                    .iter()
                    .map(|doing| operation(doing, now, last_id))
                    .collect();
                // Many are refused; then nothing must have happened.
                if let Ok(done) = desk.board.apply(&operations) {
                    last_id = done.iter().map(|done| done.id).fold(last_id, i64::max);
                }
            }
            Step::Follow(n) => followers[*n].follow(&desk, now),
            Step::Clock(ms) => {
                now += ms;
                desk.at(now - NOW);
            }
        }
    }
    for follower in &mut followers {
        follower.follow(&desk, now);
    }
    followers.iter().map(|follower| follower.lists - 1).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_list_with_the_changes_after_it_is_the_list_of_the_head(
        steps in prop::collection::vec(step(), 1..60),
        limit in prop::sample::select(vec![1, 2, 3, 1000]),
    ) {
        run(&steps, Options::new(), limit);
    }

    #[test]
    fn so_it_is_for_those_who_were_left_behind_by_compaction(
        steps in prop::collection::vec(step(), 20..60),
        limit in 1..4u32,
        keep in 0..6u32,
    ) {
        run(&steps, Options::new().keep_changes(keep, 10), limit);
    }
}

#[test]
fn compaction_does_leave_some_behind() {
    let shape = Shape {
        key: None,
        channel: 0,
        role: None,
        starts_in: None,
        lasts: None,
        severity: 1,
        tagged: false,
        pinned: false,
        by_key: None,
        by_id: None,
        is_draft: false,
    };
    let mut steps = Vec::new();
    for _ in 0..5 {
        steps.push(Step::Commit(vec![Doing::Publish(shape.clone())]));
        steps.push(Step::Clock(20));
    }
    assert_eq!(run(&steps, Options::new(), 1), 0, "nobody need list again");
    let all = queries().len();
    assert_eq!(run(&steps, Options::new().keep_changes(2, 10), 1), all);
}

#[test]
fn a_follower_whose_replacer_comes_by_key_is_told_when_keys_move() {
    let desk = Desk::new();
    let query = Query::new(Viewer::new("ann"));
    let a = desk.publish(Draft::new("en", "a").key("k"));
    let b = desk.title("b");
    desk.publish(
        Draft::new("en", "c")
            .audience("x", Operator::NotIn, ["y"])
            .replaces(Reference::Key("k".to_owned())),
    );
    let mut follower = Follower::new(&desk, query, 1);
    for (id, key) in [
        (a, Value::Null),
        (b, json!("k")),
        (b, json!("q")),
        (a, json!("k")),
    ] {
        desk.update(id, json!({ "key": key }));
        follower.follow(&desk, NOW);
    }
    assert_eq!(follower.lists, 1);
}
