//! Why a viewer sees an announcement, or does not.

use crate::error::Bilingual;
use crate::named::named;

named! {
    /// A rule that can hide an announcement.
    Rule, "rule" {
        /// None does: it is on the viewer's board.
        Visible = 0 "visible",
        /// It is retracted.
        Retracted = 1 "retracted",
        /// Its start is still to come.
        Scheduled = 2 "scheduled",
        /// Its end is over.
        Expired = 3 "expired",
        /// The viewer is not in its audience.
        Audience = 4 "audience",
        /// Another one that the viewer sees replaces it.
        Superseded = 5 "superseded",
        /// It is on the board, but dismissed: not pending.
        Dismissed = 6 "dismissed",
        /// It is on the board, but was shown as often as it may be: not pending.
        ShowLimit = 7 "show_limit",
        /// It is on the board, but was shown too short a while ago: not pending.
        ShowInterval = 8 "show_interval",
    }
}

/// One rule that has something to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// What it says, in both languages.
    pub words: Bilingual,
}

/// Everything that keeps an announcement from a viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The announcement.
    pub id: i64,
    /// Whether it is on the viewer's board.
    pub visible: bool,
    /// Whether it is pending as well: to be shown in a popup.
    pub pending: bool,
    /// Every rule that hides it, the first of which decides; a single `visible` when none does. Those
    /// that only keep it from being pending come after.
    pub findings: Vec<Finding>,
}
