//! libnotice, used as a C program uses it: prepared structures, one buffer for all answers.
//!
//! What is timed is never inlined into the harness, which a C program's calls are not either. With `sqlite/`, the
//! place for unsafe code of the harness.

mod abi;
mod draft;
mod query;
mod users;

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicI64, Ordering};

use abi::{NoticeArray, NoticeCount, NoticeOptions, NoticePublished, Zeroed};
use serde_json::Value;

use crate::Result;
use crate::answer::{Answer, Item};
use crate::data::{Announcement, Data, NOW};
use crate::process::wait_until_idle;
pub(crate) use draft::json as draft_json;
pub(crate) use query::Query;

const OK: i32 = 0;
const UNSUPPORTED: i32 = 20;
const TOO_SMALL: i32 = 23;
const MARK_READ: i32 = 1;

/// How many announcements are loaded at once.
const BATCH: usize = 1000;

/// The present of a board, which the harness moves.
#[derive(Debug)]
pub(crate) struct Clock(AtomicI64);

impl Clock {
    /// Moves the present.
    pub(crate) fn set(&self, now: i64) {
        self.0.store(now, Ordering::Relaxed);
    }
}

unsafe extern "C" fn read_clock(clock: *mut c_void) -> i64 {
    // SAFETY: `Board::open` hands the clock over, and the board is closed before the clock is dropped.
    let clock = unsafe { &*clock.cast::<Clock>() };
    clock.0.load(Ordering::Relaxed)
}

/// An open board.
pub(crate) struct Board {
    board: *mut abi::NoticeBoard,
    /// Behind a pointer, for the library keeps its address.
    clock: Box<Clock>,
}

// SAFETY: the header says that every thread may use a board at the same time; the clock is atomic.
unsafe impl Send for Board {}
// SAFETY: as above.
unsafe impl Sync for Board {}

impl Board {
    /// Opens a board. Nothing if this build has no boards of that kind.
    pub(crate) fn open(url: &str) -> Result<Option<Self>> {
        let clock = Box::new(Clock(AtomicI64::new(NOW)));
        let mut options = NoticeOptions::zeroed();
        options.struct_size = size_of::<NoticeOptions>() as u32;
        options.clock = Some(read_clock);
        options.clock_data = ptr::from_ref::<Clock>(&clock).cast_mut().cast();
        let mut board = ptr::null_mut();
        // SAFETY: valid pointers with their lengths, here and below; the clock outlives the board.
        let status =
            unsafe { abi::notice_open(url.as_ptr().cast(), url.len(), &options, &mut board) };
        if status == UNSUPPORTED {
            return Ok(None);
        }
        succeed("notice_open", status)?;
        Ok(Some(Self { board, clock }))
    }

    /// Opens a board in memory with the first `count` announcements of `data`, all of which can
    /// be searched for.
    pub(crate) fn in_memory(data: &Data, count: usize) -> Result<Self> {
        let board = Self::open("mem:")?.ok_or("this build has no boards in memory")?;
        board.load(data, 0, count)?;
        wait_until_idle();
        Ok(board)
    }

    /// Publishes announcements `first..until` of `data`, many at once.
    pub(crate) fn load(&self, data: &Data, first: usize, until: usize) -> Result {
        for from in (first..until).step_by(BATCH) {
            let places = from..until.min(from + BATCH);
            let drafts = places.map(|place| draft::json(data, &data.announcement(place)));
            self.publish_json(&Value::Array(drafts.collect()))?;
        }
        Ok(())
    }

    /// Publishes the given announcements, and waits until they can be searched for.
    pub(crate) fn load_these(&self, data: &Data, announcements: &[Announcement]) -> Result {
        for batch in announcements.chunks(BATCH) {
            let drafts = batch
                .iter()
                .map(|announcement| draft::json(data, announcement));
            self.publish_json(&Value::Array(drafts.collect()))?;
        }
        wait_until_idle();
        Ok(())
    }

    fn publish_json(&self, drafts: &Value) -> Result {
        let json = drafts.to_string();
        let mut count = 0;
        // SAFETY: the board is open; (NULL, 0) asks for no results.
        let status = unsafe {
            let (text, none) = (json.as_ptr().cast(), ptr::null_mut());
            abi::notice_publish_json(self.board, text, json.len(), none, 0, &mut count)
        };
        succeed("notice_publish_json", status)
    }

    /// Publishes one announcement, by structure.
    #[inline(never)]
    pub(crate) fn publish(&self, data: &Data, announcement: &Announcement) -> Result<i64> {
        let mut published = NoticePublished::zeroed();
        let status = draft::with(data, announcement, |draft| {
            // SAFETY: the board is open, and the draft and what it points at live during the call.
            unsafe { abi::notice_publish(self.board, draft, &mut published) }
        });
        succeed("notice_publish", status)?;
        Ok(published.id)
    }

