//! The routes inside the router of another program.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, OriginalUri};
use axum::http::{HeaderValue, Request, Uri, header};
use axum::response::Response;

use super::Http;
use crate::client::Peer;
use crate::session::Session;

/// Returns a router whose requests are guarded, counted and logged as those of a connection are. `open` makes the
/// session of a client that has presented nothing yet.
pub(crate) fn router(
    http: Arc<Http>,
    open: impl Fn(Peer) -> Session + Clone + Send + Sync + 'static,
) -> Router {
    // A fallback, because the routes themselves see the requests only behind the guard.
    Router::new().fallback(move |request: Request<Body>| {
        let (http, session) = (Arc::clone(&http), Arc::new(open(peer(&request))));
        async move {
            let prefix = prefix(&request);
            let mut response = http.account(request, session, 0).await;
            if let Some(prefix) = prefix {
                under(&prefix, &mut response);
            }
            response
        }
    })
}

/// Where the request comes from: from this machine, if the program does not let axum say.
fn peer(request: &Request<Body>) -> Peer {
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>();
    Peer::Address(from.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |from| from.0.ip()))
}

/// The path that the router is nested under.
fn prefix(request: &Request<Body>) -> Option<String> {
    let OriginalUri(whole) = request.extensions().get::<OriginalUri>()?;
    let prefix = whole.path().strip_suffix(request.uri().path())?;
    (!prefix.is_empty()).then(|| prefix.to_owned())
}

/// Puts the prefix before the place of a new announcement.
fn under(prefix: &str, response: &mut Response) {
    let headers = response.headers_mut();
    let location = headers
        .get(header::LOCATION)
        .and_then(|place| place.to_str().ok());
    let Some(place) = location.and_then(|place| format!("{prefix}{place}").parse::<Uri>().ok())
    else {
        return;
    };
    if let Ok(place) = HeaderValue::from_str(&place.to_string()) {
        headers.insert(header::LOCATION, place);
    }
}
