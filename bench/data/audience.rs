//! Audiences and the viewer, as far as the harness needs them: what SQLite is told of them in advance.

use std::collections::HashSet;

use super::numbers::Numbers;

/// Something that must hold of the viewer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Condition {
    pub(crate) attribute: &'static str,
    pub(crate) op: &'static str,
    pub(crate) values: Vec<String>,
}

/// All conditions must hold; none is everyone.
pub(crate) type Audience = Vec<Condition>;

/// The attributes of the viewer that asks.
pub(crate) const VIEWER: [(&str, &str); 5] = [
    ("role", "role-3"),
    ("platform", "windows"),
    ("app", "ledger"),
    ("area", "cn-east-2"),
    ("app_version", "8.1.2"),
];

/// The major version in `VIEWER`.
const VIEWER_VERSION: u32 = 8;

/// `count` distinct audiences; the first one is everyone.
pub(crate) fn audiences(numbers: &mut Numbers, count: usize) -> Vec<Audience> {
    let mut audiences = vec![Audience::new()];
    let mut known = HashSet::new();
    for number in 1.. {
        if audiences.len() >= count {
            break;
        }
        let audience = audience(numbers, number);
        if known.insert(audience.clone()) {
            audiences.push(audience);
        }
    }
    audiences
}

fn audience(numbers: &mut Numbers, number: usize) -> Audience {
    let mut one_of = |attribute, names: &[&str]| Condition {
        attribute,
        op: "in",
        values: numbers
            .of(names)
            .map(|name| (*name).to_owned())
            .into_iter()
            .collect(),
    };
    let platform = one_of("platform", &["windows", "windows", "macos", "linux"]);
    let app = one_of("app", &["ledger", "ledger", "payroll"]);
    let area = Condition {
        op: "prefix",
        ..one_of("area", &["cn-east", "cn-", "eu-"])
    };
    // Enough roles that each audience is another one.
    let roles = |count: usize| {
        (0..count).map(|at| format!("role-{}", (number + at * 7) % (10 + number / 8)))
    };
    let role = Condition {
        attribute: "role",
        op: if number.is_multiple_of(3) {
            "not_in"
        } else {
            "in"
        },
        values: roles(1 + number % 5).collect(),
    };
    let version = Condition {
        attribute: "app_version",
        op: "version",
        values: vec![format!(">={}.0", 4 + number % 6)],
    };
    match number % 5 {
        0 => vec![role],
        1 => vec![role, platform],
        2 => vec![role, version],
        3 => vec![role, area, version],
        _ => vec![role, app, platform],
    }
}

/// Whether the viewer of `VIEWER` is in it.
pub(crate) fn has_viewer(audience: &Audience) -> bool {
    audience.iter().all(|condition| {
        let value = VIEWER
            .iter()
            .find(|(name, _)| *name == condition.attribute)
            .map_or("", |(_, value)| value);
        let mut values = condition.values.iter();
        match condition.op {
            "in" => values.any(|wanted| wanted == value),
            "not_in" => values.all(|unwanted| unwanted != value),
            "prefix" => values.any(|prefix| value.starts_with(prefix.as_str())),
            // Of the kind ">=7.0".
            _ => values.any(|range| {
                let major = range
                    .trim_start_matches(">=")
                    .trim_end_matches(".0")
                    .parse();
                major.is_ok_and(|major: u32| VIEWER_VERSION >= major)
            }),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_viewer_is_in_many_audiences_and_not_in_all() {
        let all = audiences(&mut Numbers::new(1), 60);
        let seen = all.iter().filter(|audience| has_viewer(audience)).count();
        assert!((10..50).contains(&seen), "{seen}");
    }

    #[test]
    fn there_are_as_many_distinct_audiences_as_wanted() {
        let mut all: Vec<String> = audiences(&mut Numbers::new(1), 10_000)
            .iter()
            .map(|audience| format!("{audience:?}"))
            .collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 10_000);
    }
}
