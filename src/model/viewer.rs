//! Viewers.

use super::limits;
use std::collections::BTreeMap;

use super::WantedLocales;
use super::attribute::{check_name, check_text};
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
    /// Name under which viewer state is kept, at most 128 bytes; empty for an anonymous viewer.
    /// Audiences see it as the attribute `user`, unless the attributes have one.
    pub user: String,
    /// Preferred locales, best first. Audiences see them as the attribute `locale`, unless the
    /// attributes have one.
    pub locales: WantedLocales,
    /// Attributes that audiences ask about: at most 64, each with at most 256 values of at most 512
    /// bytes. An attribute without values counts as missing.
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
    /// `too_large`; `invalid_field` for a NUL or an invalid attribute name, with a path such as
    /// `attributes.role[3]`.
    pub fn validate(&self) -> Result<()> {
        check_text(&self.user, limits::USER_BYTES).map_err(|error| error.within("user"))?;
        let attributes = Bilingual::new("attributes", "个属性");
        check_count(
            "attributes",
            self.attributes.len(),
            limits::ATTRIBUTES,
            &attributes,
        )?;
        for (name, values) in &self.attributes {
            check_name(name).map_err(|error| error.within("attributes"))?;
            let path = || format!("attributes.{name}");
            if values.len() > limits::ATTRIBUTE_VALUES {
                check_count(
                    &path(),
                    values.len(),
                    limits::ATTRIBUTE_VALUES,
                    &Bilingual::new("values", "个值"),
                )?;
            }
            for (n, value) in values.iter().enumerate() {
                check_text(value, limits::ATTRIBUTE_VALUE_BYTES)
                    .map_err(|error| error.within(&format!("{}[{n}]", path())))?;
            }
        }
        Ok(())
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
        let mut most = Viewer::new("u".repeat(128));
        for n in 0..64 {
            most.attributes
                .insert(format!("a{n}"), vec!["v".repeat(512); 256]);
        }
        assert_eq!(most.validate(), Ok(()));

        type Change = fn(&mut Viewer);
        let changes: [(Change, &str, u64); 4] = [
            (|viewer| viewer.user.push('u'), "user", 128),
            (
                |viewer| drop(viewer.attributes.insert("b".into(), vec![])),
                "attributes",
                64,
            ),
            (
                |viewer| viewer.attributes.get_mut("a7").unwrap().push("v".into()),
                "attributes.a7",
                256,
            ),
            (
                |viewer| viewer.attributes.get_mut("a7").unwrap()[3].push('v'),
                "attributes.a7[3]",
                512,
            ),
        ];
        for (change, path, limit) in changes {
            let mut beyond = most.clone();
            change(&mut beyond);
            let error = beyond.validate().unwrap_err();
            assert_eq!((error.path(), error.limit()), (Some(path), Some(limit)));
        }
    }

    #[test]
    fn a_nul_or_an_odd_name_is_refused_with_its_offset() {
        for (viewer, path, offset) in [
            (Viewer::new("a\0b"), "user", 1),
            (
                Viewer::anonymous().with("role", "ok").with("role", "公\0"),
                "attributes.role[1]",
                3,
            ),
            (Viewer::anonymous().with("my role", "x"), "attributes", 2),
        ] {
            let error = viewer.validate().unwrap_err();
            assert_eq!((error.path(), error.offset()), (Some(path), Some(offset)));
        }
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
