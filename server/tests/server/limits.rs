//! Limits of what a client may take: calls a second, memory, patience.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use notice::wire::Call;
use notice::{Draft, ErrorKind, Severity};
use notice_server::Limits;
use serde_json::json;

use crate::client::{PATIENCE, unix};
use crate::http::Web;
use crate::metrics::Figures;
use crate::support::{EDITOR, SERVICE, Served, serve, serve_with};

/// Starts a server that allows each client a call a second.
fn slow() -> Served {
    serve_with(notice::open("mem:").unwrap(), |builder| {
        let mut limits = Limits::default();
        limits.calls_per_second = 1;
        builder.limits(limits)
    })
}

#[test]
fn a_client_with_too_many_requests_is_told_when_to_come_back() {
    let served = slow();
    let mut web = Web::new(&served, None);
    for _ in 0..20 {
        web.send("GET", "/v1/head", &[], "");
    }
    let answers: Vec<_> = (0..20).map(|_| web.receive()).collect();
    assert_eq!(answers[0].status, 200);
    let refused = answers.iter().find(|answer| answer.status == 429).unwrap();
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=2).contains(&seconds));
    assert_eq!(refused.problem().kind(), ErrorKind::Unavailable);
    // Another connection of the same address is the same client, and one with a token another.
    let same = (0..20).map(|_| Web::new(&served, None).get("/v1/head").status);
    assert!(same.into_iter().any(|status| status == 429));
    assert_eq!(Web::new(&served, Some(SERVICE)).get("/v1/head").status, 200);
    // Whoever watches the server is never turned away.
    for _ in 0..20 {
        assert_eq!(web.get("/healthz").status, 200);
    }
    assert!(Figures::read(&served).get("notice_rate_limited_total") > Some(1.0));
}

#[test]
fn calls_of_the_other_protocols_count_too() {
    let served = slow();
    let mut enot = served.enot();
    let call = Call::from_value("head", &json!({})).unwrap();
    for _ in 0..20 {
        enot.begin(&call);
    }
    let answers: Vec<_> = (0..20).map(|_| enot.answer().unwrap().1).collect();
    let refused = answers.into_iter().find_map(Result::err).unwrap();
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    let message = refused.message(notice::Language::En);
    assert!(message.contains("too many calls"), "{message}");
    // Each call of a batch counts.
    let mut lines = served.lines(None);
    let batch: Vec<_> = (0..20)
        .map(|id| json!({"jsonrpc": "2.0", "id": id, "method": "head"}))
        .collect();
    lines.send(&json!(batch).to_string());
    let answers = lines.receive().unwrap();
    let answers = answers.as_array().unwrap().iter();
    let code = ErrorKind::Unavailable as i32;
    assert!(answers.filter(|one| one["error"]["code"] == code).count() > 0);
}

#[test]
fn short_memory_is_for_warnings() {
    let board = notice::open("mem:?budget_mb=1").unwrap();
    let served = serve(board);
    let mut web = Web::new(&served, Some(EDITOR));
    let draft = |severity: Severity| {
        let body = "x".repeat(20_000);
        json!({"severity": severity.name(), "texts": {"en": {"title": "a", "body": body}}})
    };
    let refused = (0..100).find_map(|_| {
        let answer = web.post("/v1/announcements", &draft(Severity::Notice));
        (answer.status != 201).then_some(answer)
    });
    let refused = refused.unwrap();
    assert_eq!(
        (refused.status, refused.problem().kind()),
        (507, ErrorKind::OverBudget)
    );
    let message = refused.problem().message(notice::Language::En);
    assert!(message.contains("only warning and critical"), "{message}");
    let urgent = web.post("/v1/announcements", &draft(Severity::Warning));
    assert_eq!(urgent.status, 201, "{urgent:?}");
}

