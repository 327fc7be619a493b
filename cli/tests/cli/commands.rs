//! What an operator types, from the first board to the receipts.

use crate::desk::Desk;

#[test]
fn an_announcement_is_published_seen_corrected_and_taken_back() {
    let desk = Desk::new();
    let out = desk.good(&[
        "publish",
        "-t",
        "en=Maintenance tonight",
        "-t",
        "zh-CN=今晚维护",
        "-k",
        "maintenance/june",
        "-s",
        "warning",
        "--ends",
        "2099-06-20 22:00",
        "-a",
        "role=admin,staff",
    ]);
    assert_eq!(
        out,
        "published #1 v1  Maintenance tonight\n  2099-06-20 22:00 +08:00 (14:00 UTC)\n"
    );
    let (code, out, _) = desk.run(&["active", "--as", "user=alice"]);
    assert_eq!((code, out.as_str()), (1, "Nothing.\n"));
    let out = desk.good(&[
        "active",
        "--as",
        "user=alice,role=staff",
        "--locale",
        "zh-CN",
    ]);
    assert!(out.contains("今晚维护") && out.contains("unread"), "{out}");
    let out = desk.good(&["explain", "maintenance/june", "--as", "user=alice"]);
    assert!(out.contains("hidden") && out.contains("role"), "{out}");
    desk.good(&[
        "update",
        "maintenance/june",
        "-t",
        "Maintenance at ten",
        "--change",
        "minor",
    ]);
    let record = desk.json(&["show", "1"]);
    assert_eq!(record["texts"]["en"]["title"], "Maintenance at ten");
    assert_eq!(
        (&record["version"], &record["notify_version"]),
        (&2.into(), &1.into())
    );
    desk.good(&["read", "1", "--as", "user=alice,role=staff"]);
    desk.good(&["ack", "1", "--as", "user=bob,role=admin"]);
    let out = desk.good(&["receipts", "1"]);
    assert!(
        out.contains("alice") && out.contains("1 has acknowledged it"),
        "{out}"
    );
    let out = desk.good(&["retract", "maintenance/june", "--reason", "cancelled"]);
    assert_eq!(out, "retracted #1 v2  Maintenance at ten\n");
    assert_eq!(desk.run(&["active", "--as", "user=alice,role=staff"]).0, 1);
    assert!(desk.good(&["list"]).contains("retracted"));
    let out = desk.good(&["changes"]);
    assert!(
        out.contains("retracted  #1") && out.contains("(cancelled)"),
        "{out}"
    );
    desk.good(&["restore", "1"]);
    assert_eq!(desk.run(&["purge", "1"]).0, 2, "nobody has agreed");
    desk.good(&["purge", "1", "--yes"]);
    assert_eq!(desk.run(&["show", "1"]).0, 1);
}

#[test]
fn a_draft_is_told_as_one_with_what_releases_it() {
    let desk = Desk::new();
    for (language, kept, released) in [
        ("en", "kept as a draft #", "released #"),
        ("zh", "已存为草稿 #", "已发布 #"),
    ] {
        let out = desk.good(&["publish", "-t", "a", "--draft", "--lang", language]);
        assert!(out.starts_with(kept), "{out}");
        // What it says to type can be typed.
        let (_, typed) = out.trim().rsplit_once("notice ").unwrap();
        assert!(typed.starts_with("release "), "{out}");
        let words: Vec<&str> = typed.split(' ').chain(["--lang", language]).collect();
        let out = desk.good(&words);
        assert!(out.starts_with(released), "{out}");
    }
    // With the board that was named.
    desk.good(&["init", "another one.notice"]);
    let board = ["-b", "file:another one.notice"];
    let out = desk.good(&[&["publish", "-t", "a", "--draft"], &board[..]].concat());
    assert!(
        out.contains("notice release 1 -b 'file:another one.notice'\n"),
        "{out}"
    );
    // Several at once; and for programs it is what it always was.
    desk.0.write(
        "two.json",
        r#"[{"texts": {"en": {"title": "a"}}}, {"texts": {"en": {"title": "b"}}}]"#,
    );
    let out = desk.good(&["publish", "--draft", "-f", "two.json"]);
    assert_eq!(out.matches("kept as a draft").count(), 2, "{out}");
    assert!(out.ends_with("notice release ID\n"), "{out}");
    let published = desk.json(&["publish", "-t", "a", "--draft"]);
    assert_eq!(published["outcome"], "created");
    let id = published["id"].to_string();
    assert_eq!(desk.json(&["show", &id])["state"], "draft");
}

