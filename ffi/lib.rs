//! The C library: `include/notice.h` is what it looks like from outside, and is written from `c/`.
//!
//! | module | what is there |
//! |---|---|
//! | `boundary` | what every exported function passes through: panics, errors, handles, arguments, memory |
//! | `c` | what is exported, one file for each C type |
//! | `e` | what is exported for the E language, one file for each group of functions |
//!
//! `c` and `e` import `boundary`, which imports neither. Unsafe code is in `boundary`, in `c/buffer`, and where
//! an exported function takes its caller's word for its pointers by the macro `guard!`.

// The header states what a caller has to see to; in the source it would say the same once more.
#![allow(clippy::missing_safety_doc)]

mod boundary;
pub mod c;
#[cfg(feature = "e")]
pub mod e;
