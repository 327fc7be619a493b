//! Figures about the server, for Prometheus. docs/protocol.md lists them.

mod calls;
mod followers;
mod kind;
mod text;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

pub(crate) use calls::Calls;
pub(crate) use followers::{Followers, Following};
pub(crate) use kind::{Code, Kind, Protocol, waits};
pub(crate) use text::{MEDIA, text};

/// What a server counts from its start to its end.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// When the server started, as time since 1970.
    started: Duration,
    pub(crate) calls: Calls,
    pub(crate) followers: Arc<Followers>,
    /// Connections by protocol.
    connections: [Held; Protocol::ALL.len()],
    /// Connections that were closed at once, because there are too many.
    pub(crate) turned_away: AtomicU64,
    /// Connections that were refused because there are too many from their address.
    pub(crate) crowded: AtomicU64,
    /// Calls that were refused because their client makes too many.
    pub(crate) slowed_down: AtomicU64,
    /// Calls that wait for a change.
    waits: Held,
    /// Connections on which the board's memory was handed over.
    handed: Held,
    /// Time by which answers were delayed for a load test, in milliseconds.
    pub(crate) delayed: AtomicU64,
}

/// Something that begins and ends.
#[derive(Debug, Default)]
struct Held {
    begun: AtomicU64,
    ended: AtomicU64,
}

impl Held {
    /// Returns how many have not ended.
    fn present(&self) -> u64 {
        // Read first, so that the difference is never negative.
        let ended = self.ended.load(Ordering::Relaxed);
        self.begun.load(Ordering::Relaxed).saturating_sub(ended)
    }
}

/// Counts something as present until it is dropped.
pub(crate) struct Holding {
    metrics: Arc<Metrics>,
    held: fn(&Metrics) -> Option<&Held>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self {
            started: started.unwrap_or_default(),
            calls: Calls::default(),
            followers: Arc::default(),
            connections: Default::default(),
            turned_away: AtomicU64::new(0),
            crowded: AtomicU64::new(0),
            slowed_down: AtomicU64::new(0),
            waits: Held::default(),
            handed: Held::default(),
            delayed: AtomicU64::new(0),
        }
    }

    /// Counts a connection until the result is dropped.
    pub(crate) fn connection(self: &Arc<Self>, protocol: Protocol) -> Holding {
        self.hold(match protocol {
            Protocol::Enot => |metrics| metrics.connections.first(),
            Protocol::JsonRpc => |metrics| metrics.connections.get(1),
            Protocol::Http => |metrics| metrics.connections.get(2),
        })
    }

    /// Counts a call that waits until the result is dropped.
    pub(crate) fn wait(self: &Arc<Self>) -> Holding {
        self.hold(|metrics| Some(&metrics.waits))
    }

    /// Counts a connection on which the board's memory was handed over until the result is dropped.
    #[cfg(target_os = "linux")]
    pub(crate) fn hand_over(self: &Arc<Self>) -> Holding {
        self.hold(|metrics| Some(&metrics.handed))
    }

    fn hold(self: &Arc<Self>, held: fn(&Metrics) -> Option<&Held>) -> Holding {
        if let Some(held) = held(self) {
            held.begun.fetch_add(1, Ordering::Relaxed);
        }
        Holding {
            metrics: Arc::clone(self),
            held,
        }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        if let Some(held) = (self.held)(&self.metrics) {
            held.ended.fetch_add(1, Ordering::Relaxed);
        }
    }
}