#[test]
fn every_time_that_is_typed_is_told_with_its_zone_and_in_utc() {
    let desk = Desk::new();
    let told = "2099-06-20 22:00 +08:00 (14:00 UTC)";
    let time = "2099-06-20 22:00";
    for (language, event, put_off, as_of) in [
        ("en", "event: ", "put off until ", "as of "),
        ("zh", "事件：", "推迟至 ", "截至 "),
    ] {
        let publish = |flag| desk.good(&["publish", "-t", "a", flag, time, "--lang", language]);
        for flag in ["--starts", "--ends"] {
            assert!(publish(flag).ends_with(&format!("\n  {told}\n")), "{flag}");
        }
        for flag in ["--event-from", "--event-to"] {
            assert!(
                publish(flag).ends_with(&format!("\n  {event}{told}\n")),
                "{flag}"
            );
        }
        let id = desk.json(&["publish", "-t", "b"])["id"].to_string();
        let update = |flag, time| desk.good(&["update", &id, flag, time, "--lang", language]);
        assert!(update("--ends", time).ends_with(&format!("\n  {told}\n")));
        assert!(update("--event-to", time).ends_with(&format!("\n  {event}{told}\n")));
        assert_eq!(update("--ends", "never").lines().count(), 1);
        let dry = ["update", &id, "--ends", time, "--dry-run"];
        assert!(desk.good(&dry).ends_with(&format!("}}\n  {told}\n")));
        assert_eq!(update("--title", "c").lines().count(), 1);
        let as_user = ["--as", "user=a", "--lang", language];
        let snooze = |time| desk.run(&[&["snooze", &id, "--until", time], &as_user[..]].concat());
        let (code, out, _) = snooze("+2h");
        assert_eq!(code, 0);
        let (first, _) = out.split_once('\n').unwrap();
        assert!(
            first.starts_with(put_off) && first.contains(" +08:00 (") && first.ends_with(" UTC)"),
            "{out}"
        );
        // Also where the board refuses it.
        let (code, _, complaint) = snooze(time);
        assert_eq!(code, 2);
        assert!(complaint.contains(told), "{complaint}");
        for line in [&["active"][..], &["explain", &id]] {
            let line = [line, &["--at", time], &as_user[..]].concat();
            let out = desk.good(&line);
            assert!(
                out.starts_with(&format!("{as_of}{told}\n")),
                "{line:?}: {out}"
            );
        }
    }
}

#[test]
fn a_file_of_drafts_is_published_whole_or_not_at_all() {
    let desk = Desk::new();
    let good = r#"[{"texts": {"en": {"title": "a"}}}, {"texts": {"en": {"title": "b"}}}]"#;
    desk.0.write("good.json", good);
    let out = desk.good(&["publish", "-f", "good.json", "--dry-run"]);
    assert!(out.contains("can be published"), "{out}");
    assert_eq!(desk.run(&["list"]).0, 1, "nothing was published");
    desk.good(&["publish", "-f", "good.json"]);
    let bad = "{\n  \"texts\": {\"zh-CN\": {\"title\": \"维护\"}},\n  \"severity\": \"loud\"\n}\n";
    desk.0.write("bad.json", bad);
    let (code, out, complaint) = desk.run(&["publish", "-f", "bad.json"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        complaint.contains("bad.json:3:15") && complaint.contains("critical"),
        "{complaint}"
    );
    let (code, out, _) = desk.run(&["check", "bad.json"]);
    assert_eq!(code, 2);
    assert!(
        out.contains("bad.json:3:15") && out.contains("cannot be published"),
        "{out}"
    );
    assert_eq!(desk.json(&["list"])["total"], 2);
}

#[test]
fn what_was_mistyped_is_pointed_at() {
    let desk = Desk::new();
    let (code, _, complaint) = desk.run(&["publish", "-t", "x", "--starts", "tomorrow 25:00"]);
    assert_eq!(code, 2);
    let pointed = "    tomorrow 25:00\n             ^^^^^\n";
    assert!(
        complaint.starts_with("notice: --starts: not a time of day")
            && complaint.ends_with(pointed),
        "{complaint}"
    );
    let (code, _, complaint) = desk.run(&["publish", "-t", "x", "-a", "role"]);
    assert_eq!(code, 2);
    assert!(
        complaint.contains("--audience: no condition"),
        "{complaint}"
    );
    let (code, _, complaint) = desk.run(&["show", "7"]);
    assert_eq!(code, 1);
    assert!(complaint.contains("7"), "{complaint}");
    let (code, _, complaint) = desk.run(&["list", "-b", "file:nowhere.notice"]);
    assert_eq!(code, 1);
    assert!(complaint.contains("notice init"), "{complaint}");
    assert!(
        !desk.0.0.join("nowhere.notice").exists(),
        "asking makes no board"
    );
}

#[test]
fn another_change_than_the_one_that_was_seen_is_a_conflict() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "a"]);
    desk.good(&["update", "1", "-t", "b"]);
    assert_eq!(
        desk.run(&["update", "1", "-t", "c", "--if-version", "1"]).0,
        3
    );
    assert_eq!(desk.run(&["retract", "1", "--if-version", "1"]).0, 3);
    desk.good(&["retract", "1", "--if-version", "2"]);
}

