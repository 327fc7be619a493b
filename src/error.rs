//! The one numbered list of errors that every surface reports.
//!
//! The same number is the C status, the JSON-RPC application code and the kind of a Rust error, and
//! each error says in English and in Chinese what was wrong, with the offending value and its place.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// A sentence in both languages of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    /// The sentence in English: lower case, without a full stop.
    pub en: Cow<'static, str>,
    /// The same sentence in Chinese.
    pub zh: Cow<'static, str>,
}

impl Bilingual {
    /// Pairs an English sentence with its Chinese twin.
    pub fn new(en: impl Into<Cow<'static, str>>, zh: impl Into<Cow<'static, str>>) -> Self {
        Self {
            en: en.into(),
            zh: zh.into(),
        }
    }

    /// The text in that language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
        }
    }
}

/// A language that messages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Chinese (simplified).
    Zh,
}

macro_rules! error_kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $name:literal, $en:literal, $zh:literal;)*) => {
        /// What kind of error it is. Numbers and names are stable for ever.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(i32)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[$doc])* $variant = $code,)*
        }

        impl ErrorKind {
            /// Every kind, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name, such as `not_found`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The kind with this number, if there is one.
            pub const fn from_code(code: i32) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// What the kind means in general, for when no particular error is at hand.
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
    /// There is no such announcement, or this viewer may not see it.
    NotFound = 1, "not_found", "not found", "未找到";
    /// Something of that name is already there.
    Exists = 2, "exists", "already exists", "已存在";
    /// The announcement has another version than the caller expected.
    VersionConflict = 3, "version_conflict", "the announcement was changed meanwhile", "公告已被他人修改";
    /// The idempotency key was used before, with another request.
    IdempotencyConflict = 4, "idempotency_conflict", "the idempotency key was used with another request", "幂等键已用于另一个请求";
    /// A field or an argument has a value that is not allowed.
    InvalidField = 5, "invalid_field", "a field has a value that is not allowed", "字段的值不合法";
    /// A value is larger than its limit.
    TooLarge = 6, "too_large", "a value is larger than its limit", "数值超出上限";
    /// The cursor is damaged, or belongs to another query.
    BadCursor = 7, "bad_cursor", "the cursor is damaged or belongs to another query", "游标已损坏或属于另一个查询";
    /// The requested part of the change feed is no longer kept.
    Compacted = 8, "compacted", "that part of the change feed is no longer kept", "该段变更流已被压缩";
    /// The board is not the one that the caller followed.
    EpochMismatch = 9, "epoch_mismatch", "the board is another one than was followed", "公告板纪元不一致";
    /// The revision is one that the board has not reached.
    FutureRevision = 10, "future_revision", "the board has not reached that revision", "公告板尚未到达该修订号";
    /// The announcement is in a state that does not allow this.
    BadState = 11, "bad_state", "the announcement's state does not allow this", "公告当前状态不允许此操作";
    /// The board can only be read.
    ReadOnly = 12, "read_only", "the board can only be read", "公告板只读";
    /// Another process holds the board.
    Locked = 13, "locked", "another process holds the board", "公告板被另一进程占用";
    /// Stored data is damaged.
    Corrupt = 14, "corrupt", "stored data is damaged", "存储的数据已损坏";
    /// The operating system reported an error.
    Io = 15, "io", "input or output failed", "读写失败";
    /// The memory budget is used up.
    OverBudget = 16, "over_budget", "the memory budget is used up", "内存预算已用尽";
    /// The board cannot be reached now.
    Unavailable = 17, "unavailable", "the board cannot be reached now", "公告板暂时无法访问";
    /// The time limit ran out.
    TimedOut = 18, "timed_out", "the time limit ran out", "操作超时";
    /// The caller may not do this.
    Unauthorized = 19, "unauthorized", "not permitted", "未获授权";
    /// This build or this kind of board cannot do this.
    Unsupported = 20, "unsupported", "not supported here", "不支持此操作";
    /// A write failed half-way by a defect; the board refuses writes until it is opened again.
    Poisoned = 21, "poisoned", "an earlier write broke off; the board takes no more writes until it is opened again", "先前的写入异常中断；重新打开前公告板拒绝写入";
    /// A defect in the library was caught at its boundary.
    Panic = 22, "panic", "a defect in the library was caught", "库内部错误已被拦截";
    /// The caller's buffer is too small.
    TooSmall = 23, "too_small", "the buffer is too small", "缓冲区太小";
}

/// An error of the engine. Its text carries the offending value and where it stood.
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
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    path: Option<String>,
    value: Option<String>,
    offset: Option<usize>,
    limit: Option<u64>,
    reason: Bilingual,
    source: Source,
}

/// The error of the system or of the storage under it. It is no part of what an error says, so that
/// errors are equal without it.
#[derive(Debug, Clone, Default)]
struct Source(Option<Arc<dyn std::error::Error + Send + Sync>>);

impl PartialEq for Source {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Source {}

/// How much of an offending value a message repeats, in characters.
const SHOWN_CHARS: usize = 80;
/// How much of the path of a file is shown: as much as most systems take.
const PATH_CHARS: usize = 4096;

impl Error {
    /// An error of `kind`; `reason` says what was wrong.
    pub fn new(kind: ErrorKind, reason: Bilingual) -> Self {
        Self(Box::new(Inner {
            kind,
            path: None,
            value: None,
            offset: None,
            limit: None,
            reason,
            source: Source::default(),
        }))
    }

