//! Times as people write them: `2026-06-20 22:00`, `tomorrow 9:00`, `+2h`, `明天 22:00`.
//!
//! A time without a zone is of the operator's zone. Nothing is guessed: what can be understood in two ways, such as
//! `06/07`, `next friday`, or an hour that a change of the clocks skips or repeats, is refused, with the ways to
//! write each of them.

mod clock;
mod cursor;
mod day;
mod distance;
mod zone;

use std::ops::Range;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Zoned};
use notice::Bilingual;

use crate::exit::{self, Outcome, Stop};

use self::clock::Clock;
use self::cursor::Cursor;
use self::day::Day;

/// Why a text is no time, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Place in the text, in characters.
    pub(crate) at: Range<usize>,
    pub(crate) reason: Bilingual,
}

impl Fault {
    pub(crate) fn new(at: Range<usize>, en: impl Into<String>, zh: impl Into<String>) -> Self {
        let reason = Bilingual::new(en.into(), zh.into());
        Self { at, reason }
    }

    /// Ends the command for a mistake in what was typed behind a flag, with a mark below its place.
    pub(crate) fn stop(&self, flag: &str, text: &str) -> Stop {
        let width = |text: String| unicode_width::UnicodeWidthStr::width(text.as_str());
        let part = |from: usize, to: usize| {
            text.chars()
                .skip(from)
                .take(to.saturating_sub(from))
                .collect::<String>()
        };
        let indent = " ".repeat(width(part(0, self.at.start)));
        let mark = "^".repeat(width(part(self.at.start, self.at.end)).max(1));
        let shown = |sign: &str, reason: &str| {
            format!("{flag}{sign}{reason}\n    {text}\n    {indent}{mark}")
        };
        Stop::new(
            exit::USAGE,
            shown(": ", &self.reason.en),
            shown("：", &self.reason.zh),
        )
    }
}

/// Reads times that are meant in one zone and at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Times {
    now: Zoned,
}

/// What of a time was read so far.
#[derive(Default)]
struct Read {
    day: Option<Day>,
    clock: Option<Clock>,
    zone: Option<TimeZone>,
}

impl Times {
    /// Reads times as of `now`, in its zone.
    pub(crate) fn new(now: Zoned) -> Self {
        Self { now }
    }

    /// Reads a zone by its name in the IANA database, or an offset such as `+08:00`.
    pub(crate) fn zone(name: &str) -> Result<TimeZone, Fault> {
        let mut cursor = Cursor::new(name);
        match zone::read(&mut cursor)? {
            Some(zone) if cursor.is_at_end() => Ok(zone),
            _ => Err(Fault::new(
                cursor.all(),
                "not a time zone; write a name such as Asia/Shanghai, or an offset such as +08:00",
                "不是时区；请写名称，例如 Asia/Shanghai，或偏移，例如 +08:00",
            )),
        }
    }

    /// Reads a time.
    pub(crate) fn read(&self, text: &str) -> Result<Timestamp, Fault> {
        let mut cursor = Cursor::new(text);
        cursor.skip_blanks();
        if cursor.is_at_end() {
            return Err(unreadable(cursor.all()));
        }
        if cursor.word("now") || cursor.sign("现在") {
            return self.end(&cursor, self.now.timestamp());
        }
        if let Some(instant) = seconds(&mut cursor)? {
            return self.end(&cursor, instant);
        }
        if let Some(instant) = distance::read(&mut cursor, &self.now)? {
            return self.end(&cursor, instant);
        }
        self.instant(&mut cursor)
    }

    /// Reads a time that was typed behind a flag, as Unix milliseconds.
    pub(crate) fn milliseconds(&self, flag: &str, text: &str) -> Outcome<i64> {
        let instant = self.read(text).map_err(|fault| fault.stop(flag, text))?;
        Ok(instant.as_millisecond())
    }

