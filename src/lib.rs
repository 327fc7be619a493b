//! An embeddable announcement (公告) engine.
//!
//! A program asks "which announcements should this person see now?" and has the answer in microseconds,
//! from a board in its own process. Announcements have texts in several languages, an audience, a time
//! in which they are visible, and a rank; a query takes a viewer and gives the page to show.
//!
//! ```
//! use notice::{Draft, Operator, Query, Severity, Text, Viewer};
//!
//! let board = notice::open("mem:")?;
//! board.publish(
//!     &Draft::from_text(Text::new("zh-CN", "今晚停机维护").body("22:00 至 24:00 暂停服务。"))
//!         .text(Text::new("en", "Maintenance tonight").body("No service from 22:00 to 24:00."))
//!         .severity(Severity::Warning)
//!         .audience("platform", Operator::In, ["windows"]),
//! )?;
//!
//! let viewer = Viewer::new("zhang.wei").locales(["zh-CN"])?.with("platform", "windows");
//! let page = board.query(&Query::new(viewer).limit(20))?;
//! assert_eq!(page.items[0].text().title, "今晚停机维护");
//! assert_eq!(page.count.total, Some(1));
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! It is not a message queue, not a chat, and not a mailing system: nothing is delivered to anybody; a
//! board is asked.

#![forbid(unsafe_code)]
// What the engine has for a board that is kept lies idle where there is nothing to keep one in.
#![cfg_attr(not(feature = "file"), allow(dead_code))]

mod board;
mod clock;
mod custody;
mod engine;
mod error;
#[cfg(feature = "panic-injection")]
pub mod failpoint;
#[cfg(feature = "file")]
mod file;
#[cfg(feature = "file")]
mod file_board;
pub mod follow;
pub mod journal;
mod model;
mod named;
mod notifier;
mod number_map;
mod open;
mod progress;
mod query;
mod search;
pub mod time;
pub mod wire;

pub use board::{Board, OnChange, SharedBoard};
pub use clock::{Clock, ManualClock, SystemClock};
pub use custody::Custody;
pub use engine::{Guarded, KEEP_MS, KEEP_REVISIONS, Principal, Replica, Role};
pub use error::{Bilingual, Error, ErrorKind, Language, Result};
#[cfg(feature = "file")]
pub use file_board::{restore_backup, verify};
pub use model::{
    Action, ActionKind, Announcement, Audience, Block, Condition, Draft, Format, Importance,
    Lifecycle, Locale, Mark, Operation, Operator, Outcome, Placement, Published, Receipt,
    Reference, Severity, Text, TextView, Version, VersionRange, Viewer, WallTime, WrittenTime,
    limits,
};
pub use open::{
    BoardUrl, CommonOptions, LocalOptions, Options, RemoteOptions, Scheme, open, register, schemes,
};
pub use progress::Step;
pub use query::{
    ChangeEvent, ChangeKind, ChangePage, ChangeQuery, Compaction, Count, DEFAULT_LIMIT,
    Explanation, Field, Filter, Finding, Head, Highlights, HitRange, Item, LIMIT, LIST,
    Maintenance, Order, Page, Phase, Problem, Query, ReceiptPage, ReceiptQuery, Rule, Snippet,
    Stats, TimeRange, UserReceipt, Verification, View,
};

/// Runs the Rust programs of the READMEs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../README.zh-CN.md")]
struct Readme;
