//! Set of slots during a search: a list while it is short, otherwise a bitmap.

use roaring::RoaringBitmap;

use super::posting::Posting;

/// Slots that may still match.
#[derive(Debug, Clone)]
pub(crate) enum Candidates {
    /// Ascending slots.
    List(Vec<u32>),
    /// A bitmap of many slots.
    Bitmap(RoaringBitmap),
}

impl Candidates {
    /// Returns the empty set.
    pub(crate) const fn none() -> Self {
        Self::List(Vec::new())
    }

    /// Returns the slots of a posting.
    pub(crate) fn of(posting: &Posting) -> Self {
        match posting.bitmap() {
            Some(bitmap) => Self::Bitmap(bitmap.clone()),
            None => Self::List(posting.gaps().into_iter().flatten().collect()),
        }
    }

    /// Returns the slots in any of the postings.
    pub(crate) fn of_any(postings: &[&Posting]) -> Self {
        let mut slots = Vec::new();
        let mut bitmap = RoaringBitmap::new();
        for posting in postings {
            match posting.bitmap() {
                Some(other) => bitmap |= other,
                None => posting.append_to(&mut slots),
            }
        }
        slots.sort_unstable();
        slots.dedup();
        if bitmap.is_empty() {
            return Self::List(slots);
        }
        bitmap.extend(slots);
        Self::Bitmap(bitmap)
    }

    /// Reports whether the set is empty.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::List(slots) => slots.is_empty(),
            Self::Bitmap(bitmap) => bitmap.is_empty(),
        }
    }

    /// Returns the number of slots.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::List(slots) => slots.len() as u64,
            Self::Bitmap(bitmap) => bitmap.len(),
        }
    }

    /// Keeps only slots that are also in `posting`.
    pub(crate) fn keep_posting(&mut self, posting: &Posting) {
        if let Some(bitmap) = posting.bitmap() {
            self.keep_bitmap(bitmap);
        }
        if let Some(gaps) = posting.gaps() {
            self.keep_ascending(gaps);
        }
    }

    /// Keeps only slots that are also in `bitmap`.
    pub(crate) fn keep_bitmap(&mut self, bitmap: &RoaringBitmap) {
        match self {
            Self::List(slots) => slots.retain(|slot| bitmap.contains(*slot)),
            Self::Bitmap(own) => *own &= bitmap,
        }
    }

    /// Keeps only slots that are also in `other`.
    pub(crate) fn keep(&mut self, other: &Self) {
        match other {
            Self::List(slots) => self.keep_ascending(slots.iter().copied()),
            Self::Bitmap(bitmap) => self.keep_bitmap(bitmap),
        }
    }

    /// Adds the slots of `other`.
    pub(crate) fn add(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        match (&mut *self, other) {
            (_, Self::List(more)) if more.is_empty() => {}
            (Self::List(slots), Self::List(more)) => {
                slots.extend(more);
                slots.sort_unstable();
                slots.dedup();
            }
            (Self::List(slots), Self::Bitmap(mut bitmap)) => {
                bitmap.extend(slots.iter().copied());
                *self = Self::Bitmap(bitmap);
            }
            (Self::Bitmap(bitmap), Self::List(more)) => bitmap.extend(more),
            (Self::Bitmap(bitmap), Self::Bitmap(more)) => *bitmap |= more,
        }
    }

    /// Converts the set to a bitmap.
    pub(crate) fn into_bitmap(self) -> RoaringBitmap {
        match self {
            Self::List(slots) => slots.into_iter().collect(),
            Self::Bitmap(bitmap) => bitmap,
        }
    }

    fn keep_ascending(&mut self, mut others: impl Iterator<Item = u32>) {
        match self {
            Self::List(slots) => {
                let mut other = others.next();
                slots.retain(|slot| {
                    while other.is_some_and(|other| other < *slot) {
                        other = others.next();
                    }
                    other == Some(*slot)
                });
            }
            Self::Bitmap(bitmap) => {
                *self = Self::List(others.filter(|slot| bitmap.contains(*slot)).collect());
            }
        }
    }
}
