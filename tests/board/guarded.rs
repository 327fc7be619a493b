//! What each role may do with a board, and that nobody learns more than his role lets him.

use std::sync::Arc;
use std::time::Duration;

use notice::{
    Board, ChangeQuery, Draft, ErrorKind, Filter, Guarded, Language, ManualClock, Mark, OnChange,
    Operator, Options, Phase, Principal, Query, ReceiptQuery, Result, Role, SharedBoard, View,
    Viewer,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use crate::support::NOW;

const HOUR: i64 = 3_600_000;

/// A board with something for everybody, for staff, for one user, that is over, and that is still to come.
fn board() -> (SharedBoard, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(NOW));
    let options = Options::new().clock(Arc::clone(&clock));
    let board = options.open("mem:").unwrap();
    let for_one = |title: &str, attribute: &str, value: &str| {
        Draft::new("en", title).audience(attribute, Operator::In, [value])
    };
    let drafts = [
        Draft::new("en", "for everybody"),
        for_one("for staff", "role", "staff"),
        for_one("for alice", "user", "alice"),
        for_one("for windows", "platform", "windows"),
        Draft::new("en", "over").visible(NOW - 2 * HOUR, NOW - HOUR),
        Draft::new("en", "to come").visible(NOW + HOUR, NOW + 2 * HOUR),
        Draft::new("en", "taken back"),
    ];
    board.publish_all(&drafts).unwrap();
    board.retract(7, "secret").unwrap();
    (board, clock)
}

fn alice() -> Viewer {
    Viewer::new("alice").with("role", "clerk")
}

fn principal(role: Role) -> Principal {
    match role {
        Role::Public => Principal::public(["platform"]),
        Role::Viewer => Principal::viewer(alice()),
        Role::Service => Principal::service(),
        Role::Editor => Principal::editor(),
        _ => Principal::admin(),
    }
}

/// A call by its name, and the roles that may make it.
type Row = (&'static str, fn(&dyn Board) -> Result<()>, &'static [Role]);

const ALL: &[Role] = Role::ALL;
const EDITING: &[Role] = &[Role::Editor, Role::Admin];
const MARKING: &[Role] = &[Role::Viewer, Role::Service, Role::Admin];

fn at(now: i64) -> Query {
    let mut query = Query::new(Viewer::new("alice"));
    query.viewer.now = Some(now);
    query
}

const ROWS: &[Row] = &[
    ("query", |b| b.query(&Query::new(alice())).map(drop), ALL),
    ("count", |b| b.count(&Query::new(alice())).map(drop), ALL),
    ("get", |b| b.get(1, &Query::new(alice())).map(drop), ALL),
    (
        "explain",
        |b| b.explain(1, &Query::new(alice())).map(drop),
        ALL,
    ),
    (
        "changes",
        |b| {
            b.changes(&ChangeQuery::since(0, Query::new(alice())))
                .map(drop)
        },
        ALL,
    ),
    ("head", |b| b.head().map(drop), ALL),
    ("revision", |b| b.revision().map(drop), ALL),
    ("wait", |b| b.wait(0, Duration::ZERO).map(drop), ALL),
    (
        "on_change",
        |b| {
            let callback: Arc<OnChange> = Arc::new(|_| ());
            b.on_change(Arc::downgrade(&callback))
        },
        ALL,
    ),
    (
        "query as editor",
        |b| b.query(&Query::editor()).map(drop),
        EDITING,
    ),
    (
        "count as editor",
        |b| b.count(&Query::editor()).map(drop),
        EDITING,
    ),
    (
        "get as editor",
        |b| b.get(7, &Query::editor()).map(drop),
        EDITING,
    ),
    (
        "explain as editor",
        |b| b.explain(7, &Query::editor()).map(drop),
        EDITING,
    ),
    (
        "changes as editor",
        |b| b.changes(&ChangeQuery::since(0, Query::editor())).map(drop),
        EDITING,
    ),
    (
        "query at another time",
        |b| b.query(&at(NOW + HOUR)).map(drop),
        EDITING,
    ),
    (
        "get at another time",
        |b| b.get(1, &at(NOW + HOUR)).map(drop),
        EDITING,
    ),
    (
        "receipts",
        |b| b.receipts(&ReceiptQuery::new(1)).map(drop),
        EDITING,
    ),
    ("stats", |b| b.stats().map(drop), EDITING),
    ("apply", |b| b.apply(&[]).map(drop), EDITING),
    (
        "publish",
        |b| b.publish(&Draft::new("en", "a")).map(drop),
        EDITING,
    ),
    (
        "publish_all",
        |b| b.publish_all(&[Draft::new("en", "a")]).map(drop),
        EDITING,
    ),
    (
        "update",
        |b| b.update(1, notice::Patch::new().pinned(true)).map(drop),
        EDITING,
    ),
    ("retract", |b| b.retract(1, "").map(drop), EDITING),
    ("restore", |b| b.restore(7).map(drop), EDITING),
    ("purge", |b| b.purge(7).map(drop), EDITING),
    (
        "mark",
        |b| b.mark(&Viewer::new("alice"), &[1], Mark::Read).map(drop),
        MARKING,
    ),
    (
        "mark_all_read",
        |b| {
            b.mark_all_read(&Query::new(Viewer::new("alice")), None)
                .map(drop)
        },
        MARKING,
    ),
    (
        "forget himself",
        |b| b.forget_user("alice").map(drop),
        MARKING,
    ),
    (
        "forget another",
        |b| b.forget_user("bob").map(drop),
        &[Role::Service, Role::Admin],
    ),
    ("custody", |b| b.require_custody().map(drop), &[Role::Admin]),
    ("close", |b| b.close(), &[Role::Admin]),
];

