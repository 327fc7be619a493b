//! Errors of files, in a form that an operator can act on.

use std::io;

use super::records::shape;
use crate::error::{Bilingual, Error, ErrorKind};
use crate::journal::record::{Damage, Kind};

/// Creates an `io` error, or `read_only` if that is the cause. `en` and `zh` name the failed action
/// on the file `name`.
pub(crate) fn io_error(name: &str, en: &str, zh: &str, error: io::Error) -> Error {
    use io::ErrorKind as E;
    let (kind, hint, hint_zh) = match error.kind() {
        E::PermissionDenied | E::ReadOnlyFilesystem => (
            ErrorKind::ReadOnly,
            "; the file and its directory must be writable",
            "；文件及其目录必须可写",
        ),
        E::StorageFull | E::QuotaExceeded => (ErrorKind::Io, "; the disk is full", "；磁盘已满"),
        E::NotFound => (
            ErrorKind::Io,
            "; the directory or the file does not exist",
            "；目录或文件不存在",
        ),
        _ => (ErrorKind::Io, "", ""),
    };
    let reason = Bilingual::new(
        format!("cannot {en}: {error}{hint}"),
        format!("{zh}失败：{error}{hint_zh}"),
    );
    Error::of_file(name, reason).of_kind(kind).caused_by(error)
}

/// Creates a `corrupt` error for the file `name`.
pub(super) fn corrupt(name: &str, en: impl Into<String>, zh: impl Into<String>) -> Error {
    let reason = Bilingual::new(en.into(), zh.into());
    Error::of_file(name, reason).of_kind(ErrorKind::Corrupt)
}

/// Creates a `locked` error: the file is open elsewhere.
pub(super) fn locked(name: &str) -> Error {
    let reason = Bilingual::new(
        "already open, in this process or another; close it there first, or do the work in that \
         process",
        "已被本进程或其他进程占用；请先在那里关闭，或由那个进程代为操作",
    );
    Error::of_file(name, reason).of_kind(ErrorKind::Locked)
}

/// Creates the error for a damaged record of `kind` under `key` in the file `name`.
pub(super) fn damaged(name: &str, kind: &Kind, key: &[u8], damage: &Damage) -> Error {
    let (kind_of_error, why) = damage.described();
    let reason = Bilingual::new(
        format!("{} (file {name})", why.en),
        format!("{}（文件 {name}）", why.zh),
    );
    let place = format!("{}[{}]", kind.name, shape(kind).show(key));
    Error::new(kind_of_error, reason).within(&place)
}

/// Converts an error of redb about the file `name`.
pub(super) fn redb_error(name: &str, en: &str, zh: &str, error: redb::Error) -> Error {
    match error {
        redb::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            corrupt(name, "damaged: the file is truncated", "已损坏：文件被截断")
        }
        redb::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => corrupt(
            name,
            format!("damaged, or not a board file: {error}"),
            format!("已损坏，或不是公告板文件：{error}"),
        ),
        redb::Error::Io(error) => io_error(name, en, zh, error),
        redb::Error::DatabaseAlreadyOpen => locked(name),
        redb::Error::Corrupted(why) => {
            corrupt(name, format!("damaged: {why}"), format!("已损坏：{why}"))
        }
        redb::Error::TableTypeMismatch { .. }
        | redb::Error::TableIsMultimap(_)
        | redb::Error::TypeDefinitionChanged { .. }
        | redb::Error::TableDoesNotExist(_) => corrupt(
            name,
            format!("not a board file: {error}"),
            format!("不是公告板文件：{error}"),
        ),
        redb::Error::UpgradeRequired(format) => {
            let reason = Bilingual::new(
                format!("unknown storage format {format}"),
                format!("未知存储格式 {format}"),
            );
            Error::of_file(name, reason).of_kind(ErrorKind::Unsupported)
        }
        other => {
            let reason = Bilingual::new(
                format!("cannot {en}: {other}"),
                format!("{zh}失败：{other}"),
            );
            Error::of_file(name, reason)
                .of_kind(ErrorKind::Io)
                .caused_by(other)
        }
    }
}

/// Creates the error for an empty file. It is no board, because the next write to what is taken for
/// a new board would hide that the old one is lost.
pub(super) fn empty(name: &str) -> Error {
    let (en, zh) = (
        "empty, so that its board is lost, as after a power cut or a failed copy: restore a backup; \
         if it is meant to become a board, open it once with ?mode=init",
        "空文件，其中的公告板已丢失，可能因断电或复制失败所致：请恢复备份；如需将其作为新公告板，请用 ?mode=init 打开一次",
    );
    corrupt(name, en, zh)
}

/// Creates the error for a file that was to be made.
pub(super) fn initialised(name: &str) -> Error {
    let reason = Bilingual::new(
        "already has content; mode=init only makes new boards: open it without",
        "已有内容；mode=init 仅用于新建公告板，请去掉该参数后再打开",
    );
    Error::of_file(name, reason).of_kind(ErrorKind::Exists)
}

/// Creates the error for a format later than `known`.
pub(super) fn unknown_format(name: &str, format: u32, known: u32) -> Error {
    let reason = Bilingual::new(
        format!(
            "unknown format {format} (this build supports up to {known}): written by a newer build"
        ),
        format!("未知格式 {format}（本版本最高支持 {known}）：由更新的版本写入"),
    );
    Error::of_file(name, reason).of_kind(ErrorKind::Unsupported)
}

/// Adds to an error that the outcome of the write is unknown.
pub(super) fn uncertain(error: &Error) -> Error {
    use crate::error::Language::{En, Zh};
    let reason = Bilingual::new(
        format!(
            "{}; the outcome of the change shows when the board is opened again",
            error.reason(En)
        ),
        format!(
            "{}；该更改是否已保存，重新打开公告板后才能确定",
            error.reason(Zh)
        ),
    );
    error.clone().with_reason(reason)
}
