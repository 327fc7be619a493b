//! Random histories, told to a board and to an oracle: both must give the same answers.

mod oracle;
mod world;

use std::sync::Arc;

use notice::{Draft, ErrorKind, Lifecycle, ManualClock, Phase, Query, SharedBoard, View};
use proptest::prelude::*;

pub(crate) use self::world::any_draft;

use self::oracle::{Kept, Oracle};
use self::world::{Ask, Step};
use crate::support::{board, ids_of};

/// A board and the oracle beside it.
struct Pair {
    board: SharedBoard,
    clock: Arc<ManualClock>,
    now: i64,
    oracle: Oracle,
    batch: Vec<Draft>,
}

impl Pair {
    fn new() -> Self {
        let (board, clock) = board();
        clock.set(world::tick(0));
        Self {
            board,
            clock,
            now: world::tick(0),
            oracle: Oracle::default(),
            batch: Vec::new(),
        }
    }

    fn set_clock(&mut self, now: i64) {
        self.clock.set(now);
        self.now = now;
    }

    fn take(&mut self, step: Step) {
        if let Step::Publish { draft, more } = &step {
            self.batch.push(Draft::clone(draft));
            if *more {
                return;
            }
        }
        self.publish_batch();
        match step {
            Step::Publish { .. } => {}
            Step::Retract(id) => {
                let expected = self.oracle.retract(id, self.now);
                let done = self.board.retract(id, "reason");
                let done = done.map(|done| done.revision).map_err(|e| e.kind());
                assert_eq!(done, expected, "retract {id}");
            }
            Step::Release(id) => {
                let expected = self.oracle.release(id, self.now);
                let done = self.board.release(id);
                assert_eq!(done.map_err(|e| e.kind()), expected, "release {id}");
            }
            Step::Clock(now) => self.set_clock(now),
            Step::Ask(ask) => self.ask(&ask),
        }
        assert_eq!(self.board.revision().unwrap(), self.oracle.revision);
    }

    fn publish_batch(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return;
        }
        let expected = self.oracle.publish(&batch, self.now);
        let done = self.board.publish_all(&batch);
        assert_eq!(done.map_err(|e| e.kind()), expected, "publish {batch:#?}");
    }

    /// Walks a query to its end, the clock jumping between the pages, and compares.
    fn ask(&mut self, ask: &Ask) {
        let instant = ask.query.viewer.now.unwrap_or(self.now);
        let expected = self.oracle.answer(&ask.query, instant);
        let expected_ids: Vec<i64> = expected.iter().map(|kept| kept.id).collect();
        let count = self.board.count(&ask.query).unwrap();
        let mut clocks = ask.clocks.iter().cycle();
        let mut query = ask.query.clone();
        let mut seen = Vec::new();
        loop {
            let page = self.board.query(&query).unwrap();
            assert_eq!(page.count, count, "{query:?}");
            assert_eq!(page.count.total, Some(expected.len() as u64), "{query:?}");
            assert_eq!(page.count.unread, page.count.total);
            assert_eq!(page.count.now, instant);
            assert_eq!(page.count.revision, self.oracle.revision);
            for item in &page.items {
                let kept = self.oracle.kept.iter().find(|k| k.id == item.id());
                compare(item, kept.unwrap(), &query);
            }
            seen.extend(ids_of(&page));
            // One more look than there are pages, should they go round in circles.
            assert!(
                seen.len() <= expected.len(),
                "{query:?} gave {seen:?} for {expected_ids:?}"
            );
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => break,
            }
            assert_eq!(page.items.len(), query.limit as usize);
            self.clock.set(*clocks.next().unwrap());
        }
        assert_eq!(seen, expected_ids, "{:?}", ask.query);
        self.clock.set(self.now);
        self.get_each(&ask.query, instant);
        self.follow(
            &ask.query,
            instant,
            &expected_ids,
            count.next_change_at.unwrap_or(0),
        );
    }

    /// A look-up finds just what an unfiltered list has.
    fn get_each(&self, query: &Query, instant: i64) {
        let mut plain = query.clone();
        plain.filter = notice::Filter::default();
        if query.view == View::Editor {
            plain.filter.phase = Phase::Any;
        }
        let listed: Vec<i64> = self
            .oracle
            .answer(&plain, instant)
            .iter()
            .map(|k| k.id)
            .collect();
        for id in (0..=self.oracle.kept.len() as i64 + 1).take(40) {
            match self.board.get(id, query) {
                Ok(item) => assert!(listed.contains(&id) && item.id() == id),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::NotFound);
                    assert!(!listed.contains(&id), "get {id} with {query:?}");
                }
            }
        }
    }

    /// `next` is never late, and 0 just when nothing changes any more.
    fn follow(&self, query: &Query, instant: i64, shown: &[i64], next: i64) {
        let ids = |at| -> Vec<i64> {
            self.oracle
                .answer(query, at)
                .iter()
                .map(|kept| kept.id)
                .collect()
        };
        assert!(next == 0 || next > instant);
        let instants = self.oracle.instants_after(instant);
        let mut first_change = 0;
        for at in instants {
            if ids(at) != shown {
                first_change = at;
                break;
            }
        }
        if first_change == 0 {
            // It may wake somebody for nothing only where something is replaced or in another phase.
            let replaces = self
                .oracle
                .kept
                .iter()
                .any(|kept| !kept.draft.replaces.is_empty());
            let is_plain = query.filter.phase == Phase::Active && !replaces;
            assert!(next == 0 || !is_plain, "{next} for nothing: {query:?}");
        } else {
            assert!(
                next != 0 && next <= first_change,
                "{next} is later than {first_change}: {query:?}"
            );
            let mut just_before = query.clone();
            just_before.viewer.now = Some(next - 1);
            let page = self.board.query(&just_before.limit(1000)).unwrap();
            assert_eq!(ids_of(&page), shown);
        }
    }
}

