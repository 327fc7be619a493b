//! Announcements as the board keeps them: immutable, with all text in one allocation.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::audience::Audience;
use super::draft::{Draft, Text};
use super::extras_text::ExtrasText;
use super::fields::{Action, Format, Lifecycle, Placement, Reference, Severity};
use super::locale::Locale;
use super::stated::Stated;
use super::validate::{Checked, channel_or_default};

/// Texts that do not depend on a locale, in packed order. Tags follow them, then title, summary and
/// body for each locale.
#[derive(Clone, Copy)]
enum Common {
    Key,
    Channel,
    Category,
    Author,
    Source,
    ExternalId,
    Extras,
    RetractReason,
}

const COMMON: usize = 8;
const PER_LOCALE: usize = 3;

/// Fields that few announcements have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Rare {
    actions: Vec<Action>,
    replaces: Vec<Reference>,
}

/// Fields set by the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) id: i64,
    pub(crate) version: u32,
    pub(crate) notify_version: u32,
    pub(crate) revision: i64,
    pub(crate) notify_revision: i64,
    pub(crate) state: Lifecycle,
    pub(crate) created_at: i64,
    pub(crate) published_at: i64,
    pub(crate) updated_at: i64,
    /// While it is published: when it became news again, by a restore or a major edit; 0 if it did not.
    pub(crate) retracted_at: i64,
}

/// An announcement on a board. It is immutable; a change replaces it.
///
/// All times are Unix milliseconds, UTC. A text that is not set is empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Announcement {
    given: Given,
    starts_at: i64,
    ends_at: i64,
    event_from: i64,
    event_to: i64,
    priority: i32,
    show_limit: u32,
    show_interval_ms: u32,
    /// Bit i: the body of text i is Markdown.
    markdown: u32,
    severity: Severity,
    display: Placement,
    pinned: bool,
    dismissible: bool,
    require_ack: bool,
    quiet: bool,
    default_index: u8,
    tag_count: u8,
    /// Each text followed by a NUL, so that a C caller's copy is one run of bytes.
    packed: Box<str>,
    /// End of each text, which is the position of its NUL.
    ends: Box<[u32]>,
    locales: Arc<[Locale]>,
    audience: Arc<Audience>,
    rare: Option<Box<Rare>>,
}

/// Text of an announcement in one locale, borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextView<'a> {
    /// BCP 47 tag of the text's locale.
    pub locale: &'a str,
    /// The title; never empty.
    pub title: &'a str,
    /// The summary.
    pub summary: &'a str,
    /// The body.
    pub body: &'a str,
    /// Format of the body.
    pub format: Format,
}

/// Several texts of an announcement as one run of bytes, each followed by a NUL, for copying them
/// together.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    bytes: &'a str,
    base: usize,
    ends: &'a [u32],
}

impl<'a> Block<'a> {
    /// Returns all the texts with their NULs.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes.as_bytes()
    }

    /// Returns the position of each text in [`bytes`](Self::bytes), without its NUL.
    pub fn ranges(&self) -> impl ExactSizeIterator<Item = Range<usize>> + use<'a> {
        let base = self.base;
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let end = *end as usize - base;
            let range = start..end;
            start = end + 1;
            range
        })
    }
}

/// An announcement in stored form: all fields, with 0 for those that are not set.
#[derive(Debug, Clone)]
pub(crate) struct Unpacked {
    pub(crate) given: Given,
    pub(crate) starts_at: i64,
    pub(crate) ends_at: i64,
    pub(crate) event_from: i64,
    pub(crate) event_to: i64,
    pub(crate) priority: i32,
    pub(crate) show_limit: u32,
    pub(crate) show_interval_ms: u32,
    pub(crate) markdown: u32,
    pub(crate) severity: Severity,
    pub(crate) display: Placement,
    pub(crate) pinned: bool,
    pub(crate) dismissible: bool,
    pub(crate) require_ack: bool,
    pub(crate) quiet: bool,
    pub(crate) default_index: u8,
    pub(crate) tag_count: u8,
    /// Each text followed by a NUL.
    pub(crate) packed: Box<str>,
    pub(crate) locales: Arc<[Locale]>,
    pub(crate) audience: Arc<Audience>,
    pub(crate) actions: Vec<Action>,
    pub(crate) replaces: Vec<Reference>,
}

