//! Errors, in one numbered list that every surface reports.
//!
//! The number is the C status, the JSON-RPC application code and the kind of a Rust error. Each
//! error describes the fault in English and in Chinese, with the offending value and its path.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Result of all fallible functions in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A sentence in English and Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    /// The sentence in English: lower case, without a full stop.
    pub en: Cow<'static, str>,
    /// The same sentence in Chinese.
    pub zh: Cow<'static, str>,
}

impl Bilingual {
    /// Pairs an English sentence with its Chinese counterpart.
    pub fn new(en: impl Into<Cow<'static, str>>, zh: impl Into<Cow<'static, str>>) -> Self {
        Self {
            en: en.into(),
            zh: zh.into(),
        }
    }

    /// Returns the text in a language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
        }
    }
}

/// Language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Chinese (simplified).
    Zh,
}

macro_rules! error_kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $name:literal, $en:literal, $zh:literal;)*) => {
        /// Kind of an error. Numbers and names are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(i32)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[$doc])* $variant = $code,)*
        }

        impl ErrorKind {
            /// All kinds, in numerical order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the stable name, such as `not_found`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns the kind with this number, if it exists.
            pub const fn from_code(code: i32) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// Returns the general meaning of the kind, for use without a particular error.
            pub const fn describe(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$variant, Language::En) => $en,
                      (Self::$variant, Language::Zh) => $zh,)*
                }
            }
        }
    };
}

error_kinds! {
    /// The announcement does not exist, or this viewer may not see it.
    NotFound = 1, "not_found", "not found", "未找到";
    /// The name is already taken.
    Exists = 2, "exists", "already exists", "已存在";
    /// The announcement is not at the version that the caller expected.
    VersionConflict = 3, "version_conflict", "the announcement was changed in the meantime", "公告已被修改";
    /// The idempotency key was used before with a different request.
    IdempotencyConflict = 4, "idempotency_conflict", "the idempotency key was used with a different request", "幂等键已用于另一个请求";
    /// A field or an argument has an invalid value.
    InvalidField = 5, "invalid_field", "invalid field value", "字段值无效";
    /// A value exceeds its limit.
    TooLarge = 6, "too_large", "value exceeds its limit", "超出上限";
    /// The cursor is damaged, or belongs to a different query.
    BadCursor = 7, "bad_cursor", "the cursor is damaged or belongs to a different query", "游标已损坏或属于另一个查询";
    /// The requested part of the change feed has been compacted.
    Compacted = 8, "compacted", "that part of the change feed has been compacted", "该段变更流已被压缩";
    /// The board is not the one that the caller followed.
    EpochMismatch = 9, "epoch_mismatch", "the board's epoch does not match the followed one", "公告板纪元不一致";
    /// The board has not reached this revision.
    FutureRevision = 10, "future_revision", "the board has not reached that revision", "公告板尚未到达该修订号";
    /// The announcement's state does not allow this operation.
    BadState = 11, "bad_state", "the announcement's state does not allow this operation", "公告当前状态不允许此操作";
    /// The board is read-only.
    ReadOnly = 12, "read_only", "the board is read-only", "公告板为只读";
    /// The board's file is already open, in this process or another.
    Locked = 13, "locked", "the board's file is already open", "公告板文件已被占用";
    /// Stored data is damaged.
    Corrupt = 14, "corrupt", "stored data is damaged", "存储的数据已损坏";
    /// The operating system reported an error.
    Io = 15, "io", "input/output error", "读写失败";
    /// The memory budget is exhausted.
    OverBudget = 16, "over_budget", "the memory budget is exhausted", "内存预算已用尽";
    /// The board is unavailable.
    Unavailable = 17, "unavailable", "the board is unavailable", "公告板不可用";
    /// The time limit has expired.
    TimedOut = 18, "timed_out", "timed out", "操作超时";
    /// The caller is not authorized.
    Unauthorized = 19, "unauthorized", "not authorized", "未授权";
    /// This build, or this kind of board, does not support the operation.
    Unsupported = 20, "unsupported", "not supported", "不支持";
    /// A defect interrupted a write. The board refuses writes until it is reopened; reads still
    /// work.
    Poisoned = 21, "poisoned", "an earlier write was interrupted; the board refuses writes until it is reopened", "此前的写入异常中断；重新打开公告板之前拒绝写入";
    /// A panic in the library was caught at its boundary.
    Panic = 22, "panic", "internal error in the library", "库内部错误";
    /// The caller's buffer is too small.
    TooSmall = 23, "too_small", "the buffer is too small", "缓冲区太小";
}

/// An error of the engine. Its message contains the path and the offending value.
///
/// ```
/// use notice::{Draft, ErrorKind};
/// let board = notice::open("mem:")?;
/// let error = board.publish(&Draft::new("en", "")).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidField);
/// assert_eq!(error.path(), Some("texts.en.title"));
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Parts>);

