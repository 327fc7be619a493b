//! Receipts: which users have marked an announcement.

use crate::engine::Store;
use crate::engine::memory::users::{ReadersOf, User};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::Announcement;
use crate::model::limits;
use crate::query::{ReceiptPage, ReceiptQuery, UserReceipt};

impl Store {
    /// Returns a page of receipts.
    pub(crate) fn receipts_for(&self, query: &ReceiptQuery) -> Result<ReceiptPage> {
        if !(1..=limits::PAGE).contains(&query.limit) {
            let reason = Bilingual::new("must be from 1 to 1000", "必须在 1 到 1000 之间");
            return Err(Error::invalid("limit", &query.limit.to_string(), reason));
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

fn receipt_of(
    announcement: &Announcement,
    name: &str,
    user: &User,
    is_covered: bool,
) -> UserReceipt {
    let standing = user.standing(announcement, is_covered);
    let receipt = standing.receipt;
    UserReceipt {
        user: name.to_owned(),
        receipt,
        is_read: standing.is_read(announcement),
        by_read_all: !receipt.is_read(announcement) && standing.has_read_all,
        is_acknowledged: receipt.is_acknowledged(announcement),
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
