//! Answers of the board: pages, counts, explanations, receipts and changes. Nothing here changes
//! the board.

pub(crate) mod changes;
pub(crate) mod explain;
pub(crate) mod history;
pub(crate) mod own_marks;
pub(crate) mod prepared;
pub(crate) mod queries;
pub(crate) mod receipts;
pub(crate) mod selection;
