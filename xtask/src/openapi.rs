//! `cargo xtask openapi`: the server's OpenAPI document.

use crate::library;

/// Compares `server/openapi.json` with what the code says, or writes it.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let root = library::root()?;
    let mut cargo = library::cargo(&root, "test");
    cargo.args(["--quiet", "-p", "notice-server", "--test", "openapi"]);
    match arguments {
        [] => {}
        [write] if write == "--write" => {
            cargo.env("NOTICE_WRITE_OPENAPI", "1");
        }
        _ => return Err("the only argument is --write".to_owned()),
    }
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("server/openapi.json is out of date, or not complete".to_owned()),
        Err(error) => Err(format!("cargo test: {error}")),
    }
}
