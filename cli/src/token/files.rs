//! Files of secrets, which only their owner may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use crate::exit::{self, Outcome, Stop};

/// Mode of a file that only its owner may read.
const PRIVATE: u32 = 0o600;
/// Longest file that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Appends a line to a file, which is made if it is missing.
pub(super) fn append(path: &Path, line: &str) -> Outcome {
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true).mode(PRIVATE);
    let mut file = options.open(path).map_err(|error| failed(path, &error))?;
    check_private(path, &file)?;
    write_line(&mut file, line).map_err(|error| failed(path, &error))
}

fn write_line(file: &mut File, line: &str) -> io::Result<()> {
    // The last line may lack its end.
    let mut start = "";
    if file.metadata()?.len() > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        start = if last == *b"\n" { "" } else { "\n" };
    }
    // At once, so that a server that reads now sees all of it or nothing.
    file.write_all(format!("{start}{line}\n").as_bytes())?;
    file.sync_all()
}

/// Writes a new file. One that exists is kept: it may be the only copy of a key.
pub(super) fn create(path: &Path, text: &str) -> Outcome {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true).mode(PRIVATE);
    let written = options.open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let path = path.display();
            Stop::new(
                exit::CONFLICT,
                format!("{path} exists; choose another name, or remove it"),
                format!("{path} 已存在；请另选名称，或先将其删除"),
            )
        }
        _ => failed(path, &error),
    })
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Outcome<String> {
    let file = File::open(path).map_err(|error| failed(path, &error))?;
    check_private(path, &file)?;
    let about = file.metadata().map_err(|error| failed(path, &error))?;
    if about.len() > LONGEST {
        return Err(failed(path, &io::ErrorKind::FileTooLarge.into()));
    }
    fs::read_to_string(path).map_err(|error| failed(path, &error))
}

/// Refuses a file that others may read.
fn check_private(path: &Path, file: &File) -> Outcome {
    let about = file.metadata().map_err(|error| failed(path, &error))?;
    let mode = about.mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(Stop::new(
        exit::USAGE,
        format!("{path} has the mode {mode:o}, so that others may read it; chmod 600"),
        format!("{path} 的权限为 {mode:o}，其他用户可以读取；请执行 chmod 600"),
    ))
}

fn failed(path: &Path, error: &io::Error) -> Stop {
    let path = path.display();
    let (en, zh) = (format!("{path}: {error}"), format!("{path}：{error}"));
    match error.kind() {
        io::ErrorKind::NotFound => Stop::new(exit::NOT_FOUND, en, zh),
        _ => Stop::new(exit::UNAVAILABLE, en, zh),
    }
}
