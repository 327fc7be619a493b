//! Announcements, drafts, audiences and viewers: fields, limits, validation and JSON.

mod announcement;
mod announcement_json;
mod attribute;
mod audience;
mod calendar;
mod comparison;
mod compiled_audience;
mod compiled_condition;
mod condition;
mod draft;
mod draft_fields;
mod draft_json;
mod field;
mod field_bytes;
mod fields;
mod fingerprint;
mod glob;
pub(crate) mod json;
pub mod limits;
mod locale;
mod marking;
mod marks;
mod number;
mod operation;
mod operation_json;
mod patch;
mod percent;
mod prepared_viewer;
mod validate;
mod value_set;
mod version;
mod version_pre;
mod version_range;
mod version_reader;
mod version_scanner;
mod viewer;

pub use announcement::{Announcement, Block, TextView};
pub use audience::Audience;
pub use calendar::{WallTime, WrittenTime};
pub use condition::{Condition, Operator};
pub use draft::{Draft, Text};
pub use fields::{
    Action, ActionKind, Format, Importance, Lifecycle, Placement, Reference, Severity,
};
pub use locale::{Locale, WantedLocales};
pub use marking::{Marking, Shown};
pub use marks::{Mark, Receipt};
pub use operation::{Operation, Outcome, Published};
pub use patch::Patch;
pub use version::Version;
pub use version_range::VersionRange;
pub use viewer::Viewer;

pub(crate) use announcement::{Given, Unpacked};
pub(crate) use announcement_json::TakenApart;
pub(crate) use attribute::{LOCALE, ReadAs, USER};
pub(crate) use compiled_audience::{CompiledAudience, Unmet};
pub(crate) use draft_fields::draft_fields;
pub(crate) use field::{Field, display};
pub(crate) use field_bytes::FieldBytes;
pub(crate) use locale::choose as choose_locale;
pub(crate) use marks::Act;
pub(crate) use prepared_viewer::PreparedViewer;
pub(crate) use validate::{
    Checked, channel_or_default, check_bytes, check_order, check_reason, check_time,
};
