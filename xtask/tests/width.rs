//! The display width that examples/c/width.h computes, and the lines that it makes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails so"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
use xtask::library;

#[test]
fn texts_are_as_wide_as_a_terminal_shows_them() {
    let texts = [
        ("", 0),
        ("plain ASCII", 11),
        ("系统维护", 8),
        ("「全角」，标点。", 16),
        ("ＡＢＣ１２３", 12),
        ("ﾊﾝｶｸ", 4),
        ("한국어", 6),
        ("Ünïcödé – “quoted” …", 20),
        ("e\u{301}a\u{308}", 2),
        ("か\u{3099}", 2),
        ("zero\u{200b}width\u{feff}", 9),
        ("36 ℃", 4),
        ("📌 置顶", 7),
        ("⚠\u{fe0f} warning", 10),
        ("⚠ warning", 9),
        ("👍🏽", 2),
        ("👩\u{200d}🔧", 2),
        ("🇨🇳", 2),
        ("𠮷野家", 6),
    ];
    let lines: Vec<&str> = texts.iter().map(|(text, _)| *text).collect();
    for ((text, expected), (width, _)) in texts.iter().zip(measured(&lines, 80)) {
        assert_eq!(width, *expected, "{text:?}");
        assert_eq!(width, text.width(), "{text:?} elsewhere");
    }
}

#[test]
fn characters_of_the_scripts_it_knows_are_as_wide_as_elsewhere() {
    let scripts = [
        0x20..=0x52F,    // Latin, Greek, Cyrillic and the marks that combine with them
        0x1E00..=0x1FFF, // more Latin and Greek
        0x2010..=0x2027, // punctuation
        0x2030..=0x205E,
        0x20A0..=0x20CF, // currencies
        0x2100..=0x2BFF, // letterlike, arrows, box drawing, dingbats
        0x2E80..=0x3163, // CJK radicals, kana, bopomofo
        0x3190..=0xA4C6,
        0xAC00..=0xD7A3, // Hangul
        0xF900..=0xFAFF,
        0xFE10..=0xFE6B,   // CJK compatibility forms
        0xFF01..=0xFF9D,   // fullwidth and halfwidth forms
        0x1F000..=0x1F3FA, // emoji
        0x1F400..=0x1FAFF,
        0x20000..=0x2FFFD,
    ];
    let characters: Vec<char> = scripts
        .into_iter()
        .flatten()
        .filter_map(char::from_u32)
        .filter(|c| !c.is_control() && *c != '\u{AD}')
        .collect();
    let lines: Vec<String> = characters.iter().map(char::to_string).collect();
    let differing: Vec<String> = characters
        .iter()
        .zip(measured(&lines, 80))
        .filter(|(c, (width, _))| c.width() != Some(*width))
        .map(|(c, (width, _))| format!("U+{:04X} {width}", u32::from(*c)))
        .collect();
    assert!(
        differing.is_empty(),
        "{} differ: {differing:?}",
        differing.len()
    );
}

#[test]
fn lines_are_full_but_never_too_wide_and_lose_nothing() {
    let file = std::fs::read_to_string(root().join("examples/announcements.jsonl")).unwrap();
    let texts: Vec<&str> = file.lines().collect();
    for columns in [2, 7, 20, 69, 80] {
        for (text, (_, lines)) in texts.iter().zip(measured(&texts, columns)) {
            assert_eq!(lines.concat(), *text);
            for line in &lines {
                let width = line.trim_end().width();
                assert!(width <= columns, "{width} of {columns}: {line:?}");
            }
            for pair in lines.windows(2) {
                // The word that begins the second line had no room on the first, or begins with a
                // character that may not end it.
                let word = pair[1].split(' ').next().unwrap();
                let has_room = format!("{}{word}", pair[0]).width() <= columns;
                assert!(
                    !has_room || word.chars().any(|c| c.width() == Some(2)),
                    "{pair:?}"
                );
            }
        }
    }
}

#[test]
fn a_line_ends_between_words_or_chinese_characters_but_not_before_a_stop() {
    let cases: [(&str, usize, &[&str]); 6] = [
        ("save your work", 9, &["save your ", "work"]),
        ("save your  work", 9, &["save your  ", "work"]),
        ("电子发票暂时", 9, &["电子发票", "暂时"]),
        ("电子发票，暂时", 9, &["电子发", "票，暂时"]),
        ("请读《隐私》", 6, &["请读", "《隐", "私》"]),
        ("unbreakable", 4, &["unbr", "eaka", "ble"]),
    ];
    for (text, columns, expected) in cases {
        assert_eq!(measured(&[text], columns)[0].1, expected, "{text}");
    }
}

/// The width of each text and its lines of so many columns, from the C program.
fn measured<S: AsRef<str>>(texts: &[S], columns: usize) -> Vec<(usize, Vec<String>)> {
    let mut child = Command::new(program())
        .arg(columns.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text: String = texts
        .iter()
        .map(|text| format!("{}\n", text.as_ref()))
        .collect();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let measured: Vec<_> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let mut fields = line.split('\t');
            let width = fields.next().unwrap().parse().unwrap();
            (width, fields.map(str::to_owned).collect())
        })
        .collect();
    assert_eq!(measured.len(), texts.len());
    measured
}

fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("width");
        let mut compiler = library::strict_c(&root(), "c99");
        compiler
            .args(["-O1", "-I"])
            .arg(root().join("examples/c"))
            .arg(root().join("xtask/tests/width.c"))
            .arg("-o")
            .arg(&program);
        library::output(&mut compiler).unwrap();
        program
    })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
