//! Dates and times of day, and the text of RFC 3339.

/// A date of the Gregorian calendar with a time of day, without a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WallTime {
    /// 0 to 9999.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
    /// 0 to 999.
    pub millisecond: i64,
}

/// A time parsed from text: `2026-06-18T20:00:00.5+08:00`, or parts of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenTime {
    /// The written date and time in milliseconds since 1970-01-01T00:00, ignoring the offset.
    pub wall_ms: i64,
    /// Whether a time of day was written; a date alone means its midnight.
    pub has_time: bool,
    /// The written offset from UTC in seconds.
    pub offset: Option<i64>,
}

const DAY_MS: i64 = 86_400_000;
/// Days in 400 years, the period of the calendar.
const FOUR_CENTURIES: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const MARCH_0_TO_1970: i64 = 719_468;

impl WallTime {
    /// Converts milliseconds since 1970-01-01T00:00; None outside the years 0 to 9999.
    pub fn at(ms: i64) -> Option<Self> {
        let (days, ms) = (ms.div_euclid(DAY_MS), ms.rem_euclid(DAY_MS));
        let (year, month, day) = date(days);
        (0..=9999).contains(&year).then_some(Self {
            year,
            month,
            day,
            hour: ms / 3_600_000,
            minute: ms / 60_000 % 60,
            second: ms / 1000 % 60,
            millisecond: ms % 1000,
        })
    }

    /// Converts to milliseconds since 1970-01-01T00:00; None for an invalid date or time.
    pub fn ms(self) -> Option<i64> {
        let is_time = (0..24).contains(&self.hour)
            && (0..60).contains(&self.minute)
            && (0..60).contains(&self.second)
            && (0..1000).contains(&self.millisecond);
        let is_near = (0..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=31).contains(&self.day);
        if !is_time || !is_near {
            return None;
        }
        let days = days(self.year, self.month, self.day);
        // An invalid date, such as February 30, becomes a different one.
        if date(days) != (self.year, self.month, self.day) {
            return None;
        }
        let seconds = (self.hour * 60 + self.minute) * 60 + self.second;
        Some(days * DAY_MS + seconds * 1000 + self.millisecond)
    }
}

impl WrittenTime {
    /// Parses a date, or a date and time as in RFC 3339, where seconds and offset are optional. A
    /// fraction is truncated to milliseconds, and the leap second 60 becomes 59. What RFC 9557 allows behind
    /// an offset, such as `[Asia/Shanghai]`, is passed over, because the offset says which instant it is.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = Rest(text.as_bytes());
        let mut time = WallTime {
            year: rest.number(4)?,
            month: rest.part(b"-")?,
            day: rest.part(b"-")?,
            hour: 0,
            minute: 0,
            second: 0,
            millisecond: 0,
        };
        let has_time = !rest.0.is_empty();
        let mut offset = None;
        if has_time {
            time.hour = rest.part(b"Tt ")?;
            time.minute = rest.part(b":")?;
            if rest.begins_with(b":") {
                time.second = match rest.part(b":")? {
                    60 => 59,
                    second => second,
                };
                time.millisecond = rest.fraction()?;
            }
            offset = rest.offset()?;
            while offset.is_some() && rest.begins_with(b"[") {
                rest.suffix()?;
            }
        }
        Some(Self {
            wall_ms: time.ms().filter(|_| rest.0.is_empty())?,
            has_time,
            offset,
        })
    }

    /// Returns the instant in Unix milliseconds, if an offset was written.
    pub fn instant(self) -> Option<i64> {
        Some(self.wall_ms - self.offset? * 1000)
    }
}

/// Unread input.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn begins_with(&self, any_of: &[u8]) -> bool {
        self.0.first().is_some_and(|first| any_of.contains(first))
    }

    fn next(&mut self, any_of: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        any_of.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn digit(&mut self) -> Option<i64> {
        self.next(b"0123456789")
            .map(|digit| i64::from(digit - b'0'))
    }

    /// Reads a number with this many digits.
    fn number(&mut self, digits: u32) -> Option<i64> {
        (0..digits).try_fold(0, |number, _| Some(number * 10 + self.digit()?))
    }

    /// Reads a separator and two digits.
    fn part(&mut self, sign: &[u8]) -> Option<i64> {
        self.next(sign)?;
        self.number(2)
    }

    /// Reads an optional fraction of a second, in milliseconds.
    fn fraction(&mut self) -> Option<i64> {
        if self.next(b".,").is_none() {
            return Some(0);
        }
        let mut ms = self.digit()? * 100;
        let mut worth = 10;
        while let Some(digit) = self.digit() {
            ms += digit * worth;
            worth /= 10;
        }
        Some(ms)
    }

    /// Reads a suffix of RFC 9557: a time zone or another tag in brackets.
    fn suffix(&mut self) -> Option<()> {
        self.next(b"[")?;
        let end = self.0.iter().position(|byte| *byte == b']')?;
        let (tag, rest) = self.0.split_at_checked(end)?;
        let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"!_+-./:=".contains(byte);
        self.0 = rest.get(1..)?;
        (!tag.is_empty() && tag.iter().all(is_allowed)).then_some(())
    }

    /// Reads an optional offset, in seconds.
    fn offset(&mut self) -> Option<Option<i64>> {
        let seconds = match self.next(b"Zz+-") {
            None => return Some(None),
            Some(b'Z' | b'z') => 0,
            Some(sign) => {
                let hours = self.number(2).filter(|hours| *hours < 24)?;
                // `+0800` and `+08` are allowed by ISO 8601.
                let minutes = match self.next(b":") {
                    None if self.0.is_empty() || self.begins_with(b"[") => 0,
                    _ => self.number(2).filter(|minutes| *minutes < 60)?,
                };
                let seconds = (hours * 60 + minutes) * 60;
                if sign == b'-' { -seconds } else { seconds }
            }
        };
        Some(Some(seconds))
    }
}

