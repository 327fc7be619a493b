//! Index from grams and words to announcements, separately for each of their texts.
//!
//! A viewer sees one text of an announcement, so a hit in another text must not count. Each text
//! index therefore has its own plane. Tags and key, which all viewers see, share one more plane.

use std::collections::BTreeMap;

use super::grams::{Gram, Token, Tokens, dictionary_form};
use super::matcher::with_normalised;
use super::posting::Posting;
use super::words::numbers_in;
use crate::model::Announcement;
use crate::number_map::NumberMap;

/// Index that narrows a search. [`insert_all`](Self::insert_all), [`replace`](Self::replace) and
/// [`remove`](Self::remove) keep it up to date; [`find`](Self::find) queries it.
#[derive(Debug, Default)]
pub(crate) struct SearchIndex {
    texts: Vec<Plane>,
    common: Plane,
}

/// Index of one text of each announcement.
#[derive(Debug, Default)]
pub(crate) struct Plane {
    grams: NumberMap<Gram, Posting>,
    /// Words longer than a gram, for prefix search.
    words: BTreeMap<Box<str>, Posting>,
    /// Heap memory of postings and words, beside the maps, in bytes.
    heap_bytes: usize,
}

/// Keys of one announcement in a plane: sorted, without duplicates.
#[derive(Debug, Default)]
struct Keys {
    grams: Vec<Gram>,
    words: Vec<Box<str>>,
}

/// Key of a token.
enum Key<'a> {
    Gram(Gram),
    Word(&'a str),
}

/// Announcements indexed together. At this size most grams occur in several of them, so each
/// posting is visited once for many slots.
const BATCH: usize = 1024;
/// Bits of a slot, in a number of a gram and a slot.
const SLOT_BITS: u32 = u32::BITS;
/// Memory of an entry in the B-tree, estimated: nodes are two thirds full on average.
const WORD_OVERHEAD: usize = (size_of::<(Box<str>, Posting)>()) * 3 / 2;

impl SearchIndex {
    /// Indexes many announcements, each with its slot. Much faster than one by one, and fastest
    /// with ascending slots.
    pub(crate) fn insert_all(&mut self, announcements: &[(u32, &Announcement)]) {
        let mut scratch = Vec::new();
        for batch in announcements.chunks(BATCH) {
            let most = batch.iter().map(|(_, a)| a.locales().len()).max();
            self.make_planes(most.unwrap_or(0));
            for (index, plane) in self.texts.iter_mut().enumerate() {
                plane.insert_all(batch, Some(index), &mut scratch);
            }
            self.common.insert_all(batch, None, &mut scratch);
        }
    }

    /// Removes an announcement, which must be the same that was inserted.
    pub(crate) fn remove(&mut self, slot: u32, announcement: &Announcement) {
        let count = announcement.locales().len();
        for (index, plane) in self.texts.iter_mut().enumerate().take(count) {
            let keys = Keys::of(announcement, Some(index));
            plane.replace(slot, &keys, &Keys::default());
        }
        let keys = Keys::of(announcement, None);
        self.common.replace(slot, &keys, &Keys::default());
    }

    /// Replaces `before` by `after`. The cost depends on the difference between their texts.
    pub(crate) fn replace(&mut self, slot: u32, before: &Announcement, after: &Announcement) {
        self.make_planes(after.locales().len());
        for (index, plane) in self.texts.iter_mut().enumerate() {
            let [old, new] = [before, after].map(|a| Keys::of(a, Some(index)));
            plane.replace(slot, &old, &new);
        }
        let [old, new] = [before, after].map(|a| Keys::of(a, None));
        self.common.replace(slot, &old, &new);
    }

    /// Estimates the memory of the index in bytes, in constant time.
    pub(crate) fn heap_bytes(&self) -> usize {
        let planes = self.texts.iter().chain([&self.common]);
        planes.map(Plane::total_bytes).sum::<usize>() + self.texts.capacity() * size_of::<Plane>()
    }

