//! Small types of an announcement's fields.

use std::fmt;
use std::str::FromStr;

use super::locale::{Locale, choose as choose_locale};
use crate::error::{Bilingual, Error, Result};
use crate::named::named;

named! {
    /// Severity of an announcement, which ranks it on the board.
    Severity, "severity" {
        /// No severity at all.
        None = 0 "none",
        /// For information; the default.
        Info = 1 "info",
        /// Worth noticing.
        Notice = 2 "notice",
        /// A warning.
        Warning = 3 "warning",
        /// Critical.
        Critical = 4 "critical",
    }
}

named! {
    /// State of an announcement in its life cycle.
    Lifecycle, "state" {
        /// On the board, subject to its times and audience.
        Published = 0 "published",
        /// Hidden from every viewer; a tombstone for followers.
        Retracted = 1 "retracted",
        /// 草稿: for editors only, until it is released.
        Draft = 2 "draft",
    }
}

named! {
    /// Format of a body.
    Format, "format" {
        /// Plain text.
        Text = 0 "text",
        /// Markdown (CommonMark). HTML is not supported.
        Markdown = 1 "markdown",
    }
}

named! {
    /// Effect of choosing an action.
    ActionKind, "kind" {
        /// Opens `value`, an http, https or mailto address.
        Url = 0 "url",
        /// Copies `value`.
        Copy = 1 "copy",
        /// Defined by the application.
        Custom = 2 "custom",
    }
}

named! {
    /// Whether a change is news for viewers who have read the announcement.
    Importance, "change" {
        /// 勘误: viewers who have read it still have.
        Minor = 1 "minor",
        /// News: it is unread and undismissed again.
        Major = 2 "major",
    }
}

/// Set of places where the user interface may show an announcement; a hint only.
///
/// ```
/// use notice::Placement;
/// let display = Placement::LIST | Placement::POPUP;
/// assert!(display.contains(Placement::POPUP));
/// assert_eq!(display.names().collect::<Vec<_>>(), ["list", "popup"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Placement(u8);

impl Placement {
    /// Nowhere in particular.
    pub const NONE: Self = Self(0);
    /// In the list of announcements; the default.
    pub const LIST: Self = Self(1);
    /// As a banner.
    pub const BANNER: Self = Self(2);
    /// As a popup (弹窗).
    pub const POPUP: Self = Self(4);
    /// In the ticker (滚动公告).
    pub const TICKER: Self = Self(8);
    /// As a badge: a dot or a number.
    pub const BADGE: Self = Self(16);

    const NAMES: [(Self, &'static str); 5] = [
        (Self::LIST, "list"),
        (Self::BANNER, "banner"),
        (Self::POPUP, "popup"),
        (Self::TICKER, "ticker"),
        (Self::BADGE, "badge"),
    ];

    /// Returns the bits: list 1, banner 2, popup 4, ticker 8, badge 16.
    pub const fn bits(self) -> u32 {
        self.0 as u32
    }

    /// The set with these bits.
    ///
    /// # Errors
    /// `invalid_field` for a bit that means nothing.
    pub fn from_bits(bits: u32) -> Result<Self> {
        u8::try_from(bits)
            .ok()
            .filter(|bits| *bits < 32)
            .map(Self)
            .ok_or_else(|| {
                Error::invalid(
                    "display",
                    &bits.to_string(),
                    Bilingual::new(
                        "must be a sum of 1, 2, 4, 8 and 16",
                        "必须是 1、2、4、8、16 之和",
                    ),
                )
            })
    }

    /// The set of just the place of that name.
    ///
    /// # Errors
    /// `invalid_field` for a name that means nothing.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(display, _)| *display)
            .ok_or_else(|| {
                Error::invalid(
                    "display",
                    name,
                    Bilingual::new(
                        "must be one of list banner popup ticker badge",
                        "必须是以下之一：list banner popup ticker badge",
                    ),
                )
            })
    }

    /// Reports whether this set contains all of `other`.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns the names in this set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .filter(move |(d, _)| self.contains(*d))
            .map(|(_, name)| name)
    }
}

