//! Custody: backup, verification, compaction, export, import, and serving followers.

pub(crate) mod backup;
pub(crate) mod export_import;
pub(crate) mod following;
pub(crate) mod verify;
