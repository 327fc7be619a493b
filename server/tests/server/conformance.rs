//! The contract of a board, over each protocol.

use std::cell::RefCell;

use notice_conformance::{
    BoardOptions, Joined, Kept, Surface, call_of, nothing, open_board, own_cases, read_all,
    run_all, surface_of,
};
use serde_json::{Value, json};

use crate::client::result_of;
use crate::http::Web;
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

/// HTTP over TCP: each call by its route, and by `/rpc` where a route cannot express it.
const HTTP: Joined = Joined {
    name: "http",
    open: over_http,
    lacks: nothing,
};

#[test]
fn every_case_holds_over_http() {
    holds(HTTP);
}

#[test]
fn every_case_holds_in_frames_over_a_unix_socket() {
    holds(UNIX);
}

#[test]
fn every_case_holds_in_lines_over_tcp() {
    holds(TCP);
}

/// Runs every case of the contract over a surface.
pub(crate) fn holds(surface: Joined) {
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
        let call = call_of(name, args)?;
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

fn over_http(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    let (board, clock) = open_board(url, now, options);
    let server = serve(board);
    let web = RefCell::new(Web::new(&server, Some(ADMIN)));
    let ask = move |name: &str, args: &Value| {
        let _ = &server;
        let mut web = web.borrow_mut();
        let Some((method, path, headers, body)) = route(name, args) else {
            let call = json!({"jsonrpc": "2.0", "id": 1, "method": name, "params": args});
            return Ok(result_of(&web.post("/rpc", &call).json())?);
        };
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let body = body.map_or(String::new(), |body| body.to_string());
        let response = web.ask(method, &path, &headers, &body);
        match response.status {
            200 | 201 => Ok(response.json()),
            _ => Err(response.problem().into()),
        }
    };
    surface_of(clock, Box::new(ask))
}

/// A request: method, path, headers and body.
type Route = (
    &'static str,
    String,
    Vec<(&'static str, String)>,
    Option<Value>,
);

/// Returns the route of a call; None if no route has these arguments.
fn route(name: &str, args: &Value) -> Option<Route> {
    let mut rest = args.as_object()?.clone();
    let mut headers = Vec::new();
    let mut id = || rest.shift_remove("id")?.as_i64();
    let route = match name {
        "publish" => ("POST", "/v1/announcements".to_owned(), args.clone()),
        "query" | "count" => ("POST", format!("/v1/{name}"), args.clone()),
        "update" => {
            let path = format!("/v1/announcements/{}", id()?);
            let path = match rest.shift_remove("change") {
                Some(change) => format!("{path}?change={}", change.as_str()?),
                None => path,
            };
            ("PATCH", path, rest.shift_remove("patch")?)
        }
        "retract" | "restore" | "release" => (
            "POST",
            format!("/v1/announcements/{}/{name}", id()?),
            json!({}),
        ),
        "purge" => ("DELETE", format!("/v1/announcements/{}", id()?), json!({})),
        "record" => (
            "GET",
            format!("/v1/announcements/{}?view=editor", id()?),
            json!({}),
        ),
        "mark" | "mark_all" => {
            let user = rest.get("viewer")?.get("user")?.as_str()?;
            if user.is_empty() || user.bytes().any(|byte| !byte.is_ascii_alphanumeric()) {
                return None;
            }
            let path = format!("/v1/users/{user}/marks");
            ("POST", path, Value::Object(std::mem::take(&mut rest)))
        }
        "stats" => ("GET", "/v1/stats".to_owned(), json!({})),
        _ => return None,
    };
    if name == "publish" || name == "query" || name == "count" {
        rest.clear();
    }
    if let Some(version) = rest.shift_remove("if_version") {
        headers.push(("If-Match", format!("\"v{}\"", version.as_u64()?)));
    }
    let (method, path, mut body) = route;
    if let Some(reason) = rest.shift_remove("reason") {
        body["reason"] = reason;
    }
    let body = (method != "GET" && method != "DELETE").then_some(body);
    rest.is_empty().then_some((method, path, headers, body))
}
