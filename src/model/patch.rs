//! Patches: changes to some fields of an announcement.

mod audience;
mod extras;
#[cfg(test)]
mod tests;
mod texts;

use serde_json::{Map, Value};

use super::announcement::Announcement;
use super::audience::Audience;
use super::draft::{Draft, Text};
use super::draft_fields::draft_fields;
use super::faults::Faults;
use super::field::Field;
use super::fields::{Action, Importance, Lifecycle, Placement, Reference, Severity};
use super::json::{parse, unknown};
use super::stated::Stated;
use crate::error::{Bilingual, Error, Result};
use audience::AudiencePatch;
use extras::ExtrasPatch;
use texts::TextPatches;

/// Change of one field.
trait FieldPatch<T>: Default {
    /// Reads the change from the member `name`; `null` means `default`.
    ///
    /// # Errors
    /// Those of a draft's field.
    fn read(name: &str, value: &Value, default: T) -> Result<Self>;

    /// Writes the change in the form that [`read`](Self::read) reads; None for no change.
    fn write(&self, default: &T) -> Option<Value>;

    /// Applies the change to a field.
    fn apply(&self, field: &mut T);
}

/// None keeps a field; a value replaces it as a whole.
impl<T: Field + Clone + PartialEq> FieldPatch<T> for Option<T> {
    fn read(name: &str, value: &Value, default: T) -> Result<Self> {
        match value {
            Value::Null => Ok(Some(default)),
            value => T::read(name, value).map(Some),
        }
    }

    fn write(&self, default: &T) -> Option<Value> {
        let value = self.as_ref()?;
        Some(match value == default {
            true => Value::Null,
            false => value.write(),
        })
    }

    fn apply(&self, field: &mut T) {
        if let Some(value) = self {
            field.clone_from(value);
        }
    }
}

/// Generates the struct, the functions that read, write and apply it, and the setters of fields that are
/// replaced as a whole.
macro_rules! patch {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr, $who:ident($by:ty) $($says:literal)?;)*) => {
        /// Change of some fields of an announcement. All other fields stay as they are.
        ///
        /// A list is replaced as a whole. Texts change member by member within a locale, under any spelling of
        /// its tag. Extras change member by member too, and so do `any` and `none` of an audience. The JSON form is a JSON merge patch (RFC 7396) of a
        /// [`Draft`], in which `null` resets a field to its default.
        ///
        /// ```
        /// use notice::Patch;
        /// let patch = Patch::new().title("zh_cn", "今晚停机维护").ends_at(None).pinned(true);
        /// let json = r#"{"ends_at": null, "pinned": true, "texts": {"zh-CN": {"title": "今晚停机维护"}}}"#;
        /// assert_eq!(Patch::from_json(json.as_bytes())?, patch);
        /// # Ok::<(), notice::Error>(())
        /// ```
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct Patch {
            $($name: patch_of!($who, $type, $by),)*
            /// What its JSON says about members that the engine gives.
            stated: Stated,
        }

        impl Patch {
            /// Applies the patch to `draft`.
            pub fn apply(&self, draft: &mut Draft) {
                $(FieldPatch::<$type>::apply(&self.$name, &mut draft.$name);)*
            }

            /// Returns the patch as a JSON merge patch, in which `null` means the default.
            pub fn to_json(&self) -> Value {
                let unset = Draft::default();
                let mut map = Map::new();
                $(if let Some(value) = self.$name.write(&unset.$name) {
                    map.insert(stringify!($name).to_owned(), value);
                })*
                self.stated.write(&mut map);
                Value::Object(map)
            }

            /// Reads the change of one field.
            fn read(&mut self, name: &str, value: &Value) -> Result<()> {
                match name {
                    $(stringify!($name) => {
                        let default: $type = $default;
                        self.$name = FieldPatch::<$type>::read(name, value, default)?;
                    })*
                    _ if self.stated.read(name, value)? => {}
                    _ => return Err(unknown(name, value)),
                }
                Ok(())
            }

            $(setter! { $who $type, $name($by) $($says)? })*
        }
    };
}

/// Names the type of a field's change.
macro_rules! patch_of {
    (own, $type:ty, $by:ty) => { $by };
    ($who:ident, $type:ty, $by:ty) => { Option<$type> };
}

/// Generates the setter of a field that is replaced as a whole.
macro_rules! setter {
    (own $type:ty, $name:ident($by:ty)) => {};
    (draft $type:ty, $name:ident($by:ty) $says:literal) => {};
    ($who:ident $type:ty, $name:ident($by:ty) $says:literal) => {
        #[doc = $says]
        #[must_use]
        pub fn $name(mut self, $name: $by) -> Self {
            self.$name = Some($name.into());
            self
        }
    };
}

draft_fields!(patch);

/// Creates the error for an idempotency key in a patch, which would not make the update safe to repeat.
fn only_for_publishing(name: &str, value: &Value) -> Error {
    let reason = Bilingual::new(
        "is for publishing only; use if_version to repeat an update safely",
        "仅用于发布；要安全地重复更新，请使用 if_version",
    );
    Error::invalid(name, &value.to_string(), reason)
}

impl Patch {
    /// Refuses what the patch says about the engine's members of `announcement`, if it is not so.
    pub(crate) fn check_stated(&self, announcement: &Announcement) -> Result<()> {
        self.stated.check(announcement, &mut Faults::First)
    }

    /// Reports whether it says that the announcement is no news.
    pub(crate) fn says_quiet(&self) -> bool {
        self.quiet == Some(true)
    }

    /// Creates a patch that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a JSON merge patch.
    ///
    /// # Errors
    /// `invalid_field` with a path, as for a draft; the path of the whole is `patch`.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        let value = parse(json).map_err(|error| match error.path() {
            Some("json") => error.at_path("patch"),
            _ => error,
        })?;
        Self::from_value(&value)
    }

    /// Reads a parsed JSON merge patch.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn from_value(value: &Value) -> Result<Self> {
        let Value::Object(fields) = value else {
            let reason = Bilingual::new("must be a JSON object", "必须是 JSON 对象");
            return Err(Error::invalid("patch", &value.to_string(), reason));
        };
        let mut patch = Self::default();
        for (name, value) in fields {
            if name == "idempotency_key" {
                return Err(only_for_publishing(name, value));
            }
            patch.read(name, value)?;
        }
        Ok(patch)
    }
}
