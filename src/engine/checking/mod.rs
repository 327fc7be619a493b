//! Checks of drafts: the faults that publishing would find, and what an operator would regret.

mod alone;
mod together;
mod words;

use std::sync::Arc;

use self::together::Company;
use crate::engine::Store;
use crate::engine::writer::budget::Budget;
use crate::engine::writer::commit::{Ahead, Staging};
use crate::error::{Bilingual, Result};
use crate::model::{Announcement, Draft, limits};
use crate::query::{Checkup, Fault, Lint, LintRule};

impl Store {
    /// Checks drafts as if they were published one after the other.
    ///
    /// # Errors
    /// Those of the file for evicted texts.
    pub(crate) fn check_drafts(&self, drafts: &[Draft]) -> Result<Checkup> {
        let now = self.present()?;
        self.memory.ask(now, self.storage(), |state, fetched| {
            // Memory is no matter of the drafts: it may be there when they are published.
            let ahead = Ahead::new(&state.index, fetched, Budget::new(None, 0));
            let mut staging = Staging::new(&ahead, now);
            let mut checkup = Checkup::default();
            let mut lints = Lints::default();
            let mut staged: Vec<Option<Arc<Announcement>>> = Vec::with_capacity(drafts.len());
            for (n, draft) in drafts.iter().enumerate() {
                let room = limits::FINDINGS - checkup.faults.len();
                if room == 0 {
                    checkup.more = true;
                    break;
                }
                lints.draft = n;
                let draft = &*draft.meant();
                let former = staging.changed_by(draft);
                alone::look_at(draft, former.as_deref(), now, &mut lints);
                let (published, mut faults) = staging.check(draft, room);
                if faults.len() > room {
                    checkup.more = true;
                    faults.truncate(room);
                }
                let new = published.filter(|published| !published.duplicate);
                staged.push(new.and_then(|published| staging.staged(published.id)));
                let faults = faults.into_iter();
                checkup
                    .faults
                    .extend(faults.map(|fault| Fault::new(n, fault)));
            }
            Company::new(&state.index, &staging, drafts, &staged, now).look_at_all(&mut lints);
            checkup.more |= lints.more;
            checkup.lints = lints.found;
            checkup.lints.sort_by_key(|lint| (lint.draft, lint.rule));
            Ok(checkup)
        })
    }
}

/// What an operator would regret, as far as it was found.
#[derive(Debug, Default)]
struct Lints {
    /// The draft that is looked at.
    draft: usize,
    found: Vec<Lint>,
    /// Whether there was no room for one.
    more: bool,
}

impl Lints {
    fn tell(
        &mut self,
        rule: LintRule,
        path: impl Into<String>,
        (words, remedy): (Bilingual, Bilingual),
    ) {
        if self.is_full() {
            self.more = true;
            return;
        }
        self.found
            .push(Lint::new(self.draft, rule, path, words, remedy));
    }

    fn is_full(&self) -> bool {
        self.found.len() >= limits::FINDINGS
    }
}
