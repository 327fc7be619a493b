//! What a person sees.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};

use notice::{Bilingual, Language};
use once_cell::sync::OnceCell;

use crate::console::columns;
use crate::exit::Stop;

/// The language that was asked for.
static CHOSEN: OnceCell<Language> = OnceCell::new();
/// Whether a program reads what is written.
static IS_JSON: OnceCell<bool> = OnceCell::new();

/// Reads from the arguments how to speak. Help and mistakes in the arguments are told before they are parsed.
pub(crate) fn prepare(arguments: &[OsString]) {
    let arguments: Vec<&str> = arguments.iter().filter_map(|one| one.to_str()).collect();
    let flags = arguments.split(|one| *one == "--").next().unwrap_or(&[]);
    // `notice call` speaks JSON alone. Before it there can only be the language.
    let is_call = flags
        .iter()
        .skip(1)
        .find(|one| !one.starts_with('-') && language_named(one).is_none());
    let is_call = is_call == Some(&"call");
    let _ = IS_JSON.set(flags.contains(&"--json") || is_call);
    let mut stated = None;
    for (place, one) in flags.iter().enumerate() {
        let value = match one.strip_prefix("--lang") {
            Some("") => flags.get(place + 1).copied(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        stated = value.or(stated);
    }
    let variable = env::var("NOTICE_LANG").ok();
    if let Some(language) = stated.or(variable.as_deref()).and_then(language_named) {
        speak(language);
    }
}

/// Whether a program reads what is written.
pub(crate) fn is_json() -> bool {
    IS_JSON.get().copied().unwrap_or_default()
}

/// Reads `en` or `zh`.
pub(crate) fn language_named(name: &str) -> Option<Language> {
    match name {
        "en" => Some(Language::En),
        "zh" => Some(Language::Zh),
        _ => None,
    }
}

/// Speaks this language from now on.
pub(crate) fn speak(language: Language) {
    // The first one counts; a command asks once.
    let _ = CHOSEN.set(language);
}

/// Returns the language of messages: that which was asked for, or else Chinese where the environment asks for it.
pub(crate) fn language() -> Language {
    if let Some(language) = CHOSEN.get() {
        return *language;
    }
    match of_environment() {
        Some(locale) if locale.starts_with("zh") => Language::Zh,
        _ => Language::En,
    }
}

/// Returns the locale of whoever looks: that of the language which was asked for, or else that of the environment.
pub(crate) fn locale() -> Option<String> {
    match CHOSEN.get() {
        Some(Language::Zh) => Some("zh-CN".to_owned()),
        Some(Language::En) => Some("en".to_owned()),
        None => of_environment().filter(|locale| !["C", "POSIX"].contains(&stem(locale))),
    }
}

/// The locale without its encoding.
fn stem(locale: &str) -> &str {
    locale.split(['.', '@']).next().unwrap_or_default()
}

fn of_environment() -> Option<String> {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    // In the order in which POSIX has them override each other.
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set)
}

/// Says a line on the standard output. Nobody may be listening there, which is no reason to end.
pub(crate) fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Says a line in the language of the user.
pub(crate) fn tell(text: &Bilingual) {
    say(text.get(language()));
}

/// Says a line beside what was asked for, on the standard error.
pub(crate) fn note(text: &Bilingual) {
    let _ = writeln!(io::stderr().lock(), "{}", text.get(language()));
}

/// Says what is wrong, on the standard error: as one object of JSON if a program reads.
pub(crate) fn complain_of(stop: &Stop) {
    match is_json() && !stop.lines.is_empty() {
        true => {
            let _ = writeln!(io::stderr().lock(), "{}", stop.to_json());
        }
        false => stop.lines.iter().for_each(complain),
    }
}

/// Says what is wrong, on the standard error.
pub(crate) fn complain(text: &Bilingual) {
    let text = format!("notice: {}", text.get(language()));
    let _ = writeln!(io::stderr().lock(), "{}", fitted(&text, columns()));
}

/// Wraps a sentence at the width of the terminal; an excerpt below it stays as it is.
pub(crate) fn fitted(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else {
        return text.to_owned();
    };
    let (sentence, excerpt) = match text.split_once('\n') {
        Some((sentence, excerpt)) => (sentence, format!("\n{excerpt}")),
        None => (text, String::new()),
    };
    let options = textwrap::Options::new(width.max(20)).subsequent_indent("  ");
    textwrap::fill(sentence, options) + &excerpt
}