/// Everything that an error says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) kind: ErrorKind,
    pub(crate) path: Option<String>,
    /// The offending value as a message repeats it.
    pub(crate) value: Option<String>,
    pub(crate) offset: Option<usize>,
    pub(crate) limit: Option<u64>,
    pub(crate) reason: Bilingual,
    /// Left out where an error travels.
    pub(crate) source: Source,
}

/// The error of the system or of the storage under it. It is no part of what an error says, so that
/// errors are equal without it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Source(Option<Arc<dyn std::error::Error + Send + Sync>>);

impl PartialEq for Source {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Source {}

/// Length at which a message truncates an offending value, in characters.
const SHOWN_CHARS: usize = 80;
/// Length at which a path is truncated, in characters: a member's name may be as long as a message.
const PATH_SHOWN_CHARS: usize = 200;
/// Length at which a message truncates the path of a file, in characters: the longest path of most
/// systems.
const PATH_CHARS: usize = 4096;

impl Error {
    /// Creates an error of `kind` with a description of the fault.
    pub fn new(kind: ErrorKind, reason: Bilingual) -> Self {
        Self(Box::new(Parts {
            kind,
            path: None,
            value: None,
            offset: None,
            limit: None,
            reason,
            source: Source::default(),
        }))
    }

    /// Creates an error from all that it says, such as one from another process.
    pub(crate) fn from_parts(parts: Parts) -> Self {
        Self(Box::new(parts))
    }

    /// Creates an `invalid_field` error for the value at `path`.
    pub fn invalid(path: impl Into<String>, value: &str, reason: Bilingual) -> Self {
        let mut error = Self::new(ErrorKind::InvalidField, reason);
        error.0.path = Some(shortened(path.into()));
        error.0.value = Some(shown(value, SHOWN_CHARS));
        error
    }

    /// Creates an `invalid_field` error about the file `name`. The name is not truncated, because
    /// its end tells more than its beginning.
    pub(crate) fn of_file(name: &str, reason: Bilingual) -> Self {
        let mut error = Self::new(ErrorKind::InvalidField, reason);
        error.0.path = Some("file".to_owned());
        error.0.value = Some(shown(name, PATH_CHARS));
        error
    }

    /// Creates a `too_large` error for the value at `path`, which has `actual` units where `limit`
    /// are allowed. `unit` is the plural name of the unit, such as "bytes".
    pub fn too_large(path: impl Into<String>, actual: u64, limit: u64, unit: &Bilingual) -> Self {
        let mut error = Self::new(
            ErrorKind::TooLarge,
            Bilingual::new(
                format!("{actual} {}, the limit is {limit}", unit.en),
                format!("{actual} {}，上限为 {limit}", unit.zh),
            ),
        );
        error.0.path = Some(shortened(path.into()));
        error.0.limit = Some(limit);
        error
    }

    /// Creates a `not_found` error for the announcement `id`.
    pub fn not_found(id: i64) -> Self {
        Self::new(
            ErrorKind::NotFound,
            Bilingual::new(
                format!("announcement {id} not found"),
                format!("未找到公告 {id}"),
            ),
        )
    }

    /// Creates a `future_revision` error: `since` is ahead of the board's revision `head`.
    pub(crate) fn future_revision(since: i64, head: i64) -> Self {
        Self::new(
            ErrorKind::FutureRevision,
            Bilingual::new(
                format!("revision {since} is ahead of the board's revision {head}"),
                format!("修订号 {since} 超过公告板当前修订号 {head}"),
            ),
        )
    }

    /// Creates a `compacted` error: the feed no longer covers `since`, and can be followed from
    /// `oldest`.
    pub(crate) fn compacted(since: i64, oldest: i64) -> Self {
        let mut error = Self::new(
            ErrorKind::Compacted,
            Bilingual::new(
                format!(
                    "the changes after revision {since} have been compacted; follow from revision {oldest} or later"
                ),
                format!("修订号 {since} 之后的变更已被压缩；最早可从修订号 {oldest} 开始跟随"),
            ),
        );
        error.0.limit = u64::try_from(oldest).ok();
        error
    }

    /// `compacted` for the entries of a journal, of which `oldest` is the first that is kept.
    pub(crate) fn compacted_entries(oldest: u64, reason: Bilingual) -> Self {
        let mut error = Self::new(ErrorKind::Compacted, reason);
        error.0.limit = Some(oldest);
        error
    }

    /// Sets the byte offset of the fault inside the value.
    #[must_use]
    pub fn at_offset(mut self, offset: usize) -> Self {
        self.0.offset = Some(offset);
        self
    }

    /// Prepends `prefix` to the path, for a value nested inside another.
    #[must_use]
    pub fn within(mut self, prefix: &str) -> Self {
        let path = match self.0.path.take() {
            Some(path) if path.starts_with('[') => format!("{prefix}{path}"),
            Some(path) if !path.is_empty() => format!("{prefix}.{path}"),
            _ => prefix.to_owned(),
        };
        self.0.path = Some(shortened(path));
        self
    }

