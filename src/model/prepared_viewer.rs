//! Prepared viewers: everything that audiences ask about, parsed once.

use std::borrow::Cow;
use std::ops::Range;

use super::attribute::{LOCALE, USER, folded, number};
use super::{Locale, Version, Viewer};

/// A [`Viewer`] prepared for matching many audiences.
///
/// It need not be valid: a value that cannot be parsed matches nothing.
#[derive(Debug, Clone)]
pub(crate) struct PreparedViewer<'a> {
    /// The sorted names, each with the range of its values in `values`.
    attributes: Vec<(&'a str, Range<usize>)>,
    values: Vec<PreparedValue<'a>>,
}

/// A value of an attribute in all forms that it can be parsed as.
#[derive(Debug, Clone)]
pub(super) struct PreparedValue<'a> {
    text: Cow<'a, str>,
    /// The text in lower case, if it differs.
    folded: Option<Box<str>>,
    number: Option<f64>,
    version: Option<Version>,
}

impl<'a> PreparedViewer<'a> {
    /// Parses everything that audiences may ask about `viewer`.
    pub(crate) fn new(viewer: &'a Viewer) -> Self {
        let mut prepared = Self {
            attributes: Vec::with_capacity(viewer.attributes.len() + 2),
            values: Vec::new(),
        };
        for (name, values) in &viewer.attributes {
            let values = values.iter().map(|value| match name.as_str() {
                LOCALE => normalised(value),
                _ => Cow::Borrowed(value.as_str()),
            });
            prepared.add(name, values);
        }
        if prepared.values(USER).is_empty() && !viewer.user.is_empty() {
            prepared.add(USER, [Cow::Borrowed(viewer.user.as_str())]);
            prepared.attributes.sort_unstable_by_key(|(name, _)| *name);
        }
        if prepared.values(LOCALE).is_empty() {
            let locales = viewer
                .locales
                .iter()
                .map(|locale| Cow::Borrowed(locale.as_str()));
            prepared.add(LOCALE, locales);
            prepared.attributes.sort_unstable_by_key(|(name, _)| *name);
        }
        prepared
    }

    /// Returns the values of an attribute; empty if the viewer lacks it.
    pub(super) fn values(&self, name: &str) -> &[PreparedValue<'a>] {
        self.attributes
            .binary_search_by(|(known, _)| (*known).cmp(name))
            .ok()
            .and_then(|at| self.attributes.get(at))
            .and_then(|(_, range)| self.values.get(range.clone()))
            .unwrap_or_default()
    }

    /// Appends an attribute; one without values is dropped.
    fn add(&mut self, name: &'a str, values: impl IntoIterator<Item = Cow<'a, str>>) {
        let start = self.values.len();
        self.values
            .extend(values.into_iter().map(PreparedValue::new));
        if self.values.len() > start {
            self.attributes.push((name, start..self.values.len()));
        }
    }
}

impl<'a> PreparedValue<'a> {
    fn new(text: Cow<'a, str>) -> Self {
        let folded = match folded(&text) {
            Cow::Owned(folded) if *folded != *text => Some(folded.into_boxed_str()),
            _ => None,
        };
        Self {
            folded,
            number: number(&text),
            version: Version::parse_quietly(&text),
            text,
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn folded(&self) -> &str {
        self.folded.as_deref().unwrap_or(&self.text)
    }

    pub(super) fn number(&self) -> Option<f64> {
        self.number
    }

    pub(super) fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Reports whether the text is in `listed`, which must be sorted.
    pub(super) fn is_in(&self, listed: &[Box<str>]) -> bool {
        listed
            .binary_search_by(|one| (**one).cmp(self.text()))
            .is_ok()
    }
}

/// Returns the normalised tag, or the text itself when it is not a tag.
fn normalised(text: &str) -> Cow<'_, str> {
    match Locale::parse(text) {
        Ok(locale) if locale.as_str() != text => Cow::Owned(locale.as_str().to_owned()),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<'a>(viewer: &'a PreparedViewer<'_>, name: &str) -> Vec<&'a str> {
        viewer
            .values(name)
            .iter()
            .map(PreparedValue::text)
            .collect()
    }

    #[test]
    fn user_and_locales_stand_in_for_attributes_that_were_not_given() {
        let plain = Viewer::new("li").locales(["zh_cn", "en"]).with("zone", "7");
        let plain = PreparedViewer::new(&plain);
        assert_eq!(texts(&plain, "user"), ["li"]);
        assert_eq!(texts(&plain, "locale"), ["zh-CN", "en"]);
        assert_eq!(texts(&plain, "zone"), ["7"]);
        assert_eq!(texts(&plain, "app"), [""; 0]);

        let given = Viewer::new("li")
            .locales(["zh"])
            .with("user", "x")
            .with("locale", "EN_us");
        let given = PreparedViewer::new(&given);
        assert_eq!(texts(&given, "user"), ["x"]);
        assert_eq!(texts(&given, "locale"), ["en-US"]);

        let mut nobody = Viewer::anonymous();
        nobody.attributes.insert("user".into(), vec![]);
        assert!(PreparedViewer::new(&nobody).values("user").is_empty());
        nobody.user.push_str("li");
        assert_eq!(texts(&PreparedViewer::new(&nobody), "user"), ["li"]);
    }
}
