//! Random numbers that a seed decides.

/// A random number generator that gives the same numbers in every run (SplitMix64, Steele et al. 2014).
#[derive(Debug, Clone)]
pub(crate) struct Numbers(u64);

impl Numbers {
    /// Numbers that begin with `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number of 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// Whether something happens that does so `times` in a thousand.
    pub(crate) fn per_mille(&mut self, times: usize) -> bool {
        self.below(1000) < times
    }

    /// One of `choices`; nothing of none.
    pub(crate) fn of<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.below(choices.len().max(1)))
    }

    /// Puts `items` into another order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// Draws from a list whose entries are the rarer the further back they are, as words in a language (Zipf 1949).
#[derive(Debug, Clone)]
pub(crate) struct Zipf(Vec<u16>);

/// Into how many equal parts the chances are cut.
const PARTS: usize = 1 << 14;

impl Zipf {
    /// Draws from a list of `count` entries: entry n has a chance of 1 to n + 1.
    pub(crate) fn new(count: usize) -> Self {
        let whole: f64 = (0..count).map(|rank| 1.0 / (rank + 2) as f64).sum();
        let mut parts = Vec::with_capacity(PARTS + count);
        let mut sum = 0.0;
        for rank in 0..count {
            sum += 1.0 / (rank + 2) as f64;
            let until = ((sum / whole) * PARTS as f64).round() as usize;
            // Everything can be drawn, also what has less than one part.
            parts.resize(until.max(parts.len() + 1), rank as u16);
        }
        Self(parts)
    }

    /// The place of what is drawn.
    pub(crate) fn draw(&self, numbers: &mut Numbers) -> usize {
        numbers.of(&self.0).copied().map_or(0, usize::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_again() {
        let take = |seed| {
            let mut numbers = Numbers::new(seed);
            (0..5).map(|_| numbers.next()).collect::<Vec<_>>()
        };
        assert_eq!(take(7), take(7));
        assert_ne!(take(7), take(8));
    }

    #[test]
    fn zipf_draws_the_front_more_often_and_the_back_at_all() {
        let zipf = Zipf::new(3000);
        let mut numbers = Numbers::new(1);
        let mut drawn = vec![0; 3000];
        for _ in 0..1_000_000 {
            drawn[zipf.draw(&mut numbers)] += 1;
        }
        assert!(drawn[0] > 5 * drawn[20], "{} {}", drawn[0], drawn[20]);
        assert!(drawn.iter().all(|times| *times > 0));
    }
}
