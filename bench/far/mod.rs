//! A daemon in another process, and what a bare socket does there.

mod echo;
mod role;
mod talk;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::Result;
use crate::other::{Other, failed};
pub(crate) use echo::Echo;
pub(crate) use role::{board, run as run_role};
pub(crate) use talk::{Http, Line};

/// The first word on the command line of the other role.
pub(crate) const ROLE: &str = "far-role";
/// The token of an administrator of the daemon.
pub(crate) const TOKEN: &str = "a-token-for-measuring-only-0123456789abcdef";

/// A daemon in another process, whose board has some announcements.
pub(crate) struct Far {
    other: Other,
    /// Dropped behind the process, which uses it.
    _folder: Folder,
    /// What the process said when it was ready.
    places: Value,
}

impl Far {
    /// Starts a daemon with `count` announcements that a seed decides.
    pub(crate) fn start(count: usize, seed: u64) -> Result<Self> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("notice-bench-{}-{number}", std::process::id());
        // Short: the path of a Unix socket has 107 bytes.
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).map_err(failed("a folder for sockets"))?;
        let folder = Folder(folder);
        let (count, seed) = (count.to_string(), seed.to_string());
        let place = folder.0.as_os_str();
        let mut other = Other::start(&[ROLE.as_ref(), place, count.as_ref(), seed.as_ref()])?;
        let places = other.answer()?;
        Ok(Self {
            other,
            _folder: folder,
            places,
        })
    }

    /// Gives an order, and returns what it answers.
    pub(crate) fn order(&mut self, order: &Value) -> Result<Value> {
        self.other.order(order)
    }

    /// One of the places that the process offers: `unix`, `tcp`, `echo_unix`, `echo_tcp`, `wake`.
    pub(crate) fn place(&self, name: &str) -> &str {
        self.places
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Memory of the process that is in use, in bytes; nothing where the system does not say.
    pub(crate) fn memory(&self) -> Option<u64> {
        let status = format!("/proc/{}/status", self.other.id());
        let status = std::fs::read_to_string(status).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// Has it share its board in memory, and returns the name. The rows before are then without that.
    pub(crate) fn share(&mut self) -> Result<String> {
        let name = format!("notice-bench-{}", self.other.id());
        self.order(&json!({ "share": name }))?;
        Ok(name)
    }

    /// Publishes an announcement there for everyone, and returns when, in nanoseconds of the system's clock.
    pub(crate) fn publish(&mut self) -> Result<u64> {
        let answer = self.order(&json!({"publish": 1}))?;
        answer.as_u64().ok_or(format!("no time: {answer}"))
    }
}

/// A folder that is removed with this.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
