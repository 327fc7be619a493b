//! What an import refuses: nothing of it is on the board after.

use std::io::{BufReader, Read, Write};

use notice::{Draft, ErrorKind, Query, Viewer, wire};
use serde_json::{Value, json};

use crate::exporting::{full, import};
use crate::support::{Desk, anyone, assert_bilingual, board, export, refusal};

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
    let text = export(&full().board);
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
    let text = export(&full().board);
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
    let text = export(&full().board);
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

/// Gives a receipt earlier acknowledgements.
fn acknowledged_before(user: &mut Value, earlier: Value) {
    let receipt = &mut user["receipts"][0];
    receipt["acknowledged_version"] = json!(5);
    receipt["acknowledged_before"] = earlier;
}

#[test]
fn what_contradicts_itself_is_refused_with_its_line() {
    type Edit = fn(&mut Value);
    let cases: [(&str, Edit); 28] = [
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
        ("user", |v| {
            acknowledged_before(v, json!([{"version": 2, "at": 1}, {"version": 1, "at": 1}]))
        }),
        ("user", |v| {
            acknowledged_before(v, json!([{"version": 9, "at": 1}]))
        }),
        ("user", |v| acknowledged_before(v, json!([{"version": 1}]))),
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
    let text = export(&full().board);
    let twice = text.replace("\"key\":\"r\"", "\"key\":\"old\"");
    assert_ne!(text, twice);
    assert_eq!(refused(&twice, 5), ErrorKind::InvalidField);
}

#[test]
fn garbage_is_refused_with_its_line() {
    let text = export(&full().board);
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
    let text = export(&full().board);
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
    let size = export(&desk.board).len();
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
    let text = export(&desk.board);
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

/// A board of one announcement, with what is kept of one user and one request.
const LINES: [&str; 5] = [
    r#"{"board":{"format":1,"epoch":"00000000000000000000000000000000","revision":3,"last_id":2}}"#,
    r#"{"announcement":{"id":1,"version":2,"notify_version":1,"revision":3,"notify_revision":1,"state":"published","created_at":1,"published_at":1,"updated_at":2,"starts_at":1,"texts":{"en":{"title":"Hello"}}}}"#,
    r#"{"user":{"user":"alice","first_seen_at":1,"read_all_revision":0,"read_all_at":0,"unread":[],"receipts":[{"id":1,"seen_count":1,"seen_version":1,"first_seen_at":1,"last_seen_at":1,"read_version":1,"read_at":1,"dismissed_version":1,"dismissed_at":1,"acknowledged_version":0,"acknowledged_at":0}]}}"#,
    r#"{"idempotency_key":{"key":"once","fingerprint":"0000000000000000000000000000000000000000000000000000000000000000","id":2,"version":1,"revision":2,"outcome":"created","at":1}}"#,
    r#"{"end":{"lines":4}}"#,
];

/// Imports `LINES` with `from` in line `number` changed to `to`: refused, at `path`.
#[track_caller]
fn assert_refused(number: usize, from: &str, to: &str, path: &str) {
    assert!(LINES[number - 1].contains(from), "{from}");
    let mut lines = LINES.map(str::to_owned);
    lines[number - 1] = lines[number - 1].replacen(from, to, 1);
    let (board, _) = board();
    let error = board
        .custody()
        .unwrap()
        .import(&mut lines.join("\n").as_bytes())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidField);
    assert_eq!(error.path(), Some(format!("line {number}.{path}").as_str()));
    let value = to.rsplit([':', ',']).next().unwrap().trim_end_matches(']');
    assert_bilingual(&error, value);
    assert_eq!(board.revision().unwrap(), 0);
    assert_eq!(board.count(&anyone()).unwrap().total, Some(0));
}

#[test]
fn what_is_published_after_an_import_is_news() {
    let (board, _) = board();
    board
        .custody()
        .unwrap()
        .import(&mut LINES.join("\n").as_bytes())
        .unwrap();
    let published = board.publish(&Draft::new("en", "More")).unwrap();
    assert_eq!((published.id, published.revision), (3, 4));
    let item = board
        .get(published.id, &Query::new(Viewer::new("alice")))
        .unwrap();
    assert!(!item.is_read() && !item.is_dismissed());
}

#[test]
fn what_a_user_did_with_an_announcement_that_is_not_there_is_refused() {
    for missing in ["2", "3", "0", "-1"] {
        let to = format!(r#""id":{missing}"#);
        if missing != "-1" {
            assert_refused(3, r#""id":1"#, &to, "user.receipts[0].id");
        }
        let to = format!(r#""unread":[1,{missing}]"#);
        assert_refused(3, r#""unread":[]"#, &to, "user.unread[1]");
    }
}

#[test]
fn the_result_of_a_request_yet_to_come_is_refused() {
    assert_refused(4, r#""id":2"#, r#""id":3"#, "idempotency_key.id");
    assert_refused(
        4,
        r#""revision":2"#,
        r#""revision":4"#,
        "idempotency_key.revision",
    );
}

#[test]
fn numbers_that_leave_no_room_for_later_ones_are_refused() {
    let most = (1_i64 << 52) + 1;
    for name in ["revision", "last_id"] {
        let from = if name == "revision" { 3 } else { 2 };
        let to = format!(r#""{name}":{most}"#);
        assert_refused(
            1,
            &format!(r#""{name}":{from}"#),
            &to,
            &format!("board.{name}"),
        );
    }
    assert_refused(
        2,
        r#""version":2"#,
        r#""version":4294967295"#,
        "announcement.version",
    );
}

#[test]
fn what_an_earlier_build_accepted_is_taken_as_it_was() {
    let desk = Desk::new();
    let mut draft = Draft::new("en", "TITLE").category("CATEGORY").tag("TAG");
    draft.texts[0].summary = "SUMMARY".into();
    draft.texts[0].body = "BODY".into();
    let id = desk.publish(draft);
    let mut text = export(&desk.board);
    let odd = |name: &str| format!("a\u{7}{name}\u{202e}b");
    for name in ["TITLE", "CATEGORY", "TAG", "SUMMARY", "BODY"] {
        text = text.replace(name, &format!("a\\u0007{name}\\u202eb"));
    }
    let taken = Desk::new();
    import(&taken, &text).unwrap();
    let item = taken.edited(id);
    assert_eq!(item.text().title, odd("TITLE"));
    assert_eq!(item.text().body, odd("BODY"));
    assert_eq!(item.category(), odd("CATEGORY"));
    // It travels to editors elsewhere, and can be exported again.
    let record = item.record().unwrap().clone();
    let bytes = wire::Answer::Record(Box::new(record)).to_bytes().unwrap();
    assert!(wire::Answer::from_bytes(&bytes).is_ok());
    import(&Desk::new(), &export(&taken.board)).unwrap();
    // Whoever changes it is told what to mend, and may do so at once.
    let error = taken
        .try_update(id, json!({"pinned": true}), None)
        .unwrap_err();
    assert_eq!((error.path(), error.offset()), (Some("category"), Some(1)));
    let mended = json!({"category": null, "tags": null, "pinned": true,
        "texts": {"en": {"title": "a", "summary": null, "body": null}}});
    taken.update(id, mended);
    // A NUL divides texts in memory, and was never accepted.
    let nul = text.replace("TITLE", "\\u0000");
    assert_eq!(
        import(&Desk::new(), &nul).unwrap_err().kind(),
        ErrorKind::InvalidField
    );
}

#[test]
fn extras_are_imported_as_they_were_written_but_for_line_ends() {
    let desk = Desk::new();
    let draft = Draft::new("en", "a")
        .extras_json(b"{ \"a\": 1.50,\n\"b\":1e2}")
        .unwrap();
    let id = desk.publish(draft);
    let text = export(&desk.board);
    let taken = Desk::new();
    import(&taken, &text).unwrap();
    assert_eq!(taken.edited(id).extras_json(), "{ \"a\": 1.50, \"b\":1e2}");
    assert_eq!(export(&taken.board).lines().count(), text.lines().count());
}
