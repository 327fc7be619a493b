//! Distances from now: `+2h`, `-30m`, `in 2 hours`, `3 days ago`, `2小时后`.

use jiff::{Span, Timestamp, Zoned};

use super::cursor::Cursor;
use super::{Fault, beyond};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
}

const UNITS: &[(&str, Unit)] = &[
    ("s", Unit::Second),
    ("sec", Unit::Second),
    ("second", Unit::Second),
    ("seconds", Unit::Second),
    ("m", Unit::Minute),
    ("min", Unit::Minute),
    ("minute", Unit::Minute),
    ("minutes", Unit::Minute),
    ("h", Unit::Hour),
    ("hour", Unit::Hour),
    ("hours", Unit::Hour),
    ("d", Unit::Day),
    ("day", Unit::Day),
    ("days", Unit::Day),
    ("w", Unit::Week),
    ("week", Unit::Week),
    ("weeks", Unit::Week),
    ("秒", Unit::Second),
    ("分钟", Unit::Minute),
    ("分", Unit::Minute),
    ("个小时", Unit::Hour),
    ("小时", Unit::Hour),
    ("天", Unit::Day),
    ("周", Unit::Week),
    ("个星期", Unit::Week),
];

/// Reads a distance, and returns the instant at its end; None if none comes next. A day is a day of the calendar: the
/// same time of day, also when the clocks change.
pub(super) fn read(cursor: &mut Cursor, now: &Zoned) -> Result<Option<Timestamp>, Fault> {
    let begin = cursor.place();
    let direction = match () {
        () if cursor.sign("+") => Some(1),
        () if cursor.sign("-") => Some(-1),
        () if cursor.word("in") => Some(1),
        () => None,
    };
    cursor.skip_blanks();
    let Some(span) = amounts(cursor) else {
        if direction.is_some() && cursor.number().is_some() {
            no_other_unit(cursor)?;
        }
        // `+08:00` is a zone.
        cursor.go_to(begin);
        return Ok(None);
    };
    cursor.skip_blanks();
    let behind = cursor.one_of(&[
        ("ago", -1),
        ("后", 1),
        ("之后", 1),
        ("以后", 1),
        ("前", -1),
        ("之前", -1),
        ("以前", -1),
    ]);
    let sign = match (direction, behind) {
        (Some(sign), None) | (None, Some(sign)) => sign,
        _ => {
            cursor.go_to(begin);
            return Ok(None);
        }
    };
    let at = begin..cursor.place();
    let span = span.ok_or_else(|| beyond(at.clone()))?;
    let span = if sign < 0 { span.negate() } else { span };
    let instant = now.checked_add(span).map_err(|_| beyond(at))?;
    Ok(Some(instant.timestamp()))
}

/// Refuses what stands behind a number in place of a unit.
fn no_other_unit(cursor: &mut Cursor) -> Result<(), Fault> {
    cursor.skip_blanks();
    let begin = cursor.place();
    while cursor.peek().is_some_and(char::is_alphabetic) {
        cursor.advance();
    }
    match cursor.place() == begin {
        true => Ok(()),
        false => Err(Fault::new(
            begin..cursor.place(),
            "not a unit; write s, m, h, d or w: seconds, minutes, hours, days or weeks",
            "不是时间单位；请写秒、分钟、小时、天或周，或 s、m、h、d、w",
        )),
    }
}

/// Reads amounts with their units, such as `1d 12h`. None if there are none; inside it, None if they are too large.
fn amounts(cursor: &mut Cursor) -> Option<Option<Span>> {
    let mut sum = Some(Span::new());
    let mut is_any = false;
    loop {
        let begin = cursor.place();
        cursor.skip_blanks();
        let is_half = cursor.sign("半");
        let number = if is_half { None } else { cursor.number() };
        cursor.skip_blanks();
        let unit = (is_half || number.is_some())
            .then(|| cursor.one_of(UNITS))
            .flatten();
        let Some(unit) = unit else {
            cursor.go_to(begin);
            return is_any.then_some(sum);
        };
        is_any = true;
        let one = match number {
            Some(number) => whole(number, unit),
            None => half(unit),
        };
        sum = sum.zip(one).and_then(|(sum, one)| add(sum, one));
    }
}

fn whole(number: u64, unit: Unit) -> Option<Span> {
    let number = i64::try_from(number).ok()?;
    let span = Span::new();
    match unit {
        Unit::Second => span.try_seconds(number),
        Unit::Minute => span.try_minutes(number),
        Unit::Hour => span.try_hours(number),
        Unit::Day => span.try_days(number),
        Unit::Week => span.try_weeks(number),
    }
    .ok()
}

/// Half of a unit, as in 半小时.
fn half(unit: Unit) -> Option<Span> {
    match unit {
        Unit::Hour => whole(30, Unit::Minute),
        Unit::Minute => whole(30, Unit::Second),
        Unit::Day => whole(12, Unit::Hour),
        Unit::Second | Unit::Week => None,
    }
}

/// Adds unit by unit, so that days stay days of the calendar.
fn add(a: Span, b: Span) -> Option<Span> {
    let sum = Span::new()
        .try_weeks(i64::from(a.get_weeks()).checked_add(b.get_weeks().into())?)
        .and_then(|span| span.try_days(i64::from(a.get_days()) + i64::from(b.get_days())))
        .and_then(|span| span.try_hours(i64::from(a.get_hours()) + i64::from(b.get_hours())));
    sum.ok()?
        .try_minutes(a.get_minutes().checked_add(b.get_minutes())?)
        .ok()?
        .try_seconds(a.get_seconds().checked_add(b.get_seconds())?)
        .ok()
}
