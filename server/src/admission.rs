//! Which connections are let in: as many as the limits allow.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::addresses::{Addresses, Counted, Crowded};
use crate::client::Peer;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::refusal::Refusal;

/// Most connections at once that are told why they are refused. Of a flood, the rest is closed without a word, so that
/// being refused takes nothing away from those who are served.
const REFUSED: u32 = 64;
/// Time in which a client must have said its protocol to be told.
pub(crate) const REFUSING: Duration = Duration::from_secs(2);

/// The places for connections.
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    connections: u32,
    /// Connections of each address.
    addresses: Arc<Addresses>,
    /// Places for connections that are refused.
    refusals: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

/// The place of a connection, free again when it is dropped.
pub(crate) struct Place {
    /// Why the connection is not served, if it is to be told.
    pub(crate) refusal: Option<Refusal>,
    _permit: OwnedSemaphorePermit,
    _counted: Option<Counted>,
}

impl Admission {
    pub(crate) fn new(limits: &Limits, metrics: Arc<Metrics>) -> Self {
        let connections = u32::try_from(limits.connections.max(1)).unwrap_or(u32::MAX >> 4);
        Self {
            places: Arc::new(Semaphore::new(connections as usize)),
            connections,
            addresses: Addresses::new(limits.connections_per_address),
            refusals: Arc::new(Semaphore::new(REFUSED as usize)),
            metrics,
        }
    }

    /// Returns a place for a connection; None if it is to be closed at once.
    pub(crate) fn admit(&self, peer: Peer) -> Option<Place> {
        match self.count(peer) {
            Ok(counted) => Some(Place {
                refusal: None,
                _permit: self.place()?,
                _counted: counted,
            }),
            Err(refusal) => Some(Place {
                refusal: Some(refusal),
                _permit: Arc::clone(&self.refusals).try_acquire_owned().ok()?,
                _counted: None,
            }),
        }
    }

    /// Waits until every connection has ended.
    pub(crate) async fn all_gone(&self) {
        let _served = self.places.acquire_many(self.connections).await;
        let _refused = self.refusals.acquire_many(REFUSED).await;
    }

    /// Counts a connection of an address.
    ///
    /// # Errors
    /// Why it is refused, if there are too many.
    fn count(&self, peer: Peer) -> Result<Option<Counted>, Refusal> {
        let address = match peer {
            Peer::Address(address) => address,
            #[cfg(unix)]
            Peer::User(_) => return Ok(None),
        };
        let Crowded { most, is_first } = match self.addresses.enter(address) {
            Ok(counted) => return Ok(Some(counted)),
            Err(crowded) => crowded,
        };
        self.metrics.crowded.fetch_add(1, Ordering::Relaxed);
        if is_first {
            tracing::warn!(
                %address,
                most,
                "an address has too many connections, and further ones are refused; raise the limit if it is a proxy"
            );
        }
        Err(Refusal::Crowded { address, most })
    }

    /// Returns a place, if there is one.
    fn place(&self) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok();
        let turned_away = &self.metrics.turned_away;
        if place.is_none() && turned_away.fetch_add(1, Ordering::Relaxed) == 0 {
            let most = self.connections;
            tracing::warn!(
                most,
                "a connection was refused; raise the limit if these are readers"
            );
        }
        place
    }
}
