//! Schemes of boards that a daemon keeps.

use std::fs;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::following::{Following, following, is_set};
use super::options::Options;
use super::scheme::Scheme;
use super::url::BoardUrl;
use crate::board::SharedBoard;
use crate::error::{Bilingual, Result};
#[cfg(feature = "tls")]
use crate::error::{Error, ErrorKind};
use crate::remote::{self, Followed, Pauses, Remote, Settings};

/// Most milliseconds or seconds of a parameter: a day.
const MOST_MS: u64 = 24 * 60 * 60 * 1000;
const MOST_S: u64 = MOST_MS / 1000;
/// Longest token file that is read, in bytes.
const TOKEN_BYTES: u64 = 16 * 1024;

/// Longest file of authorities that is read, in bytes. Those that a system trusts have a quarter of it.
#[cfg(feature = "tls")]
const AUTHORITIES_BYTES: u64 = 1024 * 1024;

/// Parameters of every daemon's URL; behind them that of TCP, and then those of TLS.
const PARAMETERS: &[&str] = &[
    "token_file",
    "follow",
    "max_staleness",
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
    "ca_file",
    "server_name",
];
/// How many parameters a Unix socket and TCP have of them.
#[cfg(unix)]
const OF_UNIX: usize = OF_TCP - 1;
const OF_TCP: usize = PARAMETERS.len() - 2;

/// `tcp:HOST:PORT`.
pub(super) const TCP: Scheme = Scheme::new(
    "tcp",
    "tcp:HOST:PORT",
    "the board of a daemon on this or another machine",
    tcp,
)
.parameters(PARAMETERS.split_at(OF_TCP).0);

/// `tls:HOST:PORT`.
#[cfg(feature = "tls")]
pub(super) const TLS: Scheme =
    Scheme::new("tls", "tls:HOST:PORT", "the same, encrypted", tls).parameters(PARAMETERS);

/// `unix:PATH`.
#[cfg(unix)]
pub(super) const UNIX: Scheme = Scheme::new(
    "unix",
    "unix:PATH",
    "the board of a daemon on this machine",
    unix,
)
.parameters(PARAMETERS.split_at(OF_UNIX).0);

fn tcp(url: &BoardUrl, mut options: Options) -> Result<SharedBoard> {
    check_address(url)?;
    let keepalive = seconds(url, "keepalive_s", Duration::from_secs(60))?;
    let (settings, following) = (settings(url, &mut options)?, following(url, options)?);
    share(
        url,
        remote::tcp(url.place(), keepalive, settings),
        following,
    )
}

#[cfg(feature = "tls")]
fn tls(url: &BoardUrl, mut options: Options) -> Result<SharedBoard> {
    use crate::remote::{Tls, Unfit};

    let host = check_address(url)?;
    // An IPv6 address is between brackets, because it has colons itself.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let name = url.parameter("server_name").unwrap_or(host);
    let authorities = authorities(url)?;
    let keepalive = seconds(url, "keepalive_s", Duration::from_secs(60))?;
    let (settings, following) = (settings(url, &mut options)?, following(url, options)?);
    let transport = Tls::new(url.place(), name, authorities.as_deref(), keepalive);
    let transport = transport.map_err(|unfit| match unfit {
        Unfit::Name => refuse_name(url),
        Unfit::Authorities(why) => refuse_authorities(url, &why),
        Unfit::System(why) => no_authorities(&why),
    })?;
    share(url, remote::tls(transport, settings), following)
}

/// Checks `HOST:PORT`, and returns the host.
fn check_address(url: &BoardUrl) -> Result<&str> {
    let (host, port) = url.place().rsplit_once(':').unwrap_or_default();
    let is_port = port.parse::<u16>().is_ok_and(|port| port != 0);
    if !host.is_empty() && is_port {
        return Ok(host);
    }
    let scheme = url.scheme();
    let reason = Bilingual::new(
        format!("write host and port, such as {scheme}:127.0.0.1:7411"),
        format!("应写作 {scheme}:主机:端口，例如 {scheme}:127.0.0.1:7411"),
    );
    Err(url.refuse_place(reason))
}

