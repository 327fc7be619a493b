//! An embeddable announcement (公告) engine.
//!
//! A program asks a [`Board`] "which announcements should this person see now?", and a board in the
//! same process answers in microseconds. Announcements have texts in several languages, an audience,
//! a period of visibility and a rank. A query has a viewer, and returns the page to show.
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
//! let viewer = Viewer::new("zhang.wei").locales(["zh-CN"]).with("platform", "windows");
//! let page = board.query(&Query::new(viewer).limit(20))?;
//! assert_eq!(page.items[0].text().title, "今晚停机维护");
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! The [`cookbook`] has a recipe for each common task.
//!
//! # What it is not
//!
//! It is not a message queue, a chat or a mailing system. It delivers nothing to anybody; a board is
//! asked. It authenticates nobody: the program says who the viewer is. It is no general database
//! either: a board is all in memory, and a file only makes it durable.
//!
//! # Finding your way
//!
//! | task | start with |
//! |---|---|
//! | open a board | [`open`], [`Options`] |
//! | publish and change | [`Draft`], [`Operation`] |
//! | check drafts without publishing them | [`Board::check`], [`Checkup`] |
//! | say who may see it | [`Audience`], [`Operator`], [`VersionRange`] |
//! | ask for a page or a count | [`Query`], [`Filter`], [`Viewer`], [`Page`] |
//! | record what a viewer did | [`Mark`], [`Board::mark`], [`Board::mark_all_read`] |
//! | keep a list up to date | [`Board::changes`], [`Board::on_change`], [`follow::Follower`] |
//! | bring a board to what a list from the web has | [`list`] |
//! | copy a board to another process | [`journal`], [`Replica`] |
//! | send questions and answers as JSON or bytes | [`wire`] |
//! | find out why somebody does not see it | [`Board::explain`] |
//! | back up, check, export | [`Custody`] |
//! | read an error | [`Error`], [`ErrorKind`] |
//!
//! # Threads
//!
//! All threads may use a board at once. Queries see one revision and do not wait for a write to reach
//! the disk. Writes from several threads share a commit. There is no async API, because calls do not
//! wait for a network; the cookbook shows how an [async program](cookbook#async-programs) uses a board.
//!
//! # Processes
//!
//! A board belongs to the process that opened it. In a forked child every call returns `unavailable`,
//! and dropping the board only frees memory; the child opens the board again.
//!
//! # Features
//!
//! - `file` (default): boards in a file. Without it, `mem:` is the only built-in scheme, and no
//!   database is compiled.
//! - `client` (default): boards that a daemon keeps, `tcp:` and `unix:`.
//! - `shm` (default): memory shared between processes, on Linux and Windows. Elsewhere it says `unsupported`.

// Two files allow it, and say why: src/shm/platform/mapping.rs, and kernel32.rs beside it.
#![deny(unsafe_code)]
// Without the feature, the engine's code for durable boards is unused.
#![cfg_attr(not(feature = "file"), allow(dead_code))]

mod board;
mod clock;
pub mod cookbook;
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
mod headroom;
pub mod journal;
pub mod list;
#[doc(hidden)]
pub mod locks;
mod model;
mod named;
mod notifier;
mod number_map;
mod open;
#[doc(hidden)]
pub mod process;
mod progress;
mod query;
mod random;
#[cfg(feature = "client")]
mod remote;
mod search;
#[cfg(feature = "shm")]
mod sharing;
#[cfg(feature = "shm")]
#[doc(hidden)]
pub mod shm;
pub mod time;
pub mod wire;

pub use board::{Board, OnChange, SharedBoard};
pub use clock::{Clock, ManualClock, SystemClock};
pub use custody::Custody;
pub use engine::{Arriving, Guarded, Principal, Replica, Role};
#[doc(hidden)]
pub use error::panic_text;
pub use error::{Bilingual, Error, ErrorKind, Language, Result};
#[cfg(feature = "file")]
pub use file_board::{restore_backup, verify};
#[doc(hidden)]
pub use headroom::has_room_for;
pub use model::{
    Acknowledgement, Action, ActionKind, Announcement, Audience, Block, Condition, Draft, Format,
    Importance, Lifecycle, Locale, Mark, Marking, Operation, Operator, Outcome, Patch, Placement,
    Published, Receipt, Reference, Severity, Shown, Text, TextView, Version, VersionRange, Viewer,
    WallTime, WantedLocales, WrittenTime, limits,
};
pub use open::{
    BoardUrl, CommonOptions, LocalOptions, Options, RemoteOptions, Scheme, open, register, schemes,
};
#[cfg(not(feature = "shm"))]
pub use open::{Sharing, share};
pub use progress::Step;
pub use query::{
    ChangeEvent, ChangeKind, ChangePage, ChangeQuery, Checkup, Compaction, Count, Daemon,
    Explanation, Fault, Field, Filter, Finding, Head, Highlights, HitRange, Item, Lint, LintRule,
    Maintenance, Order, OwnMarks, OwnMarksQuery, Page, Phase, Problem, Query, ReceiptPage,
    ReceiptQuery, Resources, Rule, ShownAction, Snippet, Stats, TimeRange, UserReceipt,
    Verification, View,
};
#[cfg(feature = "client")]
pub use remote::certificate_ends_at;
#[cfg(feature = "shm")]
pub use sharing::{Sharing, share};

/// Runs the Rust programs of the READMEs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../README.zh-CN.md")]
struct Readme;