/// Converts 0, which means not set in stored form, to None.
fn set<T: Default + PartialEq>(packed: T) -> Option<T> {
    (packed != T::default()).then_some(packed)
}

/// Packs texts one after the other, each followed by a NUL, and returns where each one ends.
fn pack<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> (Box<str>, Box<[u32]>) {
    let (count, bytes) = texts.clone().fold((0, 0), |(count, bytes), text| {
        (count + 1, bytes + text.len() + 1)
    });
    let (mut packed, mut ends) = (String::with_capacity(bytes), Vec::with_capacity(count));
    for text in texts {
        packed.push_str(text);
        // A record has at most 512 KiB and some names, so this never saturates.
        ends.push(u32::try_from(packed.len()).unwrap_or(u32::MAX));
        packed.push('\0');
    }
    (packed.into_boxed_str(), ends.into_boxed_slice())
}

impl Announcement {
    /// Packs a checked draft that starts at `starts_at`.
    pub(crate) fn new(
        draft: &Draft,
        checked: &Checked,
        starts_at: i64,
        given: Given,
        locales: Arc<[Locale]>,
        audience: Arc<Audience>,
        retract_reason: &str,
    ) -> Self {
        let common = [
            draft.key.as_str(),
            channel_or_default(&draft.channel),
            &draft.category,
            &draft.author,
            &draft.source,
            &draft.external_id,
            &checked.extras,
            retract_reason,
        ];
        let tags = draft.tags.iter().map(String::as_str);
        let texts = (draft.texts.iter()).flat_map(|text| {
            [
                text.title.as_str(),
                text.summary.as_str(),
                text.body.as_str(),
            ]
        });
        let (packed, ends) = pack(common.into_iter().chain(tags).chain(texts));
        let mut markdown = 0;
        for (i, text) in draft.texts.iter().enumerate() {
            markdown |= u32::from(text.format == Format::Markdown) << i;
        }
        let rare = (!draft.actions.is_empty() || !draft.replaces.is_empty()).then(|| {
            Box::new(Rare {
                actions: draft.actions.clone(),
                replaces: draft.replaces.clone(),
            })
        });
        Self {
            given,
            starts_at,
            ends_at: draft.ends_at.unwrap_or_default(),
            event_from: draft.event_from.unwrap_or_default(),
            event_to: draft.event_to.unwrap_or_default(),
            priority: draft.priority,
            show_limit: draft.show_limit.unwrap_or_default(),
            show_interval_ms: draft.show_interval_ms.unwrap_or_default(),
            markdown,
            severity: draft.severity,
            display: draft.display,
            pinned: draft.pinned,
            dismissible: draft.dismissible,
            require_ack: draft.require_ack,
            quiet: draft.quiet,
            // Validation allows at most 32 locales and 16 tags.
            default_index: checked.default_index as u8,
            tag_count: draft.tags.len() as u8,
            packed,
            ends,
            locales,
            audience,
            rare,
        }
    }

    /// Rebuilds an announcement from the output of [`parts`](Self::parts); None if the parts are
    /// inconsistent.
    pub(crate) fn from_parts(parts: Unpacked) -> Option<Self> {
        let common = COMMON + usize::from(parts.tag_count);
        let texts = PER_LOCALE * parts.locales.len();
        let mut ends = Vec::with_capacity(common + texts);
        // No text contains a NUL, so each NUL ends a text.
        for end in memchr::memchr_iter(0, parts.packed.as_bytes()) {
            if ends.len() == common + texts {
                return None;
            }
            ends.push(u32::try_from(end).ok()?);
        }
        let last = ends.last().map_or(0, |end| *end as usize + 1);
        let is_whole = ends.len() == common + texts || ends.len() == common;
        let has_default = usize::from(parts.default_index) < parts.locales.len();
        if last != parts.packed.len() || !is_whole || !has_default {
            return None;
        }
        let rare = (!parts.actions.is_empty() || !parts.replaces.is_empty()).then(|| {
            Box::new(Rare {
                actions: parts.actions,
                replaces: parts.replaces,
            })
        });
        Some(Self {
            given: parts.given,
            starts_at: parts.starts_at,
            ends_at: parts.ends_at,
            event_from: parts.event_from,
            event_to: parts.event_to,
            priority: parts.priority,
            show_limit: parts.show_limit,
            show_interval_ms: parts.show_interval_ms,
            markdown: parts.markdown,
            severity: parts.severity,
            display: parts.display,
            pinned: parts.pinned,
            dismissible: parts.dismissible,
            require_ack: parts.require_ack,
            quiet: parts.quiet,
            default_index: parts.default_index,
            tag_count: parts.tag_count,
            packed: parts.packed,
            ends: ends.into_boxed_slice(),
            locales: parts.locales,
            audience: parts.audience,
            rare,
        })
    }

