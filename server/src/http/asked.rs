//! A request on its way to a call of the board.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts as _, RawPathParams, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use notice::wire::{self, Answer, Call};
use notice::{Bilingual, Error, Result, Role};
use serde_json::{Value, json};

use super::gate::text;
use super::params::Params;
use super::problem::Problem;
use crate::fault::{invalid, panicked};
use crate::limits::READER_BYTES;
use crate::metrics::{Kind, waits};
use crate::session::Session;

/// The time within which a body must arrive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience(pub(super) Duration);

/// What a client asks: everything of a request that a route needs.
pub(super) struct Asked {
    pub(super) session: Arc<Session>,
    pub(super) headers: HeaderMap,
    pub(super) params: Params,
    path: Vec<(String, String)>,
    body: Body,
    patience: Duration,
}

impl<S: Send + Sync> FromRequest<S> for Asked {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> std::result::Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let path = RawPathParams::from_request_parts(&mut parts, state).await;
        let path = path.map_err(|_| {
            invalid(
                "path",
                parts.uri.path(),
                "must be UTF-8",
                "必须是 UTF-8 编码",
            )
        })?;
        let path = path
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let path = path.collect();
        let session = parts.extensions.remove::<Arc<Session>>();
        let patience = parts.extensions.remove::<Patience>();
        // Both were put there in front of the router.
        let (Some(session), Some(Patience(patience))) = (session, patience) else {
            return Err(panicked().into());
        };
        Ok(Self {
            session,
            params: Params::new(parts.uri.query()),
            headers: parts.headers,
            path,
            body,
            patience,
        })
    }
}

impl Asked {
    /// Returns a part of the path.
    pub(super) fn part(&self, name: &str) -> &str {
        let part = self.path.iter().find(|(known, _)| known == name);
        part.map_or("", |(_, value)| value)
    }

    /// Returns the announcement that the path names.
    pub(super) fn id(&self) -> Result<i64> {
        let id = self.part("id");
        id.parse()
            .map_err(|_| invalid("id", id, "must be an integer", "必须是整数"))
    }

    /// Receives the body.
    pub(super) async fn bytes(&mut self, most: usize) -> Result<Bytes> {
        let body = std::mem::take(&mut self.body);
        let received = tokio::time::timeout(self.patience, to_bytes(body, most));
        match received.await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(_)) => {
                let unit = Bilingual::new("bytes", "字节");
                let stated = text(&self.headers, &header::CONTENT_LENGTH)
                    .parse()
                    .unwrap_or(0);
                Err(Error::too_large(
                    "body",
                    stated.max(most as u64 + 1),
                    most as u64,
                    &unit,
                ))
            }
            Err(_) => {
                let (en, zh) = ("the body did not arrive in time", "请求正文未及时到达");
                Err(crate::fault::fault(notice::ErrorKind::TimedOut, en, zh))
            }
        }
    }

    /// Receives a body of JSON; an empty one is an object without members.
    pub(super) async fn json(&mut self) -> Result<Value> {
        let role = self.session.board()?.principal().role();
        let most = match role >= Role::Service {
            true => notice::limits::MESSAGE_BYTES,
            false => READER_BYTES,
        };
        let bytes = self.bytes(most).await?;
        match bytes.trim_ascii().is_empty() {
            true => Ok(json!({})),
            false => wire::parse(&bytes),
        }
    }

    /// Returns the version of `If-Match`, such as `"v3"`.
    pub(super) fn if_version(&self) -> Result<Option<u32>> {
        let Some(value) = self.headers.get(header::IF_MATCH) else {
            return Ok(None);
        };
        let value = value.to_str().unwrap_or_default();
        let number = value
            .strip_prefix("\"v")
            .and_then(|rest| rest.strip_suffix('"'));
        match number.and_then(|number| number.parse().ok()) {
            Some(version) => Ok(Some(version)),
            None if value == "*" => Ok(None),
            None => {
                let (en, zh) = (
                    "must be the ETag of the announcement, such as \"v3\"",
                    "必须是该公告的 ETag，例如 \"v3\"",
                );
                Err(invalid("If-Match", value, en, zh))
            }
        }
    }

    /// Makes a call, after every parameter was taken.
    pub(super) async fn call(
        self,
        name: &str,
        args: &Value,
    ) -> std::result::Result<Answer, Problem> {
        self.params.done()?;
        let call = Call::from_value(name, args)?;
        make(&self.session, call).await
    }
}

/// Makes a call. A client without a token is told to present one where its role does not suffice.
pub(super) async fn make(session: &Session, call: Call) -> std::result::Result<Answer, Problem> {
    session.note(Kind::of(&call), waits(&call));
    let board = session.board().map_err(unknown)?;
    let answer = session.desk.call(&board, call).await;
    answer.map_err(|error| match board.principal().role() {
        Role::Public if error.kind() == notice::ErrorKind::Unauthorized => unknown(error),
        _ => error.into(),
    })
}

/// Refuses a client that has not said who it is.
pub(super) fn unknown(error: Error) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, error)
}

/// Returns a response with the value of an answer.
pub(super) fn shown(answer: &Answer) -> Response {
    let value = answer.to_value();
    let version = match answer {
        Answer::Published(published) => Some(published.version),
        Answer::Item(_) | Answer::Record(_) => {
            let version = value.get("version").and_then(Value::as_u64);
            version.and_then(|version| u32::try_from(version).ok())
        }
        _ => None,
    };
    let mut response = json_response(&value);
    let tag = version.map(|version| format!("\"v{version}\""));
    if let Some(tag) = tag.and_then(|tag| HeaderValue::try_from(tag).ok()) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Returns a response with a value.
pub(super) fn json_response(value: &Value) -> Response {
    let mut response = value.to_string().into_response();
    let headers = response.headers_mut();
    let media = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, media);
    // What one viewer sees is for no other one.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
