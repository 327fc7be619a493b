//! What each role may do and see, over every protocol.

use std::fmt::Write as _;

use notice::wire::{Answer, Call};
use notice::{Draft, ErrorKind, Mark, Operator, SharedBoard, Viewer};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{Enot, Lines, tcp};
use crate::http::Web;
use crate::support::{ADMIN, EDITOR, SERVICE, Served};
use crate::tokens::{signed, with_keys};

const ROLES: [&str; 4] = ["red", "green", "blue", "grey"];
/// What viewers may not learn: what is scheduled, a draft, retracted, or was there before; who else is meant, and who
/// has acknowledged it.
const HIDDEN: [&str; 6] = ["later", "draft", "gone", "former", "meant", "reader"];

/// An instant of the year 2100, in Unix milliseconds.
const IN_2100: i64 = 4_102_444_800_000;

/// An announcement for each role of viewers, one for everybody, and something hidden of each kind.
fn board() -> SharedBoard {
    let board = notice::open("mem:").unwrap();
    let open = board.publish(&Draft::new("en", "secret-former").key("open"));
    board
        .publish(&Draft::new("en", "open").key("open"))
        .unwrap();
    for role in ROLES {
        let draft = Draft::new("en", format!("secret-{role}"));
        let draft = draft.audience("role", Operator::In, [role, "secret-meant"]);
        board.publish(&draft).unwrap();
    }
    for (title, state) in [
        ("later", json!(null)),
        ("draft", json!("draft")),
        ("gone", json!(null)),
    ] {
        let starts_at = if title == "later" { IN_2100 } else { 1 };
        let title = format!("secret-{title}");
        let draft =
            json!({"texts": {"en": {"title": title}}, "starts_at": starts_at, "state": state});
        let published = board.publish(&Draft::from_value(&draft).unwrap()).unwrap();
        if title == "secret-gone" {
            board.retract(published.id, "").unwrap();
        }
    }
    let reader = Viewer::new("secret-reader");
    board
        .mark(&reader, &[open.unwrap().id], Mark::Acknowledge)
        .unwrap();
    board
}

/// A call with claims about who asks and what for.
fn question() -> impl Strategy<Value = (&'static str, Value)> {
    let role = prop::sample::select(&ROLES[..]);
    let method = prop::sample::select(vec![
        "query",
        "count",
        "get",
        "record",
        "explain",
        "changes",
        "receipts",
        "history",
        "stats",
        "head",
        "own_marks",
    ]);
    let view = prop::sample::select(vec!["viewer", "viewer", "viewer", "editor"]);
    let later = prop::bool::weighted(0.2);
    (method, role, view, 1..9_i64, later, any::<bool>()).prop_map(
        |(method, role, view, id, later, q)| {
            let mut viewer = json!({
                "user": "mallory", "attributes": {"role": role, "platform": role, "user": "alice"},
            });
            if later {
                viewer["now"] = json!(IN_2100 + 1);
            }
            let mut params = json!({"viewer": viewer, "view": view});
            match method {
                "get" | "explain" => params["id"] = json!(id),
                "record" | "receipts" | "history" => params = json!({ "id": id }),
                "stats" | "head" => params = json!({}),
                "own_marks" => params = json!({"user": "secret-reader"}),
                "query" | "count" if q => params["filter"] = json!({"q": "secret"}),
                _ => {}
            }
            (method, params)
        },
    )
}

/// A protocol that speaks to the server.
trait Speaker {
    /// Sends a call.
    fn begin(&mut self, method: &str, params: &Value);

    /// Returns the text of the next answer, or nothing of one that was refused without a secret in it.
    fn answer(&mut self) -> Told;
}

/// An answer.
struct Told {
    text: String,
    is_granted: bool,
}

impl Speaker for Lines {
    fn begin(&mut self, method: &str, params: &Value) {
        Lines::begin(self, method, params);
    }

    fn answer(&mut self) -> Told {
        let answer = self.receive().unwrap();
        Told {
            is_granted: answer.get("error").is_none(),
            text: answer.to_string(),
        }
    }
}

impl Speaker for Enot {
    fn begin(&mut self, method: &str, params: &Value) {
        let call = json!({ method: params }).to_string();
        Enot::begin(self, &Call::from_json(call.as_bytes()).unwrap());
    }

