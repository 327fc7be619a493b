//! What a surface must do to join the suite: each operation of a board, JSON in and JSON out.

use serde_json::{Value, json};

use crate::case::Case;

/// How a case wants its board opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct BoardOptions {
    /// How many revisions and milliseconds the feed is kept.
    pub keep_changes: Option<(u32, u32)>,
    /// Milliseconds until what has ended is purged.
    pub retention_ms: Option<u64>,
}

/// An error, as every surface can tell it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusal {
    /// The name of its kind, such as `not_found`.
    pub kind: String,
    /// What was refused, such as `texts.en.title`.
    pub path: Option<String>,
    /// The byte in the value.
    pub offset: Option<u64>,
    /// The limit that was exceeded.
    pub limit: Option<u64>,
    /// In English and in Chinese.
    pub messages: Box<[String; 2]>,
}

/// What comes of an operation.
pub type Answer = Result<Value, Refusal>;

/// Makes operations of a [`Surface`] that are asked by their name, with the arguments as they are.
#[macro_export]
macro_rules! asks {
    ($($operation:ident)*) => {
        $(fn $operation(&self, args: &::serde_json::Value) -> $crate::Answer {
            self.ask(stringify!($operation), args)
        })*
    };
}

/// One board behind one surface, whose clock stands still until it is set.
///
/// `args` and answers are described in docs/conformance.md. Members that are not there are at their
/// default; the suite has checked the names of all members.
pub trait Surface {
    /// Sets the clock, in Unix milliseconds.
    fn set_now(&self, now: i64);
    /// Publishes a draft, or changes the announcement of its key.
    fn publish(&self, draft: &Value) -> Answer;
    /// Publishes the text of a draft or of a list: what is not valid JSON can be tested by text only.
    fn publish_json(&self, text: &str) -> Answer;
    /// Checks the text of a draft or of a list, without publishing. The answer has `faults` as
    /// `{draft, kind, path, offset}` and `lints` as `{draft, rule, path}`.
    fn check(&self, text: &str) -> Answer;
    /// Makes several changes as one.
    fn apply(&self, operations: &Value) -> Answer;
    /// Changes fields of an announcement.
    fn update(&self, args: &Value) -> Answer;
    /// Takes an announcement back.
    fn retract(&self, args: &Value) -> Answer;
    /// Publishes a retracted announcement again.
    fn restore(&self, args: &Value) -> Answer;
    /// Publishes a draft.
    fn release(&self, args: &Value) -> Answer;
    /// Erases an announcement.
    fn purge(&self, args: &Value) -> Answer;
    /// Gives a page.
    fn query(&self, args: &Value) -> Answer;
    /// Counts what a query finds.
    fn count(&self, args: &Value) -> Answer;
    /// Gives one announcement as a viewer sees it.
    fn get(&self, args: &Value) -> Answer;
    /// Gives one announcement as an editor reads it, whole.
    fn record(&self, args: &Value) -> Answer;
    /// Gives the former versions of an announcement.
    fn history(&self, args: &Value) -> Answer;
    /// Remembers what a viewer does.
    fn mark(&self, args: &Value) -> Answer;
    /// Marks all that a viewer sees.
    fn mark_all(&self, args: &Value) -> Answer;
    /// Marks all as read.
    fn mark_all_read(&self, args: &Value) -> Answer;
    /// Erases what is kept of a user.
    fn forget_user(&self, args: &Value) -> Answer;
    /// Gives a page of receipts.
    fn receipts(&self, args: &Value) -> Answer;
    /// Gives what has changed.
    fn changes(&self, args: &Value) -> Answer;
    /// Gives what of a user's own marks has changed.
    fn own_marks(&self, args: &Value) -> Answer;
    /// Waits for a change.
    fn wait(&self, args: &Value) -> Answer;
    /// Says which rules hide an announcement.
    fn explain(&self, args: &Value) -> Answer;
    /// Gives the figures of the board.
    fn stats(&self) -> Answer;
}

/// Opens the board that a URL names behind a surface. When the surface is dropped the board is closed, and may
/// be opened again.
pub type Open = fn(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface>;

/// The operations that change a board.
pub(crate) const WRITES: &[&str] = &[
    "publish",
    "publish_json",
    "apply",
    "update",
    "retract",
    "restore",
    "release",
    "purge",
    "mark",
    "mark_all",
    "mark_all_read",
    "forget_user",
];

/// What a case needs that a surface has no way to say, if anything.
pub type Lacks = fn(&Case) -> Option<&'static str>;

/// A surface that has joined the suite.
#[derive(Debug, Clone, Copy)]
pub struct Joined {
    /// The name that cases know it by.
    pub name: &'static str,
    /// Opens a board behind it.
    pub open: Open,
    /// What it cannot carry.
    pub lacks: Lacks,
}

/// The `lacks` of a surface that carries everything.
pub fn nothing(_: &Case) -> Option<&'static str> {
    None
}

