//! Values as members of a program's own structures.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::any::draft;
use crate::model::{Draft, Severity, Viewer};
use crate::query::{Filter, TimeRange};

/// Example of a program's configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Configuration {
    greeting: Draft,
    only: Filter,
    viewer: Option<Viewer>,
    least: Severity,
}

fn configuration() -> Configuration {
    Configuration {
        greeting: Draft::new("en", "Welcome").pinned(true),
        only: Filter {
            starts: TimeRange::new(1, 2),
            ..Filter::default()
        },
        viewer: Some(Viewer::new("ann")),
        least: Severity::Warning,
    }
}

#[test]
fn a_value_is_written_as_documented() {
    assert_eq!(
        serde_json::to_string(&configuration()).unwrap(),
        r#"{"greeting":{"pinned":true,"texts":{"en":{"title":"Welcome"}}},"only":{"starts":[1,2]},"viewer":{"user":"ann"},"least":"warning"}"#
    );
}

#[test]
fn a_value_is_read_as_it_was_written() {
    let written = configuration();
    let json = serde_json::to_string(&written).unwrap();
    assert_eq!(
        serde_json::from_str::<Configuration>(&json).unwrap(),
        written
    );
    let value = serde_json::to_value(&written).unwrap();
    assert_eq!(
        serde_json::from_value::<Configuration>(value).unwrap(),
        written
    );
    let bytes = bincode::serialize(&written).unwrap();
    assert_eq!(
        bincode::deserialize::<Configuration>(&bytes).unwrap(),
        written
    );
}

#[test]
fn what_is_refused_is_told_with_its_path() {
    for (json, said) in [
        (
            r#"{"texts": {"en": {"title": 7}}}"#,
            "texts.en.title: \"7\": must be a text",
        ),
        (r#"{"colour": "red"}"#, "colour: "),
        (r#"{"pinned": true, "pinned": false}"#, "pinned: "),
        (r#"{"extras": {"n": 123456789012345678901}}"#, "extras.n: "),
        (r#"{"tags": ["a", 1]}"#, "tags[1]: \"1\""),
    ] {
        let error = serde_json::from_str::<Draft>(json).unwrap_err().to_string();
        assert!(error.starts_with(said), "{json}: {error}");
    }
    let error = serde_json::from_str::<Severity>(r#""loud""#)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("none info notice warning critical"),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_draft_survives_serde(draft in draft()) {
        let json = serde_json::to_string(&draft).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Draft>(&json).unwrap(), &draft);
        let bytes = bincode::serialize(&draft).unwrap();
        prop_assert_eq!(bincode::deserialize::<Draft>(&bytes).unwrap(), draft);
    }
}
