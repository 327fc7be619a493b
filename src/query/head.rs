//! How far a board has come.

/// How far a board has come: which board it is, and the last of its writes.
///
/// ```
/// use notice::Draft;
/// let board = notice::open("mem:")?;
/// let before = board.head()?;
/// board.publish(&Draft::new("en", "Maintenance tonight"))?;
/// let after = board.head()?;
/// assert!(after.seq > before.seq && after.revision == before.revision + 1);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct Head {
    /// The board: 128 random bits, other ones after it is restored from a backup or imported into.
    pub epoch: u128,
    /// The number of changes of announcements. Marks leave it as it is.
    pub revision: i64,
    /// The number of the last write of any kind, marks and purges included.
    pub seq: u64,
}

impl Head {
    /// Creates the head of a board.
    pub fn new(epoch: u128, revision: i64, seq: u64) -> Self {
        Self {
            epoch,
            revision,
            seq,
        }
    }
}
