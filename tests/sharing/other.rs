//! Another process that does what lines tell it, and answers in lines.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The other process.
pub(crate) struct Other {
    pub(crate) child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Other {
    pub(crate) fn start(command: &mut Command) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        Self {
            orders: child.stdin.take(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// Tells it a line.
    #[track_caller]
    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.orders.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Returns the next line that it says, without its end.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        let length = self.answers.read_line(&mut line).unwrap();
        assert_ne!(length, 0, "it has ended");
        line.trim_end().to_owned()
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // It ends with its input, if it was not killed.
        drop(self.orders.take());
        let _ = self.child.wait();
    }
}
