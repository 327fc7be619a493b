//! How far the server's stop has come.

use tokio::sync::watch;

/// Phases of a server, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// Connections are accepted and calls are read.
    Running,
    /// Nothing new is read. Calls that wait end; the others finish.
    Draining,
    /// Whatever still runs is abandoned.
    Closed,
}

/// The phase of a server, which only advances.
#[derive(Debug)]
pub(crate) struct Stop(watch::Sender<Phase>);

impl Stop {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Phase::Running))
    }

    /// Ends the reading of calls.
    pub(crate) fn drain(&self) {
        self.advance(Phase::Draining);
    }

    /// Ends everything.
    pub(crate) fn close(&self) {
        self.advance(Phase::Closed);
    }

    fn advance(&self, to: Phase) {
        self.0.send_if_modified(|phase| {
            let is_later = to > *phase;
            *phase = to.max(*phase);
            is_later
        });
    }

    pub(crate) fn is_draining(&self) -> bool {
        *self.0.borrow() >= Phase::Draining
    }

    pub(crate) fn is_closed(&self) -> bool {
        *self.0.borrow() >= Phase::Closed
    }

    /// Waits until no more calls are to be read.
    pub(crate) async fn draining(&self) {
        self.reached(Phase::Draining).await;
    }

    /// Waits until everything is to end.
    pub(crate) async fn closed(&self) {
        self.reached(Phase::Closed).await;
    }

    async fn reached(&self, wanted: Phase) {
        // The sender is here, so that it cannot be gone.
        let _ = self.0.subscribe().wait_for(|phase| *phase >= wanted).await;
    }
}
