//! Drafts: announcements to be published.

use notice::{
    Action, ActionKind, Audience, Bilingual, Condition, Draft, Error, Format, Importance,
    Lifecycle, Operator, Placement, Reference, Result, Severity, Text, limits,
};
use safer_ffi::prelude::derive_ReprC;
use std::mem::offset_of;

use super::names::{
    NOTICE_AS_DRAFT, NOTICE_CHANGE_DEFAULT, NOTICE_DISPLAY_NOWHERE, NOTICE_NOT_DISMISSIBLE,
    NOTICE_PINNED, NOTICE_QUIET, NOTICE_REQUIRE_ACK,
};
use super::text::NoticeStr;
use crate::boundary::arguments::{Caller, Growing, Plain, set};

/// The text of a draft in one locale.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeText {
    /// BCP 47 tag, such as "zh-CN".
    pub locale: NoticeStr,
    /// The title; required.
    pub title: NoticeStr,
    /// The summary; may be empty.
    pub summary: NoticeStr,
    /// The body; may be empty.
    pub body: NoticeStr,
    /// Format of `body`: NOTICE_FORMAT_TEXT or NOTICE_FORMAT_MARKDOWN.
    pub format: i32,
    /// Must be 0.
    pub reserved: u32,
}

/// Label of an action in one locale.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeLabel {
    /// BCP 47 tag, such as "zh-CN".
    pub locale: NoticeStr,
    /// The label.
    pub text: NoticeStr,
}

/// Button of a draft.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeActionIn {
    /// Identifies the action within its announcement: letters, digits and . _ : / -
    pub id: NoticeStr,
    /// NOTICE_ACTION_...
    pub kind: i32,
    /// Number of labels; at least one.
    pub label_count: u32,
    /// The labels.
    pub labels: *const NoticeLabel,
    /// The address, text or data that the action uses.
    pub value: NoticeStr,
}

/// Condition on a viewer's attribute.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeCondition {
    /// Name of the attribute. Well-known names are user, role, group, app, platform, arch, locale,
    /// area, place, app_version and os_version.
    pub attribute: NoticeStr,
    /// in, not_in, exists, prefix, glob, not_glob, gt, ge, lt, le, version, not_version or percent.
    pub op: NoticeStr,
    /// Values, any of which may match.
    pub values: *const NoticeStr,
    /// Number of values.
    pub value_count: usize,
}

/// Conditions that hold together.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeConditionList {
    /// The conditions.
    pub conditions: *const NoticeCondition,
    /// Number of conditions.
    pub count: usize,
}

