//! Announcements as shown to one viewer.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::filter::View;
use super::hits::{HitRange, Snippet};
use crate::model::{
    ActionKind, Announcement, Block, Format, Lifecycle, Locale, Placement, Severity, TextView,
    Viewer, choose_locale,
};

/// One announcement as shown to one viewer: one text, the viewer's marks, times and actions.
///
/// It omits other languages, the audience and replaced announcements, because a viewer must not learn who
/// else is addressed. An editor finds them in the [`record`](Self::record).
#[derive(Clone)]
pub struct Item {
    /// The whole announcement, shared with the board. The getters expose only a part of it.
    pub(crate) announcement: Arc<Announcement>,
    pub(crate) text_index: usize,
    /// Whether the query had the editor's view, so that the record is accessible.
    pub(crate) is_whole: bool,
    pub(crate) is_fallback: bool,
    pub(crate) is_read: bool,
    pub(crate) is_dismissed: bool,
    pub(crate) is_acknowledged: bool,
    pub(crate) is_pending: bool,
    pub(crate) seen_count: u32,
    /// 0 unless it is snoozed.
    pub(crate) snoozed_until: i64,
    pub(crate) found: Option<Box<Highlights>>,
}

/// Hits of a query's search text in an announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Highlights {
    /// The hits in the title.
    pub title: Vec<HitRange>,
    /// Excerpt of the summary or body with its hits, at most 120 characters.
    pub snippet: Snippet,
}

/// A button as shown to a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShownAction<'a> {
    /// Identifier within the announcement.
    pub id: &'a str,
    /// Kind of the action.
    pub kind: ActionKind,
    /// Label, in the language of the text.
    pub label: &'a str,
    /// Target of the action, such as a URL.
    pub value: &'a str,
}

