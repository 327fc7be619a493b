//! The signals of the daemon, read in this one place.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::{self, Outcome, Stop};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// To stop: SIGTERM or SIGINT, with its number.
    Stop(i32),
    /// To read tokens and certificate again: SIGHUP.
    Reload,
}

/// The signals.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// Takes the signals over: from now on none of them ends the process by itself.
    pub(super) fn new() -> Outcome<Self> {
        let take = |kind: SignalKind| {
            signal(kind).map_err(|error| {
                let en = format!("cannot receive signals: {error}");
                let zh = format!("无法接收信号：{error}");
                Stop::new(exit::UNAVAILABLE, en, zh)
            })
        };
        Ok(Self {
            terminate: take(SignalKind::terminate())?,
            interrupt: take(SignalKind::interrupt())?,
            hangup: take(SignalKind::hangup())?,
        })
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.terminate.recv() => Wish::Stop(SignalKind::terminate().as_raw_value()),
            _ = self.interrupt.recv() => Wish::Stop(SignalKind::interrupt().as_raw_value()),
            _ = self.hangup.recv() => Wish::Reload,
        }
    }

    /// Waits for a signal to stop, passing over others.
    pub(super) async fn stop(&mut self) -> i32 {
        loop {
            if let Wish::Stop(number) = self.next().await {
                return number;
            }
        }
    }
}
