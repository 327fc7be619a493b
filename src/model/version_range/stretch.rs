//! Stretches of the order of versions, from one edge up to another. Each item of a range is one, so that
//! matching is two comparisons.

use std::cmp::Ordering;

use crate::model::version::Version;
use crate::model::version_pre::compare;
use crate::model::version_scanner::{PART_MAX, PARTS, Scanned, Scanner};

/// The versions from `low` (inclusive) to `high` (exclusive); or, when `outside`, all others.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    low: Edge,
    high: Edge,
    outside: bool,
}

/// A position between two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edge {
    parts: [u64; PARTS],
    side: Side,
}

/// Position of an edge among the versions with its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Side {
    BeforeAll,
    BeforePre(Box<str>),
    AfterPre(Box<str>),
    BeforeRelease,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Comparator {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Tilde,
    Caret,
}

/// A bound with the normal form of its pre-release.
type Bound<'a> = (&'a Scanned<'a>, &'a str);

impl Stretch {
    /// Returns the versions from the first one that `first` covers to the last one that `last` covers.
    pub(super) fn between(first: Bound<'_>, last: Bound<'_>) -> Self {
        Self {
            low: Edge::before(first),
            high: Edge::after(last),
            outside: false,
        }
    }

    pub(super) fn holds(&self, version: &Version) -> bool {
        let inside = self.low.is_before(version) && !self.high.is_before(version);
        inside != self.outside
    }
}

/// Reports whether some version is in all of the stretches.
pub(super) fn hold_a_version(stretches: &[Stretch]) -> bool {
    // Between two different edges there is always a version: between two numbers a longer one, and before
    // any pre-release its `dev`.
    some_gap(stretches, |low, high| low.order(high).is_lt())
}

/// Reports whether some version without a pre-release is in all of the stretches.
pub(super) fn hold_a_release(stretches: &[Stretch]) -> bool {
    // A release is the last of the versions with its numbers, so the first one at or behind an edge has the
    // edge's numbers.
    some_gap(stretches, |low, high| low.parts < high.parts)
}

/// Reports whether `is_wide` holds of a gap that the stretches leave: the part which all that are not
/// `outside` have in common, without those that are.
fn some_gap(stretches: &[Stretch], is_wide: impl Fn(&Edge, &Edge) -> bool) -> bool {
    let (mut low, mut high) = (&Edge::START, &Edge::END);
    let mut holes = Vec::new();
    for stretch in stretches {
        if stretch.outside {
            holes.push(stretch);
            continue;
        }
        if stretch.low.order(low).is_gt() {
            low = &stretch.low;
        }
        if stretch.high.order(high).is_lt() {
            high = &stretch.high;
        }
    }
    holes.sort_by(|left, right| left.low.order(&right.low));
    for hole in holes {
        let end = match hole.low.order(high) {
            Ordering::Less => &hole.low,
            _ => high,
        };
        if is_wide(low, end) {
            return true;
        }
        if hole.high.order(low).is_gt() {
            low = &hole.high;
        }
    }
    is_wide(low, high)
}

impl Edge {
    /// Position before every version.
    const START: Self = Self {
        parts: [0; PARTS],
        side: Side::BeforeAll,
    };
    /// Position after every version, because all parts are smaller.
    const END: Self = Self {
        parts: [u64::MAX; PARTS],
        side: Side::BeforeAll,
    };

    fn is_before(&self, version: &Version) -> bool {
        let order = self.parts.cmp(version.parts());
        order.is_lt()
            || order.is_eq()
                && match &self.side {
                    Side::BeforeAll => true,
                    Side::BeforePre(pre) => compare(pre, version.pre()).is_le(),
                    Side::AfterPre(pre) => compare(pre, version.pre()).is_lt(),
                    Side::BeforeRelease => version.pre().is_empty(),
                }
    }

