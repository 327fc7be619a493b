//! What every request passes before its route: whom it is meant for, where it comes from, and its token.

use std::collections::BTreeSet;
use std::net::IpAddr;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;
use crate::fault::{invalid, unauthorized};
use crate::session::Session;

/// Methods and headers that a page of another origin may use.
const METHODS: &str = "GET, POST, PUT, PATCH, DELETE";
const HEADERS: &str = "Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID";
/// Headers that such a page may read.
const SHOWN: &str = "ETag, Location";

/// Names and origins that the operator allows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate {
    /// Names of this server in `Host`, besides `localhost` and addresses.
    pub(crate) hosts: BTreeSet<String>,
    /// Origins whose pages may ask, such as `https://example.com`.
    pub(crate) origins: BTreeSet<String>,
}

impl Gate {
    /// Checks a request, and takes its token.
    ///
    /// # Errors
    /// `invalid_field` for a foreign name or a foreign origin; `unauthorized` for a token that is not valid.
    pub(super) fn pass(&self, parts: &Parts, session: &Session) -> Result<(), Problem> {
        let host = text(&parts.headers, &header::HOST);
        if session.client.is_remote() {
            self.check_host(host)?;
        }
        if let Some(origin) = origin(&parts.headers) {
            self.check_origin(origin, host)?;
        }
        let Some(value) = parts.headers.get(header::AUTHORIZATION) else {
            return Ok(());
        };
        let token = value.to_str().unwrap_or_default();
        let token = token
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let presented = match token {
            Some((_, token)) => session.present(token.trim()),
            None => Err(unauthorized(
                "use Authorization: Bearer and a token",
                "请使用 Authorization: Bearer 加令牌",
            )),
        };
        presented.map_err(|error| Problem::new(StatusCode::UNAUTHORIZED, error))
    }

    /// Refuses a name that is not this server's. A page can have its own name point to this machine (DNS
    /// rebinding); then the browser sends that name.
    fn check_host(&self, host: &str) -> Result<(), Problem> {
        let name = without_port(host);
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        let is_own = name.eq_ignore_ascii_case("localhost")
            || bare.parse::<IpAddr>().is_ok()
            || self.hosts.contains(&name.to_ascii_lowercase());
        if is_own {
            return Ok(());
        }
        let (en, zh) = (
            "is not a name of this server; ask by its address, or have the operator allow the name",
            "不是本服务器的名称；请使用其地址，或由管理员允许该名称",
        );
        let status = StatusCode::MISDIRECTED_REQUEST;
        Err(Problem::new(status, invalid("Host", host, en, zh)))
    }

    /// Refuses pages of other origins that are not allowed.
    fn check_origin(&self, origin: &str, host: &str) -> Result<(), Problem> {
        let own = ["http://", "https://"].map(|scheme| format!("{scheme}{host}"));
        if self.origins.contains(origin) || own.iter().any(|own| own.eq_ignore_ascii_case(origin)) {
            return Ok(());
        }
        let (en, zh) = (
            "pages of this origin may not ask; have the operator allow it",
            "不允许该来源的页面访问；请由管理员允许",
        );
        let error = invalid("Origin", origin, en, zh);
        Err(Problem::new(StatusCode::FORBIDDEN, error))
    }

    /// Answers a browser that asks what a page may do; None for any other request.
    pub(super) fn preflight(&self, parts: &Parts) -> Option<Response> {
        let asks = parts
            .headers
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if parts.method != Method::OPTIONS || !asks {
            return None;
        }
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        Some(response)
    }

    /// Lets a page of an allowed origin read a response.
    pub(super) fn open(&self, origin: Option<&HeaderValue>, response: &mut Response) {
        let allowed = origin.filter(|origin| {
            let origin = origin.to_str().unwrap_or_default();
            self.origins.contains(origin)
        });
        let headers = response.headers_mut();
        if !self.origins.is_empty() {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(origin) = allowed {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            let shown = HeaderValue::from_static(SHOWN);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, shown);
        }
    }
}

fn origin(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::ORIGIN)?;
    // An origin that is no text is no allowed one.
    Some(value.to_str().unwrap_or("?"))
}

/// Returns a header as text; empty if it is absent or no text.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
