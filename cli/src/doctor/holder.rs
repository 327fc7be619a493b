//! Who has a file open.

use std::fs;
use std::path::Path;

/// Names the processes that have a file open, as `notice (1234)`: those which this user may look at.
pub(super) fn of(file: &Path) -> Vec<String> {
    let Ok(file) = fs::canonicalize(file) else {
        return Vec::new();
    };
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let own = std::process::id().to_string();
    let holds = |folder: &Path| {
        let open = fs::read_dir(folder.join("fd")).ok()?;
        let mut open = open.flatten();
        let found = open.any(|one| fs::read_link(one.path()).is_ok_and(|target| target == file));
        found.then_some(())
    };
    let name = |process: fs::DirEntry| {
        let number = process.file_name().into_string().ok()?;
        let is_process = number.bytes().all(|byte| byte.is_ascii_digit()) && number != own;
        is_process.then_some(())?;
        holds(&process.path())?;
        let command = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
        Some(format!("{} ({number})", command.trim()))
    };
    processes.flatten().filter_map(name).collect()
}
