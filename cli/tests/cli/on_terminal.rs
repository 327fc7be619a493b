//! The command on a terminal: its pager, its questions, its colours and its width.

use std::os::unix::process::ExitStatusExt as _;

use unicode_width::UnicodeWidthStr as _;

use crate::desk::Desk;
use crate::screen::{END, INTERRUPT, Screen, Size, is_possible};

/// The size of most terminals.
const USUAL: Size = (24, 80);

impl Desk {
    /// Runs a command on a terminal, where nothing is typed; returns its exit code and the screen.
    fn on(&self, size: Size, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
        let (status, text) = Screen::new(self, size, arguments, variables).end();
        let code = status.code();
        (code.unwrap_or_else(|| panic!("{status}: {text}")), text)
    }

    /// Publishes as many announcements.
    fn publish_many(&self, count: usize) {
        let drafts = (0..count).map(|n| {
            format!(
                r#"{{"texts": {{"en": {{"title": "number {n} of a board with many of them"}}}}}}"#
            )
        });
        let drafts: Vec<String> = drafts.collect();
        self.0
            .write("many.json", &format!("[{}]", drafts.join(",")));
        self.good(&["publish", "-f", "many.json"]);
    }

    /// How many announcements there are.
    fn total(&self) -> i64 {
        let (_, out, _) = self.run(&["list", "--json"]);
        serde_json::from_str::<serde_json::Value>(&out).unwrap()["total"]
            .as_i64()
            .unwrap()
    }
}

/// A pager that says that it is one.
const PAGER: (&str, &str) = ("NOTICE_PAGER", "sed 's/^/paged: /'");

#[test]
fn what_is_longer_than_the_terminal_goes_to_a_pager_and_nothing_else_does() {
    if !is_possible() {
        return;
    }
    let desk = Desk::new();
    desk.publish_many(30);
    let (code, screen) = desk.on(USUAL, &["list"], &[PAGER]);
    assert_eq!(code, 0);
    assert!(
        screen.lines().all(|line| line.starts_with("paged: ")),
        "{screen}"
    );
    assert!(screen.contains("number 29"), "{screen}");
    for (size, arguments) in [
        ((60, 80), &["list"][..]),
        (USUAL, &["list", "-n", "5"]),
        (USUAL, &["list", "--no-pager"]),
        (USUAL, &["list", "--json"]),
    ] {
        let (code, screen) = desk.on(size, arguments, &[PAGER]);
        assert_eq!(code, 0);
        assert!(screen.contains("number 29"), "{screen}");
        assert!(!screen.contains("paged"), "{arguments:?}: {screen}");
    }
    let (_, out, _) = desk.run_with(&["list"], &[PAGER]);
    assert!(!out.contains("paged"), "without a terminal: {out}");
}

#[test]
fn the_pager_is_the_one_that_is_asked_for() {
    if !is_possible() {
        return;
    }
    let desk = Desk::new();
    desk.publish_many(30);
    let other = ("PAGER", "sed 's/^/other: /'");
    for (variables, begin) in [
        (&[other][..], "other: "),
        (&[PAGER, other], "paged: "),
        (&[("NOTICE_PAGER", ""), other], "ID"),
        (&[("NOTICE_PAGER", "cat"), other], "ID"),
        // One that is not there loses nothing.
        (&[("NOTICE_PAGER", "no-such-pager")], "sh: "),
    ] {
        let (code, screen) = desk.on(USUAL, &["list"], variables);
        assert_eq!(code, 0, "{variables:?}: {screen}");
        assert!(
            screen.trim_start().starts_with(begin),
            "{variables:?}: {screen}"
        );
        assert!(
            screen.contains("number 0") && screen.contains("number 29"),
            "{screen}"
        );
    }
}

