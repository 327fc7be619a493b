//! The words of docs/json.md about each member.

use std::collections::BTreeMap;

const PAGE: &str = include_str!("../../../docs/json.md");

/// A member as the page lists it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) meaning: String,
}

/// The rows of each table of members, by chapter and object: `("Objects", "viewer")`.
pub(crate) fn tables() -> BTreeMap<(String, String), Vec<Row>> {
    let mut tables: BTreeMap<_, Vec<Row>> = BTreeMap::new();
    let (mut chapter, mut object) = (String::new(), String::new());
    for line in PAGE.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            (chapter, object) = (name.to_owned(), String::new());
        } else if let Some(name) = line.strip_prefix("### ") {
            object = name.trim_matches('`').to_owned();
        } else if let Some(cells) = line.strip_prefix("| `").filter(|_| !object.is_empty()) {
            let cells: Vec<&str> = cells.trim_end_matches(" |").split(" | ").collect();
            let row = Row {
                name: cells[0].trim_matches('`').to_owned(),
                kind: cells[1].trim_matches('`').to_owned(),
                meaning: plain(cells[cells.len() - 1]),
            };
            let place = (chapter.clone(), object.clone());
            tables.entry(place).or_default().push(row);
        }
    }
    tables
}

/// Returns a cell without links, and nothing for a dash.
fn plain(cell: &str) -> String {
    if cell == "-" {
        return String::new();
    }
    let mut text = String::new();
    let mut rest = cell;
    while let Some((before, behind)) = rest.split_once("](#") {
        text.push_str(&before.replacen('[', "", 1));
        rest = behind.split_once(')').map_or("", |(_, behind)| behind);
    }
    text + rest
}
