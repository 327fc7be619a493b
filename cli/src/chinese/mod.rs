//! The command line in Chinese: its help, and what it says about mistakes.
//!
//! The texts in the source are English. Here is a table from each of them to its Chinese, which is applied before the
//! arguments are parsed; a test holds that no text lacks its translation.

mod mistakes;
mod table;

use std::collections::HashMap;

use clap::builder::{PossibleValue, StyledStr};
use clap::{Arg, ArgAction, Command};

pub(crate) use self::mistakes::told;

/// The Chinese of each text.
type Words = HashMap<&'static str, &'static str>;

/// Returns the command with all its help in Chinese.
/// Its texts are wrapped here, because clap breaks lines at blanks only, and Chinese has none.
pub(crate) fn applied(command: Command, width: usize) -> Command {
    let words: Words = table::TABLE
        .iter()
        .flat_map(|part| part.iter().copied())
        .collect();
    let words = Chinese { words, width };
    words.translated(command)
}

/// Columns before the help of a flag, which stands on lines of its own.
const INDENT: usize = 10;
/// Columns before what a command does.
const NAMES: usize = 18;

struct Chinese {
    words: Words,
    width: usize,
}

impl Chinese {
    fn of(&self, text: Option<&StyledStr>) -> Option<&'static str> {
        let text = text?.to_string();
        self.words.get(text.as_str()).copied()
    }

    fn wrapped(&self, text: &str, before: usize) -> String {
        textwrap::fill(text, self.width.saturating_sub(before).max(20))
    }

    fn translated(&self, mut command: Command) -> Command {
        if let Some(about) = self.of(command.get_about()) {
            command = command.about(self.wrapped(about, NAMES));
        }
        if let Some(about) = self.of(command.get_long_about()) {
            command = command.long_about(self.wrapped(about, 0));
        }
        if let Some(after) = self.of(command.get_after_help()) {
            command = command.after_help(after);
        }
        let header = *command.get_styles().get_header();
        let template = format!(
            "{{before-help}}{{about-with-newline}}\n{header}用法：{header:#}{{usage}}\n\n{{all-args}}{{after-help}}"
        );
        let has_flags = command.get_subcommands().next().is_none();
        let help = Arg::new("help").short('h').long("help");
        command = command
            .help_template(template)
            .subcommand_help_heading("命令")
            .next_line_help(has_flags)
            .disable_help_flag(true)
            .arg(help.action(ArgAction::Help).help("显示帮助"));
        if command.get_version().is_some() {
            let version = Arg::new("version").short('V').long("version");
            command = command
                .disable_version_flag(true)
                .arg(version.action(ArgAction::Version).help("显示版本"));
        }
        command
            .mut_args(|arg| self.argument(arg))
            .mut_subcommands(|inner| self.translated(inner))
    }

    fn argument(&self, mut arg: Arg) -> Arg {
        let heading = match (arg.get_help_heading(), arg.is_positional()) {
            (Some(heading), _) => self.words.get(heading).copied(),
            (None, true) => Some("参数"),
            (None, false) => Some("选项"),
        };
        if let Some(heading) = heading {
            arg = arg.help_heading(heading);
        }
        let (help, long) = (self.of(arg.get_help()), self.of(arg.get_long_help()));
        let notes = notes(&arg);
        if arg.get_action().takes_values() {
            // They are told in the notes.
            arg = arg.hide_default_value(true).hide_possible_values(true);
        }
        arg = arg.hide_env(true);
        if let Some(help) = help {
            arg = arg.help(self.wrapped(&format!("{help}{notes}"), INDENT));
        }
        if let Some(long) = long {
            arg = arg.long_help(self.wrapped(&format!("{long}{notes}"), INDENT));
        }
        arg
    }
}

/// What stands in brackets behind the help of a flag.
fn notes(arg: &Arg) -> String {
    let mut notes = String::new();
    let mut note = |name: &str, value: String| {
        if !value.is_empty() {
            notes.push_str(&format!(" [{name}：{value}]"));
        }
    };
    if arg.get_action().takes_values() {
        if !arg.is_hide_possible_values_set() {
            let values = arg.get_possible_values();
            let values: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
            note("可选", values.join("、"));
        }
        if !arg.is_hide_default_value_set() {
            let values = arg.get_default_values().iter();
            let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
            note("默认", values.join(" "));
        }
    }
    if let Some(variable) = arg.get_env().filter(|_| !arg.is_hide_env_set()) {
        note("环境变量", variable.to_string_lossy().into_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::english;

    /// Every text of the help that is said in English.
    fn texts(command: &Command, all: &mut Vec<String>) {
        let mut put = |text: Option<String>| all.extend(text);
        let shown = |text: Option<&StyledStr>| text.map(ToString::to_string);
        put(shown(command.get_about()));
        put(shown(command.get_long_about()));
        put(shown(command.get_after_help()));
        for arg in command.get_arguments() {
            put(shown(arg.get_help()));
            put(shown(arg.get_long_help()));
            put(arg.get_help_heading().map(str::to_owned));
        }
        for inner in command.get_subcommands() {
            texts(inner, all);
        }
    }

    #[test]
    fn every_text_of_the_help_has_its_chinese_and_no_chinese_is_left_over() {
        let words: Words = table::TABLE
            .iter()
            .flat_map(|part| part.iter().copied())
            .collect();
        let count: usize = table::TABLE.iter().map(|part| part.len()).sum();
        assert_eq!(words.len(), count, "a text is there twice");
        let mut all = Vec::new();
        texts(&english(), &mut all);
        all.sort();
        all.dedup();
        let missing = all.iter().filter(|text| !words.contains_key(text.as_str()));
        let missing: Vec<&String> = missing.collect();
        assert!(missing.is_empty(), "not translated: {missing:#?}");
        let left_over = words
            .keys()
            .filter(|text| !all.iter().any(|one| one == *text));
        let left_over: Vec<_> = left_over.collect();
        assert!(left_over.is_empty(), "nobody says: {left_over:#?}");
        for (english, chinese) in &words {
            let is_chinese = chinese.chars().any(|c| c > '\u{2e80}');
            assert!(is_chinese && !chinese.is_empty(), "{english}: {chinese}");
        }
    }

    #[test]
    fn the_command_is_the_same_in_both_languages() {
        english().debug_assert();
        applied(english(), 80).debug_assert();
    }
}