#[test]
fn a_pager_that_is_left_early_is_no_failure() {
    if !is_possible() {
        return;
    }
    let desk = Desk::new();
    // More than a pipe holds.
    desk.publish_many(2000);
    let list = ["list", "-n", "2000"];
    let (code, screen) = desk.on(USUAL, &list, &[("NOTICE_PAGER", "head -n 1")]);
    assert_eq!((code, screen.lines().count()), (0, 1), "{screen}");
    // An interrupt is for the pager; the command waits for its end.
    let pager = "trap 'echo interrupted' INT; echo ready; read answer < /dev/tty; echo \"done $answer\"; cat > /dev/null";
    let mut screen = Screen::new(&desk, USUAL, &list, &[("NOTICE_PAGER", pager)]);
    screen.expect("ready");
    screen.enter(INTERRUPT);
    screen.expect("interrupted");
    screen.enter("reading\n");
    screen.expect("done");
    let (status, text) = screen.end();
    assert_eq!(status.code(), Some(0), "{text}");
}

#[test]
fn what_cannot_be_undone_is_asked_first() {
    if !is_possible() {
        return;
    }
    for (language, question, left) in [
        ("en", "cannot be undone", "Nothing was changed."),
        ("zh", "无法撤销", "未作任何更改。"),
    ] {
        let desk = Desk::new();
        desk.good(&["publish", "-t", "Maintenance"]);
        let purge = ["purge", "1", "--lang", language];
        for answer in ["n\n", "\n", "what?\n", "否\n", END] {
            let mut screen = Screen::new(&desk, USUAL, &purge, &[]);
            screen.expect(question);
            screen.expect("[y/N");
            screen.enter(answer);
            screen.expect(left);
            let (status, text) = screen.end();
            assert_eq!(status.code(), Some(0), "{answer:?}: {text}");
            assert_eq!(desk.total(), 1, "{answer:?}: {text}");
        }
        let mut screen = Screen::new(&desk, USUAL, &purge, &[]);
        screen.expect(question);
        screen.enter(INTERRUPT);
        let (status, text) = screen.end();
        // A shell shows it as 130.
        assert_eq!(status.signal(), Some(2), "{status}: {text}");
        assert_eq!(desk.total(), 1);
        let mut screen = Screen::new(&desk, USUAL, &purge, &[]);
        screen.expect(question);
        screen.enter(if language == "en" { "y\n" } else { "是\n" });
        let (status, text) = screen.end();
        assert_eq!(status.code(), Some(0), "{text}");
        assert_eq!(desk.total(), 0, "{text}");
    }
}

#[test]
fn nobody_is_asked_who_has_agreed_or_whom_a_program_reads() {
    if !is_possible() {
        return;
    }
    let desk = Desk::new();
    desk.publish_many(2);
    let (code, screen) = desk.on(USUAL, &["purge", "1", "--yes"], &[]);
    assert_eq!(code, 0);
    assert!(
        !screen.contains('?') && screen.contains("purged #1"),
        "{screen}"
    );
    let (code, screen) = desk.on(USUAL, &["purge", "2", "--json"], &[]);
    assert_eq!(code, 2, "{screen}");
    assert!(screen.contains("--yes"), "{screen}");
    assert_eq!(desk.total(), 1);
}

/// An editor that gives the form another title.
const EDITOR: &str = "sed -i 's/\"Maintenance\"/\"Upkeep\"/'";

#[test]
fn an_edit_shows_what_changed_and_asks_whether_it_is_news() {
    if !is_possible() {
        return;
    }
    for (language, question, major, minor) in [
        ("en", "[m]ajor", "m", "minor"),
        ("zh", "[m] 重大", "重大", "n"),
    ] {
        // What is typed; the version that is news then.
        for (answers, news) in [
            (&[major][..], Some(2)),
            (&[minor], Some(1)),
            // The board takes new words for news.
            (&[""], Some(2)),
            (&["perhaps", minor], Some(1)),
        ] {
            let desk = Desk::new();
            desk.good(&["publish", "-t", "en=Maintenance"]);
            let edit = ["edit", "1", "--lang", language];
            let mut screen = Screen::new(&desk, USUAL, &edit, &[("EDITOR", EDITOR)]);
            // What changed comes before the question about it.
            screen.expect("- Maintenance");
            screen.expect("+ Upkeep");
            for answer in answers {
                screen.expect(question);
                screen.enter(&format!("{answer}\n"));
            }
            screen.expect("#1 v2  Upkeep");
            let (status, text) = screen.end();
            assert_eq!(status.code(), Some(0), "{text}");
            let record = desk.json(&["show", "1"]);
            assert_eq!(
                record["notify_version"].as_i64(),
                news,
                "{answers:?}: {text}"
            );
        }
    }
}

