//! Drafts: the writable fields of an announcement.

use serde_json::{Map, Value};

use super::audience::Audience;
use super::condition::Operator;
use super::draft_fields::draft_fields;
use super::extras_text::ExtrasText;
use super::fields::{Action, Format, Importance, Lifecycle, Placement, Reference, Severity};
use super::stated::Stated;

/// Text of an announcement in one locale.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Text {
    /// BCP 47 tag, such as `zh-CN`.
    pub locale: String,
    /// The title; required, at most 256 characters.
    pub title: String,
    /// The summary, at most 1000 characters.
    pub summary: String,
    /// The body, at most 64 KiB.
    pub body: String,
    /// Format of `body`.
    pub format: Format,
}

impl Text {
    /// Creates a text with only a title.
    pub fn new(locale: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            locale: locale.into(),
            title: title.into(),
            summary: String::new(),
            body: String::new(),
            format: Format::Text,
        }
    }

    /// Sets the summary.
    #[must_use]
    pub fn summary(mut self, summary: impl Into<String>) -> Self {
        self.summary = summary.into();
        self
    }

    /// Sets the body, as plain text.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the body, as Markdown.
    #[must_use]
    pub fn markdown(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self.format = Format::Markdown;
        self
    }
}

/// Makes the struct, its default and the setters of single fields.
macro_rules! draft {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr, $who:ident($by:ty) $($says:literal)?;)*) => {
        /// An announcement to be published. Publishing validates it.
        ///
        /// A text field that is empty is not set. Times are Unix milliseconds in UTC; [`time`](crate::time)
        /// makes them of a `SystemTime`.
        ///
        /// ```
        /// use notice::{Draft, Operator, Severity, Text};
        /// let draft = Draft::from_text(
        ///     Text::new("zh-CN", "今晚停机维护").summary("22:00 至 24:00 暂停服务").body("请提前保存。"),
        /// )
        /// .text(Text::new("en", "Maintenance tonight"))
        /// .key("maintenance/june")
        /// .severity(Severity::Warning)
        /// .pinned(true)
        /// .audience("platform", Operator::In, ["windows"]);
        /// # assert!(draft.validate().is_ok());
        /// ```
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub struct Draft {
            $($(#[$doc])* pub $name: $type,)*
            /// What its JSON says about members that the engine gives.
            pub(crate) stated: Stated,
            /// How the extras were written.
            pub(crate) extras_text: ExtrasText,
        }

        impl Default for Draft {
            /// Returns a draft without a text, which is not valid yet.
            fn default() -> Self {
                Self {
                    $($name: $default,)*
                    stated: Stated::default(),
                    extras_text: ExtrasText::default(),
                }
            }
        }

        impl Draft {
            $(setter! { $who $name($by) $($says)? })*
        }
    };
}

/// Makes the setter of a field that a draft sets as a whole.
macro_rules! setter {
    (both $name:ident($by:ty) $says:literal) => {
        #[doc = $says]
        #[must_use]
        pub fn $name(mut self, $name: $by) -> Self {
            self.$name = $name.into();
            self
        }
    };
    (draft $name:ident($by:ty) $says:literal) => {
        setter! { both $name($by) $says }
    };
    ($who:ident $name:ident($by:ty) $($says:literal)?) => {};
}

draft_fields!(draft);

impl Draft {
    /// Creates a draft with only a title in one locale.
    pub fn new(locale: impl Into<String>, title: impl Into<String>) -> Self {
        Self::from_text(Text::new(locale, title))
    }

    /// Creates a draft with one text.
    pub fn from_text(text: Text) -> Self {
        Self {
            texts: vec![text],
            ..Self::default()
        }
    }

    /// Adds a text in another locale.
    #[must_use]
    pub fn text(mut self, text: Text) -> Self {
        self.texts.push(text);
        self
    }

    /// Adds a condition of the audience; all conditions must hold.
    #[must_use]
    pub fn audience<V: Into<String>>(
        mut self,
        attribute: impl Into<String>,
        operator: Operator,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        self.audience = self.audience.and(attribute, operator, values);
        self
    }

    /// Sets when it is visible: from `starts_at` until before `ends_at`. None means from publishing, or
    /// without end.
    ///
    /// ```
    /// use notice::Draft;
    /// let draft = Draft::new("en", "Maintenance tonight").visible(None, 1_781_784_000_000);
    /// # assert!(draft.validate().is_ok());
    /// ```
    #[must_use]
    pub fn visible(
        mut self,
        starts_at: impl Into<Option<i64>>,
        ends_at: impl Into<Option<i64>>,
    ) -> Self {
        self.starts_at = starts_at.into();
        self.ends_at = ends_at.into();
        self
    }

    /// Returns the length of its texts in bytes.
    pub(crate) fn text_bytes(&self) -> usize {
        let bytes = |text: &Text| text.title.len() + text.summary.len() + text.body.len();
        self.texts.iter().map(bytes).sum()
    }

    /// Sets the time of the event itself.
    #[must_use]
    pub fn event(mut self, from: impl Into<Option<i64>>, to: impl Into<Option<i64>>) -> Self {
        self.event_from = from.into();
        self.event_to = to.into();
        self
    }

    /// Adds a tag.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Adds an action.
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    /// Adds an announcement that this one supersedes.
    #[must_use]
    pub fn replaces(mut self, reference: Reference) -> Self {
        self.replaces.push(reference);
        self
    }
}