/// Reads the file of the parameter `ca_file`.
#[cfg(feature = "tls")]
fn authorities(url: &BoardUrl) -> Result<Option<Vec<u8>>> {
    let Some(path) = url.parameter("ca_file") else {
        return Ok(None);
    };
    let read = bounded(path, AUTHORITIES_BYTES);
    read.map(Some)
        .map_err(|error| refuse_authorities(url, &error.to_string()))
}

#[cfg(feature = "tls")]
fn refuse_authorities(url: &BoardUrl, why: &str) -> Error {
    let reason = Bilingual::new(
        format!("must be a file of certificates in PEM, at most 1 MiB: {why}"),
        format!("必须是 PEM 格式的证书文件，不超过 1 MiB：{why}"),
    );
    url.refuse("ca_file", reason)
}

#[cfg(feature = "tls")]
fn refuse_name(url: &BoardUrl) -> Error {
    let reason = Bilingual::new(
        "must be a host name or an address; write a name with other letters than a-z as xn--...",
        "必须是主机名或 IP 地址；含非 ASCII 字符的名称应写作 xn--... 形式",
    );
    match url.parameter("server_name") {
        Some(_) => url.refuse("server_name", reason),
        None => url.refuse_place(reason),
    }
}

/// Creates the error for a machine that trusts nobody.
#[cfg(feature = "tls")]
fn no_authorities(why: &str) -> Error {
    let reason = Bilingual::new(
        format!(
            "this machine has no certificates of authorities ({why}); install its package ca-certificates, or name \
             the daemon's authority with ?ca_file=PATH"
        ),
        format!(
            "本机没有可信签发机构的证书（{why}）；请安装 ca-certificates 软件包，或用 ?ca_file=路径 指定守护进程的签发机构"
        ),
    );
    Error::new(ErrorKind::Unavailable, reason)
}

/// Reads a file of at most `most` bytes.
fn bounded(path: &str, most: u64) -> io::Result<Vec<u8>> {
    match fs::metadata(path)?.len() <= most {
        true => fs::read(path),
        false => Err(io::ErrorKind::FileTooLarge.into()),
    }
}

#[cfg(unix)]
fn unix(url: &BoardUrl, mut options: Options) -> Result<SharedBoard> {
    if url.place().is_empty() {
        let reason = Bilingual::new(
            "write the path of the daemon's socket, such as unix:/run/notice/notice.sock",
            "应写作 unix:守护进程的套接字路径，例如 unix:/run/notice/notice.sock",
        );
        return Err(url.refuse_place(reason));
    }
    let (settings, following) = (settings(url, &mut options)?, following(url, options)?);
    share(url, remote::unix(url.path()?, settings), following)
}

/// Connects, unless the program asks to do so later.
fn share(url: &BoardUrl, board: Remote, following: Option<Following>) -> Result<SharedBoard> {
    let is_lazy = is_set(url, "lazy")?;
    let Some(Following {
        replica,
        max_staleness,
        way,
    }) = following
    else {
        if !is_lazy {
            board.try_out()?;
        }
        return Ok(Arc::new(board));
    };
    let board = Followed::new(board, replica, max_staleness, way)?;
    if !is_lazy {
        board.try_out()?;
    }
    Ok(Arc::new(board))
}

fn settings(url: &BoardUrl, options: &mut Options) -> Result<Settings> {
    options.refuse_local()?;
    let usual = Settings::default();
    let pauses = usual.pauses;
    let timeout = milliseconds(url, "timeout_ms", usual.timeout)?;
    let failures = url.number("failures", 1..=1000)?;
    Ok(Settings {
        token: match options.remote.token.take() {
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
    let text = bounded(path, TOKEN_BYTES).and_then(|bytes| {
        let text = String::from_utf8(bytes);
        text.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
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
