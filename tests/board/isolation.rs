//! What a viewer may not see leaves no trace in anything that a viewer is told.
//!
//! The chief means is non-interference: two boards have the same history but for what is hidden from
//! the viewer. On the one, hidden announcements replace others, are scheduled, retracted, restored and
//! purged; on the other, nothing but their number is the same, so that ids and revisions agree. Every
//! answer to the viewer must be the same on both, to the last byte.

use std::fmt::Write as _;

use base64::Engine as _;
use notice::{
    ChangeQuery, Draft, Error, Filter, Language, Lifecycle, Mark, Operation, Operator, Order,
    Phase, Query, Reference, Result, Severity, Text, TimeRange, Viewer,
};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{Desk, NOW, for_role, of, plain_marks, restore, retract, update};

/// What every secret text holds.
const SECRET: &str = "zqsecret";

#[derive(Debug, Clone)]
enum Step {
    Open(Doing),
    Hidden(Hiding, Doing),
    Mark(u8, Mark),
    ReadAll,
    Clock(i64),
}

/// Why the viewer does not see it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Hiding {
    Audience,
    /// Its start never comes.
    Start,
    /// It is never released.
    Draft,
}

#[derive(Debug, Clone)]
enum Doing {
    Publish {
        replaces: Option<u8>,
        lasts: Option<i64>,
        severity: usize,
    },
    Edit(u8, bool),
    Retract(u8),
    Restore(u8),
    Purge(u8),
}

/// A hidden or an open announcement that is there.
#[derive(Debug, Clone)]
struct Known {
    id: i64,
    is_hidden: bool,
    is_draft: bool,
    is_retracted: bool,
}

/// The board with the secrets, and its twin where nothing goes on behind the viewer's back.
struct Twins {
    full: Desk,
    dull: Desk,
    known: Vec<Known>,
    /// Every hidden id, dead ones too.
    hidden: Vec<i64>,
    count: u32,
    now: i64,
}

impl Twins {
    fn new() -> Self {
        Self {
            full: Desk::new(),
            dull: Desk::new(),
            known: Vec::new(),
            hidden: Vec::new(),
            count: 0,
            now: NOW,
        }
    }

    /// Whether its end has passed, so that it cannot be restored.
    fn is_over(&self, id: i64) -> bool {
        let ends_at = self.full.edited(id).ends_at();
        ends_at.is_some_and(|end| end <= self.now)
    }

    fn pick(&self, is_hidden: bool, pick: u8) -> Option<usize> {
        let places = self.known.iter().enumerate();
        let places: Vec<usize> = places
            .filter(|(_, known)| known.is_hidden == is_hidden)
            .map(|(place, _)| place)
            .collect();
        places.get(usize::from(pick) * places.len() / 256).copied()
    }

    fn step(&mut self, step: &Step) {
        self.count += 1;
        match step {
            Step::Open(doing) => self.change(None, doing),
            Step::Hidden(hiding, doing) => self.change(Some(*hiding), doing),
            Step::Mark(pick, mark) => {
                if let Some(place) = self.pick(false, *pick) {
                    let id = self.known[place].id;
                    let viewer = Viewer::new("ann");
                    let full = self.full.board.mark(&viewer, &[id], *mark);
                    assert_eq!(full, self.dull.board.mark(&viewer, &[id], *mark));
                }
            }
            Step::ReadAll => {
                for desk in [&self.full, &self.dull] {
                    desk.read_all("ann");
                }
            }
            Step::Clock(ms) => {
                self.now += ms;
                self.full.at(self.now - NOW);
                self.dull.at(self.now - NOW);
            }
        }
        assert_eq!(self.full.revision(), self.dull.revision());
    }

    fn both(&self, operation: Operation) -> i64 {
        let done = self.full.board.apply_one(operation.clone()).unwrap();
        assert_eq!(self.dull.board.apply_one(operation), Ok(done));
        done.id
    }

    /// Something else is done on the dull board, in as many revisions.
    fn each(&self, full: Operation, dull: Operation) -> i64 {
        let done = self.full.board.apply_one(full).unwrap();
        assert_eq!(self.dull.board.apply_one(dull).unwrap().id, done.id);
        done.id
    }

