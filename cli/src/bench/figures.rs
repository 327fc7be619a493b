//! Rates and percentiles.

use std::time::{Duration, Instant};

use crate::exit::Outcome;

/// Most calls whose time is kept: 64 MiB of them.
const MOST: usize = 8_000_000;

/// What many calls took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    pub(super) count: usize,
    /// Calls in a second.
    pub(super) rate: f64,
    /// Half of the calls took no longer.
    pub(super) p50: Duration,
    /// 99 in 100 calls took no longer.
    pub(super) p99: Duration,
}

impl Figures {
    /// Repeats a call for a time; at least once.
    pub(super) fn of(time: Duration, mut call: impl FnMut(u64) -> Outcome) -> Outcome<Self> {
        let mut all: Vec<Duration> = Vec::new();
        let begin = Instant::now();
        let mut last = begin;
        while all.is_empty() || (last - begin < time && all.len() < MOST) {
            call(all.len() as u64)?;
            let now = Instant::now();
            all.push(now - last);
            last = now;
        }
        let rate = all.len() as f64 / (last - begin).as_secs_f64().max(1e-9);
        Ok(Self::of_times(all, rate))
    }

    fn of_times(mut all: Vec<Duration>, rate: f64) -> Self {
        all.sort_unstable();
        // The smallest time that so many calls did not exceed.
        let within = |hundredths: usize| {
            let place = (all.len() * hundredths).div_ceil(100).max(1) - 1;
            all.get(place).copied().unwrap_or_default()
        };
        Self {
            count: all.len(),
            rate,
            p50: within(50),
            p99: within(99),
        }
    }
}

/// A time for people, in three digits.
pub(super) fn shown(time: Duration) -> String {
    let us = time.as_secs_f64() * 1e6;
    match us {
        _ if us < 10.0 => format!("{us:.2} µs"),
        _ if us < 1000.0 => format!("{us:.0} µs"),
        _ if us < 100_000.0 => format!("{:.1} ms", us / 1e3),
        _ => format!("{:.2} s", us / 1e6),
    }
}

/// A rate for people, in three digits.
pub(super) fn rounded(rate: f64) -> String {
    match rate {
        _ if rate >= 1e6 => format!("{:.2} M", rate / 1e6),
        _ if rate >= 1e4 => format!("{:.0} k", rate / 1e3),
        _ if rate >= 1e3 => format!("{:.1} k", rate / 1e3),
        _ => format!("{rate:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_calls() {
        let all = (1..=200).rev().map(Duration::from_millis).collect();
        let figures = Figures::of_times(all, 1.0);
        assert_eq!(figures.p50, Duration::from_millis(100));
        assert_eq!(figures.p99, Duration::from_millis(198));
        let one = Figures::of_times(vec![Duration::from_millis(7)], 1.0);
        assert_eq!(
            (one.p50, one.p99),
            (Duration::from_millis(7), Duration::from_millis(7))
        );
    }

    #[test]
    fn a_call_is_made_at_least_once_and_a_failure_ends_it() {
        let mut calls = 0;
        let figures = Figures::of(Duration::ZERO, |_| {
            calls += 1;
            Ok(())
        });
        assert_eq!((figures.unwrap().count, calls), (1, 1));
        let failed = Figures::of(Duration::from_secs(9), |_| Err(crate::exit::Stop::quiet()));
        assert!(failed.is_err());
    }

    #[test]
    fn figures_are_readable() {
        assert_eq!(shown(Duration::from_nanos(1234)), "1.23 µs");
        assert_eq!(shown(Duration::from_micros(456)), "456 µs");
        assert_eq!(shown(Duration::from_micros(45_600)), "45.6 ms");
        assert_eq!(rounded(123_456.0), "123 k");
        assert_eq!(rounded(87.4), "87");
    }
}
