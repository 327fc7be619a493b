//! Reading and writing of every value on the wire, as JSON and in binary.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value};

use super::kept::{refuse, refuse_at_path, within};
use crate::error::{Bilingual, Error, Result};
use crate::model::json::{boolean, each, integer, object, text, wrong_type};

/// A value with a JSON form.
///
/// An error of `read` has a path relative to the value. It is empty for the value itself.
pub(crate) trait Wire: Packed {
    /// Whether paths begin inside the value. The path of a viewer's user is always `user`, as in the
    /// errors of the board.
    const BEGINS_PATHS: bool = false;

    /// The type as docs/json.md names it.
    fn kind() -> String;
    /// Writes the value as JSON.
    fn write(&self) -> Value;
    /// Reads a value from JSON.
    fn read(value: &Value) -> Result<Self>;
}

/// A value with a binary form.
pub(crate) trait Packed: Sized {
    /// Maximum length of a list of such values. Short values take far more memory than bytes on the
    /// wire, so the size of the message alone is not enough of a limit.
    const MOST: usize = usize::MAX;

    /// Encodes the value in binary.
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error>;
    /// Decodes a value from binary.
    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error>;
}

/// Adapter that passes a value to a serializer.
pub(crate) struct Put<'a, T>(pub(crate) &'a T);

impl<T: Packed> Serialize for Put<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.put(to)
    }
}

/// Adapter that receives a value from a deserializer.
pub(crate) struct Taken<T>(pub(crate) T);

impl<'de, T: Packed> Deserialize<'de> for Taken<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        T::take(from).map(Self)
    }
}

/// Takes the member `name` of a row.
pub(crate) fn member<'de, T: Packed, A: SeqAccess<'de>>(
    row: &mut A,
    name: &str,
) -> std::result::Result<T, A::Error> {
    next(row).map_err(|error| within(name, error))
}

/// Takes the next value of a row.
pub(crate) fn next<'de, T: Packed, A: SeqAccess<'de>>(
    row: &mut A,
) -> std::result::Result<T, A::Error> {
    match row.next_element::<Taken<T>>()? {
        Some(Taken(value)) => Ok(value),
        None => Err(de::Error::custom("a value is missing")),
    }
}

/// Implements types with serde's binary form. Each entry gives the reader of its JSON.
macro_rules! plain {
    ($($type:ty as $kind:literal: $read:expr;)*) => {$(
        impl Wire for $type {
            fn kind() -> String {
                $kind.to_owned()
            }

            fn write(&self) -> Value {
                self.clone().into()
            }

            fn read(value: &Value) -> Result<Self> {
                $read("", value)
            }
        }

        impl Packed for $type {
            fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                self.serialize(to)
            }

            fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
                Self::deserialize(from)
            }
        }
    )*};
}

plain! {
    bool as "boolean": boolean;
    String as "text": text;
    i64 as "i64": integer;
    i32 as "i32": integer;
    u32 as "u32": integer;
    u64 as "u64": integer;
}

/// JSON that is read later. The binary form is its text.
impl Wire for Value {
    fn kind() -> String {
        "json".to_owned()
    }

    fn write(&self) -> Value {
        self.clone()
    }

    fn read(value: &Value) -> Result<Self> {
        Ok(value.clone())
    }
}

impl Packed for Value {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str(&self.to_string())
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let json = String::deserialize(from)?;
        crate::model::json::parse(json.as_bytes()).map_err(refuse_at_path)
    }
}

/// An epoch: 32 hexadecimal digits.
impl Wire for u128 {
    fn kind() -> String {
        "epoch".to_owned()
    }

    fn write(&self) -> Value {
        format!("{self:032x}").into()
    }

    fn read(value: &Value) -> Result<Self> {
        let digits = text("", value)?;
        let is_hex = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match Self::from_str_radix(&digits, 16) {
            Ok(epoch) if is_hex => Ok(epoch),
            _ => {
                let reason =
                    Bilingual::new("must be 32 hexadecimal digits", "必须是 32 位十六进制数字");
                Err(Error::invalid("", &digits, reason))
            }
        }
    }
}

impl Packed for u128 {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        self.serialize(to)
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        Self::deserialize(from)
    }
}

impl<T: Wire> Wire for Box<T> {
    const BEGINS_PATHS: bool = T::BEGINS_PATHS;

    fn kind() -> String {
        T::kind()
    }

    fn write(&self) -> Value {
        T::write(self)
    }

    fn read(value: &Value) -> Result<Self> {
        T::read(value).map(Self::new)
    }
}

impl<T: Packed> Packed for Box<T> {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        T::put(self, to)
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        T::take(from).map(Self::new)
    }
}

impl<T: Wire> Wire for Arc<T> {
    const BEGINS_PATHS: bool = T::BEGINS_PATHS;

