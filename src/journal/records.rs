//! Encoding of users, receipts, changes of the feed, and idempotency keys.
//!
//! Fields are encoded in the order of declaration. To change a record, bump its kind's format, and
//! keep the code that reads the former ones.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::announcement_record::{Sharing, announcement_body, nonsense, read_announcement};
use super::codec::{Damage, Kind};
use super::effect::{FeedChange, KeptReceipt, KeyedResult, OwnState, Replacer};
use super::watermark::Watermark;
use crate::model::{Acknowledgement, Locale, Outcome, Published, Receipt, Viewer};
use crate::query::ChangeKind;

/// Format 2 added the first receipts, format 3 what receipts have in their format 3, and what the watermark's viewer could see, which is
/// little but may be all that a viewer may say.
pub(crate) const USER: Kind = Kind {
    name: "users",
    format: 3,
    limit: 1 << 18,
};
/// Format 2 holds several receipts, format 3 snoozes and earlier acknowledgements. Entries and checkpoints contain single receipts.
pub(crate) const RECEIPT: Kind = Kind {
    name: "receipts",
    format: 3,
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
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PackedUser<'a> {
    #[serde(borrow)]
    pub(crate) own: OwnRecord<'a>,
    /// Whether there may be more receipts in other records.
    pub(crate) has_more: bool,
    pub(crate) receipts: &'a [u8],
}

/// State of a user that is not of an announcement.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OwnRecord<'a> {
    first_seen_at: i64,
    #[serde(borrow)]
    watermark: Option<WatermarkRecord<'a>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WatermarkRecord<'a> {
    revision: i64,
    at: i64,
    since_revision: i64,
    since: i64,
    #[serde(borrow)]
    viewer: Option<ViewerRecord<'a>>,
}

/// What a viewer said, ascending by name.
#[derive(Debug, Serialize, Deserialize)]
struct ViewerRecord<'a> {
    #[serde(borrow)]
    locales: Vec<&'a str>,
    #[serde(borrow)]
    attributes: Vec<(&'a str, Vec<&'a str>)>,
}

/// Format 2 of [`PackedUser`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct FormerPackedUser<'a> {
    pub(crate) user: FormerUser,
    /// Whether there may be more receipts in other records.
    pub(crate) has_more: bool,
    #[serde(borrow)]
    pub(crate) receipts: &'a [u8],
}

/// Format 1 of a user, without receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FormerUser {
    first_seen_at: i64,
    read_all_revision: i64,
    read_all_at: i64,
}

/// A user's state for an announcement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReceiptRecord {
    former: FormerReceipt,
    snoozed_version: u32,
    snoozed_until: i64,
    /// Versions and times.
    earlier: Vec<(u32, i64)>,
}

/// Format 1 of a receipt.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct FormerReceipt {
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

#[cfg(test)]
impl FormerUser {
    /// Creates the record of a user without a watermark.
    pub(crate) fn new(first_seen_at: i64) -> Self {
        Self {
            first_seen_at,
            read_all_revision: 0,
            read_all_at: 0,
        }
    }
}

impl From<FormerUser> for OwnState {
    fn from(former: FormerUser) -> Self {
        Self {
            first_seen_at: former.first_seen_at,
            watermark: Watermark::former(former.read_all_revision, former.read_all_at),
        }
    }
}

impl<'a> From<&'a OwnState> for OwnRecord<'a> {
    fn from(own: &'a OwnState) -> Self {
        let watermark = |watermark: &'a Watermark| WatermarkRecord {
            revision: watermark.revision,
            at: watermark.at,
            since_revision: watermark.since_revision,
            since: watermark.since,
            viewer: watermark.viewer.as_deref().map(ViewerRecord::from),
        };
        Self {
            first_seen_at: own.first_seen_at,
            watermark: own.watermark.as_deref().map(watermark),
        }
    }
}

impl TryFrom<OwnRecord<'_>> for OwnState {
    type Error = Damage;

    fn try_from(record: OwnRecord<'_>) -> Result<Self, Damage> {
        let watermark = |record: WatermarkRecord<'_>| {
            Ok(Box::new(Watermark {
                revision: record.revision,
                at: record.at,
                since_revision: record.since_revision,
                since: record.since,
                viewer: record
                    .viewer
                    .map(|viewer| viewer.try_into().map(Arc::new))
                    .transpose()?,
            }))
        };
        Ok(Self {
            first_seen_at: record.first_seen_at,
            watermark: record.watermark.map(watermark).transpose()?,
        })
    }
}

impl<'a> From<&'a Viewer> for ViewerRecord<'a> {
    fn from(viewer: &'a Viewer) -> Self {
        let attributes = viewer.attributes.iter();
        Self {
            locales: viewer.locales.iter().map(Locale::as_str).collect(),
            attributes: attributes
                .map(|(name, values)| (name.as_str(), values.iter().map(String::as_str).collect()))
                .collect(),
        }
    }
}

impl TryFrom<ViewerRecord<'_>> for Viewer {
    type Error = Damage;

    fn try_from(record: ViewerRecord<'_>) -> Result<Self, Damage> {
        if !record.attributes.is_sorted_by(|one, next| one.0 < next.0) {
            return Err(Damage::Body("attributes are out of order".to_owned()));
        }
        let mut viewer = Self::anonymous();
        let locales = record.locales.into_iter().map(Locale::parse);
        viewer.locales = locales.collect::<Result<_, _>>().map_err(nonsense)?;
        for (name, values) in record.attributes {
            let values = values.into_iter().map(str::to_owned).collect();
            viewer.attributes.insert(name.to_owned(), values);
        }
        Ok(viewer)
    }
}

impl From<&KeptReceipt> for ReceiptRecord {
    fn from(kept: &KeptReceipt) -> Self {
        let earlier = kept.receipt.earlier.iter();
        Self {
            former: kept.into(),
            snoozed_version: kept.receipt.snoozed_version,
            snoozed_until: kept.receipt.snoozed_until,
            earlier: earlier.map(|one| (one.version, one.at)).collect(),
        }
    }
}

impl TryFrom<ReceiptRecord> for KeptReceipt {
    type Error = Damage;

    fn try_from(record: ReceiptRecord) -> Result<Self, Damage> {
        let mut kept = Self::from(record.former);
        let receipt = &mut kept.receipt;
        receipt.snoozed_version = record.snoozed_version;
        receipt.snoozed_until = record.snoozed_until;
        let earlier = record.earlier.into_iter();
        receipt.earlier = earlier
            .map(|(version, at)| Acknowledgement { version, at })
            .collect();
        match receipt.is_in_order() {
            true => Ok(kept),
            false => Err(Damage::Body("acknowledgements are out of order".to_owned())),
        }
    }
}

impl From<&KeptReceipt> for FormerReceipt {
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
            ..
        } = &kept.receipt;
        Self {
            seen_count: *seen_count,
            seen_version: *seen_version,
            first_seen_at: *first_seen_at,
            last_seen_at: *last_seen_at,
            read_version: *read_version,
            read_at: *read_at,
            dismissed_version: *dismissed_version,
            dismissed_at: *dismissed_at,
            acknowledged_version: *acknowledged_version,
            acknowledged_at: *acknowledged_at,
            is_unread: kept.is_unread,
        }
    }
}

impl From<FormerReceipt> for KeptReceipt {
    fn from(record: FormerReceipt) -> Self {
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
                ..Receipt::default()
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
