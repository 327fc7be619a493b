//! Taking a ring over from a writer that is gone, at whatever step it ended.

use super::super::layout::{self, word};
use super::super::memory::Writable;
use super::slot::{FAR, Geometry, Slot, evicted, writing, written};
use super::writer::{Writer, index};

/// Goes on with a ring whose writer is gone. A record that was whole counts, half of one does not: the second value says
/// whether there was one.
///
/// None, with nothing changed, if the ring does not fit together.
pub(crate) fn repair<M: Writable>(memory: M, geometry: Geometry) -> Option<(Writer<M>, bool)> {
    let mut next = memory.load(word::HEAD);
    memory.fence_acquire();
    if next > FAR {
        return None;
    }
    let begun = next;
    let last = memory.load(geometry.slot(begun));
    if last == written(begun) {
        next = begun + 1;
    }
    let mut starts = vec![0; geometry.slots as usize].into_boxed_slice();
    let oldest = next.saturating_sub(geometry.slots);
    let (mut old, mut position, mut limit) = (next, None, FAR);
    for sequence in (oldest..next).rev() {
        let slot = geometry.slot(sequence);
        let version = memory.load(slot);
        if version == written(sequence) && old == sequence + 1 {
            let found = Slot::new(memory.load(slot + 1), memory.load(slot + 2));
            geometry.bytes_at(slot, found)?;
            let end = found
                .position
                .checked_add(geometry.need(found.length as usize))?;
            let last_end = *position.get_or_insert(end);
            let is_aligned = found.position.is_multiple_of(layout::UNIT);
            if !is_aligned || end > limit || last_end - found.position > geometry.arena {
                return None;
            }
            *starts.get_mut(index(geometry, sequence))? = found.position;
            limit = found.position;
            old = sequence;
        } else if version != evicted(sequence) && !is_taken(geometry, sequence, begun, version) {
            return None;
        }
    }
    if next > begun {
        memory.publish(word::HEAD, next);
    }
    memory.store(word::TAIL, old);
    let position = position.unwrap_or(0);
    let writer = Writer::from_parts(memory, geometry, next, old, position, starts);
    Some((writer, last == writing(begun)))
}

impl<M: Writable> Writer<M> {
    /// Returns the bytes of the last record of that kind that is left. Nobody may write meanwhile.
    pub(crate) fn last(&self, kind: u32) -> Option<Vec<u8>> {
        let (memory, geometry) = (&self.memory, self.geometry());
        (self.old()..self.next()).rev().find_map(|sequence| {
            let slot = geometry.slot(sequence);
            let found = Slot::new(memory.load(slot + 1), memory.load(slot + 2));
            let at = geometry.bytes_at(slot, found)?;
            (found.kind == kind).then(|| {
                let mut bytes = vec![0; found.length as usize];
                memory.copy_out(at, &mut bytes);
                bytes
            })
        })
    }
}

/// Reports whether the slot of `sequence` was already taken for the record that was begun last.
fn is_taken(geometry: Geometry, sequence: u64, begun: u64, version: u64) -> bool {
    sequence + geometry.slots == begun && version == writing(begun)
}
