//! Tables of members, one for each type. Reading and writing of both forms are generated from them.

use serde_json::{Map, Value};

use super::value::Wire;
use crate::error::{Bilingual, Error, Result};
use crate::model::json::{object, unknown};

/// A member of a JSON object, as docs/json.md lists it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Member {
    /// The name.
    pub name: &'static str,
    /// The type: `text`, `[text]` for a list, `text?` for a text or `null`, or the name of a table.
    pub kind: String,
    /// Value of an absent member, or of `null`; None for a required member.
    pub default: Option<Value>,
}

/// The members of one kind of object, in the order of both forms.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Table {
    /// The name by which types refer to it.
    pub name: &'static str,
    /// Its members.
    pub members: Vec<Member>,
}

/// Implements types whose values are objects with these members.
///
/// A member with a default may be absent, and is omitted at its default. A member without one is required
/// and always written.
macro_rules! objects {
    ($($type:ident as $kind:literal $(begins paths $begins:literal)? {
        $($name:ident: $t:ty $(= $default:expr)?,)*
    })*) => {$(
        impl $crate::wire::table::Listed for $type {
            fn table() -> $crate::wire::table::Table {
                $crate::wire::table::Table {
                    name: $kind,
                    members: $crate::wire::table::members!($($name: $t $(= $default)?,)*),
                }
            }
        }

        impl $crate::wire::value::Wire for $type {
            $(const BEGINS_PATHS: bool = $begins;)?

            fn kind() -> String {
                $kind.to_owned()
            }

            fn write(&self) -> serde_json::Value {
                $(let $name = &self.$name;)*
                $crate::wire::table::written!($($name: $t $(= $default)?,)*)
            }

            fn read(value: &serde_json::Value) -> $crate::error::Result<Self> {
                let object = $crate::wire::table::open(value, &[$(stringify!($name)),*])?;
                Ok(Self {
                    $($name: $crate::wire::table::member!(object, $name: $t $(= $default)?),)*
                })
            }

        }

        $crate::wire::table::packed! { $type { $($name: $t,)* } }
    )*};
}

/// Implements types whose binary form is the sequence of their fields.
macro_rules! packed {
    ($($type:ident { $($name:ident: $t:ty,)* })*) => {$(
        impl $crate::wire::value::Packed for $type {
            fn put<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                use serde::ser::SerializeTuple as _;
                let count = [$(stringify!($name)),*].len();
                let mut row = to.serialize_tuple(count)?;
                $(row.serialize_element(&$crate::wire::value::Put::<$t>(&self.$name))?;)*
                row.end()
            }

            fn take<'de, D: serde::Deserializer<'de>>(
                from: D,
            ) -> std::result::Result<Self, D::Error> {
                struct Row;

                impl<'de> serde::de::Visitor<'de> for Row {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(stringify!($type))
                    }

                    fn visit_seq<A: serde::de::SeqAccess<'de>>(
                        self,
                        mut row: A,
                    ) -> std::result::Result<$type, A::Error> {
                        Ok($type { $($name: $crate::wire::value::member::<$t, A>(&mut row, stringify!($name))?,)* })
                    }
                }

                let count = [$(stringify!($name)),*].len();
                from.deserialize_tuple(count, Row)
            }
        }
    )*};
}

/// A list of [`Member`]s.
macro_rules! members {
    ($($name:ident: $t:ty $(= $default:expr)?,)*) => {
        vec![$($crate::wire::table::Member {
            name: stringify!($name),
            kind: <$t as $crate::wire::value::Wire>::kind(),
            default: $crate::wire::table::default!($t $(= $default)?),
        },)*]
    };
}

/// The default of a member as JSON.
macro_rules! default {
    ($t:ty) => {
        None
    };
    ($t:ty = $default:expr) => {
        Some({
            let default: $t = $default;
            $crate::wire::value::Wire::write(&default)
        })
    };
}

/// Builds an object whose members are in variables of the same names.
macro_rules! written {
    ($($name:ident: $t:ty $(= $default:expr)?,)*) => {{
        #[allow(unused_mut, reason = "an object may have no members")]
        let mut object = serde_json::Map::new();
        $($crate::wire::table::insert!(object, $name: $t $(= $default)?);)*
        serde_json::Value::Object(object)
    }};
}

/// Writes one member of an object.
macro_rules! insert {
    ($object:ident, $name:ident: $t:ty) => {
        $object.insert(
            stringify!($name).to_owned(),
            <$t as $crate::wire::value::Wire>::write($name),
        )
    };
    ($object:ident, $name:ident: $t:ty = $default:expr) => {
        let default: $t = $default;
        if *$name != default {
            $crate::wire::table::insert!($object, $name: $t);
        }
    };
}

/// Reads one member of an object.
macro_rules! member {
    ($object:ident, $name:ident: $t:ty) => {
        $crate::wire::table::required::<$t>($object, stringify!($name))?
    };
    ($object:ident, $name:ident: $t:ty = $default:expr) => {
        match $crate::wire::table::optional::<$t>($object, stringify!($name))? {
            Some(value) => value,
            None => $default,
        }
    };
}

pub(crate) use {default, insert, member, members, objects, packed, written};

/// A type that has a table.
pub(crate) trait Listed {
    /// The table.
    fn table() -> Table;
}

/// Returns the members of an object, and refuses any unknown member.
pub(crate) fn open<'a>(value: &'a Value, names: &[&str]) -> Result<&'a Map<String, Value>> {
    let members = object("", value)?;
    let is_known = |name: &str| names.contains(&name);
    match members.iter().find(|(name, _)| !is_known(name)) {
        Some((name, value)) => Err(unknown(name, value)),
        None => Ok(members),
    }
}

/// Reads a required member.
pub(crate) fn required<T: Wire>(object: &Map<String, Value>, name: &str) -> Result<T> {
    match object.get(name) {
        Some(value) => T::read(value).map_err(|error| inside::<T>(error, name)),
        None => Err(missing(name)),
    }
}

/// Reads a member that may be absent or `null`.
pub(crate) fn optional<T: Wire>(object: &Map<String, Value>, name: &str) -> Result<Option<T>> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => T::read(value)
            .map(Some)
            .map_err(|error| inside::<T>(error, name)),
    }
}

/// Adds the member `name` to the path of an error.
fn inside<T: Wire>(error: Error, name: &str) -> Error {
    let is_of_value = error.path().is_none_or(str::is_empty);
    match T::BEGINS_PATHS && !is_of_value {
        true => error,
        false => error.within(name),
    }
}

/// Creates the error for a missing member, `invalid_field`.
pub(crate) fn missing(name: &str) -> Error {
    Error::invalid(name, "", Bilingual::new("missing", "缺失"))
}
