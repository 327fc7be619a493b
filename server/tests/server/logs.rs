//! The log: what a line says, and what no line may say.

use std::io::Write;
use std::sync::{Arc, Condvar, LazyLock, Mutex};

use notice::wire::frames::Kind;
use notice_server::logs::{Format, subscriber};
use serde_json::{Value, json};

use crate::client::PATIENCE;
use crate::http::Web;
use crate::support::{EDITOR, serve};

/// The log of this process, which all tests share.
static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let (filter, to) = ("debug", log.clone());
    let lines = subscriber(Format::Json, filter, move || to.clone()).unwrap();
    tracing::subscriber::set_global_default(lines).unwrap();
    log
});

#[derive(Default, Clone)]
struct Log(Arc<(Mutex<Vec<String>>, Condvar)>);

impl Write for Log {
    /// Takes a line, which is written as a whole.
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let (lines, grown) = &*self.0;
        let line = String::from_utf8(bytes.to_vec()).unwrap();
        lines.lock().unwrap().push(line);
        grown.notify_all();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        self.0.0.lock().unwrap().concat()
    }

    /// Waits for the line about a request.
    fn line(&self, request: &str) -> Value {
        let (lines, grown) = &*self.0;
        let wanted = format!("\"request\":\"{request}\"");
        let (mut lines, mut searched) = (lines.lock().unwrap(), 0);
        loop {
            if let Some(line) = lines[searched..].iter().find(|line| line.contains(&wanted)) {
                return serde_json::from_str(line).unwrap();
            }
            searched = lines.len();
            let waited = grown.wait_timeout(lines, PATIENCE).unwrap();
            assert!(!waited.1.timed_out(), "{request} is not in the log");
            lines = waited.0;
        }
    }
}

#[test]
fn a_request_has_a_name_that_the_client_and_the_log_know() {
    let log = &*LOG;
    let served = serve(notice::open("mem:").unwrap());
    let mut web = Web::new(&served, Some(EDITOR));
    let named = web.ask("GET", "/v1/stats", &[("X-Request-Id", "stats-of-li.7")], "");
    assert_eq!(named.header("x-request-id"), Some("stats-of-li.7"));
    let line = log.line("stats-of-li.7");
    for (field, value) in [
        ("level", "DEBUG"),
        ("target", "notice_server::access"),
        ("protocol", "http"),
        ("role", "editor"),
        ("call", "stats"),
        ("code", "ok"),
        ("peer", "127.0.0.1"),
    ] {
        assert_eq!(line[field], value, "{field} of {line}");
    }
    assert!(line["connection"].is_u64() && line["ms"].is_f64());
    let long = "x".repeat(65);
    for odd in ["", "a b", "{}", long.as_str()] {
        let made = web.ask("GET", "/v1/head", &[("X-Request-Id", odd)], "");
        let made = made.header("x-request-id").unwrap();
        assert_ne!(made, odd);
        assert_eq!(log.line(made)["call"], "head");
    }
}

#[test]
fn calls_of_every_protocol_are_in_the_log() {
    let log = &*LOG;
    let served = serve(notice::open("mem:").unwrap());
    let mut lines = served.lines(None);
    lines.send(r#"{"jsonrpc": "2.0", "id": "line-of-the-log", "method": "stats"}"#);
    let line = log.line("line-of-the-log");
    assert_eq!(line["protocol"], "json_rpc");
    assert_eq!(
        (&line["code"], &line["role"]),
        (&json!("unauthorized"), &json!("public"))
    );
    let mut enot = served.enot();
    let draft = json!({"texts": {"en": {"title": "a"}}});
    let call = notice::wire::Call::from_value("publish", &draft).unwrap();
    let request = 0x7e57_0001;
    enot.send(request, Kind::Call, &call.to_bytes().unwrap());
    let line = log.line(&request.to_string());
    // What changes something is worth a line for itself.
    assert_eq!(
        (&line["level"], &line["call"]),
        (&json!("INFO"), &json!("publish"))
    );
}

#[test]
fn no_line_has_a_token_or_a_text() {
    let log = &*LOG;
    let served = serve(notice::open("mem:").unwrap());
    let secret = "no-such-token-0123456789abcdef0123456789abcdef";
    let mut web = Web::new(&served, Some(EDITOR));
    let draft = json!({"texts": {"en": {"title": "The merger is on Tuesday"}}});
    let headers = [("X-Request-Id", "merger")];
    web.ask("POST", "/v1/announcements", &headers, &draft.to_string());
    let bad =
        Web::new(&served, Some(secret)).ask("GET", "/v1/head", &[("X-Request-Id", "bad")], "");
    assert_eq!(bad.status, 401);
    web.ask(
        "GET",
        "/v1/active?q=merger-search&user=li.ming",
        &[("X-Request-Id", "search")],
        "",
    );
    for request in ["merger", "bad", "search"] {
        log.line(request);
    }
    let text = log.text();
    for word in [EDITOR, secret, "Tuesday", "merger-search"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn a_filter_that_cannot_be_read_is_refused() {
    let refused = subscriber(Format::Text, "loud=everything", std::io::sink)
        .err()
        .unwrap();
    assert_eq!(refused.kind(), notice::ErrorKind::InvalidField);
    assert_eq!(refused.value(), Some("\"loud=everything\""));
}
