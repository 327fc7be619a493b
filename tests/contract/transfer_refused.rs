//! Files that an import does not take: nothing of them is on the board after.

use std::io::{BufReader, Read, Write};

use notice::ErrorKind;
use serde_json::{Value, json};

use crate::support::{Desk, refusal};
use crate::transfer::{export, full, import};

/// Refuses `text` with `line` in the path, leaves the board empty, and takes the real thing after.
fn refused(text: &str, line: usize) -> ErrorKind {
    let desk = Desk::new();
    let error = import(&desk, text).unwrap_err();
    let path = error.path().unwrap_or_default();
    let start = format!("line {line}");
    let rest = path.strip_prefix(&start);
    let names_it = rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    assert!(line == 0 || names_it, "{start} in {error}");
    assert_eq!(desk.revision(), 0);
    let stats = desk.board.stats().unwrap();
    assert_eq!(
        (stats.announcements, stats.users, stats.idempotency_keys),
        (0, 0, 0)
    );
    assert_eq!(desk.title("a"), 1);
    error.kind()
}

#[test]
fn a_file_that_was_cut_off_is_refused_wherever_that_was() {
    let text = export(&full());
    let lines: Vec<&str> = text.lines().collect();
    for kept in 0..lines.len() {
        let cut = lines[..kept].join("\n");
        assert_eq!(refused(&cut, 0), ErrorKind::InvalidField);
    }
    let mut start = 0;
    for (n, line) in lines.iter().enumerate() {
        let chars: Vec<usize> = line.char_indices().map(|(at, _)| at).skip(1).collect();
        for at in chars.iter().step_by(1 + chars.len() / 12) {
            let kind = refused(&text[..start + at], n + 1);
            assert_eq!(kind, ErrorKind::InvalidField);
        }
        start += line.len() + 1;
    }
    import(&Desk::new(), text.trim_end()).unwrap();
}

#[test]
fn a_line_twice_or_left_out_is_refused() {
    let text = export(&full());
    let lines: Vec<&str> = text.lines().collect();
    for n in 0..lines.len() {
        let mut doubled = lines.clone();
        doubled.insert(n, lines[n]);
        refused(&doubled.join("\n"), 0);
        let mut missing = lines.clone();
        missing.remove(n);
        refused(&missing.join("\n"), 0);
    }
}

/// The export with one line changed, and the number of that line.
fn changed(line_of: &str, change: impl Fn(&mut Value)) -> (String, usize) {
    let text = export(&full());
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mark = format!("{{\"{line_of}\":");
    let place = lines
        .iter()
        .position(|line| line.starts_with(&mark))
        .unwrap();
    let mut value: Value = serde_json::from_str(&lines[place]).unwrap();
    change(&mut value[line_of]);
    lines[place] = value.to_string();
    (lines.join("\n"), place + 1)
}

#[test]
fn what_contradicts_itself_is_refused_with_its_line() {
    type Edit = fn(&mut Value);
    let cases: [(&str, Edit); 25] = [
        ("end", |v| v["lines"] = json!(3)),
        ("end", |v| v["lines"] = json!(-1)),
        ("board", |v| v["revision"] = json!("x")),
        ("board", |v| v["last_id"] = Value::Null),
        ("announcement", |v| v["id"] = json!(0)),
        ("announcement", |v| v["id"] = json!(1000)),
        ("announcement", |v| v["version"] = json!(0)),
        ("announcement", |v| v["notify_version"] = json!(1_000)),
        ("announcement", |v| v["notify_revision"] = json!(1_000_000)),
        ("announcement", |v| v["revision"] = json!(1_000_000)),
        ("announcement", |v| v["state"] = json!("lost")),
        ("announcement", |v| v["texts"] = json!({})),
        ("announcement", |v| v["priority"] = json!(1001)),
        ("announcement", |v| v["colour"] = json!(1)),
        ("announcement", |v| v["created_at"] = json!(-1)),
        ("user", |v| v["user"] = json!("")),
        ("user", |v| v["read_all_revision"] = json!(1_000_000)),
        ("user", |v| v["read_all_at"] = json!(-1)),
        ("user", |v| v["receipts"] = json!([{"id": 1}])),
        ("user", |v| v["receipts"] = json!(1)),
        ("user", |v| v["unread"] = json!(["x"])),
        ("idempotency_key", |v| v["fingerprint"] = json!("00")),
        ("idempotency_key", |v| v["outcome"] = json!("lost")),
        ("idempotency_key", |v| v["key"] = json!("")),
        ("idempotency_key", |v| v["id"] = json!("1")),
    ];
    for (line_of, change) in cases {
        let (text, line) = changed(line_of, change);
        assert_eq!(refused(&text, line), ErrorKind::InvalidField);
    }
    let (text, line) = changed("board", |v| v["format"] = json!(2));
    assert_eq!(refused(&text, line), ErrorKind::Unsupported);
}

