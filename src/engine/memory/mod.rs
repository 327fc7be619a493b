//! Everything that a board keeps in memory.

pub(crate) mod attributes;
pub(crate) mod audiences;
pub(crate) mod check;
pub(crate) mod evicted;
pub(crate) mod feed;
pub(crate) mod idempotency;
pub(crate) mod index;
pub(crate) mod locales;
pub(crate) mod match_cache;
pub(crate) mod search_backlog;
pub(crate) mod supersession;
pub(crate) mod timeline;
pub(crate) mod users;
pub(crate) mod visibility_cache;
