//! The layer for the E language (易语言): `include/notice_e.h` and `e-bindings/` are what it looks like from
//! outside. docs/e-language.md says how it is called.
//!
//! | modules | what is there |
//! |---|---|
//! | `board` `viewer` `query` `page` `fields` `table` `publish` `check` `marks` `explain` `watch` `helpers` `last_error` | what is exported |
//! | `names`, `declared` | numbers; the declarations that are pasted, held against what is exported |
//! | `guard` `input` `output` `gbk` | the boundary: panics, text and buffers |
//! | `handle` `state` `shared` `rows` `published` | what is kept between calls |
//! | `conditions` `query_text` `value` | what is asked, and what is answered |
//! | `clock` `local_time` `zone` | times |
//! | `follow` `window` | changes |

pub mod board;
pub mod check;
mod clock;
mod conditions;
mod declared;
pub mod explain;
pub mod fields;
mod follow;
mod gbk;
mod guard;
mod handle;
pub mod helpers;
mod input;
pub mod last_error;
mod local_time;
pub mod marks;
pub mod names;
mod output;
pub mod page;
pub mod publish;
mod published;
pub mod query;
mod query_text;
mod rows;
mod shared;
mod state;
pub mod table;
mod value;
pub mod viewer;
pub mod watch;
mod window;
mod zone;
