//! Tables of variants, for enums whose JSON is an object with one member, the name of the variant.

use serde_json::{Map, Value};

use crate::error::{Bilingual, Error, Result};
use crate::model::json::{object, wrong_type};

/// Implements an enum whose variants have a name in JSON and a number in binary. `values` carry one value
/// each; `objects` have members, as `objects!` describes them.
///
/// Numbers are never reused: a new variant gets the next one.
macro_rules! variants {
    ($type:ident $(at most $most:path)? {
        values { $($one:ident $one_code:literal $one_name:literal: $one_type:ty,)* }
        objects { $($many:ident $many_code:literal $many_name:literal {
            $($name:ident: $t:ty $(= $default:expr)?,)*
        })* }
    }) => {
        impl $type {
            /// Returns the name of the variant.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$one(_) => $one_name,)*
                    $(Self::$many { .. } => $many_name,)*
                }
            }

            /// Returns the variant without its name: a value, or an object with the members.
            fn arguments(&self) -> serde_json::Value {
                match self {
                    $(Self::$one(value) => {
                        <$one_type as $crate::wire::value::Wire>::write(value)
                    })*
                    $(Self::$many { $($name),* } => {
                        $crate::wire::table::written!($($name: $t $(= $default)?,)*)
                    })*
                }
            }

            /// Reads the variant `name`. Paths are relative to `value`.
            #[allow(dead_code, reason = "operations are read by the model")]
            fn read_as(name: &str, value: &serde_json::Value) -> $crate::error::Result<Self> {
                match name {
                    $($one_name => {
                        <$one_type as $crate::wire::value::Wire>::read(value).map(Self::$one)
                    })*
                    $($many_name => {
                        #[allow(unused_variables, reason = "an object may have no members")]
                        let object =
                            $crate::wire::table::open(value, &[$(stringify!($name)),*])?;
                        Ok(Self::$many {
                            $($name: $crate::wire::table::member!(
                                object, $name: $t $(= $default)?
                            ),)*
                        })
                    })*
                    _ => Err($crate::wire::variants::unknown(name, Self::NAMES)),
                }
            }

            /// The names of all variants.
            pub(crate) const NAMES: &'static [&'static str] =
                &[$($one_name,)* $($many_name,)*];

            /// Lists the variants: binary number and members. A variant with a single value has no members.
            #[allow(dead_code, reason = "operations are listed as calls")]
            pub(crate) fn tables() -> Vec<(u8, $crate::wire::table::Table)> {
                vec![
                    $(($one_code, $crate::wire::table::Table {
                        name: $one_name,
                        members: Vec::new(),
                    }),)*
                    $(($many_code, $crate::wire::table::Table {
                        name: $many_name,
                        members: $crate::wire::table::members!($($name: $t $(= $default)?,)*),
                    }),)*
                ]
            }
        }

        impl $crate::wire::value::Packed for $type {
            $(const MOST: usize = $most;)?

            fn put<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                use serde::ser::SerializeTuple as _;
                use $crate::wire::value::Put;
                match self {
                    $(Self::$one(value) => {
                        let mut row = to.serialize_tuple(2)?;
                        row.serialize_element(&($one_code as u8))?;
                        row.serialize_element(&Put::<$one_type>(value))?;
                        row.end()
                    })*
                    $(Self::$many { $($name),* } => {
                        let names: &[&str] = &[$(stringify!($name)),*];
                        let mut row = to.serialize_tuple(1 + names.len())?;
                        row.serialize_element(&($many_code as u8))?;
                        $(row.serialize_element(&Put::<$t>($name))?;)*
                        row.end()
                    })*
                }
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
                        use $crate::wire::value::{member, next};
                        match row.next_element::<u8>()? {
                            $(Some($one_code) => next::<$one_type, A>(&mut row).map($type::$one),)*
                            $(Some($many_code) => Ok($type::$many {
                                $($name: member::<$t, A>(&mut row, stringify!($name))?,)*
                            }),)*
                            _ => Err(serde::de::Error::custom("no variant has this number")),
                        }
                    }
                }

                // Sized for the longest variant, because only the number tells how many values follow.
                from.deserialize_tuple(usize::MAX, Row)
            }
        }
    };
}
pub(crate) use variants;

/// Returns the single member of an object: a name and its value.
pub(crate) fn single<'a>(value: &'a Value, names: &[&str]) -> Result<(&'a String, &'a Value)> {
    let mut members = object("", value)?.iter();
    match (members.next(), members.next()) {
        (Some(member), None) => Ok(member),
        _ => {
            let names = names.join(" ");
            let en = format!("an object with one of {names}");
            let zh = format!("只含以下之一的对象：{names}");
            Err(wrong_type("", value, &en, &zh))
        }
    }
}

/// Builds an object with a single member.
pub(crate) fn tagged(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

/// Creates the error for an unknown name, `invalid_field`.
pub(crate) fn unknown(name: &str, names: &[&str]) -> Error {
    let names = names.join(" ");
    let reason = Bilingual::new(
        format!("must be one of {names}"),
        format!("必须是以下之一：{names}"),
    );
    Error::invalid("", name, reason)
}

/// Sets the path of an error about the whole message to `json`, as for syntax errors.
pub(crate) fn of_whole(error: Error) -> Error {
    match error.path() {
        None | Some("") => error.at_path("json"),
        _ => error,
    }
}
