//! How the board of a daemon is followed by a replica.

use std::time::Duration;

use super::options::Options;
use super::url::BoardUrl;
use crate::engine::Replica;
use crate::error::{Bilingual, Result};
use crate::journal::Checkpoint;

/// Greatest age that a program may allow, in seconds: a day.
const MOST_S: u64 = 24 * 60 * 60;

/// How a board is followed.
pub(super) struct Following {
    /// The replica, which is still empty.
    pub(super) replica: Replica,
    pub(super) max_staleness: Option<Duration>,
}

/// Returns how the board is followed; None if it is asked where it is.
///
/// # Errors
/// `invalid_field` for a parameter that is wrong, or does nothing.
pub(super) fn following(url: &BoardUrl, options: Options) -> Result<Option<Following>> {
    let max_staleness = url.number("max_staleness", 1..=MOST_S)?;
    if !is_set(url, "follow")? {
        return match max_staleness {
            None => Ok(None),
            Some(_) => {
                let (en, zh) = ("only with follow=1", "仅在 follow=1 时适用");
                Err(url.refuse("max_staleness", Bilingual::new(en, zh)))
            }
        };
    }
    Ok(Some(Following {
        replica: options.replica(&Checkpoint::nothing()),
        max_staleness: max_staleness.map(Duration::from_secs),
    }))
}

/// Returns whether a parameter is 1 and not 0.
///
/// # Errors
/// `invalid_field` for another value.
pub(super) fn is_set(url: &BoardUrl, name: &str) -> Result<bool> {
    let is_set = url.one_of(name, &[("1", true), ("0", false)])?;
    Ok(is_set.unwrap_or_default())
}