/// Every operation of the vocabulary, with the members that its arguments may have.
pub const OPERATIONS: &[(&str, &[&str])] = &[
    ("publish", &[]),
    ("publish_json", &[]),
    ("check", &[]),
    ("check_json", &[]),
    ("apply", &[]),
    ("update", &["id", "patch", "if_version", "change"]),
    ("retract", &["id", "reason", "if_version"]),
    ("restore", &["id", "if_version"]),
    ("release", &["id", "if_version"]),
    ("purge", &["id"]),
    (
        "query",
        &["viewer", "view", "filter", "order", "limit", "cursor"],
    ),
    ("count", &["viewer", "view", "filter"]),
    ("get", &["id", "viewer", "view"]),
    ("record", &["id"]),
    ("history", &["id"]),
    (
        "mark",
        &["viewer", "ids", "mark", "version", "versions", "until"],
    ),
    ("mark_all", &["viewer", "view", "filter", "mark", "up_to"]),
    ("mark_all_read", &["viewer", "view", "filter", "up_to"]),
    ("forget_user", &["user"]),
    (
        "receipts",
        &[
            "id",
            "read_only",
            "acknowledged_only",
            "users",
            "limit",
            "cursor",
        ],
    ),
    (
        "changes",
        &["since", "epoch", "viewer", "view", "filter", "limit"],
    ),
    ("own_marks", &["user", "since", "epoch", "timeout_ms"]),
    ("wait", &["since", "timeout_ms"]),
    ("explain", &["id", "viewer", "view"]),
    ("stats", &[]),
];

/// Members of `viewer` and of `filter`.
pub(crate) const PARTS: &[(&str, &[&str])] = &[
    ("viewer", &["user", "locales", "attributes", "now"]),
    (
        "filter",
        &[
            "channels",
            "categories",
            "tags_any",
            "tags_all",
            "tags_none",
            "severity_at_least",
            "pinned",
            "ids",
            "keys",
            "author",
            "external_id",
            "phase",
            "starts",
            "ends",
            "published",
            "updated",
            "changed_since",
            "has_locale",
            "unread_only",
            "pending_only",
            "unacknowledged_only",
            "q",
        ],
    ),
];

/// Does one operation.
pub(crate) fn call(surface: &dyn Surface, operation: &str, args: &Value) -> Answer {
    match operation {
        "publish" => surface.publish(args),
        "publish_json" => surface.publish_json(args.as_str().expect("publish_json takes a text")),
        "check" => surface.check(&args.to_string()),
        "check_json" => surface.check(args.as_str().expect("check_json takes a text")),
        "apply" => surface.apply(args),
        "update" => surface.update(args),
        "retract" => surface.retract(args),
        "restore" => surface.restore(args),
        "release" => surface.release(args),
        "purge" => surface.purge(args),
        "query" => surface.query(args).map(with_columns),
        "count" => surface.count(args),
        "get" => surface.get(args),
        "record" => surface.record(args),
        "history" => surface.history(args),
        "mark" => surface.mark(args),
        "mark_all" => surface.mark_all(args),
        "mark_all_read" => surface.mark_all_read(args),
        "forget_user" => surface.forget_user(args),
        "receipts" => surface.receipts(args),
        "changes" => surface.changes(args),
        "own_marks" => surface.own_marks(args),
        "wait" => surface.wait(args),
        "explain" => surface.explain(args),
        "stats" => surface.stats(),
        other => panic!("no operation is named {other:?}"),
    }
}

/// Adds what most cases look at: the items' keys, titles and ids as lists.
fn with_columns(mut page: Value) -> Value {
    let empty = Vec::new();
    let items = page["items"].as_array().unwrap_or(&empty);
    let column = |name: &str| {
        items
            .iter()
            .map(|item| item[name].clone())
            .collect::<Value>()
    };
    let columns = [
        ("keys", column("key")),
        ("titles", column("title")),
        ("ids", column("id")),
    ];
    for (name, column) in columns {
        page[name] = json!(column);
    }
    page
}
