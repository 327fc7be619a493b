//! The routes, each of which makes a call of docs/json.md.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use notice::{Board as _, Role};
use serde_json::json;

use super::asked::{Asked, json_response, shown, unknown};
use super::list::{self, List};
use super::problem::Problem;
use super::{events, export, metrics, openapi, reading, writing};
use crate::fault::{invalid, panicked, stopping, unauthorized};
use crate::limits::LINE_BYTES;
use crate::metrics::Kind;
use crate::rpc;
use crate::session::Session;

/// What a route answers.
pub(super) type Handled = Result<Response, Problem>;

/// Returns all routes.
pub(super) fn router(list: Arc<List>) -> Router {
    let open = Router::new()
        .route("/healthz", get(healthy))
        .route("/readyz", get(ready))
        .route("/openapi.json", get(openapi::document))
        .route("/rpc", post(rpc))
        .route("/v1/active", get(reading::active))
        .route("/v1/query", post(|asked| by_body("query", asked)))
        .route("/v1/count", post(|asked| by_body("count", asked)))
        .route("/v1/announcements/{id}", get(reading::one))
        .route("/v1/announcements/{id}/explain", get(reading::explain))
        .route("/v1/changes", get(reading::changes))
        .route("/v1/events", get(events::events))
        .route("/v1/list.json", get(list::list).with_state(list))
        .route("/v1/head", get(|asked| by_name("head", asked)));
    // Whoever may not ask at all is told so before what is asked is read and judged.
    open.merge(guarded().route_layer(from_fn(not_public)))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_so)
}

/// Returns the routes whose calls no public client may make.
fn guarded() -> Router {
    Router::new()
        .route("/metrics", get(metrics::guarded))
        .route("/v1/check", post(|asked| by_body("check", asked)))
        .route("/v1/announcements", post(writing::publish))
        .route(
            "/v1/announcements/{id}",
            delete(writing::purge)
                .patch(writing::update)
                .put(writing::replace),
        )
        .route(
            "/v1/announcements/{id}/retract",
            post(|asked| writing::change("retract", asked)),
        )
        .route(
            "/v1/announcements/{id}/restore",
            post(|asked| writing::change("restore", asked)),
        )
        .route(
            "/v1/announcements/{id}/release",
            post(|asked| writing::change("release", asked)),
        )
        .route(
            "/v1/announcements/{id}/history",
            get(|asked| by_id("history", asked)),
        )
        .route("/v1/announcements/{id}/receipts", get(reading::receipts))
        .route("/v1/users/{user}", delete(writing::forget))
        .route("/v1/users/{user}/marks", post(writing::mark))
        .route("/v1/export", get(export::export))
        .route("/v1/stats", get(|asked| by_name("stats", asked)))
}

/// Refuses a client without a token.
async fn not_public(request: Request, next: Next) -> Handled {
    let session = request.extensions().get::<Arc<Session>>();
    let session = session.ok_or_else(panicked)?;
    if session.board().map_err(unknown)?.principal().role() == Role::Public {
        let (en, zh) = (
            "needs a token; send Authorization: Bearer and a token",
            "需要令牌；请发送 Authorization: Bearer 加令牌",
        );
        return Err(unknown(unauthorized(en, zh).within("Authorization")));
    }
    Ok(next.run(request).await)
}

/// Returns the route of the listener that is there for metrics only.
pub(super) fn metrics_only() -> Router {
    let router = Router::new().route("/metrics", get(metrics::open));
    router.fallback(nowhere).method_not_allowed_fallback(not_so)
}

/// Returns whether requests of a path count against the rate of their client. Calls within `/rpc` count by themselves,
/// and whoever watches over the server is not to be turned away because of the clients behind the same address.
pub(super) fn is_counted(path: &str) -> bool {
    !matches!(path, "/healthz" | "/readyz" | "/metrics" | "/rpc")
}

/// Returns the name under which requests of a path are counted, if it is not that of the call they make.
pub(super) fn kind(path: &str) -> Kind {
    match path {
        "/healthz" | "/readyz" => Kind::HEALTH,
        "/rpc" => Kind::RPC,
        "/metrics" => Kind::METRICS,
        "/openapi.json" => Kind::OPENAPI,
        "/v1/events" => Kind::EVENTS,
        "/v1/export" => Kind::EXPORT,
        "/v1/list.json" => Kind::LIST,
        _ => Kind::UNKNOWN,
    }
}

async fn healthy() -> Response {
    json_response(&json!({"status": "ok"}))
}

/// Ready means that calls are answered.
async fn ready(asked: Asked) -> Handled {
    if asked.session.desk.stop.is_draining() {
        return Err(stopping().into());
    }
    asked.session.board()?.head()?;
    Ok(json_response(&json!({"status": "ok"})))
}

async fn rpc(mut asked: Asked) -> Handled {
    let body = asked.bytes(LINE_BYTES).await?;
    let answer = rpc::read(&body).answer(&asked.session).await;
    Ok(match answer {
        Some(answer) => json_response(&answer),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Makes a call without arguments.
async fn by_name(name: &str, asked: Asked) -> Handled {
    Ok(shown(&asked.call(name, &json!({})).await?))
}

/// Makes a call whose arguments are the body.
async fn by_body(name: &str, mut asked: Asked) -> Handled {
    let args = asked.json().await?;
    Ok(shown(&asked.call(name, &args).await?))
}

/// Makes a call about the announcement that the path names.
pub(super) async fn by_id(name: &str, asked: Asked) -> Handled {
    let args = json!({ "id": asked.id()? });
    Ok(shown(&asked.call(name, &args).await?))
}

async fn nowhere(uri: Uri) -> Problem {
    let (en, zh) = ("there is nothing at this path", "此路径下没有内容");
    Problem::new(StatusCode::NOT_FOUND, invalid("path", uri.path(), en, zh))
}

async fn not_so(method: Method) -> Problem {
    let (en, zh) = (
        "this path has another method; the header Allow lists them",
        "此路径使用其他方法；请参见 Allow 标头",
    );
    let error = invalid("method", method.as_str(), en, zh);
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, error)
}
