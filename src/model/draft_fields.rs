//! Table of a draft's fields: name, type, default, setters and documentation.
//!
//! The struct [`Draft`](crate::Draft), its setters, its JSON, its [`Patch`](crate::Patch), its fingerprint and
//! its wire format are generated from it. CONTRIBUTING.md lists what else a new field needs.

/// Passes the table to the macro `$then`. JSON, fingerprints and the wire format use its order.
///
/// An entry is `/// documentation`, `name: type = default`, and a setter with its argument and documentation.
/// `both` adds the setter to drafts and patches. `draft` adds it to drafts only. `patch` adds it to patches only, because a draft collects the
/// values one by one. `own` names a type with setters of its own, which patches the field in part.
macro_rules! draft_fields {
    ($then:ident) => {
        $then! {
            /// The operator's own name for it, unique within its channel. Publishing under an existing key
            /// updates that announcement. At most 512 bytes of printable text, without a blank at either end.
            key: String = String::new(),
                both(impl Into<String>) "Sets the operator's own name for it.";
            /// Stream of the announcement, at most 128 bytes, as a key; empty means `default`.
            channel: String = String::new(),
                both(impl Into<String>) "Sets the stream it belongs to.";
            /// The severity.
            severity: Severity = Severity::Info,
                both(Severity) "Sets how serious it is.";
            /// Order within the severity, -1000..=1000, higher first.
            priority: i32 = 0,
                both(i32) "Sets its order inside its severity.";
            /// Whether it sorts before everything that is not pinned.
            pinned: bool = false,
                both(bool) "Sets whether it is pinned to the top.";
            /// Start of visibility, inclusive; None means the instant of publishing.
            starts_at: Option<i64> = None,
                both(impl Into<Option<i64>>) "Sets from when on it is visible.";
            /// End of visibility, exclusive; None means no end.
            ends_at: Option<i64> = None,
                both(impl Into<Option<i64>>) "Sets until when it is visible.";
            /// Start of the event itself; never hides anything.
            event_from: Option<i64> = None,
                patch(impl Into<Option<i64>>) "Sets the start of the event itself.";
            /// End of the event itself.
            event_to: Option<i64> = None,
                patch(impl Into<Option<i64>>) "Sets the end of the event itself.";
            /// The texts, 1 to 32, each in a different locale.
            texts: Vec<Text> = Vec::new(), own(TextPatches);
            /// Locale of the text to fall back to; empty means the first of `texts`.
            default_locale: String = String::new(),
                both(impl Into<String>) "Sets the locale to fall back to.";
            /// The audience.
            audience: Audience = Audience::default(), own(AudiencePatch);
            /// Where to show it.
            display: Placement = Placement::LIST,
                both(Placement) "Sets where to show it.";
            /// Whether a viewer may dismiss it.
            dismissible: bool = true,
                both(bool) "Sets whether a viewer may dismiss it.";
            /// Whether a viewer must acknowledge it.
            require_ack: bool = false,
                both(bool) "Sets whether a viewer must acknowledge it.";
            /// Maximum number of popups for each viewer; None means no limit.
            show_limit: Option<u32> = None,
                both(impl Into<Option<u32>>) "Sets how often it pops up at most.";
            /// Shortest time between two popups, in milliseconds; None means no limit.
            show_interval_ms: Option<u32> = None,
                both(impl Into<Option<u32>>) "Sets the milliseconds between two popups.";
            /// The buttons, at most 4.
            actions: Vec<Action> = Vec::new(),
                patch(impl Into<Vec<Action>>) "Sets all of the buttons.";
            /// The category, at most 64 characters.
            category: String = String::new(),
                both(impl Into<String>) "Sets its category.";
            /// The tags, at most 16 of at most 64 characters each.
            tags: Vec<String> = Vec::new(),
                patch(impl Into<Vec<String>>) "Sets all of the tags.";
            /// Announcements that are hidden while this one is visible; at most 16.
            replaces: Vec<Reference> = Vec::new(),
                patch(impl Into<Vec<Reference>>) "Sets all announcements that this one supersedes.";
            /// Author of the announcement, at most 128 bytes.
            author: String = String::new(),
                both(impl Into<String>) "Sets who wrote it.";
            /// System that it comes from, at most 128 bytes.
            source: String = String::new(),
                both(impl Into<String>) "Sets where it comes from.";
            /// Identity in that system, at most 512 bytes.
            external_id: String = String::new(),
                both(impl Into<String>) "Sets its identity where it comes from.";
            /// The application's own data, returned unchanged; at most 8 KiB as JSON, depth 8.
            extras: Map<String, Value> = Map::new(), own(ExtrasPatch);
            /// When it was created, for what comes from elsewhere; None means the instant of publishing.
            created_at: Option<i64> = None,
                draft(impl Into<Option<i64>>) "Sets when it was created, if that was elsewhere.";
            /// When it was published, for what comes from elsewhere; None means the instant of publishing.
            published_at: Option<i64> = None,
                draft(impl Into<Option<i64>>) "Sets when it was published, if that was elsewhere.";
            /// Whether it is published without being news: it counts as read, and never pops up. An update that
            /// is news ends it.
            quiet: bool = false,
                both(bool) "Sets whether it is published without being news.";
            /// Whether an upsert is news. None makes it news if a title or a body changes in a locale that was
            /// there, the severity rises, or the start or the event moves.
            change: Option<Importance> = None,
                both(Importance) "Says whether an upsert is news.";
            /// Key that makes the request safe to repeat: the same draft under the same key returns the first
            /// result. At most 128 bytes. The board keeps at most 10 000 keys for 24 hours, outside the
            /// announcements.
            idempotency_key: String = String::new(),
                draft(impl Into<String>) "Names the request, so that it can be repeated safely.";
            /// `Draft` keeps it from all viewers until it is released. None publishes it, or leaves the state
            /// of the announcement that it changes as it is; another state must be the present one.
            state: Option<Lifecycle> = None,
                draft(impl Into<Option<Lifecycle>>) "Sets whether it is a draft, which no viewer sees.";
        }
    };
}
pub(crate) use draft_fields;
