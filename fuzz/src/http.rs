//! HTTP requests through a whole server. The first byte is the client. The others are requests, with 0x1E between two
//! of them: a line `METHOD TARGET`, a line for each header, an empty line, and the body. Behind 0x1F, they are sent as
//! they are.

use serde_json::Value;

use crate::daemon::{Client, Connection, Manner, visit};
use crate::response::{Response, responses};

const BETWEEN: u8 = 0x1e;
const RAW: u8 = 0x1f;

/// Every request that is HTTP has its answer, in order, and that is HTTP; errors are problem details; the connection
/// ends; nobody learns what is not for them; and the board gains only what was acknowledged.
pub fn http(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let (requests, sent) = match rest {
        [RAW, raw @ ..] => (Vec::new(), raw.to_vec()),
        rest => {
            let requests: Vec<Request> = rest
                .split(|byte| *byte == BETWEEN)
                .map(Request::read)
                .collect();
            let sent = requests
                .iter()
                .flat_map(|request| request.bytes.clone())
                .collect();
            (requests, sent)
        }
    };
    // These begin the other protocols.
    if matches!(sent.first(), None | Some(b'E' | b'{' | b'[' | 0x16)) {
        return;
    }
    let client = Client::of(*first);
    // A client that sends nothing more is taken to be gone, and what is in progress is given up.
    let closes = client.manner == Manner::Plain;
    let talk = async |connection: Connection| connection.say(&sent, closes).await;
    visit(client, &sent, talk, |heard, gained| {
        let known = requests
            .iter()
            .take_while(|request| request.is_plain)
            .count();
        let methods: Vec<&str> = requests
            .iter()
            .take(known)
            .map(|request| &*request.method)
            .collect();
        let (answers, is_cut) = responses(heard, &methods);
        answers.iter().for_each(is_sound);
        let takes_all = matches!(client.manner, Manner::Dripping | Manner::Silent);
        if known < requests.len() || requests.is_empty() || !takes_all {
            return;
        }
        if answers.len() < requests.len() {
            // A request that is answered before its body has come ends the connection.
            let is_unread = requests.iter().zip(&answers).next_back();
            let is_unread = is_unread.is_some_and(|(request, _)| request.has_body);
            let last = answers.last().map(|answer| answer.status);
            assert!(
                is_cut || is_unread,
                "no answer to request {}, after {last:?}",
                answers.len()
            );
        }
        let writes = requests
            .iter()
            .zip(&answers)
            .map(|(request, answer)| request.writes(answer));
        let acknowledged: usize = writes.sum();
        assert!(
            gained <= acknowledged as u64,
            "{gained} revisions, {acknowledged} acknowledged"
        );
    });
}

/// Checks what holds for each answer.
fn is_sound(answer: &Response) {
    assert!(
        answer.status < 500 || [501, 503, 504, 507].contains(&answer.status),
        "{answer:?}"
    );
    let Some(body) = answer.body else {
        return;
    };
    let json = || -> Value {
        serde_json::from_slice(body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
    };
    match answer.media() {
        "application/problem+json" => {
            let problem = json();
            assert_eq!(problem["status"], answer.status, "{problem}");
            let name = problem["name"].as_str().expect("an error has a name");
            assert_eq!(problem["type"], format!("urn:notice:error:{name}"));
            assert!(
                problem["code"].is_u64() && problem["en"] != "" && problem["zh"] != "",
                "{problem}"
            );
        }
        "application/json" => drop(json()),
        "application/x-ndjson" => {
            let lines = body
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty());
            lines.for_each(|line| {
                drop(serde_json::from_slice::<Value>(line).expect("a line is JSON"))
            });
        }
        "text/plain" => {}
        media => {
            let is_empty = body.is_empty();
            assert!(is_empty, "{media}: {answer:?}");
        }
    }
}

/// A request to be sent.
struct Request {
    method: String,
    target: String,
    bytes: Vec<u8>,
    has_body: bool,
    /// How many requests the body of a call of `/rpc` has at most.
    calls: usize,
    /// Whether it is HTTP without any doubt, and leaves the connection as it is.
    is_plain: bool,
}

impl Request {
    fn read(text: &[u8]) -> Self {
        let mut rest = text;
        let mut line = || {
            let end = rest.iter().position(|byte| *byte == b'\n');
            let (line, behind) = rest.split_at(end.unwrap_or(rest.len()));
            rest = behind.get(1..).unwrap_or_default();
            line
        };
        let first = line();
        let mut headers = Vec::new();
        loop {
            match line() {
                b"" => break,
                header => headers.push(header),
            }
        }
        let (body, first) = (rest, String::from_utf8_lossy(first));
        let (method, target) = first.split_once(' ').unwrap_or((&first, "/"));
        let has = |name: &[u8]| {
            headers.iter().any(|header| {
                header
                    .get(..name.len())
                    .is_some_and(|it| it.eq_ignore_ascii_case(name))
            })
        };
        let mut bytes = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
        if !has(b"host:") {
            bytes.extend(b"Host: localhost\r\n");
        }
        if !has(b"content-length:") && !has(b"transfer-encoding:") {
            bytes.extend(format!("Content-Length: {}\r\n", body.len()).bytes());
        }
        for header in &headers {
            bytes.extend_from_slice(header);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"\r\n");
        bytes.extend_from_slice(body);
        let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        let is_plain = methods.contains(&method)
            && target.starts_with('/')
            && target
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"/?&=.%-_~+,:*@".contains(&byte))
            && headers.len() < 50
            && headers.iter().all(|header| is_plain(header));
        Self {
            has_body: !body.is_empty(),
            calls: body.iter().filter(|byte| **byte == b'{').count(),
            method: method.to_owned(),
            target: target.to_owned(),
            bytes,
            is_plain,
        }
    }

    /// Returns how many revisions the board may have gained by it.
    fn writes(&self, answer: &Response) -> usize {
        match self.method.as_str() {
            _ if !(200..300).contains(&answer.status) => 0,
            "GET" | "HEAD" | "OPTIONS" => 0,
            _ if self.target.starts_with("/rpc") => self.calls,
            _ => 1,
        }
    }
}

/// Whether it is a header without any doubt, and not one that concerns the connection.
fn is_plain(header: &[u8]) -> bool {
    let Some(colon) = header.iter().position(|byte| *byte == b':') else {
        return false;
    };
    let (name, value) = header.split_at(colon);
    let theirs = [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "upgrade",
        "expect",
    ];
    !name.is_empty()
        && name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        && !theirs
            .iter()
            .any(|theirs| name.eq_ignore_ascii_case(theirs.as_bytes()))
        && value.iter().all(|byte| (b' '..0x7f).contains(byte))
}
