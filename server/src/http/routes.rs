//! The routes, each of which makes a call of docs/json.md.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use notice::wire::{Answer, Call};
use notice::{Board as _, ErrorKind, Outcome, Role};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::asked::{Asked, json_response, make, shown, unknown};
use super::events;
use super::list::{self, List};
use super::params::put;
use super::problem::Problem;
use super::{metrics, openapi};
use crate::fault::{fault, invalid, panicked, stopping, unauthorized};
use crate::limits::LINE_BYTES;
use crate::metrics::Kind;
use crate::rpc;
use crate::session::Session;

/// Longest `wait` of `GET /v1/changes`, in seconds.
const LONGEST_WAIT: i64 = 60;

type Handled = Result<Response, Problem>;

/// Returns all routes.
pub(super) fn router(list: Arc<List>) -> Router {
    let open = Router::new()
        .route("/healthz", get(healthy))
        .route("/readyz", get(ready))
        .route("/openapi.json", get(openapi::document))
        .route("/rpc", post(rpc))
        .route("/v1/active", get(active))
        .route("/v1/query", post(query))
        .route("/v1/count", post(count))
        .route("/v1/announcements/{id}", get(one))
        .route("/v1/announcements/{id}/explain", get(explain))
        .route("/v1/changes", get(changes))
        .route("/v1/events", get(events::events))
        .route("/v1/list.json", get(list::list).with_state(list))
        .route("/v1/head", get(head));
    // Whoever may not ask at all is told so before what is asked is read and judged.
    open.merge(guarded().route_layer(from_fn(not_public)))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_so)
}

