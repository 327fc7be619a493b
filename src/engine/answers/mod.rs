//! What the board answers: pages, counts, explanations, receipts and changes. Nothing is changed here.

pub(crate) mod changes;
pub(crate) mod explain;
pub(crate) mod queries;
pub(crate) mod receipts;
pub(crate) mod selection;
