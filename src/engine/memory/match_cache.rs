//! Cache of searches whose matches had to be verified on the texts, so that a repeated search looks
//! only at what has changed since.
//!
//! A common term of three characters or more has many candidates, and each costs a look at its
//! text. The matches depend only on the search text, the locales that choose among the texts, and
//! the announcements. They do not depend on the viewer or the time.

use std::collections::VecDeque;

use roaring::RoaringBitmap;

use crate::locks::Mutex;
use crate::model::Locale;

/// Searches cached. Each is a bitmap: 12 KB for 100 000 announcements.
const REMEMBERED: usize = 64;

/// Slots that match a search, as of a revision of the board.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) revision: i64,
    pub(crate) slots: RoaringBitmap,
}

#[derive(Debug)]
struct CachedMatch {
    q: Box<str>,
    wanted: Box<[Locale]>,
    answer: Answer,
}

/// Cached searches, the most recently used at the back.
#[derive(Debug, Default)]
pub(crate) struct Verified(Mutex<VecDeque<CachedMatch>>);

impl Verified {
    /// Returns the cached answer for the search text `q` and readers of the locales `wanted`.
    pub(crate) fn get(&self, q: &str, wanted: &[Locale]) -> Option<Answer> {
        let mut entries = self.0.lock();
        let at = entries.iter().position(|entry| entry.is_of(q, wanted))?;
        let entry = entries.remove(at)?;
        let answer = entry.answer.clone();
        entries.push_back(entry);
        Some(answer)
    }

    /// Caches an answer, and evicts the least recently used one.
    pub(crate) fn put(&self, q: &str, wanted: &[Locale], answer: Answer) {
        let mut entries = self.0.lock();
        entries.retain(|entry| !entry.is_of(q, wanted));
        if entries.len() >= REMEMBERED {
            entries.pop_front();
        }
        entries.push_back(CachedMatch {
            q: q.into(),
            wanted: wanted.into(),
            answer,
        });
    }
}

impl CachedMatch {
    fn is_of(&self, q: &str, wanted: &[Locale]) -> bool {
        *self.q == *q && *self.wanted == *wanted
    }
}
