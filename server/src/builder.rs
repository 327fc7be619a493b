//! What a server is to do, before it starts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use notice::{Clock, Error, Principal, Result, SharedBoard, SystemClock};

use crate::access;
use crate::http::Gate;
use crate::limits::Limits;
use crate::listen::{Protection, Tcp};
#[cfg(unix)]
use crate::listen::{Socket, Unix};
use crate::load_test::{LoadTest, Numbers, random};
use crate::server::Server;
use crate::tls::Tls;

/// Name that signed tokens are meant for, unless the server says otherwise.
const AUDIENCE: &str = "notice";

/// Settings of a [`Server`].
///
/// ```no_run
/// # async fn start() -> notice::Result<()> {
/// use notice_server::Server;
///
/// let board = notice::open("file:board.notice")?;
/// let server = Server::builder(board)
///     .unix("/run/notice.sock")
///     .tcp("127.0.0.1:7700")
///     .tokens("/etc/notice/tokens")
///     .public_attributes(["platform", "app_version"])
///     .start()
///     .await?;
/// # server.stop().await
/// # }
/// ```
#[must_use]
pub struct Builder {
    pub(crate) board: SharedBoard,
    pub(crate) unix: Vec<PathBuf>,
    pub(crate) tcp: Vec<String>,
    pub(crate) metrics: Option<String>,
    pub(crate) is_insecure: bool,
    /// Files of the certificate and its key.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    pub(crate) tokens: Option<PathBuf>,
    pub(crate) audience: String,
    pub(crate) public_attributes: Vec<String>,
    pub(crate) peers: BTreeMap<u32, Principal>,
    pub(crate) gate: Gate,
    pub(crate) limits: Limits,
    #[cfg(unix)]
    pub(crate) sockets: Vec<Socket>,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) load_test: Option<LoadTest>,
}

impl Builder {
    pub(crate) fn new(board: SharedBoard) -> Self {
        Self {
            board,
            unix: Vec::new(),
            tcp: Vec::new(),
            metrics: None,
            is_insecure: false,
            tls: None,
            tokens: None,
            audience: AUDIENCE.to_owned(),
            public_attributes: Vec::new(),
            peers: BTreeMap::new(),
            gate: Gate::default(),
            limits: Limits::default(),
            #[cfg(unix)]
            sockets: Vec::new(),
            clock: Box::new(SystemClock),
            load_test: None,
        }
    }

    /// Listens on a Unix socket at this path. Its mode is 0600, and its owner is an administrator.
    #[cfg(unix)]
    pub fn unix(mut self, path: impl Into<PathBuf>) -> Self {
        self.unix.push(path.into());
        self
    }

    /// Listens on a TCP address, such as `127.0.0.1:7700`; port 0 lets the system choose. A client without a token is
    /// [public](notice::Role::Public).
    pub fn tcp(mut self, address: impl Into<String>) -> Self {
        self.tcp.push(address.into());
        self
    }

    /// Shows metrics to everybody at `/metrics` on a TCP address of its own, such as `127.0.0.1:9100`, by HTTP without
    /// encryption. They are at `/metrics` of the other addresses in any case, for service, editor and admin.
    pub fn metrics(mut self, address: impl Into<String>) -> Self {
        self.metrics = Some(address.into());
        self
    }

    /// Reads a certificate, followed by the rest of its chain, and its private key from two files in PEM. Only the
    /// owner may read the key. Every listener then also speaks TLS 1.2 and 1.3.
    ///
    /// With tokens this permits TCP addresses that other machines reach. Clients there must use TLS; others are
    /// refused. On loopback addresses and Unix sockets TLS is for those who want it.
    pub fn tls(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.tls = Some((certificate.into(), key.into()));
        self
    }

    /// Returns the last second of the certificate that [`tls`](Self::tls) names, in Unix milliseconds, as it is in its file
    /// now. None without one, or if its end cannot be read.
    ///
    /// # Errors
    /// `io`, and `invalid_field` for a file that is no PEM.
    pub fn certificate_ends_at(&self) -> Result<Option<i64>> {
        match &self.tls {
            Some((certificate, _)) => crate::tls::ends_at(certificate),
            None => Ok(None),
        }
    }

    /// Permits unencrypted connections from other machines, with and without [`tls`](Self::tls). Tokens are required
    /// all the same.
    pub fn insecure(mut self) -> Self {
        self.is_insecure = true;
        self
    }

