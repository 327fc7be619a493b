//! The Chinese of the help, by its English.

mod commands;
mod examples;
mod flags;
mod serve;

/// Pairs of an English text and its Chinese.
type Part = &'static [(&'static str, &'static str)];

/// All of it.
pub(super) const TABLE: &[Part] = &[commands::TABLE, examples::TABLE, flags::TABLE, serve::TABLE];
