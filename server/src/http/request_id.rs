//! The name of a request in the log, which the client is told.

use std::fmt;
use std::sync::LazyLock;
use std::time::SystemTime;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::gate::text;
use crate::client::Client;

const NAME: HeaderName = HeaderName::from_static("x-request-id");
/// Longest name that is taken from a client, in bytes.
const LONGEST: usize = 64;

/// When the first request came, in seconds: names of two runs of a server differ.
static RUN: LazyLock<u64> = LazyLock::new(|| {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
});

/// The name of a request.
pub(super) struct RequestId(String);

impl RequestId {
    /// Takes the name that the client says, if it is short and plain, or makes one.
    pub(super) fn new(headers: &HeaderMap, client: &Client, number: u64) -> Self {
        let stated = text(headers, &NAME);
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
        if (1..=LONGEST).contains(&stated.len()) && stated.bytes().all(is_plain) {
            return Self(stated.to_owned());
        }
        Self(format!("{:x}-{}-{number}", *RUN, client.connection))
    }

    /// Tells the client.
    pub(super) fn return_in(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.0) {
            headers.insert(NAME, value);
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
