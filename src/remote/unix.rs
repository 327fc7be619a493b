//! The way to a daemon at a socket in the file system.

use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

#[cfg(all(feature = "shm", target_os = "linux"))]
use super::passing::Passing;
use super::transport::{Stream, Transport, Unconnected};

/// A daemon at a socket in the file system.
#[derive(Debug)]
pub(super) struct Unix {
    pub(super) path: PathBuf,
    pub(super) shown: String,
}

impl Transport for Unix {
    fn connect(&self, _within: Duration) -> Result<Box<dyn Stream>, Unconnected> {
        Ok(Box::new(UnixStream::connect(&self.path)?))
    }

    #[cfg(all(feature = "shm", target_os = "linux"))]
    fn connect_for_descriptors(&self, _within: Duration) -> Result<Box<dyn Stream>, Unconnected> {
        let stream = UnixStream::connect(&self.path)?;
        Ok(Box::new(Passing::new(stream)))
    }

    fn address(&self) -> &str {
        &self.shown
    }
}
