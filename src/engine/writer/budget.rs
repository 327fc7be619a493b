//! Memory budget of a board.

use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::Severity;

/// Percentage of the budget from which memory is short. Announcements below a warning are then
/// refused, which leaves the rest for warnings.
const SHORT_FROM: u64 = 85;

/// The budget of a board, and the part in use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// Limit in bytes; None means no limit.
    limit: Option<u64>,
    used: u64,
}

impl Budget {
    pub(crate) fn new(limit: Option<u64>, used: usize) -> Self {
        let used = used as u64;
        Self { limit, used }
    }

    /// Reports whether memory is short.
    pub(crate) fn is_short(&self) -> bool {
        // Divided first, so that nothing overflows.
        self.limit
            .is_some_and(|limit| self.used >= limit / 100 * SHORT_FROM)
    }

    /// Takes the memory of an announcement.
    ///
    /// # Errors
    /// `over_budget` for an announcement below `warning` when memory is short.
    pub(crate) fn take(&mut self, severity: Severity, bytes: usize) -> Result<()> {
        self.used = self.used.saturating_add(bytes as u64);
        if severity >= Severity::Warning || !self.is_short() {
            return Ok(());
        }
        let (used, limit) = (self.used, self.limit.unwrap_or(u64::MAX));
        let reason = Bilingual::new(
            format!(
                "announcements would take {used} of {limit} bytes of memory (budget_mb); from \
                 {SHORT_FROM} % on only warning and critical announcements are accepted: purge \
                 expired announcements or raise the budget"
            ),
            format!(
                "公告将占用 {used} 字节内存，预算 (budget_mb) 为 {limit} 字节；达到 {SHORT_FROM}% 后只接受 \
                 warning 和 critical：请清除过期公告或提高预算"
            ),
        );
        Err(Error::invalid("severity", severity.name(), reason).of_kind(ErrorKind::OverBudget))
    }
}