    /// One page in memory of the library's, given back at once. How many items it had.
    #[inline(never)]
    pub(crate) fn query(&self, query: &Query) -> Result<usize> {
        let mut page = NoticeArray::zeroed();
        // SAFETY: the board is open; `query` points at what it keeps alive.
        let status = unsafe { abi::notice_query(self.board, query.asked(), &mut page) };
        succeed("notice_query", status)?;
        let len = page.len;
        // SAFETY: the page came from notice_query, and is given back once.
        unsafe { abi::notice_free(&mut page) };
        Ok(len)
    }

    /// One page in `buffer`, which grows when it has to.
    #[inline(never)]
    pub(crate) fn query_into<'b>(
        &self,
        query: &Query,
        buffer: &'b mut Vec<u8>,
    ) -> Result<Page<'b>> {
        let mut array = NoticeArray::zeroed();
        let mut needed = 0;
        loop {
            let (into, cap) = (buffer.as_mut_ptr().cast(), buffer.len());
            // SAFETY: as above; the buffer is as long as is said.
            let status = unsafe {
                abi::notice_query_into(
                    self.board,
                    query.asked(),
                    into,
                    cap,
                    &mut needed,
                    &mut array,
                )
            };
            if status != TOO_SMALL {
                succeed("notice_query_into", status)?;
                return Ok(Page {
                    array,
                    needed,
                    _buffer: buffer,
                });
            }
            buffer.resize(needed, 0);
        }
    }

    /// How many there are, and how many of them are unread.
    #[inline(never)]
    pub(crate) fn count(&self, query: &Query) -> Result<(u64, u64)> {
        let mut count = NoticeCount::zeroed();
        // SAFETY: as above.
        let status = unsafe { abi::notice_count(self.board, query.asked(), &mut count) };
        succeed("notice_count", status)?;
        Ok((count.total, count.unread))
    }

    /// Marks announcements as read by the query's user.
    #[inline(never)]
    pub(crate) fn mark_read(&self, viewer: &Query, ids: &[i64]) -> Result {
        // SAFETY: as above.
        let status = unsafe {
            let asked = viewer.asked();
            abi::notice_mark(self.board, asked, ids.as_ptr(), ids.len(), MARK_READ)
        };
        succeed("notice_mark", status)
    }

    /// A figure of notice_stats_json.
    pub(crate) fn figure(&self, name: &str) -> Result<u64> {
        let mut text = vec![0_u8; 4096];
        let mut needed = 0;
        // SAFETY: as above.
        let status = unsafe {
            let into = text.as_mut_ptr().cast();
            abi::notice_stats_json(self.board, into, text.len(), &mut needed)
        };
        succeed("notice_stats_json", status)?;
        text.truncate(needed.saturating_sub(1));
        let figures: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        let figure = figures.get(name).and_then(Value::as_u64);
        figure.ok_or(format!("notice_stats_json has no {name}"))
    }

    /// The board's clock.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // SAFETY: it is open, and closed once.
        unsafe { abi::notice_close(self.board, 0) };
    }
}

/// A page that lies in a buffer.
pub(crate) struct Page<'b> {
    array: NoticeArray,
    needed: usize,
    _buffer: &'b mut Vec<u8>,
}

impl Page<'_> {
    /// The bytes that it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.needed
    }

    /// The cursor of the page after this one.
    pub(crate) fn next_cursor(&self) -> String {
        text(self.array.next_cursor)
    }

    /// What is compared with the other contestants.
    pub(crate) fn answer(&self) -> Answer {
        let items = match self.array.len {
            0 => &[][..],
            // SAFETY: the library laid out so many items in the buffer, which is borrowed.
            len => unsafe { std::slice::from_raw_parts(self.array.items, len) },
        };
        let item = |item: &abi::NoticeItem| Item {
            id: item.id,
            title: text(item.title),
            summary: text(item.summary),
            body: text(item.body),
        };
        Answer(items.iter().map(item).collect())
    }
}

/// A text that the library handed out.
fn text(str: abi::NoticeStr) -> String {
    // SAFETY: so many bytes are there, and the pointer is never NULL.
    let bytes = unsafe { std::slice::from_raw_parts(str.ptr.cast::<u8>(), str.len) };
    String::from_utf8_lossy(bytes).into_owned()
}

/// What the library said of a failure.
fn succeed(function: &str, status: i32) -> Result {
    if status == OK {
        return Ok(());
    }
    let mut said = vec![0_u8; 4096];
    let mut needed = 0;
    // SAFETY: the buffer is as long as is said.
    unsafe { abi::notice_last_error(0, said.as_mut_ptr().cast(), said.len(), &mut needed) };
    said.truncate(needed.saturating_sub(1));
    Err(format!(
        "{function}: status {status}: {}",
        String::from_utf8_lossy(&said)
    ))
}
