//! What an announcement is: its fields, limits and texts.

mod locale;
mod version;
mod version_range;
mod version_scanner;

pub use locale::{Locale, LocaleChoice, choose};
pub use version::Version;
pub use version_range::VersionRange;
