//! Entries: the numbered writes of a board, each chained to the one before.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::effect::Effect;

/// Reference to the history before an entry: the first 16 bytes of a SHA-256.
///
/// The link of an entry is the hash of its bytes, which contain the link of the entry before. At
/// the beginning of a chain, the link is derived from the board's epoch and the number of the write
/// before.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Link(pub(crate) [u8; 16]);

impl Link {
    /// Returns the link at the beginning of a chain, after the write `seq` of the board `epoch`.
    pub(crate) fn beginning(epoch: u128, seq: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"notice");
        hash.update(epoch.to_le_bytes());
        hash.update(seq.to_le_bytes());
        Self::cut(&hash.finalize())
    }

    /// Returns the link of an entry with these bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self::cut(&Sha256::digest(bytes))
    }

    fn cut(hash: &[u8]) -> Self {
        let mut link = Self::default();
        link.0
            .iter_mut()
            .zip(hash)
            .for_each(|(to, from)| *to = *from);
        link
    }

    /// Returns the hash.
    pub fn bytes(&self) -> [u8; 16] {
        self.0
    }
}

impl From<[u8; 16]> for Link {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Effects of one write on a board.
///
/// ```
/// use notice::{Draft, Options, journal::Entry};
/// # use std::time::Duration;
/// let board = notice::open("mem:")?;
/// let custody = board.require_custody()?;
/// let checkpoint = custody.checkpoint()?;
/// board.publish(&Draft::new("en", "Followed"))?;
///
/// let replica = Options::new().replica(&checkpoint);
/// for entry in custody.entries(checkpoint.position().seq() + 1, Duration::ZERO)? {
///     let sent = entry.to_bytes()?;
///     replica.apply(&Entry::from_bytes(&sent)?)?;
/// }
/// assert_eq!(replica.board().revision()?, 1);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub(crate) seq: u64,
    pub(crate) epoch: u128,
    pub(crate) at: i64,
    pub(crate) revision: i64,
    pub(crate) previous: Link,
    pub(crate) effects: Vec<Effect>,
    /// Its own link and encoded length; None while it is not part of a chain.
    pub(crate) seal: Option<Seal>,
}

/// Data of an entry that has been encoded or decoded.
#[derive(Debug, Clone)]
pub(crate) struct Seal {
    pub(crate) link: Link,
    pub(crate) length: usize,
    /// The encoded entry, until it is written; not part of what the entry is.
    pub(crate) bytes: Option<Arc<[u8]>>,
}

impl PartialEq for Seal {
    fn eq(&self, other: &Self) -> bool {
        (self.link, self.length) == (other.link, other.length)
    }
}

impl Entry {
    /// Returns the entry's number: one more than that of the write before. Every write has one,
    /// including marks.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns the identity of the board.
    pub fn epoch(&self) -> u128 {
        self.epoch
    }

    /// Returns the time of the write, in Unix milliseconds by the writer's clock.
    pub fn at(&self) -> i64 {
        self.at
    }

    /// Returns the board's revision after the entry. Only a change of announcements raises it.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// Returns the link of the entry before.
    pub fn previous(&self) -> Link {
        self.previous
    }

    /// Returns the effects, in order.
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// Returns a copy to be kept for long, without its encoded form.
    pub(crate) fn released(&self) -> Self {
        let seal = self.seal.as_ref().map(|seal| Seal {
            bytes: None,
            ..*seal
        });
        Self {
            effects: self.effects.clone(),
            seal,
            ..*self
        }
    }
}