    fn answer(&mut self) -> Told {
        let answer = Enot::answer(self).unwrap().1.unwrap_or_else(Answer::Error);
        Told {
            is_granted: !matches!(answer, Answer::Error(_)),
            text: answer.to_json().to_string(),
        }
    }
}

/// `POST /rpc`.
struct Rpc(Web);

impl Speaker for Rpc {
    fn begin(&mut self, method: &str, params: &Value) {
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        self.0.send("POST", "/rpc", &[], &request.to_string());
    }

    fn answer(&mut self) -> Told {
        let answer = self.0.receive().json();
        Told {
            is_granted: answer.get("error").is_none(),
            text: answer.to_string(),
        }
    }
}

/// The routes.
struct Routes(Web);

impl Speaker for Routes {
    fn begin(&mut self, method: &str, params: &Value) {
        let id = &params["id"];
        let path = match method {
            "query" if params.get("filter").is_none() => "/v1/active".to_owned(),
            "query" | "count" => {
                let path = format!("/v1/{method}");
                return self.0.send("POST", &path, &[], &params.to_string());
            }
            "get" => format!("/v1/announcements/{id}"),
            "record" => {
                return self.0.send(
                    "GET",
                    &format!("/v1/announcements/{id}?view=editor"),
                    &[],
                    "",
                );
            }
            "own_marks" => "/v1/list.json".to_owned(),
            "changes" => "/v1/changes".to_owned(),
            "stats" | "head" => format!("/v1/{method}"),
            _ => format!("/v1/announcements/{id}/{method}"),
        };
        let mut path = path + "?";
        if let Some(viewer) = params.get("viewer") {
            for (name, value) in viewer["attributes"].as_object().unwrap() {
                write!(path, "attr.{name}={}&", value.as_str().unwrap()).unwrap();
            }
            write!(path, "user={}&", viewer["user"].as_str().unwrap()).unwrap();
            if let Some(now) = viewer.get("now") {
                write!(path, "now={now}&").unwrap();
            }
            write!(path, "view={}", params["view"].as_str().unwrap()).unwrap();
        }
        let path = path.trim_end_matches(['?', '&']);
        self.0.send("GET", path, &[], "");
    }

    fn answer(&mut self) -> Told {
        let answer = self.0.receive();
        Told {
            is_granted: answer.status == 200,
            text: String::from_utf8(answer.body).unwrap(),
        }
    }
}

/// Connects over each protocol, with a token or as the public. The connections stay, and use equal request numbers, so
/// that a mix-up would show.
fn speakers(served: &Served, token: Option<&str>) -> [Box<dyn Speaker>; 4] {
    let mut enot = Enot::over(tcp(served.tcp()));
    enot.hello(token).unwrap();
    [
        Box::new(served.lines(token)),
        Box::new(enot),
        Box::new(Rpc(Web::new(served, token))),
        Box::new(Routes(Web::new(served, token))),
    ]
}

/// Returns the first secret in an answer that is none of those it may hold.
fn leaked<'a>(text: &'a str, may: &[&str]) -> Option<&'a str> {
    let mut all = text.match_indices("secret-").map(|(at, _)| &text[at..]);
    all.find(|found| {
        !may.iter()
            .any(|one| found["secret-".len()..].starts_with(one))
    })
}

