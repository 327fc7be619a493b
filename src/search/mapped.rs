//! Normalised text with a mapping back to the original.

use std::borrow::Cow;
use std::ops::Range;

use super::normalise::{Segments, keeps_ideographs, run};

/// A normalised text with a mapping back to the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mapped<'a> {
    original: &'a str,
    text: Cow<'a, str>,
    runs: Vec<Run>,
}

/// Start of a run, in bytes; it ends where the next run starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    normalised: usize,
    original: usize,
    /// Whether each character is its own segment, with the same length in both forms. Otherwise the
    /// whole run is one segment.
    is_even: bool,
}

impl<'a> Mapped<'a> {
    /// Normalises `original`.
    pub(crate) fn new(original: &'a str) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut runs = Vec::new();
        run(original, &mut text, &mut runs);
        Self {
            original,
            text: Cow::Owned(text),
            runs,
        }
    }

    /// Uses the original itself when a search for ideographs finds the same hits in it as in the
    /// normal form. Each character is then a segment, and nothing is normalised.
    pub(crate) fn of_ideographs(original: &'a str) -> Option<Self> {
        let whole = Run {
            normalised: 0,
            original: 0,
            is_even: true,
        };
        keeps_ideographs(original).then(|| Self {
            original,
            text: Cow::Borrowed(original),
            runs: vec![whole],
        })
    }

    /// Returns the normal form, or the text used in its place.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the part of the original that a non-empty range of [`text`](Self::text) comes from.
    /// It covers whole segments, because half a ligature cannot be shown.
    pub(crate) fn original(&self, normalised: &Range<usize>) -> Range<usize> {
        // One past the run that contains the byte. A run with an empty normal form never does.
        let behind = |at: usize| self.runs.partition_point(|run| run.normalised <= at);
        let run_before = |index: usize| index.checked_sub(1).and_then(|i| self.runs.get(i));
        let start = run_before(behind(normalised.start)).map_or(0, |run| match run.is_even {
            true => run.original + (normalised.start - run.normalised),
            false => run.original,
        });
        let after = behind(normalised.end.saturating_sub(1));
        let end = match run_before(after) {
            Some(run) if run.is_even => run.original + (normalised.end - run.normalised),
            _ => self.begin(after),
        };
        start..end.max(start)
    }

    /// Returns the positions from `at` on where the original can be cut without splitting a
    /// segment, ascending to the end, in bytes. `at` must be a character boundary.
    pub(crate) fn cuts_from(&self, at: usize) -> impl Iterator<Item = usize> {
        let first = match self.is_cut(at) {
            true => Some(at),
            false => self.cut_after(at),
        };
        std::iter::successors(first, |at| self.cut_after(*at))
    }

    /// Returns such positions up to `at`, descending to the start of the original.
    pub(crate) fn cuts_until(&self, at: usize) -> impl Iterator<Item = usize> {
        let first = match self.is_cut(at) {
            true => Some(at),
            false => self.cut_before(at),
        };
        std::iter::successors(first, |at| self.cut_before(*at))
    }

    fn is_cut(&self, at: usize) -> bool {
        let run = self.run_of(at);
        at >= self.original.len() || run.is_some_and(|(_, run)| run.is_even || run.original == at)
    }

    fn cut_after(&self, at: usize) -> Option<usize> {
        let c = self.original.get(at..)?.chars().next()?;
        let (index, run) = self.run_of(at)?;
        Some(match run.is_even {
            true => at + c.len_utf8(),
            false => self.begin(index + 1),
        })
    }

    fn cut_before(&self, at: usize) -> Option<usize> {
        let c = self.original.get(..at)?.chars().next_back()?;
        let before = at - c.len_utf8();
        let (_, run) = self.run_of(before)?;
        Some(match run.is_even {
            true => before,
            false => run.original,
        })
    }

    /// Returns the run that contains byte `at` of the original.
    fn run_of(&self, at: usize) -> Option<(usize, Run)> {
        let index = self.runs.partition_point(|run| run.original <= at);
        let index = index.checked_sub(1)?;
        Some((index, *self.runs.get(index)?))
    }

