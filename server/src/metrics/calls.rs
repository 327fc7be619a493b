//! Counters of calls: tables of atomics, so that counting is a few additions.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::kind::{Code, Kind, Protocol};

/// Upper bounds of the classes of duration, in nanoseconds: from a query in memory to a call that the disk delays.
const BOUNDS: [u64; 12] = [
    25_000,
    100_000,
    250_000,
    1_000_000,
    2_500_000,
    10_000_000,
    25_000_000,
    100_000_000,
    250_000_000,
    1_000_000_000,
    2_500_000_000,
    10_000_000_000,
];

/// Sum in seconds, number of calls, and their number in each class by its bound in seconds.
type Read = (f64, u64, Vec<(f64, u64)>);

/// How long calls of one kind took.
#[derive(Debug, Default)]
pub(super) struct Durations {
    /// Calls in each class, and in the last one those beyond all bounds.
    classes: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

impl Durations {
    fn add(&self, took: Duration) {
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let class = BOUNDS.iter().take_while(|bound| nanoseconds > **bound);
        if let Some(class) = self.classes.get(class.count()) {
            class.fetch_add(1, Ordering::Relaxed);
        }
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    fn read(&self) -> Read {
        let bounds = BOUNDS.iter().map(|bound| *bound as f64 / 1e9);
        let counts = self
            .classes
            .iter()
            .map(|class| class.load(Ordering::Relaxed));
        let classes: Vec<_> = bounds.chain([f64::MAX]).zip(counts).collect();
        let count = classes.iter().map(|(_, count)| count).sum();
        let sum = self.nanoseconds.load(Ordering::Relaxed) as f64 / 1e9;
        (sum, count, classes)
    }
}

/// Counters of all calls since the server started.
#[derive(Debug)]
pub(crate) struct Calls {
    /// By protocol, kind and code.
    counts: Vec<AtomicU64>,
    /// By protocol and kind.
    durations: Vec<Durations>,
}

impl Default for Calls {
    fn default() -> Self {
        let kinds = Protocol::ALL.len() * Kind::NAMES.len();
        Self {
            counts: (0..kinds * Code::COUNT)
                .map(|_| AtomicU64::new(0))
                .collect(),
            durations: (0..kinds).map(|_| Durations::default()).collect(),
        }
    }
}

impl Calls {
    /// Counts a call. `took` is None for one that waited as long as the client said.
    pub(crate) fn count(&self, protocol: Protocol, kind: Kind, code: Code, took: Option<Duration>) {
        let place = protocol as usize * Kind::NAMES.len() + kind.place();
        if let Some(count) = self.counts.get(place * Code::COUNT + code.place()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        if let (Some(took), Some(durations)) = (took, self.durations.get(place)) {
            durations.add(took);
        }
    }

    /// Returns protocol, kind, code and number of everything that was counted.
    pub(super) fn counts(
        &self,
    ) -> impl Iterator<Item = (&'static str, &'static str, &'static str, u64)> {
        let codes = places().flat_map(|(protocol, kind)| {
            (0..Code::COUNT).map(move |code| (protocol, kind, Code::at(code).name()))
        });
        let counts = self
            .counts
            .iter()
            .map(|count| count.load(Ordering::Relaxed));
        let all = codes.zip(counts);
        all.filter_map(|((protocol, kind, code), count)| {
            (count > 0).then_some((protocol, kind, code, count))
        })
    }

    /// Returns protocol, kind and durations of everything that was timed.
    pub(super) fn durations(&self) -> impl Iterator<Item = (&'static str, &'static str, Read)> {
        let read = self.durations.iter().map(Durations::read);
        let all = places().zip(read);
        all.filter_map(|((protocol, kind), read)| (read.1 > 0).then_some((protocol, kind, read)))
    }
}

/// Returns the labels of every place, in their order.
fn places() -> impl Iterator<Item = (&'static str, &'static str)> {
    let protocols = Protocol::ALL.iter().map(|protocol| protocol.name());
    protocols.flat_map(|protocol| Kind::NAMES.iter().map(move |kind| (protocol, *kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_counted_once_and_in_its_class() {
        let calls = Calls::default();
        let took = Some(Duration::from_micros(90));
        calls.count(Protocol::Http, Kind::LIST, Code::OK, took);
        calls.count(Protocol::Http, Kind::LIST, Code::OK, None);
        let refused = Code(Some(notice::ErrorKind::TooSmall));
        calls.count(
            Protocol::JsonRpc,
            Kind::UNKNOWN,
            refused,
            Some(Duration::MAX),
        );
        let counts: Vec<_> = calls.counts().collect();
        assert_eq!(
            counts,
            [
                ("json_rpc", "unknown", "too_small", 1),
                ("http", "list", "ok", 2)
            ]
        );
        let durations: Vec<_> = calls.durations().collect();
        assert_eq!(durations[0].2.2.last(), Some(&(f64::MAX, 1)));
        let (sum, count, classes) = &durations[1].2;
        assert_eq!((*sum, *count, classes[1]), (0.00009, 1, (0.0001, 1)));
    }
}
