//! Audiences as they are typed: `role=admin,staff`, `app_version=">=2.1 <3"`, `not:locale=fr`.

use notice::{Audience, Condition, Operator};

use crate::times::Fault;

/// Signs between an attribute and its values, and the operator that each stands for. Longer ones come first.
const SIGNS: [(&str, Operator); 9] = [
    ("!=", Operator::NotIn),
    (">=", Operator::Ge),
    ("<=", Operator::Le),
    ("!~", Operator::NotGlob),
    ("^=", Operator::Prefix),
    ("=", Operator::In),
    (">", Operator::Gt),
    ("<", Operator::Lt),
    ("~", Operator::Glob),
];

/// Reads a condition.
///
/// `attribute=a,b` one of these values, `attribute!=a,b` none of them, `attribute~win*` a pattern, `attribute^=a` a beginning,
/// `attribute>5` a number, `attribute@>=2.1 <3` a version in a range, `attribute!@RANGE` none in it, `attribute?` any
/// value, and `25%` that many of all users.
pub(crate) fn condition(text: &str) -> Result<Condition, Fault> {
    let all = 0..text.chars().count();
    let unreadable = || {
        Fault::new(
            all.clone(),
            "no condition; write role=admin,staff, platform!=ios, app_version@\">=2.1 <3\", vip? or 25%",
            "不是条件；可写 role=admin,staff、platform!=ios、app_version@\">=2.1 <3\"、vip? 或 25%",
        )
    };
    let text = text.trim();
    if let Some(percent) = text.strip_suffix('%') {
        return Ok(made(
            "user",
            Operator::Percent,
            vec![percent.trim().to_owned()],
        ));
    }
    if let Some(attribute) = text.strip_suffix('?') {
        return named(attribute)
            .map(|name| made(name, Operator::Exists, Vec::new()))
            .ok_or_else(unreadable);
    }
    let end = text
        .find(['=', '!', '<', '>', '~', '^', '@'])
        .ok_or_else(unreadable)?;
    let (name, rest) = text.split_at(end);
    let name = named(name).ok_or_else(unreadable)?;
    for (sign, operator) in [("!@", Operator::NotVersion), ("@", Operator::Version)] {
        if let Some(range) = rest.strip_prefix(sign) {
            let range = range.trim().trim_matches('"').to_owned();
            return Ok(made(name, operator, vec![range]));
        }
    }
    let found = SIGNS
        .iter()
        .find_map(|(sign, operator)| Some((rest.strip_prefix(sign)?, operator)));
    let (values, operator) = found.ok_or_else(unreadable)?;
    let values = values
        .split(',')
        .map(|value| value.trim().trim_matches('"').to_owned());
    let values: Vec<String> = values.collect();
    match values.iter().any(String::is_empty) {
        true => Err(unreadable()),
        false => Ok(made(name, operator.clone(), values)),
    }
}

fn named(name: &str) -> Option<&str> {
    Some(name.trim()).filter(|name| !name.is_empty())
}

fn made(attribute: &str, operator: Operator, values: Vec<String>) -> Condition {
    Condition::new(attribute, operator, values)
}

/// Writes an audience as one would type it, for people; `everyone` if it has no condition.
pub(crate) fn shown(audience: &Audience) -> String {
    let mut parts: Vec<String> = audience.conditions.iter().map(typed).collect();
    let group = |list: &[Condition]| list.iter().map(typed).collect::<Vec<_>>().join(" & ");
    if !audience.any.is_empty() {
        let any: Vec<String> = audience.any.iter().map(|list| group(list)).collect();
        parts.push(format!("({})", any.join(" | ")));
    }
    for list in &audience.none {
        parts.push(format!("not ({})", group(list)));
    }
    parts.join(" & ")
}

/// Writes a condition as one would type it.
pub(crate) fn typed(condition: &Condition) -> String {
    let name = &condition.attribute;
    let values = condition.values.join(",");
    match &condition.operator {
        Operator::Percent => format!("{values}%"),
        Operator::Exists => format!("{name}?"),
        Operator::Version => format!("{name}@\"{values}\""),
        Operator::NotVersion => format!("{name}!@\"{values}\""),
        other => match SIGNS.iter().find(|(_, operator)| operator == other) {
            Some((sign, _)) => format!("{name}{sign}{values}"),
            None => format!("{name} {} {values}", other.name()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_read_and_written_alike() {
        for (text, operator, values) in [
            ("role=admin,staff", Operator::In, vec!["admin", "staff"]),
            ("platform!=ios", Operator::NotIn, vec!["ios"]),
            ("os~win*", Operator::Glob, vec!["win*"]),
            ("os!~win*", Operator::NotGlob, vec!["win*"]),
            ("plan^=pro", Operator::Prefix, vec!["pro"]),
            ("logins>=10", Operator::Ge, vec!["10"]),
            ("logins>10", Operator::Gt, vec!["10"]),
            ("logins<=10", Operator::Le, vec!["10"]),
            ("logins<10", Operator::Lt, vec!["10"]),
            (
                "app_version@\">=2.1 <3\"",
                Operator::Version,
                vec![">=2.1 <3"],
            ),
            ("app_version!@\"1.x\"", Operator::NotVersion, vec!["1.x"]),
            ("vip?", Operator::Exists, vec![]),
            ("25%", Operator::Percent, vec!["25"]),
            ("部门=研发,测试", Operator::In, vec!["研发", "测试"]),
        ] {
            let read = condition(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
            assert_eq!(
                (&read.operator, &read.values),
                (
                    &operator,
                    &values.iter().map(|value| (*value).to_owned()).collect()
                ),
                "{text}"
            );
            assert_eq!(typed(&read), text);
        }
        for text in [
            "",
            "role",
            "=admin",
            "role=",
            "role=a,,b",
            "?",
            "role admin",
        ] {
            assert!(condition(text).is_err(), "{text}");
        }
    }
}
