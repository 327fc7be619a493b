//! How the board of a daemon is followed by a replica.

use std::time::Duration;

use super::options::Options;
use super::url::BoardUrl;
use crate::engine::Replica;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::Checkpoint;
use crate::remote::Way;

/// Greatest age that a program may allow, in seconds: a day.
const MOST_S: u64 = 24 * 60 * 60;

/// How a board is followed.
pub(super) struct Following {
    /// The replica, which is still empty.
    pub(super) replica: Replica,
    pub(super) max_staleness: Option<Duration>,
    pub(super) way: Way,
}

/// Values of the parameter `follow`.
#[derive(Clone, Copy)]
enum Word {
    Zero,
    One,
    Shm,
}

/// Returns how the board is followed; None if it is asked where it is.
///
/// # Errors
/// `invalid_field` for a parameter that is wrong, or does nothing; `unsupported` for memory that nobody hands over.
pub(super) fn following(url: &BoardUrl, options: Options) -> Result<Option<Following>> {
    let max_staleness = url.number("max_staleness", 1..=MOST_S)?;
    let words = [("1", Word::One), ("shm", Word::Shm), ("0", Word::Zero)];
    let way = match url.one_of("follow", &words)?.unwrap_or(Word::Zero) {
        Word::One => Way::Stream,
        Word::Shm => memory(url)?,
        Word::Zero => {
            return match max_staleness {
                None => Ok(None),
                Some(_) => {
                    let (en, zh) = (
                        "only with follow=1 or follow=shm",
                        "仅在 follow=1 或 follow=shm 时适用",
                    );
                    Err(url.refuse("max_staleness", Bilingual::new(en, zh)))
                }
            };
        }
    };
    Ok(Some(Following {
        replica: options.replica(&Checkpoint::nothing()),
        max_staleness: max_staleness.map(Duration::from_secs),
        way,
    }))
}

/// Returns the way of memory that is handed over, which needs a Unix socket, Linux and this build.
///
/// # Errors
/// `unsupported`.
fn memory(url: &BoardUrl) -> Result<Way> {
    if url.scheme() != "unix" {
        let (en, zh) = (
            "memory is handed over on Unix sockets only; write follow=1, or unix:PATH?follow=shm on the daemon's machine",
            "共享内存只能通过 Unix 套接字移交；请改用 follow=1，或在守护进程所在的机器上用 unix:路径?follow=shm",
        );
        return Err(unsupported(url, Bilingual::new(en, zh)));
    }
    #[cfg(all(feature = "shm", target_os = "linux"))]
    return Ok(Way::Memory);
    #[cfg(not(all(feature = "shm", target_os = "linux")))]
    {
        let (en, zh) = (
            "memory is handed over on Linux only, by builds with the cargo feature `shm`; write follow=1",
            "仅 Linux 上启用了 cargo 特性 `shm` 的版本支持移交共享内存；请改用 follow=1",
        );
        Err(unsupported(url, Bilingual::new(en, zh)))
    }
}

fn unsupported(url: &BoardUrl, reason: Bilingual) -> Error {
    url.refuse("follow", reason).of_kind(ErrorKind::Unsupported)
}

/// Returns whether a parameter is 1 and not 0.
///
/// # Errors
/// `invalid_field` for another value.
pub(super) fn is_set(url: &BoardUrl, name: &str) -> Result<bool> {
    let is_set = url.one_of(name, &[("1", true), ("0", false)])?;
    Ok(is_set.unwrap_or_default())
}
