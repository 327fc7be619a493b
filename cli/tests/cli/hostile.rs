//! What goes wrong at a terminal: mistakes, other people's files, pipes that close.

use std::process::Stdio;

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::desk::Desk;
use crate::support::{text, until};

#[test]
fn a_newcomer_is_told_what_to_type() {
    let desk = Desk::new();
    for (arguments, code, en, zh) in [
        (&["publish"][..], 2, "-t 'Hello'", "-t '你好'"),
        (
            &["list", "-b", "board.notice"],
            2,
            "file:board.notice",
            "file:board.notice",
        ),
        (
            &["list", "-c", "prod"],
            1,
            "notice context add prod",
            "notice context add prod",
        ),
        (
            &["publish", "-t", "x", "-s", "loud"],
            2,
            "must be one of",
            "必须是以下之一",
        ),
        (
            &["snooze", "1", "--as", "user=a", "--until", "yesterday"],
            2,
            "is past",
            "已过",
        ),
        (&["read", "1"], 2, "--as user=NAME", "--as user=名称"),
        (
            &["restore-backup", "nowhere", "x.notice"],
            1,
            "no such file",
            "文件或目录不存在",
        ),
        (&["publish", "-f", "/"], 2, "is a folder", "是目录"),
        (
            &["publish", "-f", "nowhere.json"],
            1,
            "no such file",
            "文件或目录不存在",
        ),
    ] {
        for (language, words) in [("en", en), ("zh", zh)] {
            let (got, out, complaint) = desk.run(&[arguments, &["--lang", language]].concat());
            assert_eq!((got, out.as_str()), (code, ""), "{arguments:?} {complaint}");
            assert!(complaint.contains(words), "{arguments:?}: {complaint}");
            assert!(!complaint.contains("<flags>"), "{complaint}");
        }
    }
}

#[test]
fn a_program_gets_its_complaint_as_json() {
    let desk = Desk::new();
    let (code, out, complaint) = desk.run(&["show", "7", "--json"]);
    assert_eq!((code, out.as_str()), (1, ""));
    let told: Value = serde_json::from_str(&complaint).unwrap();
    assert_eq!(told["error"]["exit"], 1);
    desk.good(&["publish", "-t", "a"]);
    let (code, _, complaint) = desk.run(&["update", "1", "-t", "b", "--if-version", "9", "--json"]);
    let told: Value = serde_json::from_str(&complaint).unwrap();
    assert_eq!((code, &told["error"]["exit"]), (3, &3.into()));
    assert_eq!(told["error"]["name"], "version_conflict");
    assert!(told["error"]["zh"] != told["error"]["en"]);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let desk = Desk::new();
    let drafts: Vec<String> = (0..2000)
        .map(|n| format!(r#"{{"texts": {{"en": {{"title": "number {n}"}}}}}}"#))
        .collect();
    desk.0
        .write("many.json", &format!("[{}]", drafts.join(",")));
    desk.good(&["publish", "-f", "many.json"]);
    for arguments in [
        &["list", "-n", "2000"][..],
        &["list", "-n", "2000", "--json"],
        &["changes"],
        &["export"],
        &["help"],
    ] {
        let mut child = desk
            .0
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(text(&output.stderr), "", "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn a_daemon_that_is_not_reached_is_told_in_chinese_throughout() {
    let desk = Desk::new();
    for (url, words) in [
        ("unix:/nowhere/socket", "没有这样的套接字"),
        ("tcp:127.0.0.1:1", "连接被拒绝"),
    ] {
        let (code, _, complaint) = desk.run(&["list", "-b", url, "--lang", "zh"]);
        assert_eq!(code, 4);
        assert!(
            complaint.contains(words) && !complaint.contains("os error"),
            "{complaint}"
        );
        let (_, _, complaint) = desk.run(&["list", "-b", url, "--lang", "en"]);
        assert!(complaint.contains("os error"), "{complaint}");
    }
}

#[test]
fn a_full_disk_is_told() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "a"]);
    for arguments in [&["list"][..], &["list", "--json"], &["export"]] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = desk.0.command(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(4), "{arguments:?}");
        assert!(text(&output.stderr).contains("space"), "{arguments:?}");
    }
}

#[test]
fn nothing_is_wider_than_the_terminal() {
    let desk = Desk::new();
    desk.publish_wide(&["--channel", "billing", "--ends", "2099-06-20 22:00"]);
    for width in [40, 80, 120] {
        for arguments in [
            &["list"][..],
            &["active"],
            &["search", "maintenance/june"],
            &["motd"],
        ] {
            for language in ["en", "zh"] {
                let columns = width.to_string();
                let (_, out, _) = desk.run_with(
                    &[arguments, &["--lang", language]].concat(),
                    &[("COLUMNS", &columns)],
                );
                for line in out.lines() {
                    assert!(line.width() <= width, "{width} {arguments:?}: {line}");
                }
            }
        }
    }
    let (_, out, _) = desk.run_with(&["list", "--lang", "zh"], &[("COLUMNS", "80")]);
    assert!(
        out.contains("今晚十点至十二点数据库维护"),
        "a text is in the reader's language, and has room: {out}"
    );
}

