//! Opening boards: what URLs say, what options are for, and ways that other crates add.

use std::path::Path;
use std::time::Duration;

use notice::{BoardUrl, ErrorKind, Language, Options, Result, Scheme, SharedBoard};

use proptest::collection::vec;
use proptest::prelude::*;

use crate::directory::Directory;
use crate::support::assert_bilingual;

/// The refusal of a URL, which must be told in both languages with the value.
#[track_caller]
fn refusal(url: &str, path: &str, value: &str) -> String {
    let error = notice::open(url).unwrap_err();
    assert_eq!(error.path(), Some(path), "{url}");
    assert_bilingual(&error, value);
    error.reason(Language::En).to_owned()
}

#[test]
fn a_refused_parameter_says_what_is_allowed() {
    let says = refusal("file:x?durability=some", "url.durability", "some");
    assert_eq!(says, "must be full or relaxed");
    let says = refusal("mem:?budget_mb=0", "url.budget_mb", "0");
    assert!(says.starts_with("must be a whole number from 1 to "));
    let says = refusal("file:x?colour=red", "url.colour", "red");
    assert_eq!(
        says,
        "unknown parameter; file: takes mode, durability, budget_mb, share, timeout_ms"
    );
    let says = refusal("file:x?mode=rb", "url.mode", "rb");
    assert_eq!(says, "must be rwc or rw or ro or init");
    let says = refusal("mem:?durability=full", "url.durability", "full");
    assert_eq!(says, "unknown parameter; mem: takes budget_mb");
    let says = refusal("mem:?budget_mb=1&budget_mb=2", "url.budget_mb", "2");
    assert_eq!(says, "duplicate parameter");
}

proptest! {
    /// The URL of a path leads to this path again, with any parameters.
    #[test]
    fn a_path_becomes_a_url_that_names_it(
        names in vec(prop_oneof![Just("%"), Just("?"), Just("%3F"), Just("&"), Just("="), Just(":"), Just("公告"), Just("a b")], 1..6),
        text in "[^\0]{0,8}",
        parameters in vec(("[a-z_]{1,4}", "[^\0&?]{0,4}"), 0..3),
    ) {
        let path = format!("/{}{text}", names.concat());
        let mut given: Vec<(&str, &str)> = Vec::new();
        for (name, value) in &parameters {
            if !given.iter().any(|(one, _)| one == name) {
                given.push((name, value));
            }
        }
        let url = BoardUrl::of_path("file", Path::new(&path), &given);
        let read = BoardUrl::parse(&url.to_string()).unwrap();
        prop_assert_eq!(read.path().unwrap(), Path::new(&path));
        prop_assert_eq!(read.parameters().collect::<Vec<_>>(), given.clone());
        prop_assert_eq!(&read, &url);
        if given.is_empty() && !path.contains('?') {
            prop_assert_eq!(url.to_string(), format!("file:{path}"), "nothing is encoded without need");
        }
    }
}

/// Names of files on Unix are bytes.
#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_becomes_a_url_too() {
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = b"/a\xff\xfe%?\x80";
    let path = Path::new(std::ffi::OsStr::from_bytes(bytes));
    let url = BoardUrl::of_path("file", path, &[]).to_string();
    assert_eq!(url, "file:/a%FF%FE%25%3F%80?");
    assert_eq!(BoardUrl::parse(&url).unwrap().path().unwrap(), path);
}

#[test]
fn a_number_is_digits_alone() {
    for value in [
        "+1",
        "-1",
        " 1",
        "1.0",
        "0x1",
        "",
        "1e3",
        "99999999999999999999",
    ] {
        refusal(&format!("mem:?budget_mb={value}"), "url.budget_mb", value);
    }
}

#[test]
fn an_unsupported_scheme_names_those_of_this_build() {
    for url in [
        "ftp://host/x",
        "/var/lib/app/board.notice",
        "C:/board.notice",
        "FILE:x",
    ] {
        let says = refusal(url, "url", url);
        assert!(says.contains("mem:, file:PATH"), "{says}");
    }
}

#[test]
fn the_place_of_a_url_stays_as_it_was_written() {
    let url = BoardUrl::parse("file:C:\\a b\\%20#1.notice?durability=full&budget_mb=2").unwrap();
    assert_eq!(
        (url.scheme(), url.place()),
        ("file", "C:\\a b\\%20#1.notice")
    );
    let parameters: Vec<_> = url.parameters().collect();
    assert_eq!(parameters, [("durability", "full"), ("budget_mb", "2")]);
    assert_eq!(
        url.to_string(),
        "file:C:\\a b\\%20#1.notice?durability=full&budget_mb=2"
    );
}

