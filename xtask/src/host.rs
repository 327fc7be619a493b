//! What machine the compiler compiles for when nothing is said.

use std::process::Command;

use crate::library::output;

/// The host's target triple, as rustc names it.
pub(crate) fn host() -> Result<String, String> {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let said = output(rustc.arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| "rustc names no host".into())
}