/// An item against what the oracle keeps.
fn compare(item: &notice::Item, kept: &Kept, query: &Query) {
    let a = item;
    // Only an editor is shown the whole of it.
    assert_eq!(item.record().is_some(), query.view == View::Editor);
    if let Some(record) = item.record() {
        assert_eq!(record.to_draft(), kept.draft);
    }
    assert_eq!(
        (a.version(), a.notify_version()),
        (kept.version, kept.notify_version)
    );
    assert_eq!(
        (a.revision(), a.notify_revision()),
        (kept.revision, kept.notify_revision)
    );
    assert_eq!(
        (a.created_at(), a.published_at()),
        (kept.created_at, kept.published_at)
    );
    assert_eq!(
        (a.updated_at(), a.retracted_at().unwrap_or(0)),
        (kept.updated_at, kept.retracted_at)
    );
    assert_eq!(a.state() == Lifecycle::Retracted, kept.is_retracted);
    assert_eq!(a.state() == Lifecycle::Draft, kept.is_draft());
    // The world's locales are so far apart that only the same one will do.
    let texts = &kept.draft.texts;
    let has = |locale: &str| texts.iter().any(|text| text.locale == locale);
    let wanted = query
        .viewer
        .locales
        .iter()
        .map(notice::Locale::as_str)
        .find(|l| has(l));
    assert_eq!(
        item.text().locale,
        wanted.unwrap_or(&kept.draft.default_locale)
    );
    assert_eq!(
        item.is_fallback(),
        wanted.is_none() && !query.viewer.locales.is_empty()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn a_board_answers_as_its_history_says(history in world::history(1..40, 10)) {
        let mut pair = Pair::new();
        for step in history {
            pair.take(step);
        }
    }

    #[test]
    fn every_order_and_every_instant_agree_on_a_small_board(
        history in world::history(4..20, 8), asks in world::asks(1..4, 8),
    ) {
        let mut pair = Pair::new();
        for step in history {
            pair.take(step);
        }
        for ask in asks {
            for order in &crate::support::ORDERS {
                let query = ask.query.clone().order(*order);
                pair.ask(&Ask { query, clocks: ask.clocks.clone() });
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 256, ..ProptestConfig::with_cases(16) })]

    #[test]
    fn a_large_board_answers_as_its_history_says(
        drafts in world::drafts(150..500),
        history in world::history(10..40, 200),
        asks in world::asks(10..20, 200),
    ) {
        let mut pair = Pair::new();
        pair.batch = drafts;
        for step in history {
            pair.take(step);
        }
        for ask in asks {
            pair.set_clock(ask.clocks[0]);
            pair.ask(&ask);
        }
    }
}
