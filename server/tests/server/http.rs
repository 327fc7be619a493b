//! HTTP: routes, statuses, headers, streams.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use notice::{Draft, ErrorKind, Operator, SharedBoard};
use notice_server::Limits;
use serde_json::{Value, json};

use crate::client::{PATIENCE, error_of, tcp, to_the_end};
use crate::hostile::MOMENT;
use crate::support::{ADMIN, EDITOR, SERVICE, Served, serve, serve_with};
use crate::tokens::{NOW, signed, with_keys};

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Returns the error of a problem.
    pub(crate) fn problem(&self) -> notice::Error {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let mut problem = self.json();
        let members = problem.as_object_mut().unwrap();
        assert_eq!(members.shift_remove("status").unwrap(), self.status);
        for name in ["type", "title", "detail"] {
            assert!(members.shift_remove(name).unwrap().is_string());
        }
        error_of(&problem)
    }
}

/// A client with one connection.
pub(crate) struct Web {
    stream: BufReader<TcpStream>,
    token: Option<String>,
}

impl Web {
    pub(crate) fn new(served: &Served, token: Option<&str>) -> Self {
        Self::over(tcp(served.tcp()), token)
    }

    pub(crate) fn over(stream: TcpStream, token: Option<&str>) -> Self {
        let stream = BufReader::new(stream);
        let token = token.map(str::to_owned);
        Self { stream, token }
    }

