//! HTTP/1.1 as docs/protocol.md describes it.

mod asked;
mod embedded;
mod events;
mod export;
mod gate;
mod list;
mod metrics;
mod openapi;
mod params;
mod problem;
mod reading;
mod request_id;
mod routes;
mod stream;
mod writing;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderName, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use notice::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service as _;

pub(crate) use embedded::router;
pub(crate) use gate::Gate;

use crate::account::Account;
use crate::limits::Limits;
use crate::load_test::LoadTest;
use crate::metrics::{Code, Kind, Protocol};
use crate::rewound::Rewound;
use crate::session::Session;
use list::List;
use problem::Problem;
use request_id::RequestId;
use stream::Careful;

/// Header of a client that wants slow answers.
const LOADTEST: HeaderName = HeaderName::from_static("x-loadtest-mode");

/// Returns the whole response to a client that must encrypt and does not.
pub(crate) fn must_encrypt(error: Error) -> Vec<u8> {
    Problem::new(StatusCode::BAD_REQUEST, error).into_bytes()
}

/// Returns the whole response to a client that has too many connections, and may come back after `wait`.
pub(crate) fn too_many(error: Error, wait: Duration) -> Vec<u8> {
    Problem::slow_down(error, wait).into_bytes()
}

/// What all HTTP connections of a server share.
pub(crate) struct Http {
    gate: Gate,
    router: Router,
    limits: Limits,
    load_test: Option<LoadTest>,
}

impl Http {
    /// Creates the routes. `public` are the attributes that public clients may state.
    pub(crate) fn new(
        gate: Gate,
        public: &[String],
        limits: &Limits,
        load_test: Option<LoadTest>,
    ) -> Self {
        let router = routes::router(Arc::new(List::new(public, limits)));
        let limits = limits.clone();
        Self {
            gate,
            router,
            limits,
            load_test,
        }
    }

    /// Creates the one route of the listener that is there for metrics only.
    pub(crate) fn of_metrics(gate: Gate, limits: &Limits) -> Self {
        let (router, limits) = (routes::metrics_only(), limits.clone());
        Self {
            gate,
            router,
            limits,
            load_test: None,
        }
    }

    /// Serves a connection whose first bytes are `first`.
    pub(crate) async fn serve<S>(
        self: &Arc<Self>,
        stream: S,
        first: Vec<u8>,
        session: Session,
    ) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let desk = Arc::clone(&session.desk);
        let stream = Rewound::new(first, stream);
        let stream = TokioIo::new(Careful::new(stream, self.limits.send));
        let (session, count) = (Arc::new(session), AtomicU64::new(0));
        let service = service_fn(|request: Request<Incoming>| {
            let (http, session) = (Arc::clone(self), Arc::new(session.again()));
            let number = count.fetch_add(1, Ordering::Relaxed);
            async move {
                let request = request.map(Body::new);
                Ok::<_, Infallible>(http.account(request, session, number).await)
            }
        });
        let mut server = hyper::server::conn::http1::Builder::new();
        let timer = server.timer(TokioTimer::new());
        timer.header_read_timeout(self.limits.receive);
        let mut connection = std::pin::pin!(server.serve_connection(stream, service));
        tokio::select! {
            ended = &mut connection => return ended.map_err(io::Error::other),
            () = desk.stop.draining() => connection.as_mut().graceful_shutdown(),
        }
        connection.await.map_err(io::Error::other)
    }

    /// Answers a request, counts it and tells the log. `number` counts the requests of the connection.
    pub(super) async fn account(
        &self,
        request: Request<Body>,
        session: Arc<Session>,
        number: u64,
    ) -> Response {
        let (parts, body) = request.into_parts();
        let id = RequestId::new(&parts.headers, &session.client, number);
        let mut account = Account::new(Protocol::Http, routes::kind(parts.uri.path()), false);
        let origin = parts.headers.get(header::ORIGIN).cloned();
        let mut response = self.answer(parts, body, &session).await;
        self.gate.open(origin.as_ref(), &mut response);
        id.return_in(response.headers_mut());
        if let Some((kind, waits)) = session.noted() {
            // A route that makes a call is counted as this call, and one with a name of its own under that.
            account.waits = waits;
            if account.kind == Kind::UNKNOWN {
                account.kind = kind;
            }
        }
        let code = response.extensions().get().copied().unwrap_or(Code::OK);
        let metrics = &session.desk.metrics;
        account.close(metrics, &session.client, &id, session.role(), code);
        response
    }

    async fn answer(&self, mut parts: Parts, body: Body, session: &Arc<Session>) -> Response {
        if let Err(problem) = self.gate.pass(&parts, session) {
            return problem.into_response();
        }
        if let Some(response) = self.gate.preflight(&parts) {
            return response;
        }
        if routes::is_counted(parts.uri.path())
            && let Err(wait) = session.count_request()
        {
            return Problem::slow_down(session.desk.rates.refusal(wait), wait).into_response();
        }
        if let Some(load_test) = &self.load_test
            && gate::text(&parts.headers, &LOADTEST).eq_ignore_ascii_case("true")
        {
            load_test.delay(&session.desk.metrics).await;
        }
        parts.extensions.insert(Arc::clone(session));
        parts
            .extensions
            .insert(asked::Patience(self.limits.receive));
        let request = Request::from_parts(parts, body);
        match self.router.clone().call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}
