//! Which announcements have which grams and words, for each of their texts apart.
//!
//! A viewer sees one text of an announcement, so a hit in another one must not count: each text index
//! has a plane of its own. Tags and key, which all viewers see, share one more.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use super::grams::{Gram, Token, Tokens, dictionary_form};
use super::normalise::normalise_into;
use super::posting::Posting;
use crate::model::Announcement;

/// Finds the announcements that may match a search. Kept up to date by [`insert`](Self::insert) and
/// [`remove`](Self::remove); what it finds is told by [`find`](Self::find).
#[derive(Debug, Default)]
pub(crate) struct SearchIndex {
    texts: Vec<Plane>,
    common: Plane,
    /// The normal form of the text in work.
    scratch: String,
}

/// One text of each announcement.
#[derive(Debug, Default)]
pub(crate) struct Plane {
    grams: HashMap<Gram, Posting, BuildHasherDefault<GramHasher>>,
    /// The words that are longer than a gram, for finding by beginning.
    words: BTreeMap<Box<str>, Posting>,
    /// What the postings and words hold outside of the maps, in bytes.
    heap_bytes: usize,
}

/// Spreads the bits of one number. Grams come from announcements, not from strangers, and a gram has
/// little room for making others collide.
#[derive(Debug, Default)]
pub(crate) struct GramHasher(u64);

/// What a B-tree costs for each entry, about: nodes are two thirds full.
const WORD_OVERHEAD: usize = (size_of::<(Box<str>, Posting)>()) * 3 / 2;

impl SearchIndex {
    /// Takes in all the texts of an announcement. `slot` has none in the index yet.
    pub(crate) fn insert(&mut self, slot: u32, announcement: &Announcement) {
        self.each_token(announcement, |plane, token| plane.insert(slot, token));
    }

    /// Takes out what [`insert`](Self::insert) took in; `announcement` must be the same.
    pub(crate) fn remove(&mut self, slot: u32, announcement: &Announcement) {
        self.each_token(announcement, |plane, token| plane.remove(slot, token));
    }

    /// The memory that it takes, about, in bytes. Constant time.
    pub(crate) fn heap_bytes(&self) -> usize {
        let planes = self.texts.iter().chain([&self.common]);
        planes.map(Plane::total_bytes).sum::<usize>() + self.texts.capacity() * size_of::<Plane>()
    }

    /// The plane of texts of this index; none if no announcement has that many texts.
    pub(crate) fn plane(&self, text_index: usize) -> Option<&Plane> {
        self.texts.get(text_index)
    }

    /// The plane of tags and keys.
    pub(crate) fn common(&self) -> &Plane {
        &self.common
    }

    fn each_token(
        &mut self,
        announcement: &Announcement,
        mut change: impl FnMut(&mut Plane, Token<'_>),
    ) {
        let count = announcement.locales().len();
        if self.texts.len() < count {
            self.texts.resize_with(count, Plane::default);
        }
        let scratch = &mut self.scratch;
        for (plane, text) in self.texts.iter_mut().zip(announcement.texts()) {
            for field in [text.title, text.summary, text.body] {
                normalise_into(field, scratch);
                Tokens::new(scratch).for_each(|token| change(plane, token));
            }
        }
        for text in announcement.tags().chain([announcement.key()]) {
            normalise_into(text, scratch);
            Tokens::new(scratch).for_each(|token| change(&mut self.common, token));
        }
    }
}

impl Plane {
    /// The slots that have `gram`.
    pub(crate) fn gram(&self, gram: Gram) -> Option<&Posting> {
        self.grams.get(&gram)
    }

    /// The slots that have `word`, which is as the dictionary keeps it.
    pub(crate) fn word(&self, word: &str) -> Option<&Posting> {
        self.words.get(word)
    }

    /// The slots of each word of the dictionary that begins with `prefix`.
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

    fn insert(&mut self, slot: u32, token: Token<'_>) {
        match token {
            Token::Char(c) => self.insert_gram(slot, Gram::of_char(c)),
            Token::Pair(left, right) => self.insert_gram(slot, Gram::of_pair(left, right)),
            Token::Word { text, .. } => {
                Gram::of_word(text).for_each(|gram| self.insert_gram(slot, gram));
                if let Some(word) = dictionary_form(text) {
                    self.insert_word(slot, word);
                }
            }
        }
    }

    fn insert_gram(&mut self, slot: u32, gram: Gram) {
        self.grams
            .entry(gram)
            .and_modify(|posting| changed(posting, &mut self.heap_bytes, |p| p.insert(slot)))
            .or_insert_with(|| Posting::of(slot));
    }

    fn insert_word(&mut self, slot: u32, word: &str) {
        match self.words.get_mut(word) {
            Some(posting) => changed(posting, &mut self.heap_bytes, |p| p.insert(slot)),
            None => {
                self.words.insert(word.into(), Posting::of(slot));
                self.heap_bytes += word.len() + WORD_OVERHEAD;
            }
        }
    }

    fn remove(&mut self, slot: u32, token: Token<'_>) {
        match token {
            Token::Char(c) => self.remove_gram(slot, Gram::of_char(c)),
            Token::Pair(left, right) => self.remove_gram(slot, Gram::of_pair(left, right)),
            Token::Word { text, .. } => {
                Gram::of_word(text).for_each(|gram| self.remove_gram(slot, gram));
                if let Some(word) = dictionary_form(text) {
                    self.remove_word(slot, word);
                }
            }
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
        // A hash table has at least one byte and an eighth of its room beside its entries.
        let entry = size_of::<(Gram, Posting)>() + 1;
        self.heap_bytes + self.grams.capacity() * entry * 8 / 7
    }
}

impl Hasher for GramHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        // The high half of the product depends on all the bits below it, the low half on none above.
        let product = u128::from(self.0 ^ number) * 0x9E37_79B9_7F4A_7C15;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}

/// Changes a posting and keeps account of its memory.
fn changed(posting: &mut Posting, heap_bytes: &mut usize, change: impl FnOnce(&mut Posting)) {
    let before = posting.heap_bytes();
    change(posting);
    *heap_bytes = (*heap_bytes + posting.heap_bytes()).saturating_sub(before);
}
