//! Answers encoded one after the other. A server sends the same announcements to many viewers, and to each of them
//! again and again: what it sent before is copied.

use std::cell::Cell;
use std::sync::Arc;

use serde::ser::Serializer;

use super::Answer;
use super::generations::Generations;
use crate::error::Result;
use crate::model::Announcement;
use crate::query::Item;

/// Bytes of the items that are kept, in each of two generations.
const BYTES: usize = 1024 * 1024;

/// An encoder of the answers that a server sends. It remembers the items that it has encoded, up to 2 MiB of them.
pub struct Encoder {
    items: Generations<Key, Encoded>,
}

/// What decides the bytes of an item.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    /// Its address, which is not used again as long as the encoded item keeps it alive.
    announcement: usize,
    text_index: usize,
    is_fallback: bool,
    marks: [bool; 4],
    seen_count: u32,
    snoozed_until: i64,
}

struct Encoded {
    _announcement: Arc<Announcement>,
    bytes: Box<[u8]>,
}

thread_local! {
    /// The encoder that encodes a message on this thread.
    static CURRENT: Cell<Option<Encoder>> = const { Cell::new(None) };
}

impl Encoder {
    /// Creates an encoder that knows nothing.
    pub fn new() -> Self {
        Self {
            items: Generations::new(BYTES),
        }
    }

    /// Encodes as [`Answer::to_bytes`] does.
    ///
    /// # Errors
    /// Those of `Answer::to_bytes`.
    pub fn encode(&mut self, answer: &Answer) -> Result<Vec<u8>> {
        CURRENT.set(Some(std::mem::take(self)));
        let bytes = answer.to_bytes();
        *self = CURRENT.take().unwrap_or_default();
        bytes
    }

    fn put<S: Serializer>(
        &mut self,
        key: Key,
        item: &Item,
        encode: impl FnOnce(&Item) -> std::result::Result<Vec<u8>, S::Error>,
        to: S,
    ) -> std::result::Result<S::Ok, S::Error> {
        if let Some(encoded) = self.items.find(&key) {
            return to.serialize_bytes(&encoded.bytes);
        }
        let bytes = encode(item)?.into_boxed_slice();
        let put = to.serialize_bytes(&bytes);
        let length = bytes.len();
        let encoded = Encoded {
            _announcement: Arc::clone(&item.announcement),
            bytes,
        };
        self.items.keep(key, encoded, length);
        put
    }
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder").finish_non_exhaustive()
    }
}

impl Key {
    /// Returns the key of an item; None for what only one viewer gets, or an editor.
    fn of(item: &Item) -> Option<Self> {
        let is_usual = !item.is_whole && item.found.is_none();
        is_usual.then(|| Self {
            announcement: Arc::as_ptr(&item.announcement).addr(),
            text_index: item.text_index,
            is_fallback: item.is_fallback,
            marks: [
                item.is_read,
                item.is_dismissed,
                item.is_acknowledged,
                item.is_pending,
            ],
            seen_count: item.seen_count,
            snoozed_until: item.snoozed_until,
        })
    }
}

/// Puts an item behind its length, which is encoded only if it is not known.
///
/// # Errors
/// Those of `encode` and of the serializer.
pub(super) fn put_item<S: Serializer>(
    item: &Item,
    encode: impl FnOnce(&Item) -> std::result::Result<Vec<u8>, S::Error>,
    to: S,
) -> std::result::Result<S::Ok, S::Error> {
    let mut encoder = CURRENT.take();
    let put = match (&mut encoder, Key::of(item)) {
        (Some(encoder), Some(key)) => encoder.put(key, item, encode, to),
        _ => encode(item).and_then(|bytes| to.serialize_bytes(&bytes)),
    };
    CURRENT.set(encoder);
    put
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Draft, Mark, Options, Query, Text, Viewer};

    #[test]
    fn what_is_copied_is_what_would_be_encoded() {
        let board = Options::new().open("mem:").unwrap();
        for key in ["a", "b", "c"] {
            let draft = Draft::from_text(Text::new("en", key).body("to be searched"));
            let draft = draft.text(Text::new("zh-CN", "公告")).key(key);
            board.publish(&draft).unwrap();
        }
        let mut encoder = Encoder::new();
        let mut of = |query: &Query| {
            let answer = Answer::Page(Box::new(board.query(query).unwrap()));
            assert_eq!(encoder.encode(&answer), answer.to_bytes(), "{query:?}");
        };
        let viewers = ["ann", "bob"].map(Viewer::new);
        let marks = [Mark::Seen, Mark::Read, Mark::Dismiss, Mark::Acknowledge];
        for mark in marks.into_iter().map(Some).chain([None]) {
            for viewer in &viewers {
                for locale in ["en", "zh-CN", "fr"] {
                    let query = Query::new(viewer.clone().locales([locale]));
                    let mut searched = query.clone();
                    searched.filter.q = "searched".to_owned();
                    let mut edited = query.clone();
                    edited.view = crate::View::Editor;
                    for query in [query, searched, edited] {
                        of(&query);
                        of(&query);
                    }
                }
            }
            if let Some(mark) = mark {
                let _ = board.mark(&viewers[0], &[2], mark);
            }
        }
        board.update(2, crate::Patch::new().author("eve")).unwrap();
        of(&Query::new(viewers[0].clone()));
    }

    #[test]
    fn an_item_is_encoded_once_for_all_viewers_with_the_same_marks() {
        let board = Options::new().open("mem:").unwrap();
        board.publish(&Draft::new("en", "a")).unwrap();
        let mut encoder = Encoder::new();
        for user in ["ann", "bob", "cat"] {
            let page = board.query(&Query::new(Viewer::new(user))).unwrap();
            encoder.encode(&Answer::Page(Box::new(page))).unwrap();
        }
        assert_eq!(encoder.items.len(), 1);
    }
}
