//! State of a user, as lines of an export.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::fields::{Fields, malformed};
use crate::engine::memory::users::User;
use crate::error::{Bilingual, Error, Result};
use crate::journal::{KeptEach, KeptReceipt, Watermark};
use crate::model::{Acknowledgement, Locale, Receipt, Viewer};

/// Most receipts, and most ids, in one line: far below the longest line.
const PER_LINE: usize = 1000;

/// Reads the lists that [`user_lines`] wrote, of announcements that are there: a receipt of a later one
/// would mark it as read in advance. `before` has the earlier lines of the user, because
/// the lists are split at different ids.
pub(crate) fn read_kept(
    fields: &Fields,
    is_there: impl Fn(i64) -> bool,
    before: impl Fn(i64) -> KeptReceipt,
) -> Result<KeptEach> {
    let mut kept: BTreeMap<i64, KeptReceipt> = BTreeMap::new();
    for (i, value) in fields.list("receipts")?.iter().enumerate() {
        let at_place = |error: Error| error.within(&format!("receipts[{i}]"));
        let (id, receipt) = receipt_of(value).map_err(at_place)?;
        if !is_there(id) {
            return Err(at_place(missing("id", id)));
        }
        kept.entry(id).or_insert_with(|| before(id)).receipt = receipt;
    }
    for (i, value) in fields.list("unread")?.iter().enumerate() {
        let id = value
            .as_i64()
            .ok_or_else(|| malformed("unread", "must be a list of ids", "必须是编号列表"))?;
        if !is_there(id) {
            return Err(missing(&format!("unread[{i}]"), id));
        }
        kept.entry(id).or_insert_with(|| before(id)).is_unread = true;
    }
    Ok(kept.into_iter().collect())
}

/// Refuses state for an announcement that is not there.
fn missing(path: &str, id: i64) -> Error {
    let reason = Bilingual::new(
        "no announcement before this line has this id; remove the entry, or put the announcement first",
        "此行之前没有该编号的公告；请删除此项，或把公告放在前面",
    );
    Error::invalid(path, &id.to_string(), reason)
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
            line.insert("first_seen_at".to_owned(), user.own.first_seen_at.into());
            put_watermark(&mut line, user.watermark());
        }
        line.insert("unread".to_owned(), unread.into());
        line.insert("receipts".to_owned(), receipts.into());
        Value::Object(line)
    })
}

/// Adds the watermark to a line. One of a former build has a revision and an instant only.
fn put_watermark(line: &mut Map<String, Value>, watermark: Option<&Watermark>) {
    let mut put = |name: &str, value: Value| line.insert(name.to_owned(), value);
    put(
        "read_all_revision",
        watermark.map_or(0, |mark| mark.revision).into(),
    );
    put("read_all_at", watermark.map_or(0, |mark| mark.at).into());
    let Some(watermark) = watermark.filter(|mark| !mark.is_former()) else {
        return;
    };
    put("read_all_since_revision", watermark.since_revision.into());
    put("read_all_since", watermark.since.max(0).into());
    if let Some(viewer) = &watermark.viewer {
        let locales: Vec<&str> = viewer.locales.iter().map(Locale::as_str).collect();
        let viewer = json!({ "locales": locales, "attributes": viewer.attributes });
        put("read_all_as", viewer);
    }
}

/// Reads the watermark of a line; None if there is none.
pub(crate) fn read_watermark(fields: &Fields) -> Result<Option<Box<Watermark>>> {
    let (revision, at) = (
        fields.integer("read_all_revision")?,
        fields.integer("read_all_at")?,
    );
    if !fields.0.contains_key("read_all_since") {
        return Ok(Watermark::former(revision, at));
    }
    let viewer = match fields.0.get("read_all_as") {
        None => None,
        Some(said) => {
            let viewer = viewer_of(said).map_err(|error| error.within("read_all_as"))?;
            Some(Arc::new(viewer))
        }
    };
    Ok(Some(Box::new(Watermark {
        revision,
        at,
        since_revision: fields.integer("read_all_since_revision")?,
        since: fields.integer("read_all_since")?,
        viewer,
    })))
}

fn viewer_of(value: &Value) -> Result<Viewer> {
    let Value::Object(map) = value else {
        return Err(malformed("", "must be an object", "必须是对象"));
    };
    let fields = Fields(map.clone());
    let mut viewer = Viewer::anonymous();
    let locales = texts("locales", fields.list("locales")?)?;
    let locales = locales.iter().map(|tag| Locale::parse(tag));
    viewer.locales = locales.collect::<Result<_>>()?;
    let attributes = fields.0.get("attributes").and_then(Value::as_object);
    let attributes =
        attributes.ok_or_else(|| malformed("attributes", "must be an object", "必须是对象"))?;
    for (name, values) in attributes {
        let values = values.as_array().map_or(&[][..], Vec::as_slice);
        viewer
            .attributes
            .insert(name.clone(), texts("attributes", values)?);
    }
    viewer.validate()?;
    Ok(viewer)
}

fn texts(path: &str, values: &[Value]) -> Result<Vec<String>> {
    let text = |value: &Value| {
        let text = value.as_str().map(str::to_owned);
        text.ok_or_else(|| malformed(path, "must be texts", "必须是文本"))
    };
    values.iter().map(text).collect()
}

fn receipt_json(id: i64, receipt: &Receipt) -> Value {
    let mut json = json!({
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
    });
    if let (Value::Object(map), Some(version)) = (&mut json, receipt.snoozed_version()) {
        map.insert("snoozed_version".to_owned(), version.into());
        map.insert("snoozed_until".to_owned(), receipt.snoozed_until.into());
    }
    if let (Value::Object(map), false) = (&mut json, receipt.earlier.is_empty()) {
        let earlier = receipt.earlier.iter();
        let earlier = earlier.map(|one| json!({"version": one.version, "at": one.at}));
        map.insert("acknowledged_before".to_owned(), earlier.collect());
    }
    json
}

fn acknowledgement(value: &Value) -> Result<Acknowledgement> {
    let Value::Object(map) = value else {
        return Err(malformed("", "must be an object", "必须是对象"));
    };
    let fields = Fields(map.clone());
    Ok(Acknowledgement {
        version: fields.small("version")?,
        at: fields.integer("at")?,
    })
}

fn receipt_of(value: &Value) -> Result<(i64, Receipt)> {
    let Value::Object(map) = value else {
        return Err(malformed("", "must be an object", "必须是对象"));
    };
    let fields = Fields(map.clone());
    let is_snoozed = fields.0.contains_key("snoozed_version");
    let mut receipt = Receipt {
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
        ..Receipt::default()
    };
    if is_snoozed {
        receipt.snoozed_version = fields.small("snoozed_version")?;
        receipt.snoozed_until = fields.integer("snoozed_until")?;
    }
    if fields.0.contains_key("acknowledged_before") {
        let earlier = fields.list("acknowledged_before")?.iter().enumerate();
        let earlier = earlier.map(|(i, one)| {
            let read = acknowledgement(one);
            read.map_err(|error| error.within(&format!("acknowledged_before[{i}]")))
        });
        receipt.earlier = earlier.collect::<Result<_>>()?;
        if !receipt.is_in_order() {
            return Err(malformed(
                "acknowledged_before",
                "must be at most 15 acknowledgements, ascending by version, before acknowledged_version",
                "最多 15 条确认，按版本升序排列，且都早于 acknowledged_version",
            ));
        }
    }
    Ok((fields.integer("id")?, receipt))
}
