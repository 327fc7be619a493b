//! The rules and the dashboard that are shipped.

use std::collections::BTreeSet;

use crate::http::Web;
use crate::support::{SERVICE, serve};

const RULES: &str = include_str!("../../monitoring/notice.rules.yml");
const DASHBOARD: &str = include_str!("../../monitoring/grafana.json");
const PAGE: &str = include_str!("../../../docs/server.md");

/// The names that begin like those of this server.
fn names(text: &str) -> BTreeSet<&str> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let own = parts.filter(|part| part.starts_with("notice_") && !part.ends_with('_'));
    own.collect()
}

#[test]
fn rules_dashboard_and_page_name_only_metrics_that_there_are_and_the_page_names_all() {
    // With a budget, which has a figure of its own.
    let served = serve(notice::open("mem:?budget_mb=64").unwrap());
    let metrics = Web::new(&served, Some(SERVICE)).get("/metrics");
    let text = String::from_utf8(metrics.body).unwrap();
    let declared = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let mut known = BTreeSet::new();
    let mut told = BTreeSet::new();
    for line in declared {
        let (name, kind) = line.split_once(' ').unwrap();
        let suffixes: &[&str] = match kind {
            "histogram" => &["_bucket", "_sum", "_count"],
            _ => &[""],
        };
        known.extend(suffixes.iter().map(|suffix| format!("{name}{suffix}")));
        if name.starts_with("notice_") {
            told.insert(name.to_owned());
        }
    }
    for (what, text) in [("rules", RULES), ("dashboard", DASHBOARD)] {
        for name in names(text) {
            assert!(known.contains(name), "{what}: {name}");
        }
    }
    let (_, metrics) = PAGE.split_once("## Metrics").unwrap();
    let (metrics, _) = metrics.split_once("## Alarms").unwrap();
    let named: BTreeSet<String> = names(metrics).into_iter().map(str::to_owned).collect();
    assert_eq!(named, told);
}

#[test]
fn the_page_says_what_to_do_on_each_alarm() {
    let alarms = RULES
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    for alarm in alarms {
        assert!(PAGE.contains(&format!("| `{alarm}` |")), "{alarm}");
    }
}
