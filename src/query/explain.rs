//! Explanations: why a viewer sees an announcement or does not.

use crate::error::Bilingual;
use crate::named::named;

named! {
    /// A rule that can hide an announcement.
    Rule, "rule" {
        /// No rule hides it: it is on the viewer's board.
        Visible = 0 "visible",
        /// Retracted.
        Retracted = 1 "retracted",
        /// Starts in the future.
        Scheduled = 2 "scheduled",
        /// Has ended.
        Expired = 3 "expired",
        /// The viewer is not in the audience.
        Audience = 4 "audience",
        /// Superseded by another announcement that the viewer sees.
        Superseded = 5 "superseded",
        /// On the board but dismissed, so not pending.
        Dismissed = 6 "dismissed",
        /// On the board but at its show limit, so not pending.
        ShowLimit = 7 "show_limit",
        /// On the board but shown too recently, so not pending.
        ShowInterval = 8 "show_interval",
        /// Something that the viewer says could not be read and was passed over. Hides nothing.
        Unreadable = 9 "unreadable",
        /// Not released yet.
        Draft = 10 "draft",
        /// On the board but snoozed, so not pending.
        Snoozed = 11 "snoozed",
    }
}

/// A rule that applies to an announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// Description of the rule, in both languages.
    pub words: Bilingual,
}

/// The rules that hide an announcement from a viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// Id of the announcement.
    pub id: i64,
    /// Whether it is on the viewer's board.
    pub visible: bool,
    /// Whether it is also pending: to be shown in a popup.
    pub pending: bool,
    /// The rules that hide it, the deciding one first, or a single `visible`. Rules that only keep
    /// it from being pending follow, and then what could not be read of the viewer.
    pub findings: Vec<Finding>,
    /// Earliest instant at which this answer may change through time alone; None if it cannot.
    pub next_change_at: Option<i64>,
}