    /// `invalid_field`: the value at `path` is refused because of `reason`.
    pub fn invalid(path: impl Into<String>, value: &str, reason: Bilingual) -> Self {
        let mut error = Self::new(ErrorKind::InvalidField, reason);
        error.0.path = Some(path.into());
        error.0.value = Some(shown(value, SHOWN_CHARS));
        error
    }

    /// `invalid_field`: something is wrong with the file `name`, which is shown whole, for its end says more
    /// than its beginning.
    pub(crate) fn of_file(name: &str, reason: Bilingual) -> Self {
        let mut error = Self::new(ErrorKind::InvalidField, reason);
        error.0.path = Some("file".to_owned());
        error.0.value = Some(shown(name, PATH_CHARS));
        error
    }

    /// `too_large`: the value at `path` has `actual` of something of which `limit` are allowed;
    /// `unit` names it in the plural, such as "bytes".
    pub fn too_large(path: impl Into<String>, actual: u64, limit: u64, unit: &Bilingual) -> Self {
        let mut error = Self::new(
            ErrorKind::TooLarge,
            Bilingual::new(
                format!("{actual} {}, the limit is {limit}", unit.en),
                format!("{actual} {}，上限为 {limit}", unit.zh),
            ),
        );
        error.0.path = Some(path.into());
        error.0.limit = Some(limit);
        error
    }

    /// `not_found`: there is no announcement `id` for this caller.
    pub fn not_found(id: i64) -> Self {
        Self::new(
            ErrorKind::NotFound,
            Bilingual::new(
                format!("announcement {id} not found"),
                format!("未找到公告 {id}"),
            ),
        )
    }

    /// `future_revision`: `since` is after the board's revision, `head`.
    pub(crate) fn future_revision(since: i64, head: i64) -> Self {
        Self::new(
            ErrorKind::FutureRevision,
            Bilingual::new(
                format!("revision {since} is after the board's, {head}"),
                format!("修订号 {since} 超过公告板当前的 {head}"),
            ),
        )
    }

    /// `compacted`: the feed begins after revision `since`; it can be followed from `oldest` on.
    pub(crate) fn compacted(since: i64, oldest: i64) -> Self {
        let mut error = Self::new(
            ErrorKind::Compacted,
            Bilingual::new(
                format!(
                    "the changes after revision {since} are no longer kept; the oldest revision to follow from is {oldest}"
                ),
                format!("修订号 {since} 之后的变更已被压缩；可从修订号 {oldest} 起跟随"),
            ),
        );
        error.0.limit = u64::try_from(oldest).ok();
        error
    }

    /// The same error with the byte offset of the fault inside the value.
    #[must_use]
    pub fn at_offset(mut self, offset: usize) -> Self {
        self.0.offset = Some(offset);
        self
    }

    /// The same error with `prefix` before its path, for a value that stands inside another.
    #[must_use]
    pub fn within(mut self, prefix: &str) -> Self {
        let path = match self.0.path.take() {
            Some(path) if path.starts_with('[') => format!("{prefix}{path}"),
            Some(path) if !path.is_empty() => format!("{prefix}.{path}"),
            _ => prefix.to_owned(),
        };
        self.0.path = Some(path);
        self
    }

    /// The same error without `prefix` before its path: undoes [`within`](Self::within).
    #[must_use]
    pub(crate) fn without(mut self, prefix: &str) -> Self {
        let rest = self.0.path.as_deref().and_then(|p| p.strip_prefix(prefix));
        if let Some(rest) = rest {
            let rest = rest.strip_prefix('.').unwrap_or(rest);
            self.0.path = (!rest.is_empty()).then(|| rest.to_owned());
        }
        self
    }

    /// The same error about the value at `path`, whatever path it had.
    #[must_use]
    pub(crate) fn at_path(mut self, path: &str) -> Self {
        self.0.path = Some(path.to_owned());
        self
    }

    /// What the kind means in general, for when there is nothing particular to say.
    pub(crate) fn described(kind: ErrorKind) -> Self {
        let (en, zh) = described(kind);
        Self::new(kind, Bilingual::new(en, zh))
    }

    /// The same error for another reason.
    #[must_use]
    pub(crate) fn with_reason(mut self, reason: Bilingual) -> Self {
        self.0.reason = reason;
        self
    }

    /// The same error as one of another kind.
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

    /// The kind, which is the same number on every surface.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The field or argument that was refused, such as `audience[2].values[0]`.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// Where in the value the fault is, in bytes from its start.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }

    /// The limit that a `too_large` value went over; of `compacted`, the oldest revision that can be
    /// followed from.
    pub fn limit(&self) -> Option<u64> {
        self.0.limit
    }

    /// What was wrong, without the path, the value and the offset.
    pub fn reason(&self, language: Language) -> &str {
        match language {
            Language::En => &self.0.reason.en,
            Language::Zh => &self.0.reason.zh,
        }
    }

    /// The whole message in `language`: path, offending value, reason, offset.
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

/// What `kind` means in general, in English and in Chinese.
pub(crate) fn described(kind: ErrorKind) -> (&'static str, &'static str) {
    (kind.describe(Language::En), kind.describe(Language::Zh))
}

/// A value as a message repeats it: quoted, control characters escaped, cut when it is long.
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
