//! Calls to a board.

use std::sync::Arc;

use crate::model::limits;
use serde_json::Value;

use super::codec;
use super::questions::Instant;
use super::table::Table;
use super::variants::{of_whole, single, tagged, variants};
use crate::error::Result;
use crate::model::json::{parse, text_of};
use crate::model::raw_json::member;
use crate::model::{Draft, Importance, Mark, Operation, Patch, Viewer};
use crate::query::{ChangeQuery, Filter, Order, OwnMarksQuery, Query, ReceiptQuery, View};

/// A call to a method of a board.
///
/// ```
/// use notice::wire::{Call, answer};
/// let board = notice::open("mem:")?;
/// let call = Call::from_json(br#"{"publish": {"texts": {"en": {"title": "Maintenance tonight"}}}}"#)?;
/// answer(&*board, call)?;
/// let call = Call::from_json(br#"{"query": {"viewer": {"user": "alice"}, "limit": 20}}"#)?;
/// let page = answer(&*board, call)?.to_json();
/// assert_eq!(page["page"]["items"][0]["title"], "Maintenance tonight");
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Call {
    /// Publishes a draft, or updates the announcement with the same key.
    Publish(Arc<Draft>),
    /// Changes fields of an announcement.
    Update {
        /// The announcement.
        id: i64,
        /// The fields to change.
        patch: Box<Patch>,
        /// The version that the announcement must still have.
        if_version: Option<u32>,
        /// Importance of the change: whether it is news.
        change: Option<Importance>,
    },
    /// Retracts an announcement.
    Retract {
        /// The announcement.
        id: i64,
        /// The reason; may be empty.
        reason: String,
        /// The version that the announcement must still have.
        if_version: Option<u32>,
    },
    /// Publishes a retracted announcement again.
    Restore {
        /// The announcement.
        id: i64,
        /// The version that the announcement must still have.
        if_version: Option<u32>,
    },
    /// Publishes a draft.
    Release {
        /// The announcement.
        id: i64,
        /// The version that the announcement must still have.
        if_version: Option<u32>,
    },
    /// Erases an announcement.
    Purge {
        /// The announcement.
        id: i64,
    },
    /// Makes several changes as one revision.
    Apply(Vec<Operation>),
    /// Checks a draft, or a list of drafts, without publishing. It is kept as JSON, because what cannot be read
    /// as a draft is a finding and no error.
    Check(Value),
    /// Asks for a page of announcements.
    Query {
        /// The viewer.
        viewer: Viewer,
        /// The view: a viewer's or an editor's.
        view: View,
        /// The conditions.
        filter: Filter,
        /// The order.
        order: Order,
        /// Maximum number of items.
        limit: u32,
        /// `next_cursor` of the previous page; empty for the first page.
        cursor: String,
        /// Whether to compute totals.
        counted: bool,
    },
    /// Counts announcements.
    Count {
        /// The viewer.
        viewer: Viewer,
        /// The view: a viewer's or an editor's.
        view: View,
        /// The conditions.
        filter: Filter,
    },
    /// Asks for one announcement as the viewer sees it.
    Get {
        /// The announcement.
        id: i64,
        /// The viewer.
        viewer: Viewer,
        /// The view: a viewer's or an editor's.
        view: View,
    },
    /// Asks for one whole announcement, as an editor reads it.
    Record {
        /// The announcement.
        id: i64,
    },
    /// Asks for the former versions of an announcement, as an editor reads them.
    History {
        /// The announcement.
        id: i64,
    },
    /// Asks which rules hide an announcement from the viewer.
    Explain {
        /// The announcement.
        id: i64,
        /// The viewer.
        viewer: Viewer,
        /// The view: a viewer's or an editor's.
        view: View,
    },
    /// Marks announcements for the viewer.
    Mark {
        /// The viewer.
        viewer: Viewer,
        /// The announcements.
        ids: Vec<i64>,
        /// The mark.
        mark: Mark,
        /// The version of each that the viewer had before them; the present one if absent.
        version: Option<u32>,
        /// The same for each announcement by itself, in the order of `ids`; 0 means the present version.
        versions: Vec<u32>,
        /// When a snooze ends; absent for every other mark.
        until: Instant,
    },
    /// Marks everything that was news up to a revision as read.
    MarkAllRead {
        /// The viewer.
        viewer: Viewer,
        /// The view: a viewer's or an editor's.
        view: View,
        /// The conditions.
        filter: Filter,
        /// The revision; the current one if absent.
        up_to: Option<i64>,
    },
    /// Marks everything that the viewer sees and that was news up to a revision.
    MarkAll {
        /// The viewer.
        viewer: Viewer,
        /// The view: a viewer's or an editor's.
        view: View,
        /// The conditions.
        filter: Filter,
        /// The mark: seen, read or dismiss.
        mark: Mark,
        /// The revision; the current one if absent.
        up_to: Option<i64>,
    },
    /// Erases all data about a user.
    ForgetUser {
        /// The user.
        user: String,
    },
    /// Asks who has seen, read, dismissed and acknowledged an announcement.
    Receipts {
        /// The announcement.
        id: i64,
        /// Whether to return only users who have read it.
        read_only: bool,
        /// Whether to return only users who have acknowledged it.
        acknowledged_only: bool,
        /// The users to return a receipt for each; every user with a receipt if absent.
        users: Option<Vec<String>>,
        /// Maximum number of receipts.
        limit: u32,
        /// `next_cursor` of the previous page; empty for the first page.
        cursor: String,
    },
    /// Asks for the changes since a revision.
    Changes {
        /// The follower's revision.
        since: i64,
        /// The follower's epoch.
        epoch: Option<u128>,
        /// The viewer.
        viewer: Viewer,
        /// The view: a viewer's or an editor's.
        view: View,
        /// The conditions.
        filter: Filter,
        /// Maximum number of events.
        limit: u32,
    },
    /// Waits until the board's revision exceeds `since`.
    Wait {
        /// The caller's revision.
        since: i64,
        /// Maximum wait, in milliseconds.
        timeout_ms: u64,
    },
    /// Asks what of a user's own marks has changed.
    OwnMarks {
        /// The user.
        user: String,
        /// `revision` of the answer before; 0 for the first question.
        since: u64,
        /// The follower's epoch.
        epoch: Option<u128>,
        /// Maximum wait while nothing has changed, in milliseconds; 0 does not wait.
        timeout_ms: u64,
    },
    /// Asks for statistics of the board.
    Stats,
    /// Asks for the head of the board.
    Head,
    /// Runs the maintenance that otherwise happens on writes.
    Maintain,
    /// Verifies the board and its file.
    Verify,
    /// Shrinks the board's file as far as possible.
    Compact,
    /// Makes everything durable that was acknowledged.
    Flush,
}