    /// Accepts an instant behind which nothing else is written.
    fn end(&self, cursor: &Cursor, instant: Timestamp) -> Result<Timestamp, Fault> {
        match cursor.is_at_end() {
            true => Ok(instant),
            false => Err(unreadable(cursor.rest())),
        }
    }

    /// Reads a day, a time of day and a zone, each at most once, in any order.
    fn instant(&self, cursor: &mut Cursor) -> Result<Timestamp, Fault> {
        let mut read = Read::default();
        while !cursor.is_at_end() {
            let begin = cursor.place();
            if read.day.is_none()
                && let Some(day) = day::read(cursor)?
            {
                // Of `2026-06-20T22:00`.
                if cursor.peek() == Some('t')
                    && cursor.peek_behind().is_some_and(|c| c.is_ascii_digit())
                {
                    cursor.advance();
                }
                read.day = Some(day);
            } else if read.clock.is_none()
                && let Some(clock) = clock::read(cursor)?
            {
                read.clock = Some(clock);
            } else if read.zone.is_none()
                && let Some(zone) = zone::read(cursor)?
            {
                read.zone = Some(zone);
            } else if read.zone.is_some() && cursor.peek() == Some('[') {
                // RFC 9557: the offset before it decides.
                zone::read(cursor)?;
            } else {
                cursor.go_to(begin);
                return Err(unreadable(cursor.rest()));
            }
            cursor.skip_blanks();
        }
        self.resolve(&read, cursor)
    }

    /// Finds the instant that a day and a time of day name.
    fn resolve(&self, read: &Read, cursor: &Cursor) -> Result<Timestamp, Fault> {
        if read.day.is_none() && read.clock.is_none() {
            return Err(unreadable(cursor.all()));
        }
        let zone = read.zone.as_ref().unwrap_or_else(|| self.now.time_zone());
        let today = self.now.with_time_zone(zone.clone()).date();
        let out_of_range = || beyond(cursor.all());
        let date = match &read.day {
            Some(day) => day.date(today).ok_or_else(out_of_range)?,
            None => today,
        };
        let clock = read.clock.unwrap_or(Clock::MIDNIGHT);
        let date = match clock.is_next_day {
            true => date.tomorrow().map_err(|_| out_of_range())?,
            false => date,
        };
        let moment = date.to_datetime(clock.time);
        let ambiguous = zone.to_ambiguous_timestamp(moment);
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => {
                ambiguous.unambiguous().map_err(|_| out_of_range())
            }
            AmbiguousOffset::Gap { .. } => Err(skipped(cursor.all(), moment, zone)),
            AmbiguousOffset::Fold { before, after } => Err(Fault::new(
                cursor.all(),
                format!(
                    "comes twice that day, because the clocks are set back; add {before} or {after}"
                ),
                format!("当天因时钟回拨会出现两次；请加上 {before} 或 {after}"),
            )),
        }
    }

    /// Shows Unix milliseconds as [`show`](Self::show) does.
    pub(crate) fn show_ms(&self, ms: i64) -> String {
        Timestamp::from_millisecond(ms)
            .map_or_else(|_| ms.to_string(), |instant| self.show(instant))
    }

    /// Shows the Unix milliseconds in a sentence of the board as times.
    pub(crate) fn in_words(&self, words: &str) -> String {
        let mut shown = String::new();
        let mut rest = words;
        while let Some(begin) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, digits) = rest.split_at(begin);
            let end = digits
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(digits.len());
            let (number, behind) = digits.split_at(end);
            shown.push_str(before);
            // Thirteen digits are the years 2001 to 2286; no version or count is as long.
            match number.parse::<i64>() {
                Ok(ms) if number.len() == 13 => shown.push_str(&self.show_ms(ms)),
                _ => shown.push_str(number),
            }
            rest = behind;
        }
        shown + rest
    }

    /// Writes Unix milliseconds in the operator's zone so that [`read`](Self::read) returns the same.
    pub(crate) fn exact(&self, ms: i64) -> String {
        // Before about 1900 zones have seconds in their offsets, which are not read.
        let is_whole = |instant: Timestamp| {
            ms % 1000 == 0 && self.now.time_zone().to_offset(instant).seconds() % 60 == 0
        };
        match Timestamp::from_millisecond(ms) {
            Ok(instant) if is_whole(instant) => {
                let shown = self.show(instant);
                shown
                    .split_once(" (")
                    .map_or_else(|| shown.clone(), |(here, _)| here.to_owned())
            }
            _ => utc(ms),
        }
    }

    /// Returns the name of the operator's zone.
    pub(crate) fn zone_name(&self) -> String {
        let zone = self.now.time_zone();
        zone.iana_name()
            .map_or_else(|| self.now.offset().to_string(), str::to_owned)
    }

    /// Shows Unix milliseconds to the minute in the operator's zone, for tables: `2026-06-20 22:00`.
    pub(crate) fn brief(&self, ms: i64) -> String {
        let Ok(instant) = Timestamp::from_millisecond(ms) else {
            return ms.to_string();
        };
        let here = instant.to_zoned(self.now.time_zone().clone());
        here.strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// Shows an instant in the operator's zone and in UTC: `2026-06-20 22:00 +08:00 (14:00 UTC)`.
    pub(crate) fn show(&self, instant: Timestamp) -> String {
        let here = instant.to_zoned(self.now.time_zone().clone());
        let utc = instant.to_zoned(TimeZone::UTC);
        let clock = match here.time().second() {
            0 if here.time().subsec_nanosecond() == 0 => "%H:%M",
            _ => "%H:%M:%S",
        };
        let shown = here.strftime(&format!("%Y-%m-%d {clock} %:z")).to_string();
        if here.offset().is_zero() {
            return shown.replace("+00:00", "UTC");
        }
        let date = match utc.date() == here.date() {
            true => String::new(),
            false => utc.strftime("%Y-%m-%d ").to_string(),
        };
        format!("{shown} ({date}{} UTC)", utc.strftime(clock))
    }
}

