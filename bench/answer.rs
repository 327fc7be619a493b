//! What contestants answer, to be compared before they are timed.

use crate::Result;

/// An announcement of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) body: String,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer(pub(crate) Vec<Item>);

impl Answer {
    /// Refuses to go on unless the other one is the same.
    pub(crate) fn must_be(&self, other: &Self, what: &str) -> Result {
        if self == other {
            return Ok(());
        }
        let ids = |answer: &Self| answer.0.iter().map(|item| item.id).collect::<Vec<_>>();
        Err(format!(
            "{what}: the answers differ: {:?} and {:?}",
            ids(self),
            ids(other)
        ))
    }
}

/// Refuses to go on unless two figures are the same.
pub(crate) fn same(ours: u64, theirs: u64, what: &str) -> Result {
    if ours == theirs {
        return Ok(());
    }
    Err(format!("{what}: the answers differ: {ours} and {theirs}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(id: i64, body: &str) -> Answer {
        Answer(vec![Item {
            id,
            title: "t".into(),
            summary: String::new(),
            body: body.into(),
        }])
    }

    #[test]
    fn answers_differ_in_what_there_is_and_in_its_text() {
        assert!(answer(1, "a").must_be(&answer(1, "a"), "x").is_ok());
        let error = answer(1, "a").must_be(&answer(2, "a"), "x").unwrap_err();
        assert_eq!(error, "x: the answers differ: [1] and [2]");
        assert!(answer(1, "a").must_be(&answer(1, "b"), "x").is_err());
        assert!(same(1, 2, "x").is_err());
    }
}
