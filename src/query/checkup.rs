//! Results of checking drafts before they are published.

use crate::error::{Bilingual, Error, Language};
use crate::model::{ReadDrafts, limits};
use crate::named::named;

named! {
    /// What an operator would probably regret. Numbers and names are stable.
    LintRule, "rule" {
        /// It has no end and cannot be dismissed.
        NoEnd = 1 "no_end",
        /// Its end is past.
        AlreadyOver = 2 "already_over",
        /// It starts in 300 days or later.
        StartsFarAhead = 3 "starts_far_ahead",
        /// It is visible for less than a minute.
        VisibleBriefly = 4 "visible_briefly",
        /// It must be acknowledged, and is visible for less than a day.
        LittleTimeToAcknowledge = 5 "little_time_to_acknowledge",
        /// It pops up again and again: it has neither a limit nor an interval.
        PopsUpForever = 6 "pops_up_forever",
        /// One viewer could see more than five popups at once.
        ManyPopups = 7 "many_popups",
        /// The same viewer could see another one with the same texts in its channel.
        SameTexts = 8 "same_texts",
        /// An earlier draft of the list has the same key.
        SameKey = 9 "same_key",
        /// It has several texts, and does not say which one is the default.
        ImplicitDefault = 10 "implicit_default",
        /// It has no text in a language that all others of its channel have.
        MissingLanguage = 11 "missing_language",
        /// A button has no label in a language of the texts.
        MissingLabel = 12 "missing_label",
        /// It replaces what is not there.
        ReplacesNothing = 13 "replaces_nothing",
        /// An attribute of its audience looks like a misspelt well-known one.
        MisspeltAttribute = 14 "misspelt_attribute",
        /// A text has HTML, which no format knows.
        Html = 15 "html",
        /// A text has a placeholder that nobody filled in.
        Placeholder = 16 "placeholder",
    }
}

/// A fault of a draft: publishing refuses it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Index of the draft in the list.
    pub draft: usize,
    /// The refusal. Its path is relative to the draft.
    pub error: Error,
}

/// Something that publishing accepts, and that an operator would probably regret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lint {
    /// Index of the draft in the list.
    pub draft: usize,
    /// The rule.
    pub rule: LintRule,
    /// Path of the field, relative to the draft.
    pub path: String,
    /// What is to be regretted.
    pub words: Bilingual,
    /// What to do about it.
    pub remedy: Bilingual,
}

/// Everything that [`Board::check`](crate::Board::check) found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Checkup {
    /// The faults, draft by draft.
    pub faults: Vec<Fault>,
    /// What an operator would regret, draft by draft.
    pub lints: Vec<Lint>,
    /// Whether there may be more than the limits allow to tell: 1000 faults and 1000 lints.
    pub more: bool,
}

impl Fault {
    /// Creates a fault of the draft with this index.
    pub fn new(draft: usize, error: Error) -> Self {
        Self { draft, error }
    }
}

impl Lint {
    /// Creates a lint of the draft with this index.
    pub(crate) fn new(
        draft: usize,
        rule: LintRule,
        path: impl Into<String>,
        words: Bilingual,
        remedy: Bilingual,
    ) -> Self {
        Self {
            draft,
            rule,
            path: path.into(),
            words,
            remedy,
        }
    }

    /// Returns the whole message: path, words and remedy.
    pub fn message(&self, language: Language) -> String {
        let (words, remedy) = (self.words.get(language), self.remedy.get(language));
        match language {
            Language::En => format!("{}: {words}; {remedy}", self.path),
            Language::Zh => format!("{}：{words}；{remedy}", self.path),
        }
    }
}

impl Checkup {
    /// Reports whether publishing the drafts would succeed, as far as they can tell.
    pub fn is_publishable(&self) -> bool {
        self.faults.is_empty()
    }

    /// Adds the faults of reading the drafts, in place of what only follows from them.
    pub(crate) fn with_reading(mut self, read: &ReadDrafts) -> Self {
        if read.faults.is_empty() {
            return self;
        }
        let path = |fault: &Fault| fault.error.path().unwrap_or_default().to_owned();
        self.faults
            .retain(|fault| !read.is_lost(fault.draft, &path(fault)));
        self.lints
            .retain(|lint| !read.is_lost(lint.draft, &lint.path));
        let of_reading = read.faults.iter();
        let mut faults: Vec<Fault> = of_reading
            .map(|(draft, error)| Fault::new(*draft, error.clone()))
            .chain(self.faults)
            .collect();
        // Stable, so that a draft's faults of reading come first, as they do when it is published.
        faults.sort_by_key(|fault| fault.draft);
        self.more |= faults.len() >= limits::FINDINGS;
        faults.truncate(limits::FINDINGS);
        self.faults = faults;
        self
    }
}