    fn change(&mut self, hiding: Option<Hiding>, doing: &Doing) {
        let is_hidden = hiding.is_some();
        let n = self.count;
        let dull_edit = |id: i64| update(id, json!({"extras": {"n": n}}), None);
        let place = match doing {
            Doing::Publish { .. } => None,
            Doing::Edit(pick, _)
            | Doing::Retract(pick)
            | Doing::Restore(pick)
            | Doing::Purge(pick) => self.pick(is_hidden, *pick),
        };
        let at = |place: Option<usize>| place.map(|place| (place, self.known[place].clone()));
        match (doing, at(place)) {
            (
                Doing::Publish {
                    replaces,
                    lasts,
                    severity,
                },
                _,
            ) => {
                let id = self.publish(hiding, *replaces, *lasts, Severity::ALL[*severity]);
                self.known.push(Known {
                    id,
                    is_hidden,
                    is_draft: hiding == Some(Hiding::Draft),
                    is_retracted: false,
                });
                if is_hidden {
                    self.hidden.push(id);
                }
            }
            (Doing::Edit(_, is_news), Some((_, known))) => {
                let change = match is_news {
                    true => notice::Importance::Major,
                    false => notice::Importance::Minor,
                };
                let word = if is_hidden { SECRET } else { "open" };
                let patch = json!({"extras": {"n": n}, "author": format!("{word}{n}")});
                let full = update(known.id, patch, Some(change));
                match is_hidden {
                    true => self.each(full, dull_edit(known.id)),
                    false => self.both(full),
                };
            }
            (Doing::Retract(_), Some((place, known))) if !known.is_retracted && !known.is_draft => {
                match is_hidden {
                    true => self.each(
                        retract(known.id, &format!("{SECRET}{n}")),
                        dull_edit(known.id),
                    ),
                    false => self.both(retract(known.id, "open")),
                };
                self.known[place].is_retracted = true;
            }
            (Doing::Restore(_), Some((place, known)))
                if known.is_retracted && !self.is_over(known.id) =>
            {
                match is_hidden {
                    true => self.each(restore(known.id), dull_edit(known.id)),
                    false => self.both(restore(known.id)),
                };
                self.known[place].is_retracted = false;
            }
            (Doing::Purge(_), Some((place, known))) => {
                match is_hidden {
                    true => self.each(Operation::Purge { id: known.id }, dull_edit(known.id)),
                    false => self.both(Operation::Purge { id: known.id }),
                };
                self.known.remove(place);
            }
            _ => {}
        }
    }

    fn publish(
        &self,
        hiding: Option<Hiding>,
        replaces: Option<u8>,
        lasts: Option<i64>,
        severity: Severity,
    ) -> i64 {
        let n = self.count;
        let replaced = replaces.and_then(|pick| self.pick(false, pick));
        let ends_at = lasts.map(|ms| self.now + ms);
        let Some(hiding) = hiding else {
            let mut draft = Draft::from_text(Text::new("en", format!("open{n}")).body("open"))
                .key(format!("k{n}"))
                .tag("t")
                .show_limit(Some(n % 3).filter(|n| *n > 0))
                .require_ack(n.is_multiple_of(4))
                .severity(severity)
                .visible(self.now, ends_at);
            if let Some(place) = replaced {
                draft = draft.replaces(Reference::Id(self.known[place].id));
            }
            return self.both(crate::support::publish(draft));
        };
        let word = format!("{SECRET}{n}");
        let mut draft = Draft::from_text(Text::new("en", &word).summary(&word).body(&word))
            .text(Text::new("zh-CN", &word))
            .key(&word)
            .category(&word)
            .tag(&word)
            .tag("t")
            .author(&word)
            .source_text(&word)
            .external_id(&word)
            .severity(Severity::Critical)
            .pinned(true)
            .action(
                notice::Action::new(word.clone(), notice::ActionKind::Copy, word.clone())
                    .label("en", word.clone()),
            );
        draft.extras.insert(word.clone(), word.clone().into());
        draft = match hiding {
            Hiding::Audience => draft
                .audience("role", Operator::In, [word])
                .visible(self.now - 1, ends_at),
            Hiding::Start => draft.visible(NEVER, None),
            Hiding::Draft => draft.visible(self.now - 1, ends_at).state(Lifecycle::Draft),
        };
        if let Some(place) = replaced {
            draft = draft.replaces(Reference::Id(self.known[place].id));
        }
        let dull = for_role("x", "nobody");
        self.each(
            crate::support::publish(draft),
            crate::support::publish(dull),
        )
    }

