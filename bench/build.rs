//! What the source of the C library needs to be compiled along: the table of GBK.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

#[path = "../ffi/e/gbk/generate.rs"]
mod gbk_table;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=../ffi/e/gbk/generate.rs");
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("gbk_table.rs"), gbk_table::table()?)?;
    Ok(())
}
