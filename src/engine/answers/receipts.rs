//! Marking announcements, and who has marked one.

use crate::engine::answers::selection::{Selection, announcements};
use crate::engine::memory::users::{User, UserChange, UserEdit, Watermark, check_user};
use crate::engine::writer::request::Done;
use crate::engine::{Store, instant};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::{Announcement, Mark, PreparedViewer, Viewer};
use crate::query::{Filter, LIMIT, Query};
use crate::query::{ReceiptPage, ReceiptQuery, UserReceipt};

/// Most ids that one call marks.
const IDS: usize = 10_000;

impl Store {
    /// Works out marking announcements for a viewer: all of them, or none.
    pub(crate) fn stage_mark(
        &self,
        viewer: &Viewer,
        ids: &[i64],
        mark: Mark,
        present: i64,
    ) -> Result<(Option<UserChange>, Done)> {
        check_user(&viewer.user)?;
        viewer.validate()?;
        if ids.len() > IDS {
            let unit = Bilingual::new("entries", "项");
            return Err(Error::too_large("ids", ids.len() as u64, IDS as u64, &unit));
        }
        let now = instant(viewer, present)?;
        let index = self.index.read();
        let prepared = PreparedViewer::new(viewer);
        let could_see = |id: &i64| {
            let entry = index.slot_of_id(*id).and_then(|slot| index.entry(slot));
            // It may be over or taken back since: what was done with it is remembered all the same.
            entry
                .filter(|entry| entry.announcement.has_shown(now))
                .filter(|entry| index.groups.first_unmet(entry.group, &prepared).is_none())
                .map(|entry| &*entry.announcement)
                .ok_or_else(|| Error::not_found(*id))
        };
        let marked: Vec<&Announcement> = ids.iter().map(could_see).collect::<Result<_>>()?;
        let users = self.users.read();
        let mut edit = UserEdit::new(&viewer.user, users.get(&viewer.user), now);
        for announcement in marked {
            edit.mark(mark, announcement, now)?;
        }
        Ok((Some(edit.finish()), Done::Marked))
    }

    /// Works out marking as read what was notified at or before `up_to`.
    pub(crate) fn stage_read_all(
        &self,
        query: &Query,
        up_to: Option<i64>,
        present: i64,
    ) -> Result<(Option<UserChange>, Done)> {
        let name = &query.viewer.user;
        check_user(name)?;
        query.viewer.validate()?;
        query.filter.check(query.view)?;
        let now = instant(&query.viewer, present)?;
        let index = self.read(present);
        let revision = up_to.unwrap_or(index.revision);
        if revision < 0 {
            let reason = Bilingual::new("must not be negative", "不能为负数");
            return Err(Error::invalid("up_to", &revision.to_string(), reason));
        }
        if revision > index.revision {
            return Err(Error::future_revision(revision, index.revision));
        }
        let users = self.users.read();
        let user = users.get(name);
        let mut edit = UserEdit::new(name, user, now);
        if query.filter == Filter::default() {
            edit.mark_all_read(&index, Watermark { revision, at: now });
        } else {
            let unread = Query {
                filter: Filter {
                    unread_only: true,
                    ..query.filter.clone()
                },
                ..query.clone()
            };
            let selection = Selection::new(&index, &unread, true, user, now)?;
            let total = selection.total();
            let slots = selection.page(None, usize::try_from(total).unwrap_or(usize::MAX), total);
            for announcement in announcements(&index, &slots)? {
                if announcement.notify_revision() <= revision {
                    edit.mark(Mark::Read, &announcement, now)?;
                }
            }
        }
        Ok((Some(edit.finish()), Done::ReadUpTo(revision)))
    }

    /// Works out erasing all that is kept of a user.
    pub(crate) fn stage_forget(&self, user: &str) -> (Option<UserChange>, Done) {
        let is_known = self.users.read().get(user).is_some();
        let change = is_known.then(|| UserChange {
            name: user.into(),
            to: None,
        });
        (change, Done::Forgotten(is_known))
    }

    /// A page of receipts.
    pub(crate) fn receipts_for(&self, query: &ReceiptQuery) -> Result<ReceiptPage> {
        if !(1..=LIMIT).contains(&query.limit) {
            let reason = Bilingual::new("must be from 1 to 1000", "必须在 1 到 1000 之间");
            return Err(Error::invalid("limit", &query.limit.to_string(), reason));
        }
        let after = match &query.cursor {
            Some(cursor) => decode(cursor)?,
            None => String::new(),
        };
        let index = self.index.read();
        let announcement = index
            .by_id(query.id)
            .ok_or_else(|| Error::not_found(query.id))?;
        let users = self.users.read();
        let of = |(name, user): (&str, &User)| receipt_of(announcement, name, user);
        let (mut read, mut acknowledged) = (0, 0);
        for receipt in users.after("").filter_map(of) {
            read += u64::from(receipt.is_read);
            acknowledged += u64::from(receipt.is_acknowledged);
        }
        let wanted = |receipt: &UserReceipt| {
            (!query.read_only || receipt.is_read)
                && (!query.acknowledged_only || receipt.is_acknowledged)
        };
        let limit = query.limit as usize;
        let mut receipts: Vec<UserReceipt> = users
            .after(&after)
            .filter_map(of)
            .filter(wanted)
            .take(limit + 1)
            .collect();
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

fn receipt_of(announcement: &Announcement, name: &str, user: &User) -> Option<UserReceipt> {
    let receipt = user.receipt(announcement.id());
    let by_read_all = !receipt.is_read(announcement) && user.has_read_all(announcement);
    (by_read_all || !receipt.is_empty()).then(|| UserReceipt {
        user: name.to_owned(),
        receipt,
        is_read: user.has_read(announcement),
        by_read_all,
        is_acknowledged: receipt.is_acknowledged(announcement),
    })
}

/// A cursor of receipts is the last user's name with its CRC, as opaque text.
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
