//! Statistics of a board.

use std::time::Duration;

use serde_json::{Value, json};

/// Statistics of a board as of one revision.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Stats {
    /// The board's revision.
    pub revision: i64,
    /// Identity of the board.
    pub epoch: u128,
    /// Time at which the board was created, in Unix milliseconds; 0 if unknown.
    pub created_at: i64,
    /// All announcements, retracted ones and drafts too.
    pub announcements: u64,
    /// Announcements that are visible now to their audience.
    pub active: u64,
    /// Announcements that start in the future.
    pub scheduled: u64,
    /// Announcements that have ended.
    pub expired: u64,
    /// Announcements that are retracted.
    pub retracted: u64,
    /// Drafts, which are not released yet.
    pub drafts: u64,
    /// Distinct audiences.
    pub audiences: u64,
    /// Conditions with an operator unknown to this build, which are never met.
    pub unknown_conditions: u64,
    /// Values of viewers that a condition `version` could not read, since the board was opened. Each query
    /// counts them.
    pub unreadable_versions: u64,
    /// Values of viewers that `gt`, `ge`, `lt` or `le` could not read, likewise.
    pub unreadable_numbers: u64,
    /// Locales of viewers that could not be read since the board was opened. Each query that passes one
    /// over counts it.
    pub unreadable_locales: u64,
    /// Users with any state.
    pub users: u64,
    /// Pairs of a user and an announcement with any state.
    pub receipts: u64,
    /// Idempotency keys kept.
    pub idempotency_keys: u64,
    /// Changes kept in the feed.
    pub changes: u64,
    /// Oldest revision that can be followed from.
    pub oldest_revision: i64,
    /// Bytes of the announcements' texts in memory.
    pub text_bytes: u64,
    /// Estimated bytes of memory: announcements with their indexes, users with their receipts, and the
    /// change feed.
    pub memory_bytes: u64,
    /// Bytes of the search index, a part of `memory_bytes`.
    pub search_bytes: u64,
    /// Announcements that the search index does not contain yet; a search scans their texts.
    pub unsearched: u64,
    /// Expired announcements whose texts were evicted to the file.
    pub shelved: u64,
    /// Size of the board's file in bytes; 0 for a board in memory.
    pub file_bytes: u64,
    /// For a replica that follows a daemon (`follow=1`): milliseconds since the daemon last confirmed that nothing is
    /// missing, which is how old an answer may be. 0 for every other board.
    pub staleness_ms: u64,
    /// For a copy that follows through shared memory (`shm:`, `follow=shm`): entries that were overwritten before it read them. It began again
    /// with a snapshot then, and lacks nothing. 0 for every other board.
    pub lost_entries: u64,
    /// For such a copy, and for any replica: how often it began again with a snapshot, because it had lost entries or the
    /// board was replaced.
    pub reloads: u64,
}

impl Stats {
    /// Returns the statistics as a JSON object.
    pub fn to_json(&self) -> Value {
        json!({
            "revision": self.revision,
            "epoch": format!("{:032x}", self.epoch),
            "created_at": self.created_at,
            "announcements": self.announcements,
            "active": self.active,
            "scheduled": self.scheduled,
            "expired": self.expired,
            "retracted": self.retracted,
            "drafts": self.drafts,
            "audiences": self.audiences,
            "unknown_conditions": self.unknown_conditions,
            "unreadable_versions": self.unreadable_versions,
            "unreadable_numbers": self.unreadable_numbers,
            "unreadable_locales": self.unreadable_locales,
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
            "file_bytes": self.file_bytes,
            "staleness_ms": self.staleness_ms,
            "lost_entries": self.lost_entries,
            "reloads": self.reloads,
        })
    }
}

/// Figures of a board in this process about what it takes of the machine, since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Resources {
    /// Most bytes of memory that the board may take; None without a limit.
    pub budget_bytes: Option<u64>,
    /// Bytes of the journal file. They are part of [`Stats::file_bytes`].
    pub journal_bytes: u64,
    /// Appends to the journal, each with one sync.
    pub journal_appends: u64,
    /// Time that writing and syncing them took.
    pub journal_time: Duration,
}

/// Result of maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Maintenance {
    /// Announcements purged by retention.
    pub purged: u64,
    /// Changes dropped from the feed.
    pub changes_dropped: u64,
    /// Idempotency keys dropped.
    pub idempotency_keys_dropped: u64,
}

/// Result of a compaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Compaction {
    /// Length of the file before, in bytes.
    pub before: u64,
    /// Length of the file after, in bytes.
    pub after: u64,
}
