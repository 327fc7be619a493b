//! Results: pages, counts, receipts, changes and statistics.

use super::row::{Row, travels_as};
use super::table::objects;
use crate::error::{Bilingual, Error, Result};
use crate::model::{Acknowledgement, Outcome, Published, Receipt};
use crate::query::{
    ChangeEvent, ChangeKind, ChangePage, Checkup, Compaction, Count, Explanation, Fault, Finding,
    Head, Item, Lint, LintRule, Maintenance, OwnMarks, Page, Problem, ReceiptPage, Rule, Stats,
    UserReceipt, Verification,
};

objects! {
    Published as "published" {
        id: i64,
        version: u32,
        revision: i64,
        outcome: Outcome,
        duplicate: bool,
    }

    ChangeEvent as "event" {
        revision: i64,
        id: i64,
        kind: ChangeKind,
        item: Option<Item>,
        reason: String,
    }

    Acknowledgement as "acknowledgement" {
        version: u32,
        at: i64,
    }

    ReceiptPage as "receipt_page" {
        receipts: Vec<UserReceipt>,
        read: u64,
        acknowledged: u64,
        next_cursor: Option<String>,
    }

    Stats as "stats" {
        revision: i64,
        epoch: u128,
        created_at: i64,
        announcements: u64,
        active: u64,
        scheduled: u64,
        expired: u64,
        retracted: u64,
        drafts: u64,
        audiences: u64,
        unknown_conditions: u64,
        unreadable_versions: u64,
        unreadable_numbers: u64,
        unreadable_locales: u64,
        users: u64,
        receipts: u64,
        idempotency_keys: u64,
        changes: u64,
        oldest_revision: i64,
        text_bytes: u64,
        memory_bytes: u64,
        search_bytes: u64,
        unsearched: u64,
        shelved: u64,
        file_bytes: u64,
        staleness_ms: u64,
        lost_entries: u64,
        reloads: u64,
    }

    Head as "head" {
        epoch: u128,
        revision: i64,
        seq: u64,
    }

    OwnMarks as "own_marks" {
        revision: u64,
        epoch: u128,
        all: bool,
        changed: Vec<i64>,
    }

    Maintenance as "maintenance" {
        purged: u64,
        changes_dropped: u64,
        idempotency_keys_dropped: u64,
    }

    Compaction as "compaction" {
        before: u64,
        after: u64,
    }

    Verification as "verification" {
        records: u64,
        problems: Vec<Problem>,
    }

    Checkup as "checkup" {
        faults: Vec<Fault>,
        lints: Vec<Lint>,
        more: bool,
    }
}

/// The members of a count.
pub(crate) struct Counted {
    total: Option<u64>,
    unread: Option<u64>,
    revision: i64,
    epoch: u128,
    now: i64,
    next_change_at: i64,
}

/// The members of a page: its items, and those of its count.
pub(crate) struct Listed {
    items: Vec<Item>,
    total: Option<u64>,
    unread: Option<u64>,
    revision: i64,
    epoch: u128,
    now: i64,
    next_change_at: i64,
    next_cursor: Option<String>,
}

/// The members of a page of changes.
pub(crate) struct Changed {
    events: Vec<ChangeEvent>,
    to_revision: i64,
    head: i64,
    more: bool,
    epoch: u128,
    next_change_at: i64,
}

/// The members of one user's receipt.
pub(crate) struct Told {
    user: String,
    seen_count: u32,
    seen_version: u32,
    first_seen_at: i64,
    last_seen_at: i64,
    read_version: u32,
    read_at: i64,
    dismissed_version: u32,
    dismissed_at: i64,
    acknowledged_version: u32,
    acknowledged_at: i64,
    snoozed_version: u32,
    snoozed_until: i64,
    acknowledgements: Vec<Acknowledgement>,
    is_read: bool,
    by_read_all: bool,
    is_acknowledged: bool,
}

/// The members of an explanation.
pub(crate) struct Explained {
    id: i64,
    visible: bool,
    pending: bool,
    findings: Vec<Finding>,
    next_change_at: i64,
}

/// The members of a rule in an explanation.
pub(crate) struct Found {
    rule: Rule,
    en: String,
    zh: String,
}

/// The members of a fault found by verification.
pub(crate) struct Wrong {
    place: String,
    en: String,
    zh: String,
}

/// The members of a fault of a draft.
pub(crate) struct Faulty {
    draft: u64,
    error: Error,
}

