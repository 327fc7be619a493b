//! The sessions on pages of the documentation: each line is typed into a shell, and its answer compared.
//!
//! A line with `$ ` is typed, those with `> ` behind it belong to it. `[..]` stands for any text in a line of the answer.
//! With `NOTICE_REWRITE=1` the answers of this build take the place of those on the page, where they differ.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{Machine, text};

/// Types a line, and returns what is written on either stream.
fn typed(machine: &Machine, language: &str, line: &str) -> String {
    let notice = Path::new(env!("CARGO_BIN_EXE_notice"));
    let path = format!("{}:/usr/bin:/bin", notice.parent().unwrap().display());
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("exec 2>&1\n{line}"))
        .env_clear()
        .env("PATH", path)
        .env("HOME", &machine.0)
        .env("XDG_RUNTIME_DIR", machine.0.join("run"))
        .env("NOTICE_TZ", "Asia/Shanghai")
        .env("NOTICE_LANG", language)
        .current_dir(&machine.0)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    text(&output.stdout).to_owned()
}

/// Whether a line is as it was told, with `[..]` for any text.
fn is_as_told(told: &str, line: &str) -> bool {
    let parts: Vec<&str> = told.split("[..]").collect();
    let [first, middle @ .., last] = parts.as_slice() else {
        return told == line;
    };
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    for part in middle {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Runs the sessions of a page, and returns it with the answers of this build.
fn run(language: &str, page: &str) -> String {
    let machine = Machine::new();
    let mut out = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        writeln!(out, "{line}").unwrap();
        if line != "```console" {
            continue;
        }
        while let Some(line) = lines.next_if(|line| *line != "```") {
            let first = line
                .strip_prefix("$ ")
                .unwrap_or_else(|| panic!("no command: {line}"));
            writeln!(out, "{line}").unwrap();
            let mut command = first.to_owned();
            while let Some(more) = lines.next_if(|line| line.starts_with("> ")) {
                writeln!(out, "{more}").unwrap();
                command.push('\n');
                command.push_str(&more[2..]);
            }
            let mut told = Vec::new();
            while let Some(line) = lines.next_if(|line| *line != "```" && !line.starts_with("$ ")) {
                told.push(line);
            }
            let answer = typed(&machine, language, &command);
            let answer: Vec<&str> = answer.lines().map(str::trim_end).collect();
            let is_same = told.len() == answer.len()
                && told
                    .iter()
                    .zip(&answer)
                    .all(|(told, line)| is_as_told(told, line));
            let shown = if is_same { &told } else { &answer };
            shown
                .iter()
                .for_each(|line| writeln!(out, "{line}").unwrap());
        }
    }
    out
}

fn compare(language: &str, page: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(page);
    let told = std::fs::read_to_string(&path).unwrap();
    let now = run(language, &told);
    if std::env::var_os("NOTICE_REWRITE").is_some() {
        std::fs::write(&path, &now).unwrap();
        return;
    }
    for (told, now) in told.lines().zip(now.lines()) {
        assert_eq!(
            told, now,
            "{page}; NOTICE_REWRITE=1 writes the answers of this build"
        );
    }
    assert_eq!(told, now, "{page}");
}

#[test]
fn an_operators_week_goes_as_it_is_told() {
    compare("en", "examples/operator.md");
}

#[test]
fn a_newcomer_sees_what_the_first_page_shows() {
    compare("en", "README.md");
    compare("zh", "README.zh-CN.md");
}