#[test]
fn a_context_names_a_board() {
    let desk = Desk::new();
    desk.good(&["init", "other.notice"]);
    desk.good(&["publish", "-t", "here"]);
    desk.good(&["context", "add", "other", "file:other.notice"]);
    // The first one is current.
    assert_eq!(desk.run(&["list"]).0, 1);
    desk.good(&["publish", "-t", "there"]);
    let out = desk.good(&["list", "-b", "file:.local/share/notice/board.notice"]);
    assert!(out.contains("here") && !out.contains("there"), "{out}");
    assert_eq!(desk.run(&["list", "-c", "prod"]).0, 1);
    assert!(
        desk.good(&["context", "list"]).contains("* "),
        "the current one has a star"
    );
    desk.good(&["context", "remove", "other"]);
    assert!(desk.good(&["list"]).contains("here"));
}

#[test]
fn what_holds_a_board_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    desk.good(&["init", "board.notice"]);
    let board = ["-b", "file:board.notice"];
    desk.good(&[&["publish", "-t", "a"], &board[..]].concat());
    desk.good(&[&["backup", "saved.notice"], &board[..]].concat());
    desk.good(&[&["export", "all.jsonl"], &board[..]].concat());
    desk.good(&["restore-backup", "saved.notice", "restored.notice"]);
    for name in [
        "board.notice",
        "saved.notice",
        "all.jsonl",
        "restored.notice",
    ] {
        let about = std::fs::metadata(desk.0.0.join(name)).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_board_may_have_any_name_and_is_found_from_elsewhere() {
    let desk = Desk::new();
    for name in [
        "what?.notice",
        "100%.notice",
        "a b.notice",
        "公告 %3F.notice",
    ] {
        let made = desk.json(&["init", name]);
        let url = made["board"].as_str().unwrap();
        assert!(desk.0.0.join(name).exists(), "{name}");
        desk.good(&["publish", "-t", name, "-b", url]);
        // What it says to type next can be typed.
        desk.good(&["context", "add", "it", url]);
        let kept = desk.json(&["context", "use", "it"])["url"].clone();
        let kept = kept.as_str().unwrap();
        std::fs::create_dir_all(desk.0.0.join("elsewhere")).unwrap();
        let mut list = desk.0.command(&["list", "-b", kept, "--json"]);
        let output = list
            .current_dir(desk.0.0.join("elsewhere"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{kept}");
        assert!(
            crate::support::text(&output.stdout).contains("\"total\":1"),
            "{name}"
        );
        desk.good(&["context", "remove", "it"]);
    }
}

#[test]
fn a_board_travels_by_export_and_by_backup() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "a", "-k", "k"]);
    desk.good(&["read", "k", "--as", "user=alice"]);
    desk.good(&["export", "all.jsonl"]);
    assert_eq!(
        desk.run(&["export", "all.jsonl"]).0,
        3,
        "it is there already"
    );
    desk.good(&["init", "copy.notice"]);
    desk.good(&["import", "all.jsonl", "-b", "file:copy.notice"]);
    assert!(
        desk.good(&["receipts", "k", "-b", "file:copy.notice"])
            .contains("alice")
    );
    desk.good(&["backup", "saved.notice"]);
    desk.good(&["purge", "k", "--yes"]);
    desk.good(&["compact"]);
    desk.good(&["restore-backup", "saved.notice", "restored.notice"]);
    let restored = ["-b", "file:restored.notice"];
    assert!(
        desk.good(&[&["list"], &restored[..]].concat())
            .contains('k')
    );
    assert!(
        desk.good(&[&["verify"], &restored[..]].concat())
            .contains("0 problems")
    );
    assert_eq!(
        desk.run(&["restore-backup", "saved.notice", "restored.notice"])
            .0,
        3
    );
    assert!(desk.good(&["verify"]).contains("0 problems"));
}

