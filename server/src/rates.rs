//! How many calls a client may make.

use std::hash::{BuildHasher as _, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use notice::Error;

use crate::client::Peer;
use crate::fault::fault;

/// Clients that are remembered before those are forgotten that have been idle.
const KEPT: usize = 1024;

/// A client, whichever connections it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// One without a token.
    Peer(Peer),
    /// One with this token, as a number that says nothing about it.
    Token(u64),
}

/// The calls of all clients in the last moments.
pub(crate) struct Rates {
    limiter: RateLimiter<Caller, DefaultKeyedStateStore<Caller>, DefaultClock>,
    most: NonZeroU32,
    /// Number of clients from which the idle ones are forgotten again.
    crowd: AtomicUsize,
    hasher: RandomState,
}

impl Rates {
    /// Allows each client `most` calls a second, and as many at once after a pause.
    pub(crate) fn new(most: u32) -> Self {
        let most = NonZeroU32::new(most).unwrap_or(NonZeroU32::MIN);
        Self {
            limiter: RateLimiter::keyed(Quota::per_second(most)),
            most,
            crowd: AtomicUsize::new(KEPT),
            hasher: RandomState::new(),
        }
    }

    /// Returns the client that presents a token.
    pub(crate) fn bearer(&self, token: &str) -> Caller {
        Caller::Token(self.hasher.hash_one(token))
    }

    /// Counts a call of a client.
    ///
    /// # Errors
    /// How long the client must wait before another call, if it has made too many.
    pub(crate) fn count(&self, caller: Caller) -> Result<(), Duration> {
        let counted = self.limiter.check_key(&caller);
        counted.map_err(|until| until.wait_time_from(self.limiter.clock().now()))
    }

    /// Forgets clients that have been idle, if there are many. Called for each connection, not for each call.
    pub(crate) fn tidy(&self) {
        if self.limiter.len() < self.crowd.load(Ordering::Relaxed) {
            return;
        }
        self.limiter.retain_recent();
        let crowd = self.limiter.len().saturating_mul(2).max(KEPT);
        self.crowd.store(crowd, Ordering::Relaxed);
    }

    /// Creates the error of a client that must wait.
    pub(crate) fn refusal(&self, wait: Duration) -> Error {
        let (most, wait) = (self.most, wait.as_millis().max(1));
        fault(
            notice::ErrorKind::Unavailable,
            format!("too many calls, more than {most} a second; try again in {wait} ms"),
            format!("调用过于频繁，超过每秒 {most} 次；请在 {wait} 毫秒后重试"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_clients_are_forgotten() {
        let rates = Rates::new(u32::MAX);
        for token in 0..KEPT {
            rates.count(rates.bearer(&token.to_string())).unwrap();
        }
        // Each of them may make as many calls as a new one by now.
        rates.tidy();
        assert!(rates.limiter.len() < KEPT);
    }

    #[test]
    fn a_client_is_slowed_down_alone() {
        let rates = Rates::new(1);
        let (one, other) = (rates.bearer("a"), rates.bearer("b"));
        rates.count(one).unwrap();
        let wait = rates.count(one).unwrap_err();
        assert!(wait <= Duration::from_secs(1));
        rates.count(other).unwrap();
    }
}
