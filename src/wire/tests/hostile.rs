//! Arbitrary bytes are read or refused, and never take memory out of proportion to their length.

use proptest::prelude::*;

use super::any::{call, plain_answer};
use crate::error::ErrorKind;
use crate::wire::{Answer, Call};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_bytes_are_refused_or_read(mut bytes: Vec<u8>) {
        let _ = (Call::from_bytes(&bytes), Answer::from_bytes(&bytes));
        let _ = (Call::from_json(&bytes), Answer::from_json(&bytes));
        bytes.insert(0, 1);
        let _ = (Call::from_bytes(&bytes), Answer::from_bytes(&bytes));
    }

    #[test]
    fn a_message_that_is_cut_or_longer_is_refused(
        call in call(), answer in plain_answer(), at: prop::sample::Index, more: u8,
    ) {
        let bytes = call.to_bytes().unwrap();
        prop_assert!(Call::from_bytes(&bytes[..at.index(bytes.len())]).is_err());
        prop_assert!(Call::from_bytes(&[bytes.as_slice(), &[more]].concat()).is_err());
        let bytes = answer.to_bytes().unwrap();
        prop_assert!(Answer::from_bytes(&bytes[..at.index(bytes.len())]).is_err());
        prop_assert!(Answer::from_bytes(&[bytes.as_slice(), &[more]].concat()).is_err());
        let json = call.to_json().to_string();
        let cut = &json.as_bytes()[..at.index(json.len())];
        prop_assert!(Call::from_json(cut).is_err());
    }

    #[test]
    fn a_changed_byte_never_panics(
        call in call(), answer in plain_answer(), at: prop::sample::Index, byte: u8,
    ) {
        let json = [call.to_json().to_string(), answer.to_json().to_string()];
        let json = json.map(String::into_bytes);
        for mut bytes in [call.to_bytes().unwrap(), answer.to_bytes().unwrap()] {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = (Call::from_bytes(&bytes), Answer::from_bytes(&bytes));
        }
        for mut json in json {
            let at = at.index(json.len());
            json[at] = byte;
            let _ = (Call::from_json(&json), Answer::from_json(&json));
        }
    }
}

#[test]
fn a_message_beyond_the_limit_is_refused_on_both_sides() {
    let user = "u".repeat(crate::limits::MESSAGE_BYTES);
    let long = Call::ForgetUser { user };
    let error = long.to_bytes().unwrap_err();
    assert_eq!(
        (error.kind(), error.limit()),
        (
            ErrorKind::TooLarge,
            Some(crate::limits::MESSAGE_BYTES as u64)
        )
    );
    for error in [
        Call::from_json(long.to_json().to_string().as_bytes()).unwrap_err(),
        Answer::from_bytes(&vec![1; crate::limits::MESSAGE_BYTES + 2]).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    }
}

#[test]
fn another_form_is_refused_and_said_to_be_one() {
    let mut bytes = Call::Stats.to_bytes().unwrap();
    bytes[0] = 2;
    let error = Call::from_bytes(&bytes).unwrap_err();
    assert_eq!(error.path(), Some("bytes"));
    assert!(error.to_string().contains("another form"), "{error}");
    assert!(
        Call::from_bytes(&[])
            .unwrap_err()
            .to_string()
            .contains("empty")
    );
}

#[test]
fn what_a_value_in_binary_has_wrong_is_refused_as_in_json() {
    let patch = r#"{"ends_at":"tomorrow"}"#;
    let mut update = vec![1, 2, 2, patch.len() as u8];
    update.extend_from_slice(patch.as_bytes());
    update.extend_from_slice(&[0, 0]);
    for (bytes, json) in [
        (
            update,
            r#"{"update": {"id": 1, "patch": {"ends_at": "tomorrow"}}}"#,
        ),
        (
            unknown_severity(),
            r#"{"query": {"filter": {"severity_at_least": "9"}}}"#,
        ),
    ] {
        let error = Call::from_bytes(&bytes).unwrap_err();
        let expected = Call::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.path(), expected.path(), "{error}");
        assert_eq!(error.kind(), ErrorKind::InvalidField);
    }
    // What an earlier message had wrong is not said of a later one.
    let error = Call::from_bytes(&[1, 255]).unwrap_err();
    assert_eq!(error.path(), Some("bytes"), "{error}");
}

/// A query for a severity that has no name.
fn unknown_severity() -> Vec<u8> {
    let asked = r#"{"query": {"filter": {"severity_at_least": "critical"}}}"#;
    let mut bytes = Call::from_json(asked.as_bytes())
        .unwrap()
        .to_bytes()
        .unwrap();
    let at = bytes.windows(2).position(|two| two == [1, 4]).unwrap();
    bytes[at + 1] = 9;
    bytes
}
