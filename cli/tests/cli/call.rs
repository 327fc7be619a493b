//! `notice call`, and by it the contract of a board: a process for each call.

use std::io::Write as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};

use notice_conformance::{
    Answer, BoardOptions, Joined, Kept, Refusal, Surface, nothing, open_board, own_cases, read_all,
    run_all, surface_of,
};
use notice_server::Server;
use serde_json::Value;

use crate::desk::Desk;
use crate::support::{Machine, text};

/// The command, asked once for each call. A daemon has the board, because it outlives a call and its clock can be set.
const COMMAND: Joined = Joined {
    name: "command",
    open,
    lacks: nothing,
};

/// Themes that run here: `call` carries every call, so that those say enough which have most kinds of calls and
/// refusals. Each call is a process.
const THEMES: [&str; 6] = ["everyday", "errors", "life", "drafts", "history", "explain"];

#[test]
fn the_cases_hold_for_a_command_for_each_call() {
    let mut cases = read_all(&own_cases()).unwrap();
    cases.retain(|case| THEMES.contains(&case.theme.as_str()));
    let report = run_all(&cases, &[COMMAND], &[Kept::Memory]);
    assert!(report.count() >= 40, "only {} runs", report.count());
    assert_eq!(report.faults(), [""; 0]);
}

fn open(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let (board, clock) = open_board(url, now, options);
    let machine = Machine::new();
    let socket = machine
        .0
        .join(format!("s{}", COUNT.fetch_add(1, Ordering::Relaxed)));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(Server::builder(board).unix(&socket).start());
    let server = server.unwrap();
    let ask = move |name: &str, args: &Value| {
        let _ = (&server, &runtime);
        let url = format!("unix:{}", socket.display());
        let mut command = machine.command(&["call", name, "-", "-b", &url]);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(args.to_string().as_bytes()).unwrap();
        drop(input);
        let output = child.wait_with_output().unwrap();
        match output.status.success() {
            true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
            false => refused(text(&output.stderr)),
        }
    };
    surface_of(clock, Box::new(ask))
}

/// The error that a failed command tells.
fn refused(complaint: &str) -> Answer {
    let told: Value = serde_json::from_str(complaint).expect(complaint);
    let error = &told["error"];
    let word = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    Err(Refusal {
        kind: word("name"),
        path: error["path"].as_str().map(str::to_owned),
        offset: error["offset"].as_u64(),
        limit: error["limit"].as_u64(),
        messages: Box::new([word("en"), word("zh")]),
    })
}

#[test]
fn a_script_makes_any_call() {
    let desk = Desk::new();
    let call = |arguments: &[&str]| -> Value {
        serde_json::from_str(&desk.good(&[&["call"], arguments].concat())).unwrap()
    };
    let draft = r#"{"texts": {"en": {"title": "a"}}, "extras": {"ticket":  7}}"#;
    assert_eq!(call(&["publish", draft])["id"], 1);
    assert_eq!(call(&["stats"])["announcements"], 1);
    assert_eq!(call(&["query", r#"{"viewer": {"user": "a"}}"#])["total"], 1);
    let names = desk.good(&["call", "--list"]);
    assert!(names.lines().any(|name| name == "mark_all"), "{names}");
    for (arguments, code, part) in [
        (&["call", "nope"][..], 1, "--list"),
        (&["call", "query", "{x"], 2, "\"offset\":1"),
        (&["call", "get", r#"{"id": 9}"#], 1, "not_found"),
        (&["call", "query", r#"{"limt": 1}"#], 2, "limt"),
        (&["call", "query", "7"], 2, "invalid_field"),
    ] {
        let (got, out, complaint) = desk.run(arguments);
        assert_eq!((got, out.as_str()), (code, ""), "{complaint}");
        assert!(complaint.contains(part), "{complaint}");
        serde_json::from_str::<Value>(&complaint).unwrap();
    }
}
