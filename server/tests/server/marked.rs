//! Copies in shared memory whose marks go to a daemon: `shm:NAME?marks=unix:PATH`.

use std::sync::Arc;

use notice::Options;
use notice_conformance::{BoardOptions, Joined, Surface, nothing, open_board, surface_of_copy};

use crate::conformance::holds;
use crate::support::serve;

const MARKED: Joined = Joined {
    name: "shm:?marks=unix:",
    open,
    lacks: nothing,
};

#[test]
fn every_case_holds_for_a_copy_whose_marks_are_the_daemons() {
    holds(MARKED);
}

fn open(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    let (board, clock) = open_board(url, now, options);
    let served = serve(Arc::clone(&board));
    // No other folder has that name.
    let name = served.folder.0.file_name().unwrap().display().to_string();
    let sharing = notice::share(&board, &name).unwrap();
    let copy = Options::new().clock(Arc::clone(&clock));
    let copy = copy.open(&format!(
        "shm:{name}?marks=unix:{}",
        served.unix().display()
    ));
    surface_of_copy(copy.unwrap(), board, clock, Box::new((sharing, served)))
}