    /// Sends a request with further headers.
    pub(crate) fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) {
        let mut request = format!("{method} {path} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request.push_str("Host: localhost\r\n");
        }
        if let Some(token) = &self.token {
            request.push_str(&format!("Authorization: Bearer {token}\r\n"));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        // The server may have closed the connection; the answer tells.
        let _ = self.stream.get_mut().write_all(request.as_bytes());
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }

    /// Receives status and headers.
    pub(crate) fn head(&mut self) -> Response {
        let status = self.line();
        let status = status
            .split(' ')
            .nth(1)
            .unwrap_or_else(|| panic!("{status:?}"));
        let status = status.parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else {
                return Response {
                    status,
                    headers,
                    body: Vec::new(),
                };
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    pub(crate) fn receive(&mut self) -> Response {
        let mut response = self.head();
        let length = response
            .header("content-length")
            .map_or(0, |text| text.parse().unwrap());
        response.body = vec![0; length];
        self.stream.read_exact(&mut response.body).unwrap();
        response
    }

    pub(crate) fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        self.send(method, path, headers, body);
        self.receive()
    }

    pub(crate) fn get(&mut self, path: &str) -> Response {
        self.ask("GET", path, &[], "")
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Response {
        self.ask("POST", path, &[], &body.to_string())
    }

    /// Returns the next piece of a body of unknown length.
    fn chunk(&mut self) -> String {
        let length = usize::from_str_radix(&self.line(), 16).unwrap();
        let mut chunk = vec![0; length + 2];
        self.stream.read_exact(&mut chunk).unwrap();
        chunk.truncate(length);
        String::from_utf8(chunk).unwrap()
    }

    /// Returns the next server-sent event: id, event and data.
    pub(crate) fn event(&mut self, rest: &mut String) -> (Option<String>, String, Value) {
        loop {
            if let Some((event, behind)) = rest.split_once("\n\n") {
                let field = |name: &str| {
                    let lines = event.lines().find_map(|line| line.strip_prefix(name));
                    lines.map(str::to_owned)
                };
                let parts = (field("id: "), field("event: "), field("data: "));
                *rest = behind.to_owned();
                if let (id, Some(event), Some(data)) = parts {
                    return (id, event, serde_json::from_str(&data).unwrap());
                }
                continue;
            }
            let chunk = self.chunk();
            assert!(!chunk.is_empty(), "the stream has ended");
            rest.push_str(&chunk);
        }
    }
}

fn board() -> SharedBoard {
    notice::open("mem:").unwrap()
}

fn draft(title: &str) -> Value {
    json!({"texts": {"en": {"title": title}}})
}

#[test]
fn an_announcement_lives_at_its_own_address() {
    let served = serve(board());
    let mut web = Web::new(&served, Some(EDITOR));
    let made = web.post("/v1/announcements", &draft("a"));
    assert_eq!((made.status, made.header("etag")), (201, Some("\"v1\"")));
    let place = made.header("location").unwrap().to_owned();
    assert_eq!(place, "/v1/announcements/1");
    let item = web.get(&format!("{place}?locale=en"));
    assert_eq!((item.status, item.header("etag")), (200, Some("\"v1\"")));
    assert_eq!(item.json()["title"], "a");
    assert_eq!(item.header("cache-control"), Some("no-store"));
    let patched = web.ask(
        "PATCH",
        &place,
        &[("If-Match", "\"v1\"")],
        r#"{"pinned": true}"#,
    );
    assert_eq!(
        (patched.status, patched.header("etag")),
        (200, Some("\"v2\""))
    );
    let stale = web.ask(
        "PATCH",
        &place,
        &[("If-Match", "\"v1\"")],
        r#"{"pinned": false}"#,
    );
    assert_eq!(
        (stale.status, stale.problem().kind()),
        (412, ErrorKind::VersionConflict)
    );
    // Replaced: what the draft does not state is at its default again.
    let stale = web.ask(
        "PUT",
        &place,
        &[("If-Match", "\"v1\"")],
        &draft("b").to_string(),
    );
    assert_eq!(
        (stale.status, stale.problem().kind()),
        (412, ErrorKind::VersionConflict)
    );
    let put = web.ask(
        "PUT",
        &place,
        &[("If-Match", "\"v2\"")],
        &draft("b").to_string(),
    );
    assert_eq!(
        (put.status, put.header("etag")),
        (200, Some("\"v3\"")),
        "{put:?}"
    );
    let record = web.get(&format!("{place}?view=editor")).json();
    assert_eq!(
        (&record["texts"]["en"]["title"], &record["pinned"]),
        (&json!("b"), &Value::Null)
    );
    // What was read is put back as it is.
    let again = web.ask("PUT", &place, &[], &record.to_string());
    assert_eq!(
        (again.status, &again.json()["outcome"]),
        (200, &json!("unchanged"))
    );
    let retracted = web.post(&format!("{place}/retract"), &json!({"reason": "wrong"}));
    assert_eq!(
        (retracted.status, &retracted.json()["outcome"]),
        (200, &json!("retracted"))
    );
    assert_eq!(web.get(&place).status, 404);
    let restored = web.ask(
        "POST",
        &format!("{place}/restore"),
        &[("If-Match", "\"v9\"")],
        "",
    );
    assert_eq!(restored.status, 412);
    assert_eq!(
        web.ask("POST", &format!("{place}/restore"), &[], "").status,
        200
    );
    assert_eq!(
        web.ask("DELETE", &place, &[], "").json()["outcome"],
        "purged"
    );
    assert_eq!(web.get(&format!("{place}?view=editor")).status, 404);
}

#[test]
fn former_versions_are_for_editors() {
    let served = serve(board());
    let mut web = Web::new(&served, Some(EDITOR));
    web.post("/v1/announcements", &draft("a"));
    web.ask(
        "PATCH",
        "/v1/announcements/1?change=major",
        &[],
        &draft("b").to_string(),
    );
    let history = web.get("/v1/announcements/1/history");
    assert_eq!(history.status, 200, "{history:?}");
    assert_eq!(history.json()[0]["texts"]["en"]["title"], "a");
    let refused = Web::new(&served, None).get("/v1/announcements/1/history");
    assert_eq!(refused.status, 401);
}

#[test]
fn a_repeated_request_is_carried_out_once() {
    let served = serve(board());
    let mut web = Web::new(&served, Some(EDITOR));
    let mut post = |key: &str, body: &Value| {
        web.ask(
            "POST",
            "/v1/announcements",
            &[("Idempotency-Key", key)],
            &body.to_string(),
        )
    };
    let first = post("k", &draft("a"));
    let again = post("k", &draft("a"));
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(again.json()["duplicate"], true);
    let other = post("k", &draft("b"));
    assert_eq!(
        (other.status, other.problem().kind()),
        (409, ErrorKind::IdempotencyConflict)
    );
    let mut contrary = draft("c");
    contrary["idempotency_key"] = json!("l");
    let contrary = post("k", &contrary);
    assert_eq!(contrary.problem().path(), Some("idempotency_key"));
    assert_eq!(
        post("k", &json!([draft("a")])).problem().path(),
        Some("Idempotency-Key")
    );
}

#[test]
fn a_list_of_drafts_is_published_as_one_or_not_at_all() {
    let served = serve(board());
    let mut web = Web::new(&served, Some(EDITOR));
    let list = json!([draft("a"), draft("b")]);
    let done = web.post("/v1/announcements", &list).json();
    assert_eq!(
        (&done[0]["revision"], &done[1]["revision"]),
        (&json!(1), &json!(1))
    );
    let refused = web.post("/v1/announcements", &json!([draft("c"), draft("")]));
    assert_eq!(refused.problem().path(), Some("[1].texts.en.title"));
    assert_eq!(web.get("/v1/stats").json()["announcements"], 2);
}

#[test]
fn a_board_is_asked_by_one_line_of_curl() {
    let board = board();
    let for_staff = Draft::new("en", "for staff").audience("role", Operator::In, ["staff", "chef"]);
    board.publish(&for_staff).unwrap();
    let texts = Draft::new("en", "Maintenance").channel("ops").tag("db");
    board.publish(&texts).unwrap();
    let served = serve(board);
    let mut web = Web::new(&served, Some(SERVICE));
    let mut total = |query: &str| web.get(&format!("/v1/active{query}")).json()["total"].clone();
    assert_eq!(total(""), 1);
    assert_eq!(total("?user=alice&attr.role=staff"), 2);
    assert_eq!(
        total("?user=alice&attr.role=x&attr.role=chef&locale=de&locale=en"),
        2
    );
    assert_eq!(total("?channel=ops&channel=x&tag=db&q=maint"), 1);
    assert_eq!(total("?attr.role=staff&channel=none"), 0);
    assert_eq!(total("?counted=false"), Value::Null);
    for (query, path) in [
        ("?users=alice", "users"),
        ("?user=a&user=b", "user"),
        ("?limit=many", "limit"),
        ("?limit=0", "limit"),
        ("?counted=yes", "counted"),
        ("?phase=later", "filter.phase"),
    ] {
        let refused = web.get(&format!("/v1/active{query}"));
        let problem = refused.problem();
        assert_eq!(
            (refused.status, problem.path()),
            (400, Some(path)),
            "{query}"
        );
    }
}

#[test]
fn marks_and_receipts_are_those_of_the_user_in_the_path() {
    let served = serve(board());
    let mut web = Web::new(&served, Some(ADMIN));
    web.post("/v1/announcements", &draft("a"));
    let path = "/v1/users/zhang%20wei%2F%E4%BC%9F/marks";
    let marked = web.post(path, &json!({"ids": [1], "mark": "read"}));
    assert_eq!(
        (marked.status, &marked.json()["marked"]),
        (200, &json!(1)),
        "{marked:?}"
    );
    let receipts = web
        .get("/v1/announcements/1/receipts?limit=10&read_only=true")
        .json();
    assert_eq!(receipts["receipts"][0]["user"], "zhang wei/伟");
    let all = web.post(
        "/v1/users/bob/marks",
        &json!({"mark": "read", "viewer": {"locales": ["en"]}}),
    );
    assert_eq!(all.json()["revision"], 1);
    let other = web.post(
        "/v1/users/bob/marks",
        &json!({"ids": [1], "mark": "read", "viewer": {"user": "eve"}}),
    );
    assert_eq!(other.problem().path(), Some("viewer.user"));
    assert_eq!(
        web.ask("DELETE", "/v1/users/bob", &[], "").json()["forgotten"],
        true
    );
    assert_eq!(
        web.ask("DELETE", "/v1/users/bob", &[], "").json()["forgotten"],
        false
    );
}

#[test]
fn who_may_not_is_told_so_by_status() {
    let (served, clock) = with_keys(board());
    let mut public = Web::new(&served, None);
    let refused = public.post("/v1/announcements", &draft("a"));
    assert_eq!(
        (refused.status, refused.header("www-authenticate")),
        (401, Some("Bearer"))
    );
    assert_eq!(refused.problem().kind(), ErrorKind::Unauthorized);
    let viewer = signed("alice", "staff");
    let mut web = Web::new(&served, Some(&viewer));
    assert_eq!(web.post("/v1/announcements", &draft("a")).status, 403);
    assert_eq!(web.get("/v1/active?user=bob").status, 200);
    clock.set((NOW + 3600) * 1000);
    assert_eq!(web.get("/v1/active").status, 401);
    for wrong in ["Bearer nonsense", "Basic YTpi", "nonsense", ""] {
        let refused = public.ask("GET", "/v1/active", &[("Authorization", wrong)], "");
        assert_eq!(refused.status, 401, "{wrong}");
    }
    assert_eq!(public.get("/v1/active").status, 200);
}

#[test]
fn a_page_of_a_foreign_name_or_origin_is_refused() {
    let served = serve_with(board(), |builder| {
        builder
            .hosts(["Board.Example"])
            .origins(["https://shop.example"])
    });
    let mut web = Web::new(&served, Some(ADMIN));
    for (host, status) in [
        ("localhost:7700", 200),
        ("127.0.0.1", 200),
        ("[::1]:80", 200),
        ("board.example:443", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("", 421),
    ] {
        let answer = web.ask("GET", "/v1/head", &[("Host", host)], "");
        assert_eq!(answer.status, status, "{host}");
    }
    for (origin, status, allowed) in [
        ("https://shop.example", 200, Some("https://shop.example")),
        ("http://localhost", 200, None),
        ("https://evil.example", 403, None),
        ("null", 403, None),
        ("https://shop.example.evil.example", 403, None),
    ] {
        let answer = web.ask("POST", "/v1/query", &[("Origin", origin)], "{}");
        assert_eq!(answer.status, status, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
    let asks = [
        ("Origin", "https://shop.example"),
        ("Access-Control-Request-Method", "PATCH"),
    ];
    let preflight = web.ask("OPTIONS", "/v1/announcements/1", &asks, "");
    assert_eq!(preflight.status, 204);
    assert!(
        preflight
            .header("access-control-allow-methods")
            .unwrap()
            .contains("PATCH")
    );
}

#[test]
fn what_is_not_there_is_told_by_status_and_problem() {
    let served = serve(board());
    let mut web = Web::new(&served, Some(ADMIN));
    assert_eq!(web.get("/v2/active").problem().path(), Some("path"));
    let wrong = web.ask("DELETE", "/v1/query", &[], "");
    assert_eq!((wrong.status, wrong.header("allow")), (405, Some("POST")));
    assert_eq!(wrong.problem().path(), Some("method"));
    for (method, path, headers, body, status, place) in [
        ("GET", "/v1/announcements/1", [("A", "b")], "", 404, None),
        (
            "GET",
            "/v1/announcements/one",
            [("A", "b")],
            "",
            400,
            Some("id"),
        ),
        ("POST", "/v1/query", [("A", "b")], "{", 400, Some("json")),
        (
            "POST",
            "/v1/query",
            [("A", "b")],
            r#"{"limit": 1, "limit": 2}"#,
            400,
            Some("limit"),
        ),
        (
            "POST",
            "/v1/query",
            [("A", "b")],
            r#"{"filter": {"tags_any": [1]}}"#,
            400,
            Some("filter.tags_any[0]"),
        ),
        (
            "PATCH",
            "/v1/announcements/1",
            [("If-Match", "3")],
            "{}",
            400,
            Some("If-Match"),
        ),
        (
            "DELETE",
            "/v1/announcements/1",
            [("If-Match", "\"v3\"")],
            "",
            400,
            Some("If-Match"),
        ),
        (
            "POST",
            "/v1/announcements/1/retract",
            [("A", "b")],
            r#"{"id": 2}"#,
            400,
            Some("id"),
        ),
        ("GET", "/v1/changes?since=5", [("A", "b")], "", 400, None),
        (
            "GET",
            "/v1/changes?wait=61",
            [("A", "b")],
            "",
            400,
            Some("wait"),
        ),
        (
            "GET",
            "/v1/changes?epoch=00000000000000000000000000000001",
            [("A", "b")],
            "",
            409,
            None,
        ),
        (
            "GET",
            "/v1/events",
            [("Last-Event-ID", "7")],
            "",
            400,
            Some("Last-Event-ID"),
        ),
    ] {
        let refused = web.ask(method, path, &headers, body);
        assert_eq!(
            (refused.status, refused.problem().path()),
            (status, place),
            "{path} {body}"
        );
    }
}

#[test]
fn a_body_beyond_the_limit_is_refused() {
    let served = serve(board());
    let long = format!("{{\"cursor\": \"{}\"}}", "x".repeat(1024 * 1024));
    let refused = Web::new(&served, None).ask("POST", "/v1/query", &[], &long);
    assert_eq!(
        (refused.status, refused.problem().kind()),
        (413, ErrorKind::TooLarge)
    );
    let refused = Web::new(&served, Some(ADMIN)).ask("POST", "/rpc", &[], &long);
    assert_eq!(
        (refused.status, refused.problem().path()),
        (413, Some("body"))
    );
    assert_eq!(
        Web::new(&served, Some(ADMIN))
            .ask("POST", "/v1/query", &[], &long)
            .status,
        400
    );
}

#[test]
fn json_rpc_goes_over_http_too() {
    let served = serve(board());
    let mut web = Web::new(&served, Some(ADMIN));
    let answer = web.post(
        "/rpc",
        &json!({"jsonrpc": "2.0", "id": 1, "method": "head"}),
    );
    assert_eq!(
        (answer.status, &answer.json()["result"]["revision"]),
        (200, &json!(0))
    );
    let notification = web.post("/rpc", &json!({"jsonrpc": "2.0", "method": "head"}));
    assert_eq!((notification.status, notification.body.len()), (204, 0));
    let wrong = web.ask("POST", "/rpc", &[], "{");
    assert_eq!(
        (wrong.status, &wrong.json()["error"]["code"]),
        (200, &json!(-32700))
    );
}

#[test]
fn requests_in_one_write_are_answered_in_order() {
    let served = serve(board());
    let mut web = Web::new(&served, Some(ADMIN));
    for title in ["a", "b"] {
        web.send("POST", "/v1/announcements", &[], &draft(title).to_string());
        web.send("GET", "/v1/head", &[], "");
    }
    for revision in [1, 2] {
        assert_eq!(web.receive().json()["revision"], revision);
        assert_eq!(web.receive().json()["revision"], revision);
    }
}

#[test]
fn a_client_that_stops_in_the_middle_is_given_up() {
    let mut limits = Limits::default();
    limits.receive = MOMENT;
    let served = serve_with(board(), |builder| builder.limits(limits));
    let halves = [
        "G",
        "GET /v1/head HTTP/1.1\r\nHost: lo",
        "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
        "\u{16}\u{3}\u{1}",
        "no http at all\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ]
    .map(|half| {
        let mut stream = tcp(served.tcp());
        stream.write_all(half.as_bytes()).unwrap();
        stream
    });
    for stream in halves {
        to_the_end(stream);
    }
    let mut web = Web::new(&served, None);
    assert_eq!(web.get("/healthz").status, 200);
    // Between requests as well.
    to_the_end(&mut web.stream);
    assert_eq!(Web::new(&served, None).get("/readyz").status, 200);
}

#[test]
fn changes_wait_until_there_are_some() {
    let served = serve(board());
    let mut web = Web::new(&served, None);
    let empty = web.get("/v1/changes?since=0&wait=0").json();
    assert_eq!(empty["events"], json!([]));
    web.send("GET", "/v1/changes?since=0&wait=60", &[], "");
    let mut editor = Web::new(&served, Some(EDITOR));
    editor.post("/v1/announcements", &draft("a"));
    let page = web.receive().json();
    assert_eq!(
        (&page["events"][0]["kind"], &page["to_revision"]),
        (&json!("published"), &json!(1))
    );
    // What is for others does not end the wait.
    web.send("GET", "/v1/changes?since=1&wait=60", &[], "");
    let mut hidden = draft("b");
    hidden["audience"] = json!([{"attribute": "role", "op": "in", "values": ["staff"]}]);
    editor.post("/v1/announcements", &hidden);
    editor.post("/v1/announcements", &draft("c"));
    let page = web.receive().json();
    assert_eq!(page["events"].as_array().unwrap().len(), 1);
    assert_eq!(page["events"][0]["id"], 3);
}

#[test]
fn events_tell_what_happens_and_go_on_after_an_interruption() {
    let served = serve(board());
    let mut editor = Web::new(&served, Some(EDITOR));
    let mut web = Web::new(&served, None);
    web.send("GET", "/v1/events?locale=en", &[], "");
    let head = web.head();
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    let mut rest = String::new();
    let (_, event, data) = web.event(&mut rest);
    assert_eq!((event.as_str(), &data["revision"]), ("head", &json!(0)));
    editor.post("/v1/announcements", &json!([draft("a"), draft("b")]));
    let (id, event, data) = web.event(&mut rest);
    // Another event of the same revision follows, so that nobody resumes between the two.
    assert_eq!(
        (id, event.as_str(), &data["item"]["title"]),
        (None, "published", &json!("a"))
    );
    let (id, _, data) = web.event(&mut rest);
    assert_eq!(data["item"]["title"], "b");
    let id = id.unwrap();
    drop(web);
    editor.ask(
        "PATCH",
        "/v1/announcements/1",
        &[],
        r#"{"texts": {"en": {"title": "A"}}}"#,
    );
    editor.post("/v1/announcements/2/retract", &json!({"reason": "wrong"}));
    editor.ask("DELETE", "/v1/announcements/1", &[], "");
    let mut web = Web::new(&served, None);
    web.send("GET", "/v1/events", &[("Last-Event-ID", &id)], "");
    web.head();
    let mut rest = String::new();
    let mut told = Vec::new();
    for _ in 0..3 {
        let (id, event, data) = web.event(&mut rest);
        told.push((event, data["id"].as_i64().unwrap()));
        assert!(id.unwrap().ends_with(&format!(".{}", data["revision"])));
    }
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds[1..], ["retracted", "purged"], "{told:?}");
    assert_eq!(
        told.iter().map(|(_, id)| *id).collect::<Vec<_>>(),
        [1, 2, 1]
    );
}

#[test]
fn a_follower_that_is_lost_is_told_to_list_again() {
    let served = serve(board());
    let mut web = Web::new(&served, None);
    let id = format!("{}.5", "0".repeat(32));
    web.send(
        "GET",
        "/v1/events",
        &[("Last-Event-ID", &id), ("Accept", "application/x-ndjson")],
        "",
    );
    assert_eq!(
        web.head().header("content-type"),
        Some("application/x-ndjson")
    );
    let line: Value = serde_json::from_str(&web.chunk()).unwrap();
    assert_eq!(
        (&line["event"], &line["data"]["revision"]),
        (&json!("resync"), &json!(0))
    );
    // It goes on from there.
    let mut editor = Web::new(&served, Some(EDITOR));
    editor.post("/v1/announcements", &draft("a"));
    let chunk = web.chunk();
    let line: Value = serde_json::from_str(chunk.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&line["event"], &line["data"]["id"]),
        (&json!("published"), &json!(1))
    );
}

#[test]
fn stopping_ends_streams_and_waits() {
    let mut served = serve(board());
    let mut following = Web::new(&served, None);
    following.send("GET", "/v1/events", &[], "");
    following.head();
    let mut waiting = Web::new(&served, None);
    waiting.send("GET", "/v1/changes?since=0&wait=60", &[], "");
    let mut idle = Web::new(&served, None);
    assert_eq!(idle.get("/healthz").status, 200);
    served.stop().unwrap();
    let begun = std::time::Instant::now();
    to_the_end(&mut following.stream);
    to_the_end(&mut waiting.stream);
    assert_eq!(to_the_end(&mut idle.stream), b"");
    assert!(begun.elapsed() < PATIENCE);
}

#[test]
fn a_unix_socket_speaks_http_to_its_owner() {
    let served = serve(board());
    let mut stream = crate::client::unix(&served.unix());
    let body = draft("a").to_string();
    let request = format!(
        "POST /v1/announcements HTTP/1.1\r\nHost: any.name\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let answer = String::from_utf8(to_the_end(stream)).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

#[test]
fn an_administrator_takes_the_whole_board_along() {
    let served = serve(board());
    let mut editor = Web::new(&served, Some(EDITOR));
    for _ in 0..3 {
        editor.post("/v1/announcements", &draft("a"));
    }
    assert_eq!(editor.get("/v1/export").status, 403);
    assert_eq!(Web::new(&served, None).get("/v1/export").status, 401);
    let export = Web::new(&served, Some(ADMIN)).get("/v1/export");
    assert_eq!(export.header("content-type"), Some("application/x-ndjson"));
    let copy = board();
    let mut lines = export.body.as_slice();
    copy.require_custody().unwrap().import(&mut lines).unwrap();
    assert_eq!(copy.stats().unwrap().announcements, 3);
}

#[test]
fn an_export_that_nobody_reads_keeps_nobody_from_publishing() {
    let served = serve(board());
    let mut editor = Web::new(&served, Some(EDITOR));
    // More than the buffers of a connection hold.
    let body = "x".repeat(60 * 1024);
    let large = json!({"texts": {"en": {"title": "t", "body": body}}});
    let drafts = json!(vec![large; 15]);
    for _ in 0..15 {
        assert_eq!(editor.post("/v1/announcements", &drafts).status, 200);
    }
    let mut slow = Web::new(&served, Some(ADMIN));
    slow.send("GET", "/v1/export", &[], "");
    assert_eq!(slow.head().status, 200);
    assert_eq!(editor.post("/v1/announcements", &draft("a")).status, 201);
}
