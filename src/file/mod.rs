//! A board in a file: records of the engine in the tables of one redb file.
//!
//! `records` says what a record holds, `codec` turns it into bytes, `key` what it stands under; `tables` writes
//! them. `backend` and `medium` are below redb, `board_file` and `snapshot` above it. The format is described
//! in docs/file-format.md.

mod backend;
mod board_file;
mod codec;
mod copy;
mod failure;
mod key;
mod medium;
mod records;
mod snapshot;
mod tables;

pub(crate) use board_file::{BoardFile, Head, Repairing, look_at};
pub(crate) use copy::{Copied, copy, write_out};
pub(crate) use medium::{FileMedium, Medium};
pub(crate) use records::{ChangeRecord, IdempotencyRecord, ReceiptRecord, Sharing, UserRecord};
pub(crate) use snapshot::Snapshot;
pub(crate) use tables::Edit;
