//! The contract of a board, sentence by sentence: cases as data, and what runs them over any surface.
//!
//! docs/conformance.md describes how a case is written and how a surface joins.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a surface that breaks its promise fails its case by a panic"
)]
#![recursion_limit = "256"]

mod case;
mod copy;
mod fill;
mod kept;
mod run;
mod rust;
mod suite;
mod surface;

use std::path::{Path, PathBuf};

pub use case::{Case, Expected, Step, read_all};
pub use copy::surface_of_copy;
pub use kept::Kept;
pub use rust::{Ask, RUST, WIRE, call_of, checked, open_board, surface_of};
pub use suite::{Outcome, Report, Run, run_all};
pub use surface::{
    Answer, BoardOptions, Joined, Lacks, OPERATIONS, Open, Refusal, Surface, nothing,
};

/// The folder of the suite's own cases.
pub fn own_cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}
