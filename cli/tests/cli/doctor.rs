//! `notice doctor` and `notice bench`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::desk::Desk;
use crate::support::Machine;

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
            let needs_remedy = one["level"] != "good";
            assert!(!needs_remedy || one["remedy_en"].is_string(), "{one}");
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