#[test]
fn each_role_may_do_what_its_column_says_and_nothing_else() {
    for (name, call, roles) in ROWS {
        for role in Role::ALL {
            let (board, _) = board();
            let before = board.head().unwrap();
            let guarded = Guarded::new(Arc::clone(&board), principal(*role));
            let done = call(&guarded);
            if roles.contains(role) {
                assert_eq!(done, Ok(()), "{name} as {role:?}");
                continue;
            }
            let error = done.expect_err(name);
            assert_eq!(error.kind(), ErrorKind::Unauthorized, "{name} as {role:?}");
            assert_eq!(board.head().unwrap(), before);
            for language in [Language::En, Language::Zh] {
                let says = error.message(language);
                assert!(says.contains(roles[0].name()), "{name}: {says}");
                assert!(says.contains(role.name()), "{name}: {says}");
            }
        }
    }
}

#[test]
fn only_an_admin_is_given_custody() {
    let (board, _) = board();
    for role in Role::ALL {
        let guarded = Guarded::new(Arc::clone(&board), principal(*role));
        assert_eq!(guarded.custody().is_some(), *role == Role::Admin);
    }
}

#[test]
fn a_mark_is_the_principals_whatever_the_client_says() {
    let (board, _) = board();
    let guarded = Guarded::new(Arc::clone(&board), principal(Role::Viewer));
    guarded.mark(&Viewer::new("bob"), &[1], Mark::Read).unwrap();
    let receipts = board.receipts(&ReceiptQuery::new(1)).unwrap().receipts;
    let users: Vec<&str> = receipts.iter().map(|one| one.user.as_str()).collect();
    assert_eq!(users, ["alice"]);
    // What alice may not see she cannot mark, whoever she says she is.
    let staff = Viewer::new("bob").with("role", "staff");
    let refused = guarded.mark(&staff, &[2], Mark::Read).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
}

#[test]
fn nobody_gives_himself_a_name() {
    let (board, _) = board();
    // Not even where the allow-list says so: audiences see a user by this attribute.
    let guarded = Guarded::new(board, Principal::public(["user", "platform"]));
    let query = Query::new(Viewer::new("alice").with("user", "alice"));
    let items = guarded.query(&query).unwrap().items;
    assert_eq!(items.len(), 1);
}

#[test]
fn a_cursor_shows_no_instant_that_is_still_to_come() {
    let (board, clock) = board();
    let guarded = Guarded::new(Arc::clone(&board), principal(Role::Public));
    let first = Query::new(Viewer::anonymous()).limit(1);
    // Made while the clock was an hour ahead, it is as good as one that a client has made up.
    clock.set(NOW + HOUR);
    let cursor = board.query(&first).unwrap().next_cursor.unwrap();
    let second = first.cursor(cursor);
    assert_eq!(guarded.query(&second).unwrap().items.len(), 1);
    clock.set(NOW);
    let refused = guarded.query(&second).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::BadCursor);
}

/// Anything that a client may ask.
fn query() -> impl Strategy<Value = Query> {
    let name = prop_oneof![Just("user"), Just("role"), Just("platform"), Just("locale")];
    let value = prop_oneof![
        Just("alice"),
        Just("staff"),
        Just("windows"),
        Just("en"),
        Just("bob")
    ];
    let attributes = btree_map(
        name.prop_map(str::to_owned),
        vec(value.prop_map(str::to_owned), 0..3),
        0..4,
    );
    let filter = (
        vec(1..9_i64, 0..3),
        prop_oneof![
            Just(""),
            Just("for"),
            Just("staff"),
            Just("to come"),
            Just("secret")
        ],
        any::<bool>(),
        prop_oneof![9 => Just(Phase::Active), 1 => Just(Phase::Any)],
    );
    let user = prop_oneof![Just(""), Just("alice"), Just("bob")];
    (user, attributes, filter, 1..4_u32, any::<bool>()).prop_map(
        |(user, attributes, (ids, q, unread_only, phase), limit, counted)| {
            let mut viewer = Viewer::new(user);
            viewer.attributes = attributes;
            let mut filter = Filter::new().ids(ids);
            filter.q = q.to_owned();
            filter.unread_only = unread_only;
            filter.phase = phase;
            let mut query = Query::new(viewer).filter(filter).limit(limit);
            query.counted = counted;
            query
        },
    )
}

/// All that a board answers to a query, as text.
fn told(board: &dyn Board, query: &Query) -> Vec<String> {
    let mut told = vec![
        format!("{:?}", board.query(query)),
        format!("{:?}", board.count(query)),
        format!("{:?}", board.changes(&ChangeQuery::since(0, query.clone()))),
    ];
    for id in 1..9 {
        told.push(format!("{:?}", board.get(id, query)));
        told.push(format!("{:?}", board.explain(id, query)));
    }
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_a_client_asks_it_is_told_what_its_viewer_is(query in query()) {
        let (board, _) = board();
        let forced = [
            (Role::Public, {
                let mut viewer = Viewer::anonymous();
                viewer.attributes = query.viewer.attributes.clone();
                viewer.attributes.retain(|name, _| name == "platform");
                viewer
            }),
            (Role::Viewer, alice()),
        ];
        for (role, viewer) in forced {
            let guarded = Guarded::new(Arc::clone(&board), principal(role));
            let mut plain = query.clone();
            plain.viewer = viewer;
            prop_assert_eq!(told(&guarded, &query), told(&*board, &plain));
            let mut as_editor = query.clone();
            as_editor.view = View::Editor;
            for answer in told(&guarded, &as_editor) {
                prop_assert!(answer.contains("Unauthorized"), "{}", answer);
            }
        }
    }
}