#[test]
fn two_with_one_key_are_refused() {
    let text = export(&full());
    let twice = text.replace("\"key\":\"r\"", "\"key\":\"old\"");
    assert_ne!(text, twice);
    assert_eq!(refused(&twice, 5), ErrorKind::InvalidField);
}

#[test]
fn garbage_is_refused_with_its_line() {
    let text = export(&full());
    let header = text.lines().next().unwrap();
    for garbage in [
        "x",
        "[]",
        "null",
        "{}",
        "{\"user\":1}",
        "{\"a\":{},\"b\":{}}",
        "{\"a\":{}}",
        "\u{0}",
        "{\"user\":{}",
        "{\"board\":{}}",
        "{\"announcement\":{}}",
        "{\"announcement\":{\"id\":1,\"id\":1}}",
    ] {
        assert_eq!(
            refused(&format!("{header}\n\n{garbage}\n"), 3),
            ErrorKind::InvalidField
        );
    }
    for garbage in ["x", "{\"end\":{\"lines\":0}}", "{\"user\":{}}"] {
        assert_eq!(refused(garbage, 1), ErrorKind::InvalidField);
    }
    assert_eq!(refused("", 0), ErrorKind::InvalidField);
    let behind = format!("{text}{header}");
    assert_eq!(
        refused(&behind, text.lines().count() + 1),
        ErrorKind::InvalidField
    );
    let mut bytes = text.clone().into_bytes();
    bytes.insert(header.len() + 3, 0xff);
    let error = Desk::new()
        .board
        .custody()
        .unwrap()
        .import(&mut &bytes[..])
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidField);
    assert!(error.path().unwrap().starts_with("line 2"));
}

#[test]
fn a_line_that_is_too_long_is_refused_before_it_is_kept() {
    let text = export(&full());
    let header = text.lines().next().unwrap();
    let endless = std::io::repeat(b'x').take(1 << 40);
    let mut reader = BufReader::new(header.as_bytes().chain(&b"\n"[..]).chain(endless));
    let desk = Desk::new();
    let refused = desk.board.custody().unwrap().import(&mut reader);
    assert_eq!(
        refusal(refused),
        (ErrorKind::TooLarge, Some("line 2".to_owned()))
    );
}

/// Takes so many bytes, then fails.
struct Failing(usize);

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self
            .0
            .checked_sub(bytes.len())
            .ok_or_else(|| std::io::Error::other("disk full"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.0 {
            0 => Err(std::io::Error::other("disk full")),
            _ => Ok(()),
        }
    }
}

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("disk gone"))
    }
}

#[test]
fn failing_disks_are_reported() {
    let desk = full();
    let size = export(&desk).len();
    for room in [0, 10, size - 1, size] {
        let error = desk
            .board
            .custody()
            .unwrap()
            .export(&mut Failing(room))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("disk full"));
    }
    assert!(
        desk.board
            .custody()
            .unwrap()
            .export(&mut Failing(size + 1))
            .is_ok()
    );
    let text = export(&desk);
    let mut reader = BufReader::new(text.as_bytes().chain(Failing(0)));
    let copy = Desk::new();
    let error = copy
        .board
        .custody()
        .unwrap()
        .import(&mut reader)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(copy.revision(), 0);
    import(&copy, &text).unwrap();
}
