//! The size of notice.dll.

use crate::Result;
use crate::report::{Goal, Row};
use crate::session::Session;

const MEGABYTES: f64 = 1024.0 * 1024.0;

/// Measures `notice.dll`.
pub(crate) fn run(session: &mut Session) -> Result {
    let path = Session::directory()?
        .with_file_name("dll")
        .join("i686/notice.dll");
    let row = match std::fs::metadata(&path) {
        Ok(file) => {
            let sizes = [file.len() as f64 / 1024.0, 2.25 * MEGABYTES / 1024.0];
            Row::of_amounts("notice.dll", "2.25 MB", Goal::AtMost(1.0), "KiB", sizes)
        }
        Err(_) => Row::skipped(
            "notice.dll",
            "target/dll/i686/notice.dll is not built: cargo xtask dll",
        ),
    };
    session.add(row);
    session.step();
    Ok(())
}
