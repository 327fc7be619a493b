//! What a person sees.

use std::env;
use std::io::{self, Write as _};

use notice::{Bilingual, Language};
use once_cell::sync::OnceCell;

/// The language that was asked for.
static CHOSEN: OnceCell<Language> = OnceCell::new();

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
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    // In the order in which POSIX has them override each other.
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    match locale {
        Some(locale) if locale.starts_with("zh") => Language::Zh,
        _ => Language::En,
    }
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

/// Says what is wrong, on the standard error.
pub(crate) fn complain(text: &Bilingual) {
    let _ = writeln!(io::stderr().lock(), "notice: {}", text.get(language()));
}
