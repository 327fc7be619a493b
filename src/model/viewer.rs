//! Viewers.

use super::limits;
use std::collections::BTreeMap;

use super::WantedLocales;
use super::attribute::check_text;
use crate::{Bilingual, Error, Result};

/// The person or program that announcements are chosen for.
///
/// ```
/// use notice::Viewer;
/// let viewer = Viewer::new("li.na")
///     .locales(["zh_CN.UTF-8", "en"])
///     .with("role", "editor")
///     .with("role", "admin")
///     .with("app_version", "7.10.2");
/// assert!(viewer.validate().is_ok());
/// assert_eq!(viewer.attributes["role"], ["editor", "admin"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Viewer {
    /// Name under which viewer state is kept, at most 512 bytes; empty for an anonymous viewer.
    /// Audiences see it as the attribute `user`, unless the attributes have one.
    pub user: String,
    /// Preferred locales, best first. Audiences see them as the attribute `locale`, unless the
    /// attributes have one.
    pub locales: WantedLocales,
    /// Attributes that audiences ask about: at most 64 KiB of names and values. An attribute without values
    /// counts as missing.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Instant to answer for, in Unix milliseconds; None means now by the board's clock.
    pub now: Option<i64>,
}

impl Viewer {
    /// Creates a viewer with a name and nothing else.
    pub fn new(user: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            ..Self::default()
        }
    }

    /// Creates an anonymous viewer without attributes.
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// Sets the preferred locales, best first, as the system gives them; see [`WantedLocales`]. What
    /// cannot be read is passed over.
    #[must_use]
    pub fn locales<I, S>(mut self, locales: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        self.locales = WantedLocales::read(locales);
        self
    }

    /// Adds a value to an attribute.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes
            .entry(name.into())
            .or_default()
            .push(value.into());
        self
    }

    /// Sets the instant to answer for, in Unix milliseconds.
    #[must_use]
    pub fn at(mut self, now_ms: i64) -> Self {
        self.now = Some(now_ms);
        self
    }

    /// Checks all limits.
    ///
    /// # Errors
    /// `too_large` for the name or all attributes together; `invalid_field` for a NUL in the name.
    /// Whatever else a viewer says fails no query; what cannot be read matches nothing.
    pub fn validate(&self) -> Result<()> {
        check_text(&self.user, limits::USER_BYTES).map_err(|error| error.within("user"))?;
        let sizes = self.attributes.iter().map(|(name, values)| {
            // A name counts once for each value, as in a list of pairs.
            let values = values.iter().map(|value| name.len() + value.len());
            values.sum::<usize>()
        });
        let attributes = Bilingual::new("bytes", "字节");
        check_count("attributes", sizes.sum(), limits::VIEWER_BYTES, &attributes)
    }
}

fn check_count(path: &str, count: usize, limit: usize, unit: &Bilingual) -> Result<()> {
    if count > limit {
        return Err(Error::too_large(path, count as u64, limit as u64, unit));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_at_its_limits_is_fine_and_one_beyond_is_not() {
        let mut most = Viewer::new("u".repeat(512));
        for n in 0..1000 {
            most = most.with("groups", format!("{n:058}"));
        }
        assert_eq!(most.validate(), Ok(()));
        most = most.with("odd name", "x".repeat(1536 - 8));
        assert_eq!(most.validate(), Ok(()));
        let error = most.with("", "v").validate().unwrap_err();
        assert_eq!(
            (error.path(), error.limit()),
            (Some("attributes"), Some(65536))
        );
        let error = Viewer::new("u".repeat(513)).validate().unwrap_err();
        assert_eq!((error.path(), error.limit()), (Some("user"), Some(512)));
    }

    #[test]
    fn only_a_nul_in_the_name_is_refused() {
        let error = Viewer::new("a\0b").validate().unwrap_err();
        assert_eq!((error.path(), error.offset()), (Some("user"), Some(1)));
        let odd = Viewer::new("u")
            .with("my role", "x")
            .with("", "\0")
            .with("角色", "x".repeat(60_000));
        assert_eq!(odd.validate(), Ok(()));
    }

    #[test]
    fn no_locale_is_refused_whatever_it_is_and_however_many() {
        let long = "x".repeat(100_000);
        let odd = ["zh CN", "C", "中文", &long];
        let many = (0..1000).map(|n| format!("en-x-{n}"));
        let viewer = Viewer::anonymous().locales(odd.map(str::to_owned).into_iter().chain(many));
        assert_eq!(viewer.validate(), Ok(()));
        assert!(viewer.locales.iter().any(|one| one.as_str() == "en-x-7"));
    }
}
