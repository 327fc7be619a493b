//! The build script of the C library (ffi/Cargo.toml names it): writes include/notice.h from the
//! source, and names the shared library.
//!
//! The header is only touched when it changes, and left alone in a checkout that cannot be written.
//! With `NOTICE_INCLUDE_DIR` set it is written into that directory instead.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What the header is made from, in the order of the header.
const SOURCES: [&str; 18] = [
    "status",
    "names",
    "limits",
    "text",
    "board",
    "draft",
    "publish",
    "operation",
    "query",
    "item",
    "array",
    "marks",
    "receipts",
    "changes",
    "explain",
    "maintain",
    "last_error",
    "version",
];

/// What stands for the parts of the version in cbindgen.toml.
const VERSION: [(&str, &str); 4] = [
    ("@MAJOR@", "CARGO_PKG_VERSION_MAJOR"),
    ("@MINOR@", "CARGO_PKG_VERSION_MINOR"),
    ("@PATCH@", "CARGO_PKG_VERSION_PATCH"),
    ("@VERSION@", "CARGO_PKG_VERSION"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let ffi = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    println!("cargo::rerun-if-changed=../build.rs");
    println!("cargo::rerun-if-changed=cbindgen.toml");
    println!("cargo::rerun-if-changed=c");
    println!("cargo::rerun-if-env-changed=NOTICE_INCLUDE_DIR");
    let include = match env::var_os("NOTICE_INCLUDE_DIR") {
        Some(directory) => PathBuf::from(directory),
        None => ffi.join("../include"),
    };
    write_if_changed(&include.join("notice.h"), &header(&ffi)?)?;
    if env::var("CARGO_CFG_TARGET_OS")? == "linux" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libnotice.so.0");
    }
    Ok(())
}

/// The text of notice.h.
fn header(ffi: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut config = cbindgen::Config::from_file(ffi.join("cbindgen.toml"))?;
    for (name, variable) in VERSION {
        let value = env::var(variable)?;
        config.after_includes = config.after_includes.map(|text| text.replace(name, &value));
    }
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(ffi.join("c").join(source).with_extension("rs"));
    }
    let mut text = Vec::new();
    builder.generate()?.write(&mut text);
    Ok(text)
}

fn write_if_changed(path: &Path, text: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    match fs::write(path, text) {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
            ) =>
        {
            println!(
                "cargo::warning={} is out of date and cannot be written",
                path.display()
            );
            Ok(())
        }
        result => result,
    }
}
