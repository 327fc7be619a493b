//! Cursors: the end of a page, as opaque, checksummed text.
//!
//! A cursor holds the sort key of the last item (key-set paging, so that later changes do not shift
//! the pages), the instant of the walk, and a fingerprint of the query that it belongs to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::filter::Filter;
use super::order::{Order, SortKey};
use super::page::Query;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::{FieldBytes, check_time};

/// Version of the encoding.
const LAYOUT: u8 = 2;
/// Length in bytes: layout, order, fingerprint, instant, key, CRC.
const BYTES: usize = 1 + 1 + 4 + 8 + 32 + 4;

/// Position of a walk over pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Instant of the whole walk.
    pub(crate) now: i64,
    /// Sort key of the last item returned.
    pub(crate) after: SortKey,
}

impl Cursor {
    /// Encodes this position in `query` as text.
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

    /// Decodes the cursor of `query`; None if it has no cursor.
    pub(crate) fn decode(query: &Query) -> Result<Option<Self>> {
        let Some(text) = &query.cursor else {
            return Ok(None);
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        let damaged = || bad_cursor(query, "damaged", "已损坏");
        let (body, crc) = bytes.split_last_chunk::<4>().ok_or_else(damaged)?;
        if bytes.len() != BYTES || crc32fast::hash(body) != u32::from_le_bytes(*crc) {
            return Err(damaged());
        }
        let (head, rest) = body.split_first_chunk::<6>().ok_or_else(damaged)?;
        let [layout, order, print @ ..] = *head;
        if layout != LAYOUT {
            return Err(bad_cursor(
                query,
                "written by a different release",
                "由其他版本生成",
            ));
        }
        if order != query.order as u8 || u32::from_le_bytes(print) != fingerprint(query) {
            let (en, zh) = (
                "belongs to a query with a different filter or order",
                "属于筛选条件或排序不同的查询",
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

    /// Reports whether a board can have created this cursor. The checksum is no secret, so anybody
    /// can forge one.
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

/// Returns the same number for equivalent queries, on every machine: a walk may go on in another process.
/// The instant and the viewer are left out: a walk keeps its instant, and each page evaluates the
/// audience again.
fn fingerprint(query: &Query) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    let mut out = FieldBytes::new(|bytes: &[u8]| crc.update(bytes));
    out.byte(query.view as u8).byte(query.order as u8);
    // Named one by one, so that a new condition does not compile before it has its place.
    let Filter {
        channels,
        categories,
        tags_any,
        tags_all,
        tags_none,
        severity_at_least,
        pinned,
        ids,
        keys,
        author,
        external_id,
        phase,
        starts,
        ends,
        published,
        updated,
        changed_since,
        has_locale,
        unread_only,
        pending_only,
        unacknowledged_only,
        q,
    } = &query.filter;
    for texts in [channels, categories, tags_any, tags_all, tags_none, keys] {
        out.texts(texts);
    }
    out.option(*severity_at_least, |out, least| {
        out.byte(least as u8);
    });
    out.option(*pinned, |out, pinned| {
        out.flag(pinned);
    });
    out.list(ids, |out, id| {
        out.number(*id);
    });
    for text in [author, external_id] {
        out.option(text.as_deref(), |out, text| {
            out.text(text);
        });
    }
    out.byte(*phase as u8);
    for range in [starts, ends, published, updated] {
        out.time(range.from).time(range.until);
    }
    out.time(*changed_since);
    out.option(has_locale.as_ref(), |out, locale| {
        out.text(locale.as_str());
    });
    out.flag(*unread_only).flag(*pending_only);
    out.flag(*unacknowledged_only).text(q);
    crc.finalize()
}

fn bad_cursor(query: &Query, en: &str, zh: &str) -> Error {
    let error = Error::invalid(
        "cursor",
        query.cursor.as_deref().unwrap_or_default(),
        Bilingual::new(en.to_owned(), zh.to_owned()),
    );
    error.of_kind(ErrorKind::BadCursor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Severity, Viewer};

    #[test]
    fn a_cursor_is_the_same_text_on_every_machine() {
        let filter = Filter::new()
            .channels(["ops", "产品"])
            .severity_at_least(Severity::Warning);
        let query = Query::new(Viewer::anonymous()).filter(filter);
        let cursor = Cursor {
            now: 1_781_748_000_000,
            after: [0, 3, 1_781_747_000_000, 17],
        };
        assert_eq!(
            cursor.encode(&query),
            "AgACbOXcAOV02J4BAAAAAAAAAAAAAAMAAAAAAAAAwKJl2J4BAAARAAAAAAAAAC_I1fQ"
        );
    }
}