    /// Returns all fields in stored form.
    pub(crate) fn parts(&self) -> Unpacked {
        Unpacked {
            given: self.given,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            event_from: self.event_from,
            event_to: self.event_to,
            priority: self.priority,
            show_limit: self.show_limit,
            show_interval_ms: self.show_interval_ms,
            markdown: self.markdown,
            severity: self.severity,
            display: self.display,
            pinned: self.pinned,
            dismissible: self.dismissible,
            require_ack: self.require_ack,
            quiet: self.quiet,
            default_index: self.default_index,
            tag_count: self.tag_count,
            packed: self.packed.clone(),
            locales: Arc::clone(&self.locales),
            audience: Arc::clone(&self.audience),
            actions: self.actions().to_vec(),
            replaces: self.replaces().to_vec(),
        }
    }

    /// Returns the id, given by the engine; ascending, never used again.
    pub fn id(&self) -> i64 {
        self.given.id
    }

    /// Returns the operator's own name for it, unique within its channel.
    pub fn key(&self) -> &str {
        self.common(Common::Key)
    }

    /// Returns the stream of the announcement.
    pub fn channel(&self) -> &str {
        self.common(Common::Channel)
    }

    /// Returns the number of the content's version, from 1.
    pub fn version(&self) -> u32 {
        self.given.version
    }

    /// Returns the last version that counted as news.
    pub fn notify_version(&self) -> u32 {
        self.given.notify_version
    }

    /// Returns the board's revision at the last change.
    pub fn revision(&self) -> i64 {
        self.given.revision
    }

    /// Returns the board's revision at [`notify_version`](Self::notify_version).
    pub fn notify_revision(&self) -> i64 {
        self.given.notify_revision
    }

    /// Returns whether it is published, retracted or a draft.
    pub fn state(&self) -> Lifecycle {
        self.given.state
    }

    /// Returns the severity.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns the order within the severity, higher first.
    pub fn priority(&self) -> i32 {
        self.priority
    }

    /// Returns whether it sorts before everything that is not pinned.
    pub fn pinned(&self) -> bool {
        self.pinned
    }

    /// Returns the start of visibility, inclusive; 0 for a draft that starts when it is released.
    pub fn starts_at(&self) -> i64 {
        self.starts_at
    }

    /// Returns the end of visibility, exclusive; None means no end.
    pub fn ends_at(&self) -> Option<i64> {
        set(self.ends_at)
    }

    /// Returns the start of the event itself.
    pub fn event_from(&self) -> Option<i64> {
        set(self.event_from)
    }

    /// Returns the end of the event itself.
    pub fn event_to(&self) -> Option<i64> {
        set(self.event_to)
    }

    /// Returns the time of the first publishing, also as a draft.
    pub fn created_at(&self) -> i64 {
        self.given.created_at
    }

    /// Returns the time of the last publishing: the first, a release or a restore; 0 for a draft.
    pub fn published_at(&self) -> i64 {
        self.given.published_at
    }

    /// Returns the time of the last change of content.
    pub fn updated_at(&self) -> i64 {
        self.given.updated_at
    }

    /// Returns the time of retraction, if it is retracted.
    pub fn retracted_at(&self) -> Option<i64> {
        set(self.given.retracted_at).filter(|_| self.state() == Lifecycle::Retracted)
    }

    /// Returns when it became news again, by a restore or a major edit.
    pub fn renewed_at(&self) -> Option<i64> {
        set(self.given.retracted_at).filter(|_| self.state() == Lifecycle::Published)
    }

