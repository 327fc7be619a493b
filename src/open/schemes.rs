//! The table of URL schemes: each way of reaching a board adds its own.

use once_cell::sync::Lazy;
use parking_lot::RwLock;

use super::built_in;
use super::options::Options;
use super::url::BoardUrl;
use crate::board::SharedBoard;
use crate::error::{Bilingual, Error, ErrorKind, Result};

/// Opens the board of a URL.
type Open = fn(&BoardUrl, Options) -> Result<SharedBoard>;

/// A way of reaching boards, named by the scheme of their URLs.
///
/// Another crate adds one with [`register`]; from then on [`open`](crate::open) takes its URLs, from every
/// surface of the library.
///
/// ```
/// use notice::{BoardUrl, Options, Result, Scheme, SharedBoard};
///
/// /// A board in memory with a fixed memory budget.
/// fn small(url: &BoardUrl, options: Options) -> Result<SharedBoard> {
///     options.open("mem:?budget_mb=8")
/// }
///
/// notice::register(Scheme::new("small", "small:", "a small board in memory", small))?;
/// assert_eq!(notice::open("small:")?.revision()?, 0);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scheme {
    /// The scheme without its colon: lower-case letters, digits and `+-.`, at least two characters, the
    /// first one a letter. One letter alone would be a drive of Windows.
    pub name: &'static str,
    /// The form of its URLs, such as `file:PATH`.
    pub form: &'static str,
    /// A short description, such as "a board in this process, kept in one file".
    pub description: &'static str,
    /// The parameters that its URLs may have; any other one is refused before `open` is called.
    pub parameters: &'static [&'static str],
    open: Open,
}

impl Scheme {
    /// Describes a scheme whose URLs have no parameters.
    pub const fn new(
        name: &'static str,
        form: &'static str,
        description: &'static str,
        open: Open,
    ) -> Self {
        Self {
            name,
            form,
            description,
            parameters: &[],
            open,
        }
    }

    /// Sets the names of the parameters that its URLs may have.
    #[must_use]
    pub const fn parameters(mut self, names: &'static [&'static str]) -> Self {
        self.parameters = names;
        self
    }

    /// Refuses parameters that the scheme does not have, and names those that it has.
    fn check(&self, url: &BoardUrl) -> Result<()> {
        let is_unknown = |name: &str| !self.parameters.contains(&name);
        let Some((name, _)) = url.parameters().find(|(name, _)| is_unknown(name)) else {
            return Ok(());
        };
        let names = self.parameters.join(", ");
        let reason = match self.parameters {
            [] => Bilingual::new(
                format!("unknown parameter; {}: has none", self.name),
                format!("未知参数；{}: 没有参数", self.name),
            ),
            _ => Bilingual::new(
                format!("unknown parameter; {}: has {names}", self.name),
                format!("未知参数；{}: 可用的有 {names}", self.name),
            ),
        };
        Err(url.refuse(name, reason))
    }
}

/// Every scheme of this process. `Lazy` because the built-in ones are put in before anybody can look, in
/// whichever thread comes first.
static TABLE: Lazy<RwLock<Vec<Scheme>>> = Lazy::new(|| RwLock::new(built_in::SCHEMES.to_vec()));

/// Adds a scheme to those that [`open`](crate::open) knows in this process.
///
/// # Errors
/// `invalid_field` for a name that is no scheme; `exists` when there is one of that name.
pub fn register(scheme: Scheme) -> Result<()> {
    let name = scheme.name;
    let is_part = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.');
    let begins_well = name.starts_with(|first: char| first.is_ascii_lowercase());
    if name.len() < 2 || !begins_well || !name.as_bytes().iter().all(|byte| is_part(byte)) {
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

/// Opens the board of `url` in the way that its scheme names.
pub(super) fn open(url: &BoardUrl, options: Options) -> Result<SharedBoard> {
    let scheme = {
        let table = TABLE.read();
        let mut all = table.iter();
        all.find(|scheme| scheme.name == url.scheme()).cloned()
    };
    // The table is free again: a way may open the board below it by another URL.
    let scheme = scheme.ok_or_else(|| unsupported(url))?;
    scheme.check(url)?;
    (scheme.open)(url, options)
}

/// The error for a scheme that this build does not have.
fn unsupported(url: &BoardUrl) -> Error {
    let mut missing = built_in::MISSING.iter();
    let reason = match missing.find(|(name, _)| *name == url.scheme()) {
        Some((name, feature)) => Bilingual::new(
            format!("{name}: needs the cargo feature `{feature}`, which this build lacks"),
            format!("{name}: 需要 cargo 特性 `{feature}`，本构建未启用"),
        ),
        None => {
            let table = TABLE.read();
            let forms: Vec<&str> = table.iter().map(|scheme| scheme.form).collect();
            let forms = forms.join(", ");
            Bilingual::new(
                format!("unsupported scheme; this build has {forms}"),
                format!("不支持的 URL 方案；本构建支持的有 {forms}"),
            )
        }
    };
    Error::invalid("url", &url.to_string(), reason).of_kind(ErrorKind::Unsupported)
}
