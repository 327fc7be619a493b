//! Lists of announcements from elsewhere: a file that somebody puts on a web server, or what a daemon offers to mirrors.
//!
//! A [`List`] is read leniently, for its author cannot ask the programs that read it: an announcement that cannot be
//! read is passed over and told, unknown members are ignored, and the others are there. A [`Source`] brings a board to
//! what a list has: what is new is published, what is different is updated, and what is gone is purged, as one revision.
//!
//! ```
//! use notice::list::{List, Source};
//!
//! let board = notice::open("mem:")?;
//! let mut source = Source::named("example.com");
//! let list = br#"[{"key": "june", "texts": {"en": {"title": "Maintenance tonight"}}, "added_later": 1}, {"texts": 5}]"#;
//! let synced = source.sync(&*board, List::read(list)?)?;
//! assert_eq!((synced.published, synced.passed_over), (1, 1));
//!
//! let synced = source.sync(&*board, List::read(b"[]")?)?;
//! assert_eq!(synced.purged, 1);
//! # Ok::<(), notice::Error>(())
//! ```

mod listed;
mod plain;
mod present;
mod reading;
mod source;

pub use reading::{List, PassedOver};
pub use source::{Source, Synced};
