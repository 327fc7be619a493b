//! A daemon in another process, and what a bare socket does there: this program once more, in another role.
//!
//! Standard input and output carry orders and answers, a line each. The process ends with its input.

mod clock;
mod echo;
mod role;
mod talk;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::Result;
pub(crate) use clock::now;
pub(crate) use echo::Echo;
pub(crate) use role::{board, run as run_role};
pub(crate) use talk::{Http, Line};

/// The first word on the command line of the other role.
pub(crate) const ROLE: &str = "far-role";
/// The token of an administrator of the daemon.
pub(crate) const TOKEN: &str = "a-token-for-measuring-only-0123456789abcdef";

/// A daemon in another process, whose board has some announcements.
pub(crate) struct Far {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    folder: PathBuf,
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
        let program = std::env::current_exe().map_err(failed("this program"))?;
        let mut child = Command::new(program)
            .arg(ROLE)
            .arg(&folder)
            .args([count.to_string(), seed.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed("the other process"))?;
        let orders = child.stdin.take();
        let answers = child.stdout.take().ok_or("it has no output")?;
        let mut far = Self {
            child,
            orders,
            answers: BufReader::new(answers),
            folder,
            places: Value::Null,
        };
        far.places = far.answer()?;
        Ok(far)
    }

    /// Gives an order, and returns what it answers.
    pub(crate) fn order(&mut self, order: Value) -> Result<Value> {
        let orders = self.orders.as_mut().ok_or("it is stopping")?;
        writeln!(orders, "{order}").map_err(failed("the other process"))?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Value> {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        read.map_err(failed("the other process"))?;
        serde_json::from_str(&line).map_err(|error| format!("the other process: {error}: {line:?}"))
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
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// Publishes an announcement there for everyone, and returns when, in nanoseconds of the system's clock.
    pub(crate) fn publish(&mut self) -> Result<u64> {
        let answer = self.order(json!({"publish": 1}))?;
        answer.as_u64().ok_or(format!("no time: {answer}"))
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.orders.take());
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Says what failed.
pub(crate) fn failed<E: std::fmt::Display>(what: &str) -> impl Fn(E) -> String + '_ {
    move |error| format!("{what}: {error}")
}
