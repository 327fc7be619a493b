//! Zones: `Asia/Shanghai`, `+08:00`, `UTC`, `北京时间`.

use jiff::tz::{Offset, TimeZone};

use super::Fault;
use super::cursor::Cursor;

/// Longest name in the IANA database, with room.
const LONGEST: usize = 64;

/// Reads a zone; None if none comes next.
pub(super) fn read(cursor: &mut Cursor) -> Result<Option<TimeZone>, Fault> {
    let begin = cursor.place();
    if cursor.word("z") || cursor.word("utc") || cursor.word("gmt") {
        return Ok(Some(TimeZone::UTC));
    }
    if cursor.sign("北京时间") {
        return named("Asia/Shanghai")
            .map(Some)
            .ok_or_else(|| unknown(cursor, begin));
    }
    match cursor.peek() {
        Some('+' | '-') => offset(cursor).map(Some),
        Some('[' | 'a'..='z') => name(cursor).map(Some),
        _ => Ok(None),
    }
}

/// Reads `+8`, `+08`, `+0800`, `+08:00`.
fn offset(cursor: &mut Cursor) -> Result<TimeZone, Fault> {
    let begin = cursor.place();
    let sign = if cursor.peek() == Some('-') { -1 } else { 1 };
    cursor.advance();
    let digits = cursor.digits();
    let number = cursor.number().filter(|_| matches!(digits, 1 | 2 | 4));
    let (hours, minutes) = match number {
        Some(number) if digits == 4 => (Some(number / 100), Some(number % 100)),
        Some(hours) if cursor.sign(":") => {
            let two = cursor.digits() == 2;
            (Some(hours), cursor.number().filter(|_| two))
        }
        hours => (hours, Some(0)),
    };
    let seconds = hours.zip(minutes).and_then(|(hours, minutes)| {
        let is_time = hours < 24 && minutes < 60;
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok();
        seconds.filter(|_| is_time)
    });
    let offset = seconds.and_then(|seconds| Offset::from_seconds(sign * seconds).ok());
    offset
        .map(TimeZone::fixed)
        .ok_or_else(|| unknown(cursor, begin))
}

/// Reads a name of the IANA database, which may stand in brackets.
fn name(cursor: &mut Cursor) -> Result<TimeZone, Fault> {
    let begin = cursor.place();
    let is_bracketed = cursor.sign("[");
    let mut name = String::new();
    let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '+' | '-');
    while let Some(c) = cursor.peek().filter(is_part) {
        name.push(c);
        cursor.advance();
    }
    let is_closed = !is_bracketed || cursor.sign("]");
    let zone = named(&name).filter(|_| is_closed);
    zone.ok_or_else(|| unknown(cursor, begin))
}

/// Looks a name up, in any case.
fn named(name: &str) -> Option<TimeZone> {
    // The database takes names for names of files.
    let is_name = !name.is_empty() && name.len() <= LONGEST;
    is_name.then(|| TimeZone::get(name).ok()).flatten()
}

fn unknown(cursor: &Cursor, begin: usize) -> Fault {
    Fault::new(
        begin..cursor.place(),
        "neither a time nor a time zone; write 2026-06-20 22:00, and a zone as Asia/Shanghai or +08:00",
        "既不是时间也不是时区；时间写作 2026-06-20 22:00，时区写作 Asia/Shanghai 或 +08:00",
    )
}
