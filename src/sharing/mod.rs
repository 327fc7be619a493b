//! Boards in shared memory: who shares one, and who follows it.
//!
//! The one who has a board shares it under a name: [`Sharing`]. What others attach is a copy in their own memory, which a
//! thread keeps up to date: [`Attached`]. Of several processes that open one file, the first has the file and shares it,
//! and the others follow until it is gone: [`Joint`]. How the memory works, [`shm`](crate::shm) says.

mod attached;
mod calls;
mod copy;
mod follower;
#[cfg(feature = "file")]
mod joint;
#[cfg(feature = "file")]
mod naming;
mod progress;
mod sharer;
mod spread;
#[cfg(all(test, feature = "file", target_os = "linux"))]
mod tests;

pub(crate) use self::attached::{Attached, Marks};
#[cfg(feature = "file")]
pub(crate) use self::joint::{Joint, Opener, Opening, Terms};
#[cfg(feature = "file")]
pub(crate) use self::naming::{Naming, not_followed};
pub use self::sharer::Sharing;

use crate::board::SharedBoard;
use crate::error::Result;
use crate::shm::{Folder, check_name};

/// Shares a board of this process under a name: other processes of the same user follow it as `shm:NAME`, each by a copy
/// in its own memory, which it asks without any call to this process. The board is shared until the returned value is
/// dropped, and stays open as long.
///
/// A name has at most 100 bytes: letters, digits, `-`, `_` and `.`, and begins with a letter or a digit. Another process
/// that ended while it shared the name is continued: those who followed it go on without a gap. Nothing waits for those
/// who follow: one that is too slow begins anew with a snapshot.
///
/// [`Sharing`] has an example, and docs/shared-memory.md says more.
///
/// # Errors
/// `locked` if another process shares a board under that name; `invalid_field` or `too_large` for the name;
/// `unsupported` for a board that is kept elsewhere, and on systems without this; `unauthorized` if somebody else owns
/// the files; `io`, also when there is no room.
pub fn share(board: &SharedBoard, name: &str) -> Result<Sharing> {
    // Before a folder is made for it.
    check_name(name)?;
    Sharing::begin(board, &Folder::of_user()?, name, false)
}