    /// Reports whether both indexes find the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let none = Plane::default();
        let count = self.texts.len().max(other.texts.len());
        // A missing plane equals an empty one.
        let is_same = |i| {
            let [one, two] = [self, other].map(|index| index.texts.get(i).unwrap_or(&none));
            one.is_same(two)
        };
        (0..count).all(is_same) && self.common.is_same(&other.common)
    }

    /// Reports whether nothing was ever inserted.
    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Returns the plane of a text index; None if no announcement has that many texts.
    pub(crate) fn plane(&self, text_index: usize) -> Option<&Plane> {
        self.texts.get(text_index)
    }

    /// Returns the plane of tags and keys.
    pub(crate) fn common(&self) -> &Plane {
        &self.common
    }

    fn make_planes(&mut self, count: usize) {
        if self.texts.len() < count {
            self.texts.resize_with(count, Plane::default);
        }
    }
}

impl Keys {
    /// Returns the keys of one text of an announcement, or of its tags and key.
    fn of(announcement: &Announcement, text_index: Option<usize>) -> Self {
        let mut keys = Self::default();
        each_token(announcement, text_index, |token| {
            each_key(token, |key| match key {
                Key::Gram(gram) => keys.grams.push(gram),
                Key::Word(word) => keys.words.push(word.into()),
            });
        });
        keys.grams.sort_unstable();
        keys.grams.dedup();
        keys.words.sort_unstable();
        keys.words.dedup();
        keys
    }
}

impl Plane {
    fn is_same(&self, other: &Self) -> bool {
        let slots = |posting: &Posting| {
            let mut slots = Vec::new();
            posting.append_to(&mut slots);
            slots
        };
        let is_same = |one: &Posting, two: Option<&Posting>| two.map(slots) == Some(slots(one));
        self.grams.len() == other.grams.len()
            && self.words.len() == other.words.len()
            && self
                .grams
                .iter()
                .all(|(gram, p)| is_same(p, other.grams.get(gram)))
            && self
                .words
                .iter()
                .all(|(word, p)| is_same(p, other.words.get(word)))
    }

    /// Returns the slots that contain `gram`.
    pub(crate) fn gram(&self, gram: Gram) -> Option<&Posting> {
        self.grams.get(&gram)
    }

    /// Returns the slots that contain `word`, which must be in dictionary form.
    pub(crate) fn word(&self, word: &str) -> Option<&Posting> {
        self.words.get(word)
    }

    /// Returns the slots of each dictionary word with this prefix.
    pub(crate) fn words_from<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Posting> {
        let from = (
            std::ops::Bound::Included(prefix),
            std::ops::Bound::Unbounded,
        );
        self.words
            .range::<str, _>(from)
            .take_while(move |(word, _)| word.starts_with(prefix))
            .map(|(_, posting)| posting)
    }

    fn insert_all(
        &mut self,
        batch: &[(u32, &Announcement)],
        text_index: Option<usize>,
        scratch: &mut Vec<u128>,
    ) {
        scratch.clear();
        for (slot, announcement) in batch {
            each_token(announcement, text_index, |token| {
                each_key(token, |key| match key {
                    Key::Gram(gram) => {
                        scratch.push(u128::from(gram.0) << SLOT_BITS | u128::from(*slot))
                    }
                    Key::Word(word) => self.insert_word(*slot, word),
                });
            });
        }
        // Sorting brings the slots of a gram together, so that each posting is visited once. One number
        // is compared sooner than two.
        scratch.sort_unstable();
        scratch.dedup();
        for same in scratch.chunk_by(|left, right| left >> SLOT_BITS == right >> SLOT_BITS) {
            if let Some(first) = same.first() {
                let gram = Gram((first >> SLOT_BITS) as u64);
                self.insert_gram(gram, same.iter().map(|both| *both as u32));
            }
        }
    }

