//! The exported C functions, one file for each C type. `build.rs` lists the files in the order of
//! the header. `buffer` lays out results.

pub mod array;
pub mod board;
mod buffer;
pub mod change;
pub mod changes;
pub mod check;
pub mod copies;
pub mod draft;
pub mod explain;
pub mod follow;
pub mod head;
pub mod item;
pub mod last_error;
#[cfg(test)]
mod layout;
pub mod limits;
pub mod maintain;
pub mod marks;
pub mod names;
pub mod operation;
pub mod own_marks;
pub mod publish;
pub mod query;
pub mod receipt;
pub mod receipts;
pub mod status;
pub mod text;
pub mod version;
