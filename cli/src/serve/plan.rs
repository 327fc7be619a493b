//! What is to be served, with every default filled in.

use std::path::{Path, PathBuf};

use notice::{BoardUrl, SharedBoard, Sharing};
use notice_server::logs::{self, Format};
use notice_server::{Builder, Limits, Server};

use super::peers;
use crate::config::{Faults, Found, LogFormat, Settings};
use crate::exit::Outcome;
use crate::places;
use crate::span::Span;

/// What is logged by default: what an operator should do something about.
pub(super) const LOG: &str = "warn";

/// What is to be served.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) found: Found,
    pub(super) board: String,
    pub(super) unix: Vec<PathBuf>,
    /// Folders of defaults, which are made if they are missing.
    folders: Vec<PathBuf>,
    peers: Vec<(u32, notice::Principal)>,
    /// Whether a running daemon is asked for its sockets.
    pub(super) takes_over: bool,
}

/// How the daemon starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    /// Whether the system listens on sockets for it.
    pub(super) has_sockets: bool,
    /// Whether a running daemon is asked for its sockets.
    pub(super) takes_over: bool,
}

impl Plan {
    /// Fills in the defaults. What is wrong is added to `faults`.
    pub(super) fn new(found: Found, start: Start, faults: &mut Faults) -> Outcome<Self> {
        let settings = &found.settings;
        let mut folders = Vec::new();
        let board = match &settings.board {
            Some(url) => url.clone(),
            None => {
                let file = places::board()?;
                folders.extend(file.parent().map(Path::to_owned));
                places::url("file", &file)
            }
        };
        let unix = match &settings.unix {
            Some(paths) => {
                // An empty variable is an empty list.
                let named = paths.iter().filter(|path| !path.as_os_str().is_empty());
                named.cloned().collect()
            }
            // The system listens at a place of its own choice.
            None if start.has_sockets => Vec::new(),
            None => {
                let path = places::socket()?;
                folders.extend(path.parent().map(Path::to_owned));
                vec![path]
            }
        };
        let mut peers = Vec::new();
        for peer in stated(settings.peer.as_ref()) {
            match peers::read(&peer) {
                Ok(peer) => peers.push(peer),
                Err((en, zh)) => faults.add(&found.origins.of("peer"), "peer", &en, &zh),
            }
        }
        Ok(Self {
            found,
            board,
            unix,
            folders,
            peers,
            takes_over: start.takes_over,
        })
    }

    /// Returns the TCP addresses.
    pub(super) fn tcp(&self) -> Vec<String> {
        stated(self.found.settings.tcp.as_ref())
    }

    /// Makes the folders of defaults.
    pub(super) fn make_folders(&self) -> Outcome {
        self.folders
            .iter()
            .try_for_each(|folder| places::make_private(folder))
    }

    /// Shares the board, if that is asked for.
    pub(super) fn share(&self, board: &SharedBoard) -> notice::Result<Option<Sharing>> {
        let name = self.found.settings.share.as_deref();
        let name = name.filter(|name| !name.is_empty());
        let shared = name.map(|name| notice::share(board, name)).transpose();
        shared.map_err(|error| error.within("share"))
    }

    /// Opens the board.
    pub(super) fn open(&self) -> notice::Result<SharedBoard> {
        notice::open(&self.board)
    }

    /// Looks at everything that can be wrong, without opening or changing anything.
    pub(super) async fn check(&self, faults: &mut Faults) -> Outcome {
        let Found {
            origins, settings, ..
        } = &self.found;
        if let Err(error) = BoardUrl::parse(&self.board).and_then(|url| known(&url)) {
            faults.add_error(&origins.of("board"), "board", &error);
        }
        let name = settings.share.as_deref().filter(|name| !name.is_empty());
        if let Some(Err(error)) = name.map(notice::shm::check_name) {
            faults.add_error(&origins.of("share"), "share", &error);
        }
        if let Some(filter) = &settings.log
            && let Err(error) = logs::subscriber(Format::Text, filter, std::io::sink)
        {
            faults.add_error(&origins.of("log"), "log", &error);
        }
        let (certificate, key) = (&settings.tls_certificate, &settings.tls_key);
        if certificate.is_some() != key.is_some() {
            let (given, missing) = match key {
                None => ("tls-certificate", "tls-key"),
                Some(_) => ("tls-key", "tls-certificate"),
            };
            let (en, zh) = (
                format!("needs {missing} as well"),
                format!("还需要 {missing}"),
            );
            faults.add(&origins.of(given), given, &en, &zh);
        }
        // Any board does: none of it is asked.
        for (name, error) in self.builder(notice::open("mem:")?).check().await {
            if name == "unix" && settings.unix.is_none() {
                // The folder of the default is made when it is needed.
                continue;
            }
            let name = if name == "tls" {
                "tls-certificate"
            } else {
                name
            };
            faults.add_error(&origins.of(name), name, &error);
        }
        Ok(())
    }

