//! What every exported function passes through. It names no type of the C header and nothing of the E layer,
//! which both build on it.
//!
//! | module | what is there |
//! |---|---|
//! | `panic` | the guards that every exported body runs in |
//! | `last_error`, `status` | the thread's last failure; numbers, names and messages of results |
//! | `handle`, `table` | which pointers are boards; handles that tell what was given back |
//! | `arguments` | reading what a caller hands in, writing where it wants results |
//! | `memory` | results in one allocation |
//! | `clock`, `listeners`, `progress`, `writer` | functions of the caller that the library calls |

pub(crate) mod arguments;
pub(crate) mod clock;
pub(crate) mod handle;
pub(crate) mod last_error;
pub(crate) mod listeners;
pub(crate) mod memory;
pub(crate) mod panic;
pub(crate) mod progress;
pub(crate) mod status;
pub(crate) mod table;
pub(crate) mod writer;
