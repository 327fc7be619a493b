//! Choosing a text for a reader.

use super::Locale;
use super::meaning::stands_in;

/// Result of [`choose`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LocaleChoice {
    /// Index of the chosen locale; 0 also when there was none to choose from.
    pub index: usize,
    /// Whether the reader asked for locales and none of them exists: the text is in another language,
    /// in another script of a wanted one, or in the default locale.
    pub is_fallback: bool,
}

/// Locale that texts are compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought<'a> {
    pub(super) meaning: &'a str,
    pub(super) language: &'a str,
    pub(super) script: [u8; 4],
    pub(super) region: [u8; 3],
}

/// Chooses the text for a reader who wants the locales of `wanted`, best first.
///
/// Each wanted locale in turn is looked up by the same tag; by the same meaning, preferring the
/// same region; by truncations of the meaning (RFC 4647, section 3.4, so the script is kept
/// longest); by the bare language; and by any text of the same language and script, preferring the
/// same region. A reader of Cantonese then gets a text in Chinese. After all of them, each in turn is
/// looked up by its language in any script. The last resort is `default_index`, or 0 if it is out of
/// range. Allocates nothing.
pub(crate) fn choose(
    wanted: &[Locale],
    available: &[Locale],
    default_index: usize,
) -> LocaleChoice {
    let found = wanted.iter().find_map(|locale| locale.find_in(available));
    found.unwrap_or_else(|| {
        let in_other_script = wanted.iter().find_map(|locale| {
            let languages = [Some(locale.language()), stands_in(locale.language())];
            let mut languages = languages.into_iter().flatten();
            languages.find_map(|language| position(available, |one| one.language() == language))
        });
        let default = Some(default_index).filter(|index| *index < available.len());
        LocaleChoice {
            index: in_other_script.or(default).unwrap_or(0),
            is_fallback: !wanted.is_empty(),
        }
    })
}

impl Locale {
    /// Returns the locale that readers of this one also understand.
    pub(super) fn stand_in(&self) -> Option<Sought<'static>> {
        let language = stands_in(self.language())?;
        Some(Sought {
            meaning: match &self.script {
                b"Hant" => "zh-Hant",
                b"Hans" => "zh-Hans",
                _ => language,
            },
            language,
            script: self.script,
            region: self.region,
        })
    }

    /// Looks this locale up in `available`.
    fn find_in(&self, available: &[Self]) -> Option<LocaleChoice> {
        let own = Sought {
            meaning: &self.meaning,
            language: self.language(),
            script: self.script,
            region: self.region,
        };
        let same_tag = position(available, |one| one.tag == self.tag);
        if let Some(index) = same_tag.or_else(|| own.find_in(available)) {
            return Some(LocaleChoice {
                index,
                is_fallback: false,
            });
        }
        let index = self.stand_in()?.find_in(available)?;
        Some(LocaleChoice {
            index,
            is_fallback: true,
        })
    }
}

impl Sought<'_> {
    fn find_in(&self, available: &[Locale]) -> Option<usize> {
        let find = |wanted: &str| position(available, |one| *one.meaning == *wanted);
        let is_near = |one: &Locale| one.region == self.region;
        let is_alike = |one: &Locale| one.language() == self.language && one.script == self.script;
        position(available, |one| {
            *one.meaning == *self.meaning && is_near(one)
        })
        .or_else(|| find(self.meaning))
        .or_else(|| self.truncations().find_map(find))
        .or_else(|| find(self.language))
        .or_else(|| position(available, |one| is_alike(one) && is_near(one)))
        .or_else(|| position(available, is_alike))
    }

    /// Returns the meaning without its last subtag, without the last two, and so on. A single
    /// letter never remains last (RFC 4647, section 3.4).
    fn truncations(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(truncate(self.meaning), |shorter| truncate(shorter))
            .filter(|shorter| shorter.len() > self.language.len())
    }
}

fn position(available: &[Locale], is_it: impl Fn(&Locale) -> bool) -> Option<usize> {
    available.iter().position(is_it)
}

/// Returns `tag` without its last subtag, and without a single letter before that.
fn truncate(tag: &str) -> Option<&str> {
    let (shorter, _) = tag.rsplit_once('-')?;
    match shorter.rsplit_once('-') {
        Some((shortest, single)) if single.len() == 1 => Some(shortest),
        None if shorter.len() == 1 => None,
        _ => Some(shorter),
    }
}
