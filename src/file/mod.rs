//! A board in a file: the result of its entries, as records in the tables of one redb file.
//!
//! `records` defines the records and `key` their keys; `tables` writes them. Values are encoded by
//! the journal. `backend`, `overlay` and `medium` are below redb; `board_file` and `snapshot` above it.
//! `journal` is the engine's view of the file. docs/file-format.md specifies the format.

mod backend;
mod board_file;
mod channel;
mod copy;
mod failure;
mod journal;
mod key;
mod medium;
mod mode;
mod overlay;
mod recorded;
mod records;
mod snapshot;
mod table;
mod tables;
mod untouched;
mod users;

pub(crate) use board_file::{BoardFile, Repairing, look_at};
pub(crate) use copy::{Copied, copy, write_out};
pub(crate) use medium::FileMedium;
pub(crate) use medium::{Medium, Permissions};
pub(crate) use mode::Mode;
