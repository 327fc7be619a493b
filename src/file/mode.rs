//! Ways to open a board's file.

/// What opening a file may do to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mode {
    /// Read and write; make a new board where there is no file.
    #[default]
    Create,
    /// Read and write an existing board.
    Existing,
    /// Read an existing board, without writing a byte.
    ReadOnly,
    /// Make a new board, of an empty file or where there is no file.
    Init,
}
