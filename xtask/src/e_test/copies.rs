//! Several copies of one program, which use one file together: what one writes the others see, whoever has the file may be
//! killed or stopped at any time, and nothing that was acknowledged is lost.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use encoding_rs::GBK;

use super::{DECLARATIONS, PROGRAM, Place};
use crate::library;

/// How a copy opens the file, as the module does.
const URL: &str = "file:多开.notice?share=auto&timeout_ms=3000";
/// How often the copy that has the file is killed.
const ROUNDS: usize = 5;
/// So long a copy waits before it fails.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pause before a copy looks again, as a program does in the event of its timer.
const TIMER: Duration = Duration::from_millis(10);

const TIMED_OUT: i32 = -18;
const UNAVAILABLE: i32 = -17;

/// A copy of the program, which makes the calls that it is told (tests/e/serve.c).
struct Copy {
    child: Child,
    calls: ChildStdin,
    answers: BufReader<ChildStdout>,
    board: i32,
}

/// A word of a call: a text in GBK.
fn text(text: &str) -> String {
    let (bytes, _, _) = GBK.encode(text);
    let digits = bytes.iter().map(|byte| format!("{byte:02X}"));
    format!("t{}", digits.collect::<String>())
}

impl Copy {
    fn start(place: &Place) -> Result<Self, String> {
        let mut wine = place.wine.command(&place.folder, "wine");
        wine.args([PROGRAM, DECLARATIONS, "serve"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = wine.spawn().map_err(|error| format!("wine: {error}"))?;
        let (Some(calls), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("wine has no pipes".to_owned());
        };
        let mut copy = Self {
            child,
            calls,
            answers: BufReader::new(answers),
            board: 0,
        };
        copy.board = copy.call(&format!("e_announce_open {}", text(URL)))?;
        if copy.board <= 0 {
            let why = copy.error()?;
            return Err(format!("{URL}: {} {why}", copy.board));
        }
        copy.on_board("set_viewer", &[&text("用户"), &text("张三")])?;
        Ok(copy)
    }

    /// Makes a call, and returns the number that it gives.
    fn call(&mut self, line: &str) -> Result<i32, String> {
        let answer = self.ask(line)?;
        let number = answer
            .strip_prefix('i')
            .and_then(|digits| digits.parse().ok());
        number.ok_or_else(|| format!("{line}: {answer}"))
    }

    fn ask(&mut self, line: &str) -> Result<String, String> {
        let mut answer = String::new();
        let asked = writeln!(self.calls, "{line}").and_then(|()| self.calls.flush());
        asked
            .and_then(|()| self.answers.read_line(&mut answer))
            .map_err(|error| format!("{line}: {error}"))?;
        Ok(answer.trim_end().to_owned())
    }

    /// Why the last call has failed.
    fn error(&mut self) -> Result<String, String> {
        let answer = self.ask("e_announce_last_error")?;
        let digits = answer.strip_prefix('t').unwrap_or_default();
        let bytes: Vec<u8> = (0..digits.len() / 2)
            .filter_map(|n| u8::from_str_radix(digits.get(2 * n..2 * n + 2)?, 16).ok())
            .collect();
        Ok(GBK.decode(&bytes).0.into_owned())
    }

    /// Makes a call on the board.
    fn on_board(&mut self, name: &str, words: &[&str]) -> Result<i32, String> {
        let board = self.board;
        self.call(&format!("e_announce_{name} i{board} {}", words.join(" ")))
    }

    /// The same, which must succeed.
    fn must(&mut self, name: &str, words: &[&str]) -> Result<i32, String> {
        match self.on_board(name, words)? {
            number if number >= 0 => Ok(number),
            number => Err(format!("{name} {words:?}: {number} {}", self.error()?)),
        }
    }

    fn publish(&mut self, title: &str) -> Result<(), String> {
        let nothing = text("");
        let words = [&*nothing, &text(title), &text(title), &nothing, "i1"];
        self.must("publish", &words).map(drop)
    }

    /// Marks everything as read, and returns how long that took.
    fn mark(&mut self) -> Result<Duration, String> {
        let start = Instant::now();
        self.must("mark_all_read", &[&text("")])?;
        Ok(start.elapsed())
    }

    fn count(&mut self, name: &str) -> Result<i32, String> {
        self.must(name, &[&text("")])
    }

    /// Looks again and again until the copy counts that many.
    fn until(&mut self, name: &str, count: i32) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let counted = self.count(name)?;
            if counted == count {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(format!("{name}: {counted} in place of {count}"));
            }
            thread::sleep(TIMER);
        }
    }

