//! Random histories and queries. Everything is drawn from small alphabets, so that the same key, tag,
//! instant and audience come up often. Each thing is read off a row of bytes: it shrinks by itself, and
//! zeros are the plainest.

use notice::{
    Audience, Draft, Filter, Importance, Lifecycle, Locale, Operator, Phase, Query, Reference,
    Severity, Text, TimeRange, View, Viewer,
};
use proptest::prelude::*;

/// The instants at which things start, end and are asked: `tick(0)`, `tick(1)` and so on.
pub(crate) fn tick(n: u8) -> i64 {
    crate::support::NOW + i64::from(n) * 1000
}

/// How many ticks there are.
const TICKS: u8 = 24;
const KEYS: [&str; 6] = ["", "", "a", "b", "c", "d"];
const CHANNELS: [&str; 4] = ["", "ops", "ops", "default"];
const TAGS: [&str; 3] = ["red", "green", "停机"];
const LOCALES: [&str; 3] = ["en", "zh-CN", "de"];

/// One step of a history.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Publishes a draft; with the next one in one batch if `more`.
    Publish { draft: Box<Draft>, more: bool },
    /// Retracts the announcement of that id, if there is one.
    Retract(i64),
    /// Releases it.
    Release(i64),
    /// Sets the clock.
    Clock(i64),
    /// Asks, and compares with the oracle.
    Ask(Box<Ask>),
}

/// A query that is walked to its end.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) query: Query,
    /// Where the clock goes after each page.
    pub(crate) clocks: Vec<i64>,
}

/// Reads small numbers off a row of bytes.
struct Genes<'a>(std::slice::Iter<'a, u8>);

impl Genes<'_> {
    fn below(&mut self, n: u8) -> u8 {
        self.0.next().copied().unwrap_or(0) % n
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::from(self.below(list.len() as u8))]
    }

    /// True once in `n`.
    fn once_in(&mut self, n: u8) -> bool {
        self.below(n) == n - 1
    }

    fn owned(&mut self, list: &[&str]) -> String {
        self.one_of(list).to_owned()
    }

    /// A subset of `list`, in its order.
    fn some(&mut self, list: &[&str]) -> Vec<String> {
        let bits = self.below(1 << list.len());
        let chosen = list.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1);
        chosen.map(|(_, one)| (*one).to_owned()).collect()
    }

    /// An instant on a tick or a millisecond beside it.
    fn instant(&mut self) -> i64 {
        tick(self.below(TICKS)) + self.one_of(&[0, 0, -1, 1])
    }

    fn draft(&mut self, ids: u8) -> Draft {
        let mut draft = Draft::new("en", self.one_of(&["a", "b"]));
        draft.key = self.owned(&KEYS);
        draft.channel = self.owned(&CHANNELS);
        draft.severity = self.one_of(&[
            Severity::Info,
            Severity::None,
            Severity::Notice,
            Severity::Warning,
            Severity::Critical,
        ]);
        draft.priority = self.one_of(&[0, 0, 1, -1, 1000, -1000]);
        draft.pinned = self.once_in(6);
        if !self.once_in(3) {
            draft.starts_at = Some(tick(self.below(TICKS)));
        }
        if self.once_in(2) {
            let start = draft.starts_at.unwrap_or_default().max(tick(0));
            // Sometimes no time at all, which is refused.
            draft.ends_at = Some(start + i64::from(self.below(12)) * 1000);
        }
        draft.audience = self.one_of(&AUDIENCES)();
        draft.tags = self.some(&TAGS);
        draft.category = self.owned(&["", "c1", "c2"]);
        draft.author = self.owned(&["", "", "wu"]);
        draft.external_id = self.owned(&["", "", "e1", "e2"]);
        if self.once_in(3) {
            draft.texts.insert(0, Text::new("zh-CN", "一"));
        }
        if self.once_in(4) {
            draft.texts.push(Text::new("de", "eins").summary("zwei"));
            draft.default_locale = "de".to_owned();
        }
        for _ in 0..self.one_of(&[0, 0, 0, 0, 1, 1, 2]) {
            draft.replaces.push(match self.below(2) {
                0 => Reference::Key(self.owned(&KEYS[2..])),
                _ => Reference::Id(i64::from(self.below(ids)) + 1),
            });
        }
        draft.change = self.one_of(&[None, None, Some(Importance::Minor), Some(Importance::Major)]);
        draft.state = self.one_of(&[
            None,
            None,
            None,
            None,
            None,
            Some(Lifecycle::Published),
            Some(Lifecycle::Draft),
            Some(Lifecycle::Draft),
        ]);
        draft
    }

    fn viewer(&mut self) -> Viewer {
        let mut viewer = Viewer::new(self.one_of(&["", "li", "wu"]));
        for role in self.some(&["admin", "clerk"]) {
            viewer = viewer.with("role", role);
        }
        if self.once_in(2) {
            viewer = viewer.with("app_version", self.one_of(&["1.0", "2.5", "odd"]));
        }
        let mut locales = self.some(&LOCALES);
        if self.once_in(2) {
            locales.reverse();
        }
        viewer.locales(locales)
    }

    fn span(&mut self) -> TimeRange {
        let bound = |genes: &mut Self| (!genes.once_in(3)).then(|| genes.instant());
        TimeRange::new(bound(self), bound(self))
    }

    /// Sets one condition of a filter.
    fn condition(&mut self, filter: &mut Filter, ids: u8) {
        match self.below(18) {
            0 | 1 => {
                filter.channels = self
                    .one_of(&[&["ops"][..], &["default"], &["ops", "default", "x"]])
                    .iter()
                    .map(|c| (*c).to_owned())
                    .collect()
            }
            2 => filter.categories = self.some(&["c1", "c2", "c3"]),
            3 => filter.tags_any = self.some(&TAGS),
            4 => filter.tags_all = self.some(&TAGS),
            5 | 6 => filter.tags_none = self.some(&TAGS),
            7 => filter.severity_at_least = Some(self.one_of(Severity::ALL)),
            8 => filter.pinned = Some(self.once_in(2)),
            9 => {
                filter.ids = (0..self.below(9))
                    .map(|_| i64::from(self.below(ids)) + 1)
                    .collect()
            }
            10 => filter.keys = self.some(&KEYS[2..]),
            11 => filter.author = Some("wu".to_owned()),
            12 => filter.external_id = Some(self.owned(&["e1", "e2", "e3"])),
            13 => filter.starts = self.span(),
            14 => filter.ends = self.span(),
            15 => match self.once_in(2) {
                true => filter.published = self.span(),
                false => filter.updated = self.span(),
            },
            16 => filter.changed_since = Some(i64::from(self.below(ids))),
            _ => filter.has_locale = Some(Locale::parse(self.one_of(&LOCALES)).unwrap()),
        }
    }

    fn ask(&mut self, ids: u8) -> Ask {
        let order = self.one_of(&crate::support::ORDERS);
        let limit = self.one_of(&[50, 1, 2, 3, 7, 20, 1000]);
        let is_editor = self.once_in(4);
        let mut filter = Filter::default();
        for _ in 0..self.one_of(&[0, 0, 1, 1, 1, 2, 3]) {
            self.condition(&mut filter, ids);
        }
        let mut viewer = self.viewer();
        if self.once_in(3) {
            viewer.now = Some(self.instant());
        }
        if is_editor {
            filter.phase = self.one_of(Phase::ALL);
        } else if self.once_in(3) {
            filter.phase = Phase::Expired;
        }
        let view = if is_editor {
            View::Editor
        } else {
            View::Viewer
        };
        let query = Query::new(viewer)
            .filter(filter)
            .order(order)
            .limit(limit)
            .view(view);
        Ask {
            query,
            clocks: (0..3).map(|_| self.instant()).collect(),
        }
    }

    fn step(&mut self, ids: u8) -> Step {
        match self.below(18) {
            0..=9 => Step::Publish {
                more: self.once_in(3),
                draft: Box::new(self.draft(ids)),
            },
            10 => Step::Retract(i64::from(self.below(ids)) + 1),
            11 | 12 => Step::Clock(self.instant()),
            13 | 14 => Step::Release(i64::from(self.below(ids)) + 1),
            _ => Step::Ask(Box::new(self.ask(ids))),
        }
    }
}

