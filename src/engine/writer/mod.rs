//! Writing: requests are queued, staged on top of the board as it is, made durable, and applied.

pub(crate) mod budget;
pub(crate) mod commit;
pub(crate) mod durable;
pub(crate) mod request;
pub(crate) mod write_queue;
