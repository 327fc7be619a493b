//! `cargo xtask record`: a terminal session with the command `notice`, as SVG in docs/, in English and in Chinese.
//!
//! It is what the command really writes, in the colours that it really has. Nothing in it depends on the day.

mod svg;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use unicode_width::UnicodeWidthStr as _;

use crate::library;

/// Columns of the terminal.
const COLUMNS: usize = 80;
const PROMPT: &str = "\u{1b}[32m$\u{1b}[0m ";

/// A session: its file, the locale of its operator, and what is typed.
struct Session {
    file: &'static str,
    title: &'static str,
    locale: &'static str,
    typed: &'static [&'static [&'static str]],
}

const SESSIONS: [Session; 2] = [
    Session {
        file: "docs/notice.svg",
        title: "A board operated with the command notice",
        locale: "en_US.UTF-8",
        typed: &[
            &["init"],
            &[
                "publish",
                "-k",
                "maintenance/june",
                "-s",
                "warning",
                "-t",
                "Maintenance on Saturday night",
                "--ends",
                "2030-06-15 22:00",
                "-a",
                "role=staff,admin",
            ],
            &["publish", "-t", "The new console is here", "--pinned"],
            &["active", "--as", "user=alice,role=staff"],
            &["explain", "maintenance/june", "--as", "user=bob"],
            &[
                "publish",
                "-t",
                "Water is off",
                "--starts",
                "next friday 9:00",
            ],
            &["read", "maintenance/june", "--as", "user=alice,role=staff"],
            &["active", "--as", "user=alice,role=staff", "--unread"],
        ],
    },
    Session {
        file: "docs/notice.zh-CN.svg",
        title: "用命令 notice 管理公告板",
        locale: "zh_CN.UTF-8",
        typed: &[
            &["init"],
            &[
                "publish",
                "-k",
                "maintenance/june",
                "-s",
                "warning",
                "-t",
                "周六夜间停机维护",
                "--ends",
                "2030-06-15 22:00",
                "-a",
                "role=staff,admin",
            ],
            &["publish", "-t", "新控制台已上线", "--pinned"],
            &["active", "--as", "user=zhang.wei,role=staff"],
            &["explain", "maintenance/june", "--as", "user=li.na"],
            &["publish", "-t", "停水通知", "--starts", "明天 25:00"],
            &[
                "read",
                "maintenance/june",
                "--as",
                "user=zhang.wei,role=staff",
            ],
            &["active", "--as", "user=zhang.wei,role=staff", "--unread"],
        ],
    },
];

/// Writes the sessions; `--check` compares them with the files.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let is_check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => {
            return Err(format!(
                "unexpected arguments {arguments:?}; there is only --check"
            ));
        }
    };
    let root = library::root()?;
    let program = build(&root)?;
    for session in &SESSIONS {
        let svg = session.svg(&program)?;
        let file = root.join(session.file);
        if is_check {
            let kept = fs::read_to_string(&file).unwrap_or_default();
            if kept != svg {
                return Err(format!(
                    "{} is not what notice writes now; cargo xtask record",
                    session.file
                ));
            }
            continue;
        }
        fs::write(&file, svg).map_err(|error| format!("{}: {error}", file.display()))?;
        println!("{}", session.file);
    }
    Ok(())
}

fn build(root: &Path) -> Result<PathBuf, String> {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "-p", "notice-cli"])
        .current_dir(root)
        .status();
    match built {
        Ok(status) if status.success() => {}
        Ok(status) => return Err(format!("cargo build failed: {status}")),
        Err(error) => return Err(format!("cargo build: {error}")),
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| root.join("target"));
    Ok(target.join("debug/notice"))
}

impl Session {
    fn svg(&self, program: &Path) -> Result<String, String> {
        let home = std::env::temp_dir().join(format!("notice-record-{}", std::process::id()));
        fs::create_dir_all(&home).map_err(|error| format!("{}: {error}", home.display()))?;
        let told = self.told(program, &home);
        let _ = fs::remove_dir_all(&home);
        Ok(svg::draw(&told?, COLUMNS, self.title))
    }

    /// Everything on the terminal.
    fn told(&self, program: &Path, home: &Path) -> Result<String, String> {
        let mut told = String::new();
        for arguments in self.typed {
            let output = Command::new(program)
                .args(*arguments)
                .env_clear()
                .env("HOME", home)
                .env("XDG_RUNTIME_DIR", home.join("run"))
                .env("LANG", self.locale)
                .env("NOTICE_TZ", "Asia/Shanghai")
                .env("COLUMNS", COLUMNS.to_string())
                .env("CLICOLOR_FORCE", "1")
                .output()
                .map_err(|error| format!("{}: {error}", program.display()))?;
            let answer = [output.stdout, output.stderr].concat();
            let answer = String::from_utf8(answer).map_err(|error| error.to_string())?;
            let answer = answer.replace(&home.display().to_string(), "~");
            told.push_str(&format!("{PROMPT}{}\n{answer}\n", typed(arguments)));
        }
        Ok(told.trim_end().to_owned())
    }
}

/// A command as it is typed, continued on more lines where it is wide; a flag and its value stay together.
fn typed(arguments: &[&str]) -> String {
    let mut words: Vec<String> = Vec::new();
    for argument in arguments {
        let is_plain = argument
            .chars()
            .all(|c| c.is_alphanumeric() || "-_/=,.:+".contains(c));
        let word = match is_plain {
            true => (*argument).to_owned(),
            false => format!("'{argument}'"),
        };
        match words.last_mut() {
            Some(flag)
                if flag.starts_with('-') && !flag.contains(' ') && !word.starts_with('-') =>
            {
                *flag = format!("{flag} {word}");
            }
            _ => words.push(word),
        }
    }
    let mut lines = vec!["notice".to_owned()];
    for word in words {
        match lines.last_mut() {
            // Two columns of the prompt, one blank, and two for the backslash.
            Some(line) if line.width() + word.width() + 5 <= COLUMNS => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(format!("    {word}")),
        }
    }
    format!("\u{1b}[1m{}\u{1b}[0m", lines.join(" \\\n"))
}
