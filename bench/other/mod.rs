//! Another process: this program once more, in another role.
//!
//! Standard input and output carry orders and answers, a line of JSON each. The process ends with its input.

mod clock;

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::Result;
pub(crate) use clock::now;

/// The other process, as the one that has started it sees it.
pub(crate) struct Other {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Other {
    /// Starts this program with the words of a role.
    pub(crate) fn start(words: &[&OsStr]) -> Result<Self> {
        let program = std::env::current_exe().map_err(failed("this program"))?;
        let mut child = Command::new(program)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed("the other process"))?;
        let orders = child.stdin.take();
        let answers = child.stdout.take().ok_or("it has no output")?;
        Ok(Self {
            child,
            orders,
            answers: BufReader::new(answers),
        })
    }

    /// Returns the number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Gives an order, and waits for nothing.
    pub(crate) fn tell(&mut self, order: &Value) -> Result {
        let orders = self.orders.as_mut().ok_or("it is stopping")?;
        writeln!(orders, "{order}").map_err(failed("the other process"))
    }

    /// Returns what it answers next.
    pub(crate) fn answer(&mut self) -> Result<Value> {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        read.map_err(failed("the other process"))?;
        serde_json::from_str(&line).map_err(|error| format!("the other process: {error}: {line:?}"))
    }

    /// Gives an order, and returns what it answers.
    pub(crate) fn order(&mut self, order: &Value) -> Result<Value> {
        self.tell(order)?;
        self.answer()
    }

    /// Ends it at once.
    pub(crate) fn kill(mut self) -> Result {
        self.child.kill().map_err(failed("the other process"))
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.orders.take());
        let _ = self.child.wait();
    }
}

/// The orders that this process is given, until there are no more.
pub(crate) fn orders() -> impl Iterator<Item = Result<Value>> {
    std::io::stdin().lines().map(|line| {
        let line = line.map_err(failed("orders"))?;
        serde_json::from_str(&line).map_err(failed("an order"))
    })
}

/// Answers an order.
pub(crate) fn say(value: &Value) -> Result {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}")
        .and_then(|()| out.flush())
        .map_err(failed("the other process"))
}

/// Says what failed.
pub(crate) fn failed<E: std::fmt::Display>(what: &str) -> impl Fn(E) -> String + '_ {
    move |error| format!("{what}: {error}")
}
