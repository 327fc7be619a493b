//! What an announcement is: its fields, limits and texts.

mod attribute;
mod audience;
mod compiled_audience;
mod condition;
mod glob;
mod locale;
mod prepared_viewer;
mod version;
mod version_range;
mod version_scanner;
mod viewer;

pub use audience::Audience;
pub use compiled_audience::CompiledAudience;
pub use condition::{Condition, Operator};
pub use locale::{Locale, LocaleChoice, choose};
pub use prepared_viewer::PreparedViewer;
pub use version::Version;
pub use version_range::VersionRange;
pub use viewer::Viewer;
