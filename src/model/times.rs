//! Times of announcements and queries: their range, the values that mean none, and slips of the unit.

use serde_json::Value;

use super::calendar::{WallTime, WrittenTime};
use super::json::{integer, wrong_type};
use super::limits;
use crate::error::{Bilingual, Error, Result};

/// Distance from the board's clock beyond which another unit of time is considered: 30 years.
const FAR_MS: i64 = 30 * 365 * 24 * 60 * 60 * 1000;

/// Years that mean "no time": 0001-01-01 is the zero time of Go and .NET, and 9999-12-31 the last one of
/// .NET.
const NO_TIME: [i64; 2] = [1, 9999];

/// Reports whether a time is in a year with which other systems say "no time".
pub(super) fn is_no_time(time: i64) -> bool {
    WallTime::at(time).is_some_and(|wall| NO_TIME.contains(&wall.year))
}

/// Returns 0 for a time with which other systems say "no time".
fn or_none(time: i64) -> i64 {
    if is_no_time(time) { 0 } else { time }
}

/// Reads a time: an integer, or RFC 3339 text with an offset.
pub(crate) fn time(path: &str, value: &Value) -> Result<i64> {
    match value {
        Value::Number(_) => Ok(or_none(integer(path, value)?)),
        Value::String(text) => {
            let written = WrittenTime::parse(text).filter(|written| written.offset.is_some());
            // What a zone's clock shows says which year was written.
            let instant = written.and_then(|written| match or_none(written.wall_ms) {
                0 if written.wall_ms != 0 => Some(0),
                _ => written.instant(),
            });
            instant.ok_or_else(|| {
                let reason = Bilingual::new(
                    "must be a date and time with an offset, such as 2026-06-18T20:00:00+08:00",
                    "必须是带时区偏移的日期时间，例如 2026-06-18T20:00:00+08:00",
                );
                Error::invalid(path, text, reason)
            })
        }
        _ => Err(wrong_type(path, value, "a time", "时间")),
    }
}

/// Refuses a time before 1970 or after the year 9999.
pub(crate) fn check_time(path: &str, time: i64) -> Result<()> {
    if (0..=limits::TIME_MS).contains(&time) {
        return Ok(());
    }
    Err(Error::invalid(
        path,
        &time.to_string(),
        Bilingual::new(
            "must be Unix milliseconds up to 253402300799999, or 0 if not set",
            "必须是不大于 253402300799999 的 Unix 毫秒数，0 表示未设置",
        ),
    ))
}

/// Refuses a time of 0, which means "not set" in C, in JSON and in files.
pub(super) fn check_set_time(path: &str, time: Option<i64>) -> Result<()> {
    match time {
        Some(0) => {
            let reason = Bilingual::new(
                "must be Unix milliseconds from 1 on; leave it unset for no time",
                "必须是从 1 开始的 Unix 毫秒数；不需要时间时不要设置",
            );
            Err(Error::invalid(path, "0", reason))
        }
        Some(time) => check_time(path, time),
        None => Ok(()),
    }
}

/// Refuses a time that is far from the present, and near it when read as seconds or as microseconds.
pub(crate) fn check_unit(path: &str, time: i64, present: i64) -> Result<()> {
    let is_near = |time: i64| time.abs_diff(present) <= FAR_MS.unsigned_abs();
    // Every number is near a present that is near 1970 itself, in one unit or another.
    if time == 0 || present <= FAR_MS || is_near(time) {
        return Ok(());
    }
    let (from_seconds, from_microseconds) = (time.saturating_mul(1000), time / 1000);
    let (en, zh, meant) = if is_near(from_seconds) {
        ("seconds", "秒", from_seconds)
    } else if is_near(from_microseconds) {
        ("microseconds", "微秒", from_microseconds)
    } else {
        return Ok(());
    };
    let reason = Bilingual::new(
        format!("looks like {en}; times are Unix milliseconds, such as {meant}"),
        format!("看起来是以{zh}为单位；时间应为 Unix 毫秒数，例如 {meant}"),
    );
    Err(Error::invalid(path, &time.to_string(), reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    /// 2025-10-09T08:53:20Z.
    const NOW: i64 = 1_760_000_000_000;

    #[test]
    fn another_unit_is_refused_with_its_name_and_what_to_write() {
        for (time, unit, meant) in [
            (1_760_000_000, "seconds", "1760000000000"),
            (1_781_748_000, "seconds", "1781748000000"),
            (NOW + FAR_MS + 1, "", ""),
            (1, "", ""),
            (0, "", ""),
        ] {
            match check_unit("ends_at", time, NOW) {
                Ok(()) => assert_eq!(unit, "", "{time}"),
                Err(error) => {
                    let message = error.message(Language::En);
                    assert!(!unit.is_empty() && message.contains(unit), "{message}");
                    assert!(message.contains(meant), "{message}");
                }
            }
        }
        let error = check_unit("ends_at", NOW * 1000, NOW).unwrap_err();
        assert!(error.message(Language::En).contains("microseconds"));
        assert!(error.message(Language::Zh).contains("微秒"));
    }

    #[test]
    fn the_distance_is_30_years_and_not_a_millisecond_less() {
        for (time, is_refused) in [
            ((NOW - FAR_MS) / 1000 - 1, false),
            ((NOW - FAR_MS) / 1000, true),
            ((NOW + FAR_MS) / 1000, true),
            ((NOW + FAR_MS) / 1000 + 1, false),
            ((NOW + FAR_MS) * 1000 + 1000, false),
            ((NOW - FAR_MS) * 1000, true),
        ] {
            assert_eq!(check_unit("x", time, NOW).is_err(), is_refused, "{time}");
        }
    }

    #[test]
    fn the_first_and_the_last_year_are_no_times() {
        for (time, is_none) in [
            (-62_135_596_800_000, true),
            (-62_104_060_800_001, true),
            (-62_104_060_800_000, false),
            (0, false),
            (253_370_764_799_999, false),
            (253_370_764_800_000, true),
            (limits::TIME_MS, true),
        ] {
            assert_eq!(is_no_time(time), is_none, "{time}");
        }
    }
}
