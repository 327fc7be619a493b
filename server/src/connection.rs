//! A connection: its first byte tells the protocol.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use crate::http::Http;
use crate::limits::Limits;
use crate::metrics::Protocol;
use crate::session::Session;
use crate::{enot, lines};

/// Room for the first bytes; a small request of any protocol fits into it.
const FIRST_BYTES: usize = 4096;

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) limits: Limits,
    pub(crate) http: Arc<Http>,
}

/// Serves a connection until its end, or until the server's.
pub(crate) async fn serve<S>(stream: S, session: Session, shared: Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let desk = Arc::clone(&session.desk);
    tokio::select! {
        // An error of the stream concerns nobody but this client, who is gone.
        _ = speak(stream, session, shared) => {}
        () = desk.stop.closed() => {}
    }
}

async fn speak<S>(mut stream: S, session: Session, shared: Arc<Shared>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut first = Vec::with_capacity(FIRST_BYTES);
    let limit = shared.limits.receive;
    tokio::select! {
        read = tokio::time::timeout(limit, stream.read_buf(&mut first)) => {
            if read?? == 0 {
                return Ok(());
            }
        }
        () = session.desk.stop.draining() => return Ok(()),
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
