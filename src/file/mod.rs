//! A board in files: the result of its entries, as records in the tables of one redb file, and the entries
//! after that in a journal file beside it.
//!
//! `records` defines the records and `key` their keys; `tables` writes them. Values are encoded by
//! the journal. `medium` and `file_medium` say where the files are; `backend`, `overlay` and `regions` are
//! below redb; `database`, `board_file` and `snapshot` above it.
//! `frame` defines the bytes of the journal file, `log` appends to it, and `recovery` reads it.
//! `journaled` joins the two files. `loading` reads both, and `journal` is the engine's view of both. docs/file-format.md
//! specifies the format.

mod backend;
mod batch;
mod board_file;
mod channel;
mod copy;
mod database;
mod failure;
mod file_medium;
mod former;
mod frame;
mod journal;
mod journaled;
mod key;
mod loading;
mod log;
mod medium;
mod mode;
mod overlay;
mod recorded;
mod records;
mod recovery;
mod regions;
mod scrub;
mod snapshot;
mod system;
mod table;
mod tables;
mod untouched;
mod users;

pub(crate) use copy::{Copied, copy, write_out};
pub(crate) use database::Repairing;
pub(crate) use file_medium::FileMedium;
pub(crate) use journaled::{Journaled, look_at};
pub(crate) use log::Sizing;
pub(crate) use medium::{Medium, Permissions};
pub(crate) use mode::Mode;
