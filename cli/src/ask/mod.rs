//! Commands that only ask.

pub(crate) mod active;
pub(crate) mod changes;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod listing;
pub(crate) mod motd;
pub(crate) mod receipts;
pub(crate) mod search;
pub(crate) mod show;
mod sight;
pub(crate) mod stats;
pub(crate) mod watch;
