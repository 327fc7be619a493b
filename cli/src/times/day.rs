//! Days: `2026-06-20`, `tomorrow`, `friday`, `6月20日`, `下周一`.

use std::ops::Range;

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use super::Fault;
use super::cursor::Cursor;

/// A day, which may depend on the present one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// Of the calendar.
    Date(Date),
    /// So many days from today.
    FromToday(i32),
    /// The next such day after today.
    Next(Weekday),
    /// That day of a week from Monday to Sunday, so many weeks from this one.
    OfWeek(i32, Weekday),
    /// Month and day, today or later.
    OfYear(i8, i8),
}

const NEAR: &[(&str, i32)] = &[
    ("today", 0),
    ("tomorrow", 1),
    ("yesterday", -1),
    ("今天", 0),
    ("今日", 0),
    ("今", 0),
    ("明天", 1),
    ("明日", 1),
    ("明", 1),
    ("大后天", 3),
    ("后天", 2),
    ("前天", -2),
    ("昨天", -1),
    ("昨日", -1),
    ("昨", -1),
];

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("mon", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("tue", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("wed", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("thu", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("fri", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sat", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
    ("sun", Weekday::Sunday),
];

const CHINESE_WEEKDAYS: &[(&str, Weekday)] = &[
    ("一", Weekday::Monday),
    ("二", Weekday::Tuesday),
    ("三", Weekday::Wednesday),
    ("四", Weekday::Thursday),
    ("五", Weekday::Friday),
    ("六", Weekday::Saturday),
    ("日", Weekday::Sunday),
    ("天", Weekday::Sunday),
];

/// Which week a Chinese weekday is of; without a word for it, the next such day is meant.
const WEEKS: &[(&str, Option<i32>)] = &[
    ("下下", Some(2)),
    ("下个", Some(1)),
    ("下", Some(1)),
    ("本", Some(0)),
    ("这个", Some(0)),
    ("这", Some(0)),
    ("上个", Some(-1)),
    ("上", Some(-1)),
];

impl Day {
    /// The date, if today is `today`; None outside the years 1 to 9999.
    pub(super) fn date(&self, today: Date) -> Option<Date> {
        match *self {
            Self::Date(date) => Some(date),
            Self::FromToday(days) => today.checked_add(days.days()).ok(),
            Self::Next(weekday) => {
                let days = i32::from(today.weekday().until(weekday));
                let days = if days == 0 { 7 } else { days };
                today.checked_add(days.days()).ok()
            }
            Self::OfWeek(weeks, weekday) => {
                let monday = i32::from(today.weekday().to_monday_zero_offset());
                let days = weeks * 7 + i32::from(weekday.to_monday_zero_offset()) - monday;
                today.checked_add(days.days()).ok()
            }
            Self::OfYear(month, day) => {
                // The 29th of February is at most eight years away.
                let years = today.year()..=today.year().saturating_add(8);
                let mut dates = years.filter_map(|year| Date::new(year, month, day).ok());
                dates.find(|date| *date >= today)
            }
        }
    }
}

/// Reads a day; None if none comes next.
pub(super) fn read(cursor: &mut Cursor) -> Result<Option<Day>, Fault> {
    let begin = cursor.place();
    if cursor.word("next") || cursor.word("this") {
        return Err(Fault::new(
            begin..cursor.place(),
            "people do not agree which day this means; write friday for the coming one, or a date",
            "可有两种理解；请直接写日期，或写 friday 表示最近的星期五",
        ));
    }
    if let Some(weekday) = cursor.one_of(WEEKDAYS) {
        return Ok(Some(Day::Next(weekday)));
    }
    if let Some(day) = chinese_weekday(cursor) {
        return Ok(Some(day));
    }
    if let Some(days) = cursor.one_of(NEAR) {
        return Ok(Some(Day::FromToday(days)));
    }
    match cursor.digits() {
        4 => year_first(cursor),
        1 | 2 => month_first(cursor),
        _ => Ok(None),
    }
}

/// Reads `周五`, `星期五`, `下周五`.
fn chinese_weekday(cursor: &mut Cursor) -> Option<Day> {
    let begin = cursor.place();
    let week = cursor.one_of(WEEKS).flatten();
    let named = ["星期", "周", "礼拜"].iter().any(|name| cursor.sign(name));
    let weekday = named.then(|| cursor.one_of(CHINESE_WEEKDAYS)).flatten();
    let Some(weekday) = weekday else {
        cursor.go_to(begin);
        return None;
    };
    Some(match week {
        Some(weeks) => Day::OfWeek(weeks, weekday),
        None => Day::Next(weekday),
    })
}

/// Reads `2026-06-20`, `2026/6/20`, `2026年6月20日`.
fn year_first(cursor: &mut Cursor) -> Result<Option<Day>, Fault> {
    let begin = cursor.place();
    let year = cursor.number();
    let separator = ["-", "/", "年"].iter().find(|sign| cursor.sign(sign));
    let (Some(year), Some(separator)) = (year, separator) else {
        return Err(no_date(begin..cursor.place()));
    };
    let behind_month = if *separator == "年" {
        "月"
    } else {
        separator
    };
    let month = cursor.number();
    let has_both = month.is_some() && cursor.sign(behind_month);
    let day = cursor.number().filter(|_| has_both);
    if *separator == "年" {
        day_sign(cursor);
    }
    let at = begin..cursor.place();
    let date =
        parts(year, month, day).and_then(|(year, month, day)| Date::new(year, month, day).ok());
    date.map(|date| Some(Day::Date(date)))
        .ok_or_else(|| no_date(at))
}

/// Reads `6月20日`; refuses `06/07`.
fn month_first(cursor: &mut Cursor) -> Result<Option<Day>, Fault> {
    let begin = cursor.place();
    let month = cursor.number();
    if cursor.sign("月") {
        let day = cursor.number();
        day_sign(cursor);
        let at = begin..cursor.place();
        // A year that has each day of the calendar.
        let date =
            parts(2000, month, day).and_then(|(year, month, day)| Date::new(year, month, day).ok());
        let date = date.ok_or_else(|| no_date(at))?;
        return Ok(Some(Day::OfYear(date.month(), date.day())));
    }
    if (cursor.sign("/") || cursor.sign("-")) && cursor.number().is_some() {
        return Err(Fault::new(
            begin..cursor.place(),
            "may be day or month first; write the year too, such as 2026-06-20",
            "月和日的次序不明；请写上年份，例如 2026-06-20",
        ));
    }
    cursor.go_to(begin);
    Ok(None)
}

fn day_sign(cursor: &mut Cursor) {
    let _ = cursor.sign("日") || cursor.sign("号");
}

fn parts(year: u64, month: Option<u64>, day: Option<u64>) -> Option<(i16, i8, i8)> {
    let year = i16::try_from(year).ok()?;
    Some((year, i8::try_from(month?).ok()?, i8::try_from(day?).ok()?))
}

fn no_date(at: Range<usize>) -> Fault {
    Fault::new(
        at,
        "not a date of the calendar; write year, month and day, such as 2026-06-20",
        "不是有效日期；请写年、月、日，例如 2026-06-20",
    )
}