/// Returns the routes whose calls no public client may make.
fn guarded() -> Router {
    Router::new()
        .route("/metrics", get(metrics::guarded))
        .route("/v1/check", post(check))
        .route("/v1/announcements", post(publish))
        .route(
            "/v1/announcements/{id}",
            delete(purge).patch(update).put(replace),
        )
        .route("/v1/announcements/{id}/retract", post(retract))
        .route("/v1/announcements/{id}/restore", post(restore))
        .route("/v1/announcements/{id}/release", post(release))
        .route("/v1/announcements/{id}/history", get(history))
        .route("/v1/announcements/{id}/receipts", get(receipts))
        .route("/v1/users/{user}", delete(forget))
        .route("/v1/users/{user}/marks", post(mark))
        .route("/v1/stats", get(stats))
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

async fn active(mut asked: Asked) -> Handled {
    let params = &mut asked.params;
    let mut args = json!({"viewer": params.viewer()?, "filter": params.filter()?});
    params.move_to(&mut args, &["view", "order", "cursor"], &["limit"])?;
    if let Some(counted) = params.boolean("counted")? {
        put(&mut args, "counted", counted.into());
    }
    Ok(shown(&asked.call("query", &args).await?))
}

async fn query(mut asked: Asked) -> Handled {
    let args = asked.json().await?;
    Ok(shown(&asked.call("query", &args).await?))
}

async fn count(mut asked: Asked) -> Handled {
    let args = asked.json().await?;
    Ok(shown(&asked.call("count", &args).await?))
}

async fn check(mut asked: Asked) -> Handled {
    let args = asked.json().await?;
    Ok(shown(&asked.call("check", &args).await?))
}

/// Publishes a draft, or a list of drafts as one revision.
async fn publish(mut asked: Asked) -> Handled {
    let mut body = asked.json().await?;
    let key = asked.headers.get("idempotency-key").cloned();
    if let Value::Array(drafts) = body {
        if let Some(key) = key {
            let (en, zh) = ("is for a single draft", "仅适用于单个草稿");
            let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
            return Err(invalid("Idempotency-Key", &key, en, zh).into());
        }
        let operations = drafts.into_iter().map(|draft| json!({ "publish": draft }));
        let operations = operations.collect();
        return Ok(shown(&asked.call("apply", &operations).await?));
    }
    if let Some(key) = key {
        state(
            &mut body,
            "idempotency_key",
            text(&key).into(),
            "Idempotency-Key",
        )?;
    }
    let answer = asked.call("publish", &body).await?;
    let mut response = shown(&answer);
    if let Answer::Published(published) = &answer
        && published.outcome == Outcome::Created
        && !published.duplicate
    {
        *response.status_mut() = StatusCode::CREATED;
        let place = format!("/v1/announcements/{}", published.id);
        if let Ok(place) = HeaderValue::try_from(place) {
            response.headers_mut().insert(header::LOCATION, place);
        }
    }
    Ok(response)
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// States in the body what the request says elsewhere. Saying two things is refused.
fn state(body: &mut Value, member: &str, value: Value, elsewhere: &str) -> notice::Result<()> {
    match body.get(member) {
        None | Some(Value::Null) => {
            put(body, member, value);
            Ok(())
        }
        Some(stated) if *stated == value => Ok(()),
        Some(stated) => {
            let en = format!("contradicts {elsewhere}; leave it out");
            let zh = format!("与 {elsewhere} 矛盾；请省略");
            Err(invalid(member, &stated.to_string(), en, zh))
        }
    }
}

/// Returns an announcement as the viewer sees it, or whole in the editor's view.
async fn one(mut asked: Asked) -> Handled {
    let id = asked.id()?;
    let view = asked.params.text("view")?;
    if view.as_deref() == Some("editor") {
        return Ok(shown(&asked.call("record", &json!({ "id": id })).await?));
    }
    let mut args = json!({"id": id, "viewer": asked.params.viewer()?});
    if let Some(view) = view {
        put(&mut args, "view", view.into());
    }
    Ok(shown(&asked.call("get", &args).await?))
}

/// Replaces an announcement by a draft: publishes it with the id of the path.
async fn replace(mut asked: Asked) -> Handled {
    let (id, version) = (asked.id()?, asked.if_version()?);
    let mut body = asked.json().await?;
    state(&mut body, "id", id.into(), "the path")?;
    if let Some(version) = version {
        state(&mut body, "version", version.into(), "If-Match")?;
    }
    let answer = asked.call("publish", &body).await;
    let answer = answer.map_err(|problem| {
        let error = problem.error();
        let is_stale = error.kind() == ErrorKind::InvalidField && error.path() == Some("version");
        match version.filter(|_| is_stale) {
            // The draft's version is what If-Match said.
            Some(version) => fault(
                ErrorKind::VersionConflict,
                format!("the announcement is not at version {version} any more; read it again"),
                format!("该公告已不是版本 {version}；请重新读取"),
            )
            .into(),
            None => problem,
        }
    })?;
    Ok(shown(&answer))
}

async fn update(mut asked: Asked) -> Handled {
    let (id, version) = (asked.id()?, asked.if_version()?);
    let patch = asked.json().await?;
    let mut args = json!({"id": id, "patch": patch, "if_version": version});
    asked.params.move_to(&mut args, &["change"], &[])?;
    Ok(shown(&asked.call("update", &args).await?))
}

async fn purge(asked: Asked) -> Handled {
    if asked.headers.contains_key(header::IF_MATCH) {
        let (en, zh) = ("is not supported when erasing", "清除时不支持");
        return Err(invalid("If-Match", "", en, zh).into());
    }
    let id = asked.id()?;
    Ok(shown(&asked.call("purge", &json!({ "id": id })).await?))
}

async fn retract(asked: Asked) -> Handled {
    change(asked, "retract").await
}

async fn restore(asked: Asked) -> Handled {
    change(asked, "restore").await
}

async fn release(asked: Asked) -> Handled {
    change(asked, "release").await
}

/// Makes a change whose arguments are the body, with id and version from elsewhere.
async fn change(mut asked: Asked, name: &str) -> Handled {
    let (id, version) = (asked.id()?, asked.if_version()?);
    let mut args = asked.json().await?;
    state(&mut args, "id", id.into(), "the path")?;
    if let Some(version) = version {
        state(&mut args, "if_version", version.into(), "If-Match")?;
    }
    Ok(shown(&asked.call(name, &args).await?))
}

async fn explain(mut asked: Asked) -> Handled {
    let mut args = json!({"id": asked.id()?, "viewer": asked.params.viewer()?});
    asked.params.move_to(&mut args, &["view"], &[])?;
    Ok(shown(&asked.call("explain", &args).await?))
}

async fn history(asked: Asked) -> Handled {
    let args = json!({ "id": asked.id()? });
    Ok(shown(&asked.call("history", &args).await?))
}

async fn receipts(mut asked: Asked) -> Handled {
    let mut args = json!({ "id": asked.id()? });
    asked.params.move_to(&mut args, &["cursor"], &["limit"])?;
    for name in ["read_only", "acknowledged_only"] {
        if let Some(is_so) = asked.params.boolean(name)? {
            put(&mut args, name, is_so.into());
        }
    }
    Ok(shown(&asked.call("receipts", &args).await?))
}

/// Marks announcements for a user: those of `ids`, or without `ids` everything that the user sees.
async fn mark(mut asked: Asked) -> Handled {
    let mut args = asked.json().await?;
    let user = asked.part("user").to_owned();
    let mut viewer = args.get("viewer").cloned().unwrap_or_else(|| json!({}));
    state(&mut viewer, "user", user.into(), "the path").map_err(|error| error.within("viewer"))?;
    put(&mut args, "viewer", viewer);
    let name = match args.get("ids") {
        Some(_) => "mark",
        None => "mark_all",
    };
    Ok(shown(&asked.call(name, &args).await?))
}

async fn forget(asked: Asked) -> Handled {
    let args = json!({"user": asked.part("user")});
    Ok(shown(&asked.call("forget_user", &args).await?))
}

/// Returns what has changed; waits for it up to `wait` seconds.
async fn changes(mut asked: Asked) -> Handled {
    let params = &mut asked.params;
    let mut args = json!({"viewer": params.viewer()?, "filter": params.filter()?});
    params.move_to(&mut args, &["view", "epoch"], &["since", "limit"])?;
    let seconds = params.integer("wait")?.unwrap_or_default();
    if !(0..=LONGEST_WAIT).contains(&seconds) {
        let en = format!("must be 0 to {LONGEST_WAIT} seconds");
        let zh = format!("必须是 0 到 {LONGEST_WAIT} 秒");
        return Err(invalid("wait", &seconds.to_string(), en, zh).into());
    }
    std::mem::replace(params, super::params::Params::new(None)).done()?;
    let session = asked.session;
    session.note(Kind::CHANGES, seconds > 0);
    let until = Instant::now() + Duration::from_secs(seconds.unsigned_abs());
    loop {
        let answer = make(&session, Call::from_value("changes", &args)?).await?;
        let Answer::ChangePage(page) = &answer else {
            return Ok(shown(&answer));
        };
        let left = until.saturating_duration_since(Instant::now());
        if !page.events.is_empty() || page.more || left.is_zero() {
            return Ok(shown(&answer));
        }
        let board = session.board()?;
        match session.desk.wait(&*board, page.to_revision, left).await {
            Ok(_) => put(&mut args, "since", page.to_revision.into()),
            // An empty page says how far the follower is. So it does when the server stops.
            Err(_) => return Ok(shown(&answer)),
        }
    }
}

async fn stats(asked: Asked) -> Handled {
    Ok(shown(&asked.call("stats", &json!({})).await?))
}

async fn head(asked: Asked) -> Handled {
    Ok(shown(&asked.call("head", &json!({})).await?))
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
