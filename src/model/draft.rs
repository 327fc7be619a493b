//! Drafts: the writable fields of an announcement.

use serde_json::{Map, Value};

use super::audience::Audience;
use super::condition::Operator;
use super::fields::{Action, Format, Importance, Placement, Reference, Severity};

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
    /// The operator's own name for it, unique within its channel. Publishing under an existing key
    /// updates that announcement. At most 128 bytes of `[A-Za-z0-9._:/-]`.
    pub key: String,
    /// Stream of the announcement, at most 64 bytes; empty means `default`.
    pub channel: String,
    /// The severity.
    pub severity: Severity,
    /// Order within the severity, -1000..=1000, higher first.
    pub priority: i32,
    /// Whether it sorts before everything that is not pinned.
    pub pinned: bool,
    /// Start of visibility, inclusive; None means the instant of publishing.
    pub starts_at: Option<i64>,
    /// End of visibility, exclusive; None means no end.
    pub ends_at: Option<i64>,
    /// Start of the event itself; never hides anything.
    pub event_from: Option<i64>,
    /// End of the event itself.
    pub event_to: Option<i64>,
    /// The texts, 1 to 32, each in a different locale.
    pub texts: Vec<Text>,
    /// Locale of the text to fall back to; empty means the first of `texts`.
    pub default_locale: String,
    /// The audience.
    pub audience: Audience,
    /// Where to show it.
    pub display: Placement,
    /// Whether a viewer may dismiss it.
    pub dismissible: bool,
    /// Whether a viewer must acknowledge it.
    pub require_ack: bool,
    /// Maximum number of popups for each viewer; None means no limit.
    pub show_limit: Option<u32>,
    /// Shortest time between two popups, in milliseconds; None means no limit.
    pub show_interval_ms: Option<u32>,
    /// The buttons, at most 4.
    pub actions: Vec<Action>,
    /// The category, at most 64 bytes.
    pub category: String,
    /// The tags, at most 16 of at most 32 bytes each.
    pub tags: Vec<String>,
    /// Announcements that are hidden while this one is visible; at most 16.
    pub replaces: Vec<Reference>,
    /// Author of the announcement, at most 128 bytes.
    pub author: String,
    /// System that it comes from, at most 128 bytes.
    pub source: String,
    /// Identity in that system, at most 512 bytes.
    pub external_id: String,
    /// The application's own data, returned unchanged; at most 8 KiB as JSON, depth 8.
    pub extras: Map<String, Value>,
    /// Whether an upsert is news. None: it is when a title, a body, the severity, a time or the
    /// audience changes.
    pub change: Option<Importance>,
    /// Makes the request safe to repeat: the same draft under the same key returns the first
    /// result. Kept for 24 hours, at most 10 000 of them. At most 128 bytes. Not a part of the
    /// announcement.
    pub idempotency_key: String,
}

impl Default for Draft {
    /// Returns a draft without a text, which is not valid yet.
    fn default() -> Self {
        Self {
            key: String::new(),
            channel: String::new(),
            severity: Severity::Info,
            priority: 0,
            pinned: false,
            starts_at: None,
            ends_at: None,
            event_from: None,
            event_to: None,
            texts: Vec::new(),
            default_locale: String::new(),
            audience: Audience::default(),
            display: Placement::LIST,
            dismissible: true,
            require_ack: false,
            show_limit: None,
            show_interval_ms: None,
            actions: Vec::new(),
            category: String::new(),
            tags: Vec::new(),
            replaces: Vec::new(),
            author: String::new(),
            source: String::new(),
            external_id: String::new(),
            extras: Map::new(),
            change: None,
            idempotency_key: String::new(),
        }
    }
}

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

    /// Sets when it is visible: from `starts_at`, or at once, until before `ends_at`, or for ever.
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

/// Setters of single fields.
macro_rules! setters {
    ($($name:ident: $type:ty, $doc:literal;)*) => {
        impl Draft {
            $(#[doc = $doc]
            #[must_use]
            pub fn $name(mut self, $name: $type) -> Self {
                self.$name = $name.into();
                self
            })*
        }
    };
}

setters! {
    key: impl Into<String>, "Sets the operator's own name for it.";
    channel: impl Into<String>, "Sets the stream it belongs to.";
    severity: Severity, "Sets how serious it is.";
    priority: i32, "Sets its order inside its severity.";
    pinned: bool, "Pins it to the top.";
    starts_at: impl Into<Option<i64>>, "Sets from when on it is visible.";
    ends_at: impl Into<Option<i64>>, "Sets until when it is visible.";
    default_locale: impl Into<String>, "Sets the locale to fall back to.";
    display: Placement, "Sets where to show it.";
    dismissible: bool, "Sets whether a viewer may dismiss it.";
    require_ack: bool, "Sets whether a viewer must acknowledge it.";
    show_limit: impl Into<Option<u32>>, "Sets how often it pops up at most.";
    show_interval_ms: impl Into<Option<u32>>, "Sets the milliseconds between two popups.";
    category: impl Into<String>, "Sets its category.";
    author: impl Into<String>, "Sets who wrote it.";
    source: impl Into<String>, "Sets where it comes from.";
    external_id: impl Into<String>, "Sets its identity where it comes from.";
    change: Importance, "Says whether an upsert is news.";
    idempotency_key: impl Into<String>, "Names the request, so that it can be repeated safely.";
}
