//! Inputs that each run starts from, made from what this build writes: so they stay sound when a format changes.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use notice::journal::Checkpoint;
use notice::wire::feed::{Reason, Step};
use notice::wire::frames::{Inbox, Kind};
use notice::{Draft, Mark, Operator, Patch, Reference, Role, SharedBoard, Viewer};

use crate::daemon::{LI, Manner, SERVICE, first_byte};
use crate::feed::PREVIOUS;
use crate::support::empty_board;

/// Writes the seeds of each target into a folder of its name.
///
/// # Errors
/// Those of writing a file.
pub fn write(to: &Path) -> io::Result<()> {
    for (target, inputs) in [("lines", lines()), ("http", http()), ("feed", feeds())] {
        let folder = to.join(target);
        fs::create_dir_all(&folder)?;
        for (number, input) in inputs.into_iter().enumerate() {
            fs::write(folder.join(format!("seed-{number:02}")), input)?;
        }
    }
    Ok(())
}

/// Every input from every role and in every manner.
fn of_each_client(inputs: &[String]) -> Vec<Vec<u8>> {
    let roles = Role::ALL
        .iter()
        .map(|role| first_byte(*role, Manner::Plain));
    let manners = [Manner::Dripping, Manner::Silent, Manner::Deaf]
        .map(|manner| first_byte(Role::Admin, manner));
    let with = |first: u8| {
        inputs
            .iter()
            .map(move |input| [&[first], input.as_bytes()].concat())
    };
    roles.chain(manners).flat_map(with).collect()
}

