//! The settings, each with its flag, its variable and its key of the file.

use std::convert::Infallible;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize};
use toml::Table;

use crate::span::Span;

/// Settings that were stated. None and an absent key mean the default, and an empty list none of it.
#[derive(Debug, Clone, Default, clap::Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Board to serve [default: file:~/.local/share/notice/board.notice]
    #[arg(long, env = "NOTICE_BOARD", hide_env = true, value_name = "URL", help_heading = BOARD)]
    pub(crate) board: Option<String>,

    /// Name under which programs of the same user open a copy of the board in shared memory, as shm:NAME
    #[arg(long, env = "NOTICE_SHARE", hide_env = true, value_name = "NAME", help_heading = BOARD)]
    pub(crate) share: Option<String>,

    /// Unix sockets to listen on; their owner is admin there [default: $XDG_RUNTIME_DIR/notice/notice.sock]
    #[arg(long, env = "NOTICE_UNIX", hide_env = true, value_name = "PATH", value_parser = path, value_delimiter = ',', help_heading = LISTEN)]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) unix: Option<Vec<PathBuf>>,

    /// TCP addresses to listen on, such as 127.0.0.1:7700; clients without a token are public there
    #[arg(long, env = "NOTICE_TCP", hide_env = true, value_name = "HOST:PORT", value_delimiter = ',', help_heading = LISTEN)]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) tcp: Option<Vec<String>>,

    /// Permit unencrypted connections from other machines; tokens are required
    #[arg(long, env = "NOTICE_INSECURE", hide_env = true, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", help_heading = LISTEN)]
    pub(crate) insecure: Option<bool>,

    /// Certificate in PEM, with the rest of its chain; every address then also speaks TLS. Re-read on SIGHUP
    #[arg(long, env = "NOTICE_TLS_CERTIFICATE", hide_env = true, value_name = "FILE", help_heading = LISTEN)]
    pub(crate) tls_certificate: Option<PathBuf>,

    /// Private key of the certificate in PEM, mode 0600
    #[arg(long, env = "NOTICE_TLS_KEY", hide_env = true, value_name = "FILE", help_heading = LISTEN)]
    pub(crate) tls_key: Option<PathBuf>,

    /// TCP address that shows metrics, and nothing else, to everybody; such as 127.0.0.1:9100
    #[arg(long, env = "NOTICE_METRICS", hide_env = true, value_name = "HOST:PORT", help_heading = LISTEN)]
    pub(crate) metrics: Option<String>,

    /// Socket by which another process takes over [default: beside the first Unix socket]
    #[arg(long, env = "NOTICE_CONTROL", hide_env = true, value_name = "PATH", help_heading = LISTEN)]
    pub(crate) control: Option<PathBuf>,

    /// File of tokens and keys, mode 0600, re-read on SIGHUP; `notice token` makes its lines
    #[arg(long, env = "NOTICE_TOKENS", hide_env = true, value_name = "FILE", help_heading = ACCESS)]
    pub(crate) tokens: Option<PathBuf>,

    /// Audience (aud) that signed tokens must be meant for [default: notice]
    #[arg(long, env = "NOTICE_AUDIENCE", hide_env = true, value_name = "NAME", help_heading = ACCESS)]
    pub(crate) audience: Option<String>,

    /// Attributes that public clients may state about themselves
    #[arg(long, env = "NOTICE_PUBLIC_ATTRIBUTE", hide_env = true, value_name = "NAME", value_delimiter = ',', help_heading = ACCESS)]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) public_attribute: Option<Vec<String>>,

    /// Roles of users of this machine on Unix sockets, such as www-data=service
    #[arg(long, env = "NOTICE_PEER", hide_env = true, value_name = "USER=ROLE", value_delimiter = ',', help_heading = ACCESS)]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) peer: Option<Vec<String>>,

    /// Host names by which browsers may reach this server over TCP
    #[arg(long, env = "NOTICE_HOST", hide_env = true, value_name = "NAME", value_delimiter = ',', help_heading = ACCESS)]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) host: Option<Vec<String>>,

    /// Origins whose pages may ask this server, such as https://example.com
    #[arg(long, env = "NOTICE_ORIGIN", hide_env = true, value_name = "ORIGIN", value_delimiter = ',', help_heading = ACCESS)]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) origin: Option<Vec<String>>,

    /// Most connections at once [default: 10000]
    #[arg(long, env = "NOTICE_MAX_CONNECTIONS", hide_env = true, value_name = "COUNT", help_heading = LIMITS)]
    pub(crate) max_connections: Option<u32>,

    /// Most connections at once of one TCP address; all clients behind a proxy have its address [default: 1000]
    #[arg(long, env = "NOTICE_MAX_CONNECTIONS_PER_ADDRESS", hide_env = true, value_name = "COUNT", help_heading = LIMITS)]
    pub(crate) max_connections_per_address: Option<u32>,

    /// Most calls of one connection in progress at once [default: 256]
    #[arg(long, env = "NOTICE_MAX_CALLS", hide_env = true, value_name = "COUNT", help_heading = LIMITS)]
    pub(crate) max_calls: Option<u32>,

    /// Time in which a client must complete a request that it began [default: 30s]
    #[arg(long, env = "NOTICE_RECEIVE_TIMEOUT", hide_env = true, value_name = "TIME", help_heading = LIMITS)]
    pub(crate) receive_timeout: Option<Span>,

    /// Time in which a client must take an answer [default: 30s]
    #[arg(long, env = "NOTICE_SEND_TIMEOUT", hide_env = true, value_name = "TIME", help_heading = LIMITS)]
    pub(crate) send_timeout: Option<Span>,

    /// Time that running calls have when the daemon stops [default: 3s]
    #[arg(long, env = "NOTICE_DRAIN", hide_env = true, value_name = "TIME", help_heading = LIMITS)]
    pub(crate) drain: Option<Span>,

    /// Most calls of one client in a second; a public server needs a low one [default: 100000]
    #[arg(long, env = "NOTICE_MAX_CALLS_PER_SECOND", hide_env = true, value_name = "COUNT", help_heading = LIMITS)]
    pub(crate) max_calls_per_second: Option<u32>,

    /// Time for which caches may keep /v1/list.json [default: 1m]
    #[arg(long, env = "NOTICE_LIST_AGE", hide_env = true, value_name = "TIME", help_heading = LIMITS)]
    pub(crate) list_age: Option<Span>,

    /// Bytes of the ring in the memory that is handed over to followers on this machine, a power of two; 0 hands nothing
    /// over [default: 8388608]
    #[arg(long, env = "NOTICE_MEMORY_BYTES", hide_env = true, value_name = "BYTES", help_heading = LIMITS)]
    pub(crate) memory_bytes: Option<u32>,

    /// Longest /v1/list.json, in bytes [default: 268435456]
    #[arg(long, env = "NOTICE_MAX_LIST_BYTES", hide_env = true, value_name = "BYTES", help_heading = LIMITS)]
    pub(crate) max_list_bytes: Option<u32>,

    /// Delay answers of HTTP by 50 to 300 ms to requests with the header X-Loadtest-Mode: true
    #[arg(long, env = "NOTICE_LOAD_TEST", hide_env = true, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", help_heading = LIMITS)]
    pub(crate) load_test: Option<bool>,

    /// What is logged on standard error: off, error, warn, info, debug, also for single parts, such as
    /// info,notice_server::access=debug [default: warn]
    #[arg(long, env = "NOTICE_LOG", hide_env = true, value_name = "FILTER", help_heading = LOG)]
    pub(crate) log: Option<String>,

    /// Form of the log [default: text]
    #[arg(long, env = "NOTICE_LOG_FORMAT", hide_env = true, value_name = "FORMAT", help_heading = LOG)]
    pub(crate) log_format: Option<LogFormat>,
}

const BOARD: &str = "Board";
const LISTEN: &str = "Listening";
const ACCESS: &str = "Who may do what";
const LIMITS: &str = "Limits";
const LOG: &str = "Log";

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// For machines, one object a line
    Json,
}

impl Settings {
    /// Returns what is stated, as a file would have it.
    pub(crate) fn to_table(&self) -> Table {
        Table::try_from(self).unwrap_or_default()
    }
}

/// Reads a path, which may be empty for none.
fn path(text: &str) -> Result<PathBuf, Infallible> {
    Ok(PathBuf::from(text))
}

/// Reads a list, which may be written without its brackets when it has one element.
fn one_or_many<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "must be a text or a list of texts")]
    enum OneOrMany<T> {
        One(T),
        Many(Vec<T>),
    }
    OneOrMany::deserialize(deserializer).map(|given| match given {
        OneOrMany::One(one) => Some(vec![one]),
        OneOrMany::Many(many) => Some(many),
    })
}
