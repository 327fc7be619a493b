//! Fingerprints of drafts, which detect different requests under one idempotency key.

use sha2::{Digest, Sha256};

use serde_json::{Map, Value};

use super::audience::Audience;
use super::draft::{Draft, Text};
use super::draft_fields::draft_fields;
use super::field::Field;
use super::field_bytes::FieldBytes;
use super::fields::{Action, Importance, Placement, Reference, Severity};

/// Version of the layout. Changing it invalidates every stored fingerprint.
const LAYOUT: u8 = 1;

macro_rules! fingerprint {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr, $who:ident($by:ty) $($says:literal)?;)*) => {
        impl Draft {
            /// Returns the SHA-256 of all fields but the idempotency key, in the order of their table
            /// (docs/file-format.md). It does not depend on the machine.
            pub(crate) fn fingerprint(&self) -> [u8; 32] {
                let mut hash = Sha256::new();
                let mut out = FieldBytes::new(|bytes: &[u8]| hash.update(bytes));
                out.byte(LAYOUT);
                $(if stringify!($name) != "idempotency_key" {
                    <$type as Field>::digest(&self.$name, &mut out);
                })*
                hash.finalize().into()
            }
        }
    };
}

draft_fields!(fingerprint);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Operator;

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

    // Both were computed by an independent program from the description in docs/file-format.md.
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
