//! Idempotency keys of the last day: publishing again under one returns the first result.

use crate::model::limits;
use std::collections::{HashMap, VecDeque};

use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Fingerprint, KeyedResult};
use crate::model::Published;

/// The retained keys.
#[derive(Debug, Default)]
pub(crate) struct IdempotencyKeys {
    by_key: HashMap<Box<str>, KeyedResult>,
    oldest_first: VecDeque<Box<str>>,
}

/// Returns the earlier result of the same request.
///
/// # Errors
/// `idempotency_conflict` for a different request.
pub(crate) fn repeated(earlier: &KeyedResult, key: &str, print: &Fingerprint) -> Result<Published> {
    if earlier.fingerprint == *print {
        return Ok(Published {
            duplicate: true,
            ..earlier.published
        });
    }
    let reason = Bilingual::new(
        format!(
            "already used by a different request, which published announcement {}",
            earlier.published.id
        ),
        format!(
            "已被另一个请求使用，该请求发布了公告 {}",
            earlier.published.id
        ),
    );
    Err(Error::invalid("idempotency_key", key, reason).of_kind(ErrorKind::IdempotencyConflict))
}

impl IdempotencyKeys {
    /// Returns the use of `key`, if it is at most a day old.
    pub(crate) fn get(&self, key: &str, now: i64) -> Option<&KeyedResult> {
        self.by_key
            .get(key)
            .filter(|earlier| is_fresh(earlier, now))
    }

    pub(crate) fn insert(&mut self, key: &str, remembered: KeyedResult) {
        if self.by_key.insert(key.into(), remembered).is_some() {
            self.oldest_first.retain(|other| other.as_ref() != key);
        }
        self.oldest_first.push_back(key.into());
    }

    /// Reports whether `key` is present, however old.
    pub(crate) fn contains(&self, key: &str) -> bool {
        self.by_key.contains_key(key)
    }

    /// Returns the keys that are too old, or too many when `more` are added.
    pub(crate) fn forgettable(&self, now: i64, more: usize) -> Vec<Box<str>> {
        let surplus = (self.by_key.len() + more).saturating_sub(limits::IDEMPOTENCY_KEYS);
        let is_fresh = |key: &str| self.by_key.get(key).is_some_and(|r| is_fresh(r, now));
        let keys = self.oldest_first.iter().enumerate();
        keys.take_while(|(i, key)| *i < surplus || !is_fresh(key))
            .map(|(_, key)| key.clone())
            .collect()
    }

    /// Removes a key, usually the oldest one.
    pub(crate) fn remove(&mut self, key: &str) {
        if self.by_key.remove(key).is_none() {
            return;
        }
        match self.oldest_first.front() {
            Some(oldest) if **oldest == *key => drop(self.oldest_first.pop_front()),
            _ => self.oldest_first.retain(|other| **other != *key),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Returns the keys, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &KeyedResult)> {
        let with = |key| Some((AsRef::<str>::as_ref(key), self.by_key.get(key)?));
        self.oldest_first.iter().filter_map(with)
    }
}

fn is_fresh(earlier: &KeyedResult, now: i64) -> bool {
    now < earlier.at.saturating_add(limits::IDEMPOTENCY_MS)
}
