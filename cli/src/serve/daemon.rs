//! The life of the daemon: it starts, serves, and stops.

use notice_server::Server;

use super::greeting;
use super::plan::Plan;
use super::signals::{Signals, Wish};
use crate::exit::{self, Outcome, Stop};
use crate::terminal;

/// Exit code of a process that a signal ended, without the signal's number.
const BY_SIGNAL: u8 = 128;

/// Serves until a signal says to stop.
pub(super) async fn run(plan: &Plan) -> Outcome {
    // First, so that no signal ends it half way.
    let mut signals = Signals::new()?;
    plan.make_folders()?;
    let board = plan.open()?;
    let server = plan.builder(board).start().await?;
    greeting::greet(plan, server.addresses());
    while let Wish::Reload = signals.next().await {
        reload(&server);
    }
    stop(server, &mut signals).await
}

/// Reads the tokens again. A fault leaves them as they were.
fn reload(server: &Server) {
    if let Err(error) = server.reload() {
        Stop::from(error).lines.iter().for_each(terminal::complain);
    }
}

/// Stops, or ends at once when it is told a second time.
async fn stop(server: Server, signals: &mut Signals) -> Outcome {
    tokio::select! {
        stopped = server.stop() => Ok(stopped?),
        number = signals.stop() => Err(Stop {
            code: u8::try_from(number).map_or(exit::UNAVAILABLE, |number| BY_SIGNAL + number),
            lines: Vec::new(),
        }),
    }
}
