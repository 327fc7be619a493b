//! Timing contestants round by round, one after the other, so that what slows the machine down slows all.

use std::time::{Duration, Instant};

use crate::Result;
use crate::statistics::median;

/// What is timed. It fails as a whole if one call fails.
pub(crate) type Work<'a> = &'a mut dyn FnMut() -> Result;

/// A round of one contestant takes at least this long, if the work can be done again at will.
const ROUND: Duration = Duration::from_micros(500);

/// Nanoseconds that the work took a contestant, round by round.
pub(crate) type Times = Vec<f64>;

/// Times each contestant in `rounds` rounds. Each round calls each contestant often enough for its time to be
/// measured well, the first one first in every other round.
pub(crate) fn interleave(rounds: usize, contestants: &mut [Work<'_>]) -> Result<Vec<Times>> {
    let mut calls = Vec::new();
    for work in contestants.iter_mut() {
        let once = time(1, work)?;
        calls.push(
            (ROUND.as_nanos() as f64 / once.max(1.0))
                .ceil()
                .clamp(1.0, 10_000.0) as u32,
        );
    }
    alternate(rounds, contestants.len(), |contestant| {
        let work = contestants
            .get_mut(contestant)
            .ok_or("no such contestant")?;
        time(calls.get(contestant).copied().unwrap_or(1), work)
    })
}

/// Times each contestant once a round, for work that changes something and says itself how long it took.
pub(crate) fn alternate(
    rounds: usize,
    contestants: usize,
    mut time: impl FnMut(usize) -> Result<f64>,
) -> Result<Vec<Times>> {
    let mut times = vec![Times::new(); contestants];
    for round in 0..rounds {
        let mut order: Vec<usize> = (0..contestants).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for contestant in order {
            let took = time(contestant)?;
            if let Some(times) = times.get_mut(contestant) {
                times.push(took);
            }
        }
    }
    Ok(times)
}

/// Nanoseconds of one of so many calls.
fn time(calls: u32, work: &mut Work<'_>) -> Result<f64> {
    let start = Instant::now();
    for _ in 0..calls {
        work()?;
    }
    Ok(start.elapsed().as_nanos() as f64 / f64::from(calls))
}

/// Nanoseconds that `work` takes once.
pub(crate) fn once(work: impl FnOnce() -> Result) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_nanos() as f64)
}

/// The times of the contestant whose median is the lowest, and which one it is.
pub(crate) fn best(times: &[Times]) -> Option<(usize, &Times)> {
    let all = times.iter().enumerate();
    all.min_by(|(_, a), (_, b)| median(a).total_cmp(&median(b)))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn contestants_take_turns_and_each_is_first_in_every_other_round() {
        let turns = RefCell::new(Vec::new());
        let times = alternate(3, 2, |contestant| {
            turns.borrow_mut().push(contestant);
            Ok(contestant as f64)
        });
        assert_eq!(turns.into_inner(), [0, 1, 1, 0, 0, 1]);
        assert_eq!(times.unwrap(), [[0.0; 3], [1.0; 3]]);
    }

    #[test]
    fn failing_work_ends_the_measurement() {
        let failing: Work<'_> = &mut || Err("no".into());
        assert_eq!(interleave(3, &mut [failing]).unwrap_err(), "no");
    }

    #[test]
    fn the_best_contestant_has_the_lowest_median() {
        let times = [vec![5.0, 1.0, 9.0], vec![3.0, 4.0, 4.0]];
        assert_eq!(best(&times).unwrap().0, 1);
        assert_eq!(best(&[]), None);
    }
}