    /// Returns the instant at which it last became news and visible.
    pub(crate) fn news_at(&self) -> i64 {
        self.starts_at.max(self.renewed_at().unwrap_or_default())
    }

    /// Returns whether it was published without being news: it counts as read, and never pops up.
    pub fn quiet(&self) -> bool {
        self.quiet
    }

    /// Returns the reason of the retraction.
    pub fn retract_reason(&self) -> &str {
        self.common(Common::RetractReason)
    }

    /// Returns the audience.
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// Returns where to show it.
    pub fn display(&self) -> Placement {
        self.display
    }

    /// Returns whether a viewer may dismiss it.
    pub fn dismissible(&self) -> bool {
        self.dismissible
    }

    /// Returns whether a viewer must acknowledge it.
    pub fn require_ack(&self) -> bool {
        self.require_ack
    }

    /// Returns the maximum number of popups for each viewer; None means no limit.
    pub fn show_limit(&self) -> Option<u32> {
        set(self.show_limit)
    }

    /// Returns the shortest time between two popups, in milliseconds.
    pub fn show_interval_ms(&self) -> Option<u32> {
        set(self.show_interval_ms)
    }

    /// Returns the buttons.
    pub fn actions(&self) -> &[Action] {
        self.rare.as_ref().map_or(&[], |rare| &rare.actions)
    }

    /// Returns the announcements that are hidden while this one is visible.
    pub fn replaces(&self) -> &[Reference] {
        self.rare.as_ref().map_or(&[], |rare| &rare.replaces)
    }

    /// Returns the category.
    pub fn category(&self) -> &str {
        self.common(Common::Category)
    }

    /// Returns the tags.
    pub fn tags(&self) -> impl ExactSizeIterator<Item = &str> {
        (COMMON..COMMON + usize::from(self.tag_count)).map(|index| self.nth(index))
    }

    /// Returns the author.
    pub fn author(&self) -> &str {
        self.common(Common::Author)
    }

    /// Returns the system that it comes from.
    pub fn source(&self) -> &str {
        self.common(Common::Source)
    }

    /// Returns its identity in that system.
    pub fn external_id(&self) -> &str {
        self.common(Common::ExternalId)
    }

    /// Returns the application's own data as JSON text; empty when not set.
    pub fn extras_json(&self) -> &str {
        self.common(Common::Extras)
    }

    /// Returns the locales of the texts, in the order in which they were given.
    pub fn locales(&self) -> &[Locale] {
        &self.locales
    }

    /// Returns the index of the text to fall back to.
    pub fn default_index(&self) -> usize {
        usize::from(self.default_index)
    }