    /// Everything that a viewer can be told, as text.
    fn told(&self, desk: &Desk, has_scheduled: bool) -> String {
        let mut told = Told {
            text: String::new(),
            has_scheduled,
        };
        let last = self
            .known
            .iter()
            .map(|known| known.id)
            .chain(self.hidden.iter().copied());
        let ids: Vec<i64> = (0..=last.max().unwrap_or(0) + 1).collect();
        for query in queries() {
            told.pages(desk, &query);
            let plain = query.filter
                == query
                    .filter
                    .clone()
                    .unread_only(false)
                    .pending_only(false)
                    .unacknowledged_only(false);
            if plain {
                told.feed(desk, &query);
            }
        }
        for id in ids {
            let query = of("ann");
            told.add(
                "get",
                desk.board.get(id, &query).map(|item| format!("{item:?}")),
            );
            let mut explained = desk.board.explain(id, &query);
            if let Ok(explanation) = &mut explained {
                told.next_change(explanation.next_change_at.take());
            }
            told.add("explain", explained);
        }
        told.text
    }

    fn compare(&self, has_scheduled: bool) {
        let full = self.told(&self.full, has_scheduled);
        assert!(!full.contains(SECRET), "{full}");
        let dull = self.told(&self.dull, has_scheduled);
        let lines = full.lines().zip(dull.lines());
        for (full, dull) in lines {
            assert_eq!(full, dull);
        }
        assert_eq!(full.len(), dull.len());
        self.compare_hidden();
    }

    /// What is hidden is as what was never there, whatever is done with it.
    fn compare_hidden(&self) {
        let viewer = Viewer::new("ann");
        let query = of("ann");
        for id in &self.hidden {
            let board = &self.full.board;
            assert_eq!(board.get(*id, &query).unwrap_err(), Error::not_found(*id));
            assert_eq!(board.explain(*id, &query), Err(Error::not_found(*id)));
            for mark in plain_marks() {
                assert_eq!(
                    board.mark(&viewer, &[*id], mark),
                    Err(Error::not_found(*id))
                );
            }
            let with_id = query.clone().filter(Filter::new().ids([*id]));
            let count = board.count(&with_id).unwrap();
            assert_eq!((count.total, count.unread), (Some(0), Some(0)));
            let over = Filter::new().phase(Phase::Expired);
            for over in [over.clone().ids([*id]), over.q(SECRET)] {
                let count = board.count(&query.clone().filter(over)).unwrap();
                assert_eq!(count.total, Some(0));
            }
            for event in self.full.events(0, &query) {
                assert_ne!(event.id, *id);
            }
        }
    }
}

const NEVER: i64 = NOW + 1_000_000_000;

/// Collects answers.
struct Told {
    text: String,
    /// The start of a scheduled one may be named as an instant at which something changes.
    has_scheduled: bool,
}

impl Told {
    fn add<T: std::fmt::Debug>(&mut self, what: &str, answer: Result<T>) {
        match answer {
            Ok(answer) => writeln!(self.text, "{what} {answer:?}").unwrap(),
            Err(error) => {
                let (en, zh) = (error.message(Language::En), error.message(Language::Zh));
                writeln!(self.text, "{what} {error:?} {en} {zh}").unwrap();
            }
        }
    }

    /// `next_change_at` of a board on which something is scheduled for the viewer may name that start:
    /// it says when to ask again, and the contract has it never late, not never early. It says no more
    /// than that. What the audience hides may not be in it at all.
    fn next_change(&mut self, next: Option<i64>) {
        let next = next.filter(|next| !(self.has_scheduled && *next == NEVER));
        writeln!(self.text, "next {next:?}").unwrap();
    }

    fn pages(&mut self, desk: &Desk, query: &Query) {
        let mut query = query.clone();
        loop {
            let mut page = desk.page(&query);
            self.next_change(page.count.next_change_at);
            (page.count.epoch, page.count.next_change_at) = (0, None);
            self.add("page", Ok(&page));
            let mut count = desk.board.count(&query).unwrap();
            (count.epoch, count.next_change_at) = (0, None);
            self.add("count", Ok(count));
            let Some(cursor) = page.next_cursor else {
                return;
            };
            let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
                .decode(&cursor)
                .unwrap();
            self.add("cursor", Ok(String::from_utf8_lossy(&bytes)));
            query.cursor = Some(cursor);
        }
    }

