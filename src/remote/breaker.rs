//! When to connect again after a failure.
//!
//! Each failure in a row doubles the pause before the next attempt. After several of them the breaker opens:
//! nobody tries for a while, and calls fail at once. Then a single call probes whether the daemon is back.

use std::time::Duration;

/// How long to wait after failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pauses {
    /// Pause after the first failure.
    pub(crate) first: Duration,
    /// Longest pause.
    pub(crate) most: Duration,
    /// How far a pause may differ from its length at random, in percent, so that the clients of a daemon that
    /// went away do not all come back at the same instant.
    pub(crate) jitter: u64,
    /// Failures in a row that open the breaker.
    pub(crate) failures: u32,
    /// How long it stays open.
    pub(crate) open: Duration,
}

/// Whether a call may connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permit {
    /// It may, and must say how it went.
    Go,
    /// Not before this has passed.
    Later(Duration),
    /// The breaker is open for so long. Zero while another call probes.
    Open(Duration),
}

/// Failures so far.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    /// Failures in a row.
    failures: u32,
    /// No attempt before this instant.
    not_before: Duration,
    /// Whether a call probes.
    is_probing: bool,
}

impl Breaker {
    /// Asks to connect.
    pub(super) fn ask(&mut self, now: Duration, pauses: &Pauses) -> Permit {
        let permit = self.ask_only(now, pauses);
        // Whoever goes although it had opened probes.
        self.is_probing |= permit == Permit::Go && self.failures >= pauses.failures;
        permit
    }

    /// Returns what [`ask`](Self::ask) would.
    pub(super) fn ask_only(&self, now: Duration, pauses: &Pauses) -> Permit {
        let left = self.not_before.saturating_sub(now);
        match (self.failures < pauses.failures, left.is_zero()) {
            (true, true) => Permit::Go,
            (true, false) => Permit::Later(left),
            (false, true) if !self.is_probing => Permit::Go,
            (false, _) => Permit::Open(left),
        }
    }

    /// Records that an attempt failed.
    pub(super) fn failed(&mut self, now: Duration, random: u64, pauses: &Pauses) {
        self.is_probing = false;
        self.failures = self.failures.saturating_add(1);
        let pause = match self.failures >= pauses.failures {
            true => pauses.open,
            false => jittered(doubled(self.failures, pauses), random, pauses.jitter),
        };
        self.not_before = now.saturating_add(pause);
    }

    /// Records that the daemon answered.
    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }
}

/// Returns the pause after so many failures, without chance.
fn doubled(failures: u32, pauses: &Pauses) -> Duration {
    let factor = 1_u32.checked_shl(failures - 1).unwrap_or(u32::MAX);
    pauses.first.saturating_mul(factor).min(pauses.most)
}

fn jittered(pause: Duration, random: u64, percent: u64) -> Duration {
    let micros = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
    let spread = micros.saturating_mul(percent) / 100;
    let least = micros.saturating_sub(spread);
    Duration::from_micros(least.saturating_add(random % (2 * spread + 1)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAUSES: Pauses = Pauses {
        first: Duration::from_millis(100),
        most: Duration::from_secs(5),
        jitter: 15,
        failures: 3,
        open: Duration::from_secs(30),
    };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn three_failures_in_a_row_open_it_for_30_seconds_and_then_one_call_probes() {
        let mut breaker = Breaker::default();
        // A remainder of 15 000 is no jitter for the first pause, and of 30 000 for the second one.
        assert_eq!(breaker.ask(ms(0), &PAUSES), Permit::Go);
        breaker.failed(ms(0), 15_000, &PAUSES);
        assert_eq!(breaker.ask(ms(40), &PAUSES), Permit::Later(ms(60)));
        assert_eq!(breaker.ask(ms(100), &PAUSES), Permit::Go);
        breaker.failed(ms(100), 30_000, &PAUSES);
        assert_eq!(breaker.ask(ms(100), &PAUSES), Permit::Later(ms(200)));
        assert_eq!(breaker.ask(ms(300), &PAUSES), Permit::Go);
        breaker.failed(ms(300), 0, &PAUSES);
        assert_eq!(breaker.ask(ms(300), &PAUSES), Permit::Open(ms(30_000)));
        assert_eq!(breaker.ask(ms(30_299), &PAUSES), Permit::Open(ms(1)));
        assert_eq!(breaker.ask(ms(30_300), &PAUSES), Permit::Go);
        assert_eq!(breaker.ask(ms(30_300), &PAUSES), Permit::Open(ms(0)));
        breaker.failed(ms(30_400), 0, &PAUSES);
        assert_eq!(breaker.ask(ms(30_400), &PAUSES), Permit::Open(ms(30_000)));
        assert_eq!(breaker.ask(ms(60_400), &PAUSES), Permit::Go);
        breaker.succeeded();
        assert_eq!(breaker.ask(ms(60_400), &PAUSES), Permit::Go);
        assert_eq!(breaker.ask(ms(60_400), &PAUSES), Permit::Go);
    }

    proptest! {
        #[test]
        fn a_pause_doubles_up_to_its_limit_and_stays_within_its_jitter(
            failures in 1_u32..100,
            random: u64,
        ) {
            let pauses = Pauses { failures: u32::MAX, ..PAUSES };
            let mut breaker = Breaker::default();
            for _ in 0..failures {
                breaker.failed(ms(0), random, &pauses);
            }
            let Permit::Later(pause) = breaker.ask(ms(0), &pauses) else {
                panic!("it must wait");
            };
            let plain = 100_u128.saturating_mul(1 << (failures - 1).min(60)).min(5000);
            let pause = pause.as_micros();
            prop_assert!((plain * 850..=plain * 1150).contains(&pause), "{pause} after {failures}");
        }
    }
}
