//! Filters: one predicate for lists, counts and single announcements.

use crate::model::limits;
use std::ops::{Range, RangeFrom, RangeTo};

use crate::error::{Bilingual, Error, Result};
use crate::model::{Announcement, Lifecycle, Locale, Severity};
use crate::named::named;

use super::order::end_or_never;

named! {
    /// Phase of an announcement's life, computed from the time of the query.
    Phase, "phase" {
        /// 生效中: visible now.
        Active = 0 "active",
        /// 待生效: starts in the future.
        Scheduled = 1 "scheduled",
        /// 已过期: has ended.
        Expired = 2 "expired",
        /// 已撤回: retracted.
        Retracted = 3 "retracted",
        /// Any phase.
        Any = 4 "any",
        /// 草稿: not released yet.
        Draft = 5 "draft",
    }
}

named! {
    /// Point of view on a board.
    View, "view" {
        /// A viewer's: only announcements addressed to this viewer that are active, or expired when
        /// the filter asks for these.
        Viewer = 0 "viewer",
        /// An editor's: any audience, hidden announcements included.
        Editor = 1 "editor",
    }
}

/// A range of time from `from` (inclusive) to `until` (exclusive), in Unix milliseconds.
///
/// ```
/// use notice::TimeRange;
/// assert_eq!(TimeRange::from(1000..2000), TimeRange::new(1000, 2000));
/// assert_eq!(TimeRange::from(1000..), TimeRange::new(1000, None));
/// assert_eq!(TimeRange::from(..2000), TimeRange::new(None, 2000));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct TimeRange {
    /// First instant in the range; None for no bound.
    pub from: Option<i64>,
    /// First instant after the range; None for no bound.
    pub until: Option<i64>,
}

impl TimeRange {
    /// Creates the range from `from` (inclusive) to `until` (exclusive).
    pub fn new(from: impl Into<Option<i64>>, until: impl Into<Option<i64>>) -> Self {
        Self {
            from: from.into(),
            until: until.into(),
        }
    }

    fn contains(&self, time: i64) -> bool {
        self.from.is_none_or(|from| from <= time) && self.until.is_none_or(|until| time < until)
    }
}

impl From<Range<i64>> for TimeRange {
    fn from(range: Range<i64>) -> Self {
        Self::new(range.start, range.end)
    }
}

impl From<RangeFrom<i64>> for TimeRange {
    fn from(range: RangeFrom<i64>) -> Self {
        Self::new(range.start, None)
    }
}

impl From<RangeTo<i64>> for TimeRange {
    fn from(range: RangeTo<i64>) -> Self {
        Self::new(None, range.end)
    }
}

/// Conditions on announcements, all of which must hold. An empty list is no condition.
///
/// ```
/// use notice::{Filter, Severity};
/// let filter = Filter::new().channels(["ops"]).severity_at_least(Severity::Warning);
/// # assert!(filter.pinned.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Filter {
    /// Only announcements in any of these channels.
    pub channels: Vec<String>,
    /// Only announcements in any of these categories.
    pub categories: Vec<String>,
    /// Only announcements with any of these tags.
    pub tags_any: Vec<String>,
    /// Only announcements with all of these tags.
    pub tags_all: Vec<String>,
    /// Only announcements with none of these tags.
    pub tags_none: Vec<String>,
    /// Only announcements of this severity or higher.
    pub severity_at_least: Option<Severity>,
    /// Only pinned announcements, or only those that are not pinned.
    pub pinned: Option<bool>,
    /// Only announcements with any of these ids.
    pub ids: Vec<i64>,
    /// Only announcements with any of these keys.
    pub keys: Vec<String>,
    /// Only announcements by this author.
    pub author: Option<String>,
    /// Only announcements with this identity in the system they come from.
    pub external_id: Option<String>,
    /// Only announcements in this phase. Any phase but `active` and `expired` needs an editor's view.
    pub phase: Phase,
    /// Only announcements that start in this range.
    pub starts: TimeRange,
    /// Only announcements that end in this range; one without an end is in no range that has an
    /// `until`.
    pub ends: TimeRange,
    /// Only announcements last published in this range.
    pub published: TimeRange,
    /// Only announcements last changed in this range.
    pub updated: TimeRange,
    /// Only announcements changed after this revision of the board.
    pub changed_since: Option<i64>,
    /// Only announcements with a text in exactly this locale.
    pub has_locale: Option<Locale>,
    /// Only announcements that the viewer has not read since they last were news.
    pub unread_only: bool,
    /// Only announcements to be shown to the viewer now: not dismissed, and within their show limit
    /// and interval.
    pub pending_only: bool,
    /// Only announcements that require an acknowledgement which the viewer has not given since they
    /// last were news.
    pub unacknowledged_only: bool,
    /// Search text of at most 1024 bytes: terms separated by blanks, all of which must match; `"a
    /// phrase"`, `-term`, `title:term`.
    pub q: String,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            channels: Vec::new(),
            categories: Vec::new(),
            tags_any: Vec::new(),
            tags_all: Vec::new(),
            tags_none: Vec::new(),
            severity_at_least: None,
            pinned: None,
            ids: Vec::new(),
            keys: Vec::new(),
            author: None,
            external_id: None,
            phase: Phase::Active,
            starts: TimeRange::default(),
            ends: TimeRange::default(),
            published: TimeRange::default(),
            updated: TimeRange::default(),
            changed_since: None,
            has_locale: None,
            unread_only: false,
            pending_only: false,
            unacknowledged_only: false,
            q: String::new(),
        }
    }
}

