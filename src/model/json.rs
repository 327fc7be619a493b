//! Strict JSON parsing, with the path and the byte offset of a fault.
//!
//! Beyond RFC 8259 it refuses what would be lost or read differently elsewhere: a duplicate member,
//! and a number that a double cannot represent exactly (beyond 2^53-1, as RFC 7493 section 2.2
//! recommends). Nesting is limited to 127 levels.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::limits;
use crate::error::{Bilingual, Error, ErrorKind, Language, Result};

/// Largest integer that every JSON parser represents exactly.
pub(crate) const MAX_INTEGER: i64 = (1 << 53) - 1;

/// U+FEFF in UTF-8, with which editors and libraries of Windows begin a text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Bytes of memory for each byte of JSON, at most: an empty text in a list takes three bytes of JSON.
const PARSED: usize = 12;

/// Reports whether every JSON parser represents `number` exactly.
pub(crate) fn is_exact(number: &Number) -> bool {
    match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) => (-MAX_INTEGER..=MAX_INTEGER).contains(&integer),
        // An integer too large for u64 arrives here, rounded.
        (None, Some(float)) => float.abs() <= MAX_INTEGER as f64,
        (None, None) => false,
    }
}

/// Reports whether a number of the application's own data comes back as it is: an integer of 64 bits, too.
pub(crate) fn is_kept(number: &Number) -> bool {
    number.is_i64() || number.is_u64() || is_exact(number)
}

/// Returns the reason for refusing an inexact number.
pub(crate) fn inexact() -> Bilingual {
    Bilingual::new(
        "must be between -(2^53-1) and 2^53-1",
        "绝对值不能超过 2^53-1",
    )
}

/// Parses one JSON value without trailing content.
///
/// # Errors
/// `invalid_field` with the path of the member and the byte offset in `json`.
pub(crate) fn parse(json: &[u8]) -> Result<Value> {
    parse_at(&mut Place::default(), json)
}

/// Parses one JSON value, and tells all of its faults that are not of syntax. A number that is refused reads as
/// `null`, and of members with the same name the first is kept. None for invalid syntax, whose fault comes last.
pub(crate) fn parse_all(json: &[u8]) -> (Option<Value>, Vec<Error>) {
    let first = match parse(json) {
        Ok(value) => return (Some(value), Vec::new()),
        Err(error) => error,
    };
    let mut place = Place {
        all: Some(Vec::new()),
        ..Place::default()
    };
    let value = parse_at(&mut place, json);
    let mut faults = place.all.unwrap_or_default();
    match faults.first_mut() {
        // Only what stops the parser has an offset.
        Some(same) => *same = first,
        None => return (None, vec![first]),
    }
    match value {
        Ok(value) => (Some(value), faults),
        Err(error) => {
            faults.push(error);
            (None, faults)
        }
    }
}

/// Returns the text of JSON that was parsed, without a byte order mark; empty for what is not UTF-8.
pub(crate) fn text_of(json: &[u8]) -> &str {
    let content = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    std::str::from_utf8(content).unwrap_or_default()
}

/// Parses the application's own data, as [`parse`] does, with integers of 64 bits.
///
/// # Errors
/// As [`parse`].
pub(crate) fn parse_data(json: &[u8]) -> Result<Value> {
    let mut place = Place {
        is_data: true,
        ..Place::default()
    };
    parse_at(&mut place, json)
}

fn parse_at(place: &mut Place, json: &[u8]) -> Result<Value> {
    crate::headroom::has_room_for(json.len().saturating_mul(PARSED))?;
    if let Err(error) = std::str::from_utf8(json) {
        let reason = Bilingual::new("invalid UTF-8", "UTF-8 编码无效");
        return Err(Error::invalid("json", "", reason).at_offset(error.valid_up_to()));
    }
    let content = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    let mut reader = serde_json::Deserializer::from_slice(content);
    let value = Strict(place).deserialize(&mut reader);
    match value.and_then(|value| reader.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(error) => {
            let refusal = place.refusal(&error, content);
            let offset = refusal.offset().unwrap_or_default();
            Err(refusal.at_offset(offset + json.len() - content.len()))
        }
    }
}

/// Reads a value from any format that describes itself, as strictly as [`parse`].
///
/// # Errors
/// Those of the format. A refusal of this module is their message, with its path.
pub(crate) fn strict<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Value, D::Error> {
    let mut place = Place::default();
    let value = Strict(&mut place).deserialize(from);
    value.map_err(|error| match &place.refused {
        Some((value, reason)) => {
            D::Error::custom(Error::invalid(place.path(), value, reason.clone()))
        }
        None => error,
    })
}

/// Creates an `invalid_field` error for a value of the wrong type.
pub(crate) fn wrong_type(path: &str, value: &Value, en: &str, zh: &str) -> Error {
    let reason = Bilingual::new(format!("must be {en}"), format!("必须是{zh}"));
    Error::invalid(path, &value.to_string(), reason)
}