    /// Sends the log of this process to standard error.
    pub(super) fn start_log(&self) -> Outcome {
        let settings = &self.found.settings;
        let format = match settings.log_format {
            Some(LogFormat::Json) => Format::Json,
            Some(LogFormat::Text) | None => Format::Text,
        };
        Ok(logs::init(format, settings.log.as_deref().unwrap_or(LOG))?)
    }

    /// Returns the settings of the server.
    pub(super) fn builder(&self, board: SharedBoard) -> Builder {
        let settings = &self.found.settings;
        let mut builder = Server::builder(board)
            .limits(limits(settings))
            .load_test(settings.load_test.unwrap_or_default())
            .public_attributes(stated(settings.public_attribute.as_ref()))
            .hosts(stated(settings.host.as_ref()))
            .origins(stated(settings.origin.as_ref()));
        for path in &self.unix {
            builder = builder.unix(path);
        }
        for address in self.tcp() {
            builder = builder.tcp(address);
        }
        if settings.insecure == Some(true) {
            builder = builder.insecure();
        }
        if let Some(address) = &settings.metrics {
            builder = builder.metrics(address);
        }
        if let (Some(certificate), Some(key)) = (&settings.tls_certificate, &settings.tls_key) {
            builder = builder.tls(certificate, key);
        }
        if let Some(file) = &settings.tokens {
            builder = builder.tokens(file);
        }
        if let Some(name) = &settings.audience {
            builder = builder.audience(name);
        }
        for (user, principal) in &self.peers {
            builder = builder.peer(*user, principal.clone());
        }
        builder
    }
}

fn limits(settings: &Settings) -> Limits {
    let mut limits = Limits::default();
    let set = |given: Option<u32>, limit: &mut usize| {
        *limit = given.map_or(*limit, |count| usize::try_from(count).unwrap_or(usize::MAX));
    };
    set(settings.max_connections, &mut limits.connections);
    let per_address = &mut limits.connections_per_address;
    set(settings.max_connections_per_address, per_address);
    set(settings.max_calls, &mut limits.calls);
    set(settings.memory_bytes, &mut limits.memory_bytes);
    set(settings.max_list_bytes, &mut limits.list_bytes);
    let rate = settings.max_calls_per_second;
    limits.calls_per_second = rate.unwrap_or(limits.calls_per_second);
    let set = |given: Option<Span>, limit: &mut std::time::Duration| {
        *limit = given.map_or(*limit, |span| span.0);
    };
    set(settings.receive_timeout, &mut limits.receive);
    set(settings.send_timeout, &mut limits.send);
    set(settings.drain, &mut limits.stop);
    set(settings.list_age, &mut limits.list_age);
    limits
}

/// Returns a list without its empty elements: an empty variable is an empty list.
fn stated(list: Option<&Vec<String>>) -> Vec<String> {
    let all = list.into_iter().flatten().map(|one| one.trim());
    all.filter(|one| !one.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Refuses a board of an unknown scheme, or with unknown parameters.
fn known(url: &BoardUrl) -> notice::Result<()> {
    let schemes = notice::schemes();
    match schemes.iter().find(|scheme| scheme.name == url.scheme()) {
        Some(scheme) => scheme.check(url),
        // The error of opening it, which opens nothing.
        None => notice::open(&url.to_string()).map(|_| ()),
    }
}
