//! Machines for tests: a folder as home, and daemons that end with the test.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use notice::SharedBoard;
use rustix::process::{Pid, Signal, kill_process};

/// Longer than anything takes that does not hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A machine on which nothing of notice was ever started.
pub(crate) struct Machine(pub(crate) PathBuf);

/// A running daemon. It is killed when it is dropped.
pub(crate) struct Daemon {
    child: Child,
    /// Lines of its standard output so far.
    pub(crate) said: Vec<String>,
}

impl Machine {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let shm = Path::new("/dev/shm");
        let parent = match shm.is_dir() {
            true => shm.to_owned(),
            false => std::env::temp_dir(),
        };
        let folder = parent.join(format!("notice-cli-{}-{count}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// The command with this machine's environment and nothing else.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_notice"));
        command
            .args(arguments)
            .env_clear()
            .env("TZ", "UTC")
            .env("HOME", &self.0)
            .env("XDG_RUNTIME_DIR", self.0.join("run"))
            .current_dir(&self.0)
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts a daemon, and waits until it serves.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Daemon {
        let arguments = [&["serve"], arguments].concat();
        Daemon::start(&mut self.command(&arguments))
    }

    /// The default socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.0.join("run/notice/notice.sock")
    }

    /// URL of the default socket, for a client that comes back soon.
    pub(crate) fn url(&self) -> String {
        let socket = self.socket();
        format!("unix:{}", socket.display())
    }

    pub(crate) fn open(&self) -> SharedBoard {
        notice::open(&self.url()).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Daemon {
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut daemon = Self {
            child,
            said: Vec::new(),
        };
        let out = BufReader::new(daemon.child.stdout.take().unwrap());
        for line in out.lines() {
            let line = line.unwrap();
            // The addresses are the last thing that it says.
            let is_last = line.starts_with("  unix:") || line.starts_with("  tcp:");
            daemon.said.push(line);
            if is_last {
                return daemon;
            }
        }
        let why = daemon.complaints();
        panic!("it does not serve: {:?} {why}", daemon.said);
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Waits for its end, and returns its exit code.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        let ended = until("the daemon ends", || self.child.try_wait().unwrap());
        ended.code()
    }

    /// Stops it in the usual way.
    pub(crate) fn stop(self) {
        self.signal(Signal::TERM);
        self.stop_told();
    }

    /// Waits for the end of one that was told to stop.
    pub(crate) fn stop_told(mut self) {
        assert_eq!(self.wait(), Some(0));
    }

    /// Returns its standard error.
    pub(crate) fn errors(&mut self) -> BufReader<ChildStderr> {
        BufReader::new(self.child.stderr.take().unwrap())
    }

    /// Everything on its standard error, until its end.
    pub(crate) fn complaints(&mut self) -> String {
        let errors: ChildStderr = self.child.stderr.take().unwrap();
        std::io::read_to_string(errors).unwrap()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until there is something.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "not in time: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
