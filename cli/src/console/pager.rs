//! The pager for what is longer than the terminal is high.

use std::env;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Shows a text in the pager, if it needs one; returns whether it was shown.
pub(super) fn show(text: &str) -> bool {
    let Some((_, height)) = terminal_size::terminal_size() else {
        return false;
    };
    if text.lines().count() < usize::from(height.0) {
        return false;
    }
    // An empty variable says that no pager is wanted.
    let pager = ["NOTICE_PAGER", "PAGER"]
        .into_iter()
        .find_map(|name| env::var(name).ok());
    let pager = pager.unwrap_or_else(|| "less".to_owned());
    if pager.trim().is_empty() || pager.trim() == "cat" {
        return false;
    }
    let mut command = Command::new("sh");
    command.arg("-c").arg(&pager).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        // Keeps colours, and what was shown stays on the screen.
        command.env("LESS", "FRX");
    }
    let Ok(mut child) = command.spawn() else {
        return false;
    };
    if let Some(mut input) = child.stdin.take() {
        // It may be left before the end.
        let _ = input.write_all(text.as_bytes());
    }
    // 127: the shell has not found it, and nothing was shown.
    child.wait().is_ok_and(|status| status.code() != Some(127))
}
