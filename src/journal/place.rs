//! Places in the history of a board, and what comes behind them.

use std::sync::Arc;

use super::checkpoint::Position;
use super::entry::{Entry, Link};

/// Place in the history of a board: behind one of its writes. A follower says by it where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Identity of the board.
    pub epoch: u128,
    /// Number of the write.
    pub seq: u64,
    /// Link of the write, which stands for the whole history before.
    pub link: Link,
}

/// Entries behind a place, in order.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Batch {
    /// The entries. Empty if nothing was written behind the place.
    pub entries: Vec<Arc<Entry>>,
    /// Number of the board's last write when they were taken. There are more entries if the last one here has a
    /// lower number.
    pub head: u64,
}

impl Position {
    /// Returns the place behind the last write.
    pub fn place(&self) -> Place {
        Place {
            epoch: self.epoch,
            seq: self.seq,
            link: self.link,
        }
    }
}
