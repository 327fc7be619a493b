//! State of a user, as lines of an export.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::fields::{Fields, check_most, malformed};
use crate::engine::memory::users::User;
use crate::error::{Error, Result};
use crate::journal::{KeptEach, KeptReceipt};
use crate::model::Receipt;

/// Most receipts, and most ids, in one line: far below the longest line.
const PER_LINE: usize = 1000;

/// Reads the lists that [`user_lines`] wrote, of announcements up to `last_id`; a receipt of a
/// later one would mark it as read in advance. `before` has the earlier lines of the user, because
/// the lists are split at different ids.
pub(crate) fn read_kept(
    fields: &Fields,
    last_id: i64,
    before: impl Fn(i64) -> KeptReceipt,
) -> Result<KeptEach> {
    let mut kept: BTreeMap<i64, KeptReceipt> = BTreeMap::new();
    for (i, value) in fields.list("receipts")?.iter().enumerate() {
        let at_place = |error: Error| error.within(&format!("receipts[{i}]"));
        let (id, receipt) = receipt_of(value).map_err(at_place)?;
        check_most("id", id, last_id).map_err(at_place)?;
        kept.entry(id).or_insert_with(|| before(id)).receipt = receipt;
    }
    for value in fields.list("unread")? {
        let id = value
            .as_i64()
            .ok_or_else(|| malformed("unread", "must be a list of ids", "必须是编号列表"))?;
        kept.entry(id).or_insert_with(|| before(id)).is_unread = true;
    }
    Ok(kept.into_iter().collect())
}

/// Returns the line of a user, and its continuations.
pub(crate) fn user_lines(name: &str, user: &User) -> impl Iterator<Item = Value> {
    let receipts: Vec<(i64, Receipt)> = user.receipts().collect();
    let unread: Vec<i64> = user.marks.unread().collect();
    let lines = receipts.len().max(unread.len()).div_ceil(PER_LINE).max(1);
    (0..lines).map(move |n| {
        let receipts = receipts.iter().skip(n * PER_LINE).take(PER_LINE);
        let receipts: Vec<Value> = receipts
            .map(|(id, receipt)| receipt_json(*id, receipt))
            .collect();
        let unread = unread.iter().skip(n * PER_LINE).take(PER_LINE);
        let unread: Vec<i64> = unread.copied().collect();
        let mut line = Map::new();
        line.insert("user".to_owned(), name.into());
        if n == 0 {
            line.insert("first_seen_at".to_owned(), user.first_seen_at.into());
            line.insert(
                "read_all_revision".to_owned(),
                user.watermark.revision.into(),
            );
            line.insert("read_all_at".to_owned(), user.watermark.at.into());
        }
        line.insert("unread".to_owned(), unread.into());
        line.insert("receipts".to_owned(), receipts.into());
        Value::Object(line)
    })
}

fn receipt_json(id: i64, receipt: &Receipt) -> Value {
    json!({
        "id": id,
        "seen_count": receipt.seen_count,
        "seen_version": receipt.seen_version,
        "first_seen_at": receipt.first_seen_at,
        "last_seen_at": receipt.last_seen_at,
        "read_version": receipt.read_version,
        "read_at": receipt.read_at,
        "dismissed_version": receipt.dismissed_version,
        "dismissed_at": receipt.dismissed_at,
        "acknowledged_version": receipt.acknowledged_version,
        "acknowledged_at": receipt.acknowledged_at,
    })
}

fn receipt_of(value: &Value) -> Result<(i64, Receipt)> {
    let Value::Object(map) = value else {
        return Err(malformed("", "must be an object", "必须是对象"));
    };
    let fields = Fields(map.clone());
    let receipt = Receipt {
        seen_count: fields.small("seen_count")?,
        seen_version: fields.small("seen_version")?,
        first_seen_at: fields.integer("first_seen_at")?,
        last_seen_at: fields.integer("last_seen_at")?,
        read_version: fields.small("read_version")?,
        read_at: fields.integer("read_at")?,
        dismissed_version: fields.small("dismissed_version")?,
        dismissed_at: fields.integer("dismissed_at")?,
        acknowledged_version: fields.small("acknowledged_version")?,
        acknowledged_at: fields.integer("acknowledged_at")?,
    };
    Ok((fields.integer("id")?, receipt))
}
