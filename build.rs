//! Build script of the C library (ffi/Cargo.toml names it). It generates include/notice.h,
//! include/notice_e.h and the declarations in e-bindings/ from the source, takes the GBK table from
//! `encoding_rs`, and sets the SONAME.
//!
//! A file is touched only when it changes, and left alone in a read-only checkout. With
//! `NOTICE_INCLUDE_DIR` set, all files go into that directory instead.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

#[path = "e-bindings/generate.rs"]
mod e_bindings;
#[path = "ffi/e/gbk/generate.rs"]
mod gbk_table;

/// Sources of notice.h, in the order of the header.
const SOURCES: [&str; 25] = [
    "status",
    "names",
    "limits",
    "text",
    "board",
    "draft",
    "publish",
    "check",
    "operation",
    "query",
    "item",
    "array",
    "marks",
    "receipt",
    "receipts",
    "own_marks",
    "change",
    "changes",
    "head",
    "follow",
    "explain",
    "maintain",
    "copies",
    "last_error",
    "version",
];

/// Sources of notice_e.h, in the order of the header.
const E_SOURCES: [&str; 14] = [
    "names",
    "board",
    "viewer",
    "query",
    "page",
    "fields",
    "table",
    "publish",
    "check",
    "marks",
    "explain",
    "watch",
    "helpers",
    "last_error",
];

/// The hand-written E module, whose GBK twin is generated here.
const E_MODULE: &str = "module";

/// Placeholders for the parts of the version in cbindgen.toml.
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
    println!("cargo::rerun-if-changed=cbindgen_e.toml");
    println!("cargo::rerun-if-changed=c");
    println!("cargo::rerun-if-changed=e");
    println!("cargo::rerun-if-changed=../e-bindings/module.utf8.txt");
    println!("cargo::rerun-if-env-changed=NOTICE_INCLUDE_DIR");
    let (include, bindings) = match env::var_os("NOTICE_INCLUDE_DIR") {
        Some(directory) => (PathBuf::from(&directory), PathBuf::from(directory)),
        None => (ffi.join("../include"), ffi.join("../e-bindings")),
    };
    let header_text = header(&ffi, "cbindgen.toml", "c", &SOURCES)?;
    write_if_changed(&include.join("notice.h"), header_text.as_bytes())?;
    let header_text = header(&ffi, "cbindgen_e.toml", "e", &E_SOURCES)?;
    write_if_changed(
        &include.join("notice_e.h"),
        with_calls(&header_text).as_bytes(),
    )?;
    for (name, text) in [
        ("commands", e_bindings::commands()),
        ("constants", e_bindings::constants()),
    ] {
        write_if_changed(&bindings.join(format!("{name}.utf8.txt")), text.as_bytes())?;
        write_gbk(&bindings, name, &text)?;
    }
    let module = ffi
        .join("../e-bindings")
        .join(E_MODULE)
        .with_extension("utf8.txt");
    write_gbk(&bindings, E_MODULE, &fs::read_to_string(module)?)?;
    let table = PathBuf::from(env::var("OUT_DIR")?).join("gbk_table.rs");
    write_if_changed(&table, gbk_table::table()?.as_bytes())?;
    if env::var("CARGO_CFG_TARGET_OS")? == "linux" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libnotice.so.0");
    }
    Ok(())
}

/// Generates the text of a header.
fn header(
    ffi: &Path,
    config: &str,
    folder: &str,
    sources: &[&str],
) -> Result<String, Box<dyn Error>> {
    let mut config = cbindgen::Config::from_file(ffi.join(config))?;
    for (name, variable) in VERSION {
        let value = env::var(variable)?;
        config.after_includes = config.after_includes.map(|text| text.replace(name, &value));
    }
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in sources {
        let path = ffi.join(folder).join(source).with_extension("rs");
        builder = builder.with_src(in_c(&path)?);
    }
    let mut text = Vec::new();
    builder.generate()?.write(&mut text);
    Ok(String::from_utf8(text)?)
}

/// Returns a source with the C calling convention, which cbindgen expects: a copy if the original
/// has another one.
fn in_c(path: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    if !text.contains("extern \"system\"") {
        return Ok(path.to_owned());
    }
    let name = path.file_name().ok_or("a source has a name")?;
    let copy = PathBuf::from(env::var("OUT_DIR")?).join(name);
    fs::write(&copy, text.replace("extern \"system\"", "extern \"C\""))?;
    Ok(copy)
}

/// Inserts the calling convention before each function's name, where every compiler accepts it;
/// cbindgen does not write it.
fn with_calls(header: &str) -> String {
    let mut text = String::new();
    for line in header.split_inclusive('\n') {
        match line.split_once("e_announce_") {
            Some((result @ ("int32_t " | "const char *"), rest)) => {
                text += &format!("{result}E_ANNOUNCE_CALL e_announce_{rest}");
            }
            _ => text += line,
        }
    }
    text
}

/// Writes a text of the E language in the encoding of its editor.
fn write_gbk(bindings: &Path, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let bytes = e_bindings::to_gbk(text)?;
    Ok(write_if_changed(
        &bindings.join(name).with_extension("e.txt"),
        &bytes,
    )?)
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
