//! How the command ends.

use std::io;
use std::path::Path;

use notice::{Bilingual, Error, ErrorKind, Language};

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
}

impl Stop {
    /// Ends for one reason.
    pub(crate) fn new(code: u8, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            code,
            lines: vec![Bilingual::new(en.into(), zh.into())],
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
        }
    }

    /// Ends because a file cannot be used.
    pub(crate) fn of_file(file: &Path, error: &io::Error) -> Self {
        let name = file.display();
        Self::new(
            of_io(error),
            format!("{name}: {error}"),
            format!("{name}：{error}"),
        )
    }

    /// Ends because a stream broke.
    pub(crate) fn of_stream(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::quiet(),
            _ => Self::new(UNAVAILABLE, error.to_string(), error.to_string()),
        }
    }
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
        Self::new(code(error.kind()), en, zh)
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
