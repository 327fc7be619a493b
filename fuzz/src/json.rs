//! Drafts and merge patches from JSON: the first line is a draft or a list of them, each line behind it
//! a patch of the next announcement.

use notice::{Draft, Error, ErrorKind, Language, Locale, Operation, Patch, SharedBoard};
use serde_json::Value;

use crate::support::{answers, empty_board, everything, survives_a_round_trip};

/// What is read is written and read again as the same; what is valid is published; a patch does what
/// publishing the patched draft does; and all of it survives an export.
pub fn json(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let drafts = match Draft::batch_from_json(first) {
        Ok(drafts) => drafts,
        Err(error) => return explains_itself(&error, first.len()),
    };
    let board = empty_board();
    for draft in &drafts {
        let written = draft.to_json();
        let again = Draft::from_value(&written).expect("what was written is read");
        assert_eq!(again, *draft, "{written}");
        publishes_if_valid(&board, draft);
    }
    let all = board.query(&everything()).expect("an editor sees all");
    let ids = all.items.iter().map(|item| item.id());
    for (id, line) in ids.zip(lines) {
        if let Ok(patch) = serde_json::from_slice(line) {
            patches(&board, id, &patch);
        }
    }
    answers(&board);
    survives_a_round_trip(&board);
}

fn publishes_if_valid(board: &SharedBoard, draft: &Draft) {
    let before = board.revision().expect("there is one");
    match (draft.validate(), board.publish(draft)) {
        (Ok(()), Ok(published)) => {
            let item = board
                .get(published.id, &everything())
                .expect("what was published is there");
            let back = item.record().expect("an editor asked").to_draft();
            let twin = Draft::from_value(&back.to_json()).expect("it is a draft");
            assert_eq!(twin, back);
            twin.validate().expect("what was published is valid");
        }
        // What it replaces and the time of publishing are not the draft's own.
        (Ok(()), Err(error)) => {
            let path = error.path().unwrap_or_default();
            assert!(
                error.kind() != ErrorKind::InvalidField
                    || ["replaces", "ends_at", "starts_at"]
                        .iter()
                        .any(|p| path.starts_with(p)),
                "{error:?}"
            );
            assert_eq!(board.revision().expect("there is one"), before);
        }
        (Err(error), Ok(_)) => panic!("published what is refused: {error}"),
        (Err(refused), Err(error)) => {
            explains_itself(&refused, usize::MAX);
            assert_eq!(refused.kind(), error.kind(), "{refused} / {error}");
            assert_eq!(board.revision().expect("there is one"), before);
        }
    }
}

fn patches(board: &SharedBoard, id: i64, patch: &Value) {
    let typed = match Patch::from_value(patch) {
        Ok(typed) => Box::new(typed),
        Err(error) => return explains_itself(&error, usize::MAX),
    };
    assert_eq!(Patch::from_value(&typed.to_json()).as_ref(), Ok(&*typed));
    let former = board.get(id, &everything()).expect("it was listed");
    let mut fields = former
        .record()
        .expect("an editor asked")
        .to_draft()
        .to_json();
    let update = Operation::Update {
        id,
        patch: typed,
        if_version: None,
        change: None,
    };
    let done = board.apply_one(update.clone());
    let now = board.get(id, &everything()).expect("it is still there");
    if let Err(error) = done {
        explains_itself(&error, usize::MAX);
        assert_eq!(
            now.record().expect("an editor asked").to_json(),
            former.record().expect("an editor asked").to_json()
        );
        return;
    }
    let mut kept = patch.clone();
    name_locales_as_kept(&mut kept);
    keep_audience(&mut fields, &mut kept);
    merge(&mut fields, &kept);
    let merged = Draft::from_value(&fields).expect("it was accepted");
    let fresh = empty_board();
    if let Ok(published) = fresh.publish(&merged) {
        let expected = fresh
            .get(published.id, &everything())
            .expect("what was published is there");
        assert_eq!(
            now.record().expect("an editor asked").to_draft(),
            expected.record().expect("an editor asked").to_draft(),
            "{patch}"
        );
    }
    let again = board.apply_one(update).expect("what was accepted is again");
    assert_eq!(again.version, now.version(), "{patch}");
}

/// A patch may write a locale in any way.
fn name_locales_as_kept(patch: &mut Value) {
    let Some(Value::Object(texts)) = patch.get_mut("texts") else {
        return;
    };
    *texts = std::mem::take(texts)
        .into_iter()
        .map(|(name, text)| match Locale::parse(&name) {
            Ok(locale) => (locale.as_str().to_owned(), text),
            Err(_) => (name, text),
        })
        .collect();
}

/// A list of conditions is one of `any` to a patch that names `any` or `none`.
fn keep_audience(fields: &mut Value, patch: &mut Value) {
    let Some(Value::Object(named)) = patch.get("audience") else {
        return;
    };
    if named.is_empty() {
        if let Some(patch) = patch.as_object_mut() {
            patch.shift_remove("audience");
        }
    } else if let Some(list @ Value::Array(_)) = fields.get_mut("audience") {
        *list = serde_json::json!({ "any": [list.take()] });
    }
}

/// RFC 7396, section 2.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(target) = target else {
        unreachable!("it was just made one");
    };
    for (name, value) in patch {
        if value.is_null() {
            target.shift_remove(name);
        } else {
            merge(target.entry(name.as_str()).or_insert(Value::Null), value);
        }
    }
}

/// An error says something in both languages, and its offset lies within the input.
pub(crate) fn explains_itself(error: &Error, input_bytes: usize) {
    for language in [Language::En, Language::Zh] {
        assert!(!error.reason(language).is_empty(), "{error:?}");
        assert!(!error.message(language).is_empty(), "{error:?}");
    }
    assert!(error.offset().unwrap_or(0) <= input_bytes, "{error:?}");
}
