//! Times of day: `22:00`, `9am`, `noon`, `22点半`, `晚上10点`.

use std::ops::Range;

use jiff::civil::Time;

use super::Fault;
use super::cursor::Cursor;

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) time: Time,
    /// Of `24:00`, which is the next day's midnight.
    pub(super) is_next_day: bool,
}

impl Clock {
    pub(super) const MIDNIGHT: Self = Self {
        time: Time::midnight(),
        is_next_day: false,
    };
}

/// A part of the day that says which half a number of hours is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    /// Before noon; 12 is midnight in English, and refused in Chinese.
    Morning,
    /// Around noon: 11 to 13 o'clock.
    Noon,
    /// After noon.
    Afternoon,
    /// 18 to 24 o'clock.
    Evening,
}

const HALVES: &[(&str, Half)] = &[
    ("凌晨", Half::Morning),
    ("清晨", Half::Morning),
    ("早上", Half::Morning),
    ("早晨", Half::Morning),
    ("上午", Half::Morning),
    ("早", Half::Morning),
    ("中午", Half::Noon),
    ("下午", Half::Afternoon),
    ("傍晚", Half::Afternoon),
    ("晚上", Half::Evening),
    ("夜里", Half::Evening),
    ("晚", Half::Evening),
];

/// A time of day as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Numbers {
    hour: u64,
    minute: u64,
    second: u64,
    milliseconds: u64,
}

impl Numbers {
    fn new(hour: u64, minute: u64) -> Self {
        Self {
            hour,
            minute,
            second: 0,
            milliseconds: 0,
        }
    }

    fn time(self) -> Option<Time> {
        let small = |number: u64| i8::try_from(number).ok();
        let nanoseconds = i32::try_from(self.milliseconds * 1_000_000).ok()?;
        Time::new(
            small(self.hour)?,
            small(self.minute)?,
            small(self.second)?,
            nanoseconds,
        )
        .ok()
    }
}

/// Reads a time of day; None if none comes next.
pub(super) fn read(cursor: &mut Cursor) -> Result<Option<Clock>, Fault> {
    let begin = cursor.place();
    if cursor.word("noon") || cursor.sign("正午") {
        return Ok(Some(at(12, 0)));
    }
    if cursor.word("midnight") || cursor.sign("零点") {
        return Ok(Some(Clock::MIDNIGHT));
    }
    let half = cursor.one_of(HALVES);
    cursor.skip_blanks();
    let Some(numbers) = numbers(cursor)? else {
        if half == Some(Half::Noon) {
            return Ok(Some(at(12, 0)));
        }
        // `早上` alone is no time of day.
        cursor.go_to(begin);
        return Ok(None);
    };
    let place = begin..cursor.place();
    let hour = match (half, english_half(cursor)) {
        (Some(_), Some(_)) => return Err(doubtful(begin..cursor.place())),
        (None, None) => numbers.hour,
        (None, Some(is_pm)) => {
            twelve_hours(numbers.hour, is_pm).ok_or_else(|| wrong(begin..cursor.place()))?
        }
        (Some(half), None) => chinese(numbers.hour, half).ok_or_else(|| doubtful(place.clone()))?,
    };
    let numbers = Numbers { hour, ..numbers };
    let last = numbers == Numbers::new(24, 0);
    let time = match last {
        true => Some(Time::midnight()),
        false => numbers.time(),
    };
    let clock = time.map(|time| Clock {
        time,
        is_next_day: last,
    });
    clock.map(Some).ok_or_else(|| wrong(place))
}

