//! Built-in schemes, by cargo feature.

use std::sync::Arc;

#[cfg(feature = "file")]
use super::local::OpenFile;
use super::local::settings;
use super::options::Options;
use super::scheme::Scheme;
use super::url::BoardUrl;
use crate::board::SharedBoard;
use crate::engine::{Local, Store};
use crate::error::{Bilingual, Result};

/// The schemes of this build.
pub(super) const SCHEMES: &[Scheme] = &[
    Scheme::new(
        "mem",
        "mem:",
        "a board in this process, gone with it",
        memory,
    )
    .parameters(&["budget_mb"]),
    #[cfg(feature = "file")]
    Scheme::new(
        "file",
        "file:PATH",
        "a board in this process, kept in one file",
        file,
    )
    .parameters(&["mode", "durability", "budget_mb", "share", "timeout_ms"]),
    #[cfg(feature = "client")]
    super::daemon::TCP,
    #[cfg(feature = "tls")]
    super::daemon::TLS,
    #[cfg(all(feature = "client", unix))]
    super::daemon::UNIX,
    #[cfg(feature = "shm")]
    super::shm::SHM,
];

/// Schemes missing from this build, with the cargo features that enable them.
pub(super) const MISSING: &[(&str, &str)] = &[
    #[cfg(not(feature = "file"))]
    ("file", "file"),
    #[cfg(not(feature = "client"))]
    ("tcp", "client"),
    #[cfg(not(feature = "tls"))]
    ("tls", "tls"),
    #[cfg(all(not(feature = "client"), unix))]
    ("unix", "client"),
    #[cfg(not(feature = "shm"))]
    ("shm", "shm"),
];

/// Opens `mem:`.
fn memory(url: &BoardUrl, options: Options) -> Result<SharedBoard> {
    options.refuse_remote()?;
    if !url.place().is_empty() {
        let reason = Bilingual::new(
            "an in-memory board has no name; write mem:",
            "内存公告板没有名称，应写作 mem:",
        );
        return Err(url.refuse_place(reason));
    }
    let store = Store::new(settings(url, options)?);
    Ok(Arc::new(Local::new(store)))
}

/// Opens `file:PATH`.
#[cfg(feature = "file")]
fn file(url: &BoardUrl, options: Options) -> Result<SharedBoard> {
    options.refuse_remote()?;
    let file = OpenFile::of(url)?;
    match url.parameter("share") {
        None if url.parameter("timeout_ms").is_some() => {
            let reason = Bilingual::new(
                "only with share=, where another process may have the file",
                "只能与 share= 一起使用：此时文件可能由另一个进程打开",
            );
            Err(url.refuse("timeout_ms", reason))
        }
        None => {
            let progress = options.local.progress.clone();
            Ok(Arc::new(file.open(settings(url, options)?, progress)?))
        }
        #[cfg(feature = "shm")]
        Some(name) => super::shm::joint(url, name, file, options),
        #[cfg(not(feature = "shm"))]
        Some(_) => {
            let reason = Bilingual::new(
                "not supported by this build; enable the cargo feature `shm`",
                "当前版本未启用；请启用 cargo 特性 `shm`",
            );
            Err(url
                .refuse("share", reason)
                .of_kind(crate::ErrorKind::Unsupported))
        }
    }
}
