//! What a backup leaves, of which the child may have been killed.

use std::path::{Path, PathBuf};

use notice::ErrorKind;

use crate::options;
use crate::round::verify;

/// Checks a backup to `path`, and removes it. One that was acknowledged, with the revision `copied`, is a board in
/// good order. One that was not is there in full or not at all, and what it left is not taken for a board. Returns
/// whether it is there.
pub(crate) fn check(path: &Path, copied: Option<Option<i64>>, head: i64) -> Result<bool, String> {
    let is_there = path.exists();
    if is_there || copied.is_some() {
        let revision = whole(path)?.ok_or("the backup is no board")?;
        if copied.is_some_and(|copied| copied != Some(revision)) || revision > head {
            return Err(format!("the backup {copied:?} has revision {revision}"));
        }
    }
    for left in left_of(path).map_err(|error| error.to_string())? {
        if left != path {
            whole(&left)?;
        }
        let removed = std::fs::remove_file(&left);
        removed.map_err(|error| format!("{}: {error}", left.display()))?;
    }
    Ok(is_there)
}

/// The revision of a board in good order; None for what is refused because it is no board.
fn whole(path: &Path) -> Result<Option<i64>, String> {
    let failed = |error: notice::Error| format!("{}: {error}", path.display());
    let board = match options().open(&format!("file:{}?mode=ro", path.display())) {
        Err(error) if error.kind() == ErrorKind::Corrupt => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let verification = verify(&board)?;
    if !verification.is_good() {
        return Err(format!("{}: {:?}", path.display(), verification.problems));
    }
    board.revision().map(Some).map_err(failed)
}

/// The files whose names begin with that of a backup.
fn left_of(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut left = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let other = entry?.path();
        let is_of = |name: &str| other.to_str().is_some_and(|other| other.starts_with(name));
        if other == path
            || path
                .to_str()
                .is_some_and(|name| is_of(&format!("{name}.new-")))
        {
            left.push(other);
        }
    }
    Ok(left)
}
