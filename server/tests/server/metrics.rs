//! Metrics: what is counted, who may read it, and what it looks like.

use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use notice::{Draft, ErrorKind, Lifecycle, SharedBoard};
use serde_json::json;

use crate::client::{PATIENCE, tcp};
use crate::http::Web;
use crate::support::{ADMIN, EDITOR, SERVICE, Served, serve, serve_with};

fn board() -> SharedBoard {
    notice::open("mem:").unwrap()
}

/// The lines of a scrape.
pub(crate) struct Figures(Vec<String>);

impl Figures {
    pub(crate) fn read(served: &Served) -> Self {
        let response = Web::new(served, Some(SERVICE)).get("/metrics");
        assert_eq!(response.status, 200, "{response:?}");
        let media = response.header("content-type").unwrap();
        assert_eq!(media, "text/plain; version=0.0.4; charset=utf-8");
        Self::of(response.body)
    }

    /// Reads them over a connection to the listener that is there for them.
    pub(crate) fn over(stream: TcpStream) -> Self {
        Self::of(Web::over(stream, None).get("/metrics").body)
    }

    fn of(body: Vec<u8>) -> Self {
        let text = String::from_utf8(body).unwrap();
        Self(text.lines().map(str::to_owned).collect())
    }

    /// Returns the value of a series.
    pub(crate) fn get(&self, series: &str) -> Option<f64> {
        let mut values = self.0.iter().filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            (name == series).then(|| value.parse().unwrap())
        });
        let value = values.next();
        assert_eq!(values.next(), None, "{series} is there twice");
        value
    }
}

