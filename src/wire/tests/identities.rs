//! Round trips through both forms.

use std::sync::Arc;

use proptest::prelude::*;

use super::any::{call, error, plain_answer, valid_draft};
use crate::error::Language;
use crate::model::{Draft, Mark, Operation, Viewer};
use crate::query::{Filter, Order, Query, View};
use crate::wire::{Answer, Call, answer};

/// An answer that was sent as JSON.
fn through_json(answer: &Answer) -> Answer {
    let text = answer.to_json().to_string();
    Answer::from_json(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// An answer that was sent in binary.
fn through_bytes(answer: &Answer) -> Answer {
    Answer::from_bytes(&answer.to_bytes().unwrap()).unwrap()
}

/// Checks that an answer survives a round trip through either form unchanged.
fn survives(answer: &Answer) {
    let (json, bytes) = (answer.to_json(), answer.to_bytes().unwrap());
    for read in [through_json(answer), through_bytes(answer)] {
        assert_eq!(read.to_json(), json);
        assert_eq!(read.to_bytes().unwrap(), bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_call_survives_json(call in call()) {
        let text = call.to_json().to_string();
        prop_assert_eq!(&Call::from_json(text.as_bytes()).unwrap(), &call);
        prop_assert_eq!(Call::from_value(call.name(), &call.to_value()).unwrap(), call);
    }

    #[test]
    fn a_call_survives_bytes(call in call()) {
        prop_assert_eq!(Call::from_bytes(&call.to_bytes().unwrap()).unwrap(), call);
    }

    #[test]
    fn an_answer_survives_both_forms(answer in plain_answer()) {
        survives(&answer);
    }

    #[test]
    fn an_error_is_the_same_on_the_other_side(error in error()) {
        let sent = Answer::Error(error.clone());
        for read in [through_json(&sent), through_bytes(&sent)] {
            let read = read.into_result().unwrap_err();
            for language in [Language::En, Language::Zh] {
                prop_assert_eq!(read.message(language), error.message(language));
            }
            prop_assert_eq!(&read, &error);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn announcements_survive_in_every_answer_that_has_them(
        drafts in prop::collection::vec(valid_draft(), 1..5), editor: bool, q in "[a-z公]{0,2}",
        lookup in prop::sample::select(vec!["en", "zh-CN", "fr"]),
    ) {
        let board = crate::open("mem:").unwrap();
        let operations = drafts.into_iter().map(|draft: Draft| Operation::Publish(Arc::new(draft)));
        let applied = answer(&*board, Call::Apply(operations.collect())).unwrap();
        survives(&applied);
        let view = if editor { View::Editor } else { View::Viewer };
        let viewer = Viewer::new("ann").locales([lookup]);
        board.mark(&viewer, &[1], Mark::Read).unwrap();
        board.retract(1, "gone").unwrap();
        let mut query = Query::new(viewer.clone()).order(Order::Newest).filter(Filter {
            q,
            ..Filter::default()
        });
        query.view = view;
        let changes = crate::query::ChangeQuery::since(0, Query { view, ..Query::new(viewer.clone()) });
        let calls = [
            query.into(),
            changes.into(),
            Call::Get { id: 1, viewer: viewer.clone(), view: View::Editor },
            Call::Record { id: 1 },
            Call::Explain { id: 1, viewer, view: View::Editor },
        ];
        for call in calls {
            survives(&answer(&*board, call).unwrap());
        }
        let record = answer(&*board, Call::Record { id: 1 }).unwrap();
        for read in [through_json(&record), through_bytes(&record)] {
            match (&record, &read) {
                (Answer::Record(one), Answer::Record(other)) => prop_assert_eq!(one, other),
                other => panic!("{other:?}"),
            }
        }
    }
}
