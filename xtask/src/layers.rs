//! `cargo xtask layers`: who imports whom in src/ and ffi/, against the table in layers/table.rs.
//!
//! Every path of every file counts, in `use` as in types, expressions and macros; a name that a module gives
//! further counts as the module's that it is from. What is there for tests only may look where it likes.

mod circles;
mod paths;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod tokens;

use self::source::{Crate, Module};
use self::table::{FFI, Row, SRC, Table};
use crate::library;

/// Names each import that is not as the table says, and which files of a room import each other in a circle.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err(format!("unexpected arguments {arguments:?}"));
    }
    let root = library::root()?;
    let mut found = Vec::new();
    for (folder, rows) in CRATES {
        let house = Crate::read(&root, folder)?;
        for circle in circles::inside_rooms(&house) {
            println!("{folder}: a circle of {}", circle.join(", "));
        }
        found.extend(violations(&house, &Table(rows)));
    }
    judge(&found)
}

const CRATES: [(&str, &[Row]); 2] = [("src", SRC), ("ffi", FFI)];

/// An import that the table does not have.
#[derive(Debug)]
struct Violation {
    file: String,
    line: usize,
    /// The room, or the part of the world.
    imported: String,
    message: String,
}

/// What a crate has against its table.
fn violations(house: &Crate, table: &Table<'_>) -> Vec<Violation> {
    let mut found = Vec::new();
    for (module, source) in &house.sources {
        let room = room(module);
        let mut violation = |line, imported: &str, message| {
            found.push(Violation {
                file: source.name.clone(),
                line,
                imported: imported.to_owned(),
                message,
            });
        };
        if !table.has(room) {
            violation(1, room, format!("{room} is in no row"));
            continue;
        }
        for named in &source.named {
            let path = named.path.join("::");
            let target = house.target(module, &named.path);
            if let Some(target) = &target
                && self::room(target) != room
                && !table.may_import(room, self::room(target))
            {
                let (other, may) = (self::room(target), table.imports(room).join(", "));
                violation(
                    named.line,
                    other,
                    format!("{room} imports {other} ({path}); it may import: {may}"),
                );
            }
            if target.is_none()
                && let Some(part) = table::part_of_world(&path)
                && !table.may_use(room, part)
            {
                let may = table.world(room).join(", ");
                violation(
                    named.line,
                    part,
                    format!("{room} uses {part} ({path}); it may use: {may}"),
                );
            }
        }
    }
    // A tree of names is one import.
    found.dedup_by(|b, a| (&a.file, a.line, &a.imported) == (&b.file, b.line, &b.imported));
    found
}

/// The room of a module; the root of a crate is the room `lib`.
fn room(module: &Module) -> &str {
    module.first().map_or("lib", String::as_str)
}

/// Refuses any violation, and names each.
fn judge(found: &[Violation]) -> Result<(), String> {
    if found.is_empty() {
        return Ok(());
    }
    let line = |one: &Violation| format!("{}:{}: {}", one.file, one.line, one.message);
    let all: Vec<String> = found.iter().map(line).collect();
    let all = all.join("\n");
    Err(format!("not as xtask/src/layers/table.rs says:\n{all}"))
}
