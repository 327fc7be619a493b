//! Encoding of users, receipts, changes of the feed, and idempotency keys.
//!
//! Fields are encoded in the order of declaration. To change a record, bump its kind's format, and
//! keep the code that reads the former ones.

use serde::{Deserialize, Serialize};

use super::announcement_record::{Sharing, announcement_body, nonsense, read_announcement};
use super::codec::{Damage, Kind};
use super::effect::{FeedChange, KeptReceipt, KeyedResult, Replacer, Watermark};
use crate::model::{Outcome, Published, Receipt};
use crate::query::ChangeKind;

/// Format 2 added the first receipts. Entries and checkpoints contain users as of format 1.
pub(crate) const USER: Kind = Kind {
    name: "users",
    format: 2,
    limit: 4096,
};
/// Format 2 holds several receipts. Entries and checkpoints contain single ones, as of format 1.
pub(crate) const RECEIPT: Kind = Kind {
    name: "receipts",
    format: 2,
    limit: 4096,
};
/// A change may contain every announcement that its commit changed, without the texts.
pub(crate) const CHANGE: Kind = Kind {
    name: "changes",
    format: 1,
    limit: 1 << 30,
};
pub(crate) const IDEMPOTENCY_KEY: Kind = Kind {
    name: "idempotency_keys",
    format: 1,
    limit: 1024,
};

/// A user with the first receipts, in a file.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct PackedUser<'a> {
    pub(crate) user: UserRecord,
    /// Whether there may be more receipts in other records.
    pub(crate) has_more: bool,
    #[serde(borrow)]
    pub(crate) receipts: &'a [u8],
}

/// A user, without receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UserRecord {
    first_seen_at: i64,
    read_all_revision: i64,
    read_all_at: i64,
}

/// A user's state for an announcement.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct ReceiptRecord {
    seen_count: u32,
    seen_version: u32,
    first_seen_at: i64,
    last_seen_at: i64,
    read_version: u32,
    read_at: i64,
    dismissed_version: u32,
    dismissed_at: i64,
    acknowledged_version: u32,
    acknowledged_at: i64,
    is_unread: bool,
}

/// A request under an idempotency key, with its result.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct KeyRecord {
    fingerprint: [u8; 32],
    id: i64,
    version: u32,
    revision: i64,
    outcome: i32,
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct ChangeRecord<'a> {
    at: i64,
    id: i64,
    kind: i32,
    #[serde(borrow)]
    before: Option<&'a [u8]>,
    #[serde(borrow)]
    replacers: Vec<(i64, Option<&'a [u8]>)>,
}

impl UserRecord {
    /// Creates the record of a user.
    pub(crate) fn new(first_seen_at: i64, watermark: Watermark) -> Self {
        Self {
            first_seen_at,
            read_all_revision: watermark.revision,
            read_all_at: watermark.at,
        }
    }

    /// Returns the time when the user was first seen, and the watermark.
    pub(crate) fn values(self) -> (i64, Watermark) {
        let watermark = Watermark {
            revision: self.read_all_revision,
            at: self.read_all_at,
        };
        (self.first_seen_at, watermark)
    }
}

impl From<&KeptReceipt> for ReceiptRecord {
    fn from(kept: &KeptReceipt) -> Self {
        let Receipt {
            seen_count,
            seen_version,
            first_seen_at,
            last_seen_at,
            read_version,
            read_at,
            dismissed_version,
            dismissed_at,
            acknowledged_version,
            acknowledged_at,
        } = kept.receipt;
        Self {
            seen_count,
            seen_version,
            first_seen_at,
            last_seen_at,
            read_version,
            read_at,
            dismissed_version,
            dismissed_at,
            acknowledged_version,
            acknowledged_at,
            is_unread: kept.is_unread,
        }
    }
}

impl From<ReceiptRecord> for KeptReceipt {
    fn from(record: ReceiptRecord) -> Self {
        Self {
            receipt: Receipt {
                seen_count: record.seen_count,
                seen_version: record.seen_version,
                first_seen_at: record.first_seen_at,
                last_seen_at: record.last_seen_at,
                read_version: record.read_version,
                read_at: record.read_at,
                dismissed_version: record.dismissed_version,
                dismissed_at: record.dismissed_at,
                acknowledged_version: record.acknowledged_version,
                acknowledged_at: record.acknowledged_at,
            },
            is_unread: record.is_unread,
        }
    }
}

impl From<&KeyedResult> for KeyRecord {
    fn from(result: &KeyedResult) -> Self {
        let KeyedResult {
            fingerprint,
            published,
            at,
        } = result;
        Self {
            fingerprint: *fingerprint,
            id: published.id,
            version: published.version,
            revision: published.revision,
            outcome: published.outcome.code(),
            at: *at,
        }
    }
}

impl TryFrom<KeyRecord> for KeyedResult {
    type Error = Damage;

    fn try_from(record: KeyRecord) -> Result<Self, Damage> {
        let published = Published {
            id: record.id,
            version: record.version,
            revision: record.revision,
            outcome: Outcome::from_code(record.outcome).map_err(nonsense)?,
            duplicate: false,
        };
        Ok(Self {
            fingerprint: record.fingerprint,
            published,
            at: record.at,
        })
    }
}

/// Passes the record of a change to `write`.
fn with_change<R>(
    change: &FeedChange,
    write: impl FnOnce(&ChangeRecord<'_>) -> Result<R, Damage>,
) -> Result<R, Damage> {
    let body = |before: &Option<_>| before.as_deref().map(announcement_body).transpose();
    let before = body(&change.before)?;
    let replacer = |replacer: &Replacer| Ok((replacer.id, body(&replacer.before)?));
    let replacers: Vec<(i64, Option<Vec<u8>>)> = change
        .replacers
        .iter()
        .map(replacer)
        .collect::<Result<_, Damage>>()?;
    write(&ChangeRecord {
        at: change.at,
        id: change.id,
        kind: change.kind.code(),
        before: before.as_deref(),
        replacers: replacers
            .iter()
            .map(|(id, bytes)| (*id, bytes.as_deref()))
            .collect(),
    })
}

/// Encodes a change. Its revision is in its key.
pub(crate) fn encode_change(key: &[u8], change: &FeedChange) -> Result<Vec<u8>, Damage> {
    with_change(change, |record| CHANGE.encode(key, record))
}

/// Returns the body of a change's record.
pub(super) fn change_body(change: &FeedChange) -> Result<Vec<u8>, Damage> {
    with_change(change, |record| CHANGE.bare(record))
}

/// Decodes the body of a change that `revision` made.
pub(crate) fn read_change(
    revision: i64,
    body: &[u8],
    sharing: &Sharing,
) -> Result<FeedChange, Damage> {
    let record: ChangeRecord<'_> = CHANGE.body(body)?;
    let before = |bytes: Option<&[u8]>| -> Result<_, Damage> {
        let read = bytes
            .map(|bytes| read_announcement(bytes, sharing))
            .transpose();
        Ok(read?.map(std::sync::Arc::new))
    };
    Ok(FeedChange {
        revision,
        at: record.at,
        id: record.id,
        kind: ChangeKind::from_code(record.kind).map_err(nonsense)?,
        before: before(record.before)?,
        replacers: record
            .replacers
            .into_iter()
            .map(|(id, bytes)| {
                let before = before(bytes)?;
                Ok(Replacer { id, before })
            })
            .collect::<Result<_, Damage>>()?,
    })
}
