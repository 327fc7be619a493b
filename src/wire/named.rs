//! Values that have a name in JSON and a number in binary.

use serde::de::{Deserialize, Deserializer};
use serde::ser::Serializer;
use serde_json::Value;

use super::kept::refuse;
use super::value::{Packed, Wire};
use crate::error::Result;
use crate::model::json::str;
use crate::model::{
    ActionKind, Format, Importance, Lifecycle, Locale, Mark, Operator, Outcome, Severity,
    WantedLocales,
};
use crate::query::{ChangeKind, Field, LintRule, Order, Phase, Rule, View};

/// Types that `named!` made.
macro_rules! names {
    ($($type:ident as $kind:literal,)*) => {$(
        impl Wire for $type {
            fn kind() -> String {
                $kind.to_owned()
            }

            fn write(&self) -> Value {
                self.name().into()
            }

            fn read(value: &Value) -> Result<Self> {
                // The path is that of the member, not the one that the type gives itself.
                Self::from_name(str("", value)?).map_err(|error| error.at_path(""))
            }
        }

        impl Packed for $type {
            fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                to.serialize_u8(*self as u8)
            }

            fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
                let code = u8::deserialize(from)?;
                Self::from_code(code.into()).map_err(|error| refuse(error.at_path("")))
            }
        }
    )*

    /// The types whose values are names: the type, and the numbers and names of its values.
    pub fn names() -> Vec<(&'static str, Vec<(i32, &'static str)>)> {
        vec![$((
            $kind,
            $type::ALL.iter().map(|value| (value.code(), value.name())).collect(),
        ),)*]
    }
    };
}

names! {
    ActionKind as "action_kind",
    Importance as "change",
    ChangeKind as "change_kind",
    Field as "field",
    Format as "format",
    LintRule as "lint_rule",
    Mark as "mark",
    Order as "order",
    Outcome as "outcome",
    Phase as "phase",
    Rule as "rule",
    Severity as "severity",
    Lifecycle as "state",
    View as "view",
}

impl Wire for Locale {
    fn kind() -> String {
        "locale".to_owned()
    }

    fn write(&self) -> Value {
        self.as_str().into()
    }

    fn read(value: &Value) -> Result<Self> {
        Self::parse(str("", value)?)
    }
}

impl Packed for Locale {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(refuse)
    }
}

/// Texts as systems write locales, of which none is refused.
impl Wire for WantedLocales {
    fn kind() -> String {
        "[text]".to_owned()
    }

    fn write(&self) -> Value {
        self.texts().collect::<Vec<_>>().into()
    }

    fn read(value: &Value) -> Result<Self> {
        Vec::<String>::read(value).map(Self::read)
    }
}

impl Packed for WantedLocales {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.collect_seq(self.texts())
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        Vec::<String>::take(from).map(Self::read)
    }
}

/// An operator keeps a name that this build does not know.
impl Wire for Operator {
    fn kind() -> String {
        "operator".to_owned()
    }

    fn write(&self) -> Value {
        self.name().into()
    }

    fn read(value: &Value) -> Result<Self> {
        str("", value).map(Self::from_name)
    }
}

impl Packed for Operator {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(from).map(|name| Self::from_name(&name))
    }
}