impl fmt::Display for Placement {
    /// Writes the names, separated by blanks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, name) in self.names().enumerate() {
            if n > 0 {
                f.write_str(" ")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

impl FromStr for Placement {
    type Err = Error;

    /// Parses names separated by blanks.
    fn from_str(names: &str) -> Result<Self> {
        names
            .split_whitespace()
            .try_fold(Self::NONE, |set, name| Ok(set | Self::from_name(name)?))
    }
}

impl Default for Placement {
    fn default() -> Self {
        Self::LIST
    }
}

impl std::ops::BitOr for Placement {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Button of an announcement.
///
/// ```
/// use notice::{Action, ActionKind};
/// let action = Action::new("more", ActionKind::Url, "https://example.com/june")
///     .label("zh-CN", "详情")
///     .label("en", "More");
/// # assert_eq!(action.label.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Action {
    /// Identifies the action within its announcement; at most 64 bytes of `[A-Za-z0-9._:/-]`.
    pub id: String,
    /// Effect of the action.
    pub kind: ActionKind,
    /// Its label in each locale; at least one, 64 characters each.
    pub label: Vec<(String, String)>,
    /// The address, text or data that the action uses, at most 2048 bytes.
    pub value: String,
}

impl Action {
    /// Creates an action without a label, which is not valid yet.
    pub fn new(id: impl Into<String>, kind: ActionKind, value: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            kind,
            label: Vec::new(),
            value: value.into(),
        }
    }

    /// Adds a label in one locale.
    #[must_use]
    pub fn label(mut self, locale: impl Into<String>, label: impl Into<String>) -> Self {
        self.label.push((locale.into(), label.into()));
        self
    }

    /// Returns the label for a reader of `locale`: in exactly this locale, else in the one chosen
    /// as for texts, else the first.
    pub fn label_for(&self, locale: &Locale) -> &str {
        let exact = self.label.iter().find(|(tag, _)| tag == locale.as_str());
        let (_, label) = match exact.or(self.label.first()) {
            Some(label) => label,
            None => return "",
        };
        if exact.is_some() {
            return label;
        }
        let (locales, labels): (Vec<Locale>, Vec<&String>) = self
            .label
            .iter()
            .filter_map(|(tag, label)| Some((Locale::parse(tag).ok()?, label)))
            .unzip();
        let choice = choose_locale(std::slice::from_ref(locale), &locales, 0);
        labels.get(choice.index).copied().unwrap_or(label)
    }
}

/// Reference to another announcement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reference {
    /// By its id.
    Id(i64),
    /// By its key, in the same channel.
    Key(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_chosen_as_a_text_is() {
        let action = Action {
            id: "more".into(),
            kind: ActionKind::Custom,
            label: [("fr", "Plus"), ("zh-Hans", "更多"), ("EN", "More")]
                .map(|(locale, label)| (locale.to_owned(), label.to_owned()))
                .to_vec(),
            value: String::new(),
        };
        for (locale, label) in [
            ("zh-Hans", "更多"),
            ("zh-CN", "更多"),
            ("zh-TW", "更多"),
            ("en-US", "More"),
            ("en", "More"),
            ("de", "Plus"),
        ] {
            let locale = Locale::parse(locale).unwrap();
            assert_eq!(action.label_for(&locale), label, "{locale}");
        }
    }

    #[test]
    fn a_value_is_read_from_its_name_and_its_number_and_written_as_its_name() {
        for severity in Severity::ALL {
            assert_eq!(severity.to_string().parse(), Ok(*severity));
            assert_eq!(Severity::try_from(severity.code()), Ok(*severity));
        }
        assert_eq!(format!("{:>9}", Severity::Warning), "  warning");
        assert!("Warning".parse::<Severity>().is_err());
        assert!(Severity::try_from(5).is_err());
    }

    #[test]
    fn a_set_of_places_is_read_from_what_it_is_written_as() {
        for bits in 0..32 {
            let set = Placement::from_bits(bits).unwrap();
            assert_eq!(set.to_string().parse(), Ok(set));
        }
        assert!("list,popup".parse::<Placement>().is_err());
    }
}