variants! {
    Call {
        values {
            Publish 1 "publish": Arc<Draft>,
            Apply 6 "apply": Vec<Operation>,
            Check 28 "check": Value,
        }
        objects {
            Update 2 "update" {
                id: i64,
                patch: Box<Patch>,
                if_version: Option<u32> = None,
                change: Option<Importance> = None,
            }
            Retract 3 "retract" {
                id: i64,
                reason: String = String::new(),
                if_version: Option<u32> = None,
            }
            Restore 4 "restore" {
                id: i64,
                if_version: Option<u32> = None,
            }
            Release 25 "release" {
                id: i64,
                if_version: Option<u32> = None,
            }
            Purge 5 "purge" {
                id: i64,
            }
            Query 7 "query" {
                viewer: Viewer = Viewer::anonymous(),
                view: View = View::Viewer,
                filter: Filter = Filter::default(),
                order: Order = Order::Default,
                limit: u32 = limits::DEFAULT_PAGE,
                cursor: String = String::new(),
                counted: bool = true,
            }
            Count 8 "count" {
                viewer: Viewer = Viewer::anonymous(),
                view: View = View::Viewer,
                filter: Filter = Filter::default(),
            }
            Get 9 "get" {
                id: i64,
                viewer: Viewer = Viewer::anonymous(),
                view: View = View::Viewer,
            }
            Record 10 "record" {
                id: i64,
            }
            History 30 "history" {
                id: i64,
            }
            Explain 11 "explain" {
                id: i64,
                viewer: Viewer = Viewer::anonymous(),
                view: View = View::Viewer,
            }
            Mark 12 "mark" {
                viewer: Viewer = Viewer::anonymous(),
                ids: Vec<i64>,
                mark: Mark,
                version: Option<u32> = None,
                versions: Vec<u32> = Vec::new(),
                until: Instant = Instant(None),
            }
            MarkAllRead 13 "mark_all_read" {
                viewer: Viewer = Viewer::anonymous(),
                view: View = View::Viewer,
                filter: Filter = Filter::default(),
                up_to: Option<i64> = None,
            }
            ForgetUser 14 "forget_user" {
                user: String,
            }
            Receipts 15 "receipts" {
                id: i64,
                read_only: bool = false,
                acknowledged_only: bool = false,
                users: Option<Vec<String>> = None,
                limit: u32 = limits::DEFAULT_PAGE,
                cursor: String = String::new(),
            }
            Changes 16 "changes" {
                since: i64 = 0,
                epoch: Option<u128> = None,
                viewer: Viewer = Viewer::anonymous(),
                view: View = View::Viewer,
                filter: Filter = Filter::default(),
                limit: u32 = limits::PAGE,
            }
            Wait 17 "wait" {
                since: i64 = 0,
                timeout_ms: u64 = 0,
            }
            Stats 18 "stats" {}
            Head 19 "head" {}
            Maintain 20 "maintain" {}
            Verify 21 "verify" {}
            Compact 22 "compact" {}
            Flush 23 "flush" {}
            OwnMarks 29 "own_marks" {
                user: String,
                since: u64 = 0,
                epoch: Option<u128> = None,
                timeout_ms: u64 = 0,
            }
            MarkAll 24 "mark_all" {
                viewer: Viewer = Viewer::anonymous(),
                view: View = View::Viewer,
                filter: Filter = Filter::default(),
                mark: Mark,
                up_to: Option<i64> = None,
            }
        }
    }
}

