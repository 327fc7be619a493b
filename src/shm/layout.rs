//! Where everything is in a segment. All numbers are little-endian, and the same for 32- and 64-bit programs.

/// Bytes of a slot.
pub(crate) const SLOT: usize = 64;
/// Where a short record has its bytes in its slot.
pub(crate) const INLINE_AT: usize = 24;
/// Most bytes of a record that are kept in its slot.
pub(crate) const INLINE: usize = SLOT - INLINE_AT;
/// Where the slots begin. The arena is behind them.
pub(crate) const SLOTS_AT: usize = 0x1000;
/// What a record takes of the arena is a multiple of this.
pub(crate) const UNIT: u64 = 64;

/// Words that change, by their number. What is written often is alone on 128 bytes, which processors fetch together.
pub(crate) mod word {
    /// Number of the next record.
    pub(crate) const HEAD: usize = 0x100 / 8;
    /// Number of the oldest record that is left: a hint.
    pub(crate) const TAIL: usize = 0x180 / 8;
    /// How many writers there have been.
    pub(crate) const EPOCH: usize = 0x200 / 8;
    /// What the writer does.
    pub(crate) const STATE: usize = 0x208 / 8;
    /// Raised by the writer now and then.
    pub(crate) const HEARTBEAT: usize = 0x210 / 8;
    /// Process of the writer.
    pub(crate) const PROCESS: usize = 0x218 / 8;
    /// Number of the present snapshot; 0 for none.
    pub(crate) const SNAPSHOT: usize = 0x220 / 8;
}
