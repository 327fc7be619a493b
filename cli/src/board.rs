//! The board that a command asks: its URL, and the token that is presented there.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use notice::{BoardUrl, Options, SharedBoard};

use crate::exit::{self, Outcome, Stop};
use crate::places;

/// Longest token that is read, in bytes: that of the largest viewer.
const TOKEN_BYTES: u64 = 128 * 1024;

/// How a command reaches its board. A token is never an argument: every user of the machine can read those.
#[derive(Debug, clap::Args)]
pub(crate) struct Access {
    /// File with the token to present, and nothing else in it. Without it the variable NOTICE_TOKEN is the token
    #[arg(long, env = "NOTICE_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
}

/// Returns the URL that was given, or that of the daemon on this machine.
pub(crate) fn url(given: Option<&str>) -> Outcome<String> {
    match given {
        Some(url) => Ok(url.to_owned()),
        None => places::running_socket().map(|path| format!("unix:{}", path.display())),
    }
}

/// Opens the board of a daemon.
pub(crate) fn open_remote(url: &str, access: &Access) -> Outcome<SharedBoard> {
    let scheme = BoardUrl::parse(url)?.scheme().to_owned();
    if ["file", "mem"].contains(&scheme.as_str()) {
        return Err(Stop::new(
            exit::USAGE,
            format!("{url} has no daemon; write unix:PATH or tcp:HOST:PORT"),
            format!("{url} 没有守护进程；应写作 unix:路径 或 tcp:主机:端口"),
        ));
    }
    let mut options = Options::new();
    if let Some(token) = access.token()? {
        options = options.token(token);
    }
    Ok(options.open(url)?)
}

impl Access {
    fn token(&self) -> Outcome<Option<String>> {
        match &self.token_file {
            Some(file) => read(file).map(Some),
            None => Ok(env::var("NOTICE_TOKEN")
                .ok()
                .filter(|token| !token.is_empty())),
        }
    }
}

fn read(file: &Path) -> Outcome<String> {
    let refuse = |en: &str, zh: &str| {
        let name = file.display();
        Stop::new(
            exit::USAGE,
            format!("{name}: {en}"),
            format!("{name}：{zh}"),
        )
    };
    let failed = |error: std::io::Error| {
        let why = error.to_string();
        refuse(&why, &why)
    };
    if fs::metadata(file).map_err(failed)?.len() > TOKEN_BYTES {
        return Err(refuse("too long for a token", "对令牌来说过长"));
    }
    let text = fs::read_to_string(file).map_err(failed)?;
    let token = text.trim();
    if token.is_empty() || token.contains(char::is_whitespace) {
        return Err(refuse(
            "must have a token and nothing else; a line of the server's file has its role in front",
            "应只有一个令牌；服务器令牌文件的行首还有角色名",
        ));
    }
    Ok(token.to_owned())
}