impl Call {
    /// Reads a call: an object with a single member, the name of the call, and its arguments.
    ///
    /// # Errors
    /// `invalid_field` with a path relative to the arguments, such as `filter.tags_any[3]`; `too_large`
    /// beyond [`MESSAGE_BYTES`](crate::limits::MESSAGE_BYTES), or for more than 10 000 operations.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        codec::check_size("json", json.len())?;
        let value = parse(json)?;
        let read = single(&value, Self::NAMES)
            .and_then(|(name, arguments)| Self::from_value(name, arguments));
        let mut call = read.map_err(of_whole)?;
        let arguments = member(text_of(json), call.name());
        match (&mut call, arguments) {
            (Self::Publish(draft), Some(text)) if !draft.extras.is_empty() => {
                Arc::make_mut(draft).keep_extras_text(text);
            }
            (Self::Apply(operations), Some(text)) => Operation::keep_extras_texts(operations, text),
            _ => {}
        }
        Ok(call)
    }

    /// Reads the arguments of the call `name`.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn from_value(name: &str, arguments: &Value) -> Result<Self> {
        Self::read_as(name, arguments)
    }

    /// Returns the call in the form that [`from_json`](Self::from_json) reads. Arguments at their default are
    /// omitted.
    pub fn to_json(&self) -> Value {
        tagged(self.name(), self.to_value())
    }

    /// Returns the name of the answer to this call when it succeeds.
    pub fn answer_name(&self) -> &'static str {
        match self {
            Self::Publish(_)
            | Self::Update { .. }
            | Self::Retract { .. }
            | Self::Restore { .. }
            | Self::Release { .. }
            | Self::Purge { .. } => "published",
            Self::Apply(_) => "applied",
            Self::Check(_) => "checkup",
            Self::Query { .. } => "page",
            Self::Count { .. } => "count",
            Self::Get { .. } => "item",
            Self::Record { .. } => "record",
            Self::History { .. } => "history",
            Self::Explain { .. } => "explanation",
            Self::Mark { .. } => "marked",
            Self::Flush => "done",
            Self::MarkAll { .. } | Self::MarkAllRead { .. } | Self::Wait { .. } => "revision",
            Self::ForgetUser { .. } => "forgotten",
            Self::Receipts { .. } => "receipt_page",
            Self::Changes { .. } => "change_page",
            Self::OwnMarks { .. } => "own_marks",
            Self::Stats => "stats",
            Self::Head => "head",
            Self::Maintain => "maintenance",
            Self::Verify => "verification",
            Self::Compact => "compaction",
        }
    }

    /// Returns the arguments, without the name of the call.
    pub fn to_value(&self) -> Value {
        self.arguments()
    }

    /// Encodes the call in binary.
    ///
    /// # Errors
    /// `too_large` beyond [`MESSAGE_BYTES`](crate::limits::MESSAGE_BYTES).
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        codec::to_bytes(self)
    }

    /// Decodes the output of [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// `invalid_field` for bytes that are not a call; `too_large`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        codec::from_bytes(bytes)
    }

    /// Lists the calls with their binary numbers, and the members of their arguments.
    pub fn list() -> Vec<(u8, Table)> {
        Self::tables()
    }
}

