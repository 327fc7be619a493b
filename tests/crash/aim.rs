//! When the child is killed, and in the middle of what it was.

use crate::child::Line;
use crate::dice::Dice;
use crate::op::Op;

/// How many lines the child may say before it is killed.
const LINES: u64 = 700;

/// When the child is killed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Aim {
    /// After so many lines.
    Lines(u64),
    /// When it has begun one of these, which are rare.
    Backup,
    Compaction,
    Fold,
}

/// In how many rounds the child was killed in the middle of a call: it had begun, and was not acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Killed {
    pub(crate) opening: u64,
    pub(crate) backing_up: u64,
    pub(crate) compacting: u64,
    pub(crate) folding: u64,
}

impl Aim {
    /// Now and then while it opens the board, or soon after, or in the middle of what is rare.
    pub(crate) fn choose(dice: &mut Dice) -> Self {
        match dice.below(10) {
            0 => Self::Lines(1),
            1 => Self::Lines(2 + dice.below(3)),
            2 => Self::Backup,
            3 => Self::Compaction,
            4 => Self::Fold,
            _ => Self::Lines(dice.below(LINES)),
        }
    }

    /// How long it goes on after that, at most, in microseconds.
    pub(crate) fn pause(self) -> u64 {
        match self {
            // A small board is open soon.
            Self::Lines(1) => 1000,
            _ => 5000,
        }
    }

    /// Whether it is time, after `count` lines of which this is the last.
    pub(crate) fn is_hit(self, count: u64, last: Option<&Line>) -> bool {
        let begun = match last {
            Some(Line::Begin { op, .. }) => Some(op),
            _ => None,
        };
        match self {
            Self::Lines(lines) => count >= lines,
            Self::Backup => matches!(begun, Some(Op::Backup { .. })),
            Self::Compaction => matches!(begun, Some(Op::Compact)),
            Self::Fold => matches!(begun, Some(Op::Fold)),
        }
    }
}

impl Killed {
    /// Counts a child by the calls that its threads had begun when it was killed.
    pub(crate) fn count(&mut self, running: &[&Op]) {
        let is_running = |is_it: fn(&Op) -> bool| u64::from(running.iter().any(|op| is_it(op)));
        self.backing_up += is_running(|op| matches!(op, Op::Backup { .. }));
        self.compacting += is_running(|op| matches!(op, Op::Compact));
        self.folding += is_running(|op| matches!(op, Op::Fold));
    }
}
