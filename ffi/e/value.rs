//! Fields of an announcement and of a result, as numbers and as text.

use std::borrow::Cow;

use notice::{Bilingual, Error, ErrorKind, Field, HitRange, Item, Lifecycle, Page, Result};

use super::local_time::{self, Zone};
use super::names::*;
use super::query_text::severity_name;

/// Value of a field.
pub(crate) enum Value<'a> {
    /// A number, a yes or a no.
    Number(i64),
    /// A time in Unix milliseconds; 0 means not set.
    Time(i64),
    /// An enumerated number with its name.
    Named(i32, Cow<'a, str>),
    Text(Cow<'a, str>),
}

impl<'a> Value<'a> {
    fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    fn named(number: i32, name: &'static str) -> Self {
        Self::Named(number, Cow::Borrowed(name))
    }

    fn flag(is_so: bool) -> Self {
        Self::Number(is_so.into())
    }

    /// Returns the value as text, with times in `zone`.
    pub(crate) fn into_text(self, zone: Zone) -> Cow<'a, str> {
        match self {
            Self::Number(number) => number.to_string().into(),
            Self::Time(ms) => local_time::format(ms, zone).into(),
            Self::Named(_, text) | Self::Text(text) => text,
        }
    }

    /// Returns the value as a number, with times in milliseconds.
    pub(crate) fn exact(&self) -> Result<i64> {
        match self {
            Self::Number(number) | Self::Time(number) => Ok(*number),
            Self::Named(number, _) => Ok((*number).into()),
            Self::Text(_) => {
                let reason = Bilingual::new(
                    "text field; use e_announce_text",
                    "是文本字段；请用 公告_取文本",
                );
                Err(Error::invalid("field", "", reason))
            }
        }
    }

    /// Returns the value as a non-negative number of at most 31 bits, with times in seconds.
    pub(crate) fn small(&self) -> Result<i32> {
        let exact = match self {
            Self::Time(ms) => ms.div_euclid(1000),
            _ => self.exact()?,
        };
        i32::try_from(exact)
            .ok()
            .filter(|number| *number >= 0)
            .ok_or_else(|| {
                let reason = Bilingual::new(
                    format!("{exact} is not within 0 to 2147483647; use e_announce_number_halves"),
                    format!("{exact} 不在 0 到 2147483647 之间；请用 公告_取长数值"),
                );
                Error::new(ErrorKind::TooLarge, reason).within("field")
            })
    }
}

/// Returns a field of an announcement.
pub(crate) fn of_item(item: &Item, field: i32) -> Result<Value<'_>> {
    let a = item;
    let text = item.text();
    Ok(match field {
        E_ANNOUNCE_FIELD_ID => Value::Number(a.id()),
        E_ANNOUNCE_FIELD_TITLE => Value::text(text.title),
        E_ANNOUNCE_FIELD_SUMMARY => Value::text(text.summary),
        E_ANNOUNCE_FIELD_BODY => Value::text(text.body),
        E_ANNOUNCE_FIELD_SEVERITY => Value::named(a.severity().code(), severity_name(a.severity())),
        E_ANNOUNCE_FIELD_PRIORITY => Value::Number(a.priority().into()),
        E_ANNOUNCE_FIELD_PINNED => Value::flag(a.pinned()),
        E_ANNOUNCE_FIELD_CHANNEL => Value::text(a.channel()),
        E_ANNOUNCE_FIELD_KEY => Value::text(a.key()),
        E_ANNOUNCE_FIELD_CATEGORY => Value::text(a.category()),
        E_ANNOUNCE_FIELD_TAGS => Value::Text(a.tags().collect::<Vec<_>>().join(",").into()),
        E_ANNOUNCE_FIELD_STARTS_AT => Value::Time(a.starts_at()),
        E_ANNOUNCE_FIELD_ENDS_AT => Value::Time(a.ends_at().unwrap_or_default()),
        E_ANNOUNCE_FIELD_EVENT_FROM => Value::Time(a.event_from().unwrap_or_default()),
        E_ANNOUNCE_FIELD_EVENT_TO => Value::Time(a.event_to().unwrap_or_default()),
        E_ANNOUNCE_FIELD_CREATED_AT => Value::Time(a.created_at()),
        E_ANNOUNCE_FIELD_PUBLISHED_AT => Value::Time(a.published_at()),
        E_ANNOUNCE_FIELD_UPDATED_AT => Value::Time(a.updated_at()),
        E_ANNOUNCE_FIELD_RETRACTED_AT => Value::Time(a.retracted_at().unwrap_or_default()),
        E_ANNOUNCE_FIELD_RETRACT_REASON => Value::text(a.retract_reason()),
        E_ANNOUNCE_FIELD_STATE => Value::named(a.state().code(), state_name(a.state())),
        E_ANNOUNCE_FIELD_VERSION => Value::Number(a.version().into()),
        E_ANNOUNCE_FIELD_NOTIFY_VERSION => Value::Number(a.notify_version().into()),
        E_ANNOUNCE_FIELD_REVISION => Value::Number(a.revision()),
        E_ANNOUNCE_FIELD_IS_READ => Value::flag(item.is_read()),
        E_ANNOUNCE_FIELD_IS_DISMISSED => Value::flag(item.is_dismissed()),
        E_ANNOUNCE_FIELD_IS_ACKNOWLEDGED => Value::flag(item.is_acknowledged()),
        E_ANNOUNCE_FIELD_IS_PENDING => Value::flag(item.is_pending()),
        E_ANNOUNCE_FIELD_DISMISSIBLE => Value::flag(a.dismissible()),
        E_ANNOUNCE_FIELD_REQUIRE_ACK => Value::flag(a.require_ack()),
        E_ANNOUNCE_FIELD_DISPLAY => display(item),
        E_ANNOUNCE_FIELD_SHOW_LIMIT => Value::Number(a.show_limit().unwrap_or_default().into()),
        E_ANNOUNCE_FIELD_SHOW_INTERVAL => {
            Value::Number(a.show_interval_ms().unwrap_or_default().into())
        }
        E_ANNOUNCE_FIELD_SEEN_COUNT => Value::Number(item.seen_count().into()),
        E_ANNOUNCE_FIELD_FORMAT => Value::named(text.format.code(), text.format.name()),
        E_ANNOUNCE_FIELD_LOCALE => Value::text(text.locale),
        E_ANNOUNCE_FIELD_IS_FALLBACK => Value::flag(item.is_fallback()),
        E_ANNOUNCE_FIELD_AUTHOR => Value::text(a.author()),
        E_ANNOUNCE_FIELD_SOURCE => Value::text(a.source()),
        E_ANNOUNCE_FIELD_EXTERNAL_ID => Value::text(a.external_id()),
        E_ANNOUNCE_FIELD_EXTRAS => Value::text(a.extras_json()),
        E_ANNOUNCE_FIELD_SNIPPET => snippet(item),
        E_ANNOUNCE_FIELD_SNIPPET_FIELD => snippet_field(item),
        E_ANNOUNCE_FIELD_TITLE_HITS => hits(item.found().map_or(&[], |found| &found.title)),
        E_ANNOUNCE_FIELD_SNIPPET_HITS => {
            hits(item.found().map_or(&[], |found| &found.snippet.ranges))
        }
        E_ANNOUNCE_FIELD_QUIET => Value::flag(a.quiet()),
        E_ANNOUNCE_FIELD_SNOOZED_UNTIL => Value::Time(item.snoozed_until().unwrap_or_default()),
        E_ANNOUNCE_FIELD_ACTION_COUNT => Value::Number(a.actions().len() as i64),
        other => return Err(no_field(other)),
    })
}

