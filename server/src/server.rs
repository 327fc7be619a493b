//! The server: accepts connections until it is stopped.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use notice::{Principal, Result, SharedBoard};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::access::Access;
use crate::builder::Builder;
use crate::connection::{self, Shared};
use crate::desk::Desk;
use crate::fault::panicked;
use crate::http::Http;
use crate::limits::Limits;
use crate::listen::{Address, Tcp};
use crate::session::Session;

/// Pause after the system refused a connection, because it has no more files, for example.
const PAUSE: Duration = Duration::from_millis(100);

/// A running server. Dropping it without [`stop`](Self::stop) ends its connections at once.
pub struct Server {
    addresses: Vec<Address>,
    heart: Arc<Heart>,
    listeners: Vec<JoinHandle<()>>,
}

/// What all listeners share.
struct Heart {
    desk: Arc<Desk>,
    access: Arc<Access>,
    shared: Arc<Shared>,
    /// Principal of a client without a token.
    public: Principal,
    /// Places for connections.
    places: Arc<Semaphore>,
    connections: u32,
}

impl Server {
    /// Begins the settings of a server of `board`.
    pub fn builder(board: SharedBoard) -> Builder {
        Builder::new(board)
    }

    pub(crate) async fn start(settings: Builder) -> Result<Self> {
        let access = Access::new(settings.tokens, settings.audience, settings.clock)?;
        let is_open = settings.is_insecure && access.has_secrets();
        let connections =
            u32::try_from(settings.limits.connections.max(1)).unwrap_or(u32::MAX >> 4);
        let heart = Arc::new(Heart {
            desk: Arc::new(Desk::new(settings.board)?),
            access: Arc::new(access),
            shared: Arc::new(Shared {
                http: Arc::new(Http::new(
                    settings.gate,
                    &settings.public_attributes,
                    &settings.limits,
                )),
                limits: settings.limits,
            }),
            public: Principal::public(settings.public_attributes),
            places: Arc::new(Semaphore::new(connections as usize)),
            connections,
        });
        let mut server = Self {
            addresses: Vec::new(),
            heart,
            listeners: Vec::new(),
        };
        // An error drops the server, and with it the listeners before.
        #[cfg(unix)]
        for path in &settings.unix {
            let unix = crate::listen::Unix::bind(path)?;
            server.addresses.push(Address::Unix(unix.path().to_owned()));
            let heart = Arc::clone(&server.heart);
            let peers = settings.peers.clone();
            let task = tokio::spawn(async move { heart.accept_unix(&unix, &peers).await });
            server.listeners.push(task);
        }
        for address in &settings.tcp {
            let tcp = Tcp::bind(address, is_open).await?;
            server.addresses.push(Address::Tcp(tcp.address()?));
            let heart = Arc::clone(&server.heart);
            let task = tokio::spawn(async move { heart.accept_tcp(&tcp).await });
            server.listeners.push(task);
        }
        Ok(server)
    }

    /// Returns the addresses, Unix sockets first, each kind in the order of the settings.
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// Reads the file of tokens again. Clients whose tokens are gone are refused from their next call on.
    ///
    /// # Errors
    /// `io`, `invalid_field` and `unauthorized` as on starting. The tokens stay as they were.
    pub fn reload(&self) -> Result<()> {
        self.heart.access.reload()
    }

    /// Stops: accepts nothing more, ends waits, lets other running calls finish for the time of
    /// [`Limits::stop`](crate::Limits::stop), closes every connection, and closes the board.
    ///
    /// # Errors
    /// Those of closing the board.
    pub async fn stop(mut self) -> Result<()> {
        let desk = Arc::clone(&self.heart.desk);
        desk.stop.drain();
        for listener in self.listeners.drain(..) {
            // It ends by itself, and its socket with it.
            let _ = listener.await;
        }
        let all = self.heart.places.acquire_many(self.heart.connections);
        if tokio::time::timeout(self.limits().stop, all).await.is_err() {
            desk.stop.close();
            let _ = self.heart.places.acquire_many(self.heart.connections).await;
        }
        let board = Arc::clone(&desk.board);
        let closing = tokio::task::spawn_blocking(move || board.close());
        closing.await.unwrap_or_else(|_| Err(panicked()))
    }

    fn limits(&self) -> &Limits {
        &self.heart.shared.limits
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.heart.desk.stop.close();
        for listener in &self.listeners {
            listener.abort();
        }
    }
}

impl Heart {
    async fn accept_tcp(&self, tcp: &Tcp) {
        while let Some(accepted) = self.next(tcp.accept()).await {
            match accepted {
                Ok(stream) => self.serve(stream, self.public.clone(), true),
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    #[cfg(unix)]
    async fn accept_unix(
        &self,
        unix: &crate::listen::Unix,
        peers: &std::collections::BTreeMap<u32, Principal>,
    ) {
        while let Some(accepted) = self.next(unix.accept()).await {
            match accepted {
                Ok((stream, user)) => {
                    let principal = match peers.get(&user) {
                        Some(principal) => principal.clone(),
                        None if user == unix.owner() => Principal::admin(),
                        None => self.public.clone(),
                    };
                    self.serve(stream, principal, false);
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// Waits for a connection; None when no more are to be accepted.
    async fn next<T>(&self, accept: impl Future<Output = io::Result<T>>) -> Option<io::Result<T>> {
        tokio::select! {
            accepted = accept => Some(accepted),
            () = self.desk.stop.draining() => None,
        }
    }

    /// Serves a connection from a task of its own, if there is a place.
    fn serve<S>(&self, stream: S, principal: Principal, is_remote: bool)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return;
        };
        let (desk, access) = (Arc::clone(&self.desk), Arc::clone(&self.access));
        let session = Session::new(desk, access, principal, is_remote);
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            connection::serve(stream, session, shared).await;
            drop(place);
        });
    }
}
