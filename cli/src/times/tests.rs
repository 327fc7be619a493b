//! What is read as which instant, and what is refused where.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use proptest::prelude::*;

use super::Times;

/// A Wednesday.
fn shanghai() -> Times {
    at("2026-06-17T15:30:20+08:00[Asia/Shanghai]")
}

fn at(now: &str) -> Times {
    Times::new(now.parse::<Zoned>().unwrap())
}

/// Reads a time, and writes it as its zone does.
fn read(times: &Times, text: &str) -> String {
    match times.read(text) {
        Ok(instant) => {
            let zone = times.now.time_zone().clone();
            instant.to_zoned(zone).strftime("%F %T").to_string()
        }
        Err(fault) => panic!("{text}: {fault:?}"),
    }
}

/// Returns the part of the text that is refused, and the English reason.
fn refused(times: &Times, text: &str) -> (String, String) {
    match times.read(text) {
        Ok(instant) => panic!("{text} is read as {instant}"),
        Err(fault) => {
            let part = text.chars().skip(fault.at.start).take(fault.at.len());
            (part.collect(), fault.reason.en.to_string())
        }
    }
}

#[test]
fn a_time_is_read_in_the_way_people_write_it() {
    let times = shanghai();
    for (text, instant) in [
        ("now", "2026-06-17 15:30:20"),
        ("现在", "2026-06-17 15:30:20"),
        ("2026-06-20 22:00", "2026-06-20 22:00:00"),
        ("2026-06-20 22:00:05.75", "2026-06-20 22:00:05"),
        ("2026/6/20 9:00", "2026-06-20 09:00:00"),
        ("2026-06-20", "2026-06-20 00:00:00"),
        ("2026-06-20 24:00", "2026-06-21 00:00:00"),
        ("2026-06-20T22:00", "2026-06-20 22:00:00"),
        ("22:00", "2026-06-17 22:00:00"),
        ("22:00 tomorrow", "2026-06-18 22:00:00"),
        ("Tomorrow, 9am", "2026-06-18 09:00:00"),
        ("tomorrow 12 PM", "2026-06-18 12:00:00"),
        ("tomorrow 12am", "2026-06-18 00:00:00"),
        ("today noon", "2026-06-17 12:00:00"),
        ("yesterday 9:30 pm", "2026-06-16 21:30:00"),
        ("friday 18:00", "2026-06-19 18:00:00"),
        ("wed 18:00", "2026-06-24 18:00:00"),
        ("@1781964000", "2026-06-20 22:00:00"),
        ("明天 22:00", "2026-06-18 22:00:00"),
        ("明天22：00", "2026-06-18 22:00:00"),
        ("今晚10点", "2026-06-17 22:00:00"),
        ("今天晚上10点半", "2026-06-17 22:30:00"),
        ("明早9点", "2026-06-18 09:00:00"),
        ("后天下午3点5分", "2026-06-19 15:05:00"),
        ("大后天中午", "2026-06-20 12:00:00"),
        ("明天凌晨2点", "2026-06-18 02:00:00"),
        ("6月20日 22点", "2026-06-20 22:00:00"),
        ("6月16日", "2027-06-16 00:00:00"),
        ("2月29日", "2028-02-29 00:00:00"),
        ("２０２６年６月２０日２２时", "2026-06-20 22:00:00"),
        ("周五 18:00", "2026-06-19 18:00:00"),
        ("本周一 9:00", "2026-06-15 09:00:00"),
        ("下周一 9:00", "2026-06-22 09:00:00"),
        ("下星期天9点", "2026-06-28 09:00:00"),
        ("上午9点", "2026-06-17 09:00:00"),
    ] {
        assert_eq!(read(&times, text), instant, "{text}");
    }
}

#[test]
fn a_distance_is_counted_from_now() {
    let times = shanghai();
    for (text, instant) in [
        ("+2h", "2026-06-17 17:30:20"),
        ("-30m", "2026-06-17 15:00:20"),
        ("+1d12h", "2026-06-19 03:30:20"),
        ("+ 1w 2 days", "2026-06-26 15:30:20"),
        ("in 90 minutes", "2026-06-17 17:00:20"),
        ("3 days ago", "2026-06-14 15:30:20"),
        ("2小时后", "2026-06-17 17:30:20"),
        ("半小时后", "2026-06-17 16:00:20"),
        ("1天2小时之前", "2026-06-16 13:30:20"),
    ] {
        assert_eq!(read(&times, text), instant, "{text}");
    }
}

#[test]
fn a_zone_that_is_written_is_the_one_that_counts() {
    let times = shanghai();
    for (text, instant) in [
        ("2026-06-20T22:00:00Z", "2026-06-21 06:00:00"),
        ("2026-06-20 22:00 UTC", "2026-06-21 06:00:00"),
        ("2026-06-20 22:00+02:00", "2026-06-21 04:00:00"),
        ("2026-06-20 22:00 -0330", "2026-06-21 09:30:00"),
        ("2026-06-20 22:00 Europe/Berlin", "2026-06-21 04:00:00"),
        (
            "2026-06-20T22:00+02:00[Europe/Berlin]",
            "2026-06-21 04:00:00",
        ),
        ("明天 22:00 北京时间", "2026-06-18 22:00:00"),
        // Today is still the 16th there.
        ("today 23:00 Pacific/Honolulu", "2026-06-17 17:00:00"),
    ] {
        assert_eq!(read(&times, text), instant, "{text}");
    }
    assert_eq!(
        Times::zone("asia/shanghai").unwrap().iana_name(),
        Some("Asia/Shanghai")
    );
    assert!(Times::zone("+08:00").is_ok());
    for name in ["", "Asia/Shangai", "+25:00", "../etc/passwd", "+08:00 x"] {
        assert!(Times::zone(name).is_err(), "{name}");
    }
}