/// Writes Unix milliseconds as RFC 3339 in UTC.
pub(crate) fn utc(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |instant| instant.to_string())
}

/// Reads `@SECONDS`, a Unix time.
fn seconds(cursor: &mut Cursor) -> Result<Option<Timestamp>, Fault> {
    let begin = cursor.place();
    if !cursor.sign("@") {
        return Ok(None);
    }
    let number = cursor.number();
    let at = begin..cursor.place();
    let seconds = number.and_then(|number| i64::try_from(number).ok());
    let instant = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    instant.map(Some).ok_or_else(|| {
        Fault::new(
            at,
            "@ takes the seconds since 1970, such as @1781964000",
            "@ 后应写自 1970 年起的秒数，例如 @1781964000",
        )
    })
}

/// The moment does not exist, because the clocks are set forward.
fn skipped(at: Range<usize>, moment: DateTime, zone: &TimeZone) -> Fault {
    // The library moves it by as much as the clocks are moved.
    let after = zone.to_zoned(moment).map(|after| after.datetime());
    let after = after.unwrap_or(moment).strftime("%H:%M").to_string();
    let name = zone.iana_name().unwrap_or("this zone");
    Fault::new(
        at,
        format!(
            "does not exist in {name}, because the clocks are set forward; write {after}, for example"
        ),
        format!("在 {name} 不存在，因为时钟会拨快；例如可写 {after}"),
    )
}

fn beyond(at: Range<usize>) -> Fault {
    Fault::new(
        at,
        "out of range; the years 1 to 9999 can be written",
        "超出范围；可写的年份为 1 至 9999",
    )
}

fn unreadable(at: Range<usize>) -> Fault {
    Fault::new(
        at,
        "not a time; write `2026-06-20 22:00`, `tomorrow 9:00`, `friday 18:00`, `+2h`, or RFC 3339",
        "不是时间；可写 `2026-06-20 22:00`、`明天 9:00`、`周五 18:00`、`2小时后`，或 RFC 3339",
    )
}

#[cfg(test)]
mod tests;