#[test]
fn a_path_is_taken_as_it_is_or_percent_encoded_before_a_question_mark() {
    for (url, path) in [
        ("file:a b", "a b"),
        ("file:100%", "100%"),
        ("file:a%3Fb%", "a%3Fb%"),
        ("file:C:\\a%20b\\%ZZ", "C:\\a%20b\\%ZZ"),
        ("file:a%3Fb?", "a?b"),
        ("file:a%3fb%25?mode=rw", "a?b%"),
        ("file:100%25?durability=relaxed", "100%"),
        ("file:C:\\a%20b\\%E5%85%AC告?mode=ro", "C:\\a b\\公告"),
        ("file:a+b&c=d?", "a+b&c=d"),
    ] {
        let parsed = BoardUrl::parse(url).unwrap();
        assert_eq!(parsed.path().unwrap(), Path::new(path), "{url}");
        assert_eq!(BoardUrl::parse(&parsed.to_string()), Ok(parsed), "{url}");
    }
}

#[test]
fn a_percent_sign_that_begins_no_byte_is_refused_with_its_place() {
    for (url, offset) in [
        ("file:100%?mode=rw", 8),
        ("file:%a?", 5),
        ("file:a%20%zz?", 9),
        ("file:a%+1?", 6),
        ("file:a%00b?", 6),
        ("file:é%é?", 7),
    ] {
        let error = notice::open(url).unwrap_err();
        assert_eq!(
            (error.kind(), error.path(), error.offset()),
            (ErrorKind::InvalidField, Some("url"), Some(offset)),
            "{url}"
        );
        assert_bilingual(&error, url);
    }
}

#[test]
fn a_board_whose_file_name_has_a_question_mark_is_opened_again() {
    let directory = Directory::new();
    // Windows does not allow the question mark itself.
    let name = if cfg!(windows) {
        "a#b 100%"
    } else {
        "a?b 100%"
    };
    let encoded = name.replace('%', "%25").replace('?', "%3F");
    let url = directory.url(&format!("{encoded}?durability=full"));
    let draft = notice::Draft::new("en", "kept");
    notice::open(&url).unwrap().publish(&draft).unwrap();
    assert!(directory.path(name).is_file());
    let board = notice::open(&directory.url(&format!("{encoded}?"))).unwrap();
    assert_eq!(board.revision(), Ok(1));
    drop(board);
    // The same text without a question mark is another name.
    notice::open(&directory.url(&encoded)).unwrap();
    assert!(directory.path(&encoded).is_file());
}

#[test]
fn a_board_in_this_process_refuses_what_is_for_a_connection() {
    for (options, path) in [
        (Options::new().token("secret"), "options.token"),
        (
            Options::new().timeout(Duration::from_secs(1)),
            "options.timeout",
        ),
    ] {
        let error = options.open("mem:").unwrap_err();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::Unsupported, Some(path))
        );
        assert!(!format!("{error:?}").contains("secret"));
    }
}

#[test]
fn a_board_behind_a_connection_refuses_what_is_for_this_process() {
    assert_eq!(Options::new().refuse_local(), Ok(()));
    for (options, path) in [
        (Options::new().keep_changes(1, 1), "options.keep_changes"),
        (Options::new().retention_ms(1), "options.retention_ms"),
        (Options::new().progress(|_, _, _| ()), "options.progress"),
    ] {
        let error = options.refuse_local().unwrap_err();
        assert_eq!(error.path(), Some(path));
    }
}

#[test]
fn a_token_is_never_shown() {
    let options = Options::new().token("secret").retention_ms(7);
    let shown = format!("{options:?}");
    assert!(!shown.contains("secret"), "{shown}");
    assert!(shown.contains("token: Some") && shown.contains("retention_ms: Some(7)"));
}

/// A way that another crate would add: a board in memory whose budget has another unit.
fn small(url: &BoardUrl, options: Options) -> Result<SharedBoard> {
    let gigabytes = url.number("gb", 1..=4)?.unwrap_or(1);
    options.open(&format!("mem:?budget_mb={}", gigabytes * 1024))
}

#[test]
fn another_crate_adds_a_way_with_its_own_parameters() {
    const SMALL: Scheme =
        Scheme::new("small", "small:", "a small board in memory", small).parameters(&["gb"]);
    notice::register(SMALL).unwrap();
    assert_eq!(notice::open("small:?gb=2").unwrap().revision(), Ok(0));
    refusal("small:?gb=5", "url.gb", "5");
    let says = refusal("small:?mb=5", "url.mb", "5");
    assert_eq!(says, "unknown parameter; small: takes gb");
    assert!(refusal("large:", "url", "large:").contains("small:"));

    let again = notice::register(SMALL).unwrap_err();
    assert_eq!(
        (again.kind(), again.path()),
        (ErrorKind::Exists, Some("scheme.name"))
    );
    let schemes = notice::schemes();
    assert_eq!(schemes.iter().filter(|one| one.name == "small").count(), 1);
}

#[test]
fn a_scheme_is_told_from_a_drive_and_from_a_built_in_one() {
    for name in ["", "c", "Mem", "1a", "a b", "a:", "é1"] {
        let error = notice::register(Scheme::new(name, "", "", small)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidField, "{name}");
    }
    for name in ["mem", "file"] {
        let error = notice::register(Scheme::new(name, "", "", small)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Exists, "{name}");
    }
}
