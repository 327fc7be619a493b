//! What must hold for any input: one function a fuzz target, which panics when it does not.

mod cursor;
mod import;
mod json;
mod search;
mod support;
mod versions;
mod wire;

pub use cursor::cursor;
pub use import::import;
pub use json::json;
pub use search::search;
pub use versions::versions;
pub use wire::wire;
