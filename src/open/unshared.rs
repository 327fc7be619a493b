//! A build without shared memory.

use std::convert::Infallible;

use crate::board::SharedBoard;
use crate::error::{Bilingual, Error, ErrorKind, Result};

/// A board that this process shares. There is none in a build without the feature `shm`.
#[derive(Debug)]
pub struct Sharing(Infallible);

/// Shares a board of this process under a name.
///
/// # Errors
/// `unsupported`: this build has no shared memory.
pub fn share(board: &SharedBoard, name: &str) -> Result<Sharing> {
    let _ = (board, name);
    let reason = Bilingual::new(
        "this build has no shared memory; enable the cargo feature `shm`",
        "当前版本不支持共享内存；请启用 cargo 特性 `shm`",
    );
    Err(Error::new(ErrorKind::Unsupported, reason))
}