#[test]
fn who_leaves_the_question_open_changes_nothing_and_loses_nothing() {
    if !is_possible() {
        return;
    }
    let desk = Desk::new();
    desk.good(&["publish", "-t", "en=Maintenance"]);
    let drafts = desk.0.0.join(".local/share/notice/drafts");
    let kept = || std::fs::read_dir(&drafts).unwrap().count();
    for (key, count) in [(END, 1), (INTERRUPT, 2)] {
        let mut screen = Screen::new(&desk, USUAL, &["edit", "1"], &[("EDITOR", EDITOR)]);
        screen.expect("[m]ajor");
        screen.enter(key);
        if key == END {
            screen.expect("Nothing was changed; what you wrote is kept in");
        }
        let (status, text) = screen.end();
        assert_eq!(status.success(), key == END, "{text}");
        assert_eq!(desk.json(&["show", "1"])["version"], 1, "{text}");
        assert_eq!(kept(), count, "{text}");
    }
}

#[test]
fn a_mistake_in_a_form_is_shown_and_it_can_be_edited_again() {
    if !is_possible() {
        return;
    }
    let desk = Desk::new();
    desk.good(&["publish", "-t", "en=Maintenance"]);
    // The first time it is wrong.
    desk.0.write(
        "editor.sh",
        "if [ -e once ]; then s=critical; else s=loud; touch once; fi\nsed -i \"s/^severity = .*/severity = \\\"$s\\\"/\" \"$1\"",
    );
    let mut screen = Screen::new(
        &desk,
        USUAL,
        &["edit", "1", "--change", "minor"],
        &[("EDITOR", "sh editor.sh")],
    );
    screen.expect("loud");
    screen.expect("Edit again? [Y/n]");
    screen.enter("\n");
    screen.expect("+ critical");
    screen.expect("updated #1 v2");
    let (status, text) = screen.end();
    assert_eq!(status.code(), Some(0), "{text}");
}

#[test]
fn what_is_missing_is_asked_for_on_a_terminal_only() {
    if !is_possible() {
        return;
    }
    let desk = Desk::new();
    let editor = (
        "EDITOR",
        "sed -i 's/^title = \"\"/title = \"Maintenance\"/'",
    );
    let (code, screen) = desk.on(USUAL, &["publish", "-s", "warning"], &[editor]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("published #1 v1  Maintenance"), "{screen}");
    assert_eq!(desk.json(&["show", "1"])["severity"], "warning");
    // One that writes nothing gives up, which is said.
    let (code, screen) = desk.on(USUAL, &["publish"], &[("EDITOR", "truncate -s 0")]);
    assert_eq!((code, screen.as_str()), (0, "Nothing was published.\n"));
    let (code, _, complaint) = desk.run_with(&["publish", "-s", "warning"], &[editor]);
    assert_eq!(code, 2, "{complaint}");
    assert_eq!(desk.total(), 1);
}

#[test]
fn whose_mark_it_is_is_asked_for_where_nobody_has_said_it() {
    if !is_possible() {
        return;
    }
    let desk = Desk::new();
    desk.good(&["publish", "-t", "a"]);
    for (language, question) in [("en", "User name:"), ("zh", "用户名：")] {
        let read = ["read", "1", "--lang", language];
        for nobody in ["\n", END] {
            let mut screen = Screen::new(&desk, USUAL, &read, &[]);
            screen.expect(question);
            screen.enter(nobody);
            screen.expect("--as user=");
            assert_eq!(screen.end().0.code(), Some(2));
        }
        let mut screen = Screen::new(&desk, USUAL, &read, &[]);
        screen.expect(question);
        screen.enter(&format!("li.na-{language}\n"));
        let (status, text) = screen.end();
        assert_eq!(status.code(), Some(0), "{text}");
        assert!(
            desk.good(&["receipts", "1"])
                .contains(&format!("li.na-{language}"))
        );
    }
}

