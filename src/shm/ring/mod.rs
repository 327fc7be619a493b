//! The ring: records of one writer for any number of readers that the writer does not know.
//!
//! A slot for each record has its version, which is a sequence lock, and says where its bytes are. The writer never
//! waits: it overwrites the oldest records, and a reader that was too slow learns how many it has lost. Whatever
//! stands in the memory, a reader does nothing but refuse it: every number is checked on a copy.

mod bell;
mod reader;
mod repair;
mod slot;
mod writer;

#[cfg(test)]
mod tests;

pub(crate) use bell::Bell;
pub(crate) use reader::{Read, Reader};
pub(crate) use repair::repair;
pub(crate) use slot::Geometry;
pub(crate) use writer::Writer;