/// Declares getters that read the announcement.
macro_rules! shown {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {
        impl Item {
            $($(#[$doc])*
            pub fn $name(&self) -> $type {
                self.announcement.$name()
            })*
        }
    };
}

shown! {
    /// Returns the id, which the board assigned and never reuses.
    id: i64;
    /// Returns the operator's own name for it, unique within its channel; empty if unset.
    key: &str;
    /// Returns the channel.
    channel: &str;
    /// Returns the version, which counts changes of the content from 1.
    version: u32;
    /// Returns the last version that counted as news.
    notify_version: u32;
    /// Returns the board's revision at the last change.
    revision: i64;
    /// Returns the board's revision when it was last news.
    notify_revision: i64;
    /// Returns whether it is published, retracted or a draft.
    state: Lifecycle;
    /// Returns the severity.
    severity: Severity;
    /// Returns the order within its severity, higher first.
    priority: i32;
    /// Returns whether it is pinned to the top.
    pinned: bool;
    /// Returns the start of visibility, inclusive; 0 for a draft that starts when it is released.
    starts_at: i64;
    /// Returns the end of visibility, exclusive; None for no end.
    ends_at: Option<i64>;
    /// Returns the start of the event itself.
    event_from: Option<i64>;
    /// Returns the end of the event itself.
    event_to: Option<i64>;
    /// Returns when it was first published, also as a draft.
    created_at: i64;
    /// Returns when it was last published; 0 for a draft.
    published_at: i64;
    /// Returns when its content last changed.
    updated_at: i64;
    /// Returns when it was retracted.
    retracted_at: Option<i64>;
    /// Returns the reason for the retraction; empty if none was given.
    retract_reason: &str;
    /// Returns where to show it.
    display: Placement;
    /// Returns whether it was published without being news.
    quiet: bool;
    /// Returns whether the viewer may dismiss it.
    dismissible: bool;
    /// Returns whether the viewer must acknowledge it.
    require_ack: bool;
    /// Returns the maximum number of popups for each viewer; None for no limit.
    show_limit: Option<u32>;
    /// Returns the shortest time between two popups, in milliseconds; None for no limit.
    show_interval_ms: Option<u32>;
    /// Returns the category; empty if unset.
    category: &str;
    /// Returns the author; empty if unset.
    author: &str;
    /// Returns the system that it comes from; empty if unset.
    source: &str;
    /// Returns its identity in that system; empty if unset.
    external_id: &str;
    /// Returns the application's own data as JSON text; empty if there is none.
    extras_json: &str;
    /// Returns the application's own data.
    extras: Map<String, Value>;
}

impl Item {
    /// Creates the item of `announcement`, without marks of the viewer.
    pub(crate) fn new(announcement: Arc<Announcement>, viewer: &Viewer, view: View) -> Self {
        let (locales, default) = (announcement.locales(), announcement.default_index());
        let choice = choose_locale(&viewer.locales, locales, default);
        let is_quiet = announcement.quiet();
        Self {
            announcement,
            text_index: choice.index,
            is_whole: view == View::Editor,
            is_fallback: choice.is_fallback,
            is_read: is_quiet,
            is_dismissed: false,
            is_acknowledged: false,
            is_pending: !is_quiet,
            seen_count: 0,
            snoozed_until: 0,
            found: None,
        }
    }

    /// Returns the whole announcement, with all languages and its audience; None unless the query had the
    /// editor's view.
    pub fn record(&self) -> Option<&Announcement> {
        self.is_whole.then_some(&*self.announcement)
    }

    /// Returns the text that was chosen.
    pub fn text(&self) -> TextView<'_> {
        self.announcement.text(self.text_index)
    }

    /// Returns the format of the body.
    pub fn format(&self) -> Format {
        self.announcement.format(self.text_index)
    }

    /// Returns the locale of the text.
    pub fn locale_used(&self) -> &str {
        // Without the text itself, which takes longer to cut out.
        let locale = self.announcement.locales().get(self.text_index);
        locale.map_or("", Locale::as_str)
    }

    /// Returns whether the text is in none of the requested locales.
    pub fn is_fallback(&self) -> bool {
        self.is_fallback
    }

    /// Returns whether the viewer has read it since it was last news.
    pub fn is_read(&self) -> bool {
        self.is_read
    }

    /// Returns whether it is dismissible and the viewer has dismissed it since it was last news.
    pub fn is_dismissed(&self) -> bool {
        self.is_dismissed
    }

    /// Returns whether the viewer has acknowledged it since it was last news.
    pub fn is_acknowledged(&self) -> bool {
        self.is_acknowledged
    }

    /// Returns whether it is pending: to be shown to the viewer now.
    pub fn is_pending(&self) -> bool {
        self.is_pending
    }

    /// Returns how often it was shown to the viewer since it was last news.
    pub fn seen_count(&self) -> u32 {
        self.seen_count
    }

    /// Returns the instant until which the viewer has snoozed it; None if it is not snoozed, or was news since.
    pub fn snoozed_until(&self) -> Option<i64> {
        (self.snoozed_until != 0).then_some(self.snoozed_until)
    }

    /// Returns the hits of the search text; None for a query without search text.
    pub fn found(&self) -> Option<&Highlights> {
        self.found.as_deref()
    }

    /// Returns the tags.
    pub fn tags(&self) -> impl ExactSizeIterator<Item = &str> {
        self.announcement.tags()
    }

    /// Returns the actions, with their labels in the language of the text.
    pub fn actions(&self) -> impl ExactSizeIterator<Item = ShownAction<'_>> {
        let locale = self.announcement.locales().get(self.text_index);
        self.announcement.actions().iter().map(move |action| {
            let first = || action.label.first().map_or("", |(_, label)| label);
            ShownAction {
                id: &action.id,
                kind: action.kind,
                label: locale.map_or_else(first, |locale| action.label_for(locale)),
                value: &action.value,
            }
        })
    }

    /// Returns the texts that do not depend on the language, in one run of bytes. For the C layer, which
    /// copies them in one go.
    #[doc(hidden)]
    pub fn common_block(&self) -> Block<'_> {
        self.announcement.common_block()
    }

    /// Returns title, summary and body, in one run of bytes. For the C layer.
    #[doc(hidden)]
    pub fn text_block(&self) -> Block<'_> {
        self.announcement.text_block(self.text_index)
    }
}

/// Shows only what the viewer may see, because items end up in logs.
impl fmt::Debug for Item {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Item")
            .field("id", &self.id())
            .field("version", &self.version())
            .field("revision", &self.revision())
            .field("text", &self.text())
            .field("is_fallback", &self.is_fallback)
            .field("is_read", &self.is_read)
            .field("is_dismissed", &self.is_dismissed)
            .field("is_acknowledged", &self.is_acknowledged)
            .field("is_pending", &self.is_pending)
            .field("seen_count", &self.seen_count)
            .field("snoozed_until", &self.snoozed_until())
            .field("found", &self.found)
            .finish_non_exhaustive()
    }
}
