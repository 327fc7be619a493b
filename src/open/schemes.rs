//! The table of URL schemes.

use once_cell::sync::Lazy;

use super::built_in;
use super::options::Options;
use super::scheme::Scheme;
use super::url::BoardUrl;
use crate::board::SharedBoard;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::locks::RwLock;

/// All schemes of this process. `Lazy` adds the built-in ones before any thread can look one up.
static TABLE: Lazy<RwLock<Vec<Scheme>>> = Lazy::new(|| RwLock::new(built_in::SCHEMES.to_vec()));

/// Adds a scheme that [`open`](crate::open) then accepts in this process.
///
/// # Errors
/// `invalid_field` for an invalid name; `exists` for a duplicate.
pub fn register(scheme: Scheme) -> Result<()> {
    let name = scheme.name;
    let is_part = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.');
    let begins_well = name.starts_with(|first: char| first.is_ascii_lowercase());
    if name.len() < 2 || !begins_well || !name.bytes().all(is_part) {
        let reason = Bilingual::new(
            "must be at least two of a-z 0-9 + - . and begin with a letter",
            "至少两个字符，只能含 a-z 0-9 + - .，且以字母开头",
        );
        return Err(Error::invalid("scheme.name", name, reason));
    }
    let mut table = TABLE.write();
    let is_missing = built_in::MISSING
        .iter()
        .any(|(missing, _)| *missing == name);
    if is_missing || table.iter().any(|other| other.name == name) {
        let reason = Bilingual::new("duplicate scheme", "URL 方案重复");
        return Err(Error::invalid("scheme.name", name, reason).of_kind(ErrorKind::Exists));
    }
    table.push(scheme);
    Ok(())
}

/// Returns the schemes that [`open`](crate::open) knows, the built-in ones first.
///
/// ```
/// assert!(notice::schemes().iter().any(|scheme| scheme.name == "mem"));
/// ```
pub fn schemes() -> Vec<Scheme> {
    TABLE.read().clone()
}

/// Opens the board of `url` by its scheme.
pub(super) fn open(url: &BoardUrl, options: Options) -> Result<SharedBoard> {
    let scheme = {
        let table = TABLE.read();
        let mut all = table.iter();
        all.find(|scheme| scheme.name == url.scheme()).cloned()
    };
    // The table is unlocked first, because a scheme may open another URL.
    let scheme = scheme.ok_or_else(|| unsupported(url))?;
    scheme.check(url)?;
    (scheme.open)(url, options)
}

/// Creates the error for an unsupported scheme.
fn unsupported(url: &BoardUrl) -> Error {
    let mut missing = built_in::MISSING.iter();
    let reason = match missing.find(|(name, _)| *name == url.scheme()) {
        Some((name, feature)) => Bilingual::new(
            format!("{name}: not supported by this build; enable the cargo feature `{feature}`"),
            format!("{name}: 当前版本未启用；请启用 cargo 特性 `{feature}`"),
        ),
        None => {
            let table = TABLE.read();
            let forms: Vec<&str> = table.iter().map(|scheme| scheme.form).collect();
            Bilingual::new(
                format!("unsupported URL scheme; supported: {}", forms.join(", ")),
                format!(
                    "不支持的 URL 类型；支持 {}",
                    forms.join("、").replace("PATH", "路径")
                ),
            )
        }
    };
    Error::invalid("url", &url.to_string(), reason).of_kind(ErrorKind::Unsupported)
}