/// Setters of the conditions, each named as its field.
macro_rules! conditions {
    (
        lists { $($list:ident: $item:ty, $list_doc:literal;)* }
        values { $($value:ident: $type:ty, $value_doc:literal;)* }
    ) => {
        impl Filter {
            $(#[doc = $list_doc]
            #[must_use]
            pub fn $list<T: Into<$item>>(mut self, $list: impl IntoIterator<Item = T>) -> Self {
                self.$list = $list.into_iter().map(Into::into).collect();
                self
            })*

            $(#[doc = $value_doc]
            #[must_use]
            pub fn $value(mut self, $value: $type) -> Self {
                self.$value = $value.into();
                self
            })*
        }
    };
}

conditions! {
    lists {
        channels: String, "Requires any of these channels.";
        categories: String, "Requires any of these categories.";
        tags_any: String, "Requires any of these tags.";
        tags_all: String, "Requires all of these tags.";
        tags_none: String, "Excludes all of these tags.";
        ids: i64, "Requires any of these ids.";
        keys: String, "Requires any of these keys.";
    }
    values {
        severity_at_least: impl Into<Option<Severity>>, "Requires this severity or higher.";
        pinned: impl Into<Option<bool>>, "Requires pinned announcements, or those that are not pinned.";
        phase: Phase, "Requires this phase. Any phase but `active` and `expired` needs an editor's view.";
        starts: impl Into<TimeRange>, "Requires a start in this range.";
        ends: impl Into<TimeRange>, "Requires an end in this range.";
        published: impl Into<TimeRange>, "Requires the last publishing in this range.";
        updated: impl Into<TimeRange>, "Requires the last change in this range.";
        changed_since: impl Into<Option<i64>>, "Requires a change after this revision.";
        has_locale: impl Into<Option<Locale>>, "Requires a text in exactly this locale.";
        unread_only: bool, "Requires that the viewer has not read it.";
        pending_only: bool, "Requires that it is to be shown to the viewer now.";
        unacknowledged_only: bool, "Requires that the viewer must still acknowledge it.";
        q: impl Into<String>, "Sets the search text; see [`q`](Self#structfield.q).";
    }
}

impl Filter {
    /// Creates a filter without conditions, which matches active announcements.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for those by this author.
    #[must_use]
    pub fn author(mut self, author: impl Into<String>) -> Self {
        self.author = Some(author.into());
        self
    }

    /// Asks for the one of this identity in the system it came from.
    #[must_use]
    pub fn external_id(mut self, external_id: impl Into<String>) -> Self {
        self.external_id = Some(external_id.into());
        self
    }

    /// Refuses lists that are too long, and a phase that `view` does not show.
    pub(crate) fn check(&self, view: View) -> Result<()> {
        for (path, count) in [
            ("filter.channels", self.channels.len()),
            ("filter.categories", self.categories.len()),
            ("filter.tags_any", self.tags_any.len()),
            ("filter.tags_all", self.tags_all.len()),
            ("filter.tags_none", self.tags_none.len()),
            ("filter.ids", self.ids.len()),
            ("filter.keys", self.keys.len()),
        ] {
            if count > limits::FILTER_LIST {
                let unit = Bilingual::new("entries", "项");
                return Err(Error::too_large(
                    path,
                    count as u64,
                    limits::FILTER_LIST as u64,
                    &unit,
                ));
            }
        }
        if !matches!(self.phase, Phase::Active | Phase::Expired) && view != View::Editor {
            let reason = Bilingual::new(
                "a viewer sees only active and expired; the others require view = editor",
                "读者只能看到 active 和 expired；其他阶段需要编辑视图 (view = editor)",
            );
            return Err(Error::invalid("filter.phase", self.phase.name(), reason));
        }
        for (path, text) in [
            ("filter.author", &self.author),
            ("filter.external_id", &self.external_id),
        ] {
            if text.as_deref() == Some("") {
                let reason = Bilingual::new("must not be empty", "不能为空");
                return Err(Error::invalid(path, "", reason));
            }
        }
        if let Some(since) = self.changed_since.filter(|since| *since < 0) {
            let reason = Bilingual::new("must not be negative", "不能为负数");
            let value = since.to_string();
            return Err(Error::invalid("filter.changed_since", &value, reason));
        }
        for (path, time) in self.times() {
            crate::model::check_time(&path, time)?;
        }
        Ok(())
    }

