//! Schemes of boards that a daemon keeps.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use super::options::Options;
use super::scheme::Scheme;
use super::url::BoardUrl;
use crate::board::SharedBoard;
use crate::error::{Bilingual, Result};
use crate::remote::{self, Pauses, Remote, Settings};

/// Most milliseconds or seconds of a parameter: a day.
const MOST_MS: u64 = 24 * 60 * 60 * 1000;
const MOST_S: u64 = MOST_MS / 1000;
/// Longest token file that is read, in bytes.
const TOKEN_BYTES: u64 = 16 * 1024;

/// Parameters of every daemon's URL. `keepalive_s` is for TCP alone, and the last one.
const PARAMETERS: &[&str] = &[
    "token_file",
    "lazy",
    "timeout_ms",
    "connect_ms",
    "ping_ms",
    "idle_s",
    "heartbeat_s",
    "reconnect_ms",
    "reconnect_max_ms",
    "jitter",
    "failures",
    "breaker_s",
    "keepalive_s",
];

/// `tcp:HOST:PORT`.
pub(super) const TCP: Scheme = Scheme::new(
    "tcp",
    "tcp:HOST:PORT",
    "the board of a daemon on this or another machine",
    tcp,
)
.parameters(PARAMETERS);

/// `unix:PATH`.
#[cfg(unix)]
pub(super) const UNIX: Scheme = Scheme::new(
    "unix",
    "unix:PATH",
    "the board of a daemon on this machine",
    unix,
)
.parameters(PARAMETERS.split_at(PARAMETERS.len() - 1).0);

fn tcp(url: &BoardUrl, options: Options) -> Result<SharedBoard> {
    let (host, port) = url.place().rsplit_once(':').unwrap_or_default();
    let is_port = port.parse::<u16>().is_ok_and(|port| port != 0);
    if host.is_empty() || !is_port {
        let reason = Bilingual::new(
            "write host and port, such as tcp:127.0.0.1:7411",
            "应写作 tcp:主机:端口，例如 tcp:127.0.0.1:7411",
        );
        return Err(url.refuse_place(reason));
    }
    let keepalive = seconds(url, "keepalive_s", Duration::from_secs(60))?;
    let settings = settings(url, options)?;
    share(url, remote::tcp(url.place(), keepalive, settings))
}

#[cfg(unix)]
fn unix(url: &BoardUrl, options: Options) -> Result<SharedBoard> {
    if url.place().is_empty() {
        let reason = Bilingual::new(
            "write the path of the daemon's socket, such as unix:/run/notice/notice.sock",
            "应写作 unix:守护进程的套接字路径，例如 unix:/run/notice/notice.sock",
        );
        return Err(url.refuse_place(reason));
    }
    let settings = settings(url, options)?;
    share(url, remote::unix(url.path()?, settings))
}

/// Connects, unless the program asks to do so later.
fn share(url: &BoardUrl, board: Remote) -> Result<SharedBoard> {
    let is_lazy = url.one_of("lazy", &[("1", true), ("0", false)])?;
    if !is_lazy.unwrap_or_default() {
        board.try_out()?;
    }
    Ok(Arc::new(board))
}

fn settings(url: &BoardUrl, options: Options) -> Result<Settings> {
    options.refuse_local()?;
    let usual = Settings::default();
    let pauses = usual.pauses;
    let timeout = milliseconds(url, "timeout_ms", usual.timeout)?;
    let failures = url.number("failures", 1..=1000)?;
    Ok(Settings {
        token: match options.remote.token {
            Some(token) => Some(token),
            None => token_in_file(url)?,
        },
        timeout: options.remote.timeout.unwrap_or(timeout),
        connect: milliseconds(url, "connect_ms", usual.connect)?,
        ping: milliseconds(url, "ping_ms", usual.ping)?,
        idle: seconds(url, "idle_s", usual.idle)?,
        heartbeat: seconds(url, "heartbeat_s", usual.heartbeat)?,
        pauses: Pauses {
            first: milliseconds(url, "reconnect_ms", pauses.first)?,
            most: milliseconds(url, "reconnect_max_ms", pauses.most)?,
            jitter: url.number("jitter", 0..=100)?.unwrap_or(pauses.jitter),
            failures: failures
                .and_then(|count| u32::try_from(count).ok())
                .unwrap_or(pauses.failures),
            open: seconds(url, "breaker_s", pauses.open)?,
        },
    })
}

fn milliseconds(url: &BoardUrl, name: &str, usual: Duration) -> Result<Duration> {
    let given = url.number(name, 1..=MOST_MS)?;
    Ok(given.map_or(usual, Duration::from_millis))
}

fn seconds(url: &BoardUrl, name: &str, usual: Duration) -> Result<Duration> {
    let given = url.number(name, 1..=MOST_S)?;
    Ok(given.map_or(usual, Duration::from_secs))
}

/// Reads the token from the file of the parameter `token_file`, without the line end behind it.
fn token_in_file(url: &BoardUrl) -> Result<Option<String>> {
    let Some(path) = url.parameter("token_file") else {
        return Ok(None);
    };
    let refuse = |en: String, zh: String| url.refuse("token_file", Bilingual::new(en, zh));
    let size = fs::metadata(path).map(|metadata| metadata.len());
    let text = size.and_then(|size| match size <= TOKEN_BYTES {
        true => fs::read_to_string(path),
        false => Err(std::io::ErrorKind::FileTooLarge.into()),
    });
    let text = text.map_err(|error| {
        refuse(
            format!("cannot read the token: {error}"),
            format!("无法读取令牌：{error}"),
        )
    })?;
    let token = text.trim_end_matches(['\r', '\n']);
    if token.is_empty() {
        return Err(refuse(
            "the file is empty; it must contain a token".to_owned(),
            "文件为空；其中应有令牌".to_owned(),
        ));
    }
    Ok(Some(token.to_owned()))
}
