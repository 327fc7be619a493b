//! Versions and ranges of many ecosystems, in a table that is data: `table.txt`.

use std::cmp::Ordering;

use notice::{Audience, Operator, Version, VersionRange, Viewer};

const TABLE: &str = include_str!("table.txt");

/// A line of the table.
struct Row {
    line: usize,
    left: &'static str,
    relation: &'static str,
    /// Empty for `no` and `bad`.
    right: &'static str,
    reason: &'static str,
}

fn rows() -> Vec<Row> {
    let is_row = |(_, line): &(usize, &str)| !line.is_empty() && !line.starts_with('#');
    let row = |(line, text): (usize, &'static str)| {
        let cells: Vec<&str> = text
            .split("  ")
            .map(str::trim)
            .filter(|c| !c.is_empty())
            .collect();
        let (left, relation, right, reason) = match cells[..] {
            [left, relation, right, reason] => (left, relation, right, reason),
            [left, relation, reason] => (left, relation, "", reason),
            _ => panic!("line {}: {text}", line + 1),
        };
        Row {
            line: line + 1,
            left: if left == "\"\"" { "" } else { left },
            relation,
            right,
            reason,
        }
    };
    TABLE.lines().enumerate().filter(is_row).map(row).collect()
}

/// Whether a viewer with this attribute meets the range.
fn meets(attribute: &str, version: &str, range: &str) -> bool {
    let audience = Audience::everyone().and(attribute, Operator::Version, [range]);
    let viewer = Viewer::anonymous().with(attribute, version);
    audience.admits(&viewer).unwrap()
}

fn order(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (Version::parse(left).ok()?, Version::parse(right).ok()?);
    assert_eq!(left.cmp(&right), right.cmp(&left).reverse());
    Some(left.cmp(&right))
}

/// Whether the row says what is so.
fn holds(row: &Row) -> bool {
    match row.relation {
        "<" => order(row.left, row.right) == Some(Ordering::Less),
        "=" => order(row.left, row.right) == Some(Ordering::Equal),
        "in" => meets("app_version", row.left, row.right),
        "out" => Version::parse(row.left).is_ok() && !meets("app_version", row.left, row.right),
        "os" => meets("os_version", row.left, row.right),
        "os-out" => meets("os_version", row.left, "*") && !meets("os_version", row.left, row.right),
        "no" => Version::parse(row.left).is_err() && !meets("app_version", row.left, "*"),
        "bad" => VersionRange::parse(row.left).is_err(),
        other => panic!("line {}: {other}", row.line),
    }
}

#[test]
fn versions_of_all_ecosystems_are_understood_as_they_are_meant() {
    let wrong: Vec<String> = rows()
        .iter()
        .filter(|row| !holds(row))
        .map(|row| {
            let Row {
                line,
                left,
                relation,
                right,
                reason,
            } = row;
            format!("line {line}: {left} {relation} {right}: {reason}")
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_is_a_wide_one() {
    let ecosystems = TABLE.lines().filter(|line| line.starts_with("## ")).count();
    assert!(rows().len() >= 300 && ecosystems >= 10);
}