#[test]
fn an_hour_that_the_clocks_skip_or_repeat_is_refused() {
    let times = at("2026-03-28T12:00:00+01:00[Europe/Berlin]");
    let (_, reason) = refused(&times, "2026-03-29 02:30");
    assert!(
        reason.contains("Europe/Berlin") && reason.contains("03:30"),
        "{reason}"
    );
    let (_, reason) = refused(&times, "2026-10-25 02:30");
    assert!(reason.contains("+02") && reason.contains("+01"), "{reason}");
    assert_eq!(read(&times, "2026-10-25 02:30 +01"), "2026-10-25 02:30:00");
    // A day of the calendar is the same time of day; 24 hours are not.
    assert_eq!(read(&times, "+1d"), "2026-03-29 12:00:00");
    assert_eq!(read(&times, "+24h"), "2026-03-29 13:00:00");
}

#[test]
fn what_cannot_be_read_or_in_two_ways_is_refused_at_its_place() {
    let times = shanghai();
    for (text, part, reason) in [
        ("", "", "not a time"),
        ("  ", "  ", "not a time"),
        ("soon", "soon", "time zone"),
        ("tomorrow 25:00", "25:00", "time of day"),
        ("tomorrow 9:5", "5", "time of day"),
        ("tomorrow 13pm", "13pm", "time of day"),
        ("2026-02-30", "2026-02-30", "calendar"),
        ("2026-13-01 10:00", "2026-13-01", "calendar"),
        ("06/07 10:00", "06/07", "year"),
        ("next friday", "next", "friday"),
        ("tomorrow 9", "9", "not a time"),
        ("晚上12点", "晚上12点", "two ways"),
        ("tomorrow tomorrow", "tomorrow", "time zone"),
        ("22:00 23:00", "23:00", "not a time"),
        ("2026-06-20 22:00 Mars/Base", "mars/base", "time zone"),
        ("Asia/Shanghai", "Asia/Shanghai", "not a time"),
        ("+2x", "x", "unit"),
        ("in 3 fortnights", "fortnights", "unit"),
        (
            "+99999999999999999999d",
            "+99999999999999999999d",
            "out of range",
        ),
        ("@", "@", "1970"),
        ("now and then", "and then", "not a time"),
    ] {
        let (at, why) = refused(&times, text);
        let at = at.to_lowercase();
        let is_there = at.trim() == part.to_lowercase().trim();
        assert!(is_there, "{text}: {at:?} instead of {part:?}: {why}");
        assert!(why.contains(reason), "{text}: {why}");
    }
}

#[test]
fn an_instant_is_shown_in_the_zone_and_in_utc() {
    let show = |times: &Times, text: &str| times.show(times.read(text).unwrap());
    let times = shanghai();
    assert_eq!(
        show(&times, "2026-06-20 22:00"),
        "2026-06-20 22:00 +08:00 (14:00 UTC)"
    );
    assert_eq!(
        show(&times, "2026-06-20 06:00:09"),
        "2026-06-20 06:00:09 +08:00 (2026-06-19 22:00:09 UTC)"
    );
    assert_eq!(
        show(&at("2026-06-17T15:30:00Z[UTC]"), "22:00"),
        "2026-06-17 22:00 UTC"
    );
}

proptest! {
    #[test]
    fn what_is_written_exactly_is_read_again(ms in -5_000_000_000_000_i64..20_000_000_000_000, whole in any::<bool>()) {
        let ms = if whole { ms / 1000 * 1000 } else { ms };
        let written = shanghai().exact(ms);
        prop_assert_eq!(shanghai().read(&written).map(|instant| instant.as_millisecond()), Ok(ms), "{}", written);
    }

    #[test]
    fn what_is_shown_is_read_again(second in -30_000_000_000_i64..200_000_000_000, zone in prop::sample::select(vec![
        "Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "UTC", "Australia/Lord_Howe",
    ])) {
        let instant = Timestamp::from_second(second).unwrap();
        let times = Times::new(instant.to_zoned(TimeZone::get(zone).unwrap()));
        let shown = times.show(instant);
        let first = shown.split(" (").next().unwrap();
        // An offset with seconds, of before there were zones, is shown without them.
        prop_assume!(times.now.offset().seconds() % 60 == 0);
        prop_assert_eq!(times.read(first), Ok(instant), "{}", shown);
    }

    #[test]
    fn no_text_is_too_strange_to_be_refused(text in "(tomorrow|明天|周|@|[+]|[-:/ ]|T|Z|[0-9]{1,20}|am|点|半|in|ago|后|\\PC){0,8}") {
        if let Err(fault) = shanghai().read(&text) {
            prop_assert!(fault.at.end <= text.chars().count().max(1), "{fault:?}");
        }
    }
}
