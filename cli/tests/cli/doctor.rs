//! `notice doctor` and `notice bench`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::civil::Date;
use jiff::{Span, Timestamp, Zoned};
use notice::{Draft, ErrorKind, ManualClock, Options, Severity};
use notice_server::Server;
use rcgen::{CertificateParams, IsCa, KeyPair, date_time_ymd};
use rustix::process::Signal;
use serde_json::Value;

use crate::desk::Desk;
use crate::support::{Machine, text};

/// The finding about one thing.
fn finding<'a>(report: &'a Value, check: &str) -> &'a Value {
    let all = report["findings"].as_array().unwrap();
    all.iter()
        .find(|one| one["check"] == check)
        .unwrap_or_else(|| panic!("nothing about {check}: {report}"))
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

impl Desk {
    fn examined(&self, arguments: &[&str]) -> (i32, Value) {
        let (code, out, complaint) = self.run(&[&["doctor", "--json"], arguments].concat());
        assert_eq!(complaint, "");
        let report: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(report["good"], code == 0);
        for one in report["findings"].as_array().unwrap() {
            assert!(one["en"] != "" && one["zh"] != "", "{one}");
            let is_chinese = |text: &Value| text.as_str().unwrap().contains(|c| c > '\u{2e80}');
            assert!(is_chinese(&one["zh"]) && !is_chinese(&one["en"]), "{one}");
            if one["level"] != "good" {
                assert!(
                    is_chinese(&one["remedy_zh"]) && !is_chinese(&one["remedy_en"]),
                    "{one}"
                );
            }
        }
        let (_, out, _) = self.run(&[&["doctor", "--lang", "zh"], arguments].concat());
        let names = out.lines().filter_map(|line| line.split_once('：'));
        for (name, _) in names.filter(|(name, _)| name.starts_with(['✓', '!', '✗'])) {
            assert!(!name.contains(|c: char| c.is_ascii_alphabetic()), "{name}");
        }
        (code, report)
    }
}

#[test]
fn a_good_board_is_in_order() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "a"]);
    let (code, report) = desk.examined(&[]);
    assert_eq!(code, 0, "{report}");
    assert!(desk.good(&["doctor"]).contains("Everything is in order"));
    assert!(desk.good(&["doctor", "--lang", "zh"]).contains("一切正常"));
}

#[test]
fn what_is_wrong_with_a_file_is_found() {
    let desk = Desk::new();
    desk.good(&["init", "open.notice"]);
    mode(&desk.0.0, 0o755);
    let open = desk.0.0.join("open.notice");
    for (bits, code, level) in [
        (0o644, 1, "warning"),
        (0o666, 4, "broken"),
        (0o600, 0, "good"),
    ] {
        mode(&open, bits);
        let (got, report) = desk.examined(&["-b", "file:open.notice"]);
        let found = &finding(&report, "permissions")["level"];
        assert_eq!((got, found), (code, &level.into()), "{report}");
    }
    let board = desk.0.0.join(".local/share/notice/board.notice");
    assert_eq!(desk.examined(&["-b", "file:nowhere.notice"]).0, 4);
    assert_eq!(desk.examined(&["-b", "nothing:x"]).0, 4);
    assert_eq!(desk.examined(&["-c", "prod"]).0, 4);
    desk.0.write("text.notice", "no board");
    let (code, report) = desk.examined(&["-b", "file:text.notice"]);
    assert_eq!(
        (code, &finding(&report, "file")["level"]),
        (4, &"broken".into())
    );
    // Somebody has it.
    let daemon = desk.0.serve(&[]);
    let url = format!("file:{}", board.display());
    let (code, report) = desk.examined(&["-b", &url]);
    let lock = finding(&report, "lock");
    assert_eq!(code, 4);
    assert!(lock["en"].as_str().unwrap().contains("notice ("), "{lock}");
    daemon.stop();
}

