//! The name under which a file is shared by all who open it.

use std::path::PathBuf;

use crate::error::{Bilingual, Error, ErrorKind, Language, Result};
use crate::shm;

/// The name under which a file is shared by all who open it.
#[derive(Debug, Clone)]
pub(crate) enum Naming {
    /// Chosen by the programs, which rely on it: a file that cannot be shared is not opened.
    Chosen(String),
    /// Derived from the file at this path, so that whoever opens it finds the others. It is shared where that is possible.
    OfFile(PathBuf),
}

impl Naming {
    /// Returns the name. The file must be there.
    ///
    /// # Errors
    /// `io` for a file that cannot be looked at.
    pub(super) fn name(&self) -> Result<String> {
        match self {
            Self::Chosen(name) => Ok(name.clone()),
            Self::OfFile(path) => shm::name_of_file(path),
        }
    }

    /// What stands behind `share=`.
    fn written(&self) -> &str {
        match self {
            Self::Chosen(name) => name,
            Self::OfFile(_) => "auto",
        }
    }

    /// Reports whether the file is opened although it cannot be shared.
    pub(crate) fn is_optional(&self) -> bool {
        matches!(self, Self::OfFile(_))
    }

    /// Creates the error for a file that another process has and does not share. `locked` says which file.
    pub(super) fn not_shared(&self, locked: &Error) -> Error {
        let share = self.written();
        let reason = Bilingual::new(
            format!(
                "{}; it does not share the board: let it open the file with the same ?share={share}",
                locked.reason(Language::En)
            ),
            format!(
                "{}；且未共享公告板：请让该进程也用 ?share={share} 打开此文件",
                locked.reason(Language::Zh)
            ),
        );
        Error::new(ErrorKind::Locked, reason)
    }
}

/// Creates the error for a file that another process has, and whose board cannot be followed because of `why`.
pub(crate) fn not_followed(locked: &Error, why: &Error) -> Error {
    let reason = Bilingual::new(
        format!(
            "{}; its board cannot be followed: {}",
            locked.reason(Language::En),
            why.message(Language::En)
        ),
        format!(
            "{}；也无法跟随其公告板：{}",
            locked.reason(Language::Zh),
            why.message(Language::Zh)
        ),
    );
    Error::new(ErrorKind::Locked, reason)
}
