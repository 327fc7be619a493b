//! The pager for what is longer than the terminal is high.

use std::env;
use std::io::Write as _;
use std::process::{Command, Stdio};

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use unicode_width::UnicodeWidthStr as _;

/// Shows a text in the pager, if it needs one; returns whether it was shown.
pub(super) fn show(text: &str) -> bool {
    let Some((width, height)) = terminal_size::terminal_size() else {
        return false;
    };
    if rows(text, width.0.into()) < usize::from(height.0) {
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
    let _interrupts = interrupts();
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

/// Takes interrupts from the terminal, which are for the pager: if they ended this process, the shell would take the
/// terminal back from a pager that is still there. The pager itself starts with the usual action.
fn interrupts() -> Option<(Runtime, Signal)> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .ok()?;
    let taken = {
        let _entered = runtime.enter();
        signal(SignalKind::interrupt()).ok()?
    };
    Some((runtime, taken))
}

/// Rows that a text takes on a terminal, which breaks lines that are too long.
fn rows(text: &str, width: usize) -> usize {
    let plain = anstream::adapter::strip_str(text).to_string();
    let of_line = |line: &str| line.width().div_ceil(width.max(1)).max(1);
    plain.lines().map(of_line).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_broken_takes_as_many_rows_and_colours_take_none() {
        for (text, count) in [
            ("", 0),
            ("a\n", 1),
            ("a\n\nb\n", 3),
            ("1234567890\n", 1),
            ("12345678901\n", 2),
            ("公告公告公\n", 1),
            ("公告公告公告\n", 2),
            ("\u{1b}[1m1234567890\u{1b}[0m\n", 1),
        ] {
            assert_eq!(rows(text, 10), count, "{text:?}");
        }
    }
}
