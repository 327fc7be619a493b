//! Every command: for people in both languages and on a narrow terminal, for programs, and where it fails.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::desk::Desk;

/// What a command answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A text for people, or JSON.
    Both,
    /// A text for people alone.
    Text,
    /// The same for everybody, such as a script or a secret.
    Data,
}

/// A command line that succeeds at the prepared desk.
const LINES: &[(&[&str], Form)] = &[
    (&["init", "new"], Form::Both),
    (&["publish", "-t", "x", "--ends", "+1h"], Form::Both),
    (&["edit", "1", "--change", "minor"], Form::Both),
    (
        &["update", "1", "-t", "en=Another title", "--ends", "+2h"],
        Form::Both,
    ),
    (&["check", "draft.json"], Form::Both),
    (&["retract", "1"], Form::Both),
    (&["restore", "2"], Form::Both),
    (&["release", "3"], Form::Both),
    (&["purge", "1", "--yes"], Form::Both),
    (&["pin", "1"], Form::Both),
    (&["list"], Form::Both),
    (&["show", "1"], Form::Both),
    (&["active", "--as", "user=a"], Form::Both),
    (&["search", "m"], Form::Both),
    (&["explain", "1", "--as", "user=a"], Form::Both),
    (&["history", "1"], Form::Both),
    (&["receipts", "1"], Form::Both),
    (&["changes"], Form::Both),
    (&["watch", "--since", "0", "--count", "1"], Form::Both),
    (&["motd"], Form::Both),
    (&["stats"], Form::Both),
    (&["read", "1", "--as", "user=a"], Form::Both),
    (&["dismiss", "1", "--as", "user=a"], Form::Both),
    (&["acknowledge", "1", "--as", "user=a"], Form::Both),
    (
        &["snooze", "1", "--as", "user=a", "--until", "+1h"],
        Form::Both,
    ),
    (&["export", "new"], Form::Both),
    (&["import", "all.jsonl", "-b", "file:empty"], Form::Both),
    (&["backup", "new"], Form::Both),
    (&["restore-backup", "saved", "new"], Form::Both),
    (&["compact"], Form::Both),
    (&["verify"], Form::Both),
    (&["context", "add", "third", "mem:"], Form::Both),
    (&["context", "use", "second"], Form::Both),
    (&["context", "list"], Form::Both),
    (&["context", "remove", "second"], Form::Both),
    (&["doctor"], Form::Both),
    (&["call", "stats"], Form::Data),
    (&["completions", "bash"], Form::Data),
    (&["man", "."], Form::Data),
    (&["help"], Form::Text),
    (&["serve", "--check-config"], Form::Data),
    (&["token", "new", "editor"], Form::Data),
    (&["token", "key", "--private", "new"], Form::Data),
    (
        &["token", "sign", "--key", "key", "--expires", "1h"],
        Form::Data,
    ),
];

/// Commands that have tests of their own: they need a daemon, and a second of a processor.
const ELSEWHERE: [&[&str]; 2] = [&["ping"], &["bench"]];

/// The words of every command that has none below it.
fn commands(command: &clap::Command, before: &[String], all: &mut BTreeSet<Vec<String>>) {
    for inner in command.get_subcommands() {
        let words = [before, &[inner.get_name().to_owned()]].concat();
        match inner.has_subcommands() {
            true => commands(inner, &words, all),
            false => drop(all.insert(words)),
        }
    }
}

/// A desk that is as it was before each command.
struct Prepared(Desk);

