//! Work that nobody asks for: retention, eviction, and bringing the search index up to date.

pub(crate) mod maintenance;
pub(crate) mod worker;
