//! What must hold for any input: one function a fuzz target, which panics when it does not.

mod cursor;
mod daemon;
mod feed;
mod http;
mod import;
mod json;
mod lines;
mod response;
mod search;
pub mod seeds;
mod support;
mod versions;
mod wire;

pub use cursor::cursor;
pub use feed::feed;
pub use http::http;
pub use import::import;
pub use json::json;
pub use lines::lines;
pub use search::search;
pub use versions::versions;
pub use wire::wire;