/// The members of what an operator would regret.
pub(crate) struct Regretted {
    draft: u64,
    rule: LintRule,
    path: String,
    en: String,
    zh: String,
    remedy_en: String,
    remedy_zh: String,
}

objects! {
    Counted as "count" {
        total: Option<u64>,
        unread: Option<u64>,
        revision: i64,
        epoch: u128,
        now: i64,
        next_change_at: i64,
    }

    Listed as "page" {
        items: Vec<Item>,
        total: Option<u64>,
        unread: Option<u64>,
        revision: i64,
        epoch: u128,
        now: i64,
        next_change_at: i64,
        next_cursor: Option<String>,
    }

    Changed as "change_page" {
        events: Vec<ChangeEvent>,
        to_revision: i64,
        head: i64,
        more: bool,
        epoch: u128,
        next_change_at: i64,
    }

    Told as "receipt" {
        user: String,
        seen_count: u32,
        seen_version: u32,
        first_seen_at: i64,
        last_seen_at: i64,
        read_version: u32,
        read_at: i64,
        dismissed_version: u32,
        dismissed_at: i64,
        acknowledged_version: u32,
        acknowledged_at: i64,
        snoozed_version: u32,
        snoozed_until: i64,
        acknowledgements: Vec<Acknowledgement>,
        is_read: bool,
        by_read_all: bool,
        is_acknowledged: bool,
    }

    Explained as "explanation" {
        id: i64,
        visible: bool,
        pending: bool,
        findings: Vec<Finding>,
        next_change_at: i64,
    }

    Found as "finding" {
        rule: Rule,
        en: String,
        zh: String,
    }

    Wrong as "problem" {
        place: String,
        en: String,
        zh: String,
    }

    Faulty as "fault" {
        draft: u64,
        error: Error,
    }

    Regretted as "lint" {
        draft: u64,
        rule: LintRule,
        path: String,
        en: String,
        zh: String,
        remedy_en: String,
        remedy_zh: String,
    }
}

travels_as! {
    Count: Counted,
    Page: Listed,
    ChangePage: Changed,
    UserReceipt: Told,
    Explanation: Explained,
    Finding: Found,
    Problem: Wrong,
    Fault: Faulty,
    Lint: Regretted,
}

/// Returns the index of a draft.
fn index(draft: u64) -> Result<usize> {
    usize::try_from(draft).map_err(|_| {
        let reason = Bilingual::new("out of range", "超出范围");
        Error::invalid("draft", &draft.to_string(), reason)
    })
}

impl Row<Fault> for Faulty {
    fn of(fault: &Fault) -> Self {
        Self {
            draft: fault.draft as u64,
            error: fault.error.clone(),
        }
    }

    fn back(self) -> Result<Fault> {
        Ok(Fault::new(index(self.draft)?, self.error))
    }
}

impl Row<Lint> for Regretted {
    fn of(lint: &Lint) -> Self {
        Self {
            draft: lint.draft as u64,
            rule: lint.rule,
            path: lint.path.clone(),
            en: lint.words.en.clone().into_owned(),
            zh: lint.words.zh.clone().into_owned(),
            remedy_en: lint.remedy.en.clone().into_owned(),
            remedy_zh: lint.remedy.zh.clone().into_owned(),
        }
    }

    fn back(self) -> Result<Lint> {
        let words = Bilingual::new(self.en, self.zh);
        let remedy = Bilingual::new(self.remedy_en, self.remedy_zh);
        Ok(Lint::new(
            index(self.draft)?,
            self.rule,
            self.path,
            words,
            remedy,
        ))
    }
}

/// An optional time, written as 0 when it is unset.
fn set(time: i64) -> Option<i64> {
    Some(time).filter(|time| *time != 0)
}

impl Row<Count> for Counted {
    fn of(count: &Count) -> Self {
        Self {
            total: count.total,
            unread: count.unread,
            revision: count.revision,
            epoch: count.epoch,
            now: count.now,
            next_change_at: count.next_change_at.unwrap_or(0),
        }
    }

    fn back(self) -> Result<Count> {
        Ok(Count {
            total: self.total,
            unread: self.unread,
            revision: self.revision,
            epoch: self.epoch,
            now: self.now,
            next_change_at: set(self.next_change_at),
        })
    }
}

