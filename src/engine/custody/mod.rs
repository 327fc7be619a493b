//! Opening a board, and what its custodian does: export, import, backup, verify, compact.

pub(crate) mod backup;
pub(crate) mod channel;
pub(crate) mod export_import;
pub(crate) mod load;
pub(crate) mod verify;