#[test]
fn no_role_gets_through_any_protocol_what_is_for_another() {
    let (served, _) = with_keys(board());
    let (red, grey) = (signed("r", "red"), signed("g", "grey"));
    let everything = [&ROLES[..], &HIDDEN[..]].concat();
    let mut clients: [(&[&str], _); 5] = [
        (&[], speakers(&served, None)),
        (&["red"], speakers(&served, Some(&red))),
        (&["grey"], speakers(&served, Some(&grey))),
        (&ROLES, speakers(&served, Some(SERVICE))),
        (&everything, speakers(&served, Some(EDITOR))),
    ];
    let asked = prop::collection::vec((0..5_usize, 0..4_usize, question()), 1..24);
    let cases = ProptestConfig::with_cases(128);
    let mut runner = proptest::test_runner::TestRunner::new(cases);
    let mut granted = [[0; 4]; 5];
    let state = std::cell::RefCell::new((&mut clients, &mut granted));
    let outcome = runner.run(&asked, |asked| {
        let (clients, granted) = &mut *state.borrow_mut();
        for (client, protocol, (method, params)) in &asked {
            clients[*client].1[*protocol].begin(method, params);
        }
        // All are taken, so that a failure does not leave answers for the next case.
        let told = asked.iter().map(|(client, protocol, _)| {
            let told = clients[*client].1[*protocol].answer();
            granted[*client][*protocol] += usize::from(told.is_granted);
            (*client, told.text)
        });
        let told: Vec<_> = told.collect();
        for (client, text) in &told {
            let (may, _) = &clients[*client];
            prop_assert_eq!(leaked(text, may), None, "{:?}", may);
        }
        Ok(())
    });
    outcome.unwrap();
    let all = granted.iter().flatten();
    assert!(all.into_iter().all(|count| *count > 0), "{granted:?}");
}

#[test]
fn a_stream_of_events_tells_each_role_only_its_own() {
    let board = board();
    let revision = board.revision().unwrap();
    let (served, _) = with_keys(board);
    let (red, grey) = (signed("r", "red"), signed("g", "grey"));
    let claims = "since=0&user=secret-reader&attr.role=blue";
    let cases: [(Option<&str>, &[&str]); 4] = [
        (None, &[]),
        (Some(&red), &["red"]),
        (Some(&grey), &["grey"]),
        (Some(SERVICE), &["blue"]),
    ];
    for (token, may) in cases {
        let mut web = Web::new(&served, token);
        web.send("GET", &format!("/v1/events?{claims}"), &[], "");
        assert_eq!(web.head().status, 200);
        let (mut rest, mut told) = (String::new(), String::new());
        loop {
            let (_, event, data) = web.event(&mut rest);
            told.push_str(&data.to_string());
            if event == "head" && data["revision"] == revision {
                break;
            }
        }
        assert_eq!(leaked(&told, may), None, "{token:?}");
        for one in may {
            assert!(told.contains(&format!("secret-{one}")), "{token:?}: {told}");
        }
    }
}

#[test]
fn each_role_has_its_own_calls_over_the_wire() {
    let (served, _) = with_keys(board());
    let viewer = signed("alice", "red");
    let write = ("publish", json!({"texts": {"en": {"title": "x"}}}));
    let mark = (
        "mark",
        json!({"viewer": {"user": "alice"}, "ids": [1], "mark": "read"}),
    );
    let look = ("query", json!({}));
    let edit = ("query", json!({"view": "editor"}));
    let receipts = ("receipts", json!({"id": 1}));
    let keep = ("verify", json!({}));
    let forget = ("forget_user", json!({"user": "somebody"}));
    for (token, allowed) in [
        (None, [true, false, false, false, false, false, false]),
        (
            Some(viewer.as_str()),
            [true, true, false, false, false, false, false],
        ),
        (
            Some(SERVICE),
            [true, true, true, false, false, false, false],
        ),
        (Some(EDITOR), [true, false, false, true, true, true, false]),
        (Some(ADMIN), [true, true, true, true, true, true, true]),
    ] {
        let mut client = served.lines(token);
        let calls = [&look, &mark, &forget, &edit, &receipts, &write, &keep];
        for ((method, params), allowed) in calls.into_iter().zip(allowed) {
            match (client.call(method, params), allowed) {
                (Ok(_), true) => {}
                (Err(error), false) => assert_eq!(error.kind(), ErrorKind::Unauthorized),
                (answer, _) => panic!("{token:?} {method} {params}: {answer:?}"),
            }
        }
    }
}

#[test]
fn the_public_states_only_what_it_is_allowed_to() {
    let board = notice::open("mem:").unwrap();
    for name in ["platform", "role"] {
        let draft = Draft::new("en", name).audience(name, Operator::In, ["x"]);
        board.publish(&draft).unwrap();
    }
    let (served, _) = with_keys(board);
    let claims = json!({"viewer": {"attributes": {"platform": "x", "role": "x"}}});
    let page = served.lines(None).call("query", &claims).unwrap();
    assert_eq!(page["total"], 1);
    assert_eq!(page["items"][0]["title"], "platform");
}
