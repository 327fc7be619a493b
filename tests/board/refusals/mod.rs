//! The limits of every field: what stands at the limit is taken, what is one beyond is refused, with the
//! path, the byte and the limit, in both languages.

mod fields;
mod structures;

use notice::{
    Action, ActionKind, Audience, Draft, Error, ErrorKind, Operator, Placement, Reference, Text,
    limits,
};
use serde_json::{Value, json};

use crate::support::{NOW, assert_bilingual, board, draft};

/// Publishes on a board of its own, as `validate` alone does not know the board.
#[track_caller]
fn refusal(draft: &Draft) -> Error {
    let (board, _) = board();
    let error = board.publish(draft).unwrap_err();
    assert_eq!(board.revision().unwrap(), 0);
    let checkup = board.check(std::slice::from_ref(draft)).unwrap();
    assert_eq!(checkup.faults[0].error, error);
    error
}

#[track_caller]
fn too_large(draft: &Draft, path: &str, actual: u64, limit: u64) {
    let error = refusal(draft);
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    assert_eq!((error.path(), error.limit()), (Some(path), Some(limit)));
    assert_bilingual(&error, &actual.to_string());
    assert_bilingual(&error, &limit.to_string());
    assert_bilingual(&error, path);
}

#[track_caller]
fn invalid(draft: &Draft, path: &str, value: &str, offset: Option<usize>) {
    let error = refusal(draft);
    assert_eq!(error.kind(), ErrorKind::InvalidField, "{error}");
    assert_eq!((error.path(), error.offset()), (Some(path), offset));
    assert_bilingual(&error, value);
    assert_bilingual(&error, path);
}

#[track_caller]
fn fine(draft: &Draft) {
    let (board, _) = board();
    board.publish(draft).unwrap();
}

fn text(change: impl FnOnce(&mut Text)) -> Draft {
    let mut text = Text::new("en", "title");
    change(&mut text);
    Draft::from_text(text)
}

fn action(change: impl FnOnce(&mut Action)) -> Draft {
    let mut action =
        Action::new("open", ActionKind::Url, "https://example.com/").label("en", "Open");
    change(&mut action);
    draft("a").action(action)
}

fn extras(value: Value) -> Draft {
    let Value::Object(extras) = value else {
        panic!("extras are an object")
    };
    {
        let mut draft = draft("a");
        draft.extras = extras;
        draft
    }
}

fn replaces(references: Vec<Reference>) -> Draft {
    {
        let mut draft = draft("a").key("self");
        draft.replaces = references;
        draft
    }
}
