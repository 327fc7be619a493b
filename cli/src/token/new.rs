//! `notice token new`: a token for a role.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notice::Bilingual;

use super::{files, random};
use crate::exit::Outcome;
use crate::terminal::{note, say};

/// Make a token for a role
///
/// Prints a line for the daemon's file of tokens. With --file the line is added there, and the token itself is printed,
/// for whoever is to have it.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// What its owner may do
    role: Role,
    /// File of tokens to add it to; made with mode 0600 if it is missing
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Roles that have tokens.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Role {
    /// Asks and marks for any viewer
    Service,
    /// Writes, and has the editor's view
    Editor,
    /// Everything
    Admin,
}

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let role = match arguments.role {
        Role::Service => "service",
        Role::Editor => "editor",
        Role::Admin => "admin",
    };
    let token = URL_SAFE_NO_PAD.encode(random()?);
    let line = format!("{role} {token}");
    let Some(file) = &arguments.file else {
        say(&line);
        return Ok(());
    };
    files::append(file, &line)?;
    say(&token);
    let file = file.display();
    note(&Bilingual::new(
        format!("added to {file}; the daemon reads it on SIGHUP, or when it starts"),
        format!("已加入 {file}；守护进程在收到 SIGHUP 或启动时读取"),
    ));
    Ok(())
}