/// Reads `22:00`, `22:00:30`, `22:00:30.5`, `9am`, `22点`, `22点半`, `22点5分`.
fn numbers(cursor: &mut Cursor) -> Result<Option<Numbers>, Fault> {
    let begin = cursor.place();
    let Some(hour) = cursor.number().filter(|_| cursor.place() - begin <= 2) else {
        cursor.go_to(begin);
        return Ok(None);
    };
    if cursor.sign(":") {
        let minute = two_digits(cursor)?;
        let second = match cursor.sign(":") {
            true => two_digits(cursor)?,
            false => 0,
        };
        let milliseconds = fraction(cursor);
        return Ok(Some(Numbers {
            hour,
            minute,
            second,
            milliseconds,
        }));
    }
    if cursor.sign("点") || cursor.sign("时") {
        cursor.sign("钟");
        if cursor.sign("半") {
            return Ok(Some(Numbers::new(hour, 30)));
        }
        let behind = cursor.place();
        let minute = cursor.number();
        if minute.is_some() {
            cursor.sign("分");
            return Ok(minute.map(|minute| Numbers::new(hour, minute)));
        }
        cursor.go_to(behind);
        return Ok(Some(Numbers::new(hour, 0)));
    }
    // A bare number is an hour only with am or pm behind it.
    let behind = cursor.place();
    let is_hour = english_half(cursor).is_some();
    cursor.go_to(if is_hour { behind } else { begin });
    Ok(is_hour.then_some(Numbers::new(hour, 0)))
}

/// Reads `am` or `pm`, and returns whether it is `pm`.
fn english_half(cursor: &mut Cursor) -> Option<bool> {
    let begin = cursor.place();
    cursor.skip_blanks();
    let half = cursor.one_of(&[("am", false), ("pm", true)]);
    if half.is_none() {
        cursor.go_to(begin);
    }
    half
}

fn two_digits(cursor: &mut Cursor) -> Result<u64, Fault> {
    let begin = cursor.place();
    let number = cursor.number().filter(|_| cursor.place() - begin == 2);
    number.ok_or_else(|| wrong(begin..cursor.place().max(begin + 1)))
}

/// Reads a fraction of a second, to the millisecond: boards keep no more.
fn fraction(cursor: &mut Cursor) -> u64 {
    let begin = cursor.place();
    let digits = match cursor.sign(".") {
        true => cursor.digits(),
        false => 0,
    };
    if digits == 0 {
        cursor.go_to(begin);
        return 0;
    }
    let mut milliseconds = 0;
    for place in 0..digits {
        let digit = cursor.peek().and_then(|c| c.to_digit(10)).unwrap_or(0);
        cursor.advance();
        if place < 3 {
            milliseconds += u64::from(digit) * 10_u64.pow(2 - u32::try_from(place).unwrap_or(2));
        }
    }
    milliseconds
}

fn twelve_hours(hour: u64, is_pm: bool) -> Option<u64> {
    match (hour, is_pm) {
        (12, false) => Some(0),
        (12, true) => Some(12),
        (1..=11, _) => Some(hour + if is_pm { 12 } else { 0 }),
        _ => None,
    }
}

/// The hour of the day that Chinese means; None if people would not agree.
fn chinese(hour: u64, half: Half) -> Option<u64> {
    match (half, hour) {
        (Half::Morning, 0..=11) => Some(hour),
        (Half::Noon, 11 | 12) => Some(hour),
        (Half::Noon, 1) => Some(13),
        (Half::Afternoon, 1..=7) | (Half::Evening, 5..=11) => Some(hour + 12),
        (Half::Afternoon, 12..=19) | (Half::Evening, 17..=24) if hour != 12 => Some(hour),
        _ => None,
    }
}

fn at(hour: i8, minute: i8) -> Clock {
    Clock {
        time: Time::constant(hour, minute, 0, 0),
        is_next_day: false,
    }
}

fn wrong(at: Range<usize>) -> Fault {
    Fault::new(
        at,
        "not a time of day; write 9:00, 22:30, 9am, or 24:00 for the end of the day",
        "不是一天中的时刻；请写 9:00、22:30、22点半，或以 24:00 表示当天结束",
    )
}

fn doubtful(at: Range<usize>) -> Fault {
    Fault::new(
        at,
        "can be understood in two ways; write the hour of 24, such as 0:00 or 22:00",
        "可有两种理解；请用 24 小时制，例如 0:00 或 22:00",
    )
}