impl Row<Page> for Listed {
    fn of(page: &Page) -> Self {
        let count = Counted::of(&page.count);
        Self {
            items: page.items.clone(),
            total: count.total,
            unread: count.unread,
            revision: count.revision,
            epoch: count.epoch,
            now: count.now,
            next_change_at: count.next_change_at,
            next_cursor: page.next_cursor.clone(),
        }
    }

    fn back(self) -> Result<Page> {
        let count = Counted {
            total: self.total,
            unread: self.unread,
            revision: self.revision,
            epoch: self.epoch,
            now: self.now,
            next_change_at: self.next_change_at,
        };
        Ok(Page {
            items: self.items,
            count: count.back()?,
            next_cursor: self.next_cursor,
        })
    }
}

impl Row<ChangePage> for Changed {
    fn of(page: &ChangePage) -> Self {
        Self {
            events: page.events.clone(),
            to_revision: page.to_revision,
            head: page.head,
            more: page.more,
            epoch: page.epoch,
            next_change_at: page.next_change_at.unwrap_or(0),
        }
    }

    fn back(self) -> Result<ChangePage> {
        Ok(ChangePage {
            events: self.events,
            to_revision: self.to_revision,
            head: self.head,
            more: self.more,
            epoch: self.epoch,
            next_change_at: set(self.next_change_at),
        })
    }
}

impl Row<UserReceipt> for Told {
    fn of(told: &UserReceipt) -> Self {
        let receipt = &told.receipt;
        Self {
            user: told.user.clone(),
            seen_count: receipt.seen_count,
            seen_version: receipt.seen_version,
            first_seen_at: receipt.first_seen_at,
            last_seen_at: receipt.last_seen_at,
            read_version: receipt.read_version,
            read_at: receipt.read_at,
            dismissed_version: receipt.dismissed_version,
            dismissed_at: receipt.dismissed_at,
            acknowledged_version: receipt.acknowledged_version,
            acknowledged_at: receipt.acknowledged_at,
            snoozed_version: receipt.snoozed_version,
            snoozed_until: receipt.snoozed_until,
            acknowledgements: receipt.acknowledgements().collect(),
            is_read: told.is_read,
            by_read_all: told.by_read_all,
            is_acknowledged: told.is_acknowledged,
        }
    }

    fn back(self) -> Result<UserReceipt> {
        // The last one is that of the members before.
        let mut earlier = self.acknowledgements;
        earlier.pop();
        Ok(UserReceipt {
            user: self.user,
            receipt: Receipt {
                seen_count: self.seen_count,
                seen_version: self.seen_version,
                first_seen_at: self.first_seen_at,
                last_seen_at: self.last_seen_at,
                read_version: self.read_version,
                read_at: self.read_at,
                dismissed_version: self.dismissed_version,
                dismissed_at: self.dismissed_at,
                acknowledged_version: self.acknowledged_version,
                acknowledged_at: self.acknowledged_at,
                snoozed_version: self.snoozed_version,
                snoozed_until: self.snoozed_until,
                earlier,
            },
            is_read: self.is_read,
            by_read_all: self.by_read_all,
            is_acknowledged: self.is_acknowledged,
        })
    }
}

impl Row<Explanation> for Explained {
    fn of(explanation: &Explanation) -> Self {
        Self {
            id: explanation.id,
            visible: explanation.visible,
            pending: explanation.pending,
            findings: explanation.findings.clone(),
            next_change_at: explanation.next_change_at.unwrap_or(0),
        }
    }

    fn back(self) -> Result<Explanation> {
        Ok(Explanation {
            id: self.id,
            visible: self.visible,
            pending: self.pending,
            findings: self.findings,
            next_change_at: set(self.next_change_at),
        })
    }
}

impl Row<Finding> for Found {
    fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule,
            en: finding.words.en.clone().into_owned(),
            zh: finding.words.zh.clone().into_owned(),
        }
    }

    fn back(self) -> Result<Finding> {
        Ok(Finding {
            rule: self.rule,
            words: Bilingual::new(self.en, self.zh),
        })
    }
}

impl Row<Problem> for Wrong {
    fn of(problem: &Problem) -> Self {
        Self {
            place: problem.place.clone(),
            en: problem.reason.en.clone().into_owned(),
            zh: problem.reason.zh.clone().into_owned(),
        }
    }

    fn back(self) -> Result<Problem> {
        Ok(Problem {
            place: self.place,
            reason: Bilingual::new(self.en, self.zh),
        })
    }
}