#[test]
fn a_reader_of_a_stream_that_does_not_read_is_given_up() {
    let board = notice::open("mem:").unwrap();
    let served = serve_with(board.clone(), |builder| {
        let mut limits = Limits::default();
        limits.send = Duration::from_millis(50);
        builder.limits(limits)
    });
    let mut stream = Web::new(&served, None);
    stream.send("GET", "/v1/events", &[], "");
    assert_eq!(stream.head().status, 200);
    let followers = "notice_followers{protocol=\"http\"}";
    assert_eq!(Figures::read(&served).get(followers), Some(1.0));
    let end = Instant::now() + PATIENCE;
    while Figures::read(&served).get(followers) != Some(0.0) {
        assert!(Instant::now() < end, "the stream stays open");
        // More than the buffers of both sides hold, sooner or later.
        let draft = Draft::from_text(notice::Text::new("en", "a").body("x".repeat(60_000)));
        board.publish(&draft).unwrap();
    }
    // Nobody else is slowed down.
    assert_eq!(Web::new(&served, None).get("/v1/head").status, 200);
}

#[test]
fn a_client_that_asks_and_never_reads_is_closed_and_the_others_do_not_wait_for_it() {
    let board = notice::open("mem:").unwrap();
    for _ in 0..20 {
        let text = notice::Text::new("en", "news").body("x".repeat(60_000));
        board.publish(&Draft::from_text(text)).unwrap();
    }
    let served = serve_with(board, |builder| {
        let mut limits = Limits::default();
        limits.send = Duration::from_millis(50);
        builder.limits(limits)
    });
    // A search is answered by a task of its own, and none of these answers fits into the buffers of a socket.
    let search = json!({"filter": {"q": "news"}});
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "query", "params": search});
    let mut lines = unix(&served.unix());
    lines
        .write_all(format!("{request}\n").repeat(4).as_bytes())
        .unwrap();
    let mut enot = served.enot();
    for _ in 0..4 {
        enot.begin(&Call::from_value("query", &search).unwrap());
    }
    for protocol in ["json_rpc", "enot"] {
        let [opened, open] = ["opened_total", ""].map(|what| {
            let name = format!("notice_connections_{what}");
            format!("{}{{protocol=\"{protocol}\"}}", name.trim_end_matches('_'))
        });
        let is_over =
            |figures: Figures| (figures.get(&opened), figures.get(&open)) == (Some(1.0), Some(0.0));
        let end = Instant::now() + PATIENCE;
        while !is_over(Figures::read(&served)) {
            assert!(Instant::now() < end, "the {protocol} connection stays open");
            assert_eq!(Web::new(&served, None).get("/v1/head").status, 200);
        }
    }
    // Neither client has left.
    drop((lines, enot));
}

#[test]
fn a_load_test_meets_a_slow_server_if_it_says_so() {
    let numbers = AtomicU64::new(249);
    let served = serve_with(notice::open("mem:").unwrap(), |builder| {
        builder.load_test_by(move || numbers.fetch_add(1, Ordering::Relaxed))
    });
    let delayed = "notice_loadtest_delay_seconds_total";
    let mut web = Web::new(&served, None);
    let wanted = [("X-Loadtest-Mode", "true")];
    assert_eq!(web.get("/v1/head").status, 200);
    assert_eq!(
        web.ask("GET", "/v1/head", &[("X-Loadtest-Mode", "no")], "")
            .status,
        200
    );
    assert_eq!(Figures::read(&served).get(delayed), Some(0.0));
    // 299, 300 and 50 ms.
    for sum in [0.299, 0.599, 0.649] {
        assert_eq!(web.ask("GET", "/v1/head", &wanted, "").status, 200);
        assert_eq!(Figures::read(&served).get(delayed), Some(sum));
    }
    let quick = serve(notice::open("mem:").unwrap());
    Web::new(&quick, None).ask("GET", "/v1/head", &wanted, "");
    assert_eq!(Figures::read(&quick).get(delayed), Some(0.0));
}
