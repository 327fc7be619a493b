//! Heads of boards.

/// Head of a board: its identity and its last write.
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
    /// Identity of the board: 128 random bits, which change when it is restored from a backup or imported
    /// into.
    pub epoch: u128,
    /// Number of changes of announcements. Marks do not count.
    pub revision: i64,
    /// Number of the last write of any kind, including marks and purges.
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
