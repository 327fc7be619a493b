//! Errors that the server itself reports.

use std::fmt::Display;
use std::io;

use notice::{Bilingual, Error, ErrorKind};

/// Creates an error of `kind` with a description in English and Chinese.
pub(crate) fn fault(kind: ErrorKind, en: impl Into<String>, zh: impl Into<String>) -> Error {
    Error::new(kind, Bilingual::new(en.into(), zh.into()))
}

/// Creates an `unauthorized` error.
pub(crate) fn unauthorized(en: impl Into<String>, zh: impl Into<String>) -> Error {
    fault(ErrorKind::Unauthorized, en, zh)
}

/// Creates an `invalid_field` error for the value at `path`.
pub(crate) fn invalid(
    path: &str,
    value: &str,
    en: impl Into<String>,
    zh: impl Into<String>,
) -> Error {
    Error::invalid(path, value, Bilingual::new(en.into(), zh.into()))
}

/// Creates an `io` error about `place`, a path or an address.
pub(crate) fn io(place: &dyn Display, error: &io::Error) -> Error {
    fault(
        ErrorKind::Io,
        format!("{place}: {error}"),
        format!("{place}：{error}"),
    )
}

/// Creates the error of a call that the server does not finish because it stops.
pub(crate) fn stopping() -> Error {
    fault(
        ErrorKind::Unavailable,
        "the server is being stopped; connect again later",
        "服务器正在停止；请稍后重新连接",
    )
}

/// Creates the error of a call that panicked.
pub(crate) fn panicked() -> Error {
    let (en, zh) = ("internal error in the server", "服务器内部错误");
    fault(ErrorKind::Panic, en, zh)
}
