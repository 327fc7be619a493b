//! What an announcement is: its fields, limits and texts.

mod version;
mod version_range;
mod version_scanner;

pub use version::Version;
pub use version_range::VersionRange;
