//! Audiences in records: one list of conditions.
//!
//! The lists of `any` and `none` follow the conditions that must hold in any case. Each list begins with a
//! mark: a condition without attribute, whose operator is `any` or `none`. A build that knows no lists
//! takes a mark for an operator that it does not know, and hides the announcement.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::{Audience, Condition, Operator};

const ANY: &str = "any";
const NONE: &str = "none";

#[derive(Serialize, Deserialize)]
pub(super) struct StoredCondition<'a> {
    attribute: Cow<'a, str>,
    operator: Cow<'a, str>,
    values: Cow<'a, [String]>,
}

/// Returns the list of an audience.
pub(super) fn stored_audience(audience: &Audience) -> Vec<StoredCondition<'_>> {
    let mut list: Vec<StoredCondition<'_>> = audience
        .conditions
        .iter()
        .map(StoredCondition::of)
        .collect();
    for (mark, lists) in [(ANY, &audience.any), (NONE, &audience.none)] {
        for conditions in lists {
            list.push(StoredCondition::mark(mark));
            list.extend(conditions.iter().map(StoredCondition::of));
        }
    }
    list
}

/// Returns the audience of a list.
pub(super) fn read_audience(list: Vec<StoredCondition<'_>>) -> Audience {
    let mut audience = Audience::default();
    for stored in list {
        let lists = match (&*stored.attribute, &*stored.operator) {
            ("", ANY) => &mut audience.any,
            ("", NONE) => &mut audience.none,
            _ => {
                let condition = stored.read();
                // Those of `none` follow those of `any`.
                let list = audience.none.last_mut().or(audience.any.last_mut());
                list.unwrap_or(&mut audience.conditions).push(condition);
                continue;
            }
        };
        lists.push(Vec::new());
    }
    audience
}

impl<'a> StoredCondition<'a> {
    fn of(condition: &'a Condition) -> Self {
        Self {
            attribute: condition.attribute.as_str().into(),
            operator: condition.operator.name().into(),
            values: condition.values.as_slice().into(),
        }
    }

    fn mark(operator: &'static str) -> Self {
        Self {
            attribute: "".into(),
            operator: operator.into(),
            values: Cow::default(),
        }
    }

    fn read(self) -> Condition {
        Condition::new(
            self.attribute,
            Operator::from_name(&self.operator),
            self.values.into_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(attribute: &str) -> Condition {
        Condition::new(attribute, Operator::In, ["x", "y"])
    }

    #[test]
    fn lists_are_read_as_they_were_written() {
        for audience in [
            Audience::everyone(),
            Audience::everyone().and("a", Operator::NotGlob, ["x"]),
            Audience::everyone().or([one("a"), one("b")]).or([one("c")]),
            Audience::everyone().except([one("a")]).except([]),
            Audience::from(vec![one("a"), one("b")])
                .or([])
                .or([one("c")])
                .except([one("d"), one("e")])
                .except([one("f")]),
        ] {
            assert_eq!(read_audience(stored_audience(&audience)), audience);
        }
    }

    #[test]
    fn a_build_without_lists_finds_a_condition_that_it_does_not_know() {
        let audience = Audience::everyone().or([one("a")]).except([one("b")]);
        let operators: Vec<Operator> = stored_audience(&audience)
            .into_iter()
            .map(|stored| stored.read().operator)
            .collect();
        let unknown = |name: &str| Operator::Unknown(name.to_owned());
        assert_eq!(
            operators,
            [unknown("any"), Operator::In, unknown("none"), Operator::In]
        );
    }
}