/// The audiences that come up. The oracle knows them by what they say, not by this list.
const AUDIENCES: [fn() -> Audience; 8] = [
    Audience::everyone,
    Audience::everyone,
    || Audience::everyone().and("role", Operator::In, ["admin"]),
    || Audience::everyone().and("role", Operator::In, ["clerk", "admin"]),
    || Audience::everyone().and("role", Operator::NotIn, ["clerk"]),
    || Audience::everyone().and("user", Operator::Exists, [""; 0]),
    || Audience::everyone().and("app_version", Operator::Version, [">=2"]),
    || {
        Audience::everyone()
            .and("user", Operator::In, ["li"])
            .and("role", Operator::In, ["admin"])
    },
];

type Row = [u8; 32];

/// A history of `steps` steps over ids that are mostly below `ids`.
pub(crate) fn history(steps: std::ops::Range<usize>, ids: u8) -> impl Strategy<Value = Vec<Step>> {
    let step = any::<Row>().prop_map(move |row| Genes(row.iter()).step(ids));
    prop::collection::vec(step, steps)
}

/// Queries without a history.
pub(crate) fn asks(count: std::ops::Range<usize>, ids: u8) -> impl Strategy<Value = Vec<Ask>> {
    let ask = any::<Row>().prop_map(move |row| Genes(row.iter()).ask(ids));
    prop::collection::vec(ask, count)
}

/// Drafts alone, for a board that is large at once; they are not refused.
pub(crate) fn drafts(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Draft>> {
    prop::collection::vec(any_draft(), count)
}

/// A draft that may be published whatever is there: of no key, and replacing only what is elsewhere.
pub(crate) fn any_draft() -> impl Strategy<Value = Draft> {
    any::<Row>().prop_map(|row| {
        let mut draft = Genes(row.iter()).draft(200);
        draft.key.clear();
        draft.state = None;
        draft
            .replaces
            .retain(|one| matches!(one, Reference::Key(_)));
        draft.ends_at = draft.ends_at.map(|end| end + tick(TICKS) - tick(0));
        draft
    })
}