    fn replace(&mut self, slot: u32, before: &Keys, after: &Keys) {
        for gram in only_in(&before.grams, &after.grams) {
            self.remove_gram(slot, *gram);
        }
        for gram in only_in(&after.grams, &before.grams) {
            self.insert_gram(*gram, std::iter::once(slot));
        }
        for word in only_in(&before.words, &after.words) {
            self.remove_word(slot, word);
        }
        for word in only_in(&after.words, &before.words) {
            self.insert_word(slot, word);
        }
    }

    fn insert_gram(&mut self, gram: Gram, slots: impl Iterator<Item = u32>) {
        let posting = self.grams.entry(gram).or_default();
        changed(posting, &mut self.heap_bytes, |posting| {
            slots.for_each(|slot| posting.insert(slot));
        });
    }

    fn insert_word(&mut self, slot: u32, word: &str) {
        if !self.words.contains_key(word) {
            self.words.insert(word.into(), Posting::default());
            self.heap_bytes += word.len() + WORD_OVERHEAD;
        }
        if let Some(posting) = self.words.get_mut(word) {
            changed(posting, &mut self.heap_bytes, |p| p.insert(slot));
        }
    }

    fn remove_gram(&mut self, slot: u32, gram: Gram) {
        if let Some(posting) = self.grams.get_mut(&gram) {
            changed(posting, &mut self.heap_bytes, |p| p.remove(slot));
            if posting.is_empty() {
                self.heap_bytes -= posting.heap_bytes();
                self.grams.remove(&gram);
            }
        }
    }

    fn remove_word(&mut self, slot: u32, word: &str) {
        if let Some(posting) = self.words.get_mut(word) {
            changed(posting, &mut self.heap_bytes, |p| p.remove(slot));
            if posting.is_empty() {
                self.heap_bytes -= posting.heap_bytes() + word.len() + WORD_OVERHEAD;
                self.words.remove(word);
            }
        }
    }

    fn total_bytes(&self) -> usize {
        // A hash table has at least one control byte for each entry, and an eighth of its room is
        // free.
        let entry = size_of::<(Gram, Posting)>() + 1;
        self.heap_bytes + self.grams.capacity() * entry * 8 / 7
    }
}

/// Visits the tokens of one text of an announcement, or of its tags and key.
fn each_token(
    announcement: &Announcement,
    text_index: Option<usize>,
    mut take: impl FnMut(Token<'_>),
) {
    let mut each_of = |text: &str| {
        with_normalised(text, |normal| Tokens::new(normal).for_each(&mut take));
    };
    match text_index {
        Some(index) if index < announcement.locales().len() => {
            let text = announcement.text(index);
            for text in [text.title, text.summary, text.body] {
                each_of(text);
            }
        }
        Some(_) => {}
        None => {
            announcement.tags().for_each(&mut each_of);
            each_of(announcement.key());
        }
    }
}

/// Visits the keys of a token. A number after letters is a word of its own as well.
fn each_key(token: Token<'_>, mut take: impl FnMut(Key<'_>)) {
    match token {
        Token::Char(c) => take(Key::Gram(Gram::of_char(c))),
        Token::Pair(left, right) => take(Key::Gram(Gram::of_pair(left, right))),
        Token::Word { text, .. } => {
            for word in std::iter::once(text).chain(numbers_in(text)) {
                Gram::of_word(word).for_each(|gram| take(Key::Gram(gram)));
                if let Some(form) = dictionary_form(word) {
                    take(Key::Word(form));
                }
            }
        }
    }
}

/// Returns the elements of `ones` that are not in `others`, which must be sorted.
fn only_in<'a, T: Ord>(ones: &'a [T], others: &'a [T]) -> impl Iterator<Item = &'a T> {
    ones.iter().filter(|one| others.binary_search(one).is_err())
}

/// Changes a posting and updates the memory account.
fn changed(posting: &mut Posting, heap_bytes: &mut usize, change: impl FnOnce(&mut Posting)) {
    let before = posting.heap_bytes();
    change(posting);
    *heap_bytes = (*heap_bytes + posting.heap_bytes()).saturating_sub(before);
}