// Both functions count years from March, so that a leap day is the last day of the year, and the
// days before a month are (153 month + 2) / 5 for months from 0: Howard Hinnant, "chrono-Compatible
// Low-Level Date Algorithms".

/// Returns the days from 1970-01-01 to a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = match month {
        1 | 2 => (year - 1, month + 9),
        _ => (year, month - 3),
    };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year * 365 + year / 4 - year / 100 + day_of_year;
    era * FOUR_CENTURIES + day_of_era - MARCH_0_TO_1970
}

/// Returns the date this many days after 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(MARCH_0_TO_1970);
    let (era, day) = (
        days.div_euclid(FOUR_CENTURIES),
        days.rem_euclid(FOUR_CENTURIES),
    );
    let year = (day - day / 1460 + day / 36_524 - day / (FOUR_CENTURIES - 1)) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year;
    match month {
        0..=9 => (year, month + 3, day),
        _ => (year + 1, month - 9, day),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil;
    use jiff::fmt::temporal::Pieces;
    use proptest::prelude::*;

    use super::*;

    const EPOCH: civil::DateTime = civil::date(1970, 1, 1).at(0, 0, 0, 0);

    /// Parses with jiff, which accepts more than RFC 3339.
    fn peer(text: &str) -> Option<WrittenTime> {
        let pieces = Pieces::parse(text).ok()?;
        let midnight = civil::Time::midnight();
        let local = pieces.date().to_datetime(pieces.time().unwrap_or(midnight));
        let since = local.duration_since(EPOCH);
        let offset = pieces.to_numeric_offset();
        Some(WrittenTime {
            wall_ms: since.as_nanos().div_euclid(1_000_000).try_into().ok()?,
            has_time: pieces.time().is_some(),
            offset: offset.map(|offset| offset.seconds().into()),
        })
    }

    #[test]
    fn every_day_is_that_of_jiff() {
        for day in 0..3_652_425 {
            let ms = (day - 719_528) * DAY_MS;
            let time = WallTime::at(ms).unwrap();
            let date = civil::date(0, 1, 1)
                .checked_add(jiff::Span::new().days(day))
                .unwrap();
            let expected = (date.year().into(), date.month().into(), date.day().into());
            assert_eq!((time.year, time.month, time.day), expected);
            assert_eq!(time.ms(), Some(ms));
        }
        for ms in [
            i64::MIN,
            -719_528 * DAY_MS - 1,
            253_402_300_800_000,
            i64::MAX,
        ] {
            assert_eq!(WallTime::at(ms), None, "{ms}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2026",
            "2026-06",
            "2026-6-18",
            "2026-06-18T",
            "2026-06-18T10",
            "2026-06-18T10:00:",
            "2026-06-18T10:00:00.",
            "2026-06-18T10:00:00+",
            "2026-06-18T10:00:00+8",
            "2026-06-18T10:00:00+08:",
            "2026-06-18T10:00:00+08:0",
            "2026-06-18T10:00:00+24:00",
            "2026-06-18T10:00:00+08:60",
            "2026-06-18T24:00:00Z",
            "2026-06-18T10:60:00Z",
            "2026-06-18T10:00:61Z",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-06-00",
            "2026-06-18T10:00:00Z ",
            " 2026-06-18",
            "２０２６-06-18",
            "-2026-06-18",
        ] {
            assert_eq!(WrittenTime::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn rfc_3339_is_read_as_jiff_does(
            text in "[0-9]{4}-(0[0-9]|1[0-3])-[0-3][0-9]([Tt ][0-2][0-9]:[0-6][0-9](:[0-6][0-9]([.,][0-9]{1,9})?)?\
                ([Zz]|[+-][01][0-9](:?[0-5][0-9])?)?)?",
        ) {
            prop_assert_eq!(WrittenTime::parse(&text), peer(&text), "{}", text);
        }

        #[test]
        fn any_milliseconds_come_back(ms in -62_167_219_200_000..253_402_300_800_000_i64) {
            prop_assert_eq!(WallTime::at(ms).and_then(WallTime::ms), Some(ms));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = WrittenTime::parse(&text);
        }
    }
}
