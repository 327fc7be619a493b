//! Receipts, laid out in one allocation.

use std::ptr::{null, null_mut};

use notice::{ReceiptPage, Result, UserReceipt};

use super::parts::{self, Layout, Parts};
use crate::c::names::{NOTICE_ACKNOWLEDGED, NOTICE_READ, NOTICE_READ_BY_ALL};
use crate::c::receipt::{NoticeAcknowledgement, NoticeReceipt, NoticeReceiptArray};
use crate::c::text::NoticeStr;

/// Lays receipts out in the library's own memory.
pub(crate) fn allocate(page: &ReceiptPage) -> Result<NoticeReceiptArray> {
    let mut array = NoticeReceiptArray {
        receipts: null(),
        len: page.receipts.len(),
        read: page.read,
        acknowledged: page.acknowledged,
        reserved: [0; 4],
        next_cursor: NoticeStr::EMPTY,
        memory: null_mut(),
    };
    if let Some((memory, parts)) = parts::allocate(layout(page))? {
        fill(page, parts, &mut array);
        array.memory = memory;
    }
    Ok(array)
}

fn layout(page: &ReceiptPage) -> Layout {
    let users = page.receipts.iter().map(|receipt| receipt.user.len() + 1);
    let cursor = page.next_cursor.as_ref();
    let each = page.receipts.iter().map(|receipt| &receipt.receipt);
    Layout {
        receipts: page.receipts.len(),
        acknowledgements: each.map(|receipt| receipt.acknowledgements().count()).sum(),
        text: users.sum::<usize>() + cursor.map_or(0, |cursor| cursor.len() + 1),
        ..Layout::default()
    }
}

fn fill(page: &ReceiptPage, mut parts: Parts, array: &mut NoticeReceiptArray) {
    if !page.receipts.is_empty() {
        array.receipts = parts.receipts.place();
    }
    for receipt in &page.receipts {
        let user = parts.text.text(&receipt.user);
        let place = parts.acknowledgements.place();
        let mut count = 0;
        for one in receipt.receipt.acknowledgements() {
            parts.acknowledgements.copy(&[NoticeAcknowledgement {
                at: one.at,
                version: one.version,
                reserved: 0,
            }]);
            count += 1;
        }
        let mut copied = copied(receipt, user);
        if count > 0 {
            (copied.acknowledgements, copied.acknowledgement_count) = (place, count);
        }
        parts.receipts.copy(&[copied]);
    }
    if let Some(cursor) = &page.next_cursor {
        array.next_cursor = parts.text.text(cursor);
    }
    debug_assert!(
        parts.is_used_up(),
        "receipts were counted larger than they are"
    );
}

fn copied(receipt: &UserReceipt, user: NoticeStr) -> NoticeReceipt {
    let kept = &receipt.receipt;
    let flag = |is_set: bool, flag: u32| if is_set { flag } else { 0 };
    NoticeReceipt {
        first_seen_at: kept.first_seen_at().unwrap_or_default(),
        last_seen_at: kept.last_seen_at().unwrap_or_default(),
        read_at: kept.read_at().unwrap_or_default(),
        dismissed_at: kept.dismissed_at().unwrap_or_default(),
        acknowledged_at: kept.acknowledged_at().unwrap_or_default(),
        snoozed_until: kept.snoozed_until().unwrap_or_default(),
        reserved: [0; 1],
        seen_count: kept.seen_count(),
        seen_version: kept.seen_version().unwrap_or_default(),
        read_version: kept.read_version().unwrap_or_default(),
        dismissed_version: kept.dismissed_version().unwrap_or_default(),
        acknowledged_version: kept.acknowledged_version().unwrap_or_default(),
        flags: flag(receipt.is_read, NOTICE_READ)
            | flag(receipt.by_read_all, NOTICE_READ_BY_ALL)
            | flag(receipt.is_acknowledged, NOTICE_ACKNOWLEDGED),
        user,
        acknowledgements: null(),
        acknowledgement_count: 0,
    }
}
