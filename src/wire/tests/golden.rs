//! Golden messages in tests/wire, which guard the wire format against accidental changes.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::wire::{Answer, Call};

/// The cases of a file: `{"json": message, "bytes": hexadecimal digits}`.
fn cases(file: &str) -> Vec<(Value, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/wire")
        .join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let file: Vec<Value> = serde_json::from_str(&text).unwrap();
    let bytes = |case: &Value| case["bytes"].as_str().unwrap_or_default().to_owned();
    file.iter()
        .map(|case| (case["json"].clone(), bytes(case)))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

/// Writes each message exactly as in the file, and reads it from both forms.
macro_rules! holds {
    ($type:ident, $file:literal) => {
        let mut names: Vec<&str> = $type::NAMES.to_vec();
        for (json, expected) in cases($file) {
            let text = json.to_string();
            let message =
                $type::from_json(text.as_bytes()).unwrap_or_else(|e| panic!("{e}: {text}"));
            names.retain(|name| *name != message.name());
            assert_eq!(message.to_json().to_string(), text);
            assert_eq!(hex(&message.to_bytes().unwrap()), expected, "{text}");
            let read = $type::from_bytes(&bytes(&expected)).unwrap();
            assert_eq!(read.to_json(), json);
        }
        assert!(names.is_empty(), "no message of {names:?}");
    };
}

#[test]
fn every_call_is_as_it_was() {
    holds!(Call, "calls.json");
}

#[test]
fn every_answer_is_as_it_was() {
    holds!(Answer, "answers.json");
}