/// An announcement to be published. Start from NOTICE_DRAFT_INIT and add a text.
///
/// All zero but `struct_size` is equivalent, except that the severity is then NOTICE_SEVERITY_NONE.
/// Times are Unix milliseconds, UTC; 0 means not set. The library reads what it points at only
/// during the call.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeDraft {
    /// sizeof(NoticeDraft).
    pub struct_size: u32,
    /// NOTICE_SEVERITY_...
    pub severity: i32,
    /// Order within the severity, higher first; from -NOTICE_MAX_PRIORITY to NOTICE_MAX_PRIORITY.
    pub priority: i32,
    /// Sum of NOTICE_PINNED, NOTICE_REQUIRE_ACK, NOTICE_NOT_DISMISSIBLE, NOTICE_QUIET and NOTICE_AS_DRAFT.
    pub flags: u32,
    /// Sum of NOTICE_DISPLAY_...; 0 means NOTICE_DISPLAY_LIST.
    pub display: u32,
    /// Maximum number of popups for each viewer; 0 means no limit.
    pub show_limit: u32,
    /// Shortest time between two popups, in milliseconds; 0 means no limit.
    pub show_interval_ms: u32,
    /// NOTICE_CHANGE_...: whether updating an existing announcement is news.
    pub change: i32,
    /// Start of visibility, inclusive; 0 means the instant of publishing.
    pub starts_at: i64,
    /// End of visibility, exclusive; 0 means no end.
    pub ends_at: i64,
    /// Start of the event itself; never hides anything.
    pub event_from: i64,
    /// End of the event itself.
    pub event_to: i64,
    /// The operator's own name for the announcement, unique within its channel. Publishing under an
    /// existing key updates that announcement. Printable text without a blank at either end.
    pub key: NoticeStr,
    /// Stream of the announcement; empty means "default".
    pub channel: NoticeStr,
    /// The texts, at least one, each in a different locale.
    pub texts: *const NoticeText,
    /// Number of texts.
    pub text_count: usize,
    /// Locale of the text to fall back to; empty means the first text's.
    pub default_locale: NoticeStr,
    /// Conditions that a viewer must meet, all of them; none means everyone.
    pub audience: *const NoticeCondition,
    /// Number of conditions.
    pub condition_count: usize,
    /// The buttons.
    pub actions: *const NoticeActionIn,
    /// Number of buttons.
    pub action_count: usize,
    /// The category.
    pub category: NoticeStr,
    /// The tags.
    pub tags: *const NoticeStr,
    /// Number of tags.
    pub tag_count: usize,
    /// Ids of announcements that are hidden while this one is visible.
    pub replaces_ids: *const i64,
    /// Number of ids.
    pub replaces_id_count: usize,
    /// Keys, in the same channel, of announcements that are hidden while this one is visible.
    pub replaces_keys: *const NoticeStr,
    /// Number of keys.
    pub replaces_key_count: usize,
    /// Author of the announcement.
    pub author: NoticeStr,
    /// System that the announcement comes from.
    pub source: NoticeStr,
    /// Identity of the announcement in that system.
    pub external_id: NoticeStr,
    /// The application's own data: a JSON object, or empty.
    pub extras_json: NoticeStr,
    /// Makes publishing safe to repeat. Within 24 hours the same draft under the same key returns
    /// the first result, and a different draft is NOTICE_IDEMPOTENCY_CONFLICT.
    pub idempotency_key: NoticeStr,
    /// Lists of conditions. Besides `audience`, a viewer must meet all conditions of at least one of these
    /// lists, unless there is none.
    pub audience_any: *const NoticeConditionList,
    /// Number of these lists.
    pub audience_any_count: usize,
    /// Lists of conditions. A viewer who meets all conditions of one of them is not in the audience.
    pub audience_none: *const NoticeConditionList,
    /// Number of these lists.
    pub audience_none_count: usize,
    /// When it was created, for what comes from elsewhere; 0 means the instant of publishing. Not in
    /// the future.
    pub created_at: i64,
    /// When it was published, for what comes from elsewhere; as `created_at`.
    pub published_at: i64,
}

