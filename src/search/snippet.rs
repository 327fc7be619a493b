//! Excerpts of matches, and ranges to highlight.

use std::ops::Range;

use super::mapped::Mapped;
use super::query_text::SearchQuery;
use super::words::{Class, class};
use crate::model::Announcement;
use crate::query::{Field, HitRange, Snippet};

/// A hit of one clause in an original text, in bytes.
#[derive(Debug, Clone)]
struct Hit {
    clause: usize,
    range: Range<usize>,
}

/// Place in a text: a byte, with the characters and the UTF-16 units from the start of the excerpt.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    byte: usize,
    chars: usize,
    utf16: usize,
}

impl Place {
    /// Returns the place of a later byte.
    fn moved_to(self, byte: usize, text: &str) -> Self {
        let between = text.get(self.byte..byte).unwrap_or("");
        let chars = between.chars().count();
        // Characters of four bytes, which have two units, have the only lead bytes from F0 on.
        let pairs = between.bytes().filter(|lead| *lead >= 0xF0).count();
        Self {
            byte,
            chars: self.chars + chars,
            utf16: self.utf16 + chars + pairs,
        }
    }
}

/// Part of an excerpt before its first hit: one in this many characters. A quarter gives context
/// and leaves most of the room for what follows.
const LEAD: usize = 4;
/// Characters of a word that are dropped at an end of the excerpt rather than show half of the
/// word.
const WORD_CHARS: usize = 16;

/// Returns the best excerpt of at most `max_chars` characters.
///
/// It comes from the body or the summary, whichever has more of the wanted terms, and from the
/// summary on a tie. If neither has any, it is the beginning of the summary, else of the body, else
/// of the title. The title is shown separately with its own [`highlights`].
pub(crate) fn snippet(
    query: &SearchQuery,
    announcement: &Announcement,
    text_index: usize,
    max_chars: usize,
) -> Snippet {
    let text = announcement.text(text_index);
    let choices = [(Field::Summary, text.summary), (Field::Body, text.body)];
    let mut best: Option<(usize, Field, &str, Mapped<'_>, Vec<Hit>)> = None;
    for (field, original) in choices {
        let (mapped, hits) = find(query, field, original);
        let clauses = distinct(hits.iter());
        if clauses > best.as_ref().map_or(0, |(most, ..)| *most) {
            best = Some((clauses, field, original, mapped, hits));
        }
    }
    if let Some((_, field, original, mapped, hits)) = best {
        return window(field, original, &mapped, &hits, max_chars);
    }
    let (field, original) = choices
        .into_iter()
        .find(|(_, original)| !original.is_empty())
        .unwrap_or((Field::Title, text.title));
    let (mapped, hits) = find(query, field, original);
    window(field, original, &mapped, &hits, max_chars)
}

/// Returns the hits in all of `text`, the text of `field`. Overlapping hits become one range.
pub(crate) fn highlights(query: &SearchQuery, field: Field, text: &str) -> Vec<HitRange> {
    let (_, hits) = find(query, field, text);
    ranges(text, &(0..text.len()), &hits)
}

/// Returns the hits of all wanted clauses, in order.
fn find<'a>(query: &SearchQuery, field: Field, original: &'a str) -> (Mapped<'a>, Vec<Hit>) {
    let short = query
        .is_ideographs()
        .then(|| Mapped::of_ideographs(original));
    let mapped = short.flatten().unwrap_or_else(|| Mapped::new(original));
    let mut hits = Vec::new();
    for (clause, number) in query.wanted().zip(0..) {
        if clause.concerns(field) {
            hits.extend(clause.needle.hits(mapped.text()).map(|range| Hit {
                clause: number,
                range: mapped.original(&range),
            }));
        }
    }
    hits.sort_by_key(|hit| (hit.range.start, hit.range.end));
    (mapped, hits)
}

fn window(
    field: Field,
    original: &str,
    mapped: &Mapped<'_>,
    hits: &[Hit],
    max_chars: usize,
) -> Snippet {
    let range = place(original, mapped, hits, max_chars);
    Snippet {
        field,
        text: original.get(range.clone()).unwrap_or("").to_owned(),
        cut_before: range.start > 0,
        cut_after: range.end < original.len(),
        ranges: ranges(original, &range, hits),
    }
}

