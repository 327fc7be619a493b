//! Drafts: what an editor writes.

use notice::{
    Action, ActionKind, Bilingual, Condition, Draft, Error, Format, Importance, Operator,
    Placement, Reference, Result, Severity, Text, limits,
};
use safer_ffi::prelude::derive_ReprC;

use super::names::{
    NOTICE_CHANGE_DEFAULT, NOTICE_DISPLAY_NOWHERE, NOTICE_NOT_DISMISSIBLE, NOTICE_PINNED,
    NOTICE_REQUIRE_ACK,
};
use super::text::NoticeStr;
use crate::arguments::{Caller, Growing, Plain, set};

/// The text of a draft in one locale.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeText {
    /// A BCP 47 tag such as "zh-CN".
    pub locale: NoticeStr,
    /// Required.
    pub title: NoticeStr,
    /// May be empty.
    pub summary: NoticeStr,
    /// May be empty.
    pub body: NoticeStr,
    /// NOTICE_FORMAT_TEXT or NOTICE_FORMAT_MARKDOWN: how `body` is written.
    pub format: i32,
    /// 0.
    pub reserved: u32,
}

/// What stands on an action in one locale.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeLabel {
    /// A BCP 47 tag such as "zh-CN".
    pub locale: NoticeStr,
    /// What stands there.
    pub text: NoticeStr,
}

/// A button that goes with a draft.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeActionIn {
    /// Names the action within its announcement: letters, digits and . _ : / -
    pub id: NoticeStr,
    /// NOTICE_ACTION_...
    pub kind: i32,
    /// How many labels there are; at least one.
    pub label_count: u32,
    /// The labels.
    pub labels: *const NoticeLabel,
    /// What the action does it with.
    pub value: NoticeStr,
}

/// Something that must hold of a viewer's attribute.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeCondition {
    /// The attribute's name. Well known are user, role, group, app, platform, arch, locale, area, place,
    /// app_version and os_version.
    pub attribute: NoticeStr,
    /// in, not_in, exists, prefix, glob, gt, ge, lt, le or version.
    pub op: NoticeStr,
    /// Any of these may match.
    pub values: *const NoticeStr,
    /// How many values there are.
    pub value_count: usize,
}

/// An announcement to be published. Start from NOTICE_DRAFT_INIT and give it a text.
///
/// All zero but `struct_size` is the same, except that the severity is NOTICE_SEVERITY_NONE then. Times are
/// Unix milliseconds in UTC; 0 is not set. What it points at is only read during the call.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeDraft {
    /// sizeof(NoticeDraft).
    pub struct_size: u32,
    /// NOTICE_SEVERITY_...
    pub severity: i32,
    /// Order inside the severity, higher first; from -NOTICE_MAX_PRIORITY to NOTICE_MAX_PRIORITY.
    pub priority: i32,
    /// A sum of NOTICE_PINNED, NOTICE_REQUIRE_ACK and NOTICE_NOT_DISMISSIBLE.
    pub flags: u32,
    /// A sum of NOTICE_DISPLAY_...; 0 is NOTICE_DISPLAY_LIST.
    pub display: u32,
    /// How often it pops up at most; 0 is without limit.
    pub show_limit: u32,
    /// Milliseconds that must lie between two popups; 0 is none.
    pub show_interval_ms: u32,
    /// NOTICE_CHANGE_...: whether a change of the announcement of that key is news.
    pub change: i32,
    /// Visible from here on; 0 is the instant of publishing.
    pub starts_at: i64,
    /// Visible until just before; 0 is for ever.
    pub ends_at: i64,
    /// The beginning of what it is about; never hides anything.
    pub event_from: i64,
    /// The end of what it is about.
    pub event_to: i64,
    /// The operator's own name for it, unique in its channel: publishing under a key that is there already
    /// changes that announcement. Letters, digits and . _ : / -
    pub key: NoticeStr,
    /// The stream it belongs to; empty is "default".
    pub channel: NoticeStr,
    /// At least one text, each of another locale.
    pub texts: *const NoticeText,
    /// How many texts there are.
    pub text_count: usize,
    /// The locale of the text to fall back to; empty is that of the first.
    pub default_locale: NoticeStr,
    /// Who may see it: viewers of whom all of these hold. None is everyone.
    pub audience: *const NoticeCondition,
    /// How many conditions there are.
    pub condition_count: usize,
    /// Its buttons.
    pub actions: *const NoticeActionIn,
    /// How many buttons there are.
    pub action_count: usize,
    /// Its category.
    pub category: NoticeStr,
    /// Its tags.
    pub tags: *const NoticeStr,
    /// How many tags there are.
    pub tag_count: usize,
    /// What leaves the board while this one is visible, by id.
    pub replaces_ids: *const i64,
    /// How many ids there are.
    pub replaces_id_count: usize,
    /// What leaves the board while this one is visible, by key, in the same channel.
    pub replaces_keys: *const NoticeStr,
    /// How many keys there are.
    pub replaces_key_count: usize,
    /// Who wrote it.
    pub author: NoticeStr,
    /// Where it comes from.
    pub source: NoticeStr,
    /// Its identity there.
    pub external_id: NoticeStr,
    /// The application's own data: a JSON object, or empty.
    pub extras_json: NoticeStr,
    /// Publishing once: under a key that was used in the last 24 hours the same draft gives the result of that
    /// time again, and another draft is NOTICE_IDEMPOTENCY_CONFLICT.
    pub idempotency_key: NoticeStr,
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
unsafe impl Plain for NoticeDraft {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for NoticeDraft {
    const SIZES: &'static [usize] = &[size_of::<Self>()];
}

/// Reads a draft. Its limits are checked when it is published.
pub(crate) fn read(caller: &Caller, draft: *const NoticeDraft) -> Result<Draft> {
    let c = caller.structure("draft", draft)?;
    let flags = NOTICE_PINNED | NOTICE_REQUIRE_ACK | NOTICE_NOT_DISMISSIBLE;
    if c.flags & !flags != 0 {
        return Err(unknown_bits("flags", c.flags & !flags));
    }
    let texts = caller.list("texts", c.texts, c.text_count, limits::LOCALES, |text| {
        read_text(caller, &text)
    })?;
    let conditions = caller.list(
        "audience",
        c.audience,
        c.condition_count,
        limits::AUDIENCE_BYTES,
        |condition| read_condition(caller, &condition),
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
    draft.texts = texts;
    draft.default_locale = caller.string("default_locale", c.default_locale)?;
    draft.audience = conditions.into();
    draft.display = read_display(c.display)?;
    draft.dismissible = c.flags & NOTICE_NOT_DISMISSIBLE == 0;
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

fn read_condition(caller: &Caller, condition: &NoticeCondition) -> Result<Condition> {
    // Each value takes at least two bytes of what an audience may have as JSON.
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
    read.labels = labels;
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
    let reason = Bilingual::new("is no flag of a draft", "不是草稿的标志");
    Error::invalid(path, &format!("{bits:#x}"), reason)
}
