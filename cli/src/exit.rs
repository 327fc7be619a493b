//! How the command ends.

use std::io;
use std::path::Path;

use notice::wire::Answer;
use notice::{Bilingual, Error, ErrorKind, Language};
use serde_json::{Value, json};

/// Something was not found.
pub(crate) const NOT_FOUND: u8 = 1;
/// Wrong usage or configuration.
pub(crate) const USAGE: u8 = 2;
/// Somebody else has it, or changed it.
pub(crate) const CONFLICT: u8 = 3;
/// The board or the daemon cannot be used now.
pub(crate) const UNAVAILABLE: u8 = 4;

/// What a command returns.
pub(crate) type Outcome<T = ()> = Result<T, Stop>;

/// Why a command ends before it is done.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) code: u8,
    /// What to tell.
    pub(crate) lines: Vec<Bilingual>,
    /// What the board said, for programs.
    pub(crate) error: Option<Box<Error>>,
}

impl Stop {
    /// Ends for one reason.
    pub(crate) fn new(code: u8, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            code,
            lines: vec![Bilingual::new(en.into(), zh.into())],
            error: None,
        }
    }
}

impl Stop {
    /// Ends without a word, as if everything were done: nobody reads any more.
    pub(crate) fn quiet() -> Self {
        Self::silent(0)
    }

    /// Ends with a code and without a word: the answer has said it.
    pub(crate) fn silent(code: u8) -> Self {
        Self {
            code,
            lines: Vec::new(),
            error: None,
        }
    }

    /// Ends because a file cannot be used.
    pub(crate) fn of_file(file: &Path, error: &io::Error) -> Self {
        let (name, why) = (file.display(), words_of_io(error));
        Self::new(
            of_io(error),
            format!("{name}: {}", why.en),
            format!("{name}：{}", why.zh),
        )
    }

    /// Adds what to do.
    pub(crate) fn with_hint(mut self, en: impl Into<String>, zh: impl Into<String>) -> Self {
        self.lines.push(Bilingual::new(en.into(), zh.into()));
        self
    }

    /// The end as an object of JSON, for programs: that of docs/json.md where the board refused something.
    pub(crate) fn to_json(&self) -> Value {
        let mut told = match &self.error {
            Some(error) => Answer::Error((**error).clone()).to_value(),
            None => {
                let all = |language| {
                    let lines = self.lines.iter().map(|line| line.get(language));
                    lines.collect::<Vec<_>>().join("\n")
                };
                json!({"en": all(Language::En), "zh": all(Language::Zh)})
            }
        };
        // What to do is behind what the board said.
        let hints = self.lines.get(1..).filter(|_| self.error.is_some());
        if let Some(members) = told.as_object_mut() {
            for (name, language) in [("hint_en", Language::En), ("hint_zh", Language::Zh)] {
                let hints = hints.unwrap_or_default().iter();
                let hints: Vec<&str> = hints.map(|hint| hint.get(language)).collect();
                if !hints.is_empty() {
                    members.insert(name.to_owned(), json!(hints.join("\n")));
                }
            }
            members.insert("exit".to_owned(), json!(self.code));
        }
        json!({"error": told})
    }

    /// Ends because a stream broke.
    pub(crate) fn of_stream(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::quiet(),
            _ => {
                let why = words_of_io(error);
                Self::new(UNAVAILABLE, why.en, why.zh)
            }
        }
    }
}

/// What a file's error means, in the words of the user. What is not known here is in those of the system.
pub(crate) fn words_of_io(error: &io::Error) -> Bilingual {
    let (en, zh) = match error.kind() {
        io::ErrorKind::NotFound => ("no such file or folder", "文件或目录不存在"),
        io::ErrorKind::PermissionDenied => ("permission denied", "没有权限"),
        io::ErrorKind::AlreadyExists => (
            "is there already; nothing was overwritten",
            "已存在；未作任何覆盖",
        ),
        io::ErrorKind::IsADirectory => ("is a folder", "是目录"),
        io::ErrorKind::NotADirectory => {
            ("a part of the path is no folder", "路径中有一部分不是目录")
        }
        io::ErrorKind::InvalidData => ("is no text in UTF-8", "不是 UTF-8 文本"),
        io::ErrorKind::StorageFull => ("no space is left", "磁盘空间不足"),
        io::ErrorKind::FileTooLarge => ("is too large", "文件过大"),
        io::ErrorKind::ReadOnlyFilesystem => ("the file system is read-only", "文件系统为只读"),
        _ => return Bilingual::new(error.to_string(), error.to_string()),
    };
    Bilingual::new(en, zh)
}

/// Returns the exit code for an error of a file that was named.
fn of_io(error: &io::Error) -> u8 {
    match error.kind() {
        io::ErrorKind::NotFound => NOT_FOUND,
        io::ErrorKind::AlreadyExists => CONFLICT,
        io::ErrorKind::IsADirectory
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::PermissionDenied
        | io::ErrorKind::InvalidData => USAGE,
        _ => UNAVAILABLE,
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        let (en, zh) = (error.message(Language::En), error.message(Language::Zh));
        Self {
            error: Some(Box::new(error.clone())),
            ..Self::new(code(error.kind()), en, zh)
        }
    }
}

/// Returns the exit code for a kind of error.
fn code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::NotFound => NOT_FOUND,
        ErrorKind::InvalidField
        | ErrorKind::TooLarge
        | ErrorKind::BadCursor
        | ErrorKind::Unsupported
        | ErrorKind::Unauthorized => USAGE,
        ErrorKind::Exists
        | ErrorKind::VersionConflict
        | ErrorKind::IdempotencyConflict
        | ErrorKind::EpochMismatch
        | ErrorKind::BadState
        | ErrorKind::Locked => CONFLICT,
        _ => UNAVAILABLE,
    }
}
