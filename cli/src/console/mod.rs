//! What the command writes, for whom, and what it asks.
//!
//! For people it writes lines and tables that fit the terminal, in colour if that is wanted. For programs (`--json`) it
//! writes one line of JSON for each answer, as docs/json.md describes the value, and nothing else on the standard
//! output. Both go to the standard output; what explains or asks goes to the standard error.

mod ask;
mod pager;
mod paint;
mod table;

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Write as _};

use notice::{Bilingual, Language};
use serde_json::Value;

pub(crate) use self::paint::{Colour, Look, Paint};
pub(crate) use self::table::{Cell, Column, Table};
use crate::exit::{self, Outcome, Stop};
use crate::terminal;
use crate::times::Times;

/// How the command speaks.
#[derive(Debug, Clone)]
pub(crate) struct Manner {
    pub(crate) language: Language,
    /// Whether answers are written as JSON.
    pub(crate) is_json: bool,
    pub(crate) colour: Colour,
    /// Whether every question is answered with yes.
    pub(crate) is_agreed: bool,
    /// Whether long output may go to a pager.
    pub(crate) may_page: bool,
}

/// The standard streams.
pub(crate) struct Console {
    manner: Manner,
    /// Reads and shows times in the operator's zone.
    pub(crate) times: Times,
    pub(crate) paint: Paint,
    /// Columns of the terminal; None if lines may have any length.
    pub(crate) width: Option<usize>,
    /// What is written at the end, so that it can go to a pager.
    held: RefCell<Option<String>>,
}

impl Console {
    pub(crate) fn new(manner: Manner, times: Times) -> Self {
        let paint = Paint::new(manner.colour, io::stdout().is_terminal());
        let held =
            (manner.may_page && !manner.is_json && io::stdout().is_terminal()).then(String::new);
        Self {
            manner,
            times,
            paint,
            width: columns(),
            held: RefCell::new(held),
        }
    }

    pub(crate) fn language(&self) -> Language {
        self.manner.language
    }

    /// Whether a program reads what is written.
    pub(crate) fn is_json(&self) -> bool {
        self.manner.is_json
    }

    /// Returns the text in the operator's language.
    pub(crate) fn word<'a>(&self, en: &'a str, zh: &'a str) -> &'a str {
        match self.manner.language {
            Language::En => en,
            Language::Zh => zh,
        }
    }

    /// The end because the board has refused something, with its times as people read them.
    pub(crate) fn refused(&self, error: &notice::Error) -> Stop {
        let mut stop = Stop::from(error.clone());
        for line in &mut stop.lines {
            *line = Bilingual::new(self.times.in_words(&line.en), self.times.in_words(&line.zh));
        }
        stop
    }

    /// Writes a line for a person. Nothing is written if a program reads.
    pub(crate) fn line(&self, text: &str) -> Outcome {
        if self.manner.is_json {
            return Ok(());
        }
        if let Some(held) = &mut *self.held.borrow_mut() {
            held.push_str(text);
            held.push('\n');
            return Ok(());
        }
        write(text)
    }

    /// Writes a sentence in the operator's language, and lines below it as they are.
    pub(crate) fn tell(&self, en: impl Into<String>, zh: impl Into<String>) -> Outcome {
        match self.manner.language {
            Language::En => self.report(&en.into()),
            Language::Zh => self.report(&zh.into()),
        }
    }

    /// Writes a sentence that fits the terminal, with an indent before all its lines but the first.
    pub(crate) fn paragraph(&self, text: &str, indent: &str) -> Outcome {
        let Some(width) = self.width else {
            return self.line(text);
        };
        let options = textwrap::Options::new(width.max(20)).subsequent_indent(indent);
        for line in textwrap::wrap(text, options) {
            self.line(&line)?;
        }
        Ok(())
    }

    /// Writes a sentence that fits the terminal, and an excerpt below it as it is.
    pub(crate) fn report(&self, text: &str) -> Outcome {
        match text.split_once('\n') {
            Some((sentence, excerpt)) => {
                self.paragraph(sentence, "  ")?;
                self.line(excerpt)
            }
            None => self.paragraph(text, "  "),
        }
    }

    /// Writes an answer for a program, as one line. Nothing is written if a person reads.
    pub(crate) fn json(&self, value: &Value) -> Outcome {
        match self.manner.is_json {
            true => write(&value.to_string()),
            false => Ok(()),
        }
    }

    /// Writes a table for a person, as wide as the terminal.
    pub(crate) fn table(&self, table: &Table) -> Outcome {
        self.line(table.render(self.width, &self.paint).trim_end())
    }

    /// Writes what the operator should know besides, to the standard error, below what was said so far.
    pub(crate) fn note(&self, text: &Bilingual) -> Outcome {
        self.flush()?;
        let text = terminal::fitted(text.get(self.manner.language), self.width);
        let _ = writeln!(io::stderr().lock(), "{text}");
        Ok(())
    }

    /// Writes lines at once from now on, because more of them come as time passes.
    pub(crate) fn stream(&self) -> Outcome {
        self.flush()?;
        *self.held.borrow_mut() = None;
        Ok(())
    }

    /// Writes what was held back: to a pager if it is longer than the terminal is high.
    pub(crate) fn finish(&self) -> Outcome {
        let held = self.take();
        if held.is_empty() || pager::show(&held) {
            return Ok(());
        }
        write(held.trim_end_matches('\n'))
    }

    /// Writes what was held back, and no pager between it and what comes next, such as a question about it.
    fn flush(&self) -> Outcome {
        let held = self.take();
        match held.is_empty() {
            true => Ok(()),
            false => write(held.trim_end_matches('\n')),
        }
    }

    fn take(&self) -> String {
        let mut held = self.held.borrow_mut();
        held.as_mut().map(std::mem::take).unwrap_or_default()
    }
}

/// A command that ends early, such as with nothing to show, has said why: that is never lost.
impl Drop for Console {
    fn drop(&mut self) {
        // It ends for another reason already.
        let _ = self.finish();
    }
}

/// Writes a line.
///
/// A reader that has seen enough, as `head` has, closes the pipe. That is no failure, and nothing is left to do.
pub(crate) fn write(text: &str) -> Outcome {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{text}").and_then(|()| out.flush());
    match written {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Stop::quiet()),
        Err(error) => Err(Stop::new(
            exit::UNAVAILABLE,
            format!("cannot write the answer: {error}"),
            format!("无法写出结果：{error}"),
        )),
    }
}

/// Columns that are there. The variable `COLUMNS` decides, which a shell keeps up to date and a test can set.
pub(crate) fn columns() -> Option<usize> {
    let stated = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    stated.filter(|columns| *columns > 0).or_else(|| {
        let (width, _) = terminal_size::terminal_size()?;
        io::stdout().is_terminal().then_some(usize::from(width.0))
    })
}
