//! Tokens: of roles, and signed ones of viewers.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notice::{Draft, ErrorKind, ManualClock, Operator, SharedBoard};
use notice_server::Server;
use ring::hmac;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::client::Lines;
use crate::support::{ADMIN, EDITOR, Folder, SERVICE, Served, serve, serve_with, start};

/// Now, in Unix seconds.
pub(crate) const NOW: i64 = 1_700_000_000;
const SECRET: &[u8] = b"a secret that an embedding site and the server share";

pub(crate) fn ed25519() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

/// Signs nothing: a header and claims, each encoded.
fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

pub(crate) fn hs256(secret: &[u8], claims: &Value) -> String {
    let signed = unsigned(&json!({"alg": "HS256", "typ": "JWT"}), claims);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let mark = hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mark))
}

fn eddsa(pair: &Ed25519KeyPair, claims: &Value) -> String {
    let signed = unsigned(&json!({"alg": "EdDSA"}), claims);
    let mark = pair.sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mark))
}

pub(crate) fn claims(user: &str, role: &str) -> Value {
    json!({"sub": user, "aud": "notice", "exp": NOW + 60, "attributes": {"role": role}})
}

pub(crate) fn signed(user: &str, role: &str) -> String {
    hs256(SECRET, &claims(user, role))
}

/// A server with keys of viewers, whose clock stands still.
pub(crate) fn with_keys(board: SharedBoard) -> (Served, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(NOW * 1000));
    let (secret, public) = (URL_SAFE_NO_PAD.encode(SECRET), ed25519());
    let public = URL_SAFE_NO_PAD.encode(public.public_key().as_ref());
    let text = format!(
        "admin {ADMIN}\neditor {EDITOR}\nservice {SERVICE}\nviewer hs256:{secret}\nviewer ed25519:{public}\n"
    );
    let keys = Folder::new();
    let file = keys.secret("keys", &text);
    let time = Arc::clone(&clock);
    let served = serve_with(board, |builder| {
        builder
            .tokens(file)
            .clock(time)
            .public_attributes(["platform"])
    });
    (served, clock)
}

fn for_staff() -> SharedBoard {
    let board = notice::open("mem:").unwrap();
    for role in ["staff", "guest"] {
        let draft = Draft::new("en", format!("for {role}")).audience("role", Operator::In, [role]);
        board.publish(&draft).unwrap();
    }
    board
}

fn titles(client: &mut Lines, params: &Value) -> Vec<String> {
    let page = client.call("query", params).unwrap();
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_token_gives_its_role_and_any_other_none() {
    let served = serve(notice::open("mem:").unwrap());
    for (token, role) in [(ADMIN, "admin"), (EDITOR, "editor"), (SERVICE, "service")] {
        let mut client = served.lines(None);
        assert_eq!(client.call("hello", &json!({})).unwrap()["role"], "public");
        assert_eq!(client.hello(token).unwrap()["role"], role);
    }
    for wrong in [
        "",
        "admin",
        &ADMIN[1..],
        &format!("{ADMIN}x"),
        "a.b.c",
        "..",
        "é",
    ] {
        let mut client = served.lines(None);
        assert_eq!(
            client.hello(wrong).unwrap_err().kind(),
            ErrorKind::Unauthorized
        );
        assert_eq!(client.call("hello", &json!({})).unwrap()["role"], "public");
    }
}

#[test]
fn a_viewer_is_who_the_token_says_whatever_the_client_claims() {
    let (served, _) = with_keys(for_staff());
    let all_keys = [
        signed("alice", "staff"),
        eddsa(&ed25519(), &claims("alice", "staff")),
    ];
    for token in all_keys {
        let mut client = served.lines(None);
        assert_eq!(client.hello(&token).unwrap()["role"], "viewer");
        assert_eq!(titles(&mut client, &json!({})), ["for staff"]);
        let claim = json!({"viewer": {"user": "bob", "attributes": {"role": "guest"}}});
        assert_eq!(titles(&mut client, &claim), ["for staff"]);
        let mark = json!({"viewer": {"user": "bob"}, "ids": [1], "mark": "read"});
        assert_eq!(client.call("mark", &mark).unwrap()["marked"], 1);
    }
    let mut admin = served.lines(Some(ADMIN));
    let receipts = admin.call("receipts", &json!({"id": 1})).unwrap();
    assert_eq!(receipts["receipts"][0]["user"], "alice");
    assert_eq!(receipts["receipts"].as_array().unwrap().len(), 1);
}

#[test]
fn a_token_that_is_not_as_it_must_be_grants_nothing() {
    let (served, _) = with_keys(for_staff());
    let with = |name: &str, value: Value| {
        let mut claims = claims("alice", "staff");
        claims[name] = value;
        hs256(SECRET, &claims)
    };
    let without = |name: &str| {
        let mut claims = claims("alice", "staff");
        claims.as_object_mut().unwrap().shift_remove(name);
        hs256(SECRET, &claims)
    };
    let good = signed("alice", "staff");
    let mine = claims("alice", "staff");
    let (head, mark) = good.rsplit_once('.').unwrap();
    let forged = unsigned(&json!({"alg": "HS256"}), &claims("mallory", "staff"));
    let pair = ed25519();
    let none = |alg: &str| unsigned(&json!({ "alg": alg }), &mine);
    let critical = {
        let signed = unsigned(&json!({"alg": "HS256", "crit": ["b64"]}), &mine);
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET);
        let mark = hmac::sign(&key, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mark))
    };
    for (what, token) in [
        ("expired", with("exp", json!(NOW))),
        ("an end as text", with("exp", json!((NOW + 60).to_string()))),
        (
            "an end with a fraction",
            with("exp", json!(NOW as f64 + 60.5)),
        ),
        ("without an end", without("exp")),
        ("not yet", with("nbf", json!(NOW + 1))),
        ("a begin as text", with("nbf", json!("0"))),
        ("for others", with("aud", json!("others"))),
        ("for nobody", without("aud")),
        ("for a list of others", with("aud", json!(["others"]))),
        (
            "a foreign key",
            hs256(b"another secret, of some other server", &mine),
        ),
        (
            "a foreign pair",
            eddsa(
                &Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap(),
                &mine,
            ),
        ),
        (
            "the public key as a secret",
            hs256(pair.public_key().as_ref(), &mine),
        ),
        ("no algorithm", format!("{}.", none("none"))),
        (
            "no algorithm, written otherwise",
            format!("{}.", none("None")),
        ),
        (
            "no algorithm, with a mark",
            format!("{}.{mark}", none("none")),
        ),
        (
            "an algorithm that is not offered",
            format!("{}.{mark}", none("HS512")),
        ),
        ("other claims", format!("{forged}.{mark}")),
        ("no mark", format!("{head}.")),
        ("half a mark", format!("{head}.{}", &mark[..20])),
        ("an unknown extension", critical),
    ] {
        let mut client = served.lines(None);
        let error = client.hello(&token).expect_err(what);
        assert_eq!(error.kind(), ErrorKind::Unauthorized, "{what}: {error}");
        assert_eq!(titles(&mut client, &json!({})), [""; 0], "{what}");
    }
    assert!(served.lines(None).hello(&good).is_ok());
    assert!(
        served
            .lines(None)
            .hello(&with("aud", json!(["others", "notice"])))
            .is_ok()
    );
    // A viewer is read as strictly as that of any call.
    let odd = with("attributes", json!({"role": 5}));
    let error = served.lines(None).hello(&odd).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.to_string().contains("attributes.role"), "{error}");
}

