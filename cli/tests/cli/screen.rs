//! A terminal for tests: what is typed into it, and what a command writes on it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::desk::Desk;
use crate::support::PATIENCE;

/// End of the input (Ctrl-D), and the interrupt (Ctrl-C).
pub(crate) const END: &str = "\u{4}";
pub(crate) const INTERRUPT: &str = "\u{3}";

/// A command on a terminal of its own. It is killed when it is dropped.
pub(crate) struct Screen {
    child: Child,
    keyboard: File,
    written: Receiver<Vec<u8>>,
    /// Everything on it so far.
    bytes: Vec<u8>,
    /// Length of the beginning of its text in which all was found that was expected.
    expected: usize,
}

/// How large a terminal is, in rows and columns.
pub(crate) type Size = (u16, u16);

/// Whether there can be a terminal here: `setsid` gives a command one that it may be interrupted from.
pub(crate) fn is_possible() -> bool {
    let found = ["/usr/bin/setsid", "/bin/setsid"]
        .iter()
        .any(|path| Path::new(path).exists());
    if !found {
        eprintln!("skipped: there is no setsid, of util-linux");
    }
    found
}

impl Screen {
    /// Starts a command at a desk.
    pub(crate) fn new(
        desk: &Desk,
        size: Size,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let (ws_row, ws_col) = size;
        let window = Winsize {
            ws_row,
            ws_col,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&master, window).unwrap();
        let place = File::from(ioctl_tiocgptpeer(&master, flags).unwrap());
        // Its own session, with this terminal. It replaces itself by the command, whose process is then this child.
        let mut command = Command::new("setsid");
        command
            .arg("--ctty")
            .arg(env!("CARGO_BIN_EXE_notice"))
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("TERM", "xterm-256color")
            // Words are looked for; a test of colours empties it.
            .env("NO_COLOR", "1")
            .env("HOME", &desk.0.0)
            .env("XDG_RUNTIME_DIR", desk.0.0.join("run"))
            .env("NOTICE_TZ", "Asia/Shanghai")
            .envs(variables.iter().copied())
            .current_dir(&desk.0.0)
            .stdin(place.try_clone().unwrap())
            .stdout(place.try_clone().unwrap())
            .stderr(place);
        let child = command.spawn().unwrap();
        // The streams of the child are closed here, so that the terminal ends with it.
        drop(command);
        let keyboard = File::from(master);
        let mut screen = keyboard.try_clone().unwrap();
        let (sender, written) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // An error is the end: nobody has the terminal open any more.
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            keyboard,
            written,
            bytes: Vec::new(),
            expected: 0,
        }
    }

    /// Waits until a text appears behind what was expected before.
    pub(crate) fn expect(&mut self, part: &str) {
        loop {
            let text = self.text();
            if let Some(at) = text[self.expected..].find(part) {
                self.expected += at + part.len();
                return;
            }
            assert!(self.receive(), "it ended without {part:?}:\n{text}");
        }
    }

    /// Types.
    pub(crate) fn enter(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for the end; returns how the command ended, and everything on the screen.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        while self.receive() {}
        (self.child.wait().unwrap(), self.text())
    }

    /// Takes what is written next; false when nobody has the terminal any more.
    fn receive(&mut self) -> bool {
        match self.written.recv_timeout(PATIENCE) {
            Ok(bytes) => self.bytes.extend(bytes),
            Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => panic!("it hangs:\n{}", self.text()),
        }
        true
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).replace('\r', "")
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
