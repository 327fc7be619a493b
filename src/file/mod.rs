//! A board in a file: what its entries came to, as records in the tables of one redb file.
//!
//! `records` says what stands under which `key`, and `tables` writes it; the values are those of the journal.
//! `backend` and `medium` are below redb, `board_file` and `snapshot` above it, and `journal` is what the
//! engine sees of it all. The format is described in docs/file-format.md.

mod backend;
mod board_file;
mod channel;
mod copy;
mod failure;
mod journal;
mod key;
mod medium;
mod records;
mod snapshot;
mod tables;

pub(crate) use board_file::{BoardFile, Repairing, look_at};
pub(crate) use copy::{Copied, copy, write_out};
pub(crate) use medium::FileMedium;
pub(crate) use medium::Medium;