#[test]
fn a_daemon_is_asked_in_place_of_its_file() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "from the file"]);
    let daemon = desk.0.serve(&[]);
    assert!(desk.good(&["list"]).contains("from the file"));
    desk.good(&["publish", "-t", "by the daemon"]);
    let file = format!(
        "file:{}/.local/share/notice/board.notice",
        desk.0.0.display()
    );
    let (code, _, complaint) = desk.run(&["list", "-b", &file]);
    assert_eq!(code, 3);
    assert!(complaint.contains("unix:"), "{complaint}");
    daemon.stop();
    assert!(desk.good(&["list"]).contains("by the daemon"));
}

#[test]
fn what_a_daemon_does_not_do_is_told_with_what_does_it() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "of the daemon"]);
    let daemon = desk.0.serve(&[]);
    for (line, is_copy) in [
        (&["export", "all.jsonl"][..], true),
        (&["backup", "saved.notice"], true),
        (&["verify"], false),
        (&["compact"], false),
    ] {
        let (code, _, complaint) = desk.run(line);
        assert_eq!(code, 2, "{line:?}");
        assert!(complaint.contains("-b file:PATH"), "{line:?}: {complaint}");
        assert_eq!(complaint.contains("curl"), is_copy, "{line:?}: {complaint}");
    }
    let (_, _, complaint) = desk.run(&["export", "all.jsonl"]);
    let (_, curl) = complaint.rsplit_once(": curl").unwrap();
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", &format!("curl -s {curl}")])
        .current_dir(&desk.0.0);
    match shell.status() {
        Ok(status) if status.code() == Some(127) => eprintln!("skipped: there is no curl"),
        ended => {
            assert!(ended.unwrap().success());
            desk.good(&["init", "copy.notice"]);
            let copy = ["-b", "file:copy.notice"];
            desk.good(&[&["import", "board.jsonl"], &copy[..]].concat());
            assert!(
                desk.good(&[&["list"], &copy[..]].concat())
                    .contains("of the daemon")
            );
        }
    }
    daemon.stop();
}

#[test]
fn chinese_is_spoken_where_it_is_asked_for() {
    let desk = Desk::new();
    let out = desk.good(&["publish", "-t", "今晚维护", "--lang", "zh"]);
    assert!(out.starts_with("已发布 #1"), "{out}");
    let record = desk.json(&["show", "1"]);
    assert_eq!(record["texts"]["zh-CN"]["title"], "今晚维护");
    let out = desk.good(&["list", "--lang", "zh"]);
    assert!(out.contains("标题") && out.contains("生效中"), "{out}");
    let (code, _, complaint) = desk.run(&["list", "-b", "file:nowhere", "--lang", "zh"]);
    assert_eq!(code, 1);
    assert!(complaint.contains("没有公告板"), "{complaint}");
}

#[test]
fn what_was_done_is_told_under_the_title_in_the_readers_language() {
    let desk = Desk::new();
    let zh = ["--lang", "zh"];
    let told = |line: &[&str]| desk.good(&[line, &zh[..]].concat());
    for line in [
        &["publish", "-t", "en=Maintenance", "-t", "zh-CN=今晚维护"][..],
        &["pin", "1"],
        &["update", "1", "-s", "warning"],
        &["retract", "1", "--dry-run"],
        &["retract", "1"],
        &["purge", "1", "--yes"],
    ] {
        let out = told(line);
        assert!(
            out.contains("#1") && out.contains("今晚维护"),
            "{line:?}: {out}"
        );
    }
}

#[test]
fn a_command_that_is_missing_is_asked_for_in_one_sentence() {
    let desk = Desk::new();
    for line in [&["--lang", "en"][..], &["context", "--lang", "en"]] {
        let (code, out, complaint) = desk.run(line);
        assert_eq!((code, out.as_str()), (2, ""));
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(complaint.contains("--help"), "{complaint}");
    }
}

#[test]
fn a_message_of_the_day_never_fails() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "Maintenance tonight", "-s", "warning"]);
    assert_eq!(desk.good(&["motd"]), "! Maintenance tonight\n");
    assert_eq!(desk.good(&["motd", "-b", "tcp:127.0.0.1:1"]), "");
    assert_eq!(desk.good(&["motd", "-b", "file:nowhere"]), "");
}
