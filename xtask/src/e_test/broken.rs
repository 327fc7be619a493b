//! Declarations that are wrong in one place: the emulated program must fail on each, and name the command.

use std::fs;

use encoding_rs::GBK;

use super::Place;

/// The declarations with one fault.
const FILE: &str = "broken.e.txt";
/// The command that is declared wrongly.
const ENTRY: &str = "e_announce_query";

/// What is wrong, how it is made wrong, and a part of what must be said.
type Fault = (&'static str, fn(&str) -> String, &'static str);

const FAULTS: [Fault; 10] = [
    (
        "a parameter too few",
        |text| change(text, |lines| drop(lines.pop())),
        "bytes of parameters are declared",
    ),
    (
        "a parameter too many",
        |text| change(text, |lines| lines.extend(lines.last().cloned())),
        "bytes of parameters are declared",
    ),
    (
        "a parameter of 8 bytes",
        |text| replace(text, 1, "整数型", "长整数型"),
        "长整数型",
    ),
    (
        "a number for a text",
        |text| replace(text, 2, "文本型", "整数型"),
        "is declared as 整数型",
    ),
    (
        "a number for an address",
        |text| text.replacen(", 整数型, 传址", ", 整数型, ", 1),
        "is declared as 整数型",
    ),
    (
        "a text for a number",
        |text| replace(text, 0, ", 整数型", ", 文本型"),
        "as a text",
    ),
    (
        "a function that is not there",
        |text| text.replace(ENTRY, "e_announce_querry"),
        "has no such function",
    ),
    (
        "a DLL that is not there",
        |text| replace(text, 0, "notice.dll", "notise.dll"),
        "cannot be loaded",
    ),
    (
        "a type that is not there",
        |text| replace(text, 1, "整数型", "整型"),
        "no type is named 整型",
    ),
    (
        "lines that end in LF",
        |text| text.replace("\r\n", "\n"),
        "does not end in CR LF",
    ),
];

/// Tries each fault.
pub(super) fn all_are_found(place: &Place) -> Result<(), String> {
    let path = place.root.join("e-bindings/commands.utf8.txt");
    let text = fs::read_to_string(&path)
        .map_err(super::at(&path))?
        .replace('\n', "\r\n");
    for (what, make, wanted) in FAULTS {
        let wrong = make(&text);
        if wrong == text {
            return Err(format!(
                "{what}: the declarations have no place for this fault any more"
            ));
        }
        find(place, what, &GBK.encode(&wrong).0, wanted)?;
    }
    find(
        place,
        "declarations in UTF-8",
        text.as_bytes(),
        "the version of the format in GBK",
    )?;
    println!("{} faults in declarations are found", FAULTS.len() + 1);
    Ok(())
}

/// Runs with these declarations, which must fail in the words that are wanted.
fn find(place: &Place, what: &str, declarations: &[u8], wanted: &str) -> Result<(), String> {
    let path = place.folder.join(FILE);
    fs::write(&path, declarations).map_err(super::at(&path))?;
    let mut all_said = String::new();
    for run in ["check", "test"] {
        let (is_good, said) = place.call(FILE, &[run])?;
        if !is_good && said.contains(wanted) {
            return Ok(());
        }
        all_said += &said;
    }
    Err(format!(
        "{what} in the declarations is not found:\n{all_said}"
    ))
}

/// Replaces a part of one line of the command: of the command itself, 0, or of its nth parameter.
fn replace(text: &str, line: usize, from: &str, to: &str) -> String {
    change(text, |lines| {
        if let Some(line) = lines.get_mut(line) {
            *line = line.replacen(from, to, 1);
        }
    })
}

/// Changes the lines of the command, of which the first is the command itself.
fn change(text: &str, change: impl Fn(&mut Vec<String>)) -> String {
    let blocks = text.split("\r\n\r\n").map(|block| {
        if !block.contains(&format!("\"{ENTRY}\"")) {
            return block.to_owned();
        }
        let mut lines: Vec<String> = block.split("\r\n").map(str::to_owned).collect();
        change(&mut lines);
        lines.join("\r\n")
    });
    blocks.collect::<Vec<_>>().join("\r\n\r\n")
}