fn lines() -> Vec<Vec<u8>> {
    let request = |(number, call): (usize, &(&str, String))| {
        let (method, params) = call;
        format!(r#"{{"jsonrpc":"2.0","id":{number},"method":"{method}","params":{params}}}"#)
    };
    let calls = calls();
    let requests: Vec<String> = calls.iter().enumerate().map(request).collect();
    let mut inputs: Vec<String> = requests
        .chunks(6)
        .map(|some| format!("{}\n", some.join("\n")))
        .collect();
    inputs.extend([
        format!("[{}]\n[]\n[5]\n", requests[..4].join(",")),
        format!("{}\n{}", requests[0].replace(r#""id":0,"#, ""), requests[1]),
        "{\n{\"id\": {}, \"method\": 1}\n\n{\"jsonrpc\": \"2.0\", \"method\": \"heads\", \"id\": \"a\"}".to_owned(),
    ]);
    of_each_client(&inputs)
}

/// Every call, with arguments that it takes.
fn calls() -> Vec<(&'static str, String)> {
    let all = [
        ("hello", format!(r#"{{"token":"{SERVICE}"}}"#)),
        ("hello", format!(r#"{{"token":"{LI}"}}"#)),
        (
            "publish",
            r#"{"texts":{"en":{"title":"a"}},"key":"k","idempotency_key":"i"}"#.to_owned(),
        ),
        (
            "apply",
            r#"[{"publish":{"texts":{"en":{"title":"b"}},"state":"draft"}},{"release":{"id":7}}]"#
                .to_owned(),
        ),
        (
            "update",
            r#"{"id":1,"patch":{"pinned":true},"if_version":1,"change":"minor"}"#.to_owned(),
        ),
        ("check", r#"[{"texts":{"en":{"title":""}}}]"#.to_owned()),
        (
            "query",
            r#"{"viewer":{"user":"boss","locales":["zh-CN"]},"limit":2,"counted":true}"#.to_owned(),
        ),
        (
            "query",
            r#"{"view":"editor","filter":{"phase":"any","q":"maintenance"},"order":"relevance"}"#
                .to_owned(),
        ),
        (
            "count",
            r#"{"viewer":{"attributes":{"platform":"windows"}},"filter":{"unread_only":true}}"#
                .to_owned(),
        ),
        (
            "mark",
            r#"{"viewer":{"user":"li"},"ids":[1],"mark":"snooze","until":1781784000000}"#
                .to_owned(),
        ),
        (
            "mark_all",
            r#"{"viewer":{"user":"li"},"mark":"dismiss","up_to":3}"#.to_owned(),
        ),
        ("mark_all_read", r#"{"viewer":{"user":"li"}}"#.to_owned()),
        (
            "own_marks",
            r#"{"user":"li","since":9,"timeout_ms":3600000}"#.to_owned(),
        ),
        (
            "receipts",
            r#"{"id":1,"read_only":true,"limit":1}"#.to_owned(),
        ),
        ("changes", r#"{"since":0,"limit":2}"#.to_owned()),
        ("wait", r#"{"since":7,"timeout_ms":3600000}"#.to_owned()),
        ("forget_user", r#"{"user":"li"}"#.to_owned()),
    ];
    let by_id = [
        "get", "record", "explain", "history", "retract", "restore", "release", "purge",
    ];
    let plain = ["stats", "head", "maintain", "verify", "compact", "flush"];
    let all = all.into_iter();
    all.chain(by_id.map(|name| (name, r#"{"id":1}"#.to_owned())))
        .chain(plain.map(|name| (name, "{}".to_owned())))
        .collect()
}

fn http() -> Vec<Vec<u8>> {
    let requests = [
        "GET /v1/active?user=boss&locale=zh-CN&attr.platform=windows&limit=2\nX-Request-Id: a-1\n\n",
        "GET /v1/active?view=editor&phase=any&q=maintenance&order=relevance\n\n",
        "POST /v1/query\n\n{\"viewer\":{\"user\":\"li\"},\"filter\":{\"pending_only\":true}}",
        "POST /v1/count\n\n",
        "POST /v1/check\n\n[{\"texts\":{\"en\":{\"title\":\"\"}}}]",
        "POST /v1/announcements\nIdempotency-Key: i\n\n{\"texts\":{\"en\":{\"title\":\"a\"}},\"key\":\"k\"}",
        "POST /v1/announcements\n\n[{\"texts\":{\"en\":{\"title\":\"b\"}},\"state\":\"draft\"}]",
        "GET /v1/announcements/1\n\n",
        "PUT /v1/announcements/1\nIf-Match: \"v1\"\n\n{\"texts\":{\"en\":{\"title\":\"a\"}}}",
        "PATCH /v1/announcements/1?change=minor\n\n{\"pinned\":true}",
        "POST /v1/announcements/1/retract\n\n{\"reason\":\"r\"}",
        "POST /v1/announcements/5/restore\n\n",
        "POST /v1/announcements/6/release\n\n",
        "DELETE /v1/announcements/2\n\n",
        "GET /v1/announcements/1/explain?user=boss\n\n",
        "GET /v1/announcements/1/history\n\n",
        "GET /v1/announcements/1/receipts?limit=1&read_only=true\n\n",
        "POST /v1/users/li/marks\n\n{\"ids\":[1],\"mark\":\"read\"}",
        "DELETE /v1/users/li\n\n",
        "GET /v1/changes?since=0&wait=60&limit=1\n\n",
        "GET /v1/list.json\nIf-None-Match: \"a\"\n\n",
        "HEAD /v1/head\n\n",
        "GET /v1/stats\n\n",
        "GET /metrics\n\n",
        "GET /openapi.json\n\n",
        "GET /readyz\n\n",
        "OPTIONS /v1/active\nOrigin: https://example.com\nAccess-Control-Request-Method: GET\n\n",
        "POST /rpc\n\n[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"head\"},{\"jsonrpc\":\"2.0\",\"method\":\"head\"}]",
        "GET /v1/export\n\n",
        "GET /v1/events?since=0&user=li\nAccept: application/x-ndjson\n\n",
    ];
    let mut inputs: Vec<String> = requests.chunks(5).map(|some| some.join("\x1e")).collect();
    inputs.extend([
        "GET /v1/events?user=li\nLast-Event-ID: 1\n\n".to_owned(),
        format!("GET /v1/active\nAuthorization: Bearer {SERVICE}\n\n"),
        format!("GET /v1/active\nAuthorization: Bearer {LI}\n\n"),
        "GET / \nHost: evil.example\nOrigin: http://evil.example\n\n".to_owned(),
        "\x1fPOST /rpc HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n".to_owned(),
        "\x1fGET /v1/head HTTP/1.0\r\nExpect: 100-continue\r\nConnection: keep-alive\r\n\r\n".to_owned(),
    ]);
    of_each_client(&inputs)
}

/// Streams that a follower of a board receives.
fn feeds() -> Vec<Vec<u8>> {
    let board = empty_board();
    let custody = board.custody().expect("it is kept here");
    let nothing = custody.checkpoint().expect("a checkpoint");
    work(&board);
    let everything = custody.checkpoint().expect("a checkpoint");
    let entries = custody.entries(1, Duration::ZERO).expect("all are kept");
    let entries: Vec<Vec<u8>> = entries
        .iter()
        .map(|entry| {
            let (mut bytes, previous) = (
                entry.to_bytes().expect("it was written"),
                entry.previous().bytes(),
            );
            let place = bytes
                .windows(16)
                .position(|window| *window == previous)
                .expect("it has one");
            bytes[place..place + 16].copy_from_slice(&PREVIOUS);
            bytes
        })
        .collect();
    let head = everything.position().seq();
    let of = |entries: &[Vec<u8>]| {
        let entries = entries.iter().map(Vec::as_slice).collect();
        pieces(&[Step::Entries { head, entries }])
    };
    let mut inputs = vec![
        snapshot(&everything, usize::MAX),
        snapshot(&everything, 500),
    ];
    inputs.push([snapshot(&nothing, usize::MAX), of(&entries)].concat());
    // What each entry adds, behind a snapshot of what came before.
    for count in 1..=entries.len() {
        let one_by_one = entries[..count]
            .iter()
            .flat_map(|entry| of(std::slice::from_ref(entry)));
        inputs.push(
            snapshot(&nothing, usize::MAX)
                .into_iter()
                .chain(one_by_one)
                .collect(),
        );
    }
    inputs.push(pieces(&[Step::Alive, Step::Whole { parts: 1 }]));
    inputs
}

/// Every kind of write.
fn work(board: &SharedBoard) {
    let publish = |draft: &Draft| board.publish(draft).expect("a sound draft").id;
    let first = publish(&Draft::new("en", "first").key("k").idempotency_key("i"));
    let second = publish(
        &Draft::new("zh-CN", "第二")
            .audience("role", Operator::In, ["admin"])
            .replaces(Reference::Id(first)),
    );
    board
        .update(first, Patch::new().category("c"))
        .expect("a sound patch");
    let viewer = Viewer::new("zhang.wei").with("role", "admin");
    board
        .mark(&viewer, &[second], Mark::Read)
        .expect("it can be read");
    board
        .mark(&viewer, &[second], Mark::Acknowledge)
        .expect("it can be acknowledged");
    board
        .mark_all_read(&notice::Query::new(viewer), None)
        .expect("all can be read");
    board.retract(second, "why").expect("it can be retracted");
    board.restore(second).expect("and restored");
    board.purge(first).expect("and purged");
    board
        .forget_user("zhang.wei")
        .expect("a user can be forgotten");
}

fn snapshot(checkpoint: &Checkpoint, bytes: usize) -> Vec<u8> {
    let mut parts = Vec::new();
    let mut from = 0;
    while let Some((part, next)) = checkpoint.part(from, bytes) {
        parts.push(part.to_bytes().expect("it fits into memory"));
        from = next;
        if from == 0 {
            // The only part of an empty board.
            break;
        }
    }
    let mut steps = vec![Step::Begin(Reason::First)];
    steps.extend(parts.iter().map(|part| Step::Part(part)));
    steps.push(Step::Whole {
        parts: parts.len() as u64,
    });
    pieces(&steps)
}

/// Returns the bodies of the messages that carry the steps, each behind its length.
fn pieces(steps: &[Step<'_>]) -> Vec<u8> {
    let mut inbox = Inbox::default();
    for step in steps {
        let mut bytes = Vec::new();
        step.write(1, &mut bytes).expect("it is short");
        inbox.receive(&bytes);
    }
    let mut pieces = Vec::new();
    while let Some(message) = inbox.next().expect("it was just written") {
        assert_eq!(message.kind, Kind::Feed);
        let length = u16::try_from(message.body.len()).expect("it is short");
        pieces.extend(length.to_le_bytes());
        pieces.extend_from_slice(&message.body);
    }
    pieces
}
