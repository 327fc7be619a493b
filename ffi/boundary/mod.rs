//! Infrastructure of every exported function. It names no type of the C header or the E layer, because both
//! build on it.
//!
//! | module | contents |
//! |---|---|
//! | `panic` | the guards that every exported body runs in |
//! | `last_error`, `status` | the thread's last failure; numbers, names and messages of results |
//! | `handle`, `table` | handles of boards, which detect use after closing |
//! | `runtime` | what is set up once in the process: no text for panics, being told of forks, staying loaded |
//! | `arguments` | reading arguments, and writing to the caller's memory |
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
pub(crate) mod runtime;
pub(crate) mod status;
pub(crate) mod table;
pub(crate) mod writer;
