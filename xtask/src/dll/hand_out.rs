//! The folder that is handed out.

use std::path::{Path, PathBuf};
use std::{fs, io};

use sha2::{Digest, Sha256};

use super::toolchain::Toolchain;
use super::{Machine, import_library, licences};

/// For whoever opens the folder.
const README: &str = include_str!("README.txt");
/// What is copied of the checkout, and where to.
const FILES: [(&str, &str); 10] = [
    ("LICENSE-APACHE", "LICENSE-APACHE.txt"),
    ("LICENSE-MIT", "LICENSE-MIT.txt"),
    ("include/notice.h", "include/notice.h"),
    ("include/notice_e.h", "include/notice_e.h"),
    ("e-bindings/commands.e.txt", "e/commands.e.txt"),
    ("e-bindings/commands.utf8.txt", "e/commands.utf8.txt"),
    ("e-bindings/constants.e.txt", "e/constants.e.txt"),
    ("e-bindings/constants.utf8.txt", "e/constants.utf8.txt"),
    ("e-bindings/module.e.txt", "e/module.e.txt"),
    ("e-bindings/module.utf8.txt", "e/module.utf8.txt"),
];
/// The guide for those who paste, and what it is called there.
const GUIDE: (&str, &str) = ("e-bindings/README.zh-CN.md", "e/guide.zh-CN.txt");
/// The list of hashes, as `sha256sum --check` reads it.
const SUMS: &str = "SHA256SUMS";

/// Fills `out`. What an earlier run left there goes; a folder of anything else is refused.
pub(super) fn fill(
    root: &Path,
    out: &Path,
    dlls: &[(Machine, PathBuf)],
    toolchain: &Toolchain,
) -> Result<(), String> {
    empty(out)?;
    let mut files = ["README.txt", "THIRD-PARTY.txt", GUIDE.1]
        .map(str::to_owned)
        .to_vec();
    write(&out.join("README.txt"), &readme(toolchain))?;
    let guide = fs::read_to_string(root.join(GUIDE.0)).map_err(at(Path::new(GUIDE.0)))?;
    write(&out.join(GUIDE.1), &for_notepad(&guide))?;
    write(
        &out.join("THIRD-PARTY.txt"),
        &crlf(&licences::third_party(root, toolchain)?),
    )?;
    for (from, to) in FILES {
        copy(&root.join(from), &out.join(to))?;
        files.push(to.to_owned());
    }
    for (machine, dll) in dlls {
        let folder = out.join(machine.name);
        copy(dll, &folder.join("notice.dll"))?;
        import_library::write(root, *machine, &folder)?;
        for name in ["notice.dll", "notice.def", "libnotice.dll.a", "notice.lib"] {
            files.push(format!("{}/{name}", machine.name));
        }
    }
    files.sort();
    let mut sums = String::new();
    for file in files {
        let path = out.join(&file);
        let bytes = fs::read(&path).map_err(at(&path))?;
        sums += &format!("{:x}  {file}\n", Sha256::digest(&bytes));
    }
    write(&out.join(SUMS), &sums)
}

/// Makes an empty folder where there is none, or where there is one of ours.
fn empty(out: &Path) -> Result<(), String> {
    let is_used = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
    if is_used && !out.join(SUMS).exists() {
        return Err(format!(
            "{} is not empty, and nothing that this task made",
            out.display()
        ));
    }
    if is_used {
        fs::remove_dir_all(out).map_err(at(out))?;
    }
    fs::create_dir_all(out).map_err(at(out))
}

fn readme(toolchain: &Toolchain) -> String {
    let (zh, en) = match toolchain.is_for_windows_7() {
        true => ("Windows 7 及以上", "Windows 7 and later"),
        false => ("Windows 10 及以上", "Windows 10 and later"),
    };
    let text = README
        .replace("@VERSION@", env!("CARGO_PKG_VERSION"))
        .replace("@WINDOWS_ZH@", zh)
        .replace("@WINDOWS_EN@", en);
    for_notepad(&text)
}

/// With a byte order mark, without which older editors on Windows take UTF-8 for GBK.
fn for_notepad(text: &str) -> String {
    format!("\u{feff}{}", crlf(text))
}

fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(at(folder))?;
    fs::write(path, text).map_err(at(path))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder).map_err(at(folder))?;
    fs::copy(from, to).map(|_| ()).map_err(at(from))
}

fn at(path: &Path) -> impl Fn(io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_anything_else_in_it_is_left_alone() {
        let folder = std::env::temp_dir().join(format!("notice-hand-out-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("mine.txt");
        fs::write(&file, "mine").unwrap();
        assert!(empty(&folder).unwrap_err().contains("is not empty"));
        assert!(file.exists());
        fs::write(folder.join(SUMS), "").unwrap();
        empty(&folder).unwrap();
        assert!(!file.exists());
        fs::remove_dir(&folder).unwrap();
    }
}
