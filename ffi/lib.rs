//! The C library: `include/notice.h` is what it looks like from outside, and is written from `c/`.
//!
//! | module | what is there |
//! |---|---|
//! | `c` | what is exported, one file for each C type |
//! | `e` | what is exported for the E language, one file for each group of functions |
//! | `panic` | the guard that every exported body runs in |
//! | `caller` | reading what a C caller hands in, writing where it wants results |
//! | `handle`, `table` | which `NoticeBoard` pointers are boards; handles that tell what was given back |
//! | `buffer` | what is handed out, laid out in one piece of memory |
//! | `clock`, `listeners`, `progress`, `writer` | functions of the caller that the library calls |
//! | `last_error` | the thread's last failure |
//! | `status` | names and messages of the statuses |
//!
//! Unsafe code is in `caller`, `buffer`, `clock`, `listeners`, `progress` and `writer`, and nowhere else but at the boundary
//! itself: an exported function takes its caller's word for its pointers by the macro `guard!`.

// The header states what a caller has to see to; in the source it would say the same once more.
#![allow(clippy::missing_safety_doc)]

mod arguments;
mod buffer;
pub mod c;
mod clock;
#[cfg(feature = "e")]
pub mod e;
mod handle;
mod last_error;
#[cfg(test)]
mod layout;
mod listeners;
mod panic;
mod progress;
mod status;
mod table;
mod writer;
