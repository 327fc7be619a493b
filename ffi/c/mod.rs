//! What the library exports, one file for each C type. `build.rs` lists the files in the order of the
//! header.

pub mod array;
pub mod board;
pub mod draft;
pub mod item;
pub mod last_error;
pub mod limits;
pub mod names;
pub mod publish;
pub mod query;
pub mod status;
pub mod text;
pub mod version;
