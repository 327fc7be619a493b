//! Memory of a board that is written to for a long time. A program of its own, because it counts every
//! allocation.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use notice::{
    Clock, Draft, Filter, ManualClock, Mark, Options, Patch, Query, ReceiptQuery, SharedBoard,
    Text, Viewer,
};

/// Announcements of one cycle, which are gone at its end.
const EACH: usize = 150;
/// Cycles after which everything that grows to a bound has reached it.
const WARM: usize = 8;
/// Cycles during which nothing may grow.
const FLAT: usize = 24;
/// Bytes that tables may still grow by: less than forty bytes for each announcement that came and went.
const TOLERATED: usize = 128 * 1024;
/// The same for a board in a file, whose cache may have more or fewer pages: less than the texts that came and went.
const TOLERATED_IN_A_FILE: usize = 512 * 1024;
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The system's allocator, with a count of the bytes in use.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed to the system's allocator unchanged.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Publishes, changes, marks, asks and erases, and leaves the board as it was.
fn cycle(board: &SharedBoard, clock: &ManualClock, number: usize) {
    let query = |user: &str| {
        let viewer = Viewer::new(user).with("role", "editor");
        Query::new(viewer).limit(20)
    };
    let ids: Vec<i64> = (0..EACH)
        .map(|n| {
            let body = format!(
                "cycle {number} {}",
                "maintenance tonight ".repeat(20 + n % 50)
            );
            let text = Text::new("en", format!("news {number} {n}")).body(body);
            let draft = Draft::from_text(text)
                .key(format!("key-{number}-{n}"))
                .tag(format!("tag-{number}"));
            board.publish(&draft).unwrap().id
        })
        .collect();
    for (n, id) in ids.iter().enumerate() {
        board
            .update(*id, Patch::new().title("en", format!("changed {n}")))
            .unwrap();
        let user = format!("reader-{number}-{n}");
        board
            .mark(&query(&user).viewer, &[*id], Mark::Read)
            .unwrap();
        board.query(&query(&user)).unwrap();
    }
    let words = query("searcher").filter(Filter::new().q("maintenance"));
    board.query(&words).unwrap();
    board
        .receipts(&ReceiptQuery::new(*ids.last().unwrap()))
        .unwrap();
    for (n, id) in ids.iter().enumerate() {
        board.retract(*id, "over").unwrap();
        board.purge(*id).unwrap();
        assert!(board.forget_user(&format!("reader-{number}-{n}")).unwrap());
    }
    // The feed and the idempotency keys keep less than that.
    clock.set(clock.now() + 40 * DAY);
    let custody = board.custody().unwrap();
    custody.maintain().unwrap();
    // The search index follows in the background.
    let until = Instant::now() + Duration::from_secs(60);
    while board.stats().unwrap().unsearched > 0 {
        assert!(
            Instant::now() < until,
            "the search index never comes to its end"
        );
        std::thread::yield_now();
    }
    custody.flush().unwrap();
}

fn open(url: &str) -> (SharedBoard, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(1_781_748_000_000));
    let options = Options::new()
        .clock(Arc::clone(&clock))
        .keep_changes(100, DAY as u32);
    (options.open(url).unwrap(), clock)
}

/// Runs cycles on a board, and returns the bytes in use after the first ones and at the end.
fn run(url: &str, tolerated: usize) -> (usize, usize) {
    let (board, clock) = open(url);
    let in_use = || {
        // Entries wait in memory until they are folded, a few megabytes at a time.
        let _ = board.custody().unwrap().compact();
        IN_USE.load(Ordering::Relaxed)
    };
    (0..WARM).for_each(|number| cycle(&board, &clock, number));
    let warm = in_use();
    (WARM..WARM + FLAT).for_each(|number| cycle(&board, &clock, number));
    // A background thread may be about to give back what it has worked on.
    let until = Instant::now() + Duration::from_secs(60);
    let mut late = in_use();
    while late >= warm + tolerated && Instant::now() < until {
        std::thread::yield_now();
        late = IN_USE.load(Ordering::Relaxed);
    }
    (warm, late)
}

fn in_a_file(run: impl FnOnce(&str)) {
    let name = format!("notice-flat-{}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&directory).unwrap();
    let path: &Path = &directory.join("board.notice");
    run(&format!("file:{}?durability=relaxed", path.display()));
    std::fs::remove_dir_all(&directory).unwrap();
}

// One test, because both count what the other one uses.
#[test]
fn memory_stays_flat_while_announcements_and_readers_come_and_go() {
    let check = |url: &str, tolerated: usize| {
        let (warm, late) = run(url, tolerated);
        assert!(
            late < warm + tolerated,
            "{url}: {warm} bytes in use after {WARM} cycles, {late} after {}",
            WARM + FLAT
        );
    };
    check("mem:", TOLERATED);
    in_a_file(|url| check(url, TOLERATED_IN_A_FILE));
}

/// For an hour, with the figures: `cargo test --release --test flat_memory -- --ignored --nocapture`.
#[test]
#[ignore = "takes an hour"]
fn memory_stays_flat_for_an_hour() {
    in_a_file(|url| {
        let (board, clock) = open(url);
        let began = Instant::now();
        let mut number = 0;
        for minute in 0..60 {
            while began.elapsed() < Duration::from_secs(60 * (minute + 1)) {
                cycle(&board, &clock, number);
                number += 1;
            }
            let stats = board.stats().unwrap();
            println!(
                "{:>2} min  {:>9} announcements  {:>6} KiB allocated  {:>6} KiB resident  {:>6} KiB of files",
                minute + 1,
                number * EACH,
                IN_USE.load(Ordering::Relaxed) / 1024,
                resident_kib(),
                stats.file_bytes / 1024
            );
        }
    });
}

/// Returns the memory of this process in KiB; 0 where the system has no such file.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let figure = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    figure.unwrap_or(0)
}
