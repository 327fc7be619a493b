//! Streams of changes, and where each of them is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use notice::locks::Mutex;

use super::kind::Protocol;

/// All streams of changes that the server sends.
#[derive(Debug, Default)]
pub(crate) struct Followers(Mutex<Present>);

#[derive(Debug, Default)]
struct Present {
    /// Number of the next one.
    next: u64,
    streams: BTreeMap<u64, (Protocol, Arc<AtomicI64>)>,
}

/// One stream, from its start to its end.
#[derive(Debug)]
pub(crate) struct Following {
    followers: Arc<Followers>,
    number: u64,
    revision: Arc<AtomicI64>,
}

impl Followers {
    /// Adds a stream that is at `revision`. It counts until the result is dropped.
    pub(crate) fn join(self: &Arc<Self>, protocol: Protocol, revision: i64) -> Following {
        let revision = Arc::new(AtomicI64::new(revision));
        let mut present = self.0.lock();
        let number = present.next;
        present.next += 1;
        let stream = (protocol, Arc::clone(&revision));
        present.streams.insert(number, stream);
        Following {
            followers: Arc::clone(self),
            number,
            revision,
        }
    }

    /// Returns the number of streams of a protocol, and how many revisions the slowest is behind `head`.
    pub(super) fn read(&self, protocol: Protocol, head: i64) -> (u64, u64) {
        let present = self.0.lock();
        let streams = present.streams.values().filter(|(of, _)| *of == protocol);
        let behind =
            streams.map(|(_, at)| (head - at.load(Ordering::Relaxed)).max(0).unsigned_abs());
        behind.fold((0, 0), |(count, most), behind| {
            (count + 1, most.max(behind))
        })
    }
}

impl Following {
    /// Notes that everything up to `revision` was sent.
    pub(crate) fn reached(&self, revision: i64) {
        self.revision.store(revision, Ordering::Relaxed);
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.followers.0.lock().streams.remove(&self.number);
    }
}
