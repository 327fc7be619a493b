//! What the one who runs a board does: back it up, check it, copy it out and in, and let others follow it.

pub(crate) mod backup;
pub(crate) mod export_import;
pub(crate) mod following;
pub(crate) mod verify;
