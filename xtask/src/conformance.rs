//! `cargo xtask conformance DIR`: the cases of any folder, over every surface.

use std::path::Path;

use crate::library;

/// Runs the cases of the folder that `arguments` names; without a name, the suite's own.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let root = library::root()?;
    let folder = match arguments {
        [] => root.join("conformance/cases"),
        [folder] if !folder.starts_with('-') => {
            std::path::absolute(Path::new(folder)).map_err(|error| format!("{folder}: {error}"))?
        }
        _ => return Err("give one folder of cases".to_owned()),
    };
    let mut cargo = library::cargo(&root, "test");
    cargo
        .args(["--quiet", "--test", "conformance", "--"])
        .arg("--exact")
        .arg("every_case_of_the_folder_that_is_named_holds_on_every_surface")
        .env("NOTICE_CASES", &folder);
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("not every case of {} holds", folder.display())),
        Err(error) => Err(format!("cargo test: {error}")),
    }
}
