//! Cursors: where a page ended, as opaque checksummed text.
//!
//! A cursor holds the sort key of the last item (key-set paging, so what is published meanwhile shifts
//! nothing), the instant of the walk, and a fingerprint of the query that it belongs to.

use std::hash::{Hash, Hasher};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::order::{Order, SortKey};
use super::page::Query;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::check_time;

/// The layout of the bytes behind the text.
const LAYOUT: u8 = 1;
/// Layout, order, fingerprint, instant, key, CRC.
const BYTES: usize = 1 + 1 + 4 + 8 + 32 + 4;

/// Where a walk over pages stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The instant that the whole walk is of.
    pub(crate) now: i64,
    /// The key of the last item that was given.
    pub(crate) after: SortKey,
}

impl Cursor {
    /// The text that stands for this place in `query`.
    pub(crate) fn encode(&self, query: &Query) -> String {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.push(LAYOUT);
        bytes.push(query.order as u8);
        bytes.extend(fingerprint(query).to_le_bytes());
        bytes.extend(self.now.to_le_bytes());
        for part in self.after {
            bytes.extend(part.to_le_bytes());
        }
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that the cursor of `query` stands for; none if it has no cursor.
    pub(crate) fn decode(query: &Query) -> Result<Option<Self>> {
        let Some(text) = &query.cursor else {
            return Ok(None);
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        let damaged = || bad_cursor(query, "is damaged", "已损坏");
        let (body, crc) = bytes.split_last_chunk::<4>().ok_or_else(damaged)?;
        if bytes.len() != BYTES || crc32fast::hash(body) != u32::from_le_bytes(*crc) {
            return Err(damaged());
        }
        let (head, rest) = body.split_first_chunk::<6>().ok_or_else(damaged)?;
        let [layout, order, print @ ..] = *head;
        if layout != LAYOUT {
            return Err(bad_cursor(query, "is of another release", "来自其他版本"));
        }
        if order != query.order as u8 || u32::from_le_bytes(print) != fingerprint(query) {
            let (en, zh) = (
                "belongs to a query with another filter or order",
                "属于另一筛选条件或排序的查询",
            );
            return Err(bad_cursor(query, en, zh));
        }
        let mut words = rest.chunks_exact(8).filter_map(|word| word.try_into().ok());
        let mut next = || words.next().map(i64::from_le_bytes).ok_or_else(damaged);
        let cursor = Self {
            now: next()?,
            after: [next()?, next()?, next()?, next()?],
        };
        if !cursor.is_sound(query.order) {
            return Err(damaged());
        }
        Ok(Some(cursor))
    }

    /// Whether a board can have made it. The checksum is no secret, so anybody can make one.
    fn is_sound(&self, order: Order) -> bool {
        let [first, second, third, _] = self.after;
        check_time("cursor", self.now).is_ok()
            && self.after.iter().all(|part| *part != i64::MIN)
            && match order {
                Order::Default => first == 0,
                Order::Newest | Order::Oldest | Order::EndingSoon => second == 0 && third == 0,
                Order::Relevance => true,
            }
    }
}

/// The same for queries that ask the same. The instant and the viewer are left out: a walk keeps its
/// instant, and the audience is looked at anew for each page.
fn fingerprint(query: &Query) -> u32 {
    let mut hasher = Fingerprint(crc32fast::Hasher::new());
    (query.view, query.order, &query.filter).hash(&mut hasher);
    hasher.0.finalize()
}

/// A checksum of what is hashed: the same in every process, as the cursors that carry it may outlive one.
struct Fingerprint(crc32fast::Hasher);

impl Hasher for Fingerprint {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        self.0.clone().finalize().into()
    }
}

fn bad_cursor(query: &Query, en: &str, zh: &str) -> Error {
    let error = Error::invalid(
        "cursor",
        query.cursor.as_deref().unwrap_or_default(),
        Bilingual::new(en.to_owned(), zh.to_owned()),
    );
    error.of_kind(ErrorKind::BadCursor)
}