    /// Returns the bounds of its ranges that are set, each with its path.
    pub(crate) fn times(&self) -> impl Iterator<Item = (String, i64)> {
        let ranges = [
            ("filter.starts", self.starts),
            ("filter.ends", self.ends),
            ("filter.published", self.published),
            ("filter.updated", self.updated),
        ];
        ranges.into_iter().flat_map(|(path, range)| {
            let bounds = [("from", range.from), ("until", range.until)];
            bounds.into_iter().filter_map(move |(bound, time)| {
                // Most queries have none, and then no path is put together.
                let time = time?;
                Some((format!("{path}.{bound}"), time))
            })
        })
    }

    /// Reports whether the conditions hold that no index covers.
    pub(crate) fn holds_beside_indexes(&self, announcement: &Announcement) -> bool {
        // A draft without a start is in no range of starts, and none is published yet.
        let is_in = |range: TimeRange, time: i64, state: Lifecycle| {
            let is_set = time != 0 || state != Lifecycle::Draft;
            range == TimeRange::default() || is_set && range.contains(time)
        };
        let state = announcement.state();
        is_in(self.starts, announcement.starts_at(), state)
            && (self.ends == TimeRange::default()
                || self.ends.contains(end_or_never(announcement.ends_at())))
            && is_in(self.published, announcement.published_at(), state)
            && self.updated.contains(announcement.updated_at())
            && self
                .changed_since
                .is_none_or(|since| announcement.revision() > since)
            && self
                .has_locale
                .as_ref()
                .is_none_or(|l| announcement.locales().contains(l))
    }

    /// Reports whether all conditions hold that depend on the announcement alone: not phase, viewer
    /// state and search text.
    pub(crate) fn holds(&self, announcement: &Announcement) -> bool {
        let is_in = |list: &[String], value: &str| {
            list.is_empty() || list.iter().any(|wanted| wanted == value)
        };
        let is = |wanted: &Option<String>, value: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == value)
        };
        let has = |tag: &String| announcement.tags().any(|other| other == tag);
        is_in(&self.channels, announcement.channel())
            && is_in(&self.categories, announcement.category())
            && is_in(&self.keys, announcement.key())
            && (self.ids.is_empty() || self.ids.contains(&announcement.id()))
            && (self.tags_any.is_empty() || self.tags_any.iter().any(has))
            && self.tags_all.iter().all(has)
            && !self.tags_none.iter().any(has)
            && self
                .severity_at_least
                .is_none_or(|least| announcement.severity() >= least)
            && self
                .pinned
                .is_none_or(|pinned| announcement.pinned() == pinned)
            && is(&self.author, announcement.author())
            && is(&self.external_id, announcement.external_id())
            && self.holds_beside_indexes(announcement)
    }

    /// Reports whether the filter depends on viewer state.
    pub(crate) fn needs_user(&self) -> bool {
        self.unread_only || self.pending_only || self.unacknowledged_only
    }

    /// Reports whether the filter has a condition that no index covers.
    pub(crate) fn needs_records(&self) -> bool {
        let unbounded = TimeRange::default();
        [self.starts, self.ends, self.published, self.updated]
            .iter()
            .any(|r| *r != unbounded)
            || self.changed_since.is_some()
            || self.has_locale.is_some()
    }
}

impl Phase {
    /// Returns the phase of an announcement at `now`; never `Any`.
    pub fn of(announcement: &Announcement, now: i64) -> Self {
        if announcement.state() == Lifecycle::Retracted {
            Self::Retracted
        } else if announcement.state() == Lifecycle::Draft {
            Self::Draft
        } else if now < announcement.starts_at() {
            Self::Scheduled
        } else if end_or_never(announcement.ends_at()) <= now {
            Self::Expired
        } else {
            Self::Active
        }
    }
}
