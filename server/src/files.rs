//! Files of the operator: tokens, certificates, keys.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

use notice::Result;

use crate::fault::{invalid, io as failed, unauthorized};

/// Longest file that is read, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// Reads a file; `name` is the setting that names it.
///
/// # Errors
/// `io`; `invalid_field` under `name` for a file of more than 1 MiB.
pub(crate) fn read(name: &str, file: &Path) -> Result<Vec<u8>> {
    let (open, about) = open(file)?;
    content(name, file, open, &about)
}

/// Reads a file with a secret.
///
/// # Errors
/// As [`read`]; `unauthorized` for a file that others may read or write.
pub(crate) fn read_private(name: &str, file: &Path) -> Result<Vec<u8>> {
    let (open, about) = open(file)?;
    check_private(file, &about)?;
    content(name, file, open, &about)
}

fn open(file: &Path) -> Result<(File, Metadata)> {
    let open = || -> io::Result<_> {
        let open = File::open(file)?;
        let about = open.metadata()?;
        Ok((open, about))
    };
    open().map_err(|error| failed(&file.display(), &error))
}

fn content(name: &str, file: &Path, open: File, about: &Metadata) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more, because a pipe does not say how long it is.
    open.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&file.display(), &error))?;
    let length = about.len().max(bytes.len() as u64);
    if length > LONGEST {
        let file = file.display();
        let en = format!("{file} is too long; at most 1 MiB");
        let zh = format!("{file} 过大；不能超过 1 MiB");
        return Err(invalid(name, &length.to_string(), en, zh));
    }
    Ok(bytes)
}

/// Refuses a file that others may read or write.
#[cfg(unix)]
fn check_private(file: &Path, about: &Metadata) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let name = file.display();
    Err(unauthorized(
        format!("{name} has the mode {mode:o}, so that others may read it; chmod 600"),
        format!("{name} 的权限为 {mode:o}，其他用户可以读取；请执行 chmod 600"),
    ))
}

#[cfg(not(unix))]
fn check_private(_: &Path, _: &Metadata) -> Result<()> {
    Ok(())
}
