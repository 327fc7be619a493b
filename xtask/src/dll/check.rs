//! What must hold of a DLL before it is handed out, as objdump reads it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::Machine;
use super::toolchain::Toolchain;
use crate::library::output;

/// Functions that Windows 7 has, by DLL: those that were looked up, in its documentation.
const WINDOWS_7: &str = include_str!("windows7.txt");

/// Checks size, exports, imports and header; the error says all that is wrong.
pub(super) fn check(
    root: &Path,
    machine: Machine,
    toolchain: &Toolchain,
    dll: &Path,
) -> Result<(), String> {
    let size = fs::metadata(dll)
        .map_err(|error| format!("{}: {error}", dll.display()))?
        .len();
    let headers = output(Command::new(machine.tool("objdump")).arg("-p").arg(dll))?;
    let symbols = root.join("ffi/symbols.txt");
    let symbols =
        fs::read_to_string(&symbols).map_err(|error| format!("{}: {error}", symbols.display()))?;
    let mut faults = Vec::new();
    if let Some(limit) = machine.limit.filter(|limit| size > *limit) {
        faults.push(format!("it has {size} bytes, and {limit} are the most"));
    }
    faults.extend(export_faults(
        &exports(&headers),
        &symbols.lines().collect(),
    ));
    let imports = imports(&headers);
    let unknown = unknown_imports(&imports);
    if toolchain.is_for_windows_7() {
        faults.extend(unknown.iter().map(|import| format!(
            "it imports {import}, which is not in xtask/src/dll/windows7.txt: does Windows 7 have it?"
        )));
    } else if !unknown.is_empty() {
        println!(
            "{}: needs Windows 10 for {}",
            machine.name,
            unknown.join(", ")
        );
    }
    for flag in ["DYNAMIC_BASE", "NX_COMPAT"] {
        if !headers.lines().any(|line| line.trim() == flag) {
            faults.push(format!("it is not marked {flag}"));
        }
    }
    let resource = headers
        .lines()
        .find(|line| line.contains("Resource Directory"));
    if resource.is_none_or(|line| line.contains(" 00000000 00000000 ")) {
        faults.push("it has no version resource".to_owned());
    }
    match faults.is_empty() {
        true => {
            println!("{}: {size} bytes, {} imports", machine.name, imports.len());
            Ok(())
        }
        false => Err(format!("{}:\n{}", dll.display(), faults.join("\n"))),
    }
}

/// The names of the table `[Ordinal/Name Pointer] Table`.
fn exports(headers: &str) -> BTreeSet<&str> {
    let table = headers
        .lines()
        .skip_while(|line| !line.starts_with("[Ordinal/Name Pointer] Table"));
    let rows = table.skip(1).take_while(|line| !line.trim().is_empty());
    rows.filter_map(|row| row.split_whitespace().last())
        .collect()
}

/// `DLL!function` for each import, the DLL in small letters.
fn imports(headers: &str) -> BTreeSet<String> {
    let tables = headers
        .lines()
        .skip_while(|line| !line.starts_with("The Import Tables"))
        .take_while(|line| {
            !line.contains("The Export Tables") && !line.contains("Base Relocations")
        });
    let (mut dll, mut imports) = (String::new(), BTreeSet::new());
    for line in tables {
        if let Some((_, name)) = line.split_once("DLL Name: ") {
            dll = name.trim().to_lowercase();
        } else if let [_, ordinal, name] = line.split_whitespace().collect::<Vec<_>>().as_slice() {
            // The rows of a DLL's table: address, hint, name.
            if ordinal.parse::<u32>().is_ok() {
                imports.insert(format!("{dll}!{name}"));
            }
        }
    }
    imports
}

/// What the list has no line for.
fn unknown_imports(imports: &BTreeSet<String>) -> Vec<&str> {
    let known: BTreeSet<&str> = WINDOWS_7.lines().collect();
    imports
        .iter()
        .map(String::as_str)
        .filter(|import| !known.contains(import))
        .collect()
}

fn export_faults(exports: &BTreeSet<&str>, symbols: &BTreeSet<&str>) -> Vec<String> {
    let missing = symbols
        .difference(exports)
        .map(|name| format!("it does not export {name}"));
    let more = exports
        .difference(symbols)
        .map(|name| format!("it exports {name}, which is not in ffi/symbols.txt"));
    missing.chain(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the words of objdump.
    const HEADERS: &str = "\
Entry 2 00001000 00000300 Resource Directory [.rsrc]

There is an import table in .idata at 0x10229000

The Import Tables (interpreted .idata section contents)
 vma:            Hint    Time      Forward  DLL       First
                 Table   Stamp     Chain    Name      Thunk
 00229000\t00229078 00000000 00000000 0022994c 002291e8

\tDLL Name: KERNEL32.dll
\tvma:  Hint/Ord Member-Name Bound-To
\t229358\t    1  CloseHandle
\t229366\t   23  ProcessPrng

 00229064\t00000000 00000000 00000000 00000000 00000000

There is an export table in .edata at 0x10228000

The Export Tables (interpreted .edata section contents)

[Ordinal/Name Pointer] Table
\t[   0] a
\t[   1] +base[   2] 0001 b@4

";

    #[test]
    fn imports_and_exports_are_read_and_those_that_are_wrong_are_named() {
        let imports = imports(HEADERS);
        assert_eq!(
            imports.iter().collect::<Vec<_>>(),
            ["kernel32.dll!CloseHandle", "kernel32.dll!ProcessPrng"]
        );
        assert_eq!(unknown_imports(&imports), ["kernel32.dll!ProcessPrng"]);
        assert_eq!(
            export_faults(&exports(HEADERS), &BTreeSet::from(["a", "b"])),
            [
                "it does not export b",
                "it exports b@4, which is not in ffi/symbols.txt"
            ]
        );
    }

    #[test]
    fn the_list_of_windows_7_is_sorted_and_names_system_dlls_only() {
        let lines: Vec<&str> = WINDOWS_7.lines().collect();
        assert!(lines.is_sorted());
        for line in lines {
            let (dll, _) = line.split_once('!').unwrap();
            let known = [
                "advapi32.dll",
                "crypt32.dll",
                "kernel32.dll",
                "msvcrt.dll",
                "ntdll.dll",
                "secur32.dll",
                "user32.dll",
                "ws2_32.dll",
            ];
            assert!(known.contains(&dll), "{line}");
        }
    }
}
