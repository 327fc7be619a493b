//! Numbers that nobody can foretell, for identities and for chance. They are no secrets.
//!
//! The standard library seeds its hashers from the operating system. Time and process are hashed too, because a forked
//! child has the seeds of its parent.

use std::hash::{BuildHasher, RandomState};
use std::time::SystemTime;

/// Returns 64 random bits.
pub(crate) fn number() -> u64 {
    RandomState::new().hash_one((SystemTime::now(), std::process::id()))
}

/// Returns 128 random bits, which tell a board or a segment from every other one.
pub(crate) fn identity() -> u128 {
    u128::from(number()) << 64 | u128::from(number())
}
