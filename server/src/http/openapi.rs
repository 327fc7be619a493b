//! `GET /openapi.json`: this interface for programs.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::asked::Asked;
use super::problem::Problem;

/// Made and compared by a test: `cargo xtask openapi --write`.
const DOCUMENT: &str = include_str!("../../openapi.json");

pub(super) async fn document(asked: Asked) -> Result<Response, Problem> {
    asked.params.done()?;
    let mut response = DOCUMENT.into_response();
    let headers = response.headers_mut();
    let media = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, media);
    let age = HeaderValue::from_static("public, max-age=3600");
    headers.insert(header::CACHE_CONTROL, age);
    Ok(response)
}
