//! Commands that keep a board in order.

pub(crate) mod backup;
pub(crate) mod compact;
pub(crate) mod verify;
