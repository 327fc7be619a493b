//! Answers that are late on purpose, so that a load test meets a slow server.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::metrics::Metrics;

/// Shortest and longest delay, in milliseconds.
const SHORTEST: u64 = 50;
const LONGEST: u64 = 300;

/// Where delays come from: any number is as good as another.
pub(crate) type Numbers = dyn Fn() -> u64 + Send + Sync;

/// Delays for the clients that want them.
pub(crate) struct LoadTest(pub(crate) Box<Numbers>);

impl LoadTest {
    /// Waits between 50 and 300 ms.
    pub(crate) async fn delay(&self, metrics: &Metrics) {
        let delay = SHORTEST + (self.0)() % (LONGEST - SHORTEST + 1);
        metrics.delayed.fetch_add(delay, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
}

/// Returns a number that nobody can foretell.
pub(crate) fn random() -> u64 {
    let mut bytes = [0; 8];
    // Without random numbers every delay is the shortest.
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    u64::from_le_bytes(bytes)
}
