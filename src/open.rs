//! Which kind of board a URL names, and opening it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::board::SharedBoard;
use crate::clock::{Clock, SystemClock};
use crate::engine::{Durability, Keep, Local, Settings, Store};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::file::FileMedium;
use crate::progress::{Progress, Step};

/// How a board is opened.
///
/// ```
/// use notice::{ManualClock, Options};
/// let board = Options::new().clock(ManualClock::new(1_781_748_000_000)).open("mem:")?;
/// assert_eq!(board.revision()?, 0);
/// # Ok::<(), notice::Error>(())
/// ```
pub struct Options {
    clock: Box<dyn Clock>,
    keep: Keep,
    retention_ms: Option<i64>,
    progress: Option<Progress>,
}

impl Options {
    /// The system's clock, the feed kept for 10 000 revisions and 30 days, and no retention.
    pub fn new() -> Self {
        Self {
            clock: Box::new(SystemClock),
            keep: Keep::default(),
            retention_ms: None,
            progress: None,
        }
    }

    /// Sets how long the change feed is kept: each change until it is both older than `ms`
    /// milliseconds and more than `revisions` revisions ago.
    #[must_use]
    pub fn keep_changes(mut self, revisions: u32, ms: u32) -> Self {
        self.keep = Keep {
            revisions: revisions.into(),
            ms: ms.into(),
        };
        self
    }

    /// Purges announcements so many milliseconds after they have ended or were retracted: with the next
    /// change of the board, and else in the background within a second.
    #[must_use]
    pub fn retention_ms(mut self, ms: u64) -> Self {
        self.retention_ms = Some(i64::try_from(ms).unwrap_or(i64::MAX));
        self
    }

    /// Sets where the board takes the time from.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Has it told how far opening a file has come: what is being done, and how much of how much is
    /// done. Called on the thread that opens, which waits for it; [`open`](Self::open) panics if it does.
    ///
    /// ```
    /// use notice::{Options, Step};
    /// let options = Options::new().progress(|step: Step, done, total| {
    ///     println!("{}: {done} of {total}", step.name());
    /// });
    /// # options.open("mem:")?;
    /// # Ok::<(), notice::Error>(())
    /// ```
    #[must_use]
    pub fn progress(mut self, tell: impl Fn(Step, u64, u64) + Send + Sync + 'static) -> Self {
        self.progress = Some(Progress::new(tell));
        self
    }

