//! The server: accepts connections until it is stopped.

#[cfg(unix)]
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use notice::{Principal, Query, Result, SharedBoard, Viewer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::access::Access;
use crate::admission::Admission;
use crate::builder::Builder;
use crate::client::{Client, Peer};
use crate::connection::{self, Reception, Shared};
use crate::desk::Desk;
use crate::fault::panicked;
use crate::http::Http;
use crate::limits::Limits;
use crate::listen::{Address, Protection, Tcp};
#[cfg(unix)]
use crate::listen::{Given, Listener, Purpose, Socket, Unix};
use crate::session::Session;
use crate::tls::Tls;

/// Pause after the system refused a connection, because it has no more files, for example.
const PAUSE: Duration = Duration::from_millis(100);

/// Most connections at once that read metrics from the listener that is there for nothing else.
const SCRAPERS: usize = 16;

/// A running server. Dropping it without [`stop`](Self::stop) ends its connections at once.
pub struct Server {
    addresses: Vec<Address>,
    /// Address of the listener that is there for metrics only.
    metrics: Option<SocketAddr>,
    heart: Arc<Heart>,
    listeners: Vec<JoinHandle<()>>,
    /// Handles of the sockets that are listened on.
    #[cfg(unix)]
    sockets: Vec<Socket>,
}

/// What all listeners share.
struct Heart {
    desk: Arc<Desk>,
    access: Arc<Access>,
    shared: Arc<Shared>,
    /// Routes of the listener that is there for metrics only.
    metrics: Arc<Http>,
    /// Whether other machines may connect without TLS.
    is_insecure: bool,
    /// Principal of a client without a token.
    public: Principal,
    admission: Admission,
}

impl Server {
    /// Begins the settings of a server of `board`.
    pub fn builder(board: SharedBoard) -> Builder {
        Builder::new(board)
    }

    pub(crate) async fn start(settings: Builder) -> Result<Self> {
        settings.limits.check()?;
        let access = Access::new(settings.tokens, settings.audience, settings.clock)?;
        let tls = match settings.tls {
            Some((certificate, key)) => Some(Tls::new(certificate, key)?),
            None => None,
        };
        let has_tokens = access.has_secrets();
        let protection = Protection::of(has_tokens, tls.is_some(), settings.is_insecure);
        let desk = Arc::new(Desk::new(settings.board, &settings.limits)?);
        let heart = Arc::new(Heart {
            admission: Admission::new(&settings.limits, Arc::clone(&desk.metrics)),
            desk,
            access: Arc::new(access),
            metrics: Arc::new(Http::of_metrics(settings.gate.clone(), &settings.limits)),
            shared: Arc::new(Shared {
                http: Arc::new(Http::new(
                    settings.gate,
                    &settings.public_attributes,
                    &settings.limits,
                    settings.load_test,
                )),
                limits: settings.limits,
                tls,
            }),
            is_insecure: settings.is_insecure,
            public: Principal::public(settings.public_attributes),
        });
        let mut server = Self {
            addresses: Vec::new(),
            metrics: None,
            heart,
            listeners: Vec::new(),
            #[cfg(unix)]
            sockets: Vec::new(),
        };
        #[cfg(unix)]
        let mut given = Given::new(settings.sockets);
        // An error drops the server, and with it the listeners before.
        #[cfg(unix)]
        for path in &settings.unix {
            let unix = given.unix(path)?;
            server.serve_unix(unix, Purpose::Unix, &settings.peers)?;
        }
        for address in &settings.tcp {
            #[cfg(unix)]
            let tcp = given.tcp(Purpose::Tcp, address, protection).await?;
            #[cfg(not(unix))]
            let tcp = Tcp::bind(address, protection).await?;
            server.serve_tcp(tcp, address)?;
        }
        #[cfg(unix)]
        for listener in given.inherited(protection).await? {
            match listener {
                Listener::Unix(unix) => {
                    server.serve_unix(unix, Purpose::Inherited, &settings.peers)?;
                }
                Listener::Tcp(tcp) => server.serve_tcp(tcp, "")?,
            }
        }
        if let Some(address) = &settings.metrics {
            let unencrypted = match settings.is_insecure {
                true => Protection::Given,
                false => Protection::NeverTls,
            };
            #[cfg(unix)]
            let tcp = given.tcp(Purpose::Metrics, address, unencrypted).await?;
            #[cfg(not(unix))]
            let tcp = Tcp::bind(address, unencrypted).await?;
            #[cfg(unix)]
            server
                .sockets
                .push(Socket::of_tcp(&tcp, address, Purpose::Metrics)?);
            server.metrics = Some(tcp.address()?);
            let heart = Arc::clone(&server.heart);
            let task = tokio::spawn(async move { heart.accept_metrics(&tcp).await });
            server.listeners.push(task);
        }
        #[cfg(unix)]
        {
            // Only now: until everything has succeeded, they may have to go back to where they came from.
            server
                .sockets
                .iter()
                .for_each(|socket| socket.set_owned(true));
            given.close();
        }
        for address in &server.addresses {
            tracing::info!(%address, "listening");
        }
        Ok(server)
    }

    /// Begins to accept clients on a Unix socket.
    #[cfg(unix)]
    fn serve_unix(
        &mut self,
        unix: Unix,
        purpose: Purpose,
        peers: &BTreeMap<u32, Principal>,
    ) -> Result<()> {
        self.sockets.push(Socket::of_unix(&unix, purpose)?);
        self.addresses.push(Address::Unix(unix.path().to_owned()));
        let (heart, peers) = (Arc::clone(&self.heart), peers.clone());
        let task = tokio::spawn(async move { heart.accept_unix(&unix, &peers).await });
        self.listeners.push(task);
        Ok(())
    }

    /// Begins to accept clients on a TCP port that the settings call `name`; empty for one that the system made.
    fn serve_tcp(&mut self, tcp: Tcp, name: &str) -> Result<()> {
        #[cfg(unix)]
        {
            let purpose = match name {
                "" => Purpose::Inherited,
                _ => Purpose::Tcp,
            };
            self.sockets.push(Socket::of_tcp(&tcp, name, purpose)?);
        }
        self.addresses.push(Address::Tcp(tcp.address()?));
        let heart = Arc::clone(&self.heart);
        let task = tokio::spawn(async move { heart.accept_tcp(&tcp).await });
        self.listeners.push(task);
        Ok(())
    }

    /// Returns the address of [`Builder::metrics`], with the port that the system chose.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Returns the addresses, Unix sockets first, each kind in the order of the settings.
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// Serves a connection that the program has accepted itself, in whatever protocol it begins. The future ends with the
    /// connection, with [`stop`](Self::stop), or soon if there is no place for one more.
    ///
    /// `principal` is what the client may do until it presents a token. The calls of clients from the same address
    /// are limited together, and so are their connections. Encryption is up to the program, unless the settings have a
    /// certificate.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// use notice::Principal;
    /// use notice_server::Server;
    /// use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    ///
    /// let server = Server::builder(notice::open("mem:")?).start().await?;
    /// let (mut client, stream) = tokio::io::duplex(4096);
    /// let from = std::net::Ipv4Addr::LOCALHOST.into();
    /// tokio::spawn(server.serve(stream, Principal::admin(), from));
    ///
    /// client.write_all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"head\"}\n").await?;
    /// let mut answer = vec![0; 4096];
    /// let length = client.read(&mut answer).await?;
    /// assert!(answer[..length].starts_with(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":"));
    /// server.stop().await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn serve<S>(
        &self,
        stream: S,
        principal: Principal,
        from: IpAddr,
    ) -> impl Future<Output = ()> + Send + use<S>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let session = self.heart.session(principal, Peer::Address(from));
        let connection = self.heart.connection(stream, session, Reception::Open);
        async move {
            if let Some(connection) = connection {
                connection.await;
            }
        }
    }

    /// Returns the routes of HTTP for the router of a program that has one, with the same checks as on a listener of
    /// this server. A client is public until it presents a token.
    ///
    /// Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, so that the calls of each address are
    /// limited by themselves. Encryption is up to the program, and so are limits of time and of connections.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let server = notice_server::Server::builder(notice::open("mem:")?).start().await?;
    /// let app: axum::Router = axum::Router::new().nest("/notices", server.router());
    /// # server.stop().await?;
    /// # Ok::<(), notice::Error>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn router(&self) -> axum::Router {
        let heart = Arc::clone(&self.heart);
        let http = Arc::clone(&heart.shared.http);
        crate::http::router(http, move |peer| heart.session(heart.public.clone(), peer))
    }

    /// Reads the files of tokens, certificate and key again. Clients whose tokens are gone are refused from their next
    /// call on. Connections that are encrypted already go on with the certificate they have.
    ///
    /// # Errors
    /// `io`, `invalid_field` and `unauthorized` as on starting. What could not be read stays as it was: the tokens,
    /// or certificate and key together.
    pub fn reload(&self) -> Result<()> {
        let tokens = self.heart.access.reload();
        tell_reload("file of tokens", &tokens);
        // Also after an error of the tokens, and they before one of the certificate: neither may hold up the other.
        let certificate = match &self.heart.shared.tls {
            Some(tls) => tls.reload(),
            None => return tokens,
        };
        tell_reload("certificate", &certificate);
        tokens.and(certificate)
    }

    /// Stops: accepts nothing more, ends waits, lets other running calls finish for the time of
    /// [`Limits::stop`](crate::Limits::stop), closes every connection, and closes the board.
    ///
    /// # Errors
    /// Those of closing the board.
    pub async fn stop(mut self) -> Result<()> {
        self.accept_no_more().await;
        #[cfg(unix)]
        // Whoever connects now is refused, and does not wait for nothing.
        self.sockets.clear();
        self.finish().await
    }

    /// Stops as [`stop`](Self::stop) does, but keeps the sockets open: whoever connects waits for the server that gets
    /// them by [`Builder::sockets`]. They are returned whether or not the board could be closed.
    #[cfg(unix)]
    pub async fn release(mut self) -> (Vec<Socket>, Result<()>) {
        self.accept_no_more().await;
        let sockets = std::mem::take(&mut self.sockets);
        sockets.iter().for_each(|socket| socket.set_owned(false));
        (sockets, self.finish().await)
    }

    /// Returns the sockets that are listened on.
    #[cfg(unix)]
    pub fn sockets(&self) -> &[Socket] {
        &self.sockets
    }

    /// Asks the board as a client does, on a thread like those of clients' calls. While this returns, the server
    /// answers.
    ///
    /// # Errors
    /// Those of the board; `panic`.
    pub async fn probe(&self) -> Result<()> {
        let board = Arc::clone(&self.heart.desk.board);
        let ask = move || {
            board.head()?;
            board.count(&Query::new(Viewer::anonymous())).map(|_| ())
        };
        let asked = tokio::task::spawn_blocking(ask);
        asked.await.unwrap_or_else(|_| Err(panicked()))
    }

    /// Reads nothing more, and lets the listeners end.
    async fn accept_no_more(&mut self) {
        tracing::info!("stopping");
        self.heart.desk.stop.drain();
        for listener in self.listeners.drain(..) {
            // It ends by itself.
            let _ = listener.await;
        }
    }

    /// Lets running calls finish, and closes the board.
    async fn finish(&self) -> Result<()> {
        let desk = Arc::clone(&self.heart.desk);
        let all = self.heart.admission.all_gone();
        if tokio::time::timeout(self.limits().stop, all).await.is_err() {
            desk.stop.close();
            self.heart.admission.all_gone().await;
        }
        let closing = tokio::task::spawn_blocking(move || {
            // Whoever reads the memory has all that was written, and learns that nothing follows.
            #[cfg(target_os = "linux")]
            desk.memory.end();
            desk.board.close()
        });
        let closed = closing.await.unwrap_or_else(|_| Err(panicked()));
        match &closed {
            Ok(()) => tracing::info!("stopped, and the board is closed"),
            Err(error) => tracing::error!(%error, "the board could not be closed; run verify"),
        }
        closed
    }

    fn limits(&self) -> &Limits {
        &self.heart.shared.limits
    }
}

