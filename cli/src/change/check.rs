//! `notice check`: every mistake in drafts, and what one would regret.

use std::path::PathBuf;

use notice::Checkup;
use notice::wire::Answer;

use super::sources::Source;
use crate::common::Common;
use crate::console::{Console, Look};
use crate::excerpt;
use crate::exit::{self, Outcome, Stop};

/// Check drafts without publishing them: every fault at once, and what one would regret
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// File with a draft or a list of drafts as JSON; `-` is the standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let source = Source::read(&arguments.file)?;
    let checkup = session.reading()?.check_json(source.text.as_bytes())?;
    report(&session.console, &source, checkup)
}

/// Tells what was found. Faults end the command with 2; what one would regret does not.
pub(crate) fn report(console: &Console, source: &Source, checkup: Checkup) -> Outcome {
    let language = console.language();
    let is_list = source.is_list();
    let of_draft = |index: usize| {
        if is_list {
            format!("[{index}] ")
        } else {
            String::new()
        }
    };
    for fault in &checkup.faults {
        let message = console.times.in_words(&fault.error.message(language));
        let at =
            excerpt::place(&source.text, &fault.error).filter(|_| !is_list && source.is_written());
        let shown = match at {
            Some(at) => excerpt::show(
                &source.name,
                &source.text,
                at,
                &message,
                console.paint.is_coloured,
            ),
            None => format!(
                "{} {}{message}",
                console.paint.text(Look::Bad, "✗"),
                of_draft(fault.draft)
            ),
        };
        console.report(&shown)?;
    }
    for lint in &checkup.lints {
        let sign = console.paint.text(Look::Warn, "!");
        let rule = console.paint.text(Look::Dim, lint.rule.name());
        let (words, remedy) = (lint.words.get(language), lint.remedy.get(language));
        let (words, remedy) = (
            console.times.in_words(words),
            console.times.in_words(remedy),
        );
        let (draft, path) = (of_draft(lint.draft), &lint.path);
        let told = console
            .word(
                &format!("{sign} {draft}{path}: {words}; {remedy}  {rule}"),
                &format!("{sign} {draft}{path}：{words}；{remedy}  {rule}"),
            )
            .to_owned();
        console.paragraph(&told, "  ")?;
    }
    let (faults, lints, is_good) = (
        checkup.faults.len(),
        checkup.lints.len(),
        checkup.is_publishable(),
    );
    console.json(&Answer::Checkup(checkup).to_value())?;
    let sign = console.paint.text(
        if is_good { Look::Good } else { Look::Bad },
        if is_good { "✓" } else { "✗" },
    );
    match is_good {
        true => console.tell(
            format!("{sign} can be published; to consider: {lints}; nothing was changed"),
            format!("{sign} 可以发布；值得留意：{lints} 处；未作任何更改"),
        )?,
        false => console.tell(
            format!("{sign} cannot be published; faults: {faults}; to consider: {lints}"),
            format!("{sign} 不能发布；错误：{faults} 处；值得留意：{lints} 处"),
        )?,
    }
    console.finish()?;
    match is_good {
        true => Ok(()),
        false => Err(Stop::silent(exit::USAGE)),
    }
}
