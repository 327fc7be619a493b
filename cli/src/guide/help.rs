//! `notice help`: of the command, of one of its commands, or about a topic.

use clap::Command;
use notice::Language;

use super::topic::{TOPICS, Topic};
use crate::arguments;
use crate::console::columns;
use crate::exit::{self, Outcome, Stop};
use crate::terminal;

/// Print this help, that of a command, or one about a topic
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A command, such as publish or context add; or a topic: maintenance, audiences, versions, times, exit-codes
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

/// Longest line of a topic.
const WIDEST: usize = 100;

/// Runs it.
pub(crate) fn run(asked: &Arguments) -> Outcome {
    let mut command = arguments::command();
    // It is built, so that each command knows its whole name.
    command.build();
    let Some(first) = asked.words.first() else {
        return print(&mut command);
    };
    if let [name] = asked.words.as_slice()
        && let Some(topic) = TOPICS.iter().find(|topic| topic.name == name)
    {
        return write(topic);
    }
    let mut found = Some(&mut command);
    for word in &asked.words {
        found = found.and_then(|command| command.find_subcommand_mut(word));
    }
    match found {
        Some(found) => print(found),
        None => Err(unknown(first, &asked.words.join(" "))),
    }
}

fn print(command: &mut Command) -> Outcome {
    command
        .print_long_help()
        .map_err(|error| Stop::of_stream(&error))
}

fn write(topic: &Topic) -> Outcome {
    let width = columns().unwrap_or(WIDEST).min(WIDEST);
    let text = match terminal::language() {
        Language::En => topic.en,
        Language::Zh => topic.zh,
    };
    crate::console::write(super::topic::fitted(text, width).trim_end())
}

fn unknown(first: &str, all: &str) -> Stop {
    let command = arguments::command();
    let commands = command.get_subcommands().map(Command::get_name);
    let names = commands.chain(TOPICS.iter().map(|topic| topic.name));
    let near = names
        .map(|name| (strsim::jaro_winkler(name, first), name))
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    let (en, zh) = match near {
        Some((likeness, name)) if likeness > 0.7 => (
            format!("; did you mean `notice help {name}`?"),
            format!("；是否想输入 `notice help {name}`？"),
        ),
        _ => (
            "; `notice help` lists both".to_owned(),
            "；`notice help` 会列出全部".to_owned(),
        ),
    };
    Stop::new(
        exit::USAGE,
        format!("there is no command or topic {all}{en}"),
        format!("没有命令或主题 {all}{zh}"),
    )
}
