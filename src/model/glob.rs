//! Globs: patterns in which `*` matches any text.

use super::attribute::folded;

/// A pattern in which `*` matches any text, including the empty one, and every other character
/// matches itself in either case. There is no escape for a literal `*`.
///
/// The parts between the stars are searched from left to right, each once, from the end of the
/// previous one. The time is therefore linear in pattern and text.
#[derive(Debug, Clone)]
pub(super) struct Glob {
    first: Box<str>,
    middle: Box<[Box<str>]>,
    /// None when the pattern has no star.
    last: Option<Box<str>>,
}

impl Glob {
    pub(super) fn new(pattern: &str) -> Self {
        let pattern = folded(pattern);
        let (first, rest) = match pattern.split_once('*') {
            Some((first, rest)) => (first, Some(rest)),
            None => (&*pattern, None),
        };
        let (middle, last) = match rest.map(|rest| rest.rsplit_once('*').unwrap_or(("", rest))) {
            Some((middle, last)) => (middle, Some(last.into())),
            None => ("", None),
        };
        let middle = middle
            .split('*')
            .filter(|piece| !piece.is_empty())
            .map(Box::from)
            .collect();
        Self {
            first: first.into(),
            middle,
            last,
        }
    }

    /// Reports whether the pattern matches all of `text`, which must be in lower case.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some(mut rest) = text.strip_prefix(&*self.first) else {
            return false;
        };
        let Some(last) = &self.last else {
            return rest.is_empty();
        };
        match rest.strip_suffix(&**last) {
            Some(shorter) => rest = shorter,
            None => return false,
        }
        self.middle.iter().all(|piece| {
            let found = rest.find(&**piece);
            let after = found.and_then(|at| rest.get(at + piece.len()..));
            rest = after.unwrap_or_default();
            found.is_some()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matched(pattern: &str, text: &str) -> bool {
        Glob::new(pattern).matches(&folded(text))
    }

    #[test]
    fn only_the_star_is_special_and_case_does_not_count() {
        for (pattern, text) in [
            ("*", ""),
            ("**", "a"),
            ("win*", "Windows"),
            ("*DOWS", "windows"),
            ("a?c", "A?C"),
            ("[ab]", "[AB]"),
            ("a*b*c", "aXbbYc"),
            ("ab*ba", "abba"),
            ("ÄÖ*", "äöü"),
            ("公*板", "公告板"),
            ("*ΣΑΣ", "ο σασ"),
            ("[*]", "[x]"),
        ] {
            assert!(matched(pattern, text), "{pattern} should match {text}");
        }
        for (pattern, text) in [
            ("a", ""),
            ("a", "ab"),
            ("ab*ba", "aba"),
            ("a?c", "abc"),
            ("a*b*c", "acb"),
            ("*b*b*", "abc"),
            ("", "a"),
            ("a**", "ba"),
        ] {
            assert!(!matched(pattern, text), "{pattern} should not match {text}");
        }
    }

    #[test]
    fn a_hostile_pattern_is_no_trouble() {
        let text = "a".repeat(512);
        let pattern = "a*".repeat(255) + "b";
        assert!(!matched(&pattern, &text));
    }

    fn plain_match(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some(('*', pattern)), _) => (0..=text.len()).any(|n| plain_match(pattern, &text[n..])),
            (Some(_), None) => false,
            (Some((one, pattern)), Some((other, text))) => {
                one.to_lowercase().eq(other.to_lowercase()) && plain_match(pattern, text)
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn matching_agrees_with_a_plain_one(pattern in "[aBé*]{0,7}", text in "[AbÉ]{0,9}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(matched(&pattern, &text), plain_match(&chars(&pattern), &chars(&text)));
        }

        #[test]
        fn no_text_makes_it_panic(pattern in any::<String>(), text in any::<String>()) {
            matched(&pattern, &text);
            prop_assert!(matched(&text.replace('*', "."), &text.replace('*', ".")));
        }
    }
}
