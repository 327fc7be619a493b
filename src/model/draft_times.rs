//! Times of a draft, against the board's clock and those of the announcement that it changes.

use std::borrow::Cow;

use super::announcement::Announcement;
use super::draft::Draft;
use super::faults::Faults;
use super::times::{check_unit, is_no_time};
use crate::error::Result;

impl Draft {
    /// Returns its times, each with its path.
    pub(super) fn times(&self) -> [(&'static str, Option<i64>); 6] {
        [
            ("starts_at", self.starts_at),
            ("ends_at", self.ends_at),
            ("event_from", self.event_from),
            ("event_to", self.event_to),
            ("created_at", self.created_at),
            ("published_at", self.published_at),
        ]
    }

    /// Returns the draft without the times with which other systems say "no time".
    pub(crate) fn meant(&self) -> Cow<'_, Self> {
        let is_none = |time: &Option<i64>| time.is_some_and(is_no_time);
        if !self.times().iter().any(|(_, time)| is_none(time)) {
            return Cow::Borrowed(self);
        }
        let mut draft = self.clone();
        for time in [
            &mut draft.starts_at,
            &mut draft.ends_at,
            &mut draft.event_from,
            &mut draft.event_to,
            &mut draft.created_at,
            &mut draft.published_at,
        ] {
            if is_none(time) {
                *time = None;
            }
        }
        Cow::Owned(draft)
    }

    /// Refuses times in another unit than milliseconds. A time that `former` has already is no slip.
    ///
    /// # Errors
    /// `invalid_field` with the unit that was probably meant.
    pub(crate) fn check_units(
        &self,
        former: Option<&Announcement>,
        present: i64,
        faults: &mut Faults,
    ) -> Result<()> {
        for (path, time) in self.times() {
            let Some(time) = time else { continue };
            let is_kept = former.is_some_and(|former| former.times().contains(&time));
            if !is_kept {
                faults.of(check_unit(path, time, present))?;
            }
        }
        Ok(())
    }
}

impl Announcement {
    /// Returns its times, 0 for those that are not set.
    fn times(&self) -> [i64; 6] {
        let or_0 = |time: Option<i64>| time.unwrap_or_default();
        [
            self.starts_at(),
            or_0(self.ends_at()),
            or_0(self.event_from()),
            or_0(self.event_to()),
            self.created_at(),
            self.published_at(),
        ]
    }
}
