//! Searches whose words had to be looked for in the texts, remembered, so that the next one need look
//! only at what has changed since.
//!
//! A common term of three characters or more has many candidates, each of which costs a look at its
//! text. Which of them have the words depends on nothing but the search text, the locales that choose
//! among the texts, and the announcements: not on who asks, nor on the time.

use std::collections::VecDeque;

use parking_lot::Mutex;
use roaring::RoaringBitmap;

use crate::model::Locale;

/// How many searches are remembered: each is a bitmap, 12 KB for 100 000 announcements.
const REMEMBERED: usize = 64;

/// The slots that have the words of a search, as of a revision of the board.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) revision: i64,
    pub(crate) slots: RoaringBitmap,
}

#[derive(Debug)]
struct Entry {
    q: Box<str>,
    wanted: Box<[Locale]>,
    answer: Answer,
}

/// The searches that are remembered, the one that was used last at the back.
#[derive(Debug, Default)]
pub(crate) struct Verified(Mutex<VecDeque<Entry>>);

impl Verified {
    /// What is remembered of the search text `q` for readers of the locales `wanted`.
    pub(crate) fn get(&self, q: &str, wanted: &[Locale]) -> Option<Answer> {
        let mut entries = self.0.lock();
        let at = entries.iter().position(|entry| entry.is_of(q, wanted))?;
        let entry = entries.remove(at)?;
        let answer = entry.answer.clone();
        entries.push_back(entry);
        Some(answer)
    }

    /// Remembers an answer, and forgets the one that was not used for longest.
    pub(crate) fn put(&self, q: &str, wanted: &[Locale], answer: Answer) {
        let mut entries = self.0.lock();
        entries.retain(|entry| !entry.is_of(q, wanted));
        if entries.len() >= REMEMBERED {
            entries.pop_front();
        }
        entries.push_back(Entry {
            q: q.into(),
            wanted: wanted.into(),
            answer,
        });
    }
}

impl Entry {
    fn is_of(&self, q: &str, wanted: &[Locale]) -> bool {
        *self.q == *q && *self.wanted == *wanted
    }
}
