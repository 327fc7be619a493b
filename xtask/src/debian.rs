//! What tasks need of the system: looked for, installed where that is possible, named where it is not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::library::output;

/// A program or a file, and the Debian package that has it.
pub(crate) type Need<'a> = (&'a str, &'a str);

/// Installs what is missing, as root on Debian; else the error says how to.
pub(crate) fn need(needs: &[Need<'_>]) -> Result<(), String> {
    let missing: Vec<&str> = needs
        .iter()
        .filter(|(thing, _)| !is_there(thing))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !can_install() {
        return Err(format!(
            "{} missing, and only root on Debian can install it from here; do\n\
             apt-get install --no-install-recommends {0}",
            missing.join(" ")
        ));
    }
    println!("installing {}", missing.join(" "));
    apt(&["update", "-qq"])?;
    let mut install = vec!["install", "-qq", "-y", "--no-install-recommends"];
    install.extend(missing);
    apt(&install)
}

/// Whether this is root on a system with apt.
pub(crate) fn can_install() -> bool {
    let user = output(Command::new("id").arg("-u"));
    user.is_ok_and(|user| user.trim() == "0") && is_there("apt-get")
}

/// A path that is there, or a name that is in PATH.
pub(crate) fn is_there(thing: &str) -> bool {
    match Path::new(thing).is_absolute() {
        true => Path::new(thing).exists(),
        false => find(thing).is_some(),
    }
}

/// Where a program is.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

/// The package archive that this system installs from, if that is plain to see.
pub(crate) fn mirror() -> Option<String> {
    let sources = [
        "/etc/apt/sources.list",
        "/etc/apt/sources.list.d/debian.sources",
    ];
    let text: String = sources
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .collect();
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'));
    let words = lines.flat_map(str::split_whitespace);
    let mut archives = words.filter(|word| word.starts_with("http"));
    archives
        .find(|word| !word.contains("security"))
        .map(str::to_owned)
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    let mut apt = Command::new("apt-get");
    apt.args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdout(Stdio::null());
    output(&mut apt).map(|_| ())
}
