//! The contract of a board, over each protocol.

use std::cell::RefCell;

use notice::wire::Call;
use notice_conformance::{
    BoardOptions, Joined, Kept, Surface, nothing, open_board, own_cases, read_all, run_all,
    surface_of,
};
use serde_json::{Map, Value};

use crate::support::{ADMIN, serve};

/// ENOT frames over a Unix socket.
const UNIX: Joined = Joined {
    name: "unix",
    open: over_unix,
    lacks: nothing,
};

/// JSON-RPC lines over TCP.
const TCP: Joined = Joined {
    name: "tcp",
    open: over_tcp,
    lacks: nothing,
};

#[test]
fn every_case_holds_in_frames_over_a_unix_socket() {
    holds(UNIX);
}

#[test]
fn every_case_holds_in_lines_over_tcp() {
    holds(TCP);
}

fn holds(surface: Joined) {
    let cases = read_all(&own_cases()).unwrap();
    let report = run_all(&cases, &[surface], &Kept::ALL);
    assert!(report.count() >= 3 * 100, "only {} runs", report.count());
    assert_eq!(report.faults(), [""; 0]);
}

fn over_unix(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    let (board, clock) = open_board(url, now, options);
    let server = serve(board);
    let client = RefCell::new(server.enot());
    let ask = move |name: &str, args: &Value| {
        let _ = &server;
        let call = Value::Object(Map::from_iter([(name.to_owned(), args.clone())]));
        let call = Call::from_json(call.to_string().as_bytes())?;
        Ok(client.borrow_mut().call(&call)?.to_value())
    };
    surface_of(clock, Box::new(ask))
}

fn over_tcp(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    let (board, clock) = open_board(url, now, options);
    let server = serve(board);
    let client = RefCell::new(server.lines(Some(ADMIN)));
    let ask = move |name: &str, args: &Value| {
        let _ = &server;
        Ok(client.borrow_mut().call(name, args)?)
    };
    surface_of(clock, Box::new(ask))
}
