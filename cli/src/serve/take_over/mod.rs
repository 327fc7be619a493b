//! Taking over from a running daemon: the sockets change hands, and no connection is refused.
//!
//! The running daemon listens on a control socket that only its own user can connect to. The two say, a line of JSON
//! each:
//!
//! | new | running | then |
//! |---|---|---|
//! | `{"take_over": 1}` | | |
//! | | `{"sockets": [...], "pid": 1}`, with handles of all sockets and locks | both have the sockets, one serves |
//! | `{"ready": true}` | | |
//! | | `{"closed": true}` | connections wait in the sockets |
//! | `{"serving": true}` | | the running daemon ends |
//!
//! Before `ready` the death of the new process changes nothing. From `ready` to `serving` it makes the running daemon
//! open its board again, and serve on. The death of the running daemon leaves the sockets with the new process, and
//! the system frees the board, so that the new one opens it. The lock of the board's file decides in every other case:
//! there is no moment at which two processes have the board, and none at which nobody listens. Files of Unix sockets
//! stay while they change hands.

mod giver;
mod lines;
mod taker;

pub(super) use giver::{Control, Successor};
pub(super) use taker::take;

use std::path::PathBuf;

use super::plan::Plan;
use crate::exit::Outcome;
use crate::places;

/// Version of what the two say.
const VERSION: u64 = 1;

/// Returns the path of the control socket: beside the first Unix socket, or else in the runtime folder.
pub(super) fn path(plan: &Plan) -> Outcome<PathBuf> {
    if let Some(path) = &plan.found.settings.control {
        return Ok(path.clone());
    }
    if let Some(first) = plan.unix.first() {
        let mut path = first.clone().into_os_string();
        path.push(".control");
        return Ok(path.into());
    }
    // Named by the port, because a user may run several daemons.
    let name = match plan.tcp().first() {
        Some(address) => format!("{}.control", address.replace('/', "-")),
        None => "notice.control".to_owned(),
    };
    let folder = places::runtime_folder()?;
    places::make_private(&folder)?;
    Ok(folder.join(name))
}