    fn order(&self, other: &Self) -> Ordering {
        // The pre-release next to the edge, and on which side of it the edge is.
        let place = |side: &Side| match side {
            Side::BeforeAll => 0,
            Side::BeforePre(_) | Side::AfterPre(_) => 1,
            Side::BeforeRelease => 2,
        };
        self.parts.cmp(&other.parts).then_with(|| {
            let (left, right) = (&self.side, &other.side);
            place(left).cmp(&place(right)).then_with(|| {
                let (left_pre, left_after) = left.pre();
                let (right_pre, right_after) = right.pre();
                compare(left_pre, right_pre).then(left_after.cmp(&right_after))
            })
        })
    }

    /// Returns the position before all versions that `bound` covers.
    fn before((bound, pre): Bound<'_>) -> Self {
        let side = if !pre.is_empty() {
            Side::BeforePre(pre.into())
        } else if bound.wild || bound.named <= 2 {
            Side::BeforeAll
        } else {
            Side::BeforeRelease
        };
        Self {
            parts: bound.parts,
            side,
        }
    }

    /// Returns the position after all versions that `bound` covers.
    fn after((bound, pre): Bound<'_>) -> Self {
        if pre.is_empty() {
            Self::after_line(bound, bound.named)
        } else {
            Self {
                parts: bound.parts,
                side: Side::AfterPre(pre.into()),
            }
        }
    }

    /// Returns the position after all versions that agree with `bound` in the first `kept` parts.
    fn after_line(bound: &Scanned<'_>, kept: usize) -> Self {
        let mut parts = [0; PARTS];
        for (part, named) in parts.iter_mut().zip(bound.parts).take(kept) {
            *part = named;
        }
        // The next version raises the last part that can be raised.
        for part in parts.iter_mut().take(kept).rev() {
            if *part < PART_MAX {
                *part += 1;
                return Self {
                    parts,
                    side: Side::BeforeAll,
                };
            }
            *part = 0;
        }
        Self::END
    }
}

impl Side {
    /// Returns the pre-release next to the edge, and whether the edge is behind it.
    fn pre(&self) -> (&str, bool) {
        match self {
            Self::BeforeAll | Self::BeforeRelease => ("", false),
            Self::BeforePre(pre) => (pre, false),
            Self::AfterPre(pre) => (pre, true),
        }
    }
}

impl Comparator {
    pub(super) fn read(scanner: &mut Scanner<'_>) -> Option<Self> {
        const WRITTEN: [(&str, Comparator); 8] = [
            ("<=", Comparator::LessOrEqual),
            ("<", Comparator::Less),
            (">=", Comparator::GreaterOrEqual),
            (">", Comparator::Greater),
            ("=", Comparator::Equal),
            ("!=", Comparator::NotEqual),
            ("~", Comparator::Tilde),
            ("^", Comparator::Caret),
        ];
        WRITTEN
            .into_iter()
            .find(|(word, _)| scanner.eat(word))
            .map(|(_, comparator)| comparator)
    }

    pub(super) fn stretch(self, bound: &Scanned<'_>, pre: &str) -> Stretch {
        let both = (bound, pre);
        let (low, high) = match self {
            Self::Less => (Edge::START, Edge::before(both)),
            Self::LessOrEqual => (Edge::START, Edge::after(both)),
            Self::Greater => (Edge::after(both), Edge::END),
            Self::GreaterOrEqual => (Edge::before(both), Edge::END),
            Self::Equal | Self::NotEqual => (Edge::before(both), Edge::after(both)),
            Self::Tilde => (
                Edge::before(both),
                Edge::after_line(bound, bound.named.min(2)),
            ),
            Self::Caret => {
                let zeros = bound.parts.iter().take_while(|part| **part == 0).count();
                let kept = bound.named.min(zeros + 1);
                (Edge::before(both), Edge::after_line(bound, kept))
            }
        };
        Stretch {
            low,
            high,
            outside: matches!(self, Self::NotEqual),
        }
    }
}
