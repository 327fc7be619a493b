//! `/v1/list.json`: what the public may read, as a whole, for mirrors.

use std::sync::Arc;

use notice::{
    Audience, Condition, Draft, Lifecycle, ManualClock, Operator, Options, Patch, Reference,
    SharedBoard,
};
use notice_server::Limits;
use serde_json::{Value, json};

use crate::http::{Response, Web};
use crate::support::{ADMIN, EDITOR, SERVICE, Served, serve, serve_with};

const START: i64 = 1_800_000_000_000;

fn board() -> (SharedBoard, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(START));
    let board = Options::new()
        .clock(Arc::clone(&clock))
        .open("mem:")
        .unwrap();
    (board, clock)
}

fn list(served: &Served) -> Response {
    let response = Web::new(served, None).get("/v1/list.json");
    assert_eq!(response.status, 200, "{response:?}");
    response
}

fn titles(response: &Response) -> Vec<String> {
    let list = response.json();
    let records = list["announcements"].as_array().unwrap();
    let title = |record: &Value| record["texts"]["en"]["title"].as_str().unwrap().to_owned();
    records.iter().map(title).collect()
}

fn only(attribute: &str, operator: Operator, value: &str) -> Draft {
    Draft::new("en", value).audience(attribute, operator, [value])
}

#[test]
fn a_list_has_what_the_public_can_see_and_nothing_else() {
    let (board, _) = board();
    for draft in [
        Draft::new("en", "for all"),
        Draft::new("en", "over").visible(START - 2000, START - 1000),
        only("role", Operator::In, "staff"),
        only("role", Operator::NotIn, "not for guests"),
        only("platform", Operator::In, "linux"),
        Draft::new("en", "a user").audience("user", Operator::Exists, [""; 0]),
        Draft::new("en", "draft").state(Lifecycle::Draft),
        Draft::new("en", "later").visible(START + 5000, None),
        Draft::new("en", "retracted"),
    ] {
        board.publish(&draft).unwrap();
    }
    board.retract(9, "wrong").unwrap();
    let served = serve_with(board, |builder| builder.public_attributes(["platform"]));
    let response = list(&served);
    assert_eq!(
        titles(&response),
        ["for all", "over", "not for guests", "linux"]
    );
    let records = response.json()["announcements"].clone();
    assert_eq!(records[3]["audience"][0]["attribute"], "platform");
    // Who is left out is nobody's business.
    assert_eq!(records[2].get("audience"), None);
    assert!(!String::from_utf8(response.body).unwrap().contains("role"));
}

#[test]
fn a_board_can_be_made_again_from_a_list() {
    let (board, _) = board();
    let draft = r#"{"key": "k", "tags": ["t"], "pinned": true, "texts": {"en": {"title": "one"}},
        "extras": {"a":  1.50, "b": [1, 2]}}"#;
    let draft = Draft::from_json(draft.as_bytes()).unwrap();
    board.publish(&draft).unwrap();
    board.update(1, Patch::new().pinned(false)).unwrap();
    board
        .publish(&Draft::new("en", "two").replaces(Reference::Key("k".into())))
        .unwrap();
    let served = serve(Arc::clone(&board));
    let list = list(&served).json();
    assert_eq!(list["format"], 1);
    assert_eq!(
        list["epoch"],
        format!("{:032x}", board.head().unwrap().epoch)
    );
    assert_eq!(list["revision"], 3);
    for record in list["announcements"].as_array().unwrap() {
        let mut web = Web::new(&served, Some(EDITOR));
        let place = format!("/v1/announcements/{}", record["id"]);
        let mut whole = web.get(&format!("{place}?view=editor")).json();
        if whole["id"] == 2 {
            assert_eq!(whole["replaces"], json!(["k"]));
            whole["replaces"] = json!([1]);
        }
        // The same members, in whatever order.
        assert_eq!(*record, whole);
        let answer = notice::wire::Answer::from_value("record", record).unwrap();
        assert_eq!(answer.to_value(), whole);
    }
}

#[test]
fn a_list_says_what_is_replaced_without_naming_what_is_hidden() {
    let (board, _) = board();
    let staff = only("role", Operator::In, "staff").key("secret");
    board.publish(&Draft::new("en", "old").key("old")).unwrap();
    board
        .publish(&staff.replaces(Reference::Key("old".into())))
        .unwrap();
    board
        .publish(&Draft::new("en", "new").replaces(Reference::Key("secret".into())))
        .unwrap();
    let served = serve(board);
    let response = list(&served);
    assert!(!String::from_utf8_lossy(&response.body).contains("secret"));
    assert_eq!(response.json()["announcements"][1]["replaces"], json!([1]));
}

