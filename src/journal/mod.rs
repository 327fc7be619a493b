//! The journal of a board: numbered entries, each of which says what a write did to it.
//!
//! Whoever has a [`Checkpoint`] of a board and the entries after it has the board, at every entry: see
//! [`Replica`](crate::Replica). Entries hold decided values and never operations, so that applying one needs
//! no clock and cannot be refused. Each names the one before by a [`Link`], a hash, so that nobody steps over a
//! gap or goes on with another history. docs/journal.md describes the bytes.

mod announcement_record;
mod checkpoint;
mod codec;
mod effect;
mod encoding;
mod entry;
mod recent;
mod records;
mod storage;

pub use checkpoint::{Checkpoint, Position};
pub use effect::{Effect, FeedChange, KeyedResult, UserChange};
pub use entry::{Entry, Link};
pub use storage::Journal;

pub(crate) use effect::{Fingerprint, KeptReceipt, Replacer, Watermark};
pub(crate) use recent::Recent;
pub(crate) use storage::{Loaded, Storage};

/// How values are written, for a file that keeps them as records.
#[cfg(feature = "file")]
pub(crate) mod record {
    pub(crate) use super::announcement_record::{
        ANNOUNCEMENT, Sharing, encode_announcement, read_announcement,
    };
    pub(crate) use super::codec::{Damage, Kind};
    pub(crate) use super::records::{
        CHANGE, IDEMPOTENCY_KEY, KeyRecord, RECEIPT, ReceiptRecord, USER, UserRecord,
        encode_change, read_change,
    };
}

/// Ids, revisions and sequence numbers are below this: JSON carries integers up to there.
pub(crate) const NUMBER: i64 = 1 << 53;
