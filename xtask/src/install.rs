//! `cargo xtask install --prefix DIR`: the C library where compilers, pkg-config and CMake find it.

use std::fs;
use std::path::Path;

use crate::library::{self, NATIVE_LIBRARIES};

/// The release, as every package of the workspace has it.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The name that programs ask the loader for.
const SONAME: &str = "libnotice.so.0";

/// Builds the library and copies it.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let prefix = match arguments {
        [flag, prefix] if flag == "--prefix" => Path::new(prefix),
        _ => return Err("where to? cargo xtask install --prefix DIR".to_owned()),
    };
    let root = library::root()?;
    let built = library::build(&root, true, None)?;
    let lib = prefix.join("lib");
    copy(&built.archive, &lib)?;
    install_shared(&built.shared, &lib)?;
    for header in ["notice.h", "notice_e.h"] {
        copy(&root.join("include").join(header), &prefix.join("include"))?;
    }
    let templates = root.join("ffi/pkg");
    fill(&templates, "notice.pc", &lib.join("pkgconfig"))?;
    for name in ["notice-config.cmake", "notice-config-version.cmake"] {
        fill(&templates, name, &lib.join("cmake/notice"))?;
    }
    Ok(())
}

/// On Linux libnotice.so.VERSION, with links from the SONAME for the loader and from libnotice.so for the
/// linker; elsewhere the file as it is.
fn install_shared(shared: &Path, lib: &Path) -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        return copy(shared, lib);
    }
    let name = format!("libnotice.so.{VERSION}");
    copy_as(shared, &lib.join(&name))?;
    link(&name, &lib.join(SONAME))?;
    link(SONAME, &lib.join("libnotice.so"))
}

#[cfg(unix)]
fn link(to: &str, path: &Path) -> Result<(), String> {
    // A link that is there already, from an older release perhaps.
    let _ = fs::remove_file(path);
    std::os::unix::fs::symlink(to, path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(not(unix))]
fn link(_to: &str, _path: &Path) -> Result<(), String> {
    Ok(())
}

/// Fills the template `name.in`.
fn fill(templates: &Path, name: &str, directory: &Path) -> Result<(), String> {
    let template = templates.join(format!("{name}.in"));
    let text = fs::read_to_string(&template)
        .map_err(|error| format!("{}: {error}", template.display()))?;
    let major = VERSION.split('.').next().unwrap_or_default();
    let text = text
        .replace("@VERSION@", VERSION)
        .replace("@MAJOR@", major)
        .replace("@SONAME@", SONAME)
        .replace("@NATIVE_LIBRARIES@", NATIVE_LIBRARIES);
    create(directory)?;
    let path = directory.join(name);
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn copy(file: &Path, directory: &Path) -> Result<(), String> {
    copy_as(file, &directory.join(file.file_name().unwrap_or_default()))
}

fn copy_as(file: &Path, path: &Path) -> Result<(), String> {
    create(path.parent().unwrap_or(path))?;
    // A program that runs with the old file keeps it.
    let _ = fs::remove_file(path);
    fs::copy(file, path)
        .map(|_| ())
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn create(directory: &Path) -> Result<(), String> {
    fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))
}