/// Reads the values of a JSON list.
pub(crate) fn each<T>(
    path: &str,
    value: &Value,
    read: impl Fn(&Value) -> Result<T>,
) -> Result<Vec<T>> {
    let Value::Array(list) = value else {
        return Err(wrong_type(path, value, "a list", "列表"));
    };
    let one = |(i, value)| read(value).map_err(|e| e.within(&format!("{path}[{i}]")));
    list.iter().enumerate().map(one).collect()
}

/// Returns the members of a JSON object.
pub(crate) fn object<'a>(path: &str, value: &'a Value) -> Result<&'a Map<String, Value>> {
    value
        .as_object()
        .ok_or_else(|| wrong_type(path, value, "an object", "对象"))
}

/// Returns a JSON text.
pub(crate) fn str<'a>(path: &str, value: &'a Value) -> Result<&'a str> {
    value
        .as_str()
        .ok_or_else(|| wrong_type(path, value, "a text", "文本"))
}

/// Returns a JSON text as an owned string.
pub(crate) fn text(path: &str, value: &Value) -> Result<String> {
    str(path, value).map(str::to_owned)
}

/// Returns a JSON boolean.
pub(crate) fn boolean(path: &str, value: &Value) -> Result<bool> {
    value
        .as_bool()
        .ok_or_else(|| wrong_type(path, value, "true or false", " true 或 false"))
}

/// Returns a JSON integer.
pub(crate) fn integer<T: TryFrom<i64>>(path: &str, value: &Value) -> Result<T> {
    let Some(number) = value.as_i64().or_else(|| integral(value.as_f64()?)) else {
        return Err(wrong_type(path, value, "an integer", "整数"));
    };
    T::try_from(number).map_err(|_| {
        let reason = Bilingual::new("out of range", "超出范围");
        Error::invalid(path, &number.to_string(), reason)
    })
}

/// Returns the integer that a float without a fraction stands for, such as 1.0, 1e3 and -0.
fn integral(float: f64) -> Option<i64> {
    let is_integer = float.fract() == 0.0 && float.abs() <= MAX_INTEGER as f64;
    is_integer.then_some(float as i64)
}

/// Why an unknown member is refused.
const UNKNOWN: &str = "unknown field";

/// Creates an `invalid_field` error for an unknown member.
pub(crate) fn unknown(name: &str, value: &Value) -> Error {
    let reason = Bilingual::new(UNKNOWN, "未知字段");
    Error::invalid(name, &value.to_string(), reason)
}

/// Reports whether an error is about an unknown member.
pub(super) fn is_unknown(error: &Error) -> bool {
    error.reason(Language::En) == UNKNOWN
}

/// Position of the parser in the document, and the fault found there.
#[derive(Default)]
struct Place {
    path: Vec<Step>,
    /// Whether the document is the application's own data.
    is_data: bool,
    refused: Option<(String, Bilingual)>,
    /// Faults so far, where they do not stop the parser.
    all: Option<Vec<Error>>,
}

enum Step {
    Member(String),
    Index(usize),
}

impl Place {
    /// Keeps the reason for stopping. The text returned to the parser is never shown.
    fn refuse(&mut self, value: String, reason: Bilingual) -> &'static str {
        self.refused = Some((value, reason));
        "refused"
    }

    /// Keeps a fault without stopping. Returns false where the parser must stop, or when there is no room.
    fn goes_on(&mut self, value: &str, reason: &Bilingual) -> bool {
        let path = self.path();
        match &mut self.all {
            Some(all) if all.len() < limits::FINDINGS => {
                all.push(Error::invalid(path, value, reason.clone()));
                true
            }
            _ => false,
        }
    }

    /// Reports whether what is read is the application's own data.
    fn is_in_data(&self) -> bool {
        let is_extras = |step: &Step| matches!(step, Step::Member(name) if name == "extras");
        self.is_data || self.path.iter().any(is_extras)
    }

    /// The path of what is read, `json` for the whole document.
    fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Member(name) if path.is_empty() => path.push_str(name),
                Step::Member(name) => path.extend([".", name]),
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        if path.is_empty() {
            path.push_str("json");
        }
        path
    }

    fn refusal(&self, error: &serde_json::Error, json: &[u8]) -> Error {
        let path = self.path();
        let refusal = match &self.refused {
            Some((value, reason)) => Error::invalid(path, value, reason.clone()),
            None => {
                let text = error.to_string();
                let what = text.split(" at line ").next().unwrap_or_default();
                let mut refusal = Error::new(
                    ErrorKind::InvalidField,
                    Bilingual::new(
                        format!("invalid JSON: {what}"),
                        format!("JSON 无效：{}", in_chinese(what)),
                    ),
                );
                refusal = refusal.within(&path);
                refusal
            }
        };
        refusal.at_offset(offset(json, error.line(), error.column()))
    }
}