    /// Opens the board that `url` names.
    ///
    /// # Errors
    /// As [`open`].
    pub fn open(self, url: &str) -> Result<SharedBoard> {
        let place = Place::parse(url)?;
        let settings = Settings {
            clock: self.clock,
            keep: self.keep,
            retention_ms: self.retention_ms,
            budget_bytes: place.budget_bytes,
        };
        let store = match place.file {
            None => Store::new(settings),
            Some(path) => {
                let medium = Box::new(FileMedium::new(path));
                Store::open(settings, medium, place.durability, self.progress)?
            }
        };
        Ok(Arc::new(Local::new(store)))
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("keep", &self.keep)
            .field("retention_ms", &self.retention_ms)
            .finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

/// What a URL says.
#[derive(Debug)]
struct Place<'a> {
    /// None for a board in memory.
    file: Option<&'a Path>,
    durability: Durability,
    budget_bytes: Option<u64>,
}

impl<'a> Place<'a> {
    fn parse(url: &'a str) -> Result<Self> {
        let refused = |en: &'static str, zh: &'static str| {
            Err(Error::invalid("url", url, Bilingual::new(en, zh)))
        };
        if url.contains('\0') {
            return refused("must not hold a NUL character", "不得含有 NUL 字符");
        }
        let (place, parameters) = url.split_once('?').unwrap_or((url, ""));
        let file = match place.split_once(':') {
            Some(("mem", "")) => None,
            Some(("mem", _)) => {
                return refused(
                    "a board in memory has no name: mem:",
                    "内存公告板没有名称：mem:",
                );
            }
            Some(("file", "")) => {
                return refused(
                    "says no file: file:PATH, such as file:/var/lib/app/board.notice",
                    "未指明文件：应为 file:路径，例如 file:C:\\data\\board.notice",
                );
            }
            Some(("file", path)) => Some(Path::new(path)),
            _ => {
                let (en, zh) = (
                    "names no kind of board that this build has; it has mem: and file:PATH",
                    "本构建不支持此类公告板；支持的有 mem: 和 file:路径",
                );
                return Err(Error::invalid("url", url, Bilingual::new(en, zh))
                    .of_kind(ErrorKind::Unsupported));
            }
        };
        let mut result = Self {
            file,
            durability: Durability::Full,
            budget_bytes: None,
        };
        let mut seen = Vec::new();
        for parameter in parameters.split('&').filter(|p| !p.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            if seen.contains(&name) {
                return Err(parameter_error(name, value, "is there twice", "重复出现"));
            }
            seen.push(name);
            result.set(name, value)?;
        }
        Ok(result)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<()> {
        match (name, value, self.file) {
            ("durability", _, None) => Err(parameter_error(
                name,
                value,
                "a board in memory has none",
                "内存公告板没有持久性",
            )),
            ("durability", "full", _) => Ok(()),
            ("durability", "relaxed", _) => {
                self.durability = Durability::Relaxed;
                Ok(())
            }
            ("durability", ..) => Err(parameter_error(
                name,
                value,
                "must be full or relaxed",
                "必须是 full 或 relaxed",
            )),
            ("budget_mb", ..) => {
                let megabytes: Option<u64> = value.parse().ok().filter(|mb| *mb > 0);
                let bytes = megabytes.and_then(|mb| mb.checked_mul(1024 * 1024));
                self.budget_bytes = Some(bytes.ok_or_else(|| {
                    let (en, zh) = (
                        "must be a number of MiB from 1 on",
                        "必须是正整数，单位 MiB",
                    );
                    parameter_error(name, value, en, zh)
                })?);
                Ok(())
            }
            _ => Err(parameter_error(
                name,
                value,
                "is no parameter; there are durability and budget_mb",
                "没有此参数；可用的有 durability 和 budget_mb",
            )),
        }
    }
}

fn parameter_error(name: &str, value: &str, en: &'static str, zh: &'static str) -> Error {
    Error::invalid(name, value, Bilingual::new(en, zh)).within("url")
}

/// Opens a board.
///
/// | URL | what it is |
/// |---|---|
/// | `mem:` | a board in this process, gone with it |
/// | `file:PATH` | a board in this process, kept in one file, which is made if it is not there |
///
/// The path stands there as it is, without any escaping, up to a `?`; a relative one begins at the
/// working directory. Behind the `?`, separated by `&`:
///
/// | parameter | what it is |
/// |---|---|
/// | `durability=full` | a call returns when what it changed is on the disk; the default |
/// | `durability=relaxed` | what a call changed is on the disk within 100 milliseconds, and when the board is closed. A crash may cost the last moments, and never leaves half of anything |
/// | `budget_mb=N` | how much memory announcements may take, in MiB: from 85 % of it on, publishing and changing what is below `warning` is refused with `over_budget` |
///
/// One process at a time can have a file open.
///
/// # Errors
/// `unsupported` for a URL of another kind, or a file that a later build wrote; `invalid_field` for one that
/// is malformed; of a file: `locked`, `corrupt`, `read_only`, `io`.
///
/// ```
/// # let directory = std::env::temp_dir().join(format!("notice-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory).unwrap();
/// # let url = format!("file:{}", directory.join("board.notice").display());
/// use notice::Draft;
/// let board = notice::open(&url)?;
/// board.publish(&Draft::new("en", "Kept"))?;
/// drop(board);
/// assert_eq!(notice::open(&url)?.revision()?, 1);
/// # std::fs::remove_dir_all(&directory).unwrap();
/// # Ok::<(), notice::Error>(())
/// ```
pub fn open(url: &str) -> Result<SharedBoard> {
    Options::new().open(url)
}
