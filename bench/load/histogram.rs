//! How long calls took: counts in steps of 1.6 percent, in little memory, however many there are.

/// Steps between two powers of two.
const STEPS: u64 = 64;

/// Counts of durations in nanoseconds.
#[derive(Clone)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    most: u64,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        let powers = u64::from(u64::BITS);
        Self {
            counts: vec![0; (powers * STEPS) as usize],
            total: 0,
            most: 0,
        }
    }

    pub(crate) fn add(&mut self, nanoseconds: u64) {
        if let Some(count) = self.counts.get_mut(place(nanoseconds)) {
            *count += 1;
        }
        self.total += 1;
        self.most = self.most.max(nanoseconds);
    }

    /// Adds those of another.
    pub(crate) fn join(&mut self, other: &Self) {
        for (count, other) in self.counts.iter_mut().zip(&other.counts) {
            *count += other;
        }
        self.total += other.total;
        self.most = self.most.max(other.most);
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// The duration that this part of all, 0 to 1, does not exceed.
    pub(crate) fn at(&self, part: f64) -> u64 {
        let wanted = (part * self.total as f64).ceil() as u64;
        let mut seen = 0;
        for (place, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted && *count > 0 {
                return end(place as u64).min(self.most);
            }
        }
        self.most
    }

    /// Median and the far end, for people.
    pub(crate) fn line(&self) -> String {
        let at = |part| self.at(part) as f64 / 1000.0;
        format!(
            "p50 {:.1} us, p99 {:.1} us, p99.9 {:.1} us, most {:.1} us",
            at(0.5),
            at(0.99),
            at(0.999),
            self.most as f64 / 1000.0
        )
    }
}

/// The step that a value belongs to.
fn place(value: u64) -> usize {
    if value < STEPS {
        return value as usize;
    }
    let power = u64::from(value.ilog2());
    let shift = power - u64::from(STEPS.ilog2());
    let within = (value >> shift) - STEPS;
    ((shift + 1) * STEPS + within) as usize
}

/// The greatest value of a step.
fn end(place: u64) -> u64 {
    if place < STEPS {
        return place;
    }
    let (shift, within) = (place / STEPS - 1, place % STEPS);
    ((STEPS + within + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lies_in_a_step_that_is_hardly_wider_than_itself() {
        for value in (0..5000).chain([u64::from(u32::MAX), 123_456_789_012]) {
            let end = end(place(value) as u64);
            assert!(
                end >= value && end <= value + value / STEPS,
                "{value} {end}"
            );
        }
    }

    #[test]
    fn parts_of_all_are_found() {
        let mut histogram = Histogram::new();
        (1..=1000).for_each(|value| histogram.add(value * 1000));
        for (part, expected) in [(0.5, 500_000.0), (0.99, 990_000.0), (1.0, 1_000_000.0)] {
            let found = histogram.at(part) as f64;
            assert!((found / expected - 1.0).abs() < 0.02, "{part}: {found}");
        }
        let mut both = Histogram::new();
        both.join(&histogram);
        both.join(&histogram);
        assert_eq!((both.total(), both.at(1.0)), (2000, 1_000_000));
    }
}
