//! What a C compiler for Windows links with: a .def file and import libraries.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Machine;
use crate::declarations;
use crate::library::output;

/// Writes notice.def, libnotice.dll.a for GNU linkers and notice.lib for others.
pub(super) fn write(root: &Path, machine: Machine, folder: &Path) -> Result<(), String> {
    let read = |name: &str| {
        let path = root.join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let commands = declarations::commands(&read("e-bindings/commands.utf8.txt")?)?;
    let mut text = "LIBRARY notice.dll\nEXPORTS\n".to_owned();
    for name in read("ffi/symbols.txt")?.lines() {
        // Compilers know a stdcall function by its name and the bytes of its parameters; the DLL exports
        // the bare name. Elsewhere there is no stdcall.
        let command = commands.iter().find(|command| command.entry == name);
        match command.filter(|_| machine.name == "i686") {
            Some(command) => text += &format!("{name}@{}\n", 4 * command.parameters),
            None => text += &format!("{name}\n"),
        }
    }
    let def = folder.join("notice.def");
    fs::write(&def, text).map_err(|error| format!("{}: {error}", def.display()))?;
    for library in ["libnotice.dll.a", "notice.lib"] {
        let mut dlltool = Command::new(machine.tool("dlltool"));
        dlltool
            .args(["--kill-at", "--temp-prefix", "notice", "--input-def"])
            .arg(&def);
        dlltool
            .arg("--output-lib")
            .arg(folder.join(library))
            .current_dir(folder);
        output(&mut dlltool)?;
    }
    Ok(())
}
