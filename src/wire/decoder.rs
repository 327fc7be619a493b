//! Answers decoded one after the other. Who asks again mostly gets the items that he has: bytes that are the same say
//! the same, and are not read again.

use std::cell::Cell;

use super::Answer;
use super::generations::Generations;
use crate::error::Result;
use crate::query::Item;

/// Bytes of the items that are kept, in each of two generations.
const BYTES: usize = 128 * 1024;

/// A decoder of the answers that a client receives. It remembers the items that it has decoded, up to 256 KiB of
/// them, and shares them with later answers that have the same.
pub struct Decoder {
    /// By their bytes.
    items: Generations<Box<[u8]>, Item>,
}

thread_local! {
    /// The decoder that decodes a message on this thread.
    static CURRENT: Cell<Option<Decoder>> = const { Cell::new(None) };
}

impl Decoder {
    /// Creates a decoder that knows nothing.
    pub fn new() -> Self {
        Self {
            items: Generations::new(BYTES),
        }
    }

    /// Decodes as [`Answer::from_bytes`] does.
    ///
    /// # Errors
    /// Those of `Answer::from_bytes`.
    pub fn decode(&mut self, bytes: &[u8]) -> Result<Answer> {
        CURRENT.set(Some(std::mem::take(self)));
        let answer = Answer::from_bytes(bytes);
        *self = CURRENT.take().unwrap_or_default();
        answer
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").finish_non_exhaustive()
    }
}

/// Returns the item of these bytes, which are read only if they are not known.
///
/// # Errors
/// Those of `read`.
pub(super) fn item<E>(
    bytes: &[u8],
    read: impl FnOnce(&[u8]) -> std::result::Result<Item, E>,
) -> std::result::Result<Item, E> {
    let Some(mut decoder) = CURRENT.take() else {
        return read(bytes);
    };
    let item = match decoder.items.find(bytes) {
        Some(item) => Ok(item.clone()),
        None => read(bytes).inspect(|item| {
            let copy = item.clone();
            decoder.items.keep(bytes.into(), copy, bytes.len());
        }),
    };
    CURRENT.set(Some(decoder));
    item
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::wire::Answer;
    use crate::{Draft, ManualClock, Options, Query, Viewer};

    const NOW: i64 = 1_781_748_000_000;

    fn page(answer: Answer) -> Vec<Item> {
        match answer {
            Answer::Page(page) => page.items,
            other => panic!("{other:?}"),
        }
    }

    fn told(items: &[Item]) -> Vec<serde_json::Value> {
        items.iter().map(crate::wire::value::Wire::write).collect()
    }

    fn ask(decoder: &mut Decoder, bytes: &[u8]) -> Vec<Item> {
        page(decoder.decode(bytes).unwrap())
    }

    #[test]
    fn what_has_not_changed_is_the_item_that_there_was_and_what_has_is_new() {
        let clock = Arc::new(ManualClock::new(NOW));
        let board = Options::new()
            .clock(Arc::clone(&clock))
            .open("mem:")
            .unwrap();
        let publish = |key: &str| board.publish(&Draft::new("en", key).key(key)).unwrap().id;
        let (first, _) = (publish("a"), publish("b"));
        let query = Query::new(Viewer::new("ann"));
        let bytes = || {
            let page = board.query(&query).unwrap();
            Answer::Page(Box::new(page)).to_bytes().unwrap()
        };
        let mut decoder = Decoder::new();
        let before = ask(&mut decoder, &bytes());
        clock.set(NOW + 1);
        let again = ask(&mut decoder, &bytes());
        assert_eq!(told(&again), told(&before));
        let is_same = |a: &Item, b: &Item| Arc::ptr_eq(&a.announcement, &b.announcement);
        assert!(again.iter().zip(&before).all(|(a, b)| is_same(a, b)));

        board
            .mark(&query.viewer, &[first], crate::Mark::Read)
            .unwrap();
        let after = ask(&mut decoder, &bytes());
        let unknowing = page(Answer::from_bytes(&bytes()).unwrap());
        assert_eq!(told(&after), told(&unknowing));
        for (item, was) in after.iter().zip(&before) {
            assert_eq!(item.is_read, item.id() == first);
            assert_eq!(is_same(item, was), item.id() != first);
        }
    }
}