#[test]
fn colours_are_for_terminals_and_for_who_asks() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "a", "-s", "critical"]);
    assert!(!desk.good(&["list"]).contains('\u{1b}'));
    assert!(desk.good(&["list", "--color", "always"]).contains('\u{1b}'));
}

#[test]
fn a_file_that_another_command_has_for_a_moment_is_waited_for() {
    let desk = Desk::new();
    let children: Vec<_> = (0..4)
        .map(|n| {
            let title = format!("at once {n}");
            let mut command = desk.0.command(&["publish", "-t", &title]);
            command.stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(desk.json(&["list"])["total"], 4);
}

#[test]
fn who_has_a_file_is_named_with_what_to_do() {
    let desk = Desk::new();
    let file = desk.0.0.join(".local/share/notice/board.notice");
    let url = format!("file:{}", file.display());
    let complaints = |pid: u32, remedy: &str| {
        for command in [&["list"][..], &["publish", "-t", "a"]] {
            for (language, words) in [("en", "has it"), ("zh", "占用")] {
                let line = [command, &["-b", &url, "--lang", language]].concat();
                let (code, out, complaint) = desk.run(&line);
                assert_eq!((code, out.as_str()), (3, ""), "{complaint}");
                assert!(
                    complaint.contains(&format!(" ({pid})")),
                    "{pid}: {complaint}"
                );
                assert!(
                    complaint.contains(words) && complaint.contains(remedy),
                    "{complaint}"
                );
            }
            let line = [command, &["-b", &url, "--json"]].concat();
            let told: Value = serde_json::from_str(&desk.run(&line).2).unwrap();
            let error = &told["error"];
            assert_eq!(
                (&error["name"], &error["exit"]),
                (&"locked".into(), &3.into())
            );
            for hint in ["hint_en", "hint_zh"] {
                let hint = error[hint].as_str().unwrap();
                assert!(
                    hint.contains(&format!("({pid})")) && hint.contains(remedy),
                    "{hint}"
                );
            }
        }
    };
    let daemon = desk.0.serve(&[]);
    let pid = daemon.pid().as_raw_nonzero().get().unsigned_abs();
    complaints(pid, &format!("-b unix:{}", desk.0.socket().display()));
    daemon.stop();
    let _board = notice::open(&url).unwrap();
    complaints(std::process::id(), "-b tcp:");
}

#[test]
fn a_board_in_a_file_is_watched_while_others_write() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "before"]);
    let arguments = [
        "watch",
        "--count",
        "2",
        "--exec",
        "cat >> seen; echo $NOTICE_TITLE",
    ];
    let mut watch = desk.0.command(&arguments);
    let watch = watch.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut watch = watch.spawn().unwrap();
    // It begins at what is there when it looks first, which nobody sees from here: something is written until it is seen.
    let seen = desk.0.0.join("seen");
    until("the first event", || {
        desk.good(&["publish", "-t", "while it is watched"]);
        seen.exists().then_some(())
    });
    until("the end", || {
        desk.good(&["publish", "-t", "while it is watched"]);
        watch.try_wait().unwrap()
    });
    let output = watch.wait_with_output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(
        text(&output.stdout).matches("while it is watched").count(),
        4,
        "two lines and two titles: {}",
        text(&output.stdout)
    );
}

#[test]
fn a_complaint_fits_the_terminal_and_mistakes_in_flags_are_told_in_chinese() {
    let desk = Desk::new();
    for language in ["en", "zh"] {
        let (_, _, complaint) = desk.run_with(
            &["list", "-b", "file:nowhere.notice", "--lang", language],
            &[("COLUMNS", "40")],
        );
        assert!(
            complaint.lines().count() > 1 && complaint.lines().all(|line| line.width() <= 40),
            "{complaint}"
        );
    }
    for (arguments, words) in [
        (&["lst"][..], "没有命令 lst；是否想输入 list"),
        (&["list", "--bord"], "没有选项 --bord；是否想输入 --board"),
        (&["list", "--phase", "loud"], "loud 无效：必须是以下之一"),
        (&["show"], "缺少 <ANNOUNCEMENT>"),
        (&["list", "-n", "0"], "应为不小于 1 的整数"),
        (&["list", "-b", "mem:", "-c", "x"], "不能与"),
        (&["publish", "-t"], "之后缺少值"),
    ] {
        let (code, out, complaint) = desk.run_with(arguments, &[("LANG", "zh_CN.UTF-8")]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(complaint.contains(words), "{arguments:?}: {complaint}");
    }
    let (code, _, complaint) = desk.run(&["list", "--phase", "loud", "--json"]);
    let told: Value = serde_json::from_str(&complaint).unwrap();
    assert_eq!((code, &told["error"]["exit"]), (2, &2.into()));
    let help = desk.good(&["publish", "--help", "--lang", "zh"]);
    assert!(help.contains("用法：") && help.contains("时间:"), "{help}");
}
