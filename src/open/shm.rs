//! Boards in shared memory: `shm:NAME`, and the file of several processes.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "file")]
use super::local::OpenFile;
use super::local::settings;
use super::options::Options;
use super::scheme::Scheme;
use super::url::BoardUrl;
use crate::board::SharedBoard;
use crate::clock::Clock;
use crate::engine::{Local, Mirror, Settings, Store};
use crate::error::{Bilingual, ErrorKind, Result};
#[cfg(feature = "file")]
use crate::file::Mode;
use crate::journal::Checkpoint;
use crate::sharing::{Attached, Marks};
#[cfg(feature = "file")]
use crate::sharing::{Joint, Naming, Opener, Opening, Terms, not_followed};
use crate::shm::Folder;
#[cfg(feature = "file")]
use crate::shm::check_name;

/// `shm:NAME`.
pub(super) const SHM: Scheme = Scheme::new(
    "shm",
    "shm:NAME",
    "a copy of the board that another process of this user shares",
    attach,
)
.parameters(&["state", "marks", "lazy", "timeout_ms"]);

/// Longest wait for another process, unless the URL has another.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Values of `timeout_ms`. Whoever shares shows itself twice a second, so less would call it silent without need.
const TIMEOUTS: RangeInclusive<u64> = 1000..=86_400_000;

/// Returns how long another process is waited for.
fn timeout(url: &BoardUrl) -> Result<Duration> {
    let timeout = url.number("timeout_ms", TIMEOUTS)?;
    Ok(timeout.map_or(TIMEOUT, Duration::from_millis))
}

fn attach(url: &BoardUrl, mut options: Options) -> Result<SharedBoard> {
    options.refuse_local()?;
    if url.place().is_empty() {
        let reason = Bilingual::new(
            "write the name under which the board is shared, such as shm:my-app",
            "应写作 shm:共享名称，例如 shm:my-app",
        );
        return Err(url.refuse_place(reason));
    }
    let is_lazy = url.one_of("lazy", &[("1", true), ("0", false)])?;
    let patience = Some(timeout(url)?).filter(|_| is_lazy != Some(true));
    let state = url.parameter("state");
    let marks = match url.parameter("marks") {
        Some(_) if state.is_some() => {
            let (en, zh) = (
                "contradicts state: marks are kept in a file or on a daemon, not both",
                "与 state 矛盾：标记只能保存在文件中或守护进程上，不能两者兼有",
            );
            return Err(url.refuse("marks", Bilingual::new(en, zh)));
        }
        Some(marks) => {
            let remote = std::mem::take(&mut options.remote);
            let marked = Options {
                remote,
                ..Options::new()
            };
            let marked = marked.open(marks).map_err(|error| error.within("marks"))?;
            Marks::Sent(marked, options.replica(&Checkpoint::nothing()))
        }
        None => {
            options.refuse_remote()?;
            let clock: Arc<dyn Clock> = Arc::from(options.common.clock);
            let store = Store::new(of_clock(url, &clock)?);
            Marks::Own(match state {
                Some(path) => Mirror::kept_in(store, keeper(url, path, &clock)?)?,
                None => Mirror::new(store),
            })
        }
    };
    let folder = Folder::of_user()?;
    let attached = Attached::open(folder, url.place(), marks, patience)?;
    Ok(Arc::new(attached))
}

fn of_clock(url: &BoardUrl, clock: &Arc<dyn Clock>) -> Result<Settings> {
    settings(url, Options::new().clock(Arc::clone(clock)))
}

/// Opens the file of marks.
#[cfg(feature = "file")]
fn keeper(url: &BoardUrl, path: &str, clock: &Arc<dyn Clock>) -> Result<Local> {
    let opened = OpenFile::at(path).open(of_clock(url, clock)?, None);
    opened.map_err(|error| error.within("url.state"))
}

#[cfg(not(feature = "file"))]
fn keeper(url: &BoardUrl, _: &str, _: &Arc<dyn Clock>) -> Result<Local> {
    let reason = Bilingual::new(
        "not supported by this build; enable the cargo feature `file`",
        "当前版本未启用；请启用 cargo 特性 `file`",
    );
    Err(url.refuse("state", reason).of_kind(ErrorKind::Unsupported))
}

/// Opens a file that several processes open, which share it under `name`.
#[cfg(feature = "file")]
pub(super) fn joint(
    url: &BoardUrl,
    name: &str,
    file: OpenFile,
    options: Options,
) -> Result<SharedBoard> {
    if file.mode == Mode::ReadOnly {
        let reason = Bilingual::new(
            "contradicts mode=ro: any number may read a file that nobody writes to",
            "与 mode=ro 矛盾：无人写入的文件可由任意多个进程只读打开",
        );
        return Err(url.refuse("share", reason));
    }
    let naming = match name {
        "auto" => Naming::OfFile(file.path.clone()),
        name => {
            check_name(name)?;
            Naming::Chosen(name.to_owned())
        }
    };
    let timeout = timeout(url)?;
    let clock: Arc<dyn Clock> = Arc::from(options.common.clock);
    let (keep, retention_ms) = (options.local.keep, options.local.retention_ms);
    let progress = options.local.progress;
    // Wrong parameters are told now, and not by the one who takes over.
    settings(url, Options::new())?;
    let (again, its_clock) = (url.clone(), Arc::clone(&clock));
    let opener: Opener = Box::new(move |opening| {
        let mut options = Options::new().clock(Arc::clone(&its_clock));
        options.local.keep = keep;
        options.local.retention_ms = retention_ms;
        let settings = settings(&again, options)?;
        let board = match opening {
            Opening::First => file.open(settings, progress.clone())?,
            Opening::Later => {
                let mut file = file.clone();
                file.mode = Mode::Existing;
                file.open(settings, None)?
            }
        };
        Ok(Arc::new(board))
    });
    let folder = match Folder::of_user() {
        Ok(folder) => folder,
        Err(why) if naming.is_optional() => {
            let alone = opener(Opening::First);
            return alone.map_err(|error| match error.kind() {
                ErrorKind::Locked => not_followed(&error, &why),
                _ => error,
            });
        }
        Err(error) => return Err(error),
    };
    let terms = Terms {
        folder,
        naming,
        timeout,
    };
    let replica = || Options::new().clock(clock).replica(&Checkpoint::nothing());
    Ok(Arc::new(Joint::open(terms, opener, replica)?))
}
