//! Memory budget of a board.

use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::Severity;

/// Percentage of the budget from which memory is short. Announcements below a warning are then
/// refused, which leaves the rest for warnings and for readers.
const SHORT_FROM: u64 = 85;

/// The budget of a board, and the part in use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// Limit in bytes; None means no limit.
    limit: Option<u64>,
    used: u64,
    /// Bytes taken so far, a part of `used`.
    taken: usize,
    refused: Option<Refused>,
}

/// Memory that was refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refused {
    pub(crate) severity: Severity,
    /// Bytes that all of the call needs, as far as it was staged.
    pub(crate) bytes: usize,
}

impl Budget {
    pub(crate) fn new(limit: Option<u64>, used: usize) -> Self {
        Self {
            limit,
            used: used as u64,
            taken: 0,
            refused: None,
        }
    }

    /// Returns what was refused.
    pub(crate) fn refused(&self) -> Option<Refused> {
        self.refused
    }

    /// Reports whether memory is short.
    pub(crate) fn is_short(&self) -> bool {
        // Divided first, so that nothing overflows.
        self.limit
            .is_some_and(|limit| self.used >= limit / 100 * SHORT_FROM)
    }

    /// Reports whether all of it is used.
    fn is_exhausted(&self) -> bool {
        self.limit.is_some_and(|limit| self.used >= limit)
    }

    /// Takes the memory of an announcement.
    ///
    /// # Errors
    /// `over_budget` for an announcement below `warning` when memory is short, and for any when none is left.
    pub(crate) fn take(&mut self, severity: Severity, bytes: usize) -> Result<()> {
        self.used = self.used.saturating_add(bytes as u64);
        self.taken = self.taken.saturating_add(bytes);
        let is_refused = match severity >= Severity::Warning {
            true => self.is_exhausted(),
            false => self.is_short(),
        };
        if !is_refused {
            return Ok(());
        }
        self.refused = Some(Refused {
            severity,
            bytes: self.taken,
        });
        let (used, limit) = (self.used, self.limit.unwrap_or(u64::MAX));
        let reason = Bilingual::new(
            format!(
                "the board would take {used} of {limit} bytes of memory (budget_mb); from \
                 {SHORT_FROM} % on only warning and critical announcements are accepted, at 100 % none: \
                 purge expired announcements or raise the budget"
            ),
            format!(
                "公告板将占用 {used} 字节内存，预算 (budget_mb) 为 {limit} 字节；达到 {SHORT_FROM}% 后只接受 \
                 warning 和 critical，达到 100% 后一律拒绝：请清除过期公告或提高预算"
            ),
        );
        Err(Error::invalid("severity", severity.name(), reason).of_kind(ErrorKind::OverBudget))
    }

    /// Takes a place for a user who has no state yet.
    ///
    /// # Errors
    /// `over_budget` when no memory is left.
    pub(crate) fn take_user(&mut self, user: &str) -> Result<()> {
        if !self.is_exhausted() {
            return Ok(());
        }
        self.refused = Some(Refused {
            severity: Severity::Warning,
            bytes: self.taken,
        });
        let (used, limit) = (self.used, self.limit.unwrap_or(u64::MAX));
        let reason = Bilingual::new(
            format!(
                "the board takes {used} of {limit} bytes of memory (budget_mb), which leaves no room for \
                 another user: purge expired announcements, forget users or raise the budget"
            ),
            format!(
                "公告板占用 {used} 字节内存，预算 (budget_mb) 为 {limit} 字节，无法再记录新用户：\
                 请清除过期公告、遗忘部分用户或提高预算"
            ),
        );
        Err(Error::invalid("user", user, reason).of_kind(ErrorKind::OverBudget))
    }
}
