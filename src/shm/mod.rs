//! Memory that a process shares, and from which others read what it writes, without any call to anyone.
//!
//! One [`Writer`] has a ring of numbered entries, and any number of [`Reader`]s follow it. Nobody waits for a reader: one
//! that falls behind is told how many entries it has lost, and begins again with a [`Snapshot`], which is a whole board
//! in parts. What the entries and parts are, this module does not know.
//!
//! ```no_run
//! # use std::time::Duration;
//! use notice::shm::{Folder, Reader, Sizes, Step, Writer};
//!
//! // The process that shares. A new segment has no snapshot; one that is taken over says what was last in it.
//! let folder = Folder::of_user()?;
//! let mut writer = Writer::open(&folder, "NAME", Sizes::default())?;
//! let mut snapshot = writer.snapshot()?;
//! snapshot.part(b"a part of the board")?;
//! snapshot.part(b"another part")?;
//! let made = snapshot.finish()?;
//! writer.publish(made)?;
//! writer.append(b"what was written then")?;
//!
//! // Another process.
//! let mut reader = Reader::attach(&folder, "NAME")?;
//! if let Some(mut snapshot) = reader.snapshot(Duration::from_secs(5))? {
//!     while let Some(part) = snapshot.next_part()? {
//!         // Nobody may see the board before the last part has come.
//!         println!("{} bytes to build it from", part.len());
//!     }
//!     reader.begin(&snapshot)?;
//! }
//! loop {
//!     match reader.next_step()? {
//!         // One that the snapshot has already is passed over.
//!         Step::Entry(entry) => println!("{} bytes to apply", entry.len()),
//!         Step::Empty | Step::Closed => reader.wait(Duration::from_secs(1)),
//!         Step::Lost(count) => println!("{count} are lost: begin with a snapshot again"),
//!         Step::Restart => println!("begin with a snapshot again"),
//!         Step::Retired => println!("attach again"),
//!         _ => {}
//!     }
//! }
//! # #[allow(unreachable_code)]
//! # Ok::<(), notice::Error>(())
//! ```
//!
//! # Who has to do what
//!
//! The writer appends each entry after it is durable, calls [`Writer::beat`] about once a second, and makes a snapshot
//! when [one is due](Writer::is_snapshot_due) or [wanted](Writer::wishes). A snapshot is begun with [`Writer::snapshot`]
//! before the board is looked at; it may then be written on another thread while entries are appended. Readers pass over
//! entries that it has already.
//!
//! A writer that [has taken over](Writer::taken_over) looks at the last entry that readers may have seen. If the board
//! continues it, it appends what is missing; if not, it makes a snapshot and calls [`Writer::restart`]. It does the same
//! for an entry that is [too large](Writer::largest), and when the board is replaced by another one.
//!
//! A reader whose [`Reader::heartbeat`] stands still for seconds asks [`Reader::has_writer`]. If there is none, it goes
//! on waiting, or [opens](Writer::open) the name as the next writer. It attaches again from time to time while there is
//! no writer, because a next one may have found the segment damaged and made another.
//!
//! # What is trusted
//!
//! Nothing that stands in a segment. Each number is checked in a copy before it is used, and nothing is parsed in place.
//! A named segment belongs to one user, who can end his own processes by truncating it while it is in use. What is handed
//! over to other users is sealed against that: see [`Writer::sealed`].

mod calls;
mod extent;
mod failure;
mod handed;
mod header;
mod layout;
mod lock;
mod memory;
mod names;
mod page;
mod platform;
mod reader;
mod ring;
mod sealed;
mod segment;
mod snapshot;
mod writer;

#[cfg(test)]
mod meanwhile;
#[cfg(test)]
mod tests;

pub use calls::{Call, CallId, Caller, Calls};
pub use extent::LARGEST_MAPPING;
pub use handed::Descriptors;
pub use header::Sizes;
#[cfg(feature = "file")]
pub(crate) use names::name_of_file;
pub use names::{Folder, NAME_BYTES, check_name};
pub use reader::{Reader, Step, Waker};
pub use snapshot::{Made, Snapshot, SnapshotWriter};
pub use writer::{TakenOver, Wishes, Writer};