/// Translates serde_json's description of invalid JSON.
fn in_chinese(what: &str) -> &'static str {
    match what {
        "expected `:`" => "此处应为冒号",
        "expected `,` or `]`" => "此处应为逗号或 ]",
        "expected `,` or `}`" => "此处应为逗号或 }",
        "expected value" => "此处应为一个值",
        "key must be a string" | "expected `\"`" => "成员名应使用半角双引号",
        "trailing comma" => "多了一个逗号",
        "trailing characters" => "末尾有多余的内容",
        "invalid escape" => "转义字符无效",
        "invalid number" | "number out of range" => "数字格式错误或超出范围",
        "recursion limit exceeded" => "嵌套过深",
        _ if what.starts_with("EOF") => "内容不完整",
        _ if what.starts_with("control character") => "文本中有未转义的换行或控制字符",
        _ if what.contains("hex escape") || what.contains("unicode") => "\\u 转义无效",
        _ => "语法错误",
    }
}

/// Converts serde_json's position: lines from 1, and columns in bytes up to the byte read last.
fn offset(json: &[u8], line: usize, column: usize) -> usize {
    let before: usize = json
        .split_inclusive(|b| *b == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (before + column.saturating_sub(1)).min(json.len())
}

struct Strict<'a>(&'a mut Place);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> std::result::Result<Value, E> {
        self.number(value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> std::result::Result<Value, E> {
        self.number(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> std::result::Result<Value, E> {
        match Number::from_f64(value) {
            Some(number) => self.number(number),
            None => self.inexact(&value.to_string()),
        }
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<Value, A::Error> {
        let mut list = Vec::new();
        self.0.path.push(Step::Index(0));
        while let Some(value) = seq.next_element_seed(Strict(self.0))? {
            list.push(value);
            if let Some(Step::Index(index)) = self.0.path.last_mut() {
                *index += 1;
            }
        }
        self.0.path.pop();
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            self.0.path.push(Step::Member(name.clone()));
            if map.contains_key(&name) {
                let twice = Bilingual::new("duplicate", "重复");
                if self.0.goes_on(&name, &twice) {
                    members.next_value::<serde::de::IgnoredAny>()?;
                    self.0.path.pop();
                    continue;
                }
                let why = self.0.refuse(name, twice);
                return Err(A::Error::custom(why));
            }
            let value = members.next_value_seed(Strict(self.0))?;
            self.0.path.pop();
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

impl Strict<'_> {
    fn number<E: serde::de::Error>(self, number: Number) -> std::result::Result<Value, E> {
        if is_exact(&number) || (self.0.is_in_data() && is_kept(&number)) {
            return Ok(Value::Number(number));
        }
        self.inexact(&number.to_string())
    }

    fn inexact<E: serde::de::Error>(self, number: &str) -> std::result::Result<Value, E> {
        match self.0.goes_on(number, &inexact()) {
            true => Ok(Value::Null),
            false => Err(E::custom(self.0.refuse(number.to_owned(), inexact()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(json: &str) -> Error {
        parse(json.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_member_that_is_there_twice_is_refused_with_its_path() {
        let error = refusal(r#"{"a":[{"b":1,"b":2}]}"#);
        assert_eq!(
            (error.path(), error.kind()),
            (Some("a[0].b"), ErrorKind::InvalidField)
        );
    }

    #[test]
    fn what_is_wrong_with_it_is_said_in_chinese() {
        for (json, reason) in [
            ("", "内容不完整"),
            ("{\"a\":\"b", "内容不完整"),
            ("{'a':1}", "成员名应使用半角双引号"),
            ("{a:1}", "成员名应使用半角双引号"),
            ("{\"a\" 1}", "此处应为冒号"),
            ("{\"a\":1 \"b\":2}", "此处应为逗号或 }"),
            ("[1 2]", "此处应为逗号或 ]"),
            ("{\"a\":}", "此处应为一个值"),
            ("{\"a\":1,}", "多了一个逗号"),
            ("{} x", "末尾有多余的内容"),
            ("\"a\nb\"", "文本中有未转义的换行或控制字符"),
            ("\"C:\\x\"", "转义字符无效"),
            ("\"\\ud800\"", "\\u 转义无效"),
            ("-", "内容不完整"),
            ("01", "数字格式错误或超出范围"),
            ("nul", "内容不完整"),
            ("nix", "语法错误"),
            (&"[".repeat(1000), "嵌套过深"),
        ] {
            let message = refusal(json).message(crate::Language::Zh);
            let wanted = format!("JSON 无效：{reason}（");
            assert!(message.contains(&wanted), "{json}: {message}");
        }
    }

    #[test]
    fn a_number_that_a_double_rounds_is_refused() {
        assert!(parse(b"9007199254740991").is_ok());
        assert!(parse(b"-9007199254740991").is_ok());
        for number in [
            "9007199254740992",
            "-9007199254740992",
            "99999999999999999999999",
            "1e300",
        ] {
            assert_eq!(refusal(number).kind(), ErrorKind::InvalidField, "{number}");
        }
    }

    #[test]
    fn a_syntax_error_names_its_byte() {
        assert_eq!(refusal("{\n \"a\": nul }").offset(), Some(9 + 2));
        assert_eq!(refusal(r#"{"a":"\ud800"}"#).path(), Some("a"));
        assert_eq!(parse(b"{\"a\":\"\xff\"}").unwrap_err().offset(), Some(6));
        assert!(
            refusal(&"[".repeat(100_000))
                .message(crate::Language::En)
                .contains("recursion")
        );
    }
}
