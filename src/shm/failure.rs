//! Errors of shared memory, in a form that an operator can act on.

use std::io;
use std::path::Path;

use crate::error::{Bilingual, Error, ErrorKind};

/// Creates an error of `kind` for the file at `path`.
pub(crate) fn at(
    kind: ErrorKind,
    path: &Path,
    en: impl Into<String>,
    zh: impl Into<String>,
) -> Error {
    let reason = Bilingual::new(en.into(), zh.into());
    Error::of_file(&path.display().to_string(), reason).of_kind(kind)
}

/// Creates an `io` error; `unsupported` for what the system does not have at all. `en` and `zh` name what was tried.
pub(crate) fn io(path: &Path, en: &str, zh: &str, error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::Unsupported {
        return not_handed();
    }
    let (hint, hint_zh) = match error.kind() {
        io::ErrorKind::StorageFull => (
            "; there is no room for shared memory: remove what is not needed there, or enlarge it",
            "；共享内存空间不足：请删除其中不再需要的内容，或扩大容量",
        ),
        _ => ("", ""),
    };
    at(
        ErrorKind::Io,
        path,
        format!("cannot {en}: {error}{hint}"),
        format!("{zh}失败：{error}{hint_zh}"),
    )
    .caused_by(error)
}

/// Creates a `corrupt` error: the segment is none of ours, or damaged.
pub(crate) fn corrupt(path: &Path, en: impl Into<String>, zh: impl Into<String>) -> Error {
    at(ErrorKind::Corrupt, path, en, zh)
}

/// Creates the error of a system or a build without shared memory.
#[cfg_attr(any(target_os = "linux", windows), allow(dead_code))]
pub(crate) fn unsupported() -> Error {
    let reason = Bilingual::new(
        "shared memory works on Linux and Windows only (little-endian, 64-bit or x86); follow a daemon instead: unix:PATH?follow=1",
        "共享内存仅支持 Linux 和 Windows（小端序，64 位或 x86）；请改为跟随守护进程：unix:PATH?follow=1",
    );
    Error::new(ErrorKind::Unsupported, reason)
}

/// Creates the error of a system without memory that is handed over.
pub(crate) fn not_handed() -> Error {
    let reason = Bilingual::new(
        "memory is handed over on Linux only; share under a name, or follow a daemon: tcp://HOST:PORT?follow=1",
        "仅 Linux 支持移交共享内存；请以名称共享，或跟随守护进程：tcp://HOST:PORT?follow=1",
    );
    Error::new(ErrorKind::Unsupported, reason)
}