    /// Returns the start of a run in the original, or the end of the original.
    fn begin(&self, index: usize) -> usize {
        self.runs
            .get(index)
            .map_or(self.original.len(), |run| run.original)
    }
}

impl Segments for Vec<Run> {
    fn even(&mut self, normalised: usize, original: usize) {
        if self.last().is_none_or(|last| !last.is_even) {
            self.push(Run {
                normalised,
                original,
                is_even: true,
            });
        }
    }

    fn uneven(&mut self, normalised: usize, original: usize) {
        self.push(Run {
            normalised,
            original,
            is_even: false,
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::normalise::{is_fixed_ideograph, normalise};
    use super::super::oracle;
    use super::*;

    #[test]
    fn ranges_lead_back_to_the_original() {
        let original = "\u{200B}Ｗin　 ﬁx か\u{3099}ｓ";
        let mapped = Mapped::new(original);
        assert_eq!(mapped.text(), "win fix がs");
        let part = |range: Range<usize>| &original[mapped.original(&range)];
        assert_eq!(part(0..3), "Ｗin");
        assert_eq!(part(4..5), "ﬁ");
        assert_eq!(part(5..7), "ﬁx");
        assert_eq!(part(8..11), "か\u{3099}");
        assert_eq!(part(2..5), "n　 ﬁ");
        assert_eq!(part(11..12), "ｓ");
    }

    #[test]
    fn cuts_tear_nothing_that_belongs_together() {
        let original = "系统 a\u{301}…b";
        let mapped = Mapped::new(original);
        let cuts = |from| mapped.cuts_from(from).collect::<Vec<_>>();
        assert_eq!(cuts(0), [0, 3, 6, 7, 10, 13, 14]);
        assert_eq!(cuts(8), [10, 13, 14]);
        assert_eq!(mapped.cuts_until(8).collect::<Vec<_>>(), [7, 6, 3, 0]);
        assert_eq!(cuts(14), [14]);
    }

    proptest! {
        #[test]
        fn where_ideographs_are_kept_they_are_where_the_normal_form_leads(text in oracle::any_text()) {
            if let Some(short) = Mapped::of_ideographs(&text) {
                let long = Mapped::new(&text);
                let cuts = |mapped: &Mapped<'_>| mapped.cuts_from(0).collect::<Vec<_>>();
                prop_assert_eq!(cuts(&short), cuts(&long));
                let places = |mapped: &Mapped<'_>| {
                    let ideographs = mapped.text().char_indices().filter(|(_, c)| is_fixed_ideograph(*c));
                    let ranges = ideographs.map(|(at, c)| mapped.original(&(at..at + c.len_utf8())));
                    ranges.collect::<Vec<_>>()
                };
                prop_assert_eq!(places(&short), places(&long));
            }
        }

        #[test]
        fn the_map_has_the_same_text_and_covers_the_original(text in oracle::any_text()) {
            let mapped = Mapped::new(&text);
            prop_assert_eq!(mapped.text(), normalise(&text));
            let cuts: Vec<usize> = mapped.cuts_from(0).collect();
            prop_assert!(cuts.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(cuts.iter().all(|cut| text.is_char_boundary(*cut)));
            prop_assert_eq!(cuts.last().copied(), Some(text.len()));
            // The parts between cuts are normalised separately.
            let pieces = cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]);
            let joined: String = pieces.map(normalise).collect();
            prop_assert_eq!(joined.replace(' ', ""), mapped.text().replace(' ', ""));
            for (at, _) in text.char_indices() {
                let until: Vec<usize> = mapped.cuts_until(at).collect();
                let expected = cuts.iter().rev().copied().filter(|cut| *cut <= at);
                prop_assert_eq!(until, expected.collect::<Vec<_>>());
                let from: Vec<usize> = mapped.cuts_from(at).collect();
                let expected = cuts.iter().copied().filter(|cut| *cut >= at);
                prop_assert_eq!(from, expected.collect::<Vec<_>>());
            }
            for (at, c) in mapped.text().char_indices() {
                let range = mapped.original(&(at..at + c.len_utf8()));
                prop_assert!(cuts.contains(&range.start) && cuts.contains(&range.end));
                prop_assert!(normalise(&text[range]).contains(c));
            }
        }
    }
}
