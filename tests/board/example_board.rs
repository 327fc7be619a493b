//! The announcements of examples/announcements.jsonl, as its two readers see them.

use std::sync::Arc;

use notice::{Draft, ManualClock, Operator, Outcome, Phase, Query, SharedBoard, Viewer};

use crate::support::{NOW, editor};

fn load() -> (SharedBoard, Arc<ManualClock>, Vec<Draft>) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/announcements.jsonl");
    let file = std::fs::read_to_string(file).unwrap();
    let read = |line: &str| Draft::from_json(line.as_bytes()).unwrap();
    let drafts: Vec<Draft> = file.lines().map(read).collect();
    let (board, clock) = crate::support::board();
    board.publish_all(&drafts).unwrap();
    (board, clock, drafts)
}

fn accountant() -> Query {
    let viewer = Viewer::new("zhang.wei").locales(["zh-CN"]);
    Query::new(
        viewer
            .with("role", "accountant")
            .with("platform", "windows")
            .with("app", "ledger")
            .with("app_version", "8.1.2")
            .with("area", "cn-east"),
    )
}

fn operator() -> Query {
    let viewer = Viewer::new("m.keller").locales(["en"]);
    Query::new(
        viewer
            .with("role", "operator")
            .with("role", "admin")
            .with("platform", "linux")
            .with("app", "console")
            .with("app_version", "3.4.0")
            .with("area", "eu-central"),
    )
}

fn keys(board: &SharedBoard, query: &Query) -> Vec<String> {
    let page = board.query(query).unwrap();
    assert_eq!(page.count.total, Some(page.items.len() as u64));
    let key = |item: &notice::Item| item.key().to_owned();
    page.items.iter().map(key).collect()
}

const ACCOUNTANT_SEES: [&str; 15] = [
    "incident/einvoice-0618-2",
    "maint/2026-06-20",
    "weather/shanghai-rain-0618",
    "upgrade/8.1.3",
    "phishing/fake-invoice-mail",
    "privacy/2026-07",
    "mfa/mandatory-2026-07",
    "closing/2026-h1",
    "known-issue/windows-print",
    "holiday/dragon-boat-support",
    "webinar/reconcile-0624",
    "status/new-address",
    "tip/shortcut-voucher",
    "promo/618-renewal",
    "promo/618-wrong-price",
];

const OPERATOR_SEES: [&str; 15] = [
    "storage/eu-central-0618-2",
    "maint/2026-06-20",
    "sa-2026-014",
    "cert-rotation/2026-06",
    "phishing/fake-invoice-mail",
    "weather/berlin-heat-0618",
    "api-v1-sunset",
    "privacy/2026-07",
    "mfa/mandatory-2026-07",
    "upgrade/console-3.5",
    "holiday/dragon-boat-support",
    "log-retention/outside-cn",
    "handover/2026-w25",
    "game-day/2026-06-25",
    "status/new-address",
];

#[test]
fn the_whole_file_is_published_and_is_unchanged_by_publishing_it_again() {
    let (board, _, drafts) = load();
    let total = board.count(&editor(Phase::Any)).unwrap().total;
    assert_eq!((drafts.len(), total), (53, Some(53)));
    assert_eq!(board.revision().unwrap(), 1);
    let again = board.publish_all(&drafts).unwrap();
    assert!(again.iter().all(|p| p.outcome == Outcome::Unchanged));
    assert_eq!(board.revision().unwrap(), 1);
}

#[test]
fn the_accountant_sees_what_is_meant_for_him() {
    let (board, _, _) = load();
    assert_eq!(keys(&board, &accountant()), ACCOUNTANT_SEES);
    let page = board.query(&accountant()).unwrap();
    assert!(page.items.iter().all(|i| i.text().locale.starts_with("zh")));
    let wrong = page.items.last().unwrap().id();
    board.retract(wrong, "价格写错").unwrap();
    assert_eq!(keys(&board, &accountant()), ACCOUNTANT_SEES[..14]);
}

#[test]
fn the_operator_sees_what_is_meant_for_her() {
    let (board, _, _) = load();
    assert_eq!(keys(&board, &operator()), OPERATOR_SEES);
    let page = board.query(&operator()).unwrap();
    assert!(page.items.iter().all(|i| i.text().locale == "en"));
}

#[test]
fn each_draft_of_the_file_survives_json() {
    for draft in load().2 {
        let json = draft.to_json().to_string();
        assert_eq!(Draft::from_json(json.as_bytes()).unwrap(), draft);
    }
}

#[test]
fn following_next_change_at_through_the_year_misses_no_change() {
    let (board, clock, drafts) = load();
    for query in [accountant(), operator()] {
        clock.set(NOW);
        let mut expected: Vec<i64> = drafts
            .iter()
            .flat_map(|d| d.starts_at.into_iter().chain(d.ends_at))
            .collect();
        expected.retain(|at| *at > NOW);
        expected.sort_unstable();
        let mut asked = 0;
        let mut shown = keys(&board, &query);
        let mut wake = board.count(&query).unwrap().next_change_at;
        for at in expected {
            clock.set(at);
            let now_shown = keys(&board, &query);
            if wake.is_none_or(|wake| at < wake) {
                assert_eq!(now_shown, shown, "changed at {at} before {wake:?}");
            } else {
                wake = board.count(&query).unwrap().next_change_at;
                asked += 1;
            }
            shown = now_shown;
        }
        assert_eq!(wake, None);
        assert!(asked > 5);
    }
}

#[test]
fn the_file_uses_most_of_what_there_is() {
    let (_, _, drafts) = load();
    let uses = |what: fn(&Draft) -> bool| drafts.iter().any(what);
    assert!(uses(|d| !d.replaces.is_empty()));
    assert!(uses(|d| !d.actions.is_empty()));
    assert!(uses(|d| !d.extras.is_empty()));
    assert!(uses(|d| d.texts.len() > 2));
    let versions = |d: &Draft| {
        d.audience
            .conditions
            .iter()
            .any(|c| c.operator == Operator::Version)
    };
    assert!(uses(versions));
}