#[test]
fn a_token_ends_on_a_connection_that_is_open() {
    let (served, clock) = with_keys(for_staff());
    let mut client = served.lines(Some(&signed("alice", "staff")));
    assert_eq!(titles(&mut client, &json!({})), ["for staff"]);
    clock.set((NOW + 60) * 1000);
    let error = client.call("query", &json!({})).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
}

#[test]
fn a_token_that_is_withdrawn_ends_on_a_connection_that_is_open() {
    let served = serve(notice::open("mem:").unwrap());
    let mut editor = served.lines(Some(EDITOR));
    let mut admin = served.lines(Some(ADMIN));
    let fresh = "another-token-0123456789abcdef0123456789abcdef";
    served
        .folder
        .secret("tokens", &format!("admin {ADMIN}\neditor {fresh}\n"));
    assert!(editor.call("stats", &json!({})).is_ok());
    served.server().reload().unwrap();
    let error = editor.call("stats", &json!({})).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(admin.call("stats", &json!({})).is_ok());
    assert_eq!(editor.hello(fresh).unwrap()["role"], "editor");
    assert!(editor.call("stats", &json!({})).is_ok());
    // A file that cannot be read changes nothing.
    served.folder.secret("tokens", "editor short\n");
    assert!(served.server().reload().is_err());
    assert!(editor.call("stats", &json!({})).is_ok());
}

#[test]
fn a_file_that_others_may_read_is_refused() {
    let folder = Folder::new();
    let file = folder.secret("tokens", &format!("admin {ADMIN}\n"));
    for mode in [0o640, 0o604, 0o602, 0o660] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let builder = Server::builder(notice::open("mem:").unwrap()).tokens(&file);
        let error = start(builder).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Unauthorized, "{mode:o}");
    }
}

#[test]
fn a_line_that_cannot_be_read_is_told_without_its_secret() {
    let folder = Folder::new();
    for (line, path) in [
        (
            "king kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
            "tokens[2].role",
        ),
        ("admin", "tokens[2].role"),
        (
            "admin kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk x",
            "tokens[2].role",
        ),
        ("admin kkkkkkkkkkkkkkkk", "tokens[2].secret"),
        ("viewer hs256:a2tra2tra2s", "tokens[2].secret"),
        ("viewer ed25519:a2tra2tra2s", "tokens[2].key"),
        ("viewer hs256:***kkkkkkkkkkkk", "tokens[2].key"),
        ("viewer rs256:a2tra2tra2s", "tokens[2].key"),
    ] {
        let file = folder.secret("tokens", &format!("# first\n{line}\n"));
        let error = start(Server::builder(notice::open("mem:").unwrap()).tokens(file))
            .err()
            .unwrap();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::InvalidField, Some(path)),
            "{line}"
        );
        let message = error.to_string();
        assert!(
            !message.contains("kkk") && !message.contains("a2t"),
            "{message}"
        );
    }
}