/// Returns a field of a whole result.
pub(crate) fn of_page(page: &Page, field: i32) -> Result<Value<'_>> {
    let count = &page.count;
    let number = |number: u64| Value::Number(i64::try_from(number).unwrap_or(i64::MAX));
    Ok(match field {
        E_ANNOUNCE_RESULT_TOTAL => number(count.total.unwrap_or_default()),
        E_ANNOUNCE_RESULT_UNREAD => number(count.unread.unwrap_or_default()),
        E_ANNOUNCE_RESULT_REVISION => Value::Number(count.revision),
        E_ANNOUNCE_RESULT_NOW => Value::Time(count.now),
        E_ANNOUNCE_RESULT_NEXT_CHANGE => Value::Time(count.next_change_at.unwrap_or_default()),
        E_ANNOUNCE_RESULT_EPOCH => Value::Text(format!("{:032x}", count.epoch).into()),
        E_ANNOUNCE_RESULT_NEXT_CURSOR => Value::text(page.next_cursor.as_deref().unwrap_or("")),
        other => return Err(no_field(other)),
    })
}

fn no_field(field: i32) -> Error {
    let reason = Bilingual::new("unknown field number", "未知的字段编号");
    Error::invalid("field", &field.to_string(), reason)
}

/// Returns the Chinese name of a state, as in the constants.
fn state_name(state: Lifecycle) -> &'static str {
    match state {
        Lifecycle::Published => "已发布",
        Lifecycle::Retracted => "已撤回",
        Lifecycle::Draft => "草稿",
        other => other.name(),
    }
}

fn display(item: &Item) -> Value<'_> {
    let display = item.display();
    let names: Vec<&str> = display.names().collect();
    // The set has five bits, so this loses nothing.
    Value::Named(display.bits() as i32, names.join(",").into())
}

fn snippet(item: &Item) -> Value<'_> {
    let found = item.found();
    Value::text(found.map_or("", |found| &found.snippet.text))
}

/// Returns hits as pairs of start and length in UTF-16 units.
fn hits(ranges: &[HitRange]) -> Value<'_> {
    let pairs = ranges
        .iter()
        .map(|hit| format!("{},{}", hit.utf16.start, hit.utf16.len()));
    let pairs: Vec<String> = pairs.collect();
    Value::Named(
        i32::try_from(ranges.len()).unwrap_or(i32::MAX),
        pairs.join(" ").into(),
    )
}

/// Returns the field that the snippet is taken from; empty when the item was not searched for.
fn snippet_field(item: &Item) -> Value<'_> {
    let field = item.found().map(|found| found.snippet.field);
    match field {
        None => Value::named(0, ""),
        Some(Field::Summary) => Value::named(crate::c::names::NOTICE_FIELD_SUMMARY, "summary"),
        Some(Field::Body) => Value::named(crate::c::names::NOTICE_FIELD_BODY, "body"),
        Some(_) => Value::named(crate::c::names::NOTICE_FIELD_TITLE, "title"),
    }
}
