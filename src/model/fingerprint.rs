//! Fingerprint of a draft: tells whether two requests under one idempotency key ask for the same.

use sha2::{Digest, Sha256};

use super::draft::Draft;
use super::field_bytes::FieldBytes;
use super::fields::Reference;

/// Layout of the fields below. A change of it makes every stored fingerprint another one.
const LAYOUT: u8 = 1;

impl Draft {
    /// Returns the SHA-256 of all fields but the idempotency key, in the order in which they stand here
    /// (docs/file-format.md). It is the same on every machine.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        // Named one by one, so that a new field does not compile before it has its place.
        let Self {
            key,
            channel,
            severity,
            priority,
            pinned,
            starts_at,
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
            change,
            idempotency_key: _,
        } = self;
        let mut hash = Sha256::new();
        let mut out = FieldBytes::new(|bytes: &[u8]| hash.update(bytes));
        out.byte(LAYOUT).text(key).text(channel);
        out.number(severity.code().into())
            .number((*priority).into());
        out.flag(*pinned).time(*starts_at).time(*ends_at);
        out.time(*event_from).time(*event_to);
        out.list(texts, |out, text| {
            out.text(&text.locale).text(&text.title);
            out.text(&text.summary).text(&text.body);
            out.number(text.format.code().into());
        });
        out.text(default_locale);
        out.list(&audience.conditions, |out, condition| {
            out.text(&condition.attribute)
                .text(condition.operator.name());
            out.texts(&condition.values);
        });
        out.number(display.bits().into());
        out.flag(*dismissible).flag(*require_ack);
        out.time(show_limit.map(i64::from));
        out.time(show_interval_ms.map(i64::from));
        out.list(actions, |out, action| {
            out.text(&action.id).number(action.kind.code().into());
            out.list(&action.label, |out, (locale, label)| {
                out.text(locale).text(label);
            });
            out.text(&action.value);
        });
        out.text(category).texts(tags);
        out.list(replaces, |out, reference| {
            match reference {
                Reference::Id(id) => out.byte(0).number(*id),
                Reference::Key(key) => out.byte(1).text(key),
            };
        });
        out.text(author).text(source).text(external_id);
        // Compact JSON, members in the order in which they were given.
        out.text(&serde_json::Value::Object(extras.clone()).to_string());
        out.option(*change, |out, change| {
            out.number(change.code().into());
        });
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Operator, Severity, Text};

    fn hex(draft: &Draft) -> String {
        let bytes = draft.fingerprint();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_fingerprint_of_a_draft_is_this_number_on_every_machine() {
        let small = Draft::from_text(Text::new("en", "Words"));
        let full = Draft::from_text(Text::new("zh-CN", "停机维护").summary("今晚").body("22:00"))
            .text(Text::new("en", "Maintenance").markdown("*tonight*"))
            .key("maintenance/june")
            .channel("ops")
            .severity(Severity::Warning)
            .priority(-7)
            .pinned(true)
            .starts_at(1_781_748_000_000)
            .audience("platform", Operator::In, ["windows", "linux"])
            .tag("停机")
            .replaces(Reference::Id(7))
            .author("zhang.wei");
        assert_eq!(hex(&small), SMALL);
        assert_eq!(hex(&full), FULL);
    }

    // Both were computed by another program from the page that describes the bytes.
    const SMALL: &str = "60b69f442cf84648bbf45df7a73db3ff1949454213b88fd8d8c6ff8cd0c66c2f";
    const FULL: &str = "d14207557b380af9a92a56df7146c8ab4f37728bf8b5795a796f328d47175ea1";

    #[test]
    fn the_key_itself_is_no_part_of_what_is_asked_for() {
        let draft = Draft::new("en", "Words");
        let keyed = draft.clone().idempotency_key("again");
        assert_eq!(draft.fingerprint(), keyed.fingerprint());
        assert_ne!(draft.fingerprint(), draft.pinned(true).fingerprint());
    }
}
