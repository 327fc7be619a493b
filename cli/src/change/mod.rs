//! Commands that change a board.

pub(crate) mod check;
pub(crate) mod drafting;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod life;
pub(crate) mod mark;
pub(crate) mod publish;
pub(crate) mod sources;
pub(crate) mod told;
pub(crate) mod update;
