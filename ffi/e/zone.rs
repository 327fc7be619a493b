//! The machine's time zone, as the system knows it, which keeps its rules up to date.

#[cfg(unix)]
pub(crate) use self::unix::offset;
#[cfg(windows)]
pub(crate) use self::windows::offset;

#[cfg(unix)]
mod unix {
    use std::mem::MaybeUninit;

    /// Returns the offset of local time from UTC at an instant in Unix seconds, in seconds; 0 where
    /// it is unknown.
    pub(crate) fn offset(seconds: i64) -> i64 {
        // With a 32-bit time_t, the last representable instant is in the same zone.
        let seconds = libc::time_t::try_from(seconds).unwrap_or(libc::time_t::MAX);
        let mut time = MaybeUninit::<libc::tm>::zeroed();
        // SAFETY: both pointers are valid for the call, which writes into the second.
        let filled = unsafe { libc::localtime_r(&raw const seconds, time.as_mut_ptr()) };
        if filled.is_null() {
            return 0;
        }
        // SAFETY: it was filled, and it is valid even before that, because it is zeroed.
        let time = unsafe { time.assume_init() };
        #[allow(clippy::useless_conversion, reason = "it has 32 bits on some machines")]
        i64::from(time.tm_gmtoff)
    }
}

#[cfg(windows)]
mod windows {
    use std::ffi::c_void;

    use notice::WallTime;

    /// The system's SYSTEMTIME.
    #[repr(C)]
    #[derive(Default)]
    struct SystemTime {
        year: u16,
        month: u16,
        day_of_week: u16,
        day: u16,
        hour: u16,
        minute: u16,
        second: u16,
        milliseconds: u16,
    }

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn SystemTimeToTzSpecificLocalTime(
            zone: *const c_void,
            utc: *const SystemTime,
            local: *mut SystemTime,
        ) -> i32;
    }

    /// Returns the offset of local time from UTC at an instant in Unix seconds, in seconds; 0 where
    /// it is unknown.
    pub(crate) fn offset(seconds: i64) -> i64 {
        local(seconds).map_or(0, |local| local - seconds)
    }

    /// Returns the local time at that instant, as seconds since 1970 on a local clock.
    fn local(seconds: i64) -> Option<i64> {
        let utc = to_system(WallTime::at(seconds.checked_mul(1000)?)?)?;
        let mut local = SystemTime::default();
        // SAFETY: a zone of NULL is the machine's; both times are valid for the call.
        let is_known = unsafe {
            SystemTimeToTzSpecificLocalTime(std::ptr::null(), &raw const utc, &raw mut local)
        };
        if is_known == 0 {
            return None;
        }
        Some(from_system(&local).ms()?.div_euclid(1000))
    }

    fn to_system(time: WallTime) -> Option<SystemTime> {
        Some(SystemTime {
            year: time.year.try_into().ok()?,
            month: time.month.try_into().ok()?,
            day_of_week: 0,
            day: time.day.try_into().ok()?,
            hour: time.hour.try_into().ok()?,
            minute: time.minute.try_into().ok()?,
            second: time.second.try_into().ok()?,
            milliseconds: 0,
        })
    }

    fn from_system(time: &SystemTime) -> WallTime {
        WallTime {
            year: time.year.into(),
            month: time.month.into(),
            day: time.day.into(),
            hour: time.hour.into(),
            minute: time.minute.into(),
            second: time.second.into(),
            millisecond: 0,
        }
    }
}
