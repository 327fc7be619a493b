//! TOML as it is written and read here.

use std::ops::Range;

use notice::Bilingual;
use serde_json::{Value, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::locate::Located;

/// A text as TOML writes it in one line.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned())
        .to_string()
        .replace('\n', "\\n")
}

pub(super) fn key(name: &str) -> String {
    let is_bare = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if is_bare {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// A value of TOML as JSON.
pub(super) fn plain(value: &DeValue<'_>) -> Result<Value, Bilingual> {
    let wrong = |what: String| {
        Bilingual::new(
            format!("{what} cannot be written here"),
            format!("此处不能写 {what}"),
        )
    };
    Ok(match value {
        DeValue::String(text) => json!(text),
        DeValue::Boolean(flag) => json!(flag),
        DeValue::Integer(number) => {
            let read = number.to_string().parse::<i64>();
            json!(read.map_err(|_| wrong(number.to_string()))?)
        }
        DeValue::Float(number) => {
            let read = number.to_string().parse::<f64>();
            json!(read.map_err(|_| wrong(number.to_string()))?)
        }
        // A date without quotes is a time as well.
        DeValue::Datetime(time) => json!(time.to_string()),
        DeValue::Array(list) => {
            let read = list.iter().map(|one| plain(one.get_ref()));
            Value::Array(read.collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => {
            let read = table
                .iter()
                .map(|(name, value)| Ok((name.get_ref().to_string(), plain(value.get_ref())?)));
            Value::Object(read.collect::<Result<_, Bilingual>>()?)
        }
    })
}

/// A whole form as a value.
pub(super) fn whole(table: Spanned<DeTable<'_>>) -> Spanned<DeValue<'_>> {
    Spanned::new(table.span(), DeValue::Table(table.into_inner()))
}

/// A value and where it is.
impl Located for &Spanned<DeValue<'_>> {
    fn span(&self) -> Range<usize> {
        Spanned::span(self)
    }

    fn members(&self) -> Vec<(&str, Self)> {
        match self.get_ref() {
            DeValue::Table(table) => {
                let named = table
                    .iter()
                    .map(|(name, value)| (name.get_ref().as_ref(), value));
                named.collect()
            }
            _ => Vec::new(),
        }
    }

    fn elements(&self) -> Vec<Self> {
        match self.get_ref() {
            DeValue::Array(list) => list.iter().collect(),
            _ => Vec::new(),
        }
    }
}