    fn kind() -> String {
        T::kind()
    }

    fn write(&self) -> Value {
        T::write(self)
    }

    fn read(value: &Value) -> Result<Self> {
        T::read(value).map(Self::new)
    }
}

impl<T: Packed> Packed for Arc<T> {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        T::put(self, to)
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        T::take(from).map(Self::new)
    }
}

/// None is `null`.
impl<T: Wire> Wire for Option<T> {
    fn kind() -> String {
        format!("{}?", T::kind())
    }

    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::write)
    }

    fn read(value: &Value) -> Result<Self> {
        match value {
            Value::Null => Ok(None),
            some => T::read(some).map(Some),
        }
    }
}

impl<T: Packed> Packed for Option<T> {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        self.as_ref().map(Put).serialize(to)
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        Ok(Option::<Taken<T>>::deserialize(from)?.map(|taken| taken.0))
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn kind() -> String {
        format!("[{}]", T::kind())
    }

    fn write(&self) -> Value {
        self.iter().map(T::write).collect()
    }

    fn read(value: &Value) -> Result<Self> {
        let count = value.as_array().map_or(0, Vec::len);
        if count > T::MOST {
            let unit = Bilingual::new("entries", "项");
            return Err(Error::too_large("", count as u64, T::MOST as u64, &unit));
        }
        each("", value, T::read)
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(self.len()))?;
        for value in self {
            list.serialize_element(&Put(value))?;
        }
        list.end()
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        from.deserialize_seq(List(PhantomData))
    }
}

struct List<T>(PhantomData<T>);

impl<'de, T: Packed> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Vec<T>, A::Error> {
        // The claimed length is not trusted. Memory grows as values arrive.
        let mut values = Vec::new();
        loop {
            let next = list.next_element();
            let next = next.map_err(|error| within(&format!("[{}]", values.len()), error));
            let Some(Taken(value)) = next? else {
                return Ok(values);
            };
            if values.len() == T::MOST {
                return Err(de::Error::custom(format!("more than {} entries", T::MOST)));
            }
            values.push(value);
        }
    }
}

/// Attributes of a viewer: each name has one text or a list of texts.
impl Wire for BTreeMap<String, Vec<String>> {
    fn kind() -> String {
        "attributes".to_owned()
    }

    fn write(&self) -> Value {
        let values = |values: &Vec<String>| match values.as_slice() {
            [one] => one.as_str().into(),
            many => many.iter().map(String::as_str).collect(),
        };
        let attribute = |(name, of): (&String, &Vec<String>)| (name.clone(), values(of));
        Value::Object(self.iter().map(attribute).collect())
    }

    fn read(value: &Value) -> Result<Self> {
        let mut attributes = Self::new();
        for (name, values) in object("", value)? {
            let values = match values {
                Value::String(one) => vec![one.clone()],
                Value::Array(_) => Vec::read(values).map_err(|error| error.within(name))?,
                other => {
                    let (en, zh) = ("a text or a list of texts", "文本或文本列表");
                    return Err(wrong_type(name, other, en, zh));
                }
            };
            attributes.insert(name.clone(), values);
        }
        Ok(attributes)
    }
}

impl Packed for BTreeMap<String, Vec<String>> {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.len()))?;
        for (name, values) in self {
            map.serialize_entry(name, &Put(values))?;
        }
        map.end()
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        from.deserialize_map(Attributes)
    }
}

struct Attributes;

impl<'de> Visitor<'de> for Attributes {
    type Value = BTreeMap<String, Vec<String>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("attributes")
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        mut map: A,
    ) -> std::result::Result<Self::Value, A::Error> {
        let mut attributes = Self::Value::new();
        while let Some((name, Taken(values))) = map.next_entry::<String, Taken<Vec<String>>>()? {
            if attributes.insert(name, values).is_some() {
                return Err(de::Error::custom("a duplicate attribute"));
            }
        }
        Ok(attributes)
    }
}

/// The application's own data. The binary form is its JSON text, because it has no schema.
impl Wire for Map<String, Value> {
    fn kind() -> String {
        "object".to_owned()
    }

    fn write(&self) -> Value {
        Value::Object(self.clone())
    }

    fn read(value: &Value) -> Result<Self> {
        object("", value).cloned()
    }
}

impl Packed for Map<String, Value> {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        match self.is_empty() {
            true => to.serialize_str(""),
            false => to.serialize_str(&Value::Object(self.clone()).to_string()),
        }
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let json = String::deserialize(from)?;
        if json.is_empty() {
            return Ok(Self::new());
        }
        let value = crate::model::json::parse_data(json.as_bytes()).map_err(refuse)?;
        Self::read(&value).map_err(refuse)
    }
}
