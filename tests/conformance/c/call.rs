//! A board of the library, and how its functions are called.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::null_mut;

use serde_json::Value;

use super::abi::{NoticeArray, NoticeErrorInfo, NoticeOptions, NoticePublished, Zeroed};
use super::input::Arena;
use super::library::{Board, Functions, functions};
use super::output;
use notice_conformance::{Answer, BoardOptions, Refusal};

/// A board that was opened through the library.
pub(super) struct C {
    pub(super) library: &'static Functions,
    pub(super) board: Board,
    pub(super) clock: Box<Cell<i64>>,
    pub(super) is_json: bool,
}

unsafe extern "C" fn read_clock(clock: *mut c_void) -> i64 {
    // SAFETY: it is the clock of the surface, which outlives its board, on the one thread there is.
    unsafe { (*clock.cast::<Cell<i64>>()).get() }
}

impl C {
    pub(super) fn open(url: &str, now: i64, options: BoardOptions, is_json: bool) -> Self {
        let library = functions();
        let clock = Box::new(Cell::new(now));
        let mut c = NoticeOptions::zeroed();
        c.struct_size = u32::try_from(size_of::<NoticeOptions>()).unwrap();
        c.clock = Some(read_clock);
        c.clock_data = (&raw const *clock).cast_mut().cast();
        (c.keep_changes_revisions, c.keep_changes_ms) = options.keep_changes.unwrap_or_default();
        c.retention_ms = options.retention_ms.unwrap_or(0);
        let mut board = null_mut();
        // SAFETY: all pointers are of values here.
        let status = unsafe {
            (library.notice_open)(url.as_ptr().cast(), url.len(), &raw const c, &raw mut board)
        };
        assert_eq!(status, 0);
        Self {
            library,
            board,
            clock,
            is_json,
        }
    }

    /// The thread's last failure, when `status` is one.
    pub(super) fn check(&self, status: i32) -> Result<(), Refusal> {
        if status == 0 {
            return Ok(());
        }
        let mut info = NoticeErrorInfo::zeroed();
        // SAFETY: it is written into.
        let told = unsafe { (self.library.notice_last_error_info)(&raw mut info) };
        assert_eq!(told, 0);
        assert_eq!(info.status, status);
        // SAFETY: the name is static text.
        let kind = unsafe { CStr::from_ptr((self.library.notice_status_name)(status)) };
        let path = self.text(|buf, cap, needed| {
            // SAFETY: there is room for `cap` bytes.
            unsafe { (self.library.notice_last_error_path)(buf, cap, needed) }
        });
        let message = |language| {
            self.text(|buf, cap, needed| {
                // SAFETY: there is room for `cap` bytes.
                unsafe { (self.library.notice_last_error)(language, buf, cap, needed) }
            })
        };
        Err(Refusal {
            kind: kind.to_str().unwrap().to_owned(),
            path: Some(path.unwrap()).filter(|path| !path.is_empty()),
            offset: (info.has_offset == 1).then_some(info.offset),
            limit: Some(info.limit).filter(|limit| *limit != 0),
            messages: Box::new([message(0).unwrap(), message(1).unwrap()]),
        })
    }

    /// The text that a function writes; its status when it fails.
    pub(super) fn text(
        &self,
        write: impl Fn(*mut c_char, usize, *mut usize) -> i32,
    ) -> Result<String, i32> {
        const TOO_SMALL: i32 = 23;
        let mut needed = 0;
        let status = write(null_mut(), 0, &raw mut needed);
        if status != TOO_SMALL {
            return Err(status);
        }
        let mut buffer = vec![0_u8; needed];
        let status = write(buffer.as_mut_ptr().cast(), buffer.len(), &raw mut needed);
        assert_eq!((status, buffer.pop()), (0, Some(0)));
        Ok(String::from_utf8(buffer).unwrap())
    }

    pub(super) fn done(&self, call: impl Fn(*mut NoticePublished) -> i32) -> Answer {
        let mut done = NoticePublished::zeroed();
        self.check(call(&raw mut done))?;
        Ok(output::published(&done))
    }

    /// What a function that takes JSON did, draft by draft.
    pub(super) fn each(
        &self,
        json: &str,
        call: unsafe extern "C" fn(
            Board,
            *const c_char,
            usize,
            *mut NoticePublished,
            usize,
            *mut usize,
        ) -> i32,
    ) -> Result<Vec<Value>, Refusal> {
        let mut results = vec![NoticePublished::zeroed(); 16];
        let mut count = 0;
        // SAFETY: all pointers are of values here, with their lengths.
        let status = unsafe {
            call(
                self.board,
                json.as_ptr().cast(),
                json.len(),
                results.as_mut_ptr(),
                results.len(),
                &raw mut count,
            )
        };
        self.check(status)?;
        Ok(results[..count].iter().map(output::published).collect())
    }

    pub(super) fn page(&self, args: &Value) -> Answer {
        let arena = Arena::default();
        let query = arena.query(args);
        let searched = args["filter"]["q"]
            .as_str()
            .is_some_and(|q| !q.trim().is_empty());
        let (mut array, mut needed) = (NoticeArray::zeroed(), 0);
        // One byte more than is needed, to begin where nothing is aligned.
        let mut buffer = vec![0_u8; 1];
        let into = self.library.notice_query_into;
        // SAFETY: all pointers are of values here, with their lengths.
        let status = unsafe {
            if self.is_json {
                let nothing = null_mut();
                let (query, array) = (&raw const query, &raw mut array);
                let asked = into(self.board, query, nothing, 0, &raw mut needed, array);
                buffer.resize(needed + 1, 0);
                let start = buffer.as_mut_ptr().add(1).cast();
                match needed {
                    0 => asked,
                    _ => into(self.board, query, start, needed, &raw mut needed, array),
                }
            } else {
                (self.library.notice_query)(self.board, &raw const query, &raw mut array)
            }
        };
        self.check(status)?;
        // SAFETY: the array is freed below only.
        let page = unsafe { output::page(&array, searched) };
        // SAFETY: the library filled it.
        unsafe { (self.library.notice_free)(&raw mut array) };
        Ok(page)
    }
}

impl Drop for C {
    fn drop(&mut self) {
        // SAFETY: it is this surface's own, and closed once.
        unsafe { (self.library.notice_close)(self.board, 0) };
    }
}