/// Arguments of `query`.
impl From<Query> for Call {
    fn from(query: Query) -> Self {
        Self::Query {
            viewer: query.viewer,
            view: query.view,
            filter: query.filter,
            order: query.order,
            limit: query.limit,
            cursor: query.cursor.unwrap_or_default(),
            counted: query.counted,
        }
    }
}

/// Arguments of `receipts`.
impl From<ReceiptQuery> for Call {
    fn from(query: ReceiptQuery) -> Self {
        Self::Receipts {
            id: query.id,
            read_only: query.read_only,
            acknowledged_only: query.acknowledged_only,
            users: query.users,
            limit: query.limit,
            cursor: query.cursor.unwrap_or_default(),
        }
    }
}

/// Arguments of `own_marks`. A timeout is sent in whole milliseconds.
impl From<OwnMarksQuery> for Call {
    fn from(query: OwnMarksQuery) -> Self {
        Self::OwnMarks {
            user: query.user,
            since: query.since,
            epoch: query.epoch,
            timeout_ms: u64::try_from(query.timeout.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// Arguments of `changes`. The order, limit and cursor of the inner query are not sent, because a change feed
/// does not use them.
impl From<ChangeQuery> for Call {
    fn from(changes: ChangeQuery) -> Self {
        Self::Changes {
            since: changes.since,
            epoch: changes.epoch,
            viewer: changes.query.viewer,
            view: changes.query.view,
            filter: changes.query.filter,
            limit: changes.limit,
        }
    }
}

/// One change.
impl From<Operation> for Call {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Publish(draft) => Self::Publish(draft),
            Operation::Update {
                id,
                patch,
                if_version,
                change,
            } => Self::Update {
                id,
                patch,
                if_version,
                change,
            },
            Operation::Retract {
                id,
                reason,
                if_version,
            } => Self::Retract {
                id,
                reason,
                if_version,
            },
            Operation::Restore { id, if_version } => Self::Restore { id, if_version },
            Operation::Release { id, if_version } => Self::Release { id, if_version },
            Operation::Purge { id } => Self::Purge { id },
        }
    }
}
