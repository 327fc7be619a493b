//! What the command says about itself.

use std::fs;

use unicode_width::UnicodeWidthStr as _;

use crate::desk::Desk;

const TOPICS: [&str; 5] = [
    "maintenance",
    "audiences",
    "versions",
    "times",
    "exit-codes",
];

/// The commands of a topic, each with its continued lines.
fn typed(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        if line.starts_with("  notice ") {
            blocks.push(String::new());
            is_open = true;
        }
        is_open &= line.starts_with("  ");
        if let (true, Some(block)) = (is_open, blocks.last_mut()) {
            block.push_str(line);
            block.push('\n');
        }
    }
    blocks
}

#[test]
fn what_a_topic_says_to_type_can_be_typed_also_on_a_narrow_terminal() {
    for language in ["en", "zh"] {
        for topic in TOPICS {
            let desk = Desk::new();
            for n in 1..=7 {
                desk.good(&["publish", "-t", &format!("number {n}")]);
            }
            desk.good(&["update", "7", "-t", "another", "--change", "major"]);
            let narrow = [("COLUMNS", "40")];
            let (code, text, _) = desk.run_with(&["help", topic, "--lang", language], &narrow);
            assert_eq!(code, 0);
            assert!(text.lines().all(|line| line.width() <= 40), "{text}");
            let typed = typed(&text);
            assert!(!typed.is_empty(), "{text}");
            for block in typed {
                let notice = format!("notice() {{ {} \"$@\"; }}\n", env!("CARGO_BIN_EXE_notice"));
                desk.0.write("typed.sh", &(notice + &block));
                let mut command = desk.0.command(&[]);
                let mut shell = std::process::Command::new("sh");
                shell.arg("typed.sh").current_dir(&desk.0.0).env_clear();
                shell.envs(
                    command
                        .env("EDITOR", "true")
                        .get_envs()
                        .filter_map(|(name, value)| Some((name, value?))),
                );
                shell.env("PATH", "/usr/bin:/bin");
                let output = shell.output().unwrap();
                let complaint = String::from_utf8_lossy(&output.stderr);
                // Nobody knows the version of an example.
                let is_guess = block.contains("--if-version") && output.status.code() == Some(3);
                assert!(
                    (is_guess || matches!(output.status.code(), Some(0 | 1)))
                        && !complaint.contains("syntax"),
                    "{block}{complaint}"
                );
            }
        }
    }
}

#[test]
fn help_is_there_for_the_command_its_commands_and_its_topics() {
    let desk = Desk::new();
    let out = desk.good(&["help"]);
    assert!(
        out.contains("publish") && out.contains("notice help TOPIC"),
        "{out}"
    );
    assert_eq!(
        desk.good(&["help", "publish"]),
        desk.good(&["publish", "--help"])
    );
    let out = desk.good(&["help", "context", "add"]);
    assert!(out.contains("Usage: notice context add"), "{out}");
    let (code, out, complaint) = desk.run(&["help", "tims"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(complaint.contains("notice help times"), "{complaint}");
    assert_eq!(desk.run(&["help", "context", "nonsense"]).0, 2);
    for topic in TOPICS {
        let [en, zh] = ["en", "zh"].map(|language| desk.good(&["help", topic, "--lang", language]));
        assert!(en.is_ascii() || topic == "times", "{en}");
        assert!(
            zh.lines().next().unwrap().chars().any(|c| c > '\u{2e80}'),
            "{zh}"
        );
    }
}

#[test]
fn shells_complete_it_and_man_shows_it() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = desk.good(&["completions", shell]);
        assert!(script.contains("receipts") && script.contains("idempotency-key"));
    }
    fs::create_dir(desk.0.0.join("man")).unwrap();
    desk.good(&["man", "man"]);
    let page = |name: &str| fs::read_to_string(desk.0.0.join("man").join(name)).unwrap();
    assert!(page("notice.1").contains("notice\\-publish(1)"));
    assert!(page("notice-publish.1").contains("idempotency\\-key"));
    assert_eq!(desk.run(&["man", "nowhere"]).0, 1);
}

/// The words that name each command, such as `context add`.
fn commands(command: &clap::Command, before: &[String], all: &mut Vec<Vec<String>>) {
    for inner in command.get_subcommands() {
        let words = [before, &[inner.get_name().to_owned()]].concat();
        all.push(words.clone());
        commands(inner, &words, all);
    }
}

#[test]
fn the_language_is_asked_for_before_a_command_and_behind_it() {
    let desk = Desk::new();
    let mut all = Vec::new();
    commands(&notice_cli::command(), &[], &mut all);
    assert!(all.len() > 40, "{all:?}");
    for words in all {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        for (language, other, usage) in [("zh", "en", "用法："), ("en", "zh", "Usage:")] {
            let flag = ["--lang", language];
            let environment = [("NOTICE_LANG", other)];
            for line in [[&flag[..], &words].concat(), [&words[..], &flag].concat()] {
                let help = [&line[..], &["--help"]].concat();
                let (code, out, complaint) = desk.run_with(&help, &environment);
                assert_eq!((code, complaint.as_str()), (0, ""), "{help:?}");
                assert!(out.contains(usage), "{help:?}: {out}");
                assert!(out.contains("--lang"), "{help:?}: {out}");
                // `call` speaks JSON alone, which has both.
                if words == ["call"] {
                    continue;
                }
                let mistaken = [&line[..], &["--no-such-flag"]].concat();
                let (code, _, complaint) = desk.run_with(&mistaken, &environment);
                assert_eq!(code, 2, "{mistaken:?}");
                let is_chinese = complaint.contains("没有选项 --no-such-flag");
                assert_eq!(is_chinese, language == "zh", "{mistaken:?}: {complaint}");
            }
        }
    }
}
