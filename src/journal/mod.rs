//! The journal of a board: numbered entries, each of which records the effects of one write.
//!
//! A [`Checkpoint`] of a board and the entries after it reproduce the board at every entry; see
//! [`Replica`](crate::Replica). Entries hold decided values, never operations, so that applying one
//! needs no clock and cannot fail. Each entry refers to the one before by a [`Link`], a hash, so
//! that a gap or a different history is detected.

mod announcement_record;
mod audience_record;
mod checkpoint;
mod codec;
mod effect;
mod encoding;
mod entry;
mod former;
mod marks;
pub(crate) mod packed;
mod packed_state;
mod parts;
mod place;
mod recent;
mod records;
mod storage;
mod watermark;

pub use checkpoint::{Checkpoint, Position};
pub use effect::{Effect, FeedChange, KeyedResult, UserChange};
pub use entry::{Entry, Link};
pub use place::{Batch, Place};
pub use storage::Journal;

pub(crate) use announcement_record::Sharing;
pub(crate) use effect::{Fingerprint, KeptEach, KeptReceipt, OwnState, Replacer};
pub(crate) use former::{decode_former, encode_former, kept};
pub(crate) use marks::{KeptUser, Marks};
pub(crate) use parts::PartEnd;
pub(crate) use recent::Recent;
pub(crate) use storage::{FoldDue, Loaded, Storage};
pub(crate) use watermark::Watermark;

/// Encoding of values, for a file that keeps them as records.
#[cfg(feature = "file")]
pub(crate) mod record {
    pub(crate) use super::announcement_record::{
        ANNOUNCEMENT, Sharing, encode_announcement, read_announcement,
    };
    pub(crate) use super::codec::{Damage, Kind};
    pub(crate) use super::former::HISTORY;
    pub(crate) use super::records::{
        CHANGE, FormerPackedUser, FormerReceipt, FormerUser, IDEMPOTENCY_KEY, KeyRecord, OwnRecord,
        PackedUser, RECEIPT, USER, encode_change, read_change,
    };
}

/// Upper bound of ids, revisions and sequence numbers, up to which JSON is exact.
pub(crate) const NUMBER: i64 = 1 << 53;