    /// Returns the text at an index of [`locales`](Self::locales), or the default text for an
    /// invalid index.
    pub fn text(&self, index: usize) -> TextView<'_> {
        let index = if index < self.locales.len() {
            index
        } else {
            self.default_index()
        };
        let first = self.first_of_locale(index);
        let [title, summary, body] = [first, first + 1, first + 2].map(|nth| self.nth(nth));
        let locale = self.locales.get(index).map_or("", Locale::as_str);
        TextView {
            locale,
            title,
            summary,
            body,
            format: self.format(index),
        }
    }

    /// Returns all the texts.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = TextView<'_>> {
        (0..self.locales.len()).map(|index| self.text(index))
    }

    /// Returns the format of the body of text `index`.
    pub fn format(&self, index: usize) -> Format {
        let bit = u32::try_from(index)
            .ok()
            .and_then(|i| self.markdown.checked_shr(i))
            .unwrap_or(0);
        if bit & 1 == 1 {
            Format::Markdown
        } else {
            Format::Text
        }
    }

    /// Returns key, channel, category, author, source, external id, extras, retraction reason and
    /// the tags, in this order.
    pub fn common_block(&self) -> Block<'_> {
        self.block(0, COMMON + usize::from(self.tag_count))
    }

    /// Returns title, summary and body of text `index`; empty for an invalid index.
    pub fn text_block(&self, index: usize) -> Block<'_> {
        let first = self.first_of_locale(index);
        self.block(first, first + PER_LOCALE)
    }

    /// Returns the writable fields, for an editor to change and publish again.
    pub fn to_draft(&self) -> Draft {
        let texts = self.texts().map(|text| Text {
            locale: text.locale.to_owned(),
            title: text.title.to_owned(),
            summary: text.summary.to_owned(),
            body: text.body.to_owned(),
            format: text.format,
        });
        let default_locale = self
            .locales
            .get(self.default_index())
            .map(|l| l.as_str().to_owned());
        let extras = self.extras();
        Draft {
            key: self.key().to_owned(),
            channel: self.channel().to_owned(),
            severity: self.severity,
            priority: self.priority,
            pinned: self.pinned,
            starts_at: self.start_of_draft(),
            ends_at: self.ends_at(),
            event_from: self.event_from(),
            event_to: self.event_to(),
            texts: texts.collect(),
            default_locale: default_locale.unwrap_or_default(),
            audience: Audience::clone(&self.audience),
            display: self.display,
            dismissible: self.dismissible,
            require_ack: self.require_ack,
            show_limit: self.show_limit(),
            show_interval_ms: self.show_interval_ms(),
            actions: self.actions().to_vec(),
            category: self.category().to_owned(),
            tags: self.tags().map(str::to_owned).collect(),
            replaces: self.replaces().to_vec(),
            author: self.author().to_owned(),
            source: self.source().to_owned(),
            external_id: self.external_id().to_owned(),
            extras_text: ExtrasText::written(self.extras_json(), &extras),
            extras,
            created_at: None,
            published_at: None,
            quiet: self.quiet,
            change: None,
            idempotency_key: String::new(),
            // A copy of what nobody may see yet must not be published by mistake.
            state: Some(self.state()).filter(|state| *state == Lifecycle::Draft),
            stated: Stated::default(),
        }
    }

    /// Returns its start; None for a draft that starts when it is released.
    fn start_of_draft(&self) -> Option<i64> {
        let is_set = self.state() != Lifecycle::Draft || self.starts_at != 0;
        is_set.then_some(self.starts_at)
    }

    /// Returns the application's own data.
    pub fn extras(&self) -> Map<String, Value> {
        serde_json::from_str(self.extras_json()).unwrap_or_default()
    }

    /// Reports whether it is visible at `now` by its state and times alone.
    pub(crate) fn is_active(&self, now: i64) -> bool {
        self.given.state == Lifecycle::Published
            && self.starts_at <= now
            && (self.ends_at == 0 || now < self.ends_at)
    }

    /// Reports whether its audience can have seen it by `now`: it was released, had started, and was
    /// not retracted before that.
    pub(crate) fn has_shown(&self, now: i64) -> bool {
        self.starts_at <= now
            && match self.given.state {
                Lifecycle::Published => true,
                Lifecycle::Retracted => self.starts_at <= self.given.retracted_at,
                Lifecycle::Draft => false,
            }
    }

    /// Reports whether it has no titles, summaries and bodies: see
    /// [`without_texts`](Self::without_texts).
    pub(crate) fn is_without_texts(&self) -> bool {
        self.ends.len() == COMMON + usize::from(self.tag_count)
    }

    /// Returns a copy without the texts, with everything that a filter and an audience examine.
    pub(crate) fn without_texts(&self) -> Self {
        let count = COMMON + usize::from(self.tag_count);
        let common = self.block(0, count).bytes;
        Self {
            packed: common.into(),
            ends: self.ends.get(..count).unwrap_or_default().into(),
            locales: Arc::clone(&self.locales),
            audience: Arc::clone(&self.audience),
            rare: self.rare.clone(),
            ..*self
        }
    }

    /// Returns a copy without anything that an operator wrote, except for the audience: nothing but who could
    /// see it, and when.
    pub(crate) fn redacted(&self) -> Self {
        let ends = 0..COMMON as u32;
        Self {
            packed: ends.clone().map(|_| '\0').collect::<String>().into(),
            ends: ends.collect(),
            tag_count: 0,
            rare: None,
            locales: Arc::clone(&self.locales),
            audience: Arc::clone(&self.audience),
            ..*self
        }
    }

    /// Reports whether it is [`redacted`](Self::redacted). Any other one has a channel.
    pub(crate) fn is_redacted(&self) -> bool {
        self.channel().is_empty()
    }

    /// Returns a copy with different engine fields and retraction reason. Anything that a later build
    /// wrote is kept, even if this build would refuse it in a draft.
    pub(crate) fn with_state(&self, given: Given, retract_reason: &str) -> Self {
        let nth = Common::RetractReason as usize;
        let start = self.start(nth);
        let former = self.nth(nth).len();
        let before = self.packed.get(..start).unwrap_or_default();
        let behind = self.packed.get(start + former..).unwrap_or_default();
        let moved = |(n, end): (usize, &u32)| match n < nth {
            true => *end,
            // A reason is short, and what is packed far from saturating.
            false => (*end - former as u32) + retract_reason.len() as u32,
        };
        Self {
            given,
            packed: [before, retract_reason, behind].concat().into(),
            ends: self.ends.iter().enumerate().map(moved).collect(),
            locales: Arc::clone(&self.locales),
            audience: Arc::clone(&self.audience),
            rare: self.rare.clone(),
            ..*self
        }
    }

    /// Returns it with another start.
    pub(crate) fn starting(self, starts_at: i64) -> Self {
        Self { starts_at, ..self }
    }

    /// Returns it as news, even if it was published quietly.
    pub(crate) fn made_news(self) -> Self {
        Self {
            quiet: false,
            ..self
        }
    }

    /// Returns a copy for its history: without its audience and what it replaces.
    pub(crate) fn as_former(&self) -> Self {
        Self {
            audience: Arc::new(Audience::everyone()),
            ..self.with_replaces(*self.given(), Vec::new())
        }
    }

    /// Returns a copy with different engine fields that replaces others.
    pub(crate) fn with_replaces(&self, given: Given, replaces: Vec<Reference>) -> Self {
        let actions = self.actions().to_vec();
        let is_rare = !actions.is_empty() || !replaces.is_empty();
        Self {
            given,
            packed: self.packed.clone(),
            ends: self.ends.clone(),
            locales: Arc::clone(&self.locales),
            audience: Arc::clone(&self.audience),
            rare: is_rare.then(|| Box::new(Rare { actions, replaces })),
            ..*self
        }
    }

    /// Returns the length of its texts in bytes.
    pub(crate) fn text_bytes(&self) -> usize {
        self.packed.len() - self.ends.len()
    }

    /// Returns its memory in bytes, without what it shares with others.
    pub(crate) fn heap_bytes(&self) -> usize {
        std::mem::size_of::<Self>() + self.packed.len() + std::mem::size_of_val(self.ends.as_ref())
    }

    pub(crate) fn given(&self) -> &Given {
        &self.given
    }

    pub(crate) fn locales_shared(&self) -> &Arc<[Locale]> {
        &self.locales
    }

    /// Returns the key or else the id: the salt of a percentage that has none.
    pub(crate) fn seed(&self) -> Cow<'_, str> {
        match self.key() {
            "" => Cow::Owned(self.id().to_string()),
            key => Cow::Borrowed(key),
        }
    }

    pub(crate) fn audience_shared(&self) -> &Arc<Audience> {
        &self.audience
    }

    fn common(&self, which: Common) -> &str {
        self.nth(which as usize)
    }

    fn nth(&self, index: usize) -> &str {
        let start = self.start(index);
        let end = self.ends.get(index).map_or(start, |end| *end as usize);
        self.packed.get(start..end).unwrap_or("")
    }

    fn start(&self, index: usize) -> usize {
        match index
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
        {
            Some(end) => *end as usize + 1,
            None => 0,
        }
    }

    fn first_of_locale(&self, index: usize) -> usize {
        COMMON + usize::from(self.tag_count) + index.saturating_mul(PER_LOCALE)
    }

    fn block(&self, first: usize, end: usize) -> Block<'_> {
        let base = self.start(first);
        let ends = self.ends.get(first..end).unwrap_or(&[]);
        let bytes = ends
            .last()
            .and_then(|last| self.packed.get(base..=*last as usize));
        Block {
            bytes: bytes.unwrap_or(""),
            base,
            ends,
        }
    }
}
