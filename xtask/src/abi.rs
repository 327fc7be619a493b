//! `cargo xtask abi`: what the C library looks like from outside against what is committed.
//!
//! The headers and the declarations for the E language are written anew into a temporary place, the exports
//! are read from the shared library, and rustc is asked which libraries a static link needs. With `--write`
//! the files and ffi/symbols.txt are updated instead. With `--since REV` it says in words what the committed
//! headers declare now and did not then.

mod header;

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use self::header::Header;
use crate::library;

/// What the build script writes, by the folders that it is committed in. The module is written by hand; only
/// its twin in GBK is made from it.
const WRITTEN: [(&str, &[&str]); 2] = [
    ("include", &["notice.h", "notice_e.h"]),
    (
        "e-bindings",
        &[
            "commands.e.txt",
            "commands.utf8.txt",
            "constants.e.txt",
            "constants.utf8.txt",
            "module.e.txt",
        ],
    ),
];

/// How many lines of a difference are shown.
const SHOWN: usize = 40;

/// Compares, updates, or tells what changed.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let is_write = match words.as_slice() {
        [] => false,
        ["--write"] => true,
        ["--since", revision] => return since(&library::root()?, revision),
        _ => {
            return Err(format!(
                "unexpected arguments {arguments:?}; there is either --write or --since REV"
            ));
        }
    };
    let root = library::root()?;
    let fresh = env::temp_dir().join(format!("notice-abi-{}", std::process::id()));
    create(&fresh)?;
    let result = compare_all(&root, &fresh, is_write);
    fs::remove_dir_all(&fresh).map_err(|error| format!("{}: {error}", fresh.display()))?;
    result
}

/// Prints what the headers declare otherwise than in a commit.
fn since(root: &Path, revision: &str) -> Result<(), String> {
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        library::output(git.arg("-C").arg(root).args(arguments))
    };
    git(&["rev-parse", "--verify", &format!("{revision}^{{commit}}")])?;
    for name in ["notice.h", "notice_e.h"] {
        let path = format!("include/{name}");
        // A commit from before there was this header has nothing of it.
        let old = git(&["show", &format!("{revision}:{path}")]).unwrap_or_default();
        let new = read(&root.join(&path))?;
        let said = Header::parse(&String::from_utf8_lossy(&new)).since(&Header::parse(&old));
        let count = match said.len() {
            0 => "nothing changed".to_owned(),
            1 => "1 change".to_owned(),
            count => format!("{count} changes"),
        };
        println!("{name}: {count} since {revision}");
        for one in said {
            println!("  {one}");
        }
    }
    Ok(())
}

fn compare_all(root: &Path, fresh: &Path, is_write: bool) -> Result<(), String> {
    let library = library::build(root, false, Some(fresh))?;
    let mut texts = vec![(
        "ffi/symbols.txt".to_owned(),
        exports(&library.shared)?.into_bytes(),
    )];
    for (folder, names) in WRITTEN {
        for name in names {
            texts.push((format!("{folder}/{name}"), read(&fresh.join(name))?));
        }
    }
    let mut differences = Vec::new();
    for (name, text) in texts {
        let path = root.join(&name);
        if is_write {
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        } else {
            differences.extend(file_difference(
                &name,
                &read(&path).unwrap_or_default(),
                &text,
            ));
        }
    }
    let needed = native_libraries(root, fresh)?;
    let stated = format!("{}\n", library::NATIVE_LIBRARIES);
    differences.extend(difference(
        "NATIVE_LIBRARIES in xtask/src/library.rs",
        &stated,
        &needed,
    ));
    if differences.is_empty() {
        return Ok(());
    }
    differences
        .push("cargo xtask abi --write updates headers, E declarations and symbols".to_owned());
    Err(differences.join("\n"))
}

/// The names that the shared library exports, one a line.
fn exports(shared: &Path) -> Result<String, String> {
    let table = library::output(
        Command::new("nm")
            .args(["-D", "--defined-only"])
            .arg(shared),
    )?;
    let mut names: Vec<&str> = table
        .lines()
        .filter_map(|line| line.split_whitespace().last())
        .collect();
    names.sort_unstable();
    Ok(names.iter().map(|name| format!("{name}\n")).collect())
}

/// What rustc says a static link needs. The order counts.
fn native_libraries(root: &Path, include: &Path) -> Result<String, String> {
    let mut cargo = library::cargo(root, "rustc");
    cargo.args([
        "--lib",
        "--crate-type",
        "staticlib",
        "--",
        "--print",
        "native-static-libs",
    ]);
    cargo.env("NOTICE_INCLUDE_DIR", include);
    let said = cargo
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cargo rustc: {error}"))?;
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let libraries = said
        .lines()
        .find_map(|line| line.split_once("native-static-libs: "));
    match libraries {
        Some((_, libraries)) => Ok(format!("{}\n", libraries.trim())),
        None => Err(format!("cargo rustc names no native libraries:\n{said}")),
    }
}

/// How the bytes of two files differ: by their lines, where those can tell.
fn file_difference(name: &str, committed: &[u8], fresh: &[u8]) -> Option<String> {
    let shown = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (committed != fresh).then(|| {
        difference(name, &shown(committed), &shown(fresh))
            .unwrap_or_else(|| format!("{name} is not what the source says"))
    })
}

/// The lines in which two texts differ: those of the first with `-`, those of the second with `+`.
fn difference(name: &str, committed: &str, fresh: &str) -> Option<String> {
    if committed == fresh {
        return None;
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (committed.lines().collect(), fresh.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = |lines: &[&str]| lines.len() - same;
    let same_end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let same_end = same_end.min(rest(&old)).min(rest(&new));
    let changed = |sign: char, lines: &[&str]| -> Vec<String> {
        let changed = lines.iter().skip(same).take(rest(lines) - same_end);
        changed.map(|line| format!("{sign} {line}")).collect()
    };
    let mut lines = changed('-', &old);
    lines.extend(changed('+', &new));
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    if more > 0 {
        lines.push(format!("... and {more} lines more"));
    }
    Some(format!(
        "{name} is not what the source says, from line {}:\n{}",
        same + 1,
        lines.join("\n")
    ))
}

fn create(directory: &Path) -> Result<(), String> {
    fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_that_is_no_text_is_a_difference_too() {
        assert_eq!(file_difference("list", b"\xB9\n", b"\xB9\n"), None);
        let text = file_difference("list", b"\xB9\n", b"\xBA\n").unwrap();
        assert!(text.starts_with("list is not what"), "{text}");
        assert!(file_difference("list", b"a\r\n", b"a\n").is_some());
    }

    #[test]
    fn a_difference_shows_only_the_lines_that_differ() {
        assert_eq!(difference("list", "a\nb\nc\n", "a\nb\nc\n"), None);
        for (old, new, shown) in [
            ("a\nb\nc\n", "a\nB\nc\n", "from line 2:\n- b\n+ B"),
            ("a\nc\n", "a\nb\nc\n", "from line 2:\n+ b"),
            ("a\na\n", "a\n", "from line 2:\n- a"),
            ("", "a\n", "from line 1:\n+ a"),
        ] {
            let text = difference("list", old, new).unwrap();
            assert!(text.ends_with(shown), "{text}");
        }
    }
}
