#![forbid(unsafe_code)]
mod error;
pub mod model;
pub use error::{Bilingual, Error, ErrorKind, Language, Result};
pub use model::{Audience, Condition, Locale, Operator, Version, VersionRange, Viewer};
