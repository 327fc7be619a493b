//! A program with listeners and a router of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use notice::Principal;
use notice::wire::frames::{Inbox, Kind, Message};
use notice_server::Server;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{run, start, stop};

#[test]
fn the_routes_answer_under_the_path_of_the_program_with_the_same_guard() {
    // The test program is beside the folder of the examples.
    let program = std::env::current_exe().unwrap();
    let target = program.parent().and_then(Path::parent).unwrap();
    let mut child = Command::new(target.join("examples/embedded"))
        .arg("127.0.0.1:0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("cargo builds the examples with the tests");
    let mut said = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut said).unwrap();
    let address = said.trim().strip_prefix("http://").unwrap();
    let address = address.split_once('/').unwrap().0.to_owned();
    let ask = |request: &str, more: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        let host = match more.contains("Host:") {
            true => "",
            false => "Host: localhost\r\n",
        };
        write!(
            stream,
            "{request} HTTP/1.1\r\n{host}Connection: close\r\n{more}\r\n"
        )
        .unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    };
    let own = ask("GET /", "");
    assert!(own.contains("the program's own page"), "{own}");
    let page = ask("GET /notices/v1/active?user=ann", "");
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains(r#""title":"Hello""#),
        "{page}"
    );
    let outside = ask("GET /v1/active", "");
    assert!(outside.starts_with("HTTP/1.1 404"), "{outside}");
    let unknown = ask("GET /notices/v1/nothing", "");
    assert!(unknown.contains("application/problem+json"), "{unknown}");
    let body = r#"{"texts": {"en": {"title": "mine"}}}"#;
    let more = format!("Content-Length: {}\r\n\r\n{body}", body.len());
    let refused = ask("POST /notices/v1/announcements", &more);
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    let foreign = ask("GET /notices/v1/active", "Host: evil.example\r\n");
    assert!(foreign.starts_with("HTTP/1.1 421"), "{foreign}");
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

/// What a client of each protocol sends, for something random to be done to it.
const BEGINNINGS: [&[u8]; 4] = [
    b"",
    b"ENOT\x01\0\0\0\x20\0\0\0",
    b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"query\",\"params\":{",
    b"POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_a_client_sends_the_connection_ends_when_the_client_does(
        protocol in 0..BEGINNINGS.len(), bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        ends(&[BEGINNINGS[protocol], &bytes].concat());
    }

    #[test]
    fn any_body_of_a_call_is_answered(body in prop::collection::vec(any::<u8>(), 0..64), number in 0..32_u8) {
        let mut sent = Vec::new();
        let hello = br#"{"versions":[1]}"#;
        Message::new(1, Kind::Hello, hello.as_slice()).write(&mut sent).unwrap();
        let call = [&[1, number], body.as_slice()].concat();
        Message::new(2, Kind::Call, call).write(&mut sent).unwrap();
        let received = ends(&sent);
        let mut inbox = Inbox::default();
        inbox.receive(&received);
        prop_assert_eq!(inbox.next().unwrap().unwrap().kind, Kind::Welcome);
        // A wait is given up when its client goes.
        let answered = inbox.next().unwrap().is_some_and(|message| message.kind == Kind::Answer);
        prop_assert!(answered || [17, 29].contains(&number) || number >= 32);
    }
}

/// Sends bytes as an administrator, ends its half, and returns what the server sent until it ended the other.
fn ends(bytes: &[u8]) -> Vec<u8> {
    let server = start(Server::builder(notice::open("mem:").unwrap())).unwrap();
    let (mut client, stream) = tokio::io::duplex(64 * 1024);
    let serving = server.serve(stream, Principal::admin(), Ipv4Addr::LOCALHOST.into());
    let received = run(async {
        let serving = tokio::spawn(serving);
        client.write_all(bytes).await.unwrap();
        client.shutdown().await.unwrap();
        let mut received = Vec::new();
        let limit = Duration::from_secs(20);
        let read = tokio::time::timeout(limit, client.read_to_end(&mut received)).await;
        read.expect("the server ends the connection").unwrap();
        serving.await.unwrap();
        received
    });
    stop(server).unwrap();
    received
}