/// Waits until a series has a value.
fn becomes(served: &Served, series: &str, value: f64) {
    let end = Instant::now() + PATIENCE;
    loop {
        let figures = Figures::read(served);
        if figures.get(series) == Some(value) {
            return;
        }
        assert!(Instant::now() < end, "{series}: {:?}", figures.get(series));
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn calls_are_counted_by_protocol_call_and_code() {
    let served = serve(board());
    let mut enot = served.enot();
    let call = notice::wire::Call::from_value("head", &json!({})).unwrap();
    for _ in 0..3 {
        enot.call(&call).unwrap();
    }
    let mut lines = served.lines(None);
    lines.call("query", &json!({})).unwrap();
    lines.call("stats", &json!({})).unwrap_err();
    let mut web = Web::new(&served, Some(EDITOR));
    web.post(
        "/v1/announcements",
        &json!({"texts": {"en": {"title": "a"}}}),
    );
    assert_eq!(web.get("/v1/announcements/7").status, 404);
    assert_eq!(web.get("/nowhere").status, 404);
    web.get("/v1/list.json");
    web.post(
        "/rpc",
        &json!({"jsonrpc": "2.0", "id": 1, "method": "count"}),
    );
    let figures = Figures::read(&served);
    for (protocol, call, code, count) in [
        ("enot", "hello", "ok", 1),
        ("enot", "head", "ok", 3),
        ("json_rpc", "query", "ok", 1),
        ("json_rpc", "stats", "unauthorized", 1),
        ("json_rpc", "count", "ok", 1),
        ("http", "publish", "ok", 1),
        ("http", "get", "not_found", 1),
        ("http", "unknown", "invalid_field", 1),
        ("http", "list", "ok", 1),
        ("http", "rpc", "ok", 1),
    ] {
        let series = format!(
            "notice_requests_total{{protocol=\"{protocol}\",call=\"{call}\",code=\"{code}\"}}"
        );
        assert_eq!(figures.get(&series), Some(f64::from(count)), "{series}");
    }
    let series = "notice_request_duration_seconds_count{protocol=\"enot\",call=\"head\"}";
    assert_eq!(figures.get(series), Some(3.0));
    let all = "notice_request_duration_seconds_bucket{protocol=\"enot\",call=\"head\",le=\"+Inf\"}";
    assert_eq!(figures.get(all), Some(3.0));
    // Calls that were never made take no room.
    assert!(
        !figures
            .0
            .iter()
            .any(|line| line.contains("call=\"compact\""))
    );
}

#[test]
fn a_call_that_waits_is_counted_and_not_timed() {
    let served = serve(board());
    let mut lines = served.lines(None);
    lines
        .call("wait", &json!({"since": 0, "timeout_ms": 1}))
        .unwrap_err();
    Web::new(&served, None).get("/v1/changes?wait=1&since=0");
    let figures = Figures::read(&served);
    let waits = "notice_requests_total{protocol=\"json_rpc\",call=\"wait\",code=\"timed_out\"}";
    assert_eq!(figures.get(waits), Some(1.0));
    let changes = "notice_requests_total{protocol=\"http\",call=\"changes\",code=\"ok\"}";
    assert_eq!(figures.get(changes), Some(1.0));
    let is_timed = |line: &String| line.starts_with("notice_request_duration_seconds");
    assert!(!figures.0.iter().any(is_timed));
}

#[test]
fn connections_streams_and_waits_are_there_as_long_as_they_last() {
    let served = serve(board());
    becomes(&served, "notice_connections{protocol=\"http\"}", 1.0);
    let enot = served.enot();
    let mut lines = served.lines(None);
    lines.begin("wait", &json!({"since": 0, "timeout_ms": 60_000}));
    let mut stream = Web::new(&served, None);
    stream.send("GET", "/v1/events", &[], "");
    assert_eq!(stream.head().status, 200);
    becomes(&served, "notice_connections{protocol=\"enot\"}", 1.0);
    becomes(&served, "notice_connections{protocol=\"json_rpc\"}", 1.0);
    becomes(&served, "notice_connections{protocol=\"http\"}", 2.0);
    becomes(&served, "notice_followers{protocol=\"http\"}", 1.0);
    // The stream waits as well.
    becomes(&served, "notice_waiting_calls", 2.0);
    drop((enot, lines, stream));
    becomes(&served, "notice_connections{protocol=\"enot\"}", 0.0);
    becomes(&served, "notice_connections{protocol=\"json_rpc\"}", 0.0);
    becomes(&served, "notice_followers{protocol=\"http\"}", 0.0);
    becomes(&served, "notice_waiting_calls", 0.0);
}

#[test]
fn the_board_is_told_in_figures_and_never_in_words() {
    let board = board();
    board.publish(&Draft::new("en", "confidential")).unwrap();
    board
        .publish(&Draft::new("en", "b").state(Lifecycle::Draft))
        .unwrap();
    board
        .mark(&notice::Viewer::new("li"), &[1], notice::Mark::Read)
        .unwrap();
    let served = serve(board);
    let figures = Figures::read(&served);
    for (series, value) in [
        ("notice_board_up", 1.0),
        ("notice_revision", 2.0),
        ("notice_announcements{phase=\"active\"}", 1.0),
        ("notice_announcements{phase=\"draft\"}", 1.0),
        ("notice_users", 1.0),
        ("notice_marks", 1.0),
    ] {
        assert_eq!(figures.get(series), Some(value), "{series}");
    }
    assert!(figures.get("notice_memory_bytes") > Some(0.0));
    let build = format!(
        "notice_build_info{{version=\"{}\"}}",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(figures.get(&build), Some(1.0));
    assert!(figures.get("process_start_time_seconds") > Some(1.7e9));
    let text = figures.0.join("\n");
    assert!(
        !text.contains("confidential") && !text.contains(SERVICE),
        "{text}"
    );
}

#[test]
fn the_journal_of_a_board_in_a_file_is_in_the_figures() {
    let folder = crate::support::Folder::new();
    let url = format!("file:{}?budget_mb=64", folder.0.join("board").display());
    let board = notice::open(&url).unwrap();
    board.publish(&Draft::new("en", "a")).unwrap();
    board.publish(&Draft::new("en", "b")).unwrap();
    let served = serve(board);
    let figures = Figures::read(&served);
    assert_eq!(figures.get("notice_journal_appends_total"), Some(2.0));
    assert!(figures.get("notice_journal_append_seconds_total") > Some(0.0));
    let (journal, file) = ("notice_journal_bytes", "notice_file_bytes");
    assert!(figures.get(journal) > Some(0.0) && figures.get(file) > figures.get(journal));
    let budget = 64.0 * 1024.0 * 1024.0;
    assert_eq!(figures.get("notice_memory_budget_bytes"), Some(budget));
}

#[test]
fn metrics_are_for_services_and_above() {
    let served = serve(board());
    let refused = Web::new(&served, None).get("/metrics");
    assert_eq!(
        (refused.status, refused.problem().kind()),
        (401, ErrorKind::Unauthorized)
    );
    for token in [SERVICE, EDITOR, ADMIN] {
        assert_eq!(Web::new(&served, Some(token)).get("/metrics").status, 200);
    }
}

#[test]
fn a_listener_of_their_own_shows_metrics_and_nothing_else() {
    let served = serve_with(board(), |builder| builder.metrics("127.0.0.1:0"));
    let address: SocketAddr = served.server().metrics_address().unwrap();
    let mut web = Web::over(tcp(address), None);
    let response = web.get("/metrics");
    assert_eq!(response.status, 200);
    assert_eq!(Figures::of(response.body).get("notice_board_up"), Some(1.0));
    for path in ["/v1/active", "/rpc", "/v1/stats"] {
        assert_eq!(web.get(path).status, 404, "{path}");
    }
    // A page that lets its own name point here reads nothing.
    let foreign = web.ask("GET", "/metrics", &[("Host", "evil.example")], "");
    assert_eq!(foreign.status, 421);
    let outside = notice_server::Server::builder(board()).metrics("0.0.0.0:0");
    let refused = crate::support::start(outside).err().unwrap();
    assert_eq!(refused.kind(), ErrorKind::Unauthorized);
}