/// Returns the position of the excerpt, in bytes.
fn place(original: &str, mapped: &Mapped<'_>, hits: &[Hit], max_chars: usize) -> Range<usize> {
    let total = original.chars().count();
    if total <= max_chars {
        return 0..original.len();
    }
    let first = best_first_hit(original, hits, max_chars);
    let (first, in_chars) = first.map_or((None, 0..0), |(hit, chars)| (Some(hit), chars));
    // A hit that barely fits needs the room before it.
    let lead = (max_chars / LEAD).min(max_chars.saturating_sub(in_chars.len()));
    let wanted = in_chars
        .start
        .saturating_sub(lead)
        .min(total.saturating_sub(max_chars));
    let from = mapped.cuts_from(byte_of_char(original, wanted)).next();
    let mut start = from.unwrap_or(original.len());
    let window = original.get(start..).unwrap_or("");
    let limit = start + byte_of_char(window, max_chars);
    let mut end = mapped.cuts_until(limit).next().unwrap_or(0);
    // Partial words are dropped, but never a part of a hit.
    let latest = first.map_or(usize::MAX, |hit| hit.range.start);
    let is_whole = |at: &usize| !is_inside_word(original, *at);
    if !is_whole(&start)
        && let Some(later) = mapped.cuts_from(start).take(WORD_CHARS + 1).find(is_whole)
        && later <= latest
        && later < end
    {
        start = later;
    }
    let hit_ends = hits.iter().map(|hit| hit.range.end);
    let last_hit = hit_ends.filter(|at| *at <= end).max().unwrap_or(0);
    if !is_whole(&end)
        && let Some(earlier) = mapped.cuts_until(end).take(WORD_CHARS + 1).find(is_whole)
        && earlier >= last_hit.max(start + 1)
    {
        end = earlier;
    }
    start..end.max(start)
}

/// Returns the byte position of a character, or the end of a shorter text.
fn byte_of_char(text: &str, number: usize) -> usize {
    text.char_indices()
        .nth(number)
        .map_or(text.len(), |(at, _)| at)
}

/// Returns the first hit of the excerpt with the most distinct terms, then the most hits, with its
/// position in characters.
fn best_first_hit<'a>(
    original: &str,
    hits: &'a [Hit],
    max_chars: usize,
) -> Option<(&'a Hit, Range<usize>)> {
    let count = |bytes: Range<usize>| original.get(bytes).unwrap_or("").chars().count();
    let (mut at, mut chars) = (0, 0);
    let in_chars = hits.iter().map(|hit| {
        chars += count(at..hit.range.start);
        at = hit.range.start;
        chars..chars + count(hit.range.clone())
    });
    let in_chars: Vec<Range<usize>> = in_chars.collect();
    // Room that remains after the lead.
    let room = max_chars - max_chars / LEAD;
    let mut best: Option<((usize, usize), &Hit, &Range<usize>)> = None;
    let mut end = 0;
    for (index, (hit, chars)) in hits.iter().zip(&in_chars).enumerate() {
        let limit = chars.start + room;
        while in_chars.get(end).is_some_and(|other| other.end <= limit) {
            end += 1;
        }
        let inside = hits.get(index..end).unwrap_or(&[]);
        let score = (distinct(inside.iter()), inside.len());
        if best.as_ref().is_none_or(|(most, ..)| score > *most) {
            best = Some((score, hit, chars));
        }
    }
    best.map(|(_, hit, chars)| (hit, chars.clone()))
}

/// Counts the distinct clauses of the hits, at most 32.
fn distinct<'a>(hits: impl Iterator<Item = &'a Hit>) -> usize {
    let bits = hits.fold(0u64, |bits, hit| bits | 1 << hit.clause);
    bits.count_ones() as usize
}

fn is_inside_word(text: &str, at: usize) -> bool {
    let (Some(before), Some(after)) = (text.get(..at), text.get(at..)) else {
        return false;
    };
    let is_letter = |c: Option<char>| c.map(class) == Some(Class::Letter);
    is_letter(before.chars().next_back()) && is_letter(after.chars().next())
}