/// Tells the log what came of reading a file again.
fn tell_reload(what: &str, read: &Result<()>) {
    match read {
        Ok(()) => tracing::info!("the {what} was read again"),
        Err(error) => tracing::warn!(%error, "the {what} stays as it was; mend the file"),
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
                Ok((stream, address)) => {
                    let session = self.session(self.public.clone(), Peer::Address(address));
                    self.serve(stream, session);
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// Serves metrics in places of their own, so that they can be read when no other connection is accepted.
    async fn accept_metrics(&self, tcp: &Tcp) {
        let places = Arc::new(Semaphore::new(SCRAPERS));
        while let Some(accepted) = self.next(tcp.accept()).await {
            let Ok((stream, address)) = accepted else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                continue;
            };
            let (desk, access) = (Arc::clone(&self.desk), Arc::clone(&self.access));
            let client = Client::new(Peer::Address(address));
            let session = Session::new(desk, access, self.public.clone(), client);
            let (desk, http) = (Arc::clone(&self.desk), Arc::clone(&self.metrics));
            tokio::spawn(async move {
                tokio::select! {
                    // An error of the stream concerns nobody but this client, who is gone.
                    _ = http.serve(stream, Vec::new(), session) => {}
                    () = desk.stop.closed() => {}
                }
                drop(place);
            });
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
                        None if unix.owner() == Some(user) => Principal::admin(),
                        None => self.public.clone(),
                    };
                    #[cfg_attr(not(target_os = "linux"), expect(unused_mut))]
                    let mut session = self.session(principal, Peer::User(user));
                    #[cfg(target_os = "linux")]
                    let stream = crate::passing::Passing::new(stream, &mut session);
                    self.serve(stream, session);
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
    fn serve<S>(&self, stream: S, session: Session)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let reception = match session.client.peer.is_far() && !self.is_insecure {
            true => Reception::Encrypted,
            false => Reception::Open,
        };
        if let Some(connection) = self.connection(stream, session, reception) {
            tokio::spawn(connection);
        }
    }

    /// Creates the session of a client that has presented nothing yet.
    fn session(&self, principal: Principal, peer: Peer) -> Session {
        let (desk, access) = (Arc::clone(&self.desk), Arc::clone(&self.access));
        self.desk.rates.tidy();
        Session::new(desk, access, principal, Client::new(peer))
    }

    /// Returns what serves a connection, or tells it why it is refused; None if there is no place for either.
    fn connection<S>(
        &self,
        stream: S,
        session: Session,
        reception: Reception,
    ) -> Option<impl Future<Output = ()> + Send + use<S>>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let place = self.admission.admit(session.client.peer)?;
        let shared = Arc::clone(&self.shared);
        let reception = place.refusal.map_or(reception, Reception::Refused);
        Some(async move {
            connection::serve(stream, session, shared, reception).await;
            drop(place);
        })
    }
}
