//! Comparison of a draft with an announcement, field by field. It avoids a conversion of the announcement to a
//! draft.

use super::announcement::{Announcement, TextView};
use super::draft::{Draft, Text};
use super::locale::Locale;
use super::sets::{same_actions, same_references, same_set};
use super::validate::{Checked, channel_or_default};

impl Announcement {
    /// Returns whether `draft`, which passed the checks and starts at `starts_at`, has the same content as this
    /// announcement.
    pub(crate) fn is_made_by(&self, draft: &Draft, checked: &Checked, starts_at: i64) -> bool {
        // The pattern names every field, so that the compiler reports a new one.
        let Draft {
            key,
            channel,
            severity,
            priority,
            pinned,
            starts_at: _,
            ends_at,
            event_from,
            event_to,
            texts,
            default_locale,
            audience,
            display,
            dismissible,
            require_ack,
            show_limit,
            show_interval_ms,
            actions,
            category,
            tags,
            replaces,
            author,
            source,
            external_id,
            extras,
            change: _,
            created_at: _,
            published_at: _,
            quiet,
            idempotency_key: _,
            state: _,
            stated: _,
            extras_text: _,
        } = draft;
        let is_default = |locale: &Locale| match default_locale.as_str() {
            // Only a first text would be the default, and a set has none.
            "" => true,
            _ => checked.locales.get(checked.default_index) == Some(locale),
        };
        let same_texts = self.locales().len() == texts.len()
            && checked.locales.iter().zip(texts).all(|(locale, text)| {
                let Text {
                    locale: _,
                    title,
                    summary,
                    body,
                    format,
                } = text;
                self.text_in(locale).is_some_and(|former| {
                    former.title == title
                        && former.summary == summary
                        && former.body == body
                        && former.format == *format
                })
            });
        same_texts
            && self.locales().get(self.default_index()).is_some_and(is_default)
            && self.key() == key
            && self.channel() == channel_or_default(channel)
            && self.severity() == *severity
            && self.priority() == *priority
            && self.pinned() == *pinned
            && self.starts_at() == starts_at
            && self.ends_at() == *ends_at
            && self.event_from() == *event_from
            && self.event_to() == *event_to
            && self.audience().means(audience)
            && self.display() == *display
            && self.dismissible() == *dismissible
            && self.require_ack() == *require_ack
            && self.quiet() == *quiet
            && self.show_limit() == *show_limit
            && self.show_interval_ms() == *show_interval_ms
            && same_actions(self.actions(), actions)
            && self.category() == category
            && same_set(self.tags(), tags.iter().map(String::as_str))
            && same_references(self.replaces(), replaces)
            && self.author() == author
            && self.source() == source
            && self.external_id() == external_id
            // The order of members does not matter.
            && (self.extras_json() == checked.extras || self.extras() == *extras)
    }

    /// Returns whether `draft` is news by default: a title or a body in a locale that was there changes in
    /// more than white space, the severity rises, or the start or the event moves.
    pub(crate) fn is_news_as(&self, draft: &Draft, checked: &Checked, starts_at: i64) -> bool {
        let has_new_words = |(locale, text): (&Locale, &Text)| {
            self.text_in(locale).is_some_and(|former| {
                !same_words(former.title, &text.title) || !same_words(former.body, &text.body)
            })
        };
        checked.locales.iter().zip(&draft.texts).any(has_new_words)
            || self.severity() < draft.severity
            || self.starts_at() != starts_at
            || self.event_from() != draft.event_from
            || self.event_to() != draft.event_to
    }

    /// Returns the text in exactly this locale.
    fn text_in(&self, locale: &Locale) -> Option<TextView<'_>> {
        let index = self.locales().iter().position(|other| other == locale)?;
        Some(self.text(index))
    }
}

impl Checked {
    /// Keeps the default text of an announcement to be changed, when the draft names none: texts are a set,
    /// of which none is the first.
    pub(crate) fn keep_default(&mut self, draft: &Draft, former: &Announcement) {
        let default = former.locales().get(former.default_index());
        let place = |default| self.locales.iter().position(|locale| locale == default);
        if let Some(index) = default
            .and_then(place)
            .filter(|_| draft.default_locale.is_empty())
        {
            self.default_index = index;
        }
    }
}

/// Reports whether two texts differ in nothing but white space.
fn same_words(one: &str, other: &str) -> bool {
    let words = |c: &char| !c.is_whitespace();
    one == other || one.chars().filter(words).eq(other.chars().filter(words))
}