impl Prepared {
    fn new() -> Self {
        let desk = Desk::new();
        for line in [
            &[
                "publish",
                "-t",
                "en=Maintenance tonight from ten to twelve",
                "-t",
                "zh-CN=今晚十点至十二点维护",
                "-k",
                "m",
                "-s",
                "warning",
            ][..],
            &["publish", "-t", "en=Over", "-t", "zh-CN=结束"],
            &["retract", "2"],
            &["publish", "-t", "en=To come", "-t", "zh-CN=将来", "--draft"],
            &["read", "1", "--as", "user=li.na"],
            &["export", "all.jsonl"],
            &["backup", "saved"],
        ] {
            desk.good(line);
        }
        // It says where the key is, besides.
        assert_eq!(desk.run(&["token", "key", "--private", "key"]).0, 0);
        desk.0
            .write("draft.json", r#"{"texts": {"en": {"title": "a"}}}"#);
        desk.good(&["init", "nothing"]);
        for name in ["first", "second"] {
            desk.good(&["context", "add", name, "file:board"]);
        }
        fs::rename(desk.0.0.join(".config"), desk.0.0.join("config")).unwrap();
        Self(desk)
    }

    /// Runs a line; returns its exit code, what it wrote, and what it complained of.
    fn run(&self, line: &[&str], flags: &[&str]) -> (i32, String, String) {
        let path = |name: &str| self.0.0.0.join(name);
        let _ = fs::remove_file(path("new"));
        fs::create_dir_all(path(".config/notice")).unwrap();
        for (from, to) in [
            ("saved", "board"),
            ("nothing", "empty"),
            (
                "config/notice/contexts.toml",
                ".config/notice/contexts.toml",
            ),
        ] {
            fs::copy(path(from), path(to)).unwrap();
        }
        let variables = [
            ("EDITOR", "sed -i 's/tonight/tomorrow/'"),
            ("COLUMNS", "40"),
        ];
        let line = [line, flags].concat();
        self.0.run_with(&line, &variables)
    }
}

fn is_chinese(text: &str) -> bool {
    text.contains(|c: char| ('\u{4e00}'..'\u{a000}').contains(&c))
}

#[test]
fn every_command_answers_people_in_both_languages_and_programs_in_json() {
    let mut all = BTreeSet::new();
    commands(&notice_cli::command(), &[], &mut all);
    let lines = LINES.iter().map(|(line, _)| *line).chain(ELSEWHERE);
    for line in lines {
        let found = (1..=2).find(|length| {
            let words = line.iter().take(*length).map(|word| (*word).to_owned());
            all.remove(&words.collect::<Vec<_>>())
        });
        assert!(found.is_some(), "no such command, or twice: {line:?}");
    }
    assert!(all.is_empty(), "nobody tries {all:?}");
    let desk = Prepared::new();
    for (line, form) in LINES {
        for language in ["en", "zh"] {
            let (code, out, complaint) = desk.run(line, &["--lang", language]);
            assert_eq!(code, 0, "{line:?}: {complaint}");
            // What goes into a file or a pipe is alone on the standard output.
            assert!(complaint.is_empty() || *form == Form::Data, "{complaint}");
            assert!(
                !out.is_empty() && !out.contains('\u{1b}'),
                "{line:?}: {out}"
            );
            if *form != Form::Data {
                for text in out.lines() {
                    // A name of a file, an epoch, or a command to be typed is not cut.
                    let is_one_word =
                        text.split_whitespace().count() <= 2 || text.starts_with("  notice");
                    assert!(text.width() <= 40 || is_one_word, "{line:?}: {text}");
                }
                assert_eq!(
                    is_chinese(&out),
                    language == "zh" || ["show", "help"].contains(&line[0]),
                    "{line:?}: {out}"
                );
            }
        }
        if *form == Form::Both {
            for language in ["en", "zh"] {
                let (code, out, complaint) = desk.run(line, &["--json", "--lang", language]);
                assert_eq!((code, complaint.as_str()), (0, ""), "{line:?}: {out}");
                // One object a line, or a list where several things were asked for.
                for one in out.lines() {
                    let read: Result<Value, _> = serde_json::from_str(one);
                    assert!(read.is_ok(), "{line:?}: {one}");
                }
                assert!(!out.is_empty(), "{line:?}");
            }
        }
    }
}

#[test]
fn every_command_says_that_there_is_no_such_announcement() {
    let desk = Prepared::new();
    let named = LINES
        .iter()
        .filter(|(line, _)| ["1", "2", "3"].contains(line.get(1).unwrap_or(&"")));
    let mut count = 0;
    for (line, _) in named {
        let line = [&line[..1], &["999"], &line[2..]].concat();
        for (language, words) in [("en", "999"), ("zh", "公告")] {
            let (code, out, complaint) = desk.run(&line, &["--lang", language]);
            assert_eq!((code, out.as_str()), (1, ""), "{line:?}: {complaint}");
            assert!(complaint.contains(words), "{line:?}: {complaint}");
            assert!(
                complaint.lines().all(|one| one.width() <= 40),
                "{line:?}: {complaint}"
            );
        }
        let (code, out, complaint) = desk.run(&line, &["--json"]);
        assert_eq!((code, out.as_str()), (1, ""), "{line:?}: {complaint}");
        let told: Value = serde_json::from_str(&complaint).unwrap();
        assert_eq!(told["error"]["exit"], 1, "{line:?}");
        assert_ne!(told["error"]["en"], told["error"]["zh"], "{line:?}");
        count += 1;
    }
    assert!(count >= 15, "{count}");
}
