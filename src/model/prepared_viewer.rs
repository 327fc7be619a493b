//! Prepared viewers: everything that audiences ask about, parsed once.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use super::attribute::{LOCALE, OS_VERSION, ReadAs, USER, folded};
use super::number::Number;
use super::value_set::{self, ValueSet};
use super::{Locale, Version, Viewer, WantedLocales};

/// A [`Viewer`] prepared for matching many audiences.
///
/// It need not be valid: a value that cannot be read matches nothing.
#[derive(Debug, Clone)]
pub(crate) struct PreparedViewer<'a> {
    /// The sorted names, each with the range of its values in `values`.
    attributes: Vec<(&'a str, Range<usize>)>,
    values: Vec<PreparedValue<'a>>,
}

/// A value of an attribute. It is read in another form when a condition asks for it, because most values
/// are read in one form only.
#[derive(Debug, Clone)]
pub(super) struct PreparedValue<'a> {
    text: Cow<'a, str>,
    /// The text as a locale, of the attribute `locale`.
    locale: Option<Locale>,
    /// Whether only the numbers of a version count.
    is_of_system: bool,
    hash: OnceCell<u64>,
    /// The text in lower case, if it differs.
    folded: OnceCell<Option<Box<str>>>,
    number: OnceCell<Option<Box<Number>>>,
    version: OnceCell<Option<Box<Version>>>,
}

impl<'a> PreparedViewer<'a> {
    /// Parses everything that audiences may ask about `viewer`.
    pub(crate) fn new(viewer: &'a Viewer) -> Self {
        let mut prepared = Self {
            attributes: Vec::with_capacity(viewer.attributes.len() + 2),
            values: Vec::new(),
        };
        for (name, values) in &viewer.attributes {
            let is_of_system = name == OS_VERSION;
            let values = values.iter().map(|value| match name.as_str() {
                LOCALE => PreparedValue::locale(value),
                _ => PreparedValue::new(value, is_of_system),
            });
            prepared.add(name, values);
        }
        if prepared.values(USER).is_empty() && !viewer.user.is_empty() {
            prepared.add(USER, [PreparedValue::new(&viewer.user, false)]);
            prepared.attributes.sort_unstable_by_key(|(name, _)| *name);
        }
        if prepared.values(LOCALE).is_empty() {
            let locales = viewer.locales.iter();
            let locales = locales.map(|locale| PreparedValue {
                locale: Some(locale.clone()),
                ..PreparedValue::new(locale.as_str(), false)
            });
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

    /// Returns the values of an attribute that cannot be read in this form.
    pub(crate) fn unreadable(&self, name: &str, read_as: ReadAs) -> impl Iterator<Item = &str> {
        let is_unreadable = move |value: &&PreparedValue<'a>| match read_as {
            ReadAs::Text => false,
            ReadAs::Number => value.number().is_none(),
            ReadAs::Version => value.version().is_none(),
        };
        let values = self.values(name).iter().filter(is_unreadable);
        values.map(PreparedValue::text)
    }

    /// Appends an attribute; one without values is dropped.
    fn add(&mut self, name: &'a str, values: impl IntoIterator<Item = PreparedValue<'a>>) {
        let start = self.values.len();
        self.values.extend(values);
        if self.values.len() > start {
            self.attributes.push((name, start..self.values.len()));
        }
    }
}

impl<'a> PreparedValue<'a> {
    fn new(text: &'a str, is_of_system: bool) -> Self {
        Self {
            text: Cow::Borrowed(text),
            locale: None,
            is_of_system,
            hash: OnceCell::new(),
            folded: OnceCell::new(),
            number: OnceCell::new(),
            version: OnceCell::new(),
        }
    }

    /// A value of the attribute `locale`: the normalised tag, or the text itself when it is not a tag.
    fn locale(text: &'a str) -> Self {
        let plain = Self::new(text, false);
        match WantedLocales::read([text]).as_slice() {
            [locale] => Self {
                text: Cow::Owned(locale.as_str().to_owned()),
                locale: Some(locale.clone()),
                ..plain
            },
            _ => plain,
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn folded(&self) -> &str {
        let fold = || match folded(&self.text) {
            Cow::Owned(folded) if *folded != *self.text => Some(folded.into_boxed_str()),
            _ => None,
        };
        self.folded
            .get_or_init(fold)
            .as_deref()
            .unwrap_or(&self.text)
    }

    pub(super) fn number(&self) -> Option<&Number> {
        let read = || Number::parse(&self.text).map(Box::new);
        self.number.get_or_init(read).as_deref()
    }

    pub(super) fn version(&self) -> Option<&Version> {
        let read = || match self.is_of_system {
            true => Version::parse_numbers(&self.text),
            false => Version::parse_quietly(&self.text),
        };
        self.version.get_or_init(|| read().map(Box::new)).as_deref()
    }

    pub(super) fn is_in(&self, set: &ValueSet) -> bool {
        let text = self.text();
        set.has(text, || *self.hash.get_or_init(|| value_set::hash(text)))
    }

    /// Reports whether one of these language ranges takes in the locale.
    pub(super) fn is_of(&self, ranges: &[Locale]) -> bool {
        let locale = self.locale.as_ref();
        locale.is_some_and(|locale| ranges.iter().any(|range| range.takes_in(locale)))
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
