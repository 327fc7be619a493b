//! What the tests of followers are told with (`?follow=1`, `?follow=shm`).

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use notice::{Query, SharedBoard, Viewer};

use crate::client::PATIENCE;
use crate::support::{Served, serve};

pub(crate) fn served() -> (SharedBoard, Served) {
    let board = notice::open("mem:").unwrap();
    (Arc::clone(&board), serve(board))
}

/// Opens the board at a socket so that it is followed, in the way that `follow=` names, and reached again soon.
pub(crate) fn open_by(way: &str, socket: &Path, parameters: &str) -> notice::Result<SharedBoard> {
    let quick = "reconnect_ms=1&reconnect_max_ms=20&failures=1000";
    notice::open(&format!(
        "unix:{}?follow={way}&{quick}{parameters}",
        socket.display()
    ))
}

pub(crate) fn titles(board: &SharedBoard) -> Vec<String> {
    let page = board
        .query(&Query::new(Viewer::new("li")).limit(100))
        .unwrap();
    let titles = page.items.iter().map(|item| item.text().title.to_owned());
    titles.collect()
}

/// Waits until the replica is where the board is.
#[track_caller]
pub(crate) fn until_equal(replica: &SharedBoard, board: &SharedBoard) {
    until(|| replica.head() == board.head());
}

#[track_caller]
pub(crate) fn until(is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "it never happens");
        std::thread::yield_now();
    }
}
