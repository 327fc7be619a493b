//! How many connections one address may have.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use notice::{ErrorKind, Language, Principal};
use notice_server::Limits;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::client::{Enot, Lines, PATIENCE, error_of, tcp, to_the_end};
use crate::http::Web;
use crate::metrics::Figures;
use crate::support::{Served, run, serve_with};

const REFUSED: &str = "notice_connections_refused_total{limit=\"max-connections-per-address\"}";

/// A server that allows each address two connections.
fn narrow() -> Served {
    serve_with(notice::open("mem:").unwrap(), |builder| {
        let mut limits = Limits::default();
        limits.connections_per_address = 2;
        builder.metrics("127.0.0.1:0").limits(limits)
    })
}

/// A connection that is served.
fn guest(served: &Served) -> Lines {
    let mut guest = served.lines(None);
    guest.call("head", &json!({})).unwrap();
    guest
}

/// The number of refused connections. The listener for metrics has places of its own.
fn refused(served: &Served) -> f64 {
    let address: SocketAddr = served.server().metrics_address().unwrap();
    Figures::over(tcp(address)).get(REFUSED).unwrap()
}

fn says_why(error: &notice::Error) {
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    for language in [Language::En, Language::Zh] {
        let message = error.message(language);
        assert!(
            message.contains("127.0.0.1") && message.contains("max-connections-per-address"),
            "{message}"
        );
    }
}

#[test]
fn a_further_connection_is_told_so_in_its_protocol_and_the_others_go_on() {
    let served = narrow();
    let mut guests = [guest(&served), guest(&served)];
    assert_eq!(refused(&served), 0.0);

    let mut enot = Enot::over(tcp(served.tcp()));
    says_why(&enot.hello(None).unwrap_err());
    assert!(enot.receive().is_none());

    let mut lines = served.lines(None);
    lines.send(r#"{"jsonrpc": "2.0", "id": 1, "method": "head"}"#);
    let answer = lines.receive().unwrap();
    assert_eq!(answer["id"], json!(null));
    assert_eq!(answer["error"]["code"], ErrorKind::Unavailable as i32);
    says_why(&error_of(&answer["error"]["data"]));
    assert!(lines.receive().is_none());

    let mut web = Web::new(&served, None);
    web.send("GET", "/v1/active", &[], "");
    let response = web.receive();
    assert_eq!(response.status, 429);
    let seconds: u64 = response.header("retry-after").unwrap().parse().unwrap();
    assert!((1..60).contains(&seconds));
    says_why(&response.problem());

    assert_eq!(refused(&served), 3.0);
    for guest in &mut guests {
        guest.call("head", &json!({})).unwrap();
    }
    // Users of this machine on a socket are counted by nobody.
    let crowd: Vec<Enot> = (0..4).map(|_| served.enot()).collect();
    drop(crowd);
}

#[test]
fn there_is_room_again_when_a_connection_ends() {
    let served = narrow();
    let (stays, leaves) = (guest(&served), guest(&served));
    drop(leaves);
    // The server notices the end in its own time.
    let end = Instant::now() + PATIENCE;
    loop {
        let mut lines = served.lines(None);
        lines.begin("head", &json!({}));
        let answer = lines.receive();
        if answer.is_some_and(|answer| answer.get("result").is_some()) {
            break;
        }
        assert!(Instant::now() < end, "there is no room");
    }
    drop(stays);
}

#[test]
fn a_program_that_opens_a_board_is_told_why_it_cannot() {
    let served = narrow();
    let guests = [guest(&served), guest(&served)];
    let error = notice::open(&format!("tcp:{}", served.tcp()))
        .err()
        .unwrap();
    says_why(&error);
    drop(guests);
}

#[test]
fn a_client_that_is_refused_and_says_nothing_is_closed_soon() {
    let served = narrow();
    let guests = [guest(&served), guest(&served)];
    let silent = tcp(served.tcp());
    // Of a flood, most are closed without a word.
    let flood: Vec<_> = (0..200).map(|_| tcp(served.tcp())).collect();
    assert_eq!(to_the_end(silent), b"");
    for mut stream in flood {
        let _ = stream.write_all(b"GET / HTTP/1.1\r\n\r\n");
        to_the_end(stream);
    }
    assert_eq!(refused(&served), 201.0);
    drop(guests);
}

#[test]
fn connections_that_a_program_accepts_count_by_the_address_that_it_states() {
    let served = narrow();
    let ask = |from: &str| {
        let (mut near, far) = tokio::io::duplex(4096);
        let from: IpAddr = from.parse().unwrap();
        let serving = served.server().serve(far, Principal::public([""; 0]), from);
        run(async {
            tokio::spawn(serving);
            near.write_all(b"{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"head\"}\n")
                .await
                .unwrap();
            let mut answer = vec![0; 4096];
            let length = near.read(&mut answer).await.unwrap();
            let is_answered = String::from_utf8_lossy(&answer[..length]).contains("\"result\"");
            (near, is_answered)
        })
    };
    let one = [ask("192.0.2.1"), ask("192.0.2.1")];
    assert!(one.iter().all(|(_, is_answered)| *is_answered));
    assert!(!ask("192.0.2.1").1);
    assert!(ask("192.0.2.2").1);
}
