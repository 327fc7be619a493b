//! A connection: its first byte tells the protocol.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::admission::REFUSING;
use crate::http::Http;
use crate::limits::Limits;
use crate::metrics::Protocol;
use crate::refusal::Refusal;
use crate::rewound::Rewound;
use crate::session::Session;
use crate::tls::{self, Tls};
use crate::{enot, lines};

/// Room for the first bytes; a small request of any protocol fits into it.
const FIRST_BYTES: usize = 4096;

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) limits: Limits,
    pub(crate) http: Arc<Http>,
    /// The certificate; None for a server without TLS.
    pub(crate) tls: Option<Tls>,
}

/// How a client is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reception {
    /// It is served.
    Open,
    /// It is served if it encrypts.
    Encrypted,
    /// It is told why it is not served.
    Refused(Refusal),
}

impl Reception {
    /// Returns why a client is refused that `is_encrypted` or is not.
    fn refusal(self, is_encrypted: bool) -> Option<Refusal> {
        match self {
            Self::Encrypted if !is_encrypted => Some(Refusal::Unencrypted),
            Self::Open | Self::Encrypted => None,
            Self::Refused(refusal) => Some(refusal),
        }
    }
}

/// Serves a connection until its end, or until the server's.
pub(crate) async fn serve<S>(stream: S, session: Session, shared: Arc<Shared>, reception: Reception)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let desk = Arc::clone(&session.desk);
    tokio::select! {
        // An error of the stream concerns nobody but this client, who is gone.
        _ = begin(stream, session, &shared, reception) => {}
        () = tokio::time::sleep(REFUSING), if matches!(reception, Reception::Refused(_)) => {}
        () = desk.stop.closed() => {}
    }
}

async fn begin<S>(
    mut stream: S,
    session: Session,
    shared: &Shared,
    reception: Reception,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let first = first_bytes(&mut stream, &session, shared).await?;
    match (first.first(), &shared.tls) {
        (None, _) => Ok(()),
        // On the heap: the others would reserve its room too, and it is larger than all of theirs.
        (Some(&tls::FIRST_BYTE), Some(tls)) => {
            let stream = Rewound::new(first, stream);
            Box::pin(encrypted(stream, tls, session, shared, reception)).await
        }
        (Some(&tls::FIRST_BYTE), None) => {
            stream.write_all(&tls::NO_TLS).await?;
            stream.shutdown().await
        }
        _ => speak(stream, first, session, shared, reception).await,
    }
}

/// Shakes hands, and serves what is inside.
async fn encrypted<S>(
    stream: S,
    tls: &Tls,
    mut session: Session,
    shared: &Shared,
    reception: Reception,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    session.client.is_encrypted = true;
    let mut stream = tokio::select! {
        stream = tokio::time::timeout(shared.limits.receive, tls.accept(stream)) => stream??,
        () = session.desk.stop.draining() => return Ok(()),
    };
    let first = first_bytes(&mut stream, &session, shared).await?;
    match first.first() {
        // TLS inside TLS serves nobody.
        None | Some(&tls::FIRST_BYTE) => stream.shutdown().await,
        _ => speak(stream, first, session, shared, reception).await,
    }
}

/// Reads what the client sends first; nothing when it ends the connection, or the server does.
async fn first_bytes<S>(stream: &mut S, session: &Session, shared: &Shared) -> io::Result<Vec<u8>>
where
    S: AsyncRead + Unpin,
{
    let mut first = Vec::with_capacity(FIRST_BYTES);
    let limit = shared.limits.receive;
    tokio::select! {
        read = tokio::time::timeout(limit, stream.read_buf(&mut first)) => {
            read??;
        }
        () = session.desk.stop.draining() => {}
    }
    Ok(first)
}

/// Speaks the protocol that the first byte tells.
async fn speak<S>(
    stream: S,
    first: Vec<u8>,
    session: Session,
    shared: &Shared,
    reception: Reception,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    if let Some(refusal) = reception.refusal(session.client.is_encrypted) {
        let told = refusal.tell(stream, &first);
        return tokio::time::timeout(shared.limits.receive, told).await?;
    }
    let metrics = Arc::clone(&session.desk.metrics);
    match first.first() {
        Some(b'E') => {
            let _open = metrics.connection(Protocol::Enot);
            enot::serve(stream, first, session, &shared.limits).await
        }
        Some(b'{' | b'[') => {
            let _open = metrics.connection(Protocol::JsonRpc);
            lines::serve(stream, first, session, &shared.limits).await
        }
        _ => {
            let _open = metrics.connection(Protocol::Http);
            shared.http.serve(stream, first, session).await
        }
    }
}
