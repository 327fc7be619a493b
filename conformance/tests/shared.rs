//! The suite's own cases over boards in shared memory: copies with marks of their own, and a file of several programs.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails so"
)]

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use notice::Options;
use notice::wire;
use notice_conformance::{
    BoardOptions, Joined, Kept, Surface, call_of, nothing, open_board, own_cases, read_all,
    run_all, surface_of, surface_of_copy,
};
use serde_json::Value;

/// A copy whose marks are in memory.
const COPY: Joined = Joined {
    name: "shm:",
    open: copy,
    lacks: nothing,
};

/// A copy whose marks are in a file.
const KEPT_COPY: Joined = Joined {
    name: "shm:?state",
    open: kept_copy,
    lacks: nothing,
};

/// A file that another program has, which shares it.
const JOINT: Joined = Joined {
    name: "file:?share",
    open: joint,
    lacks: nothing,
};

#[test]
fn every_case_holds_for_a_copy_in_shared_memory() {
    // Marks in memory do not outlive that the board is opened again.
    holds(COPY, &[Kept::Memory, Kept::File]);
}

#[test]
fn every_case_holds_for_a_copy_whose_marks_are_in_a_file() {
    holds(KEPT_COPY, &Kept::ALL);
}

#[test]
fn every_case_holds_for_a_file_that_another_program_has() {
    holds(JOINT, &[Kept::File, Kept::Reopened]);
}

fn holds(surface: Joined, kept: &[Kept]) {
    let cases = read_all(&own_cases()).unwrap();
    let report = run_all(&cases, &[surface], kept);
    let least = kept.len() * 100;
    assert!(report.count() >= least, "only {} runs", report.count());
    assert_eq!(report.faults(), [""; 0]);
}

/// Returns a name that no other board has.
fn name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("conformance-{}-{count}", std::process::id())
}

fn copy(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    attach(url, now, options, "", Box::new(()))
}

fn kept_copy(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    // Beside the board, if that is in a file, so that both are opened again.
    let file = url.strip_prefix("file:");
    let file = file.map(|file| file.split('?').next().unwrap_or_default());
    let folder = Folder(std::env::temp_dir().join(format!("notice-{}", name())));
    let marks = match file {
        Some(file) => format!("?state={file}-marks"),
        None => {
            std::fs::create_dir(&folder.0).unwrap();
            format!("?state={}", folder.0.join("marks").display())
        }
    };
    attach(url, now, options, &marks, Box::new(folder))
}

/// Opens a board, shares it, and attaches to it.
fn attach(
    url: &str,
    now: i64,
    options: BoardOptions,
    parameters: &str,
    folder: Box<dyn Any>,
) -> Box<dyn Surface> {
    let (board, clock) = open_board(url, now, options);
    let name = name();
    let sharing = notice::share(&board, &name).unwrap();
    let copy = Options::new().clock(Arc::clone(&clock));
    let copy = copy.open(&format!("shm:{name}{parameters}")).unwrap();
    surface_of_copy(copy, board, clock, Box::new((sharing, folder)))
}

/// A folder that is removed with this, if it is there.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn joint(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    let separator = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{separator}share={}", name());
    let (first, clock) = open_board(&url, now, options);
    let second = Options::new().clock(Arc::clone(&clock)).open(&url).unwrap();
    assert!(second.custody().is_none(), "the first one has the file");
    // What is captured is dropped in this order.
    let both = (second, first);
    let ask = move |name: &str, args: &Value| {
        let (second, _) = &both;
        Ok(wire::answer(&**second, call_of(name, args)?)?.to_value())
    };
    surface_of(clock, Box::new(ask))
}
