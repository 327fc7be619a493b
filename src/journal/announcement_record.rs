//! Encoding of announcements, the same in a record of a file, in an entry and in a checkpoint.
//!
//! Fields are encoded in the order of declaration. To change a record, bump its kind's format, and
//! keep the code that reads the former ones.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::audience_record::{read_audience, stored_audience};
use super::codec::{Damage, Kind};
use crate::locks::Mutex;
use crate::model::{
    Action, ActionKind, Announcement, Audience, Given, Lifecycle, Locale, Placement, Reference,
    Severity, Unpacked,
};

/// An announcement has at most 512 KiB of text and audience, and actions. Format 2 has drafts.
pub(crate) const ANNOUNCEMENT: Kind = Kind {
    name: "announcements",
    format: 2,
    limit: 1024 * 1024,
};

/// Bit of `display` of what was published without being news.
const QUIET: u32 = 1 << 31;

#[derive(Serialize, Deserialize)]
struct StoredAnnouncement<'a> {
    id: i64,
    version: u32,
    notify_version: u32,
    revision: i64,
    notify_revision: i64,
    state: i32,
    created_at: i64,
    published_at: i64,
    updated_at: i64,
    retracted_at: i64,
    starts_at: i64,
    ends_at: i64,
    event_from: i64,
    event_to: i64,
    priority: i32,
    show_limit: u32,
    show_interval_ms: u32,
    markdown: u32,
    severity: i32,
    display: u32,
    pinned: bool,
    dismissible: bool,
    require_ack: bool,
    default_index: u8,
    tag_count: u8,
    /// Separated by blanks.
    locales: &'a str,
    /// A list of conditions in bincode (`audience_record`). Kept as bytes, because many announcements have
    /// the same.
    #[serde(borrow)]
    audience: Bytes<'a>,
    actions: Vec<StoredAction>,
    replaces: Vec<StoredReference>,
    /// Text, validated by a faster UTF-8 check than the deserialiser's.
    #[serde(borrow)]
    packed: Bytes<'a>,
}

/// Bytes encoded in one run, in bincode's format of a text.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'a, 'de: 'a> Deserialize<'de> for Bytes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&[u8]>::deserialize(deserializer).map(Self)
    }
}

#[derive(Serialize, Deserialize)]
struct StoredAction {
    id: String,
    kind: i32,
    label: Vec<(String, String)>,
    value: String,
}

#[derive(Serialize, Deserialize)]
enum StoredReference {
    Id(i64),
    Key(String),
}

/// Values shared in memory: each distinct audience and list of locales once, whichever thread reads it.
#[derive(Debug, Default)]
pub(crate) struct Sharing {
    /// Held for a lookup, or while a new audience is decoded. Neither lock is taken under the other.
    audiences: Mutex<HashMap<Box<[u8]>, Arc<Audience>, RandomState>>,
    /// The same for lists of locales.
    locales: Mutex<HashMap<Box<str>, Arc<[Locale]>, RandomState>>,
}

impl Sharing {
    fn audience(&self, bytes: &[u8]) -> Result<Arc<Audience>, Damage> {
        let mut audiences = self.audiences.lock();
        if let Some(audience) = audiences.get(bytes) {
            return Ok(Arc::clone(audience));
        }
        let audience = Arc::new(read_audience(ANNOUNCEMENT.body(bytes)?));
        audiences.insert(bytes.into(), Arc::clone(&audience));
        Ok(audience)
    }

    fn locales(&self, tags: &str) -> Result<Arc<[Locale]>, Damage> {
        let mut known = self.locales.lock();
        if let Some(locales) = known.get(tags) {
            return Ok(Arc::clone(locales));
        }
        let read = tags.split(' ').map(Locale::parse_stored);
        let locales: Arc<[Locale]> = read.collect::<Result<_, _>>().map_err(nonsense)?;
        known.insert(tags.into(), Arc::clone(&locales));
        Ok(locales)
    }
}

/// Returns the body of an announcement's record.
pub(super) fn announcement_body(announcement: &Announcement) -> Result<Vec<u8>, Damage> {
    with_stored(announcement, |stored| ANNOUNCEMENT.bare(stored))
}