// SAFETY: integers, and structures of raw pointers and integers.
unsafe impl Plain for NoticeText {}
// SAFETY: as above.
unsafe impl Plain for NoticeLabel {}
// SAFETY: as above.
unsafe impl Plain for NoticeActionIn {}
// SAFETY: as above.
unsafe impl Plain for NoticeCondition {}
// SAFETY: as above.
unsafe impl Plain for NoticeConditionList {}
// SAFETY: as above.
unsafe impl Plain for NoticeDraft {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for NoticeDraft {
    const SIZES: &'static [usize] = &[offset_of!(Self, audience_any), size_of::<Self>()];
}

/// Reads a draft. Publishing checks its limits.
pub(crate) fn read(caller: &Caller, draft: *const NoticeDraft) -> Result<Draft> {
    let c = caller.structure("draft", draft)?;
    let flags = NOTICE_PINNED
        | NOTICE_REQUIRE_ACK
        | NOTICE_NOT_DISMISSIBLE
        | NOTICE_QUIET
        | NOTICE_AS_DRAFT;
    if c.flags & !flags != 0 {
        return Err(unknown_bits("flags", c.flags & !flags));
    }
    let texts = caller.list("texts", c.texts, c.text_count, limits::LOCALES, |text| {
        read_text(caller, &text)
    })?;
    let mut audience: Audience =
        read_conditions(caller, "audience", c.audience, c.condition_count)?.into();
    audience.any = read_lists(caller, "audience.any", c.audience_any, c.audience_any_count)?;
    audience.none = read_lists(
        caller,
        "audience.none",
        c.audience_none,
        c.audience_none_count,
    )?;
    let actions = caller.list(
        "actions",
        c.actions,
        c.action_count,
        limits::ACTIONS,
        |action| read_action(caller, &action),
    )?;
    let extras = caller.str("extras_json", c.extras_json)?;
    let mut draft = Draft::default();
    draft.key = caller.string("key", c.key)?;
    draft.channel = caller.string("channel", c.channel)?;
    draft.severity = Severity::from_code(c.severity)?;
    draft.priority = c.priority;
    draft.pinned = c.flags & NOTICE_PINNED != 0;
    draft.starts_at = set(c.starts_at);
    draft.ends_at = set(c.ends_at);
    draft.event_from = set(c.event_from);
    draft.event_to = set(c.event_to);
    draft.created_at = set(c.created_at);
    draft.published_at = set(c.published_at);
    draft.texts = texts;
    draft.default_locale = caller.string("default_locale", c.default_locale)?;
    draft.audience = audience;
    draft.display = read_display(c.display)?;
    draft.dismissible = c.flags & NOTICE_NOT_DISMISSIBLE == 0;
    draft.quiet = c.flags & NOTICE_QUIET != 0;
    draft.state = (c.flags & NOTICE_AS_DRAFT != 0).then_some(Lifecycle::Draft);
    draft.require_ack = c.flags & NOTICE_REQUIRE_ACK != 0;
    draft.show_limit = set(c.show_limit);
    draft.show_interval_ms = set(c.show_interval_ms);
    draft.actions = actions;
    draft.category = caller.string("category", c.category)?;
    draft.tags = caller.strings("tags", c.tags, c.tag_count, limits::TAGS)?;
    draft.replaces = read_replaces(caller, &c)?;
    draft.author = caller.string("author", c.author)?;
    draft.source = caller.string("source", c.source)?;
    draft.external_id = caller.string("external_id", c.external_id)?;
    draft.idempotency_key = caller.string("idempotency_key", c.idempotency_key)?;
    draft.change = match c.change {
        NOTICE_CHANGE_DEFAULT => None,
        code => Some(Importance::from_code(code)?),
    };
    draft.extras_json(extras.as_bytes())
}

fn read_text(caller: &Caller, text: &NoticeText) -> Result<Text> {
    caller.reserved("reserved", text.reserved)?;
    let mut read = Text::new(
        caller.string("locale", text.locale)?,
        caller.string("title", text.title)?,
    );
    read.summary = caller.string("summary", text.summary)?;
    read.body = caller.string("body", text.body)?;
    read.format = Format::from_code(text.format)?;
    Ok(read)
}

fn read_lists(
    caller: &Caller,
    path: &str,
    lists: *const NoticeConditionList,
    count: usize,
) -> Result<Vec<Vec<Condition>>> {
    caller.list(path, lists, count, limits::AUDIENCE_BYTES, |list| {
        read_conditions(caller, "conditions", list.conditions, list.count)
    })
}

fn read_conditions(
    caller: &Caller,
    path: &str,
    conditions: *const NoticeCondition,
    count: usize,
) -> Result<Vec<Condition>> {
    caller.list(
        path,
        conditions,
        count,
        limits::AUDIENCE_BYTES,
        |condition| read_condition(caller, &condition),
    )
}

fn read_condition(caller: &Caller, condition: &NoticeCondition) -> Result<Condition> {
    // Each value takes at least two bytes of the audience's JSON, so the byte limit bounds the
    // count.
    let values = caller.strings(
        "values",
        condition.values,
        condition.value_count,
        limits::AUDIENCE_BYTES,
    )?;
    Ok(Condition::new(
        caller.string("attribute", condition.attribute)?,
        Operator::from_name(caller.str("op", condition.op)?),
        values,
    ))
}

fn read_action(caller: &Caller, action: &NoticeActionIn) -> Result<Action> {
    let count = action.label_count as usize;
    let labels = caller.list("labels", action.labels, count, limits::LOCALES, |label| {
        Ok((
            caller.string("locale", label.locale)?,
            caller.string("text", label.text)?,
        ))
    })?;
    let mut read = Action::new(
        caller.string("id", action.id)?,
        ActionKind::from_code(action.kind)?,
        caller.string("value", action.value)?,
    );
    read.label = labels;
    Ok(read)
}

fn read_replaces(caller: &Caller, draft: &NoticeDraft) -> Result<Vec<Reference>> {
    let mut replaces = caller.list(
        "replaces_ids",
        draft.replaces_ids,
        draft.replaces_id_count,
        limits::REPLACES,
        |id| Ok(Reference::Id(id)),
    )?;
    replaces.extend(caller.list(
        "replaces_keys",
        draft.replaces_keys,
        draft.replaces_key_count,
        limits::REPLACES,
        |key| caller.string("", key).map(Reference::Key),
    )?);
    Ok(replaces)
}

fn read_display(display: u32) -> Result<Placement> {
    match display {
        0 => Ok(Placement::LIST),
        NOTICE_DISPLAY_NOWHERE => Ok(Placement::NONE),
        bits => Placement::from_bits(bits),
    }
}

fn unknown_bits(path: &str, bits: u32) -> Error {
    let reason = Bilingual::new("unknown flag for a draft", "未知的草稿标志");
    Error::invalid(path, &format!("{bits:#x}"), reason)
}
