//! The contract of a board, by the command: a process for each call. What has a command of its own is typed so, with
//! `--json`; `notice call` carries the rest.

mod typed;

use std::io::Write as _;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use notice::ManualClock;
use notice_conformance::{
    Answer, BoardOptions, Joined, Kept, Refusal, Surface, checked, nothing, open_board, own_cases,
    read_all, run_all,
};
use notice_server::Server;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use self::typed::typed;
use crate::support::{Machine, text};

const COMMAND: Joined = Joined {
    name: "command",
    open: |_, now, options| Box::new(Shell::open(now, options)),
    lacks: nothing,
};

/// Calls of cases that were typed as a command of their own, and those that `notice call` carried.
static TYPED: AtomicU32 = AtomicU32::new(0);
static CALLED: AtomicU32 = AtomicU32::new(0);

/// Every case runs, and each on one kind of board: the daemon that has it is another process's matter.
#[test]
fn the_cases_hold_for_a_command_for_each_call() {
    let cases = read_all(&own_cases()).unwrap();
    let report = run_all(&cases, &[COMMAND], &[Kept::Memory]);
    let (typed, called) = (
        TYPED.load(Ordering::Relaxed),
        CALLED.load(Ordering::Relaxed),
    );
    eprintln!(
        "{} cases, {typed} commands, {called} by `notice call`",
        report.count()
    );
    report
        .left_out()
        .iter()
        .for_each(|line| eprintln!("{line}"));
    assert_eq!(report.faults(), [""; 0]);
    assert!(
        typed > called,
        "{typed} commands, {called} by `notice call`"
    );
}

/// A shell on a machine with a daemon, because a board outlives a command, and its clock can be set there.
struct Shell {
    machine: Machine,
    url: String,
    clock: Arc<ManualClock>,
    // In this order: the server ends while its runtime is there.
    _server: Server,
    _runtime: Runtime,
}

impl Shell {
    fn open(now: i64, options: BoardOptions) -> Self {
        let (board, clock) = open_board("mem:", now, options);
        let machine = Machine::new();
        let socket = machine.0.join("socket");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(Server::builder(board).unix(&socket).start());
        Self {
            url: format!("unix:{}", socket.display()),
            machine,
            clock,
            _server: server.unwrap(),
            _runtime: runtime,
        }
    }

    /// Carries out a call: as a command of its own if there is one for it with these arguments.
    fn ask(&self, name: &str, args: &Value) -> Answer {
        let Some((line, input)) = typed(name, args) else {
            CALLED.fetch_add(1, Ordering::Relaxed);
            return self.run(&["call", name, "-"], &args.to_string());
        };
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        self.command(&line, &input)
    }

    /// Runs a command that a person types, for a program.
    fn command(&self, line: &[&str], input: &str) -> Answer {
        TYPED.fetch_add(1, Ordering::Relaxed);
        self.run(
            &[line[..1].as_ref(), &["--json"], &line[1..]].concat(),
            input,
        )
    }

    fn run(&self, line: &[&str], input: &str) -> Answer {
        let mut command = self.machine.command(line);
        command.env("NOTICE_BOARD", &self.url);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that refuses its arguments reads nothing.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let (out, complaint) = (text(&output.stdout), text(&output.stderr));
        // With nothing to show, or with faults in drafts, there is an answer and an exit code other than 0.
        match complaint.is_empty() {
            true => Ok(serde_json::from_str(out).unwrap_or_else(|why| panic!("{why}: {out}"))),
            false => Err(refused(complaint)),
        }
    }
}

/// The error that a failed command tells.
fn refused(complaint: &str) -> Refusal {
    let told: Value = serde_json::from_str(complaint).expect(complaint);
    let error = &told["error"];
    let word = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    Refusal {
        kind: word("name"),
        path: error["path"].as_str().map(str::to_owned),
        offset: error["offset"].as_u64(),
        limit: error["limit"].as_u64(),
        messages: Box::new([word("en"), word("zh")]),
    }
}

impl Surface for Shell {
    fn set_now(&self, now: i64) {
        self.clock.set(now);
    }

    fn publish(&self, draft: &Value) -> Answer {
        self.command(&["publish", "-f", "-"], &draft.to_string())
    }

    fn publish_json(&self, text: &str) -> Answer {
        self.command(&["publish", "-f", "-"], text)
    }

    fn check(&self, text: &str) -> Answer {
        let checkup = self.command(&["check", "-"], text)?;
        Ok(checked(&checkup))
    }

    notice_conformance::asks! {
        apply update retract restore release purge query count get record history
        mark mark_all mark_all_read forget_user receipts changes own_marks wait
    }

    fn explain(&self, args: &Value) -> Answer {
        let mut explanation = self.ask("explain", args)?;
        let findings = explanation["findings"].as_array().unwrap();
        explanation["rules"] = findings.iter().map(|one| one["rule"].clone()).collect();
        Ok(explanation)
    }

    fn stats(&self) -> Answer {
        self.ask("stats", &json!({}))
    }
}
