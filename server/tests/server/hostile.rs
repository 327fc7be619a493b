//! Malformed, oversized, half, slow and pipelined input. The connection ends or an error comes, and other clients
//! notice nothing.

use std::io::Write as _;
use std::net::Shutdown;
use std::time::Duration;

use notice::wire::Call;
use notice::wire::frames::{Kind, Message};
use notice::{Draft, ErrorKind, SharedBoard};
use notice_server::Limits;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{Enot, PATIENCE, error_of, tcp, to_the_end, unix};
use crate::support::{ADMIN, Served, serve, serve_with};

fn board() -> SharedBoard {
    notice::open("mem:").unwrap()
}

/// Short, and longer than a busy machine takes between two calls of a test.
pub(crate) const MOMENT: Duration = Duration::from_millis(500);

/// A server that waits a moment only.
fn hasty() -> Served {
    let mut limits = Limits::default();
    limits.receive = MOMENT;
    serve_with(board(), |builder| builder.limits(limits))
}

fn frames(messages: &[Message<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        message.write(&mut bytes).unwrap();
    }
    bytes
}

fn is_well(served: &Served) {
    assert!(served.enot().call(&Call::Head).is_ok());
    assert!(served.lines(None).call("head", &json!({})).is_ok());
}

#[test]
fn frames_that_break_a_rule_end_the_connection() {
    let served = serve(board());
    let hello = Message::new(0, Kind::Hello, br#"{"versions": [1]}"#.as_slice());
    let good = frames(std::slice::from_ref(&hello));
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    let then = |kind: Kind| frames(&[hello.clone(), Message::new(1, kind, b"x".as_slice())]);
    for bytes in [
        b"ENOX".to_vec(),
        with(4, 2),
        with(10, 1),
        with(12, good[12].wrapping_add(1)),
        then(Kind::Welcome),
        then(Kind::Answer),
        then(Kind::Pong),
    ] {
        let mut stream = unix(&served.unix());
        stream.write_all(&bytes).unwrap();
        to_the_end(stream);
    }
    is_well(&served);
}

#[test]
fn a_conversation_begins_with_a_hello_of_a_version_that_both_know() {
    let served = serve(board());
    let call = Call::Head.to_bytes().unwrap();
    for (kind, body, path) in [
        (Kind::Call, call.as_slice(), "frame.kind"),
        (Kind::Ping, b"".as_slice(), "frame.kind"),
        (Kind::Hello, br#"{"versions": [2]}"#.as_slice(), "versions"),
        (Kind::Hello, br#"{"versions": 1}"#.as_slice(), "versions"),
        (
            Kind::Hello,
            br#"{"versions": [1], "token": 1}"#.as_slice(),
            "token",
        ),
        (Kind::Hello, b"{".as_slice(), "json"),
    ] {
        let mut client = Enot::over_unix(&served.unix());
        client.send(7, kind, body);
        let (request, answer) = client.answer().unwrap();
        let error = answer.unwrap_err();
        assert_eq!(
            (request, error.kind(), error.path()),
            (7, ErrorKind::InvalidField, Some(path))
        );
        assert!(client.receive().is_none());
    }
}

#[test]
fn a_call_that_cannot_be_read_is_answered_and_the_conversation_goes_on() {
    let served = serve(board());
    let mut client = served.enot();
    client.send(5, Kind::Call, b"\x01\xff");
    let (request, answer) = client.answer().unwrap();
    assert_eq!(
        (request, answer.unwrap_err().kind()),
        (5, ErrorKind::InvalidField)
    );
    client.send(6, Kind::Ping, b"there?");
    assert_eq!(
        client.receive().unwrap(),
        (6, Kind::Pong, b"there?".to_vec())
    );
}

#[test]
fn a_stranger_may_not_send_what_a_writer_may() {
    let served = serve(board());
    let long = vec![1; 1024 * 1024 + 1];
    let mut public = Enot::over(tcp(served.tcp()));
    public.hello(None).unwrap();
    public.send(1, Kind::Call, &long);
    assert!(public.receive().is_none());
    let mut admin = Enot::over(tcp(served.tcp()));
    admin.hello(Some(ADMIN)).unwrap();
    admin.send(1, Kind::Call, &long);
    assert!(admin.answer().unwrap().1.is_err());
}

#[test]
fn a_client_that_stops_in_the_middle_is_given_up() {
    let served = hasty();
    // Silent between messages, and not given up.
    let mut client = served.enot();
    let frame = frames(&[Message::new(
        0,
        Kind::Hello,
        br#"{"versions": [1]}"#.as_slice(),
    )]);
    let halves = [b"".as_slice(), b"E", &frame[..20], b"{", b"{\"jsonrpc\": "].map(|half| {
        let mut stream = unix(&served.unix());
        stream.write_all(half).unwrap();
        stream
    });
    for stream in halves {
        assert_eq!(to_the_end(stream), b"");
    }
    assert!(client.call(&Call::Head).is_ok());
}

#[test]
fn a_client_that_drips_is_given_up() {
    let served = hasty();
    for first in [b"E".as_slice(), b"{"] {
        let mut stream = unix(&served.unix());
        // Reading is what paces the drops.
        stream
            .set_read_timeout(Some(Duration::from_millis(5)))
            .unwrap();
        let end = std::time::Instant::now() + PATIENCE;
        let frame = frames(&[Message::new(0, Kind::Hello, vec![b' '; 60_000])]);
        let drops = first.iter().chain(&frame[1..]);
        for drop in drops {
            if stream.write_all(&[*drop]).is_err() {
                break;
            }
            match std::io::Read::read(&mut stream, &mut [0]) {
                Ok(_) => break,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => break,
            }
            assert!(std::time::Instant::now() < end, "the connection stays open");
        }
    }
    is_well(&served);
}

#[test]
fn a_client_that_takes_no_answers_is_given_up() {
    let board = board();
    for _ in 0..20 {
        let text = notice::Text::new("en", "t").body("x".repeat(60_000));
        board.publish(&Draft::from_text(text)).unwrap();
    }
    let mut limits = Limits::default();
    limits.send = Duration::from_millis(50);
    limits.connections = 1;
    let served = serve_with(board, |builder| builder.limits(limits));
    let mut client = served.lines(Some(ADMIN));
    for _ in 0..100 {
        client.begin("query", &json!({}));
    }
    // 120 MB of answers do not fit into the buffers of a socket. The only place of this server is free again when
    // it has given up.
    let end = std::time::Instant::now() + PATIENCE;
    loop {
        let mut other = Enot::over_unix(&served.unix());
        other.send(0, Kind::Hello, br#"{"versions": [1]}"#);
        if other.receive().is_some() {
            break;
        }
        assert!(std::time::Instant::now() < end, "the connection stays open");
    }
    drop(client);
}

#[test]
fn a_line_beyond_the_limit_is_refused_and_ends_the_connection() {
    let served = serve(board());
    let mut client = served.lines(None);
    client.send(&format!("{{{}", " ".repeat(1024 * 1024)));
    let answer = client.receive().unwrap();
    assert_eq!(
        (&answer["id"], &answer["error"]["code"]),
        (&Value::Null, &json!(-32600))
    );
    let error = error_of(&answer["error"]["data"]);
    assert_eq!(
        (error.kind(), error.limit()),
        (ErrorKind::TooLarge, Some(1024 * 1024))
    );
    assert!(client.receive().is_none());
    // One without an end is not waited for.
    let mut client = served.lines(None);
    let endless = vec![b'{'; 1024 * 1024 + 1];
    client.stream.get_mut().write_all(&endless).unwrap();
    let answer = client.receive().unwrap();
    assert_eq!(answer["error"]["data"]["name"], "too_large");
    assert!(client.receive().is_none());
    is_well(&served);
}

#[test]
fn what_is_wrong_with_a_request_is_told_by_code_and_path() {
    let served = serve(board());
    let mut client = served.lines(Some(ADMIN));
    let many = json!([{"jsonrpc": "2.0", "id": 1, "method": "head"}]);
    let many: Value = many
        .as_array()
        .unwrap()
        .iter()
        .cycle()
        .take(101)
        .cloned()
        .collect();
    for (line, id, code, path) in [
        ("{", Value::Null, -32700, Some("json")),
        (
            r#"{"jsonrpc": "2.0", "id": 1, "id": 2, "method": "head"}"#,
            Value::Null,
            -32700,
            Some("id"),
        ),
        ("[]", Value::Null, -32600, Some("batch")),
        (
            many.to_string().as_str(),
            Value::Null,
            -32600,
            Some("batch"),
        ),
        (
            r#"{"id": 1, "method": "head"}"#,
            json!(1),
            -32600,
            Some("jsonrpc"),
        ),
        (
            r#"{"jsonrpc": "1.0", "id": 1, "method": "head"}"#,
            json!(1),
            -32600,
            Some("jsonrpc"),
        ),
        (
            r#"{"jsonrpc": "2.0", "id": 1}"#,
            json!(1),
            -32600,
            Some("method"),
        ),
        (
            r#"{"jsonrpc": "2.0", "id": [], "method": "head"}"#,
            Value::Null,
            -32600,
            Some("id"),
        ),
        (
            r#"{"jsonrpc": "2.0", "id": 1, "method": 2}"#,
            json!(1),
            -32600,
            Some("method"),
        ),
        (
            r#"{"jsonrpc": "2.0", "id": 1, "method": "head", "x": 2}"#,
            json!(1),
            -32600,
            Some("x"),
        ),
        (
            r#"{"jsonrpc": "2.0", "id": 1, "method": "heads"}"#,
            json!(1),
            -32601,
            Some("method"),
        ),
        (
            r#"{"jsonrpc": "2.0", "id": "a", "method": "get", "params": {"id": "x"}}"#,
            json!("a"),
            5,
            Some("id"),
        ),
        (
            r#"{"jsonrpc": "2.0", "id": 1, "method": "get", "params": {"id": 9}}"#,
            json!(1),
            1,
            None,
        ),
        (
            r#"{"jsonrpc": "2.0", "id": 1, "method": "query", "params": {"filter": {"tags_any": [1]}}}"#,
            json!(1),
            5,
            Some("filter.tags_any[0]"),
        ),
    ] {
        client.send(line);
        let answer = client.receive().unwrap();
        assert_eq!(
            (&answer["id"], &answer["error"]["code"]),
            (&id, &json!(code)),
            "{line}"
        );
        let error = error_of(&answer["error"]["data"]);
        assert_eq!(error.path(), path, "{line}: {answer}");
        assert_ne!(answer["error"]["message"], "");
    }
}

#[test]
fn notifications_are_carried_out_and_not_answered() {
    let served = serve(board());
    let mut client = served.lines(Some(ADMIN));
    let notify =
        json!({"jsonrpc": "2.0", "method": "publish", "params": {"texts": {"en": {"title": "a"}}}});
    let bad = json!({"jsonrpc": "2.0", "method": "get", "params": {}});
    let ask = |id: u32| json!({"jsonrpc": "2.0", "id": id, "method": "head"});
    client.send(&json!([notify, bad, notify]).to_string());
    client.send(&json!([notify, ask(1), 5, ask(2)]).to_string());
    let answer = client.receive().unwrap();
    let answers = answer.as_array().unwrap();
    assert_eq!(answers.len(), 3, "{answer}");
    assert_eq!(
        (&answers[0]["id"], &answers[2]["id"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(answers[1]["error"]["code"], -32600);
    // The batch before is another task, and may still be at work.
    for since in 0..3 {
        let waited = client.call("wait", &json!({"since": since, "timeout_ms": 60_000}));
        assert!(waited.unwrap()["revision"].as_i64() > Some(since));
    }
    assert_eq!(client.call("head", &json!({})).unwrap()["revision"], 3);
}

#[test]
fn a_last_line_needs_no_end() {
    let served = serve(board());
    let mut stream = tcp(served.tcp());
    stream
        .write_all(br#"{"jsonrpc": "2.0", "id": 1, "method": "head"}"#)
        .unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let answer: Value = serde_json::from_slice(&to_the_end(stream)).unwrap();
    assert_eq!(answer["result"]["revision"], 0);
}

#[test]
fn a_panic_of_the_board_is_the_error_of_one_call() {
    let served = serve(std::sync::Arc::new(Fragile(board())));
    let mut client = served.enot();
    let error = client.call(&Call::Head).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panic);
    assert_eq!(
        client.call(&Call::Stats).unwrap_err().kind(),
        ErrorKind::Panic
    );
    client.send(6, Kind::Ping, b"");
    assert!(client.receive().is_some());
}

/// A board that panics.
#[derive(Debug)]
struct Fragile(SharedBoard);

impl notice::Board for Fragile {
    fn query(&self, query: &notice::Query) -> notice::Result<notice::Page> {
        self.0.query(query)
    }

    fn count(&self, query: &notice::Query) -> notice::Result<notice::Count> {
        self.0.count(query)
    }

    fn get(&self, id: i64, query: &notice::Query) -> notice::Result<notice::Item> {
        self.0.get(id, query)
    }

    fn head(&self) -> notice::Result<notice::Head> {
        panic!("head")
    }

    fn stats(&self) -> notice::Result<notice::Stats> {
        panic!("stats")
    }

    fn changes(&self, changes: &notice::ChangeQuery) -> notice::Result<notice::ChangePage> {
        self.0.changes(changes)
    }

    fn wait(&self, since: i64, timeout: Duration) -> notice::Result<i64> {
        self.0.wait(since, timeout)
    }

    fn on_change(&self, callback: std::sync::Weak<notice::OnChange>) -> notice::Result<()> {
        self.0.on_change(callback)
    }

    fn close(&self) -> notice::Result<()> {
        self.0.close()
    }
}

#[test]
fn any_bytes_end_in_an_answer_or_in_the_end_of_the_connection() {
    let board = board();
    board.publish(&Draft::new("en", "a")).unwrap();
    let served = serve(board);
    let first = prop::sample::select(vec![b'E', b'{', b'[']);
    let config = ProptestConfig::with_cases(64);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner
        .run(
            &(first, any::<Vec<u8>>(), any::<bool>()),
            |(first, rest, framed)| {
                let mut bytes = vec![first];
                bytes.extend(rest);
                if framed {
                    let hello = Message::new(0, Kind::Hello, br#"{"versions": [1]}"#.as_slice());
                    bytes = frames(&[hello, Message::new(1, Kind::Call, bytes.clone())]);
                }
                let mut stream = unix(&served.unix());
                let _ = stream.write_all(&bytes);
                let _ = stream.shutdown(Shutdown::Write);
                to_the_end(stream);
                Ok(())
            },
        )
        .unwrap();
    is_well(&served);
}
