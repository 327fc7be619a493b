//! What becomes of the faults of a draft: publishing stops at the first one, a check collects all of them.
//!
//! Each rule is written once and hands what it finds to [`Faults`]. A value is told with its first fault.

use std::fmt::Display;

use crate::error::{Error, Result};

/// Takes the faults that rules find.
#[derive(Debug, Default)]
pub(crate) enum Faults {
    /// The first fault ends the work, as its error.
    #[default]
    First,
    /// Faults are collected until there is no room for more.
    All {
        /// The faults so far.
        found: Vec<Error>,
        /// How many there may be.
        most: usize,
    },
}

impl Faults {
    /// Collects at most this many faults.
    pub(crate) fn all(most: usize) -> Self {
        Self::All {
            found: Vec::new(),
            most,
        }
    }

    /// Takes a fault.
    ///
    /// # Errors
    /// The fault, when it ends the work.
    pub(crate) fn tell(&mut self, fault: Error) -> Result<()> {
        match self {
            Self::All { found, most } if found.len() < *most => {
                found.push(fault);
                Ok(())
            }
            _ => Err(fault),
        }
    }

    /// Takes the fault of a rule, if it found one.
    ///
    /// # Errors
    /// As [`tell`](Self::tell).
    pub(crate) fn of(&mut self, rule: Result<()>) -> Result<()> {
        rule.or_else(|fault| self.tell(fault))
    }

    /// Returns the value that a rule yields; None if it found a fault.
    ///
    /// # Errors
    /// As [`tell`](Self::tell).
    pub(crate) fn value<T>(&mut self, rule: Result<T>) -> Result<Option<T>> {
        match rule {
            Ok(value) => Ok(Some(value)),
            Err(fault) => self.tell(fault).map(|()| None),
        }
    }

    /// Runs rules whose paths are relative to `prefix`, which becomes a text only for a fault.
    ///
    /// # Errors
    /// That of the rules.
    pub(crate) fn within<T>(
        &mut self,
        prefix: impl Display,
        rules: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let before = self.found().len();
        let within = |fault: Error| fault.within(&prefix.to_string());
        let done = rules(self).map_err(within);
        if let Self::All { found, .. } = self {
            let inside = found.split_off(before);
            found.extend(inside.into_iter().map(within));
        }
        done
    }

    /// Ends the work if a fault was found.
    ///
    /// # Errors
    /// The first fault.
    pub(crate) fn end(&self) -> Result<()> {
        match self.found().first() {
            Some(fault) => Err(fault.clone()),
            None => Ok(()),
        }
    }

    /// Returns the faults that were collected.
    pub(crate) fn found(&self) -> &[Error] {
        match self {
            Self::First => &[],
            Self::All { found, .. } => found,
        }
    }
}
