//! What the command says about itself: `notice help`, completions and manual pages.

pub(crate) mod completions;
pub(crate) mod help;
pub(crate) mod man;
mod topic;
