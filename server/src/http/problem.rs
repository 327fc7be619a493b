//! Errors as problem details (RFC 9457), with the members of docs/json.md.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use notice::wire::Answer;
use notice::{Error, ErrorKind, Language};
use serde_json::{Value, json};

use crate::metrics::Code;

/// An error with its HTTP status.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    error: Box<Error>,
    /// Seconds after which the client may try again.
    retry_after: Option<u64>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, error: Error) -> Self {
        Self {
            status,
            error: Box::new(error),
            retry_after: None,
        }
    }

    /// Refuses a client that must wait before another request.
    pub(super) fn slow_down(error: Error, wait: Duration) -> Self {
        Self {
            // Rounded up, so that the next one is not refused again.
            retry_after: Some(wait.as_secs() + 1),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, error)
        }
    }

    pub(super) fn error(&self) -> &Error {
        &self.error
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::new(status(error.kind()), error)
    }
}

/// Returns the status of a kind of error.
fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::InvalidField | ErrorKind::BadCursor | ErrorKind::FutureRevision => {
            StatusCode::BAD_REQUEST
        }
        ErrorKind::Unauthorized | ErrorKind::ReadOnly => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Exists
        | ErrorKind::IdempotencyConflict
        | ErrorKind::EpochMismatch
        | ErrorKind::BadState => StatusCode::CONFLICT,
        ErrorKind::Compacted => StatusCode::GONE,
        ErrorKind::VersionConflict => StatusCode::PRECONDITION_FAILED,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::Unsupported => StatusCode::NOT_IMPLEMENTED,
        ErrorKind::Unavailable | ErrorKind::Locked | ErrorKind::Poisoned => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        ErrorKind::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::OverBudget => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Media type of problem details.
const MEDIA: &str = "application/problem+json";

impl Problem {
    /// Returns the members of docs/protocol.md.
    fn into_value(self) -> Value {
        let kind = self.error.kind();
        let mut problem = json!({
            "type": format!("urn:notice:error:{}", kind.name()),
            "title": kind.describe(Language::En),
            "status": self.status.as_u16(),
            "detail": self.error.message(Language::En),
        });
        let members = Answer::Error(*self.error).to_value();
        if let (Value::Object(to), Value::Object(members)) = (&mut problem, members) {
            to.extend(members);
        }
        problem
    }

    /// Returns a whole response, for a connection that no request is read of.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        let status = self.status;
        let retry_after = self
            .retry_after
            .map(|seconds| format!("Retry-After: {seconds}\r\n"));
        let retry_after = retry_after.unwrap_or_default();
        let body = self.into_value().to_string();
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: {MEDIA}\r\nContent-Length: {length}\r\n{retry_after}\
             Connection: close\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, kind) = (self.status, self.error.kind());
        let retry_after = self.retry_after;
        let problem = self.into_value();
        let mut response = Response::new(Body::from(problem.to_string()));
        response.extensions_mut().insert(Code(Some(kind)));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let media = HeaderValue::from_static(MEDIA);
        headers.insert(header::CONTENT_TYPE, media);
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