/// Returns the hits inside the excerpt as ranges of it: overlapping ones joined, the last one cut
/// at the end.
fn ranges(original: &str, window: &Range<usize>, hits: &[Hit]) -> Vec<HitRange> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for hit in hits {
        let start = hit.range.start.max(window.start);
        let end = hit.range.end.min(window.end);
        match joined.last_mut() {
            Some(last) if start < last.end => last.end = last.end.max(end),
            _ if start < end => joined.push(start..end),
            _ => {}
        }
    }
    let mut at = Place {
        byte: window.start,
        ..Place::default()
    };
    let with_units = |range: Range<usize>| {
        let start = at.moved_to(range.start, original);
        at = start.moved_to(range.end, original);
        HitRange {
            bytes: start.byte - window.start..at.byte - window.start,
            chars: start.chars..at.chars,
            utf16: start.utf16..at.utf16,
        }
    };
    joined.into_iter().map(with_units).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::normalise::normalise;
    use super::super::oracle::{self, announcement};
    use super::*;
    use crate::model::{Draft, Text};

    fn query(q: &str) -> SearchQuery {
        SearchQuery::parse(q).unwrap()
    }

    fn of_body(q: &str, body: &str, max_chars: usize) -> Snippet {
        let draft = Draft::from_text(Text::new("zh-CN", "标题").body(body));
        snippet(&query(q), &announcement(&draft), 0, max_chars)
    }

    fn parts<'a>(text: &'a str, ranges: &[HitRange]) -> Vec<&'a str> {
        ranges
            .iter()
            .map(|range| &text[range.bytes.clone()])
            .collect()
    }

    #[test]
    fn highlights_are_in_bytes_characters_and_utf16_units_of_the_original() {
        let found = highlights(&query("windows 维护"), Field::Title, "𠮷Ｗindows维护");
        let range = |bytes, chars, utf16| HitRange {
            bytes,
            chars,
            utf16,
        };
        assert_eq!(
            found,
            [range(4..13, 1..8, 2..9), range(13..19, 8..10, 9..11)]
        );
    }

    #[test]
    fn highlights_of_terms_that_overlap_are_joined() {
        let text = "系统维护，系统";
        let found = highlights(&query("系统维 统维护 系统"), Field::Body, text);
        assert_eq!(parts(text, &found), ["系统维护", "系统"]);
    }

    #[test]
    fn a_highlight_has_the_whole_of_what_looks_like_one_character() {
        let text = "ｶﾞ ﬁne 葛\u{E0100}";
        let found = highlights(&query("ガ f 葛"), Field::Body, text);
        assert_eq!(parts(text, &found), ["ｶﾞ", "ﬁ", "葛\u{E0100}"]);
    }

    #[test]
    fn a_term_for_another_field_and_an_excluded_one_are_not_highlighted() {
        assert!(highlights(&query("title:维护 -系统"), Field::Body, "系统维护").is_empty());
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        let shown = of_body("维护", "系统维护", 100);
        assert_eq!(
            (shown.field, shown.text.as_str()),
            (Field::Body, "系统维护")
        );
        assert!(!shown.cut_before && !shown.cut_after);
        assert_eq!(parts(&shown.text, &shown.ranges), ["维护"]);
    }

    #[test]
    fn the_window_stands_where_the_most_terms_are() {
        let body = format!("系统{}今晚系统维护{}", "无".repeat(80), "无".repeat(80));
        let shown = of_body("系统 维护", &body, 20);
        assert_eq!(shown.text.chars().count(), 20);
        assert_eq!(parts(&shown.text, &shown.ranges), ["系统", "维护"]);
        assert!(shown.cut_before && shown.cut_after);
    }

    #[test]
    fn the_window_does_not_begin_or_end_inside_a_word() {
        let body = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike";
        let shown = of_body("golf", body, 24);
        assert!(shown.text.starts_with(char::is_whitespace) || shown.text.starts_with("foxtrot"));
        assert!(
            body.contains(&format!("{} ", shown.text.trim())),
            "{}",
            shown.text
        );
    }

    #[test]
    fn the_window_is_full_at_the_end_of_the_text() {
        let shown = of_body("终", &format!("{}终", "无".repeat(50)), 10);
        assert_eq!(shown.text, "无无无无无无无无无终");
        assert!(!shown.cut_after);
    }

    #[test]
    fn without_a_hit_it_is_the_beginning_of_the_summary() {
        let text = Text::new("zh-CN", "维护")
            .summary("概要甲乙丙")
            .body("正文");
        let shown = snippet(&query("维护"), &announcement(&Draft::from_text(text)), 0, 3);
        assert_eq!(
            (shown.field, shown.text.as_str()),
            (Field::Summary, "概要甲")
        );
        assert!(shown.ranges.is_empty() && shown.cut_after);
    }

    #[test]
    fn a_title_alone_is_its_own_snippet() {
        let draft = Draft::from_text(Text::new("zh-CN", "系统维护"));
        let shown = snippet(&query("维护"), &announcement(&draft), 0, 10);
        assert_eq!(shown.field, Field::Title);
        assert_eq!(parts(&shown.text, &shown.ranges), ["维护"]);
    }

    proptest! {
        #[test]
        fn what_is_highlighted_reads_as_the_term_and_the_window_keeps_its_size(
            (text, term) in oracle::text_and_piece(),
            max_chars in 0usize..60,
        ) {
            let Ok(query) = SearchQuery::parse(&format!("\"{}\"", term.replace('"', ""))) else {
                return Ok(());
            };
            let wanted = query.clauses()[0].needle.text().to_owned();
            for range in highlights(&query, Field::Body, &text) {
                let part = &text[range.bytes.clone()];
                prop_assert!(normalise(part).contains(wanted.trim()), "{part:?} {wanted:?}");
                prop_assert_eq!(text[..range.bytes.start].chars().count(), range.chars.start);
                prop_assert_eq!(part.chars().count(), range.chars.len());
                let before = text[..range.bytes.start].encode_utf16().count();
                prop_assert_eq!(range.utf16, before..before + part.encode_utf16().count());
            }
            let shown = of_body(&format!("\"{}\"", term.replace('"', "")), &text, max_chars);
            prop_assert!(shown.text.chars().count() <= max_chars || shown.field == Field::Title);
            for range in &shown.ranges {
                let part = shown.text.get(range.bytes.clone());
                prop_assert!(part.is_some_and(|part| !part.is_empty()));
                prop_assert_eq!(part.unwrap().chars().count(), range.chars.len());
            }
        }
    }
}
