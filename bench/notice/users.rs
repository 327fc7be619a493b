//! What users have done, through the C functions.

use std::ptr;

use super::abi::{NoticePublished, NoticeReceiptArray, NoticeReceiptQuery, NoticeStr, Zeroed};
use super::{Board, abi, succeed, text};
use crate::Result;

/// A page of receipts, copied.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Receipts {
    pub(crate) users: Vec<String>,
    /// Users who have read it, on all pages.
    pub(crate) read: u64,
    pub(crate) next_cursor: String,
}

impl Board {
    /// A page of receipts, given back at once. How many users have read it.
    #[inline(never)]
    pub(crate) fn receipts(&self, id: i64, limit: u32, cursor: &str) -> Result<u64> {
        let mut read = 0;
        self.with_receipts(id, limit, cursor, |array| read = array.read)?;
        Ok(read)
    }

    /// The same page, copied.
    pub(crate) fn copied_receipts(&self, id: i64, limit: u32, cursor: &str) -> Result<Receipts> {
        let mut page = Receipts::default();
        self.with_receipts(id, limit, cursor, |array| {
            let receipts = match array.len {
                0 => &[][..],
                // SAFETY: the library has laid out so many.
                len => unsafe { std::slice::from_raw_parts(array.receipts, len) },
            };
            page.users = receipts.iter().map(|receipt| text(receipt.user)).collect();
            page.read = array.read;
            page.next_cursor = text(array.next_cursor);
        })?;
        Ok(page)
    }

    fn with_receipts(
        &self,
        id: i64,
        limit: u32,
        cursor: &str,
        look: impl FnOnce(&NoticeReceiptArray),
    ) -> Result {
        let mut query = NoticeReceiptQuery::zeroed();
        query.struct_size = size_of::<NoticeReceiptQuery>() as u32;
        (query.id, query.limit) = (id, limit);
        query.cursor = NoticeStr {
            ptr: cursor.as_ptr().cast(),
            len: cursor.len(),
        };
        let mut array = NoticeReceiptArray::zeroed();
        // SAFETY: the board is open; the cursor lives during the call.
        let status = unsafe { abi::notice_receipts(self.board, &query, &mut array) };
        succeed("notice_receipts", status)?;
        look(&array);
        // SAFETY: the array came from notice_receipts, and is given back once.
        unsafe { abi::notice_receipts_free(&mut array) };
        Ok(())
    }

    /// Erases all state of a user.
    #[inline(never)]
    pub(crate) fn forget_user(&self, user: &str) -> Result {
        // SAFETY: the board is open; nobody asks whether the user was known.
        let status = unsafe {
            let none = ptr::null_mut();
            abi::notice_forget_user(self.board, user.as_ptr().cast(), user.len(), none)
        };
        succeed("notice_forget_user", status)
    }

    /// Erases an announcement.
    #[inline(never)]
    pub(crate) fn purge(&self, id: i64) -> Result {
        let mut published = NoticePublished::zeroed();
        // SAFETY: the board is open.
        let status = unsafe { abi::notice_purge(self.board, id, &mut published) };
        succeed("notice_purge", status)
    }

    /// Writes a copy to a file. Nothing if this build has no files.
    pub(crate) fn back_up(&self, path: &str) -> Result<Option<()>> {
        // SAFETY: as above; nobody asks for the revision.
        let status = unsafe {
            let none = ptr::null_mut();
            abi::notice_backup(self.board, path.as_ptr().cast(), path.len(), none)
        };
        if status == super::UNSUPPORTED {
            return Ok(None);
        }
        succeed("notice_backup", status).map(Some)
    }
}
