//! Colours.

use std::env;
use std::fmt::Display;

use anstyle::{AnsiColor, Style};
use notice::Severity;

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Also into files and pipes
    Always,
    /// Never
    Never,
}

/// How a text looks, by what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Plain,
    Bold,
    Dim,
    Good,
    Warn,
    Bad,
}

impl From<Severity> for Look {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Self::Bad,
            Severity::Warning => Self::Warn,
            _ => Self::Plain,
        }
    }
}

/// Paints texts, or leaves them as they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    pub(crate) is_coloured: bool,
}

impl Paint {
    pub(super) fn new(colour: Colour, is_terminal: bool) -> Self {
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let is_coloured = match colour {
            Colour::Always => true,
            Colour::Never => false,
            // https://no-color.org
            Colour::Auto if is_set("NO_COLOR") => false,
            // https://bixense.com/clicolors
            Colour::Auto => (is_terminal && !is_dumb) || is_set("CLICOLOR_FORCE"),
        };
        Self { is_coloured }
    }

    pub(crate) fn text(&self, look: Look, text: impl Display) -> String {
        let style = match look {
            Look::Plain => return text.to_string(),
            Look::Bold => Style::new().bold(),
            Look::Dim => Style::new().dimmed(),
            Look::Good => AnsiColor::Green.on_default(),
            Look::Warn => AnsiColor::Yellow.on_default(),
            Look::Bad => AnsiColor::Red.on_default().bold(),
        };
        match self.is_coloured {
            true => format!("{style}{text}{style:#}"),
            false => text.to_string(),
        }
    }
}
