//! Figures about a board.

use serde_json::{Value, json};

/// Figures about a board, all from one revision.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Stats {
    /// The board's revision.
    pub revision: i64,
    /// Which board it is.
    pub epoch: u128,
    /// When the board was made, in Unix milliseconds, if that is known.
    pub created_at: Option<i64>,
    /// All announcements, retracted ones too.
    pub announcements: u64,
    /// Those that are visible now to whoever is in their audience.
    pub active: u64,
    /// Those whose start is still to come.
    pub scheduled: u64,
    /// Those whose end is over.
    pub expired: u64,
    /// Those that are retracted.
    pub retracted: u64,
    /// Distinct audiences.
    pub audiences: u64,
    /// Conditions with an operator that this build does not know, which are never met.
    pub unknown_conditions: u64,
    /// Users of whom something is kept.
    pub users: u64,
    /// What is kept of users and announcements, one for each pair.
    pub receipts: u64,
    /// Idempotency keys that are remembered.
    pub idempotency_keys: u64,
    /// Changes that the feed keeps.
    pub changes: u64,
    /// The earliest revision that can be followed from.
    pub oldest_revision: i64,
    /// Bytes of all the announcements' own texts that are in memory.
    pub text_bytes: u64,
    /// Bytes that announcements take in memory, estimated: texts, fields and indexes.
    pub memory_bytes: u64,
    /// The part of `memory_bytes` that the search index takes.
    pub search_bytes: u64,
    /// Announcements that the search index does not know yet; a search looks at their texts.
    pub unsearched: u64,
    /// Announcements that are over and whose texts are in the file only, because memory is short.
    pub shelved: u64,
    /// Bytes of the board's file; none for a board in memory.
    pub file_bytes: Option<u64>,
}

impl Stats {
    /// The figures as a JSON object.
    pub fn to_json(&self) -> Value {
        json!({
            "revision": self.revision,
            "epoch": format!("{:032x}", self.epoch),
            "created_at": self.created_at.unwrap_or(0),
            "announcements": self.announcements,
            "active": self.active,
            "scheduled": self.scheduled,
            "expired": self.expired,
            "retracted": self.retracted,
            "audiences": self.audiences,
            "unknown_conditions": self.unknown_conditions,
            "users": self.users,
            "receipts": self.receipts,
            "idempotency_keys": self.idempotency_keys,
            "changes": self.changes,
            "oldest_revision": self.oldest_revision,
            "text_bytes": self.text_bytes,
            "memory_bytes": self.memory_bytes,
            "search_bytes": self.search_bytes,
            "unsearched": self.unsearched,
            "shelved": self.shelved,
            "file_bytes": self.file_bytes.unwrap_or(0),
        })
    }
}

/// What maintenance did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Maintenance {
    /// Announcements that were purged because their retention was over.
    pub purged: u64,
    /// Changes that the feed no longer keeps.
    pub changes_dropped: u64,
    /// Idempotency keys that were forgotten.
    pub idempotency_keys_dropped: u64,
}

/// What compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Compaction {
    /// The length of the file before, in bytes.
    pub before: u64,
    /// Its length now.
    pub after: u64,
}
