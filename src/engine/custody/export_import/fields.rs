//! Typed access to the members of a line.

use serde_json::{Map, Value};

use crate::error::{Bilingual, Error, Result};
use crate::model::json as strict;

/// Members of a JSON object, read by type.
pub(crate) struct Fields(pub(crate) Map<String, Value>);

impl Fields {
    /// Reads a non-negative integer.
    pub(crate) fn integer(&self, name: &str) -> Result<i64> {
        let value = self.0.get(name).unwrap_or(&Value::Null);
        value
            .as_i64()
            .filter(|number| *number >= 0)
            .ok_or_else(|| strict::wrong_type(name, value, "a non-negative integer", "非负整数"))
    }

    pub(crate) fn small(&self, name: &str) -> Result<u32> {
        let value = self.integer(name)?;
        u32::try_from(value).map_err(|_| {
            Error::invalid(
                name,
                &value.to_string(),
                Bilingual::new("out of range", "超出范围"),
            )
        })
    }

    pub(crate) fn text(&self, name: &str) -> Result<&str> {
        let value = self.0.get(name).unwrap_or(&Value::Null);
        value
            .as_str()
            .ok_or_else(|| strict::wrong_type(name, value, "a text", "文本"))
    }

    pub(crate) fn list(&self, name: &str) -> Result<&[Value]> {
        let value = self.0.get(name).unwrap_or(&Value::Null);
        let list = value
            .as_array()
            .ok_or_else(|| strict::wrong_type(name, value, "a list", "列表"))?;
        Ok(list)
    }
}

/// Refuses a number greater than another one of the same board.
pub(crate) fn check_most(path: &str, value: i64, most: i64) -> Result<()> {
    if value <= most {
        return Ok(());
    }
    let reason = Bilingual::new(
        format!("must not be greater than {most}"),
        format!("不得大于 {most}"),
    );
    Err(Error::invalid(path, &value.to_string(), reason))
}

/// Creates an `invalid_field` error at `path`.
pub(crate) fn malformed(path: &str, en: &'static str, zh: &'static str) -> Error {
    Error::invalid(path, "", Bilingual::new(en, zh))
}
