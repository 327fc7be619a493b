//! Refusals of values in binary. serde's errors are texts only: the refusal itself is kept beside them, so that
//! a client in binary is told the same path, value and limit as one that sends JSON.

use std::cell::Cell;

use serde::de;

use crate::error::Error;

thread_local! {
    /// The refusal that ended the message that this thread decodes.
    static KEPT: Cell<Option<Kept>> = const { Cell::new(None) };
}

struct Kept {
    error: Error,
    /// Whether the path begins in the arguments already, as that of a patch does.
    is_whole: bool,
}

/// Forgets what an earlier message left.
pub(super) fn clear() {
    KEPT.set(None);
}

/// Refuses a value; the members around it add themselves to its path.
pub(super) fn refuse<E: de::Error>(error: Error) -> E {
    keep(error, false)
}

/// Refuses a value whose path begins in the arguments.
pub(super) fn refuse_at_path<E: de::Error>(error: Error) -> E {
    keep(error, true)
}

fn keep<E: de::Error>(error: Error, is_whole: bool) -> E {
    let said = E::custom(&error);
    KEPT.set(Some(Kept { error, is_whole }));
    said
}

/// Adds the member `name` to the path of the refusal, and returns `error`.
pub(super) fn within<E>(name: &str, error: E) -> E {
    if let Some(Kept { error, is_whole }) = KEPT.take() {
        let error = match is_whole {
            true => error,
            false => error.within(name),
        };
        KEPT.set(Some(Kept { error, is_whole }));
    }
    error
}

/// Returns the refusal that ended decoding, if one did.
pub(super) fn take() -> Option<Error> {
    KEPT.take().map(|kept| kept.error)
}
