//! Answers a search from the index, as far as the index knows the answer.

use roaring::RoaringBitmap;

use super::candidates::Candidates;
use super::grams::{Gram, Need, Needs};
use super::index::{Plane, SearchIndex};
use super::posting::Posting;
use super::query_text::{Clause, SearchQuery};
use crate::query::Field;

/// Texts that the searching viewer sees, for each slot.
#[derive(Debug, Clone)]
pub(crate) struct Planes<'a> {
    /// Pairs of a text index and the slots that show that text. No slot is in two pairs. A slot in
    /// none of them is found by tags and key only.
    pub(crate) parts: Vec<(usize, &'a RoaringBitmap)>,
}

/// Answer of the index to a search.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// Whether all the slots match. Otherwise each must be verified with
    /// [`matches`](super::matches).
    pub(crate) exact: bool,
    /// Slots that contain all matches; None when the index cannot exclude any slot.
    pub(crate) slots: Option<RoaringBitmap>,
}

/// A clause and its needs.
struct Plan<'a> {
    clause: &'a Clause,
    needs: Needs<'a>,
}

/// Postings that meet a need, any of them.
enum Source<'a> {
    One(&'a Posting),
    Any(Vec<&'a Posting>),
}

impl SearchIndex {
    /// Returns the slots that may match `query`, in time proportional to its rarest term. A term
    /// that occurs nowhere costs almost nothing.
    pub(crate) fn find(&self, query: &SearchQuery, planes: &Planes<'_>) -> Found {
        let plans = query.clauses().iter().map(|clause| Plan {
            clause,
            needs: Needs::of(&clause.needle),
        });
        let (excluded, mut wanted): (Vec<_>, Vec<_>) = plans.partition(|p| p.clause.excluded);
        let mut exact = wanted.iter().all(Plan::is_exact);
        wanted.retain(|plan| !plan.needs.all.is_empty());
        wanted.sort_by_cached_key(|plan| self.estimate(plan, planes));
        let mut found: Option<Candidates> = None;
        for plan in &wanted {
            let next = self.slots_of(plan, planes, found.as_ref());
            if next.is_empty() {
                return Found {
                    exact: true,
                    slots: Some(RoaringBitmap::new()),
                };
            }
            found = Some(next);
        }
        let mut slots = found.map(Candidates::into_bitmap);
        for plan in &excluded {
            if !plan.is_exact() {
                // An excluded needle that occurs nowhere in the index excludes nothing.
                exact &= !plan.needs.all.is_empty() && self.estimate(plan, planes) == 0;
                continue;
            }
            let among = slots.take().unwrap_or_else(|| planes.all());
            let without = self.slots_of(plan, planes, None).into_bitmap();
            slots = Some(among - without);
        }
        if slots.is_none() && exact && !excluded.is_empty() {
            slots = Some(planes.all());
        }
        Found {
            exact: exact && (slots.is_some() || query.is_empty()),
            slots,
        }
    }

    /// Returns an upper bound of the number of slots that may match `query`; `u64::MAX` when the
    /// index does not know one.
    pub(crate) fn at_most(&self, query: &SearchQuery, planes: &Planes<'_>) -> u64 {
        let wanted = query.clauses().iter().filter(|clause| !clause.excluded);
        let most = wanted.map(|clause| {
            let needs = Needs::of(&clause.needle);
            self.estimate(&Plan { clause, needs }, planes)
        });
        most.min().unwrap_or(u64::MAX)
    }

    /// Returns an upper bound of the slots that the plan finds.
    fn estimate(&self, plan: &Plan<'_>, planes: &Planes<'_>) -> u64 {
        let in_plane = |plane: &Plane| {
            let lens = plan.needs.all.iter().map(|need| plane.at_most(need));
            lens.min().unwrap_or(u64::MAX)
        };
        self.planes_of(plan, planes)
            .map(|(plane, _)| in_plane(plane))
            .fold(0, u64::saturating_add)
    }

    /// Returns the slots that the plan finds, restricted to `among` if given.
    fn slots_of(
        &self,
        plan: &Plan<'_>,
        planes: &Planes<'_>,
        among: Option<&Candidates>,
    ) -> Candidates {
        let mut all = Candidates::none();
        for (plane, part) in self.planes_of(plan, planes) {
            if let Some(mut slots) = plane.slots_with(&plan.needs.all, among) {
                if let Some(part) = part {
                    slots.keep_bitmap(part);
                }
                all.add(slots);
            }
        }
        all
    }

    /// Returns the planes in which the clause is looked up, each with the slots that show its text.
    fn planes_of<'a>(
        &'a self,
        plan: &Plan<'_>,
        planes: &'a Planes<'a>,
    ) -> impl Iterator<Item = (&'a Plane, Option<&'a RoaringBitmap>)> {
        let (in_texts, in_common) = match plan.clause.field {
            None => (true, true),
            Some(Field::Title | Field::Summary | Field::Body) => (true, false),
            Some(Field::Tag | Field::Key) => (false, true),
        };
        let texts = planes
            .parts
            .iter()
            .filter(move |_| in_texts)
            .filter_map(|(index, part)| Some((self.plane(*index)?, Some(*part))));
        texts.chain(in_common.then_some((self.common(), None)))
    }
}

