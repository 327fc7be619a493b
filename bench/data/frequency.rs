//! Words to search for, drawn from the data by how many announcements have them.

use std::collections::{HashMap, HashSet};

use super::numbers::Numbers;
use super::{Announcement, Data};

/// How often a word is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Frequency {
    /// Among the most frequent of its length.
    Common,
    /// In some announcements, and in as few as there are words enough for.
    Rare,
    /// In none.
    Absent,
}

impl Frequency {
    /// As it is called in the names of rows.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Common => "common",
            Self::Rare => "rare",
            Self::Absent => "absent",
        }
    }
}

/// Chinese, searched for anywhere in a text; or English, searched for where a word begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Script {
    Chinese,
    English,
}

impl Script {
    /// As it is called in the names of rows.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    fn has(self, character: char) -> bool {
        match self {
            Self::Chinese => ('\u{4e00}'..='\u{9fff}').contains(&character),
            Self::English => character.is_ascii_lowercase(),
        }
    }
}

/// The lengths of words, in characters.
pub(crate) const LENGTHS: [usize; 4] = [1, 2, 4, 8];

/// From how many announcements words are drawn; whether one is absent, all are asked.
const SAMPLE: usize = 10_000;

/// In how many announcements of a sample each word is.
#[derive(Debug)]
pub(crate) struct Words {
    counts: HashMap<(Script, usize), Vec<(String, u32)>>,
}

impl Words {
    /// Counts the words of the first of `count` announcements.
    pub(crate) fn count(data: &Data, count: usize) -> Self {
        let mut counts = HashMap::new();
        for place in 0..count.min(SAMPLE) {
            let announcement = data.announcement(place);
            if data.is_for_viewer(&announcement) {
                count_in(&announcement, &mut counts);
            }
        }
        let mut by_kind: HashMap<_, Vec<(String, u32)>> = HashMap::new();
        for ((script, length, word), times) in counts {
            by_kind
                .entry((script, length))
                .or_default()
                .push((word, times));
        }
        for words in by_kind.values_mut() {
            // A total order: a hash map gives its entries in another one in each run.
            words.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
        }
        Self { counts: by_kind }
    }

    /// `wanted` distinct words, or as many as there are.
    pub(crate) fn draw(
        &self,
        numbers: &mut Numbers,
        (script, length, frequency): (Script, usize, Frequency),
        wanted: usize,
    ) -> Vec<String> {
        let known = self
            .counts
            .get(&(script, length))
            .map_or(&[][..], Vec::as_slice);
        let mut words: Vec<String> = match frequency {
            Frequency::Common => known
                .iter()
                .take(wanted)
                .map(|(word, _)| word.clone())
                .collect(),
            Frequency::Rare => {
                let fewest = rare(known, wanted);
                fewest.iter().map(|(word, _)| word.clone()).collect()
            }
            Frequency::Absent => made_up(numbers, script, length, known, wanted),
        };
        numbers.shuffle(&mut words);
        words.truncate(wanted);
        words
    }
}

/// The words of the lowest counts, at least `wanted` of them if there are so many.
fn rare(known: &[(String, u32)], wanted: usize) -> &[(String, u32)] {
    let Some((_, limit)) = known.iter().rev().take(wanted).next_back() else {
        return known;
    };
    let from = known.partition_point(|(_, times)| times > limit);
    known.get(from..).unwrap_or_default()
}

/// Words that the sample does not have. Those of one English letter are Cyrillic.
fn made_up(
    numbers: &mut Numbers,
    script: Script,
    length: usize,
    known: &[(String, u32)],
    wanted: usize,
) -> Vec<String> {
    let known: HashSet<&str> = known.iter().map(|(word, _)| word.as_str()).collect();
    let letters: Vec<char> = match (script, length) {
        // Beyond the characters of names, and with no simplified form, which a search would find.
        (Script::Chinese, 1 | 2) => ('\u{3400}'..='\u{4db5}').collect(),
        // Of the very characters that are frequent, in another order.
        (Script::Chinese, _) => super::words::CHINESE
            .chars()
            .filter(|c| script.has(*c))
            .collect(),
        (Script::English, 1) => "бвгджзиклмнпрстуфхцчшщыэюя".chars().collect(),
        (Script::English, _) => ('a'..='z').collect(),
    };
    let mut words = HashSet::new();
    for _ in 0..1000 * wanted {
        let word: String = (0..length).filter_map(|_| numbers.of(&letters)).collect();
        if !known.contains(word.as_str()) {
            words.insert(word);
        }
        if words.len() >= wanted {
            break;
        }
    }
    let mut words: Vec<String> = words.into_iter().collect();
    words.sort();
    words
}

