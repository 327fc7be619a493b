//! HTTP/1.1 as docs/protocol.md describes it.

mod asked;
mod events;
mod gate;
mod list;
mod params;
mod problem;
mod routes;
mod stream;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service as _;

pub(crate) use gate::Gate;
use list::List;

use crate::limits::Limits;
use crate::session::Session;
use stream::Careful;

/// What all HTTP connections of a server share.
pub(crate) struct Http {
    gate: Gate,
    router: Router,
}

impl Http {
    /// Creates the routes. `public` are the attributes that public clients may state.
    pub(crate) fn new(gate: Gate, public: &[String], limits: &Limits) -> Self {
        let router = routes::router(Arc::new(List::new(public, limits)));
        Self { gate, router }
    }

    /// Serves a connection whose first bytes are `first`.
    pub(crate) async fn serve<S>(
        self: &Arc<Self>,
        stream: S,
        first: Vec<u8>,
        session: Session,
        limits: &Limits,
    ) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let desk = Arc::clone(&session.desk);
        let stream = TokioIo::new(Careful::new(first, stream, limits.send));
        let (session, receive) = (Arc::new(session), limits.receive);
        let service = service_fn(|request: Request<Incoming>| {
            let (http, session) = (Arc::clone(self), Arc::new(session.again()));
            async move {
                let request = request.map(Body::new);
                Ok::<_, Infallible>(http.answer(request, session, receive).await)
            }
        });
        let mut server = hyper::server::conn::http1::Builder::new();
        server.timer(TokioTimer::new()).header_read_timeout(receive);
        let mut connection = std::pin::pin!(server.serve_connection(stream, service));
        tokio::select! {
            ended = &mut connection => return ended.map_err(io::Error::other),
            () = desk.stop.draining() => connection.as_mut().graceful_shutdown(),
        }
        connection.await.map_err(io::Error::other)
    }

    /// Answers a request.
    async fn answer(
        &self,
        request: Request<Body>,
        session: Arc<Session>,
        receive: std::time::Duration,
    ) -> Response {
        let (mut parts, body) = request.into_parts();
        let origin = parts.headers.get(header::ORIGIN).cloned();
        let mut response = match self.gate.pass(&parts, &session) {
            Err(problem) => problem.into_response(),
            Ok(()) => match self.gate.preflight(&parts) {
                Some(response) => response,
                None => {
                    parts.extensions.insert(session);
                    parts.extensions.insert(asked::Patience(receive));
                    let request = Request::from_parts(parts, body);
                    match self.router.clone().call(request).await {
                        Ok(response) => response,
                        Err(never) => match never {},
                    }
                }
            },
        };
        self.gate.open(origin.as_ref(), &mut response);
        response
    }
}
