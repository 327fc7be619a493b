//! Writes the seeds into the folder that is named.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os().nth(1).expect("the name of a folder");
    notice_fuzz::seeds::write(Path::new(&folder))
}