#[test]
fn what_is_wrong_with_a_daemon_is_found() {
    let desk = Desk::new();
    let (code, report) = desk.examined(&["-b", "unix:/nowhere/socket"]);
    assert_eq!(
        (code, &finding(&report, "socket")["level"]),
        (4, &"broken".into())
    );
    let (code, report) = desk.examined(&["-b", "tcp:127.0.0.1:1"]);
    assert_eq!(
        (code, &finding(&report, "daemon")["level"]),
        (4, &"broken".into())
    );
    let token = "editor-token-0123456789abcdef0123456789abcdef";
    let tokens = desk.0.write("tokens", &format!("editor {token}\n"));
    mode(&tokens, 0o600);
    let daemon = desk
        .0
        .serve(&["--tcp", "127.0.0.1:0", "--tokens", "tokens"]);
    assert_eq!(desk.examined(&[]).0, 0, "its owner is admin at the socket");
    let tcp = daemon.said.iter().find(|line| line.contains("tcp:"));
    let tcp = tcp.map(|line| line.trim().to_owned());
    if let Some(tcp) = tcp {
        let (code, report) = desk.examined(&["-b", &tcp]);
        assert_eq!(
            (code, &finding(&report, "role")["level"]),
            (1, &"warning".into())
        );
        let own = desk.0.write("own", token);
        mode(&own, 0o644);
        desk.good(&["context", "add", "prod", &tcp, "--token-file", "own"]);
        let (code, report) = desk.examined(&["-c", "prod"]);
        assert_eq!(
            (code, &finding(&report, "token")["level"]),
            (4, &"broken".into())
        );
        mode(&own, 0o600);
        let (code, report) = desk.examined(&["-c", "prod"]);
        assert_eq!(code, 0, "{report}");
        assert!(
            finding(&report, "role")["en"]
                .as_str()
                .unwrap()
                .contains("editor")
        );
    }
    daemon.stop();
}

/// What a finding says, and what to do about it, in English and Chinese.
fn words(finding: &Value) -> [&str; 4] {
    ["en", "zh", "remedy_en", "remedy_zh"].map(|name| finding[name].as_str().unwrap_or_default())
}

#[track_caller]
fn is_told(report: &Value, check: &str, level: &str, parts: &[&str], remedy: &str) {
    let found = finding(report, check);
    assert_eq!(found["level"], level, "{found}");
    let [en, zh, remedy_en, remedy_zh] = words(found);
    for part in parts {
        assert!(en.contains(part) && zh.contains(part), "{part}: {found}");
    }
    assert!(
        remedy_en.contains(remedy) && remedy_zh.contains(remedy),
        "{found}"
    );
}

fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

const HOUR_MS: i64 = 3_600_000;

#[test]
fn a_daemon_whose_clock_is_another_one_is_found() {
    let desk = Desk::new();
    for (ahead, level) in [
        (-HOUR_MS, Some("warning")),
        (0, None),
        (HOUR_MS, Some("warning")),
    ] {
        let clock = std::sync::Arc::new(ManualClock::new(now() + ahead));
        let board = Options::new().clock(clock).open("mem:").unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let socket = desk.0.0.join(format!("socket{ahead}"));
        let server = runtime.block_on(Server::builder(board).unix(&socket).start());
        let _server = server.unwrap();
        let (_, report) = desk.examined(&["-b", &format!("unix:{}", socket.display())]);
        match level {
            Some(level) => is_told(
                &report,
                "skew",
                level,
                &["+08:00"],
                "timedatectl set-ntp true",
            ),
            None => assert!(!report.to_string().contains("\"skew\""), "{report}"),
        }
    }
}

#[test]
fn what_is_from_the_future_is_found() {
    let desk = Desk::new();
    for (ahead, is_found) in [(0, false), (HOUR_MS, true)] {
        let path = desk.0.0.join(format!("{ahead}.notice"));
        let url = format!("file:{}", path.display());
        let clock = std::sync::Arc::new(ManualClock::new(now()));
        let board = Options::new().clock(clock.clone()).open(&url).unwrap();
        board.publish(&Draft::new("en", "now")).unwrap();
        clock.set(now() + ahead);
        board.publish(&Draft::new("en", "later")).unwrap();
        drop(board);
        let (_, report) = desk.examined(&["-b", &url]);
        match is_found {
            true => is_told(
                &report,
                "future",
                "warning",
                &["#2", "+08:00"],
                "notice show 2",
            ),
            false => assert!(!report.to_string().contains("\"future\""), "{report}"),
        }
    }
}

#[test]
fn a_budget_that_is_used_up_is_found() {
    let desk = Desk::new();
    let url = format!(
        "file:{}?budget_mb=1",
        desk.0.0.join("small.notice").display()
    );
    // Publishes as many, or until it is refused.
    let fill = |count: usize| {
        let board = notice::open(&url).unwrap();
        let mut draft = Draft::new("en", "a");
        // Those are taken until nothing is left, and have texts that stay in memory.
        draft.severity = Severity::Critical;
        draft.texts[0].body = "many words ".repeat(400);
        (0..count).find_map(|_| board.publish(&draft).err())
    };
    assert_eq!(fill(1), None);
    let (_, report) = desk.examined(&["-b", &url]);
    assert_eq!(finding(&report, "memory")["level"], "good", "{report}");
    assert_eq!(fill(10_000).unwrap().kind(), ErrorKind::OverBudget);
    let (code, report) = desk.examined(&["-b", &url]);
    assert_eq!(code, 4);
    is_told(
        &report,
        "memory",
        "broken",
        &["%", "warning"],
        "budget_mb=2",
    );
}

