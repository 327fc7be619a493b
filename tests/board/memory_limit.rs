//! A process that may have only so much memory.

use std::process::Command;

use notice::{Draft, ErrorKind, Query, Severity, Text, Viewer};

/// Tells the test that it is the process with little memory.
const LIMITED: &str = "NOTICE_TEST_LIMITED";
/// Memory of that process, in KiB of addresses.
const KIBIBYTES: u64 = 600 * 1024;

/// Runs the test `name` again, in a process with little memory.
fn run_limited(name: &str) {
    let program = std::env::current_exe().unwrap();
    let script =
        format!("ulimit -v {KIBIBYTES} && exec \"$0\" --exact {name} --nocapture --test-threads=1");
    let out = Command::new("sh")
        .args(["-c", &script])
        .arg(program)
        .env(LIMITED, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

fn is_limited() -> bool {
    std::env::var_os(LIMITED).is_some()
}

#[test]
fn a_board_that_finds_no_memory_refuses_and_stays_whole() {
    if !is_limited() {
        return run_limited("memory_limit::a_board_that_finds_no_memory_refuses_and_stays_whole");
    }
    // Given back before the board is looked at, which takes memory, too.
    let ballast: Vec<u8> = Vec::with_capacity(200 * 1024 * 1024);
    let board = notice::open("mem:").unwrap();
    let body = "维护 ".repeat(8000);
    let draft = |n: usize| {
        let text = Text::new("zh-CN", format!("{n}")).body(body.as_str());
        Draft::from_text(text).severity(Severity::Critical)
    };
    let (count, refused) = (0..)
        .find_map(|n| Some((n, board.publish(&draft(n)).err()?)))
        .unwrap();
    assert_eq!(refused.kind(), ErrorKind::OverBudget, "{refused}");
    assert!(count > 100, "{count}");
    drop(std::hint::black_box(ballast));
    let total = board.count(&Query::new(Viewer::anonymous())).unwrap().total;
    assert_eq!(total, Some(count as u64));
    let page = board
        .query(&Query::new(Viewer::anonymous()).limit(1))
        .unwrap();
    assert_eq!(page.items[0].text().title, format!("{}", count - 1));
    board.publish(&draft(count)).unwrap();
}