/// Counts each word of an announcement once.
fn count_in(announcement: &Announcement, counts: &mut HashMap<(Script, usize, String), u32>) {
    let mut words = HashSet::new();
    for text in [
        &announcement.title,
        &announcement.summary,
        &announcement.body,
    ] {
        let text = text.to_ascii_lowercase();
        for script in [Script::Chinese, Script::English] {
            for run in text.split(|c| !script.has(c)).filter(|run| !run.is_empty()) {
                let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).collect();
                let ends = |from: usize, length: usize| {
                    let end = starts.get(from + length).copied();
                    end.or((starts.len() == from + length).then_some(run.len()))
                };
                let firsts = match script {
                    Script::Chinese => starts.len(),
                    Script::English => 1,
                };
                for from in 0..firsts {
                    for length in LENGTHS {
                        let word = starts
                            .get(from)
                            .zip(ends(from, length))
                            .and_then(|(start, end)| run.get(*start..end));
                        if let Some(word) = word {
                            words.insert((script, length, word.to_owned()));
                        }
                    }
                }
            }
        }
    }
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(announcement: &Announcement, script: Script, word: &str) -> bool {
        [
            &announcement.title,
            &announcement.summary,
            &announcement.body,
        ]
        .iter()
        .any(|text| match script {
            Script::Chinese => text.contains(word),
            Script::English => text
                .to_ascii_lowercase()
                .split(|c: char| !c.is_ascii_lowercase())
                .any(|found| found.starts_with(word)),
        })
    }

    #[test]
    fn common_words_are_in_more_announcements_than_rare_ones_and_absent_ones_in_none() {
        let data = Data::new(5, 60);
        let words = Words::count(&data, 2000);
        let all: Vec<_> = (0..2000)
            .map(|place| data.announcement(place))
            .filter(|announcement| data.is_for_viewer(announcement))
            .collect();
        for script in [Script::Chinese, Script::English] {
            for length in LENGTHS {
                let [common, rare, absent] =
                    [Frequency::Common, Frequency::Rare, Frequency::Absent].map(|frequency| {
                        let kind = (script, length, frequency);
                        let words = words.draw(&mut Numbers::new(1), kind, 4);
                        assert!(!words.is_empty(), "{kind:?}");
                        words
                            .iter()
                            .map(|word| {
                                assert_eq!(word.chars().count(), length, "{word}");
                                all.iter().filter(|one| has(one, script, word)).count()
                            })
                            .collect::<Vec<_>>()
                    });
                assert!(
                    absent.iter().all(|times| *times == 0),
                    "{script:?} {length}"
                );
                assert!(rare.iter().all(|times| *times > 0), "{script:?} {length}");
                assert!(
                    common.iter().min() > rare.iter().max(),
                    "{script:?} {length} {common:?} {rare:?}"
                );
            }
        }
    }

    #[test]
    fn a_seed_draws_the_same_words_again() {
        let data = Data::new(5, 60);
        let draw = || {
            let kind = (Script::Chinese, 4, Frequency::Rare);
            Words::count(&data, 500).draw(&mut Numbers::new(9), kind, 5)
        };
        assert_eq!(draw(), draw());
    }

    #[test]
    fn rare_words_are_those_of_the_lowest_counts() {
        let known: Vec<(String, u32)> = [("a", 9), ("b", 3), ("c", 1), ("d", 1)]
            .map(|(word, times)| (word.to_owned(), times))
            .into();
        let names = |wanted| {
            rare(&known, wanted)
                .iter()
                .map(|(word, _)| word.as_str())
                .collect::<String>()
        };
        assert_eq!(names(1), "cd");
        assert_eq!(names(3), "bcd");
        assert_eq!(names(9), "abcd");
    }
}
