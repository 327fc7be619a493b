//! What a person sees.

use std::env;
use std::io::{self, Write as _};

use notice::{Bilingual, Language};

/// Returns the language of messages: Chinese where the environment asks for it.
pub(crate) fn language() -> Language {
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

/// Says what is wrong, on the standard error.
pub(crate) fn complain(text: &Bilingual) {
    let _ = writeln!(io::stderr().lock(), "notice: {}", text.get(language()));
}