#[test]
fn a_mirror_asks_again_cheaply() {
    let (board, _) = board();
    board.publish(&Draft::new("en", "a")).unwrap();
    let served = serve_with(Arc::clone(&board), |builder| {
        let mut limits = Limits::default();
        limits.list_age = std::time::Duration::from_secs(7);
        builder.limits(limits)
    });
    let first = list(&served);
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(tag, format!("\"{:032x}.1\"", board.head().unwrap().epoch));
    assert_eq!(first.header("cache-control"), Some("public, max-age=7"));
    assert_eq!(first.header("content-type"), Some("application/json"));
    let mut web = Web::new(&served, None);
    for tags in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let again = web.ask("GET", "/v1/list.json", &[("If-None-Match", &tags)], "");
        assert_eq!((again.status, again.body.len()), (304, 0));
        assert_eq!(again.header("etag"), Some(tag.as_str()));
        assert_eq!(again.header("cache-control"), Some("public, max-age=7"));
    }
    web.send("HEAD", "/v1/list.json", &[], "");
    let head = web.head();
    assert_eq!(
        (head.status, head.header("etag")),
        (200, Some(tag.as_str()))
    );
    let length = first.body.len().to_string();
    assert_eq!(head.header("content-length"), Some(length.as_str()));
    board.publish(&Draft::new("en", "b")).unwrap();
    let changed = web.ask("GET", "/v1/list.json", &[("If-None-Match", &tag)], "");
    assert_eq!(
        (changed.status, titles(&changed)),
        (200, vec!["a".into(), "b".into()])
    );
    let foreign = web.get("/v1/list.json?user=li");
    assert_eq!(foreign.problem().path(), Some("user"));
}

#[test]
fn everybody_gets_the_same_list() {
    let (board, _) = board();
    board.publish(&Draft::new("en", "a")).unwrap();
    board.publish(&only("role", Operator::In, "staff")).unwrap();
    let served = serve(board);
    let public = list(&served);
    for token in [SERVICE, EDITOR, ADMIN] {
        let other = Web::new(&served, Some(token)).get("/v1/list.json");
        assert_eq!((other.status, &other.body), (200, &public.body));
        assert_eq!(other.header("etag"), public.header("etag"));
    }
}

#[test]
fn what_is_scheduled_comes_with_its_start_and_another_tag() {
    let (board, clock) = board();
    board.publish(&Draft::new("en", "a")).unwrap();
    board
        .publish(&Draft::new("en", "b").visible(START + 5000, None))
        .unwrap();
    let served = serve(board);
    let before = list(&served);
    assert_eq!(titles(&before), ["a"]);
    // No cache keeps it beyond the start.
    assert_eq!(before.header("cache-control"), Some("public, max-age=5"));
    clock.set(START + 5000);
    let after = list(&served);
    assert_eq!(titles(&after), ["a", "b"]);
    assert_ne!(after.header("etag"), before.header("etag"));
    assert_eq!(after.header("cache-control"), Some("public, max-age=60"));
    clock.set(START + 1000);
    let back = list(&served);
    assert_eq!(
        (back.header("etag"), &back.body),
        (before.header("etag"), &before.body)
    );
}

#[test]
fn a_list_follows_every_change() {
    let (board, _) = board();
    let served = serve(Arc::clone(&board));
    assert_eq!(titles(&list(&served)), [""; 0]);
    for number in 0..2500 {
        board
            .publish(&Draft::new("en", format!("{number}")))
            .unwrap();
    }
    assert_eq!(titles(&list(&served)).len(), 2500);
    board.retract(1, "").unwrap();
    board.purge(2).unwrap();
    board
        .update(3, Patch::new().title("en", "changed"))
        .unwrap();
    let staff = Condition::new("role", Operator::In, ["staff"]);
    let hidden = Patch::new().audience(Audience::from(vec![staff]));
    board.update(4, hidden).unwrap();
    let titles = titles(&list(&served));
    assert_eq!(
        (titles.len(), titles[0].as_str(), titles[1].as_str()),
        (2497, "changed", "4")
    );
    board.restore(1).unwrap();
    assert_eq!(self::titles(&list(&served))[0], "0");
}

#[test]
fn a_list_beyond_its_limit_is_refused() {
    let (board, _) = board();
    board.publish(&Draft::new("en", "a")).unwrap();
    let served = serve_with(board, |builder| {
        let mut limits = Limits::default();
        limits.list_bytes = 10;
        builder.limits(limits)
    });
    let refused = Web::new(&served, None).get("/v1/list.json");
    assert_eq!(
        (refused.status, refused.problem().kind()),
        (507, notice::ErrorKind::OverBudget)
    );
}