#[test]
fn a_journal_that_a_killed_process_has_left_is_found() {
    let desk = Desk::new();
    let mut daemon = desk.0.serve(&[]);
    desk.good(&["publish", "-t", "a"]);
    daemon.signal(Signal::KILL);
    daemon.wait();
    // Its socket is still there.
    fs::remove_file(desk.0.socket()).unwrap();
    let (code, report) = desk.examined(&[]);
    assert_eq!(code, 1, "{report}");
    is_told(
        &report,
        "journal",
        "warning",
        &["board.notice-journal"],
        "notice compact",
    );
    assert_eq!(desk.json(&["list"])["total"], 1);
    desk.good(&["compact"]);
    assert_eq!(desk.examined(&[]).0, 0);
}

#[test]
fn a_disk_that_has_no_room_for_the_board_is_found() {
    let desk = Desk::new();
    // As long as no disk is, without taking any of it.
    let file = fs::File::create(desk.0.0.join("huge.notice")).unwrap();
    if let Err(error) = file.set_len(1 << 42) {
        eprintln!("skipped: this file system has no files of 4 TiB: {error}");
        return;
    }
    let (_, report) = desk.examined(&["-b", "file:huge.notice"]);
    is_told(&report, "space", "warning", &["TiB"], "df -h .");
    let (_, report) = desk.examined(&[]);
    assert_eq!(finding(&report, "space")["level"], "good", "{report}");
}

#[test]
fn a_certificate_is_told_of_two_weeks_before_its_end() {
    let desk = Desk::new();
    let (certificate, key) = (desk.0.0.join("certificate.pem"), desk.0.0.join("key.pem"));
    let flags = [
        "--unix=",
        "--tcp",
        "127.0.0.1:0",
        "--tls-certificate",
        "certificate.pem",
        "--tls-key",
        "key.pem",
    ];
    let today = Zoned::now().date();
    for (days, is_found) in [(13, true), (16, false)] {
        let end: Date = today.checked_add(Span::new().days(days)).unwrap();
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        params.is_ca = IsCa::ExplicitNoCa;
        let (month, day) = (end.month().unsigned_abs(), end.day().unsigned_abs());
        params.not_after = date_time_ymd(end.year().into(), month, day);
        let pair = KeyPair::generate().unwrap();
        fs::write(&certificate, params.self_signed(&pair).unwrap().pem()).unwrap();
        fs::write(&key, pair.serialize_pem()).unwrap();
        mode(&key, 0o600);
        let date = end.to_string();
        let checked = desk
            .0
            .run(&[&["serve", "--check-config"], &flags[..]].concat());
        assert_eq!(checked.status.code(), Some(0));
        let warned = text(&checked.stderr);
        assert_eq!(warned.contains(&date), is_found, "{warned}");
        assert_eq!(warned.contains("certificate.pem"), is_found, "{warned}");
        let mut daemon = desk.0.serve(&flags);
        let address = daemon
            .said
            .last()
            .unwrap()
            .trim()
            .split_once(':')
            .unwrap()
            .1
            .to_owned();
        let url = format!("tls:{address}?ca_file={}", certificate.display());
        let (_, report) = desk.examined(&["-b", &url]);
        match is_found {
            true => is_told(
                &report,
                "certificate",
                "warning",
                &[&date, "+08:00"],
                "kill -HUP",
            ),
            false => {
                assert_eq!(finding(&report, "certificate")["level"], "good", "{report}");
            }
        }
        daemon.signal(Signal::TERM);
        assert_eq!(daemon.wait(), Some(0));
        assert_eq!(daemon.complaints().contains(&date), is_found);
    }
}

#[test]
fn a_bench_has_a_board_of_its_own_and_leaves_nothing() {
    let machine = Machine::new();
    let output = machine.run(&["bench", "--seconds", "1", "--announcements", "50", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let figures = report["figures"].as_array().unwrap();
    assert_eq!(figures.len(), 8, "four works on two boards: {report}");
    for one in figures {
        assert!(one["per_second"].as_f64().unwrap() > 0.0, "{one}");
        assert!(one["p50_us"].as_f64() <= one["p99_us"].as_f64(), "{one}");
    }
    let left = fs::read_dir(machine.0.join(".local/share/notice")).unwrap();
    assert_eq!(left.count(), 0);
}
