//! Conversions between the times of a board and those of the standard library.
//!
//! A board uses Unix milliseconds in UTC, as do C, JSON and the files.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use notice::{Draft, time};
//! let tomorrow = SystemTime::now() + Duration::from_secs(24 * 60 * 60);
//! let draft = Draft::new("en", "Maintenance").ends_at(time::from_system(tomorrow));
//! assert!(draft.ends_at.and_then(time::into_system).is_some_and(|end| end <= tomorrow));
//! ```

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Returns the Unix milliseconds of an instant, rounded down; negative before 1970.
pub fn from_system(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => {
            let nanoseconds = before.duration().as_nanos();
            i64::try_from(nanoseconds.div_ceil(1_000_000)).map_or(i64::MIN, |ms| -ms)
        }
    }
}

/// Returns the instant of these Unix milliseconds; None if this system cannot represent it.
pub fn into_system(ms: i64) -> Option<SystemTime> {
    let distance = Duration::from_millis(ms.unsigned_abs());
    if ms < 0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_come_back_and_parts_of_them_are_rounded_down() {
        for ms in [0, 1, 1_781_784_000_000, 253_402_300_799_999, -1, -1000] {
            let time = into_system(ms).unwrap();
            assert_eq!(from_system(time), ms);
            assert_eq!(from_system(time + Duration::from_micros(999)), ms);
        }
    }
}