    /// Removes `prefix` from the path, which undoes [`within`](Self::within).
    #[must_use]
    pub(crate) fn without(mut self, prefix: &str) -> Self {
        let rest = self.0.path.as_deref().and_then(|p| p.strip_prefix(prefix));
        if let Some(rest) = rest {
            let rest = rest.strip_prefix('.').unwrap_or(rest);
            self.0.path = (!rest.is_empty()).then(|| rest.to_owned());
        }
        self
    }

    /// Replaces the path.
    #[must_use]
    pub(crate) fn at_path(mut self, path: &str) -> Self {
        self.0.path = Some(path.to_owned());
        self
    }

    /// Creates an error with the general meaning of its kind, when there are no details.
    pub(crate) fn described(kind: ErrorKind) -> Self {
        let (en, zh) = described(kind);
        Self::new(kind, Bilingual::new(en, zh))
    }

    /// Replaces the reason.
    #[must_use]
    pub(crate) fn with_reason(mut self, reason: Bilingual) -> Self {
        self.0.reason = reason;
        self
    }

    /// Replaces the kind.
    #[must_use]
    pub(crate) fn of_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// The same error with the one that caused it.
    #[must_use]
    pub(crate) fn caused_by(
        mut self,
        cause: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        self.0.source = Source(Some(Arc::new(cause)));
        self
    }

    /// Returns the kind, which has the same number on every surface.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the path of the refused field or argument, such as `audience[2].values[0]`.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// Returns the offending value, quoted and truncated as in a message.
    pub fn value(&self) -> Option<&str> {
        self.0.value.as_deref()
    }

    /// Returns the position of the fault in the value, in bytes.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }

    /// Returns the limit that a `too_large` value exceeds or, for `compacted`, the oldest revision
    /// that can be followed from.
    pub fn limit(&self) -> Option<u64> {
        self.0.limit
    }

    /// Returns the description of the fault, without path, value and offset.
    pub fn reason(&self, language: Language) -> &str {
        match language {
            Language::En => &self.0.reason.en,
            Language::Zh => &self.0.reason.zh,
        }
    }

    /// Returns the whole message: path, offending value, reason, offset.
    pub fn message(&self, language: Language) -> String {
        let colon = match language {
            Language::En => ": ",
            Language::Zh => "：",
        };
        let mut message = String::new();
        for part in [&self.0.path, &self.0.value]
            .into_iter()
            .flatten()
            .filter(|p| !p.is_empty())
        {
            message.push_str(part);
            message.push_str(colon);
        }
        message.push_str(self.reason(language));
        match (self.0.offset, language) {
            (Some(offset), Language::En) => message.push_str(&format!(" (at byte {offset})")),
            (Some(offset), Language::Zh) => message.push_str(&format!("（第 {offset} 字节处）")),
            (None, _) => {}
        }
        message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::En))
    }
}

impl std::error::Error for Error {
    /// The error of the system or of the storage, where one was the cause.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.0.source.0.as_deref()?;
        Some(source)
    }
}

/// Returns the general meaning of `kind` in English and in Chinese.
pub(crate) fn described(kind: ErrorKind) -> (&'static str, &'static str) {
    (kind.describe(Language::En), kind.describe(Language::Zh))
}

/// Returns the text of a panic; empty if it has none.
#[doc(hidden)]
pub fn panic_text(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast::<&str>() {
            Ok(text) => (*text).to_owned(),
            Err(payload) => {
                // Dropping a payload of unknown type might panic again, outside any guard.
                std::mem::forget(payload);
                String::new()
            }
        },
    }
}

/// Shortens a path to what a message can show.
fn shortened(mut path: String) -> String {
    if let Some((end, _)) = path.char_indices().nth(PATH_SHOWN_CHARS) {
        path.truncate(end);
        path.push_str("...");
    }
    path
}

/// Formats a value for a message: quoted, with control characters escaped, truncated when it is
/// long.
fn shown(value: &str, most: usize) -> String {
    let mut cut = value.chars();
    let head: String = cut.by_ref().take(most).collect();
    if cut.next().is_some() {
        format!("{head:?}...")
    } else {
        format!("{head:?}")
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::io;

    use super::*;

    #[test]
    fn a_message_is_short_however_long_the_names_and_values_are() {
        let long = "成员".repeat(100_000);
        let reason = Bilingual::new("unknown field", "未知字段");
        let error = Error::invalid(long.as_str(), &long, reason).within(&long);
        for language in [Language::En, Language::Zh] {
            assert!(error.message(language).chars().count() < 400);
        }
        assert!(error.path().unwrap().starts_with("成员成员"));
    }

    #[test]
    fn an_error_has_its_cause_and_is_equal_without() {
        let reason = Bilingual::new("could not write", "写入失败");
        let error = Error::new(ErrorKind::Io, reason);
        let caused = error
            .clone()
            .caused_by(io::Error::from(io::ErrorKind::StorageFull));
        let cause = caused.source().and_then(|e| e.downcast_ref::<io::Error>());
        assert_eq!(cause.map(io::Error::kind), Some(io::ErrorKind::StorageFull));
        assert!(error.source().is_none());
        assert_eq!(error, caused);
    }
}
