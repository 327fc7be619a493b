//! `notice init`: a new board in a file.

use std::path::PathBuf;

use notice::{BoardUrl, Options};

use crate::common::Output;
use crate::exit::{self, Outcome, Stop};
use crate::places;
use crate::shell::quoted;

/// Make a new board in a file
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The file [default: the one that every command uses without --board]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let console = arguments.output.console()?;
    let (file, is_usual) = match &arguments.file {
        Some(file) => (file.clone(), false),
        None => (places::board()?, true),
    };
    if let Some(folder) = file.parent().filter(|_| is_usual) {
        places::make_private(folder)?;
    }
    let name = file.display().to_string();
    if file.exists() {
        return Err(Stop::new(
            exit::CONFLICT,
            format!("{name} is there already; nothing was changed"),
            format!("{name} 已存在；未作任何更改"),
        ));
    }
    let init = BoardUrl::of_path("file", &file, &[("mode", "init")]);
    Options::new().open(&init.to_string())?.close()?;
    let url = places::url("file", &file);
    let board = match is_usual {
        true => String::new(),
        false => format!(" -b {}", quoted(&url)),
    };
    console.tell(
        format!("made the board {name}"),
        format!("已创建公告板 {name}"),
    )?;
    console.tell(
        format!("\nNext:\n  notice publish{board} -t 'Hello'\n  notice active{board}"),
        format!("\n接下来：\n  notice publish{board} -t '你好'\n  notice active{board}"),
    )?;
    console.json(&serde_json::json!({"board": url}))?;
    console.finish()
}