impl Plane {
    /// Returns an upper bound of the slots that meet `need`.
    fn at_most(&self, need: &Need<'_>) -> u64 {
        let posting = match need {
            Need::Gram(gram) => self.gram(*gram),
            Need::Word(word) => self.word(word),
            Need::Prefix(prefix) => Gram::of_word(prefix).last().and_then(|g| self.gram(g)),
        };
        posting.map_or(0, Posting::len)
    }

    /// Returns the slots that meet all needs, restricted to `among` if given; None if there are no
    /// needs.
    fn slots_with(&self, needs: &[Need<'_>], among: Option<&Candidates>) -> Option<Candidates> {
        let mut sources = needs
            .iter()
            .map(|need| self.source(need))
            .collect::<Option<Vec<_>>>()?;
        sources.sort_by_cached_key(Source::len);
        let mut sources = sources.iter();
        let mut slots = match among {
            // A short list is the best start, because the postings are then only probed.
            Some(among) if among.len() <= sources.as_slice().first().map_or(0, Source::len) => {
                among.clone()
            }
            _ => {
                let mut slots = sources.next()?.candidates();
                if let Some(among) = among {
                    slots.keep(among);
                }
                slots
            }
        };
        for source in sources {
            if slots.is_empty() {
                return None;
            }
            match source {
                Source::One(posting) => slots.keep_posting(posting),
                Source::Any(_) => slots.keep(&source.candidates()),
            }
        }
        Some(slots)
    }

    fn source<'a>(&'a self, need: &Need<'a>) -> Option<Source<'a>> {
        match need {
            Need::Gram(gram) => self.gram(*gram).map(Source::One),
            Need::Word(word) => self.word(word).map(Source::One),
            Need::Prefix(prefix) => {
                let postings: Vec<_> = self.words_from(prefix).collect();
                match *postings.as_slice() {
                    [] => None,
                    [only] => Some(Source::One(only)),
                    _ => Some(Source::Any(postings)),
                }
            }
        }
    }
}

impl Planes<'_> {
    /// Returns all slots.
    fn all(&self) -> RoaringBitmap {
        let mut all = RoaringBitmap::new();
        for (_, part) in &self.parts {
            all |= *part;
        }
        all
    }
}

impl Plan<'_> {
    /// Reports whether every slot from the index matches the clause. The index does not distinguish
    /// fields.
    fn is_exact(&self) -> bool {
        self.needs.is_exact && self.clause.field.is_none()
    }
}

impl Source<'_> {
    fn len(&self) -> u64 {
        match self {
            Self::One(posting) => posting.len(),
            Self::Any(postings) => postings.iter().map(|posting| posting.len()).sum(),
        }
    }

    fn candidates(&self) -> Candidates {
        match self {
            Self::One(posting) => Candidates::of(posting),
            Self::Any(postings) => Candidates::of_any(postings),
        }
    }
}
