//! What each role may do and see, over the protocols.

use notice::{Draft, ErrorKind, Operator, SharedBoard};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{Lines, result_of};
use crate::support::{ADMIN, EDITOR, SERVICE};
use crate::tokens::{signed, with_keys};

const ROLES: [&str; 4] = ["red", "green", "blue", "grey"];

/// An instant of the year 2100, in Unix milliseconds.
const IN_2100: i64 = 4_102_444_800_000;

/// An announcement for each role of viewers, and one for everybody.
fn board() -> SharedBoard {
    let board = notice::open("mem:").unwrap();
    board.publish(&Draft::new("en", "open")).unwrap();
    for role in ROLES {
        let draft = Draft::new("en", format!("secret-{role}"));
        let draft = draft.audience("role", Operator::In, [role]);
        board.publish(&draft).unwrap();
    }
    let later = Draft::new("en", "secret-later").starts_at(IN_2100);
    board.publish(&later).unwrap();
    board
}

/// A call with claims about who asks and what for.
fn question() -> impl Strategy<Value = (String, Value)> {
    let role = prop::sample::select(&ROLES[..]);
    let method = prop::sample::select(vec![
        "query", "count", "get", "record", "explain", "changes", "receipts", "stats",
    ]);
    let view = prop::sample::select(vec!["viewer", "viewer", "viewer", "editor"]);
    (
        method,
        role,
        view,
        1..8_i64,
        prop::bool::weighted(0.2),
        any::<bool>(),
    )
        .prop_map(|(method, role, view, id, later, q)| {
            let mut viewer = json!({
                "user": "mallory", "attributes": {"role": role, "platform": role, "user": "alice"},
            });
            if later {
                viewer["now"] = json!(IN_2100 + 1);
            }
            let mut params = json!({"viewer": viewer, "view": view});
            match method {
                "get" | "explain" => params["id"] = json!(id),
                "record" | "receipts" => params = json!({ "id": id }),
                "stats" => params = json!({}),
                "query" | "count" if q => params["filter"] = json!({"q": "secret"}),
                _ => {}
            }
            (method.to_owned(), params)
        })
}

/// The secrets in an answer, other than those it may hold.
fn leaks(answer: &Value, may: &[&str]) -> bool {
    let mut text = answer.to_string();
    for role in may {
        text = text.replace(&format!("secret-{role}"), "");
    }
    text.contains("secret-")
}

#[test]
fn no_role_gets_what_is_for_another() {
    let (served, _) = with_keys(board());
    let (red, grey) = (signed("r", "red"), signed("g", "grey"));
    // Connections that stay, with equal request numbers, so that a mix-up would show.
    let connect = |token: Option<&str>| served.lines(token);
    let mut clients: Vec<(&[&str], Lines)> = vec![
        (&[], connect(None)),
        (&["red"], connect(Some(&red))),
        (&["grey"], connect(Some(&grey))),
        (&["red", "green", "blue", "grey"], connect(Some(SERVICE))),
        (
            &["red", "green", "blue", "grey", "later"],
            connect(Some(EDITOR)),
        ),
    ];
    let cases = ProptestConfig::with_cases(128);
    let mut runner = proptest::test_runner::TestRunner::new(cases);
    let asked = prop::collection::vec((0..5_usize, question()), 1..24);
    let mut answered = [0; 5];
    let clients = std::cell::RefCell::new(&mut clients);
    let counts = std::cell::RefCell::new(&mut answered);
    runner
        .run(&asked, |asked| {
            let mut clients = clients.borrow_mut();
            for (client, (method, params)) in &asked {
                clients[*client].1.begin(method, params);
            }
            for (client, _) in &asked {
                let (may, lines) = &mut clients[*client];
                let answer = lines.receive().unwrap();
                let at = answer.to_string().find("secret-").unwrap_or_default();
                let text = answer.to_string();
                prop_assert!(!leaks(&answer, may), "{may:?}: {}", &text[at..]);
                if let Ok(answer) = result_of(&answer) {
                    counts.borrow_mut()[*client] += usize::from(!answer.is_null());
                }
            }
            Ok(())
        })
        .unwrap();
    assert!(answered.iter().all(|count| *count > 0), "{answered:?}");
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
