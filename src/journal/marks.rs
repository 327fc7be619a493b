//! Marks: everything that a user has done, whatever its amount.

use std::sync::Arc;

use super::effect::{KeptReceipt, OwnState};
use super::packed::Packed;
use super::packed_state::{SNOOZED, UNREAD};

/// A user with all state, as a storage keeps it.
#[derive(Debug, Clone)]
pub(crate) struct KeptUser {
    pub(crate) name: Arc<str>,
    pub(crate) own: OwnState,
    pub(crate) marks: Marks,
}

/// State of one user for all announcements.
///
/// Most users have little, which lies in one allocation. One mark of a user with much rewrites one
/// part of many.
#[derive(Debug, Clone)]
pub(crate) struct Marks(Amount);

#[derive(Debug, Clone)]
enum Amount {
    Little(Packed),
    // Boxed, so that the many users with little do not pay for it.
    Much(Box<Parts>),
}

#[derive(Debug, Clone, Default)]
struct Parts {
    /// In the order of ids. None but the first is empty.
    parts: Vec<Part>,
    /// Sum of their bytes, because a mark should not cost a walk over them.
    bytes: usize,
}

#[derive(Debug, Clone)]
struct Part {
    /// Id from which on receipts belong here; of the first part, any before the next.
    from: i64,
    /// Flags of all receipts, so that looking for those that are marked as unread, or snoozed, passes over
    /// the rest.
    flags: u8,
    packed: Packed,
}

impl Default for Marks {
    fn default() -> Self {
        Self(Amount::Little(Packed::default()))
    }
}

impl PartialEq for Marks {
    /// How they are divided into parts does not matter.
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Marks {}

impl Marks {
    /// Puts together parts in the order of ids.
    pub(crate) fn of_parts(parts: impl IntoIterator<Item = Packed>) -> Self {
        let mut marks = Self::default();
        for packed in parts.into_iter().filter(|packed| !packed.is_empty()) {
            marks.append(packed);
        }
        marks
    }

    /// Appends receipts that come after those here.
    fn append(&mut self, packed: Packed) {
        match &mut self.0 {
            Amount::Little(little) if little.is_empty() => *little = packed,
            // Former builds kept each receipt by itself.
            _ if packed.ids().nth(1).is_none() => {
                for (id, kept) in packed.iter() {
                    self.set(id, &kept);
                }
            }
            Amount::Little(little) => {
                let parts = Parts::of([std::mem::take(little), packed]);
                self.0 = Amount::Much(Box::new(parts));
            }
            Amount::Much(parts) => {
                parts.bytes += packed.bytes().len();
                parts.parts.push(Part::new(packed));
            }
        }
    }

    /// Returns the parts, in the order of ids.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Packed> {
        let (little, much) = match &self.0 {
            Amount::Little(little) => (Some(little), None),
            Amount::Much(parts) => (None, Some(parts.parts.iter().map(|part| &part.packed))),
        };
        little.into_iter().chain(much.into_iter().flatten())
    }

    /// Returns the state for an announcement; an empty one if there is none.
    #[inline]
    pub(crate) fn get(&self, id: i64) -> KeptReceipt {
        match &self.0 {
            Amount::Little(little) => little.get(id),
            Amount::Much(parts) => {
                let part = parts.parts.get(parts.place(id));
                part.map(|part| part.packed.get(id)).unwrap_or_default()
            }
        }
    }

    /// Replaces the state for an announcement, and returns the former one.
    pub(crate) fn set(&mut self, id: i64, to: &KeptReceipt) -> KeptReceipt {
        let former = self.get(id);
        if former == *to {
            return former;
        }
        match &mut self.0 {
            Amount::Little(little) => {
                if let Some(upper) = little.set(id, to) {
                    let parts = Parts::of([std::mem::take(little), upper]);
                    self.0 = Amount::Much(Box::new(parts));
                }
            }
            Amount::Much(parts) => parts.set(id, to),
        }
        former
    }

    /// Returns all states, ascending by id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, KeptReceipt)> + '_ {
        self.parts().flat_map(Packed::iter)
    }

    /// Returns the ids with state, ascending.
    pub(crate) fn ids(&self) -> impl Iterator<Item = i64> + '_ {
        self.parts().flat_map(Packed::ids)
    }

    /// Returns the ids marked as unread, ascending.
    pub(crate) fn unread(&self) -> impl Iterator<Item = i64> + '_ {
        self.flagged(UNREAD)
    }

    /// Returns the ids that were snoozed and not since undone, ascending.
    pub(crate) fn snoozed(&self) -> impl Iterator<Item = i64> + '_ {
        self.flagged(SNOOZED)
    }

    fn flagged(&self, flag: u8) -> impl Iterator<Item = i64> + '_ {
        let (little, much) = match &self.0 {
            Amount::Little(little) => (Some(little), None),
            Amount::Much(parts) => {
                let some = parts.parts.iter();
                let some = some.filter(move |part| part.flags & flag != 0);
                (None, Some(some.map(|part| &part.packed)))
            }
        };
        let parts = little.into_iter().chain(much.into_iter().flatten());
        parts.flat_map(move |packed| packed.flagged(flag))
    }

    /// Returns the number of receipts that are not empty.
    pub(crate) fn receipts(&self) -> u64 {
        self.parts().map(Packed::receipts).sum()
    }

    /// Returns the bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        match &self.0 {
            Amount::Little(little) => little.bytes().len(),
            Amount::Much(parts) => {
                let fixed = size_of::<Parts>() + parts.parts.capacity() * size_of::<Part>();
                fixed + parts.bytes
            }
        }
    }
}

impl Parts {
    fn of(parts: [Packed; 2]) -> Self {
        Self {
            bytes: parts.iter().map(|packed| packed.bytes().len()).sum(),
            parts: parts.map(Part::new).into(),
        }
    }

    /// Returns the place of the part to which `id` belongs.
    fn place(&self, id: i64) -> usize {
        let later = self.parts.partition_point(|part| part.from <= id);
        later.saturating_sub(1)
    }

    fn set(&mut self, id: i64, to: &KeptReceipt) {
        let place = self.place(id);
        let Some(part) = self.parts.get_mut(place) else {
            return;
        };
        self.bytes -= part.packed.bytes().len();
        let upper = part.packed.set(id, to);
        part.flags = part.packed.flags();
        self.bytes += part.packed.bytes().len();
        let is_empty = part.packed.is_empty();
        match upper {
            Some(upper) => {
                self.bytes += upper.bytes().len();
                self.parts.insert(place + 1, Part::new(upper));
            }
            None if is_empty && place > 0 => drop(self.parts.remove(place)),
            None => {}
        }
    }
}

impl Part {
    fn new(packed: Packed) -> Self {
        Self {
            from: packed.first().unwrap_or_default(),
            flags: packed.flags(),
            packed,
        }
    }
}