    /// Stops the process, or lets it go on.
    fn signal(&self, signal: &str) -> Result<(), String> {
        let id = self.child.id().to_string();
        library::output(Command::new("kill").args([signal, &id]))?;
        // Each thread stops when it runs next.
        while signal == "-STOP" && !self.is_stopped()? {
            thread::yield_now();
        }
        Ok(())
    }

    /// Reports whether all threads of the process have stopped.
    fn is_stopped(&self) -> Result<bool, String> {
        let path = format!("/proc/{}/task", self.child.id());
        let tasks = fs::read_dir(&path).map_err(|error| format!("{path}: {error}"))?;
        Ok(tasks.filter_map(Result::ok).all(|task| {
            let stat = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
            let behind = stat.rsplit_once(") ").map(|(_, behind)| behind.to_owned());
            behind.is_some_and(|state| state.starts_with('T'))
        }))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // As the task manager does.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn share_a_file(place: &Place) -> Result<(), String> {
    let mut first = Copy::start(place)?;
    first.publish("第一条")?;
    let mut second = Copy::start(place)?;
    if second.count("count_active")? != 1 {
        return Err("the second copy does not see what is there".to_owned());
    }
    let (mut published, mut slowest) = (1, Duration::ZERO);
    for round in 0..ROUNDS {
        for copy in [&mut first, &mut second] {
            copy.publish(&format!("第{published}条"))?;
            published += 1;
        }
        for copy in [&mut first, &mut second] {
            copy.until("count_active", published)?;
        }
        second.mark()?;
        first.until("count_unread", 0)?;
        drop(first);
        // What was acknowledged is there, and whoever marks now waits for the one that takes the file over.
        second.publish(&format!("第{published}条"))?;
        published += 1;
        second.until("count_unread", 1)?;
        slowest = slowest.max(second.mark()?);
        first = second;
        second = Copy::start(place)?;
        if second.count("count_unread")? != 0 || second.count("count_active")? != published {
            return Err(format!(
                "round {round}: the next copy does not see what was acknowledged"
            ));
        }
    }
    first.signal("-STOP")?;
    let stopped = while_stopped(place, &mut second, published);
    first.signal("-CONT")?;
    stopped?;
    let deadline = Instant::now() + PATIENCE;
    while second.on_board("mark_all_read", &[&text("")])? < 0 && Instant::now() < deadline {
        thread::sleep(TIMER);
    }
    first.until("count_unread", 0)?;
    println!(
        "copies of one program share a file: {ROUNDS} were killed; the slowest mark took {} ms",
        slowest.as_millis()
    );
    Ok(())
}

/// While the process that has the file is stopped, others answer, open and are not kept waiting.
fn while_stopped(place: &Place, copy: &mut Copy, published: i32) -> Result<(), String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status = copy.on_board("mark_all_read", &[&text("")])?;
        // It waits until the other one has been silent for as long as a call may take, and then no more.
        if status == UNAVAILABLE {
            break;
        }
        if status != TIMED_OUT || Instant::now() >= deadline {
            let why = copy.error()?;
            return Err(format!("{status} while another copy is stopped: {why}"));
        }
    }
    if copy.count("count_active")? != published {
        return Err("a copy does not answer while another one is stopped".to_owned());
    }
    let mut third = Copy::start(place)?;
    third.until("count_active", published)
}