#[test]
fn what_is_said_last_is_on_the_screen_however_a_command_ends() {
    if !is_possible() {
        return;
    }
    let desk = Desk::new();
    for (arguments, code, words) in [
        (&["list"][..], 1, "Nothing."),
        (&["active"], 1, "Nothing."),
        (&["context", "add", "here", "mem:"], 0, "added here"),
        (&["context", "list"], 0, "here"),
        (&["context", "remove", "here"], 0, "removed here"),
        (&["export", "all.jsonl"], 0, "exported to all.jsonl"),
    ] {
        let (got, screen) = desk.on(USUAL, arguments, &[]);
        assert_eq!(got, code, "{arguments:?}: {screen}");
        assert!(screen.contains(words), "{arguments:?}: {screen}");
    }
}

#[test]
fn colours_are_on_a_terminal_unless_somebody_objects() {
    if !is_possible() {
        return;
    }
    let desk = Desk::new();
    desk.good(&["publish", "-t", "a", "-s", "critical"]);
    // An empty variable is as none.
    let free = ("NO_COLOR", "");
    for (flags, variables, is_coloured) in [
        (&[][..], &[free][..], true),
        (&[], &[("NO_COLOR", "1")], false),
        (&[], &[free, ("TERM", "dumb")], false),
        (&["--color", "never"], &[free], false),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
        (&["--json"], &[free], false),
    ] {
        let (code, screen) = desk.on(USUAL, &[&["list"], flags].concat(), variables);
        assert_eq!(code, 0);
        assert_eq!(
            screen.contains('\u{1b}'),
            is_coloured,
            "{flags:?} {variables:?}: {screen:?}"
        );
    }
    let (_, out, _) = desk.run_with(&["list"], &[("CLICOLOR_FORCE", "1")]);
    assert!(out.contains('\u{1b}'), "also without a terminal: {out:?}");
}

#[test]
fn lines_fit_the_terminal_that_is_there() {
    if !is_possible() {
        return;
    }
    let desk = Desk::new();
    desk.publish_wide(&[
        "--starts",
        "2098-06-20 22:00:07",
        "--ends",
        "2099-06-20 22:00:07",
        "--body",
        "en=Nothing can be saved from ten to twelve, and what was not saved before is lost.",
        "-a",
        "role=admin,staff",
    ]);
    desk.0.write(
        "bad.json",
        r#"{"texts": {"en": {"title": "Database maintenance tonight from ten to twelve, please save your work before"}}, "severity": "loud", "ends_at": 1577836800000}"#,
    );
    for width in [40, 80, 120] {
        for arguments in [
            &["list"][..],
            &["active"],
            &["show", "1"],
            &["explain", "1", "--as", "user=a"],
            &["changes"],
            &["history", "1"],
            &["check", "bad.json"],
            &["publish", "-f", "bad.json"],
            &["update", "1", "--ends", "2099-06-20 23:00:07"],
            &[
                "publish",
                "-t",
                "a draft of an announcement with a title that is long",
                "--draft",
            ],
            &["doctor"],
            &["list", "-b", "file:nowhere"],
        ] {
            for language in ["en", "zh"] {
                let arguments = [arguments, &["--lang", language]].concat();
                let (_, screen) = desk.on((24, width), &arguments, &[("NOTICE_PAGER", "")]);
                let widest = screen.lines().map(str::width).max().unwrap();
                assert!(
                    widest <= usize::from(width),
                    "{width} {arguments:?}:\n{screen}"
                );
            }
        }
        // A variable that says another width is believed, as a shell that knows better.
        let (_, screen) = desk.on((24, width), &["list"], &[("COLUMNS", "60")]);
        assert!(screen.lines().all(|line| line.width() <= 60), "{screen}");
    }
}