fn with_stored<R>(
    announcement: &Announcement,
    take: impl FnOnce(&StoredAnnouncement<'_>) -> Result<R, Damage>,
) -> Result<R, Damage> {
    let parts = announcement.parts();
    let audience = ANNOUNCEMENT.bare(&stored_audience(&parts.audience))?;
    let tags: Vec<&str> = parts.locales.iter().map(Locale::as_str).collect();
    let locales = tags.join(" ");
    let Given {
        id,
        version,
        notify_version,
        revision,
        notify_revision,
        state,
        created_at,
        published_at,
        updated_at,
        retracted_at,
    } = parts.given;
    let action = |action: Action| StoredAction {
        id: action.id,
        kind: action.kind.code(),
        label: action.label,
        value: action.value,
    };
    let reference = |reference| match reference {
        Reference::Id(id) => StoredReference::Id(id),
        Reference::Key(key) => StoredReference::Key(key),
    };
    take(&StoredAnnouncement {
        id,
        version,
        notify_version,
        revision,
        notify_revision,
        state: state.code(),
        created_at,
        published_at,
        updated_at,
        retracted_at,
        starts_at: parts.starts_at,
        ends_at: parts.ends_at,
        event_from: parts.event_from,
        event_to: parts.event_to,
        priority: parts.priority,
        show_limit: parts.show_limit,
        show_interval_ms: parts.show_interval_ms,
        markdown: parts.markdown,
        severity: parts.severity.code(),
        display: parts.display.bits() | if parts.quiet { QUIET } else { 0 },
        pinned: parts.pinned,
        dismissible: parts.dismissible,
        require_ack: parts.require_ack,
        default_index: parts.default_index,
        tag_count: parts.tag_count,
        locales: &locales,
        audience: Bytes(&audience),
        actions: parts.actions.into_iter().map(action).collect(),
        replaces: parts.replaces.into_iter().map(reference).collect(),
        packed: Bytes(parts.packed.as_bytes()),
    })
}

/// Decodes the body of an announcement's record, which may have no texts.
pub(crate) fn read_announcement(body: &[u8], sharing: &Sharing) -> Result<Announcement, Damage> {
    let stored: StoredAnnouncement<'_> = ANNOUNCEMENT.body(body)?;
    let given = Given {
        id: stored.id,
        version: stored.version,
        notify_version: stored.notify_version,
        revision: stored.revision,
        notify_revision: stored.notify_revision,
        state: Lifecycle::from_code(stored.state).map_err(nonsense)?,
        created_at: stored.created_at,
        published_at: stored.published_at,
        updated_at: stored.updated_at,
        retracted_at: stored.retracted_at,
    };
    let action = |action: StoredAction| -> Result<Action, Damage> {
        Ok(Action {
            id: action.id,
            kind: ActionKind::from_code(action.kind).map_err(nonsense)?,
            label: action.label,
            value: action.value,
        })
    };
    let reference = |reference| match reference {
        StoredReference::Id(id) => Reference::Id(id),
        StoredReference::Key(key) => Reference::Key(key),
    };
    let parts = Unpacked {
        given,
        starts_at: stored.starts_at,
        ends_at: stored.ends_at,
        event_from: stored.event_from,
        event_to: stored.event_to,
        priority: stored.priority,
        show_limit: stored.show_limit,
        show_interval_ms: stored.show_interval_ms,
        markdown: stored.markdown,
        severity: Severity::from_code(stored.severity).map_err(nonsense)?,
        display: Placement::from_bits(stored.display & !QUIET).map_err(nonsense)?,
        quiet: stored.display & QUIET != 0,
        pinned: stored.pinned,
        dismissible: stored.dismissible,
        require_ack: stored.require_ack,
        default_index: stored.default_index,
        tag_count: stored.tag_count,
        packed: simdutf8::basic::from_utf8(stored.packed.0)
            .map_err(|error| Damage::Body(error.to_string()))?
            .into(),
        locales: sharing.locales(stored.locales)?,
        audience: sharing.audience(stored.audience.0)?,
        actions: stored
            .actions
            .into_iter()
            .map(action)
            .collect::<Result<_, _>>()?,
        replaces: stored.replaces.into_iter().map(reference).collect(),
    };
    Announcement::from_parts(parts)
        .ok_or_else(|| Damage::Body("its texts do not fit its locales and tags".to_owned()))
}

/// Encodes an announcement.
pub(crate) fn encode_announcement(
    key: &[u8],
    announcement: &Announcement,
) -> Result<Vec<u8>, Damage> {
    encode_as(&ANNOUNCEMENT, key, announcement)
}

/// Encodes an announcement in a record of another kind.
pub(super) fn encode_as(
    kind: &Kind,
    key: &[u8],
    announcement: &Announcement,
) -> Result<Vec<u8>, Damage> {
    with_stored(announcement, |stored| kind.encode(key, stored))
}

/// Converts an invalid value in a record to damage.
pub(super) fn nonsense(error: crate::error::Error) -> Damage {
    Damage::Body(error.to_string())
}
