//! Receipts: which users have marked an announcement.

use std::collections::HashSet;

use crate::engine::Store;
use crate::engine::memory::users::{ReadersOf, User, check_user};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::limits;
use crate::model::{Announcement, PreparedViewer, Viewer};
use crate::query::{ReceiptPage, ReceiptQuery, UserReceipt};

impl Store {
    /// Returns a page of receipts.
    pub(crate) fn receipts_for(&self, query: &ReceiptQuery) -> Result<ReceiptPage> {
        if !(1..=limits::PAGE).contains(&query.limit) {
            let reason = Bilingual::new("must be from 1 to 1000", "必须在 1 到 1000 之间");
            return Err(Error::invalid("limit", &query.limit.to_string(), reason));
        }
        if let Some(names) = &query.users {
            return self.receipts_of(query, names);
        }
        let after = query.cursor.as_deref().map(decode).transpose()?;
        let after = after.unwrap_or_default();
        let state = self.memory.read();
        let announcement = state
            .index
            .by_id(query.id)
            .ok_or_else(|| Error::not_found(query.id))?;
        let ReadersOf {
            all: mut wanted,
            read,
            by_all,
            acknowledged,
        } = state.users.readers_of(announcement);
        if query.read_only {
            wanted &= &read;
        }
        if query.acknowledged_only {
            wanted &= &acknowledged;
        }
        let (read, acknowledged) = (read.len(), acknowledged.len());
        let limit = query.limit as usize;
        let users = state.users.page(&wanted, &after, limit + 1);
        let of = |(name, user): (&str, &User)| {
            let is_covered = state.users.is_among(&by_all, name);
            receipt_of(announcement, name, user, is_covered)
        };
        let mut receipts: Vec<UserReceipt> = users.into_iter().map(of).collect();
        let has_more = receipts.len() > limit;
        receipts.truncate(limit);
        let next_cursor = receipts
            .last()
            .filter(|_| has_more)
            .map(|last| encode(&last.user));
        Ok(ReceiptPage {
            receipts,
            read,
            acknowledged,
            next_cursor,
        })
    }
}

impl Store {
    /// Returns the receipts of these users, at the cost of looking up each.
    fn receipts_of(&self, query: &ReceiptQuery, names: &[String]) -> Result<ReceiptPage> {
        if names.len() > limits::RECEIPT_USERS {
            let (actual, limit) = (names.len() as u64, limits::RECEIPT_USERS as u64);
            let unit = Bilingual::new("entries", "项");
            return Err(Error::too_large("users", actual, limit, &unit));
        }
        for (i, name) in names.iter().enumerate() {
            check_user(name).map_err(|error| error.at_path(&format!("users[{i}]")))?;
        }
        if let Some(cursor) = &query.cursor {
            let reason = Bilingual::new(
                "a list of users has only one page; leave it out",
                "按用户列表查询只有一页；请不要填写",
            );
            return Err(Error::invalid("cursor", cursor, reason));
        }
        let state = self.memory.read();
        let (index, id) = (&state.index, query.id);
        let entry = index.slot_of_id(id).and_then(|slot| index.entry(slot));
        let entry = entry.ok_or_else(|| Error::not_found(id))?;
        let (announcement, nobody) = (&*entry.announcement, User::default());
        let mut seen = HashSet::new();
        let once = names.iter().filter(|name| seen.insert(name.as_str()));
        let all = once.map(|name| {
            let user = state.users.get(name).unwrap_or(&nobody);
            let admits = |said: &Viewer| {
                let mut viewer = said.clone();
                viewer.user.clone_from(name);
                index
                    .groups
                    .admits(entry.group, &PreparedViewer::new(&viewer))
            };
            let is_covered = user.watermark().is_some_and(|watermark| {
                watermark.covers(announcement) && watermark.viewer.as_deref().is_none_or(admits)
            });
            receipt_of(announcement, name, user, is_covered)
        });
        let mut receipts: Vec<UserReceipt> = all.collect();
        let count = |is_so: fn(&UserReceipt) -> bool| {
            receipts.iter().filter(|receipt| is_so(receipt)).count() as u64
        };
        let (read, acknowledged) = (count(|one| one.is_read), count(|one| one.is_acknowledged));
        receipts.retain(|one| {
            (one.is_read || !query.read_only) && (one.is_acknowledged || !query.acknowledged_only)
        });
        Ok(ReceiptPage {
            receipts,
            read,
            acknowledged,
            next_cursor: None,
        })
    }
}

fn receipt_of(
    announcement: &Announcement,
    name: &str,
    user: &User,
    is_covered: bool,
) -> UserReceipt {
    let standing = user.standing(announcement, is_covered);
    let receipt = &standing.receipt;
    UserReceipt {
        user: name.to_owned(),
        is_read: standing.is_read(announcement),
        by_read_all: !receipt.is_read(announcement) && standing.has_read_all,
        is_acknowledged: receipt.is_acknowledged(announcement),
        receipt: standing.receipt,
    }
}

/// Encodes a cursor of receipts: the last user's name with its CRC, as opaque text.
fn encode(user: &str) -> String {
    use base64::Engine as _;
    let mut bytes = user.as_bytes().to_vec();
    bytes.extend(crc32fast::hash(user.as_bytes()).to_le_bytes());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(cursor: &str) -> Result<String> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(cursor)
        .unwrap_or_default();
    let name = bytes
        .split_last_chunk::<4>()
        .filter(|(name, crc)| crc32fast::hash(name) == u32::from_le_bytes(**crc));
    let name = name.and_then(|(name, _)| String::from_utf8(name.to_vec()).ok());
    name.filter(|name| !name.is_empty()).ok_or_else(|| {
        let reason = Bilingual::new("damaged", "已损坏");
        Error::invalid("cursor", cursor, reason).of_kind(ErrorKind::BadCursor)
    })
}
