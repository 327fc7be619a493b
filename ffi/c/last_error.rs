//! The thread's last failure.

use std::ffi::c_char;

use notice::{Bilingual, Error, Language, Result};
use safer_ffi::prelude::derive_ReprC;

use super::names::{NOTICE_LANGUAGE_EN, NOTICE_LANGUAGE_ZH};
use super::status::NOTICE_OK;
use crate::boundary::last_error;
use crate::boundary::panic::guard_quietly;

/// Details of the thread's last failure, for a program to act on.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeErrorInfo {
    /// The status; NOTICE_OK when no call of this thread has failed yet.
    pub status: i32,
    /// 1 when `offset` is set, else 0.
    pub has_offset: u32,
    /// Position of the fault in the offending value, in bytes.
    pub offset: u64,
    /// The limit that was exceeded; 0 for other failures.
    pub limit: u64,
    /// Always 0.
    pub reserved: [u64; 2],
}

/// Returns the message of this thread's last failure: path, offending value, fault and position.
///
/// The message is empty when no call of this thread has failed yet. A successful call leaves it as
/// it is, and so do the three functions that read it.
///
/// @param language  NOTICE_LANGUAGE_EN or NOTICE_LANGUAGE_ZH.
/// @param buf       Receives the message and a NUL. {NULL, 0} asks for `needed`.
/// @param cap       Size of `buf` in bytes.
/// @param needed    Receives the required size in bytes, including the NUL, also on
///                  NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_TOO_SMALL; NOTICE_INVALID_FIELD for an unknown language or a NULL.
/// Threads: any; each has its own last failure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_last_error(
    language: i32,
    buf: *mut c_char,
    cap: usize,
    needed: *mut usize,
) -> i32 {
    guard_quietly!(notice_last_error, |caller| {
        let language = read_language(language)?;
        let message = last_error::with(|error| error.map(|error| error.message(language)));
        caller.write_text(&message.unwrap_or_default(), buf, cap, needed)
    })
}

/// Returns the path of this thread's last failure, such as "texts.en.title" or the name of a
/// parameter.
///
/// The path is empty when the failure concerns no particular field.
///
/// @param buf     Receives the path and a NUL. {NULL, 0} asks for `needed`.
/// @param cap     Size of `buf` in bytes.
/// @param needed  Receives the required size in bytes, including the NUL, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_TOO_SMALL; NOTICE_INVALID_FIELD for a NULL.
/// Threads: any; each has its own last failure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_last_error_path(
    buf: *mut c_char,
    cap: usize,
    needed: *mut usize,
) -> i32 {
    guard_quietly!(notice_last_error_path, |caller| {
        let path = last_error::with(|error| error.and_then(Error::path).map(str::to_owned));
        caller.write_text(&path.unwrap_or_default(), buf, cap, needed)
    })
}

/// Returns status, offset and limit of this thread's last failure.
///
/// @param info  Receives them.
/// @return NOTICE_OK; NOTICE_INVALID_FIELD for a NULL.
/// Threads: any; each has its own last failure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_last_error_info(info: *mut NoticeErrorInfo) -> i32 {
    guard_quietly!(notice_last_error_info, |caller| {
        let info = caller.output("info", info)?;
        info.write(last_error::with(|error| {
            let offset = error.and_then(Error::offset);
            NoticeErrorInfo {
                status: error.map_or(NOTICE_OK, |error| error.kind() as i32),
                has_offset: u32::from(offset.is_some()),
                offset: offset.unwrap_or_default() as u64,
                limit: error.and_then(Error::limit).unwrap_or_default(),
                reserved: [0; 2],
            }
        }));
        Ok(())
    })
}

/// Returns the language with that number.
pub(crate) fn read_language(language: i32) -> Result<Language> {
    match language {
        NOTICE_LANGUAGE_EN => Ok(Language::En),
        NOTICE_LANGUAGE_ZH => Ok(Language::Zh),
        other => {
            let reason = Bilingual::new("must be 0 or 1", "必须是 0 或 1");
            Err(Error::invalid("language", &other.to_string(), reason))
        }
    }
}