    fn feed(&mut self, desk: &Desk, query: &Query) {
        for since in 0..=desk.revision() {
            let mut page = desk
                .board
                .changes(&ChangeQuery::since(since, query.clone()))
                .unwrap();
            self.next_change(page.next_change_at);
            (page.epoch, page.next_change_at) = (0, None);
            self.add("changes", Ok(page));
        }
    }
}

fn queries() -> Vec<Query> {
    let with = |set: fn(&mut Filter)| {
        let mut filter = Filter::default();
        set(&mut filter);
        of("ann").filter(filter).limit(2)
    };
    vec![
        of("ann"),
        of("").limit(1),
        with(|f| f.unread_only = true).order(Order::Newest),
        with(|f| f.pending_only = true).order(Order::Oldest),
        with(|f| f.unacknowledged_only = true),
        with(|f| f.tags_any = vec!["t".to_owned()]).order(Order::EndingSoon),
        with(|f| f.severity_at_least = Some(Severity::Notice)),
        with(|f| f.changed_since = Some(3)),
        with(|f| f.starts = TimeRange::new(NOW + 20, None)),
        with(|f| f.phase = Phase::Expired),
        with(|f| (f.phase, f.unread_only) = (Phase::Expired, true)).order(Order::EndingSoon),
        with(|f| (f.phase, f.ids) = (Phase::Expired, (0..9).collect())).order(Order::Newest),
    ]
}

fn doing() -> impl Strategy<Value = Doing> {
    let publish = (
        prop::option::weighted(0.6, any::<u8>()),
        prop::option::weighted(0.3, 1i64..100),
        0..Severity::ALL.len(),
    );
    prop_oneof![
        4 => publish.prop_map(|(replaces, lasts, severity)| Doing::Publish { replaces, lasts, severity }),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(pick, is_news)| Doing::Edit(pick, is_news)),
        2 => any::<u8>().prop_map(Doing::Retract),
        2 => any::<u8>().prop_map(Doing::Restore),
        1 => any::<u8>().prop_map(Doing::Purge),
    ]
}

fn step(hiding: Vec<Hiding>) -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => doing().prop_map(Step::Open),
        5 => (prop::sample::select(hiding), doing()).prop_map(|(hiding, doing)| Step::Hidden(hiding, doing)),
        1 => (any::<u8>(), prop::sample::select(plain_marks())).prop_map(|(pick, mark)| Step::Mark(pick, mark)),
        1 => Just(Step::ReadAll),
        1 => (0i64..80).prop_map(Step::Clock),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_audience_hides_and_what_is_a_draft_changes_no_answer(
        steps in prop::collection::vec(step(vec![Hiding::Audience, Hiding::Draft]), 1..25),
    ) {
        let mut twins = Twins::new();
        steps.iter().for_each(|step| twins.step(step));
        twins.compare(false);
    }

    #[test]
    fn what_is_yet_to_start_changes_no_answer_but_when_to_ask_again(
        steps in prop::collection::vec(step(vec![Hiding::Audience, Hiding::Start, Hiding::Draft]), 1..25),
    ) {
        let mut twins = Twins::new();
        steps.iter().for_each(|step| twins.step(step));
        twins.compare(true);
    }
}

/// A hidden one above a purged one gets what that had replaced, which lies below a visible one here.
#[test]
fn a_purge_below_a_hidden_one_tells_no_more_than_without_it() {
    let publish = |replaces| Doing::Publish {
        replaces,
        lasts: None,
        severity: 0,
    };
    for hiding in [Hiding::Audience, Hiding::Start, Hiding::Draft] {
        let mut twins = Twins::new();
        let steps = [
            Step::Open(publish(None)),
            Step::Open(publish(Some(0))),
            Step::Open(publish(Some(255))),
            Step::Hidden(hiding, publish(Some(255))),
            Step::Open(Doing::Purge(255)),
        ];
        steps.iter().for_each(|step| twins.step(step));
        twins.compare(true);
    }
}

/// `Draft` has no setter for the source.
trait SourceText {
    fn source_text(self, source: &str) -> Self;
}

impl SourceText for Draft {
    fn source_text(mut self, source: &str) -> Self {
        source.clone_into(&mut self.source);
        self
    }
}