    /// Reads tokens and keys from this file, which only its owner may read. docs/protocol.md describes it.
    pub fn tokens(mut self, file: impl Into<PathBuf>) -> Self {
        self.tokens = Some(file.into());
        self
    }

    /// Sets the audience (`aud`) that signed tokens must be meant for. Default: `notice`.
    pub fn audience(mut self, name: impl Into<String>) -> Self {
        self.audience = name.into();
        self
    }

    /// Names attributes that a public client may state about itself. Default: none.
    pub fn public_attributes<I, S>(mut self, names: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        self.public_attributes = names.into_iter().map(Into::into).collect();
        self
    }

    /// Says what a user of this machine may do on a Unix socket. Others than its owner are public by default, and
    /// can connect only if the operator changes the socket's mode or they are root.
    pub fn peer(mut self, user: u32, principal: Principal) -> Self {
        self.peers.insert(user, principal);
        self
    }

    /// Names hosts by which browsers may reach this server over TCP, without a port. `localhost` and addresses
    /// always may; another name in `Host` is refused, because any page can have its own name point here.
    pub fn hosts<I, S>(mut self, names: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        let names = names
            .into_iter()
            .map(|name| name.into().to_ascii_lowercase());
        self.gate.hosts = names.collect();
        self
    }

    /// Names origins whose pages may ask this server, such as `https://example.com`. Default: none.
    pub fn origins<I, S>(mut self, names: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        self.gate.origins = names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Listens on sockets that exist already. Those that the system made are served in any case. Those of another server,
    /// from [`Server::release`], are served in the place of a new socket where the settings name the same address, and
    /// closed where they do not.
    #[cfg(unix)]
    pub fn sockets(mut self, sockets: impl IntoIterator<Item = Socket>) -> Self {
        self.sockets.extend(sockets);
        self
    }

    /// Sets the clock that tokens expire by. Default: the system's.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Looks for everything that would make [`start`](Self::start) fail, without listening or changing anything:
    /// each error with the name of the setting here that has it. Sockets that are in use are not told.
    pub async fn check(&self) -> Vec<(&'static str, Error)> {
        let mut found = Vec::new();
        let has_secrets = match access::check(self.tokens.as_ref()) {
            Ok(has_secrets) => has_secrets,
            Err(error) => {
                found.push(("tokens", error));
                // One fault is told once.
                true
            }
        };
        if let Some((certificate, key)) = &self.tls
            && let Err(error) = Tls::new(certificate.clone(), key.clone())
        {
            found.push(("tls", error));
        }
        let protection = Protection::of(has_secrets, self.tls.is_some(), self.is_insecure);
        for address in &self.tcp {
            if let Err(error) = Tcp::resolve(address, protection).await {
                found.push(("tcp", error));
            }
        }
        if let Err(error) = self.limits.check() {
            found.push(("memory-bytes", error));
        }
        #[cfg(unix)]
        for path in &self.unix {
            if let Err(error) = Unix::check(path) {
                found.push(("unix", error));
            }
        }
        found
    }

    /// Delays answers of HTTP by 50 to 300 ms if a request has `X-Loadtest-Mode: true`, so that a load test meets a slow
    /// server.
    pub fn load_test(self, is_wanted: bool) -> Self {
        let random: Box<Numbers> = Box::new(random);
        Self {
            load_test: is_wanted.then_some(LoadTest(random)),
            ..self
        }
    }

    /// The same as [`load_test`](Self::load_test) with numbers of your own in place of random ones: a delay is 50 ms
    /// and the remainder of a number by 251.
    pub fn load_test_by(mut self, numbers: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        self.load_test = Some(LoadTest(Box::new(numbers)));
        self
    }

    /// Starts to listen. Call it on a Tokio runtime with I/O and time enabled.
    ///
    /// # Errors
    /// `locked` when another server has a Unix socket; `unauthorized` for an address that other machines
    /// reach, without tokens or with neither [`tls`](Self::tls) nor [`insecure`](Self::insecure), and for a file of
    /// tokens or a key that others may read; `invalid_field` for a line of the tokens, a certificate or a key, and for
    /// [`Limits::memory_bytes`]; `io`.
    pub async fn start(self) -> Result<Server> {
        Server::start(self).await
    }
}
