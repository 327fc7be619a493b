//! The client in Python, which is written from docs/protocol.md and docs/json.md alone, against this server.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use notice::ManualClock;
use notice_conformance::{BoardOptions, open_board, own_cases};
use serde_json::{Value, json};

use crate::support::{ADMIN, Folder, Served, serve_with};

/// Key of the signed tokens of a server, and the same in base64url.
const KEY: (&str, &str) = (
    "a secret of at least 32 bytes, for jwt",
    "YSBzZWNyZXQgb2YgYXQgbGVhc3QgMzIgYnl0ZXMsIGZvciBqd3Q",
);

#[test]
fn every_case_holds_for_a_client_that_was_written_from_the_documentation() {
    let vectors = root().join("tests/wire");
    holds("conformance.py", &[own_cases(), vectors], 3 * 100);
}

#[test]
fn the_server_keeps_to_the_page_about_the_protocol() {
    holds("protocol.py", &[], 10);
}

/// Runs a program, and fails with what it found.
fn holds(program: &str, arguments: &[PathBuf], least: u64) {
    let Some(report) = run(program, arguments) else {
        return;
    };
    let runs = report["runs"].as_u64().unwrap();
    assert!(runs >= least, "only {runs} runs");
    let list = |name: &str| {
        let texts = report[name].as_array().unwrap().iter();
        texts.map(|text| text.as_str().unwrap()).collect::<Vec<_>>()
    };
    for step in list("left_out") {
        say(&format!("left out: {step}"));
    }
    let left_out = list("left_out").len();
    assert!(left_out <= 20, "{left_out} steps were left out");
    let faults = list("faults");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Says something even if the test passes.
fn say(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "{sentence}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Runs a program of tests/python, gives it the boards that it orders, and returns its report. Returns None
/// if there is no Python.
fn run(program: &str, arguments: &[PathBuf]) -> Option<Value> {
    let mut command = Command::new("python3");
    command
        .arg("-B")
        .arg(root().join("server/tests/python").join(program))
        .args(arguments)
        .env("PYTHONPATH", root().join("examples/python"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            say(&format!(
                "SKIPPED: {program} needs python3, which is not here"
            ));
            return None;
        }
        Err(error) => panic!("python3: {error}"),
    };
    let report = take_orders(&mut child);
    let status = child.wait().unwrap();
    assert!(status.success(), "{program} ended with {status}");
    Some(report.expect("a report"))
}

/// Carries out the orders of a program until it reports.
fn take_orders(child: &mut Child) -> Option<Value> {
    let mut orders = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answers = child.stdin.take().unwrap();
    let mut board: Option<(Arc<ManualClock>, Served)> = None;
    while let Some(Ok(line)) = orders.next() {
        let order: Value = serde_json::from_str(&line).unwrap();
        let answer = if let Some(wanted) = order.get("open") {
            let (shared, clock) =
                open_board("mem:", wanted["now"].as_i64().unwrap(), options(wanted));
            let keys = Folder::new();
            let tokens = format!("admin {ADMIN}\nviewer hs256:{}\n", KEY.1);
            let tokens = keys.secret("tokens", &tokens);
            let served = serve_with(shared, |builder| builder.tokens(tokens));
            let place = json!({
                "unix": format!("unix:{}", served.unix().display()),
                "tcp": format!("tcp:{}", served.tcp()),
                "http": format!("http://{}", served.tcp()),
                "token": ADMIN,
                "key": KEY.0,
            });
            board = Some((clock, served));
            place
        } else if let Some(now) = order.get("now") {
            let (clock, _) = board.as_ref().unwrap();
            clock.set(now.as_i64().unwrap());
            json!({})
        } else if order.get("close").is_some() {
            board = None;
            json!({})
        } else {
            return Some(order);
        };
        writeln!(answers, "{answer}").unwrap();
    }
    None
}

/// Reads how a case wants its board.
fn options(wanted: &Value) -> BoardOptions {
    let options = &wanted["options"];
    let number = |value: &Value| u32::try_from(value.as_u64().unwrap()).unwrap();
    BoardOptions {
        keep_changes: options
            .get("keep_changes")
            .map(|keep| (number(&keep[0]), number(&keep[1]))),
        retention_ms: options.get("retention_ms").map(|ms| ms.as_u64().unwrap()),
    }
}
