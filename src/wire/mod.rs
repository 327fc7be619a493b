//! The wire format of a board: every call, answer and error, as JSON and in binary.
//!
//! A client of a board in another process or on another machine sends a [`Call`] and receives an [`Answer`].
//! docs/json.md lists every member, for authors of clients in other languages.
//!
//! JSON input is read strictly: an unknown member, a duplicate member, a value of another type and a number
//! out of range are refused with the path. JSON output has its members in a fixed order.

mod answer;
mod answers;
mod call;
#[cfg(any(feature = "client", feature = "shm"))]
pub(crate) mod carrier;
mod codec;
mod decoder;
mod dispatch;
mod drafts;
mod encoder;
pub mod feed;
pub mod frames;
mod generations;
mod kept;
pub mod memory;
mod named;
mod questions;
mod record;
mod refusal;
mod row;
mod serde_impls;
mod shown;
mod table;
#[cfg(test)]
mod tests;
mod value;
mod variants;

pub use answer::Answer;
pub use call::Call;
pub use decoder::Decoder;
pub use dispatch::answer;
pub use encoder::Encoder;
pub use named::names;
pub use questions::Instant;
pub use table::{Member, Table};

use serde_json::Value;

use crate::error::Result;
use crate::{model, query};
use table::Listed as _;

/// Reads JSON as strictly as calls are read: no duplicate members, no numbers out of range. For protocols that
/// wrap a call in an object of their own, and read it with [`Call::from_value`].
///
/// # Errors
/// `invalid_field` with the path and the offset of the fault; `too_large` beyond
/// [`MESSAGE_BYTES`](crate::limits::MESSAGE_BYTES).
pub fn parse(json: &[u8]) -> Result<Value> {
    codec::check_size("json", json.len())?;
    model::json::parse(json)
}

/// Returns the tables of all objects that calls and answers contain or consist of.
pub fn tables() -> Vec<Table> {
    vec![
        questions::Asking::table(),
        query::Filter::table(),
        model::Draft::table(),
        model::Published::table(),
        answers::Listed::table(),
        shown::Shown::table(),
        shown::ShownAction::table(),
        shown::ShownSnippet::table(),
        answers::Counted::table(),
        answers::Explained::table(),
        answers::Found::table(),
        query::ReceiptPage::table(),
        answers::Told::table(),
        model::Acknowledgement::table(),
        answers::Changed::table(),
        query::ChangeEvent::table(),
        query::Stats::table(),
        query::Head::table(),
        query::OwnMarks::table(),
        query::Maintenance::table(),
        query::Verification::table(),
        answers::Wrong::table(),
        query::Compaction::table(),
        query::Checkup::table(),
        answers::Faulty::table(),
        answers::Regretted::table(),
        refusal::Refusal::table(),
    ]
}
