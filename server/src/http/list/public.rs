//! The public's view of an audience.

use std::collections::BTreeSet;

use notice::{Audience, Condition, Operator};

/// Attribute that follows from a viewer's locales, which every client states.
const LOCALE: &str = "locale";

/// The attributes that a public client may state.
#[derive(Debug, Clone)]
pub(super) struct Stated(BTreeSet<String>);

impl Stated {
    /// Creates the set of what the operator allows.
    pub(super) fn new(allowed: &[String]) -> Self {
        // No public client is a user: the guard ignores that attribute even if it is allowed.
        let allowed = allowed.iter().filter(|name| *name != "user").cloned();
        Self(allowed.chain([LOCALE.to_owned()]).collect())
    }

    /// Returns the audience as public clients can meet it; None if none of them can be in it.
    ///
    /// A condition on an attribute that they cannot state holds for all of them or for none, and is resolved here.
    /// So what is left admits the same public clients, and does not tell who else is meant or left out.
    pub(super) fn audience(&self, audience: &Audience) -> Option<Audience> {
        let mut public = Audience::default();
        public.conditions = self.list(&audience.conditions)?;
        let any: Vec<_> = audience
            .any
            .iter()
            .filter_map(|one| self.list(one))
            .collect();
        if any.is_empty() && !audience.any.is_empty() {
            return None;
        }
        // A list without conditions is met by everybody, and so are all of them together.
        if !any.iter().any(Vec::is_empty) {
            public.any = any;
        }
        public.none = audience
            .none
            .iter()
            .filter_map(|one| self.list(one))
            .collect();
        let is_refused = public.none.iter().any(Vec::is_empty);
        (!is_refused).then_some(public)
    }

    /// Returns the conditions of a list that depend on the client; None if one of the others never holds.
    fn list(&self, conditions: &[Condition]) -> Option<Vec<Condition>> {
        let mut open = Vec::new();
        for condition in conditions {
            match self.outcome(condition) {
                None => open.push(condition.clone()),
                Some(true) => {}
                Some(false) => return None,
            }
        }
        Some(open)
    }

    /// Returns whether a condition holds for every public client or for none; None if that depends on the client.
    fn outcome(&self, condition: &Condition) -> Option<bool> {
        match &condition.operator {
            // Anonymous viewers are in at 100 only.
            Operator::Percent => {
                let share = condition.values.first()?.parse::<f64>();
                Some(share.is_ok_and(|share| share >= 100.0))
            }
            Operator::Unknown(_) => Some(false),
            _ if self.0.contains(&condition.attribute) => None,
            // Of who lacks the attribute, nothing else holds.
            operator => Some(*operator == Operator::NotIn),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notice::Viewer;
    use proptest::prelude::*;

    fn condition() -> impl Strategy<Value = Condition> {
        let attribute = prop_oneof!["platform", "role", "user", "locale"];
        let values = || prop::collection::vec("[abc]", 1..3);
        let operator = prop_oneof![
            values().prop_map(|values| (Operator::In, values)),
            values().prop_map(|values| (Operator::NotIn, values)),
            values().prop_map(|values| (Operator::NotGlob, values)),
            Just((Operator::Exists, Vec::new())),
        ];
        let share = prop_oneof![Just("100"), Just("50")];
        prop_oneof![
            4 => (attribute, operator).prop_map(|(attribute, (operator, values))| {
                // Values of `locale` are language tags.
                let values = values.iter().map(|value| match attribute.as_str() {
                    "locale" => format!("{value}{value}"),
                    _ => value.clone(),
                });
                Condition::new(attribute.clone(), operator, values)
            }),
            1 => share.prop_map(|share| Condition::new("user", Operator::Percent, [share, "salt"])),
        ]
    }

    fn audience() -> impl Strategy<Value = Audience> {
        let list = || prop::collection::vec(condition(), 1..3);
        let lists = move || prop::collection::vec(list(), 0..3);
        (prop::collection::vec(condition(), 0..2), lists(), lists()).prop_map(|(all, any, none)| {
            let mut audience = Audience::default();
            (audience.conditions, audience.any, audience.none) = (all, any, none);
            audience
        })
    }

    proptest! {
        #[test]
        fn the_public_sees_the_same_through_what_is_left_of_an_audience(
            audience in audience(),
            platform in prop::option::of("[abc]"),
            locale in prop::option::of(prop_oneof!["aa", "bb"]),
        ) {
            let mut viewer = Viewer::anonymous().locales(locale);
            if let Some(platform) = platform {
                viewer = viewer.with("platform", platform);
            }
            let stated = Stated::new(&["platform".to_owned(), "user".to_owned()]);
            let public = stated.audience(&audience);
            let admits = match &public {
                Some(public) => public.admits(&viewer).unwrap(),
                None => false,
            };
            prop_assert_eq!(admits, audience.admits(&viewer).unwrap());
            let told = public.map_or(String::new(), |public| public.to_json().to_string());
            prop_assert!(!told.contains("role") && !told.contains("user"), "{}", told);
        }
    }
}
