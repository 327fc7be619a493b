//! Checkpoints in parts, so that a large board is neither encoded nor decoded at once.

use super::checkpoint::Checkpoint;
use super::effect::Effect;
use crate::error::{Bilingual, Error, ErrorKind, Result};

/// Estimated bytes of an encoded effect beside what it contains.
const EFFECT: usize = 64;
/// Estimated bytes of an encoded receipt.
const RECEIPT: usize = 48;

impl Checkpoint {
    /// Returns the part that begins with the effect at `from`, and where the next one begins; None behind the last
    /// part. Every part is a checkpoint by itself, of the same position and of about `bytes` bytes when encoded. A
    /// board has at least one part.
    pub fn part(&self, from: usize, bytes: usize) -> Option<(Self, usize)> {
        let rest = self.effects.get(from..)?;
        if rest.is_empty() && from > 0 {
            return None;
        }
        let mut taken = 0;
        let effects: Vec<Effect> = rest
            .iter()
            .take_while(|effect| {
                let has_room = taken < bytes;
                taken += estimate(effect);
                has_room
            })
            .cloned()
            .collect();
        let next = from + effects.len();
        let head = self.head;
        Some((Self { head, effects }, next))
    }

    /// Checks that this is the part behind `last`, the position and the last change of the feed so far; returns
    /// them for the next one.
    ///
    /// # Errors
    /// `corrupt` for a part of another checkpoint, or changes out of order.
    pub(crate) fn check_part(&self, last: Option<&PartEnd>) -> Result<PartEnd> {
        let mut end = PartEnd {
            head: self.head,
            change: self.head.compacted,
        };
        if let Some(last) = last {
            if last.head != self.head {
                let reason = Bilingual::new(
                    "the parts of a snapshot are of different positions",
                    "快照的各部分不属于同一位置",
                );
                return Err(Error::new(ErrorKind::Corrupt, reason));
            }
            end.change = last.change;
        }
        for effect in &self.effects {
            if let Effect::Change(change) = effect {
                if change.revision < end.change {
                    let reason = Bilingual::new(
                        format!("a change of revision {} is out of order", change.revision),
                        format!("修订号 {} 的变更顺序错误", change.revision),
                    );
                    return Err(Error::new(ErrorKind::Corrupt, reason));
                }
                end.change = change.revision;
            }
        }
        Ok(end)
    }
}

/// How far the parts of a checkpoint have been read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartEnd {
    head: super::Position,
    /// Revision of the last change of the feed.
    change: i64,
}

fn estimate(effect: &Effect) -> usize {
    let contents = match effect {
        Effect::Put(announcement) | Effect::Former(announcement) => announcement.heap_bytes(),
        Effect::User(change) => change.name.len() + RECEIPT * change.kept.iter().len(),
        Effect::Change(change) => {
            let replacers = change.replacers.iter().map(|replacer| &replacer.before);
            let before = std::iter::once(&change.before).chain(replacers).flatten();
            before.map(|before| before.heap_bytes()).sum()
        }
        Effect::PutKey(key, _) => key.len() + 64,
        Effect::ForgetUser(_) | Effect::RemoveKey(_) => EFFECT,
        Effect::Remove(_) | Effect::DropChanges(_) => 0,
    };
    EFFECT + contents
}

#[cfg(test)]
mod tests {
    use crate::journal::{Effect, Position};

    use super::*;

    fn checkpoint(keys: usize) -> Checkpoint {
        let board = crate::open("mem:").unwrap();
        for n in 0..keys {
            let draft = crate::Draft::new("en", format!("{n}")).idempotency_key(format!("key {n}"));
            board.publish(&draft).unwrap();
        }
        board.require_custody().unwrap().checkpoint().unwrap()
    }

    #[test]
    fn parts_joined_are_the_checkpoint() {
        let whole = checkpoint(50);
        for bytes in [1, 1000, usize::MAX] {
            let (mut from, mut effects, mut last, mut parts) = (0, Vec::new(), None, 0);
            while let Some((part, next)) = whole.part(from, bytes) {
                last = Some(part.check_part(last.as_ref()).unwrap());
                assert!(next > from);
                (from, parts) = (next, parts + 1);
                effects.extend(part.effects);
            }
            assert_eq!(effects, whole.effects);
            let least = if bytes == 1 { whole.effects.len() } else { 1 };
            assert!(parts >= least, "{parts}");
        }
        let empty = Checkpoint {
            head: Position::new(7, 1),
            effects: Vec::new(),
        };
        let (part, next) = empty.part(0, 1).unwrap();
        assert_eq!((part, next), (empty.clone(), 0));
    }

    #[test]
    fn parts_of_different_positions_and_changes_out_of_order_are_refused() {
        let whole = checkpoint(3);
        let (first, next) = whole.part(0, 1).unwrap();
        let end = first.check_part(None).unwrap();
        let (mut second, _) = whole.part(next, 1).unwrap();
        assert!(second.check_part(Some(&end)).is_ok());
        second.head.seq += 1;
        assert_eq!(
            second.check_part(Some(&end)).unwrap_err().kind(),
            ErrorKind::Corrupt
        );
        let is_change = |effect: &&Effect| matches!(effect, Effect::Change(_));
        let mut changes: Vec<Effect> = whole.effects.iter().filter(is_change).cloned().collect();
        changes.reverse();
        let backwards = Checkpoint {
            head: whole.head,
            effects: changes,
        };
        assert_eq!(
            backwards.check_part(None).unwrap_err().kind(),
            ErrorKind::Corrupt
        );
    }
}
