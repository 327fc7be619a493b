//! `notice call`: any call of docs/json.md, for scripts.

use std::io;

use notice::wire::{self, Call};

use crate::change::sources::Source;
use crate::common::Common;
use crate::exit::{self, Outcome, Stop};

/// Make any call of docs/json.md, and write its answer as JSON
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Arguments {
    /// Name of the call, such as query; --list lists them
    #[arg(value_name = "NAME", required_unless_present = "list")]
    name: Option<String>,
    /// Arguments of the call as JSON; `-` reads them from the standard input
    #[arg(value_name = "JSON", default_value = "{}")]
    arguments: String,
    /// List the calls
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    common: Common,
}

const AFTER: &str = "\
Examples:
  notice call query '{\"viewer\": {\"user\": \"alice\"}, \"limit\": 20}'
  notice call count '{\"filter\": {\"severity_at_least\": \"warning\"}}'
  notice call publish - < draft.json
  notice call stats

The answer has no name around it, and a failure is one object on the standard error, as with --json.";

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let Some(name) = arguments.name.as_deref().filter(|_| !arguments.list) else {
        let names = Call::list();
        let names = names
            .iter()
            .map(|(_, table)| table.name)
            .collect::<Vec<_>>();
        return crate::console::write(&names.join("\n"));
    };
    let source = match arguments.arguments.as_str() {
        "-" => {
            let text = io::read_to_string(io::stdin().lock());
            Source::new("<stdin>", text.map_err(|error| Stop::of_stream(&error))?)
        }
        text => Source::new("<arguments>", text),
    };
    let console = &session.console;
    let refused = |error: notice::Error| source.refused(console, &error);
    let is_known = Call::list().iter().any(|(_, table)| table.name == name);
    if !is_known {
        return Err(Stop::new(
            exit::NOT_FOUND,
            format!("there is no call {name}; `notice call --list` lists them"),
            format!("没有调用 {name}；`notice call --list` 会列出全部"),
        ));
    }
    let value = wire::parse(source.text.as_bytes()).map_err(refused)?;
    // As text where it can be, because extras are kept byte for byte.
    let text = format!(
        "{{{}:{}}}",
        serde_json::Value::from(name),
        source.text.trim_start_matches('\u{feff}')
    );
    let call = match value.is_object() || value.is_array() {
        true => Call::from_json(text.as_bytes()).map_err(|_| ()),
        false => Err(()),
    };
    let call = call
        .or_else(|()| Call::from_value(name, &value))
        .map_err(refused)?;
    let board = match is_question(&call) {
        true => session.reading()?,
        false => session.writing()?,
    };
    let answer = wire::answer(&*board, call).map_err(refused)?;
    crate::console::write(&answer.to_value().to_string())?;
    Ok(board.close()?)
}

/// Whether a call only asks, so that a board in a file is only read.
fn is_question(call: &Call) -> bool {
    matches!(
        call,
        Call::Check(_)
            | Call::Query { .. }
            | Call::Count { .. }
            | Call::Get { .. }
            | Call::Record { .. }
            | Call::History { .. }
            | Call::Explain { .. }
            | Call::Receipts { .. }
            | Call::Changes { .. }
            | Call::Wait { .. }
            | Call::OwnMarks { .. }
            | Call::Stats
            | Call::Head
            | Call::Verify
    )
}
