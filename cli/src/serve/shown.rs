//! The settings as `--check-config` prints them: a configuration file that says where each of them is from.

use toml::{Table, Value};

use super::plan::{LOG, Plan};

/// Describes all settings, defaults included. Secrets are in files, of which only the names are settings.
pub(super) fn settings(plan: &Plan) -> String {
    let mut table = defaults(plan);
    table.extend(plan.found.settings.to_table());
    let mut lines = Vec::new();
    if let Some(file) = &plan.found.file {
        lines.push(format!("# with {}", file.display()));
    }
    let written: Vec<(String, String)> = table
        .into_iter()
        .map(|(name, value)| {
            let origin = plan.found.origins.of(&name).to_string();
            (format!("{name} = {value}"), origin)
        })
        .collect();
    let width = written.iter().map(|(text, _)| text.chars().count()).max();
    let width = width.unwrap_or_default();
    for (text, origin) in written {
        lines.push(format!("{text:width$}  # {origin}"));
    }
    lines.join("\n")
}

/// Returns the defaults.
fn defaults(plan: &Plan) -> Table {
    let limits = notice_server::Limits::default();
    let count = |count: usize| Value::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    let span = |span| Value::String(crate::span::Span(span).to_string());
    let unix = plan.unix.iter().map(|path| path.display().to_string());
    let mut table = Table::new();
    let mut set = |name: &str, value: Value| {
        table.insert(name.to_owned(), value);
    };
    set("board", Value::String(plan.board.clone()));
    set("unix", Value::Array(unix.map(Value::String).collect()));
    set("max-connections", count(limits.connections));
    let per_address = count(limits.connections_per_address);
    set("max-connections-per-address", per_address);
    set("max-calls", count(limits.calls));
    set("receive-timeout", span(limits.receive));
    set("send-timeout", span(limits.send));
    set("drain", span(limits.stop));
    set("max-calls-per-second", Value::from(limits.calls_per_second));
    set("list-age", span(limits.list_age));
    set("memory-bytes", count(limits.memory_bytes));
    set("max-list-bytes", count(limits.list_bytes));
    set("log", Value::from(LOG));
    set("log-format", Value::from("text"));
    set("audience", Value::from("notice"));
    table
}
