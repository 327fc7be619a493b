//! Comparison of a draft with an announcement, field by field. It avoids a conversion of the announcement to a
//! draft.

use super::announcement::Announcement;
use super::draft::{Draft, Text};
use super::locale::Locale;
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
            default_locale: _,
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
            idempotency_key: _,
        } = draft;
        let same_texts = self.locales() == checked.locales.as_slice()
            && self.texts().zip(texts).all(|(former, text)| {
                let Text {
                    locale: _,
                    title,
                    summary,
                    body,
                    format,
                } = text;
                former.title == title
                    && former.summary == summary
                    && former.body == body
                    && former.format == *format
            });
        same_texts
            && self.default_index() == checked.default_index
            && self.key() == key
            && self.channel() == channel_or_default(channel)
            && self.severity() == *severity
            && self.priority() == *priority
            && self.pinned() == *pinned
            && self.starts_at() == starts_at
            && self.ends_at() == *ends_at
            && self.event_from() == *event_from
            && self.event_to() == *event_to
            && self.audience() == audience
            && self.display() == *display
            && self.dismissible() == *dismissible
            && self.require_ack() == *require_ack
            && self.show_limit() == *show_limit
            && self.show_interval_ms() == *show_interval_ms
            && self.actions() == actions.as_slice()
            && self.category() == category
            && self.tags().eq(tags)
            && self.replaces() == replaces.as_slice()
            && self.author() == author
            && self.source() == source
            && self.external_id() == external_id
            // The order of members does not matter.
            && (self.extras_json() == checked.extras || self.extras() == *extras)
    }

    /// Returns whether `draft` is news by default: a title, a body, the severity, a time or the audience changes.
    pub(crate) fn is_news_as(&self, draft: &Draft, checked: &Checked, starts_at: i64) -> bool {
        let has = |locale: &Locale, text: &Text| {
            let former = self.locales().iter().position(|other| other == locale);
            former.is_some_and(|index| {
                let former = self.text(index);
                former.title == text.title && former.body == text.body
            })
        };
        let texts = checked.locales.iter().zip(&draft.texts);
        let same_words = self.locales().len() == draft.texts.len()
            && texts.into_iter().all(|(locale, text)| has(locale, text));
        let same = same_words
            && self.severity() == draft.severity
            && self.starts_at() == starts_at
            && self.ends_at() == draft.ends_at
            && self.event_from() == draft.event_from
            && self.event_to() == draft.event_to
            && *self.audience() == draft.audience;
        !same
    }
}
