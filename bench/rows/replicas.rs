//! Replicas in this process of a board in another one: over a socket, and through shared memory.

use notice::{ManualClock, Options, SharedBoard};

use super::remote::{both_boards, page, query, same, wake};
use crate::Result;
use crate::data::NOW;
use crate::far::{Far, TOKEN};
use crate::measure::interleave;
use crate::other::failed;
use crate::report::{Goal, Row};
use crate::session::Session;

/// Measures `follow/query`.
pub(super) fn asked_over_socket(session: &mut Session, far: &Far, here: &SharedBoard) -> Result {
    asked(session, "follow/query", &open(&socket(far))?, here)
}

/// Measures `follow/wake`. The daemon's board is then another one than here.
pub(super) fn woken_over_socket(session: &mut Session, far: &mut Far) -> Result {
    let replica = open(&socket(far))?;
    wake(session, far, "follow/wake", &replica)
}

/// Measures `shm/...`. The daemon is another one than for other rows: a board that is shared has more to do when it is
/// written to.
pub(super) fn in_memory(session: &mut Session) -> Result {
    let rows = ["shm/query", "shm/attach", "shm/wake"];
    if cfg!(target_os = "linux") && rows.iter().any(|row| session.wants(row)) {
        let (mut far, here) = both_boards(session)?;
        let url = format!("shm:{}", far.share()?);
        asked(session, "shm/query", &open(&url)?, &here)?;
        attach(session, &here, &url, &socket(&far))?;
        wake(session, &mut far, "shm/wake", &open(&url)?)?;
    }
    Ok(())
}

/// The URL of a replica over a socket.
fn socket(far: &Far) -> String {
    format!("{}?follow=1", far.place("unix"))
}

/// Opens a replica, which has all of the board.
fn open(url: &str) -> Result<SharedBoard> {
    let mut options = Options::new().clock(ManualClock::new(NOW));
    if url.starts_with("unix:") {
        options = options.token(TOKEN);
    }
    options.open(url).map_err(failed("a replica"))
}

/// A replica beside a board of this process.
fn asked(session: &mut Session, name: &str, replica: &SharedBoard, here: &SharedBoard) -> Result {
    let query = query();
    same(&page(here, &query)?, &page(replica, &query)?, name)?;
    let ask = |board: &SharedBoard| {
        let page = board.query(&query);
        page.map(|_| ()).map_err(failed("query"))
    };
    let times = interleave(
        session.scale.rounds,
        &mut [&mut || ask(replica), &mut || ask(here)],
    )?;
    if let [replica, here] = &times[..] {
        let peer = "the same query of a board in this process";
        session.add(Row::of_times(name, peer, Goal::AtMost(1.05), replica, here));
    }
    Ok(())
}

/// Opening a replica up to its first page, through memory and over a socket.
fn attach(session: &mut Session, here: &SharedBoard, memory: &str, socket: &str) -> Result {
    session.now("attaching");
    let query = query();
    let expected = page(here, &query)?;
    for url in [memory, socket] {
        same(&expected, &page(&open(url)?, &query)?, "shm/attach")?;
    }
    let attach = |url: &str| {
        let page = open(url)?.query(&query);
        page.map(|_| ()).map_err(failed("query"))
    };
    let times = interleave(
        session.scale.rounds.min(51),
        &mut [&mut || attach(memory), &mut || attach(socket)],
    )?;
    if let [memory, socket] = &times[..] {
        let peer = "the same as unix:?follow=1";
        session.add(Row::of_times(
            "shm/attach",
            peer,
            Goal::Shown,
            memory,
            socket,
        ));
    }
    Ok(())
}
