//! Times as text in the machine's local time: `YYYY-MM-DD HH:MM:SS`.

use notice::{Bilingual, Error, Result, WallTime, WrittenTime};

/// Offset of local time from UTC, in seconds, at an instant in Unix seconds.
pub(crate) type Zone = fn(i64) -> i64;

/// Formats a time in Unix milliseconds; 0, not set, is empty. A time outside the calendar becomes
/// its number after an @.
pub(crate) fn format(ms: i64, zone: Zone) -> String {
    if ms == 0 {
        return String::new();
    }
    let ahead = zone(ms.div_euclid(1000)) * 1000;
    match WallTime::at(ms.saturating_add(ahead)) {
        Some(time) => format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
            time.year, time.month, time.day, time.hour, time.minute, time.second
        ),
        None => format!("@{ms}"),
    }
}

/// Parses a time into Unix milliseconds: a local date with an optional time of day, also in the E
/// language's format; an RFC 3339 instant with its offset; or a number after an @.
///
/// A local time that occurs twice means the first occurrence. A skipped one is moved forward by the
/// length of the gap.
pub(crate) fn parse(path: &str, text: &str, zone: Zone) -> Result<i64> {
    let text = text.trim();
    if let Some(ms) = text.strip_prefix('@').and_then(|ms| ms.parse().ok()) {
        return Ok(ms);
    }
    let time = WrittenTime::parse(text).or_else(|| as_e_writes_it(text));
    let time = time.ok_or_else(|| {
        let reason = Bilingual::new(
            "invalid time; write 2026-06-18 08:00:00",
            "时间格式错误，应为 2026-06-18 08:00:00",
        );
        Error::invalid(path, text, reason)
    })?;
    if let Some(instant) = time.instant() {
        return Ok(instant);
    }
    let local = time.wall_ms;
    let seconds = local.div_euclid(1000);
    // The offset one day earlier is the one before any change on this day.
    let before = zone(seconds - 86_400);
    let first = seconds - before;
    let offset = if zone(first) == before {
        before
    } else {
        zone(seconds - zone(first))
    };
    Ok(local - offset * 1000)
}

/// Parses the formats of the E language's 到文本, 时间到文本 and 到时间: 2026年6月18日8时0分0秒, 2026/6/18 8:00.
/// Everything after the day is optional.
fn as_e_writes_it(text: &str) -> Option<WrittenTime> {
    let (date, time) = text.split_once(['日', ' ', 'T']).unwrap_or((text, ""));
    let time = time.trim().trim_end_matches(['时', '分', '秒']);
    let (date, time) = (
        numbers(date, &['年', '月', '/', '-'])?,
        numbers(time, &['时', '分', ':'])?,
    );
    let [year @ 1000..=9999, month, day] = *date else {
        return None;
    };
    let [hour, minute, second] = match *time {
        [] => [0, 0, 0],
        [hour] => [hour, 0, 0],
        [hour, minute] => [hour, minute, 0],
        [hour, minute, second] => [hour, minute, second],
        _ => return None,
    };
    let wall = WallTime {
        year,
        month,
        day,
        hour,
        minute,
        second,
        millisecond: 0,
    };
    Some(WrittenTime {
        wall_ms: wall.ms()?,
        has_time: !time.is_empty(),
        offset: None,
    })
}

/// Returns the numbers between those separators, each of a few digits; None for an empty text.
fn numbers(text: &str, signs: &[char]) -> Option<Vec<i64>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let is_number = |word: &&str| word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let words = text.split(signs);
    words
        .map(|word| Some(word).filter(is_number)?.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Local time in China.
    fn east(_: i64) -> i64 {
        8 * 3600
    }

    /// Local time in New York in 2026: an hour is skipped at 2:00 on March 8, and another occurs
    /// twice at 1:00 on November 1.
    fn west(seconds: i64) -> i64 {
        match seconds {
            1_772_953_200..1_793_512_800 => -4 * 3600,
            _ => -5 * 3600,
        }
    }

    #[test]
    fn a_time_is_shown_as_the_clock_on_the_wall() {
        assert_eq!(format(1_781_740_800_000, east), "2026-06-18 08:00:00");
        assert_eq!(format(1_781_740_800_999, west), "2026-06-17 20:00:00");
        assert_eq!(format(-1, |_| 0), "1969-12-31 23:59:59");
        assert_eq!(format(0, east), "");
        assert_eq!(format(253_402_271_999_999, east), "9999-12-31 23:59:59");
        assert_eq!(format(253_402_272_000_000, east), "@253402272000000");
        assert_eq!(format(i64::MAX, east), "@9223372036854775807");
    }

    #[test]
    fn what_is_shown_reads_back() {
        for zone in [east, west] {
            // Every half hour of the two days with a change, and of an ordinary day.
            for day in [1_772_928_000, 1_793_491_200, 1_781_740_800] {
                for step in 0..96 {
                    let ms = (day + step * 1800) * 1000;
                    let text = format(ms, zone);
                    let back = parse("", &text, zone).unwrap();
                    assert_eq!(format(back, zone), text);
                    // Except for the hour that occurs the second time.
                    let second =
                        zone(0) < 0 && (1_793_512_800..1_793_516_400).contains(&(ms / 1000));
                    assert_eq!(back, if second { ms - 3_600_000 } else { ms }, "{text}");
                }
            }
        }
    }

    #[test]
    fn a_time_that_is_skipped_is_after_the_skip() {
        let skipped = parse("", "2026-03-08 02:30:00", west).unwrap();
        assert_eq!(format(skipped, west), "2026-03-08 03:30:00");
    }

    #[test]
    fn dates_and_instants_are_times_as_well() {
        for (text, ms) in [
            ("2026-06-18", 1_781_712_000_000),
            (" 2026-06-18T08:00 ", 1_781_740_800_000),
            ("2026-06-18 08:00:00.250", 1_781_740_800_250),
            ("2026-06-18T00:00:00Z", 1_781_740_800_000),
            ("9999-12-31 23:59:59.999", 253_402_271_999_999),
            ("@253402272000000", 253_402_272_000_000),
            ("@-1", -1),
            ("2026-06-18T02:00:00+02:00", 1_781_740_800_000),
            // In the E language's own format.
            ("2026年6月18日8时0分0秒", 1_781_740_800_000),
            ("2026年06月18日08时00分01秒", 1_781_740_801_000),
            ("2026年6月18日8时30分", 1_781_742_600_000),
            ("2026年6月18日8时", 1_781_740_800_000),
            ("2026年6月18日 8:00", 1_781_740_800_000),
            ("2026年6月18日", 1_781_712_000_000),
            ("2026/6/18 8:00:00", 1_781_740_800_000),
            ("2026-6-18 8:0:0", 1_781_740_800_000),
            ("2026/6/18", 1_781_712_000_000),
        ] {
            assert_eq!(parse("", text, east).unwrap(), ms, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "@",
            "@x",
            "soon",
            "2026-13-01",
            "2026-06-18 25:00:00",
            "18",
            "26/6/18",
            "2026/6",
            "2026年2月30日",
            "2026年6月18日24时0分0秒",
            "2026/6/18 8:00:00:00",
            "2026/6/18 8::00",
            "2026/+6/18",
            "-2026/6/18",
            "日",
            "2026/6/18 八时",
            "2026/6/99999999999",
        ] {
            assert_eq!(
                parse("now", text, east).unwrap_err().path(),
                Some("now"),
                "{text}"
            );
        }
    }
}
