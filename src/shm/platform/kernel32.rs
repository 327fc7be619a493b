//! Functions of Windows that the standard library does not offer. This file and `mapping.rs` have the unsafe code of
//! this crate.
//!
//! All of them are in Windows 7.

#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::windows::io::{AsRawHandle, HandleOrNull, OwnedHandle};
use std::ptr;
use std::thread;
use std::time::Duration;

use windows_sys::Win32::Foundation::ERROR_LOCK_VIOLATION;
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, GetFileInformationByHandle, LOCKFILE_EXCLUSIVE_LOCK,
    LOCKFILE_FAIL_IMMEDIATELY, LockFileEx,
};
use windows_sys::Win32::System::IO::{OVERLAPPED, OVERLAPPED_0, OVERLAPPED_0_0};
use windows_sys::Win32::System::Threading::{
    CREATE_EVENT_MANUAL_RESET, CreateEventExW, EVENT_MODIFY_STATE, OpenEventW,
    SYNCHRONIZATION_SYNCHRONIZE, SetEvent, WaitForSingleObject,
};

use super::Lock;

/// The byte that is locked, 2^62: far behind the end of any file. A lock of Windows keeps others from reading what it
/// covers, so nothing is there.
const LOCKED_BYTE_HIGH: u32 = 1 << 30;
/// How long one sleeps who may make no events: about as long as the clock of Windows takes to tick.
const TICK: Duration = Duration::from_millis(16);

/// Locks a file for as long as it is open. Reports whether nobody else has it.
///
/// # Errors
/// Those of the system.
pub(super) fn try_lock(file: &File, lock: Lock) -> io::Result<bool> {
    let flags = match lock {
        Lock::Alone => LOCKFILE_FAIL_IMMEDIATELY | LOCKFILE_EXCLUSIVE_LOCK,
        Lock::Shared => LOCKFILE_FAIL_IMMEDIATELY,
    };
    let mut place = OVERLAPPED {
        Anonymous: OVERLAPPED_0 {
            Anonymous: OVERLAPPED_0_0 {
                Offset: 0,
                OffsetHigh: LOCKED_BYTE_HIGH,
            },
        },
        ..OVERLAPPED::default()
    };
    // SAFETY: the handle is open, for `file` is borrowed. `place` lasts until the call has returned, and the call does
    // not go on behind that, because the file was not opened for overlapped use.
    let locked = unsafe { LockFileEx(file.as_raw_handle(), flags, 0, 1, 0, &raw mut place) };
    if locked != 0 {
        return Ok(true);
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        Some(code) if code as u32 == ERROR_LOCK_VIOLATION => Ok(false),
        _ => Err(error),
    }
}

/// Returns the volume of a file and its number there, which no other file has while this one is open.
///
/// # Errors
/// Those of the system.
pub(super) fn identity(file: &File) -> io::Result<(u32, u64)> {
    let mut about = BY_HANDLE_FILE_INFORMATION::default();
    // SAFETY: the handle is open, for `file` is borrowed, and `about` has room for what is written.
    if unsafe { GetFileInformationByHandle(file.as_raw_handle(), &raw mut about) } == 0 {
        return Err(io::Error::last_os_error());
    }
    let number = u64::from(about.nFileIndexHigh) << 32 | u64::from(about.nFileIndexLow);
    Ok((about.dwVolumeSerialNumber, number))
}

/// One ring of a bell: those who wait for it sleep until it has happened. The next ring is another event, so nobody has
/// to say when this one is over.
pub(super) struct Event {
    /// In UTF-16, with a zero at the end.
    name: Vec<u16>,
}

impl Event {
    /// Returns the event of those who sleep because the bell at `word` of that segment is `value`.
    ///
    /// Sessions of a user share `Global`, in which any process may make events. Nobody can guess the identity.
    pub(super) fn new(uuid: u128, word: usize, value: u32) -> Self {
        let name = format!("Global\\notice-{uuid:032x}-{word:x}-{value:x}\0");
        Self {
            name: name.encode_utf16().collect(),
        }
    }

    /// Sleeps until the event is rung, at most for `limit`, unless `is_rung` says that it was before somebody slept.
    pub(super) fn sleep_until(&self, is_rung: impl Fn() -> bool, limit: Duration) {
        // SAFETY: no attributes are given, and the name ends with a zero. The handle is this function's own.
        let event = unsafe {
            HandleOrNull::from_raw_handle(CreateEventExW(
                ptr::null(),
                self.name.as_ptr(),
                CREATE_EVENT_MANUAL_RESET,
                SYNCHRONIZATION_SYNCHRONIZE,
            ))
        };
        let Ok(event) = OwnedHandle::try_from(event) else {
            // A process with few rights looks again and again.
            return thread::sleep(limit.min(TICK));
        };
        if is_rung() {
            return;
        }
        // Rounded up, so that nobody looks again and again at the end.
        let limit = limit.as_nanos().div_ceil(1_000_000);
        let limit = u32::try_from(limit).unwrap_or(u32::MAX - 1);
        // SAFETY: the handle is open until the end of this function. Woken, too late, or an error: who sleeps looks
        // again in any case.
        unsafe { WaitForSingleObject(event.as_raw_handle(), limit) };
    }

    /// Wakes all who sleep. If nobody does, there is no such event.
    pub(super) fn ring(&self) {
        // SAFETY: the name ends with a zero. The handle is this function's own.
        let event = unsafe {
            HandleOrNull::from_raw_handle(OpenEventW(EVENT_MODIFY_STATE, 0, self.name.as_ptr()))
        };
        if let Ok(event) = OwnedHandle::try_from(event) {
            // SAFETY: the handle is open.
            unsafe { SetEvent(event.as_raw_handle()) };
        }
    }
}
