//! What a surface must do to join the suite: each operation of a board, JSON in and JSON out.

use serde_json::{Value, json};

use crate::case::Case;

/// How a case wants its board opened.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BoardOptions {
    /// How many revisions and milliseconds the feed is kept.
    pub(crate) keep_changes: Option<(u32, u32)>,
    /// Milliseconds until what has ended is purged.
    pub(crate) retention_ms: Option<u64>,
}

/// An error, as every surface can tell it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Refusal {
    pub(crate) kind: String,
    pub(crate) path: Option<String>,
    pub(crate) offset: Option<u64>,
    pub(crate) limit: Option<u64>,
    /// In English and in Chinese.
    pub(crate) messages: Box<[String; 2]>,
}

pub(crate) type Answer = Result<Value, Refusal>;

/// One board behind one surface, whose clock stands still until it is set.
///
/// `args` and answers are described in docs/conformance.md. Members that are not there are at their
/// default; the suite has checked the names of all members.
pub(crate) trait Surface {
    fn set_now(&self, now: i64);
    /// A draft, or the text of one: what is not valid JSON can be tested by text only.
    fn publish(&self, draft: &Value) -> Answer;
    fn publish_json(&self, text: &str) -> Answer;
    fn apply(&self, operations: &Value) -> Answer;
    fn update(&self, args: &Value) -> Answer;
    fn retract(&self, args: &Value) -> Answer;
    fn restore(&self, args: &Value) -> Answer;
    fn purge(&self, args: &Value) -> Answer;
    fn query(&self, args: &Value) -> Answer;
    fn count(&self, args: &Value) -> Answer;
    fn get(&self, args: &Value) -> Answer;
    fn record(&self, args: &Value) -> Answer;
    fn mark(&self, args: &Value) -> Answer;
    fn mark_all_read(&self, args: &Value) -> Answer;
    fn forget_user(&self, args: &Value) -> Answer;
    fn receipts(&self, args: &Value) -> Answer;
    fn changes(&self, args: &Value) -> Answer;
    fn wait(&self, args: &Value) -> Answer;
    fn explain(&self, args: &Value) -> Answer;
    fn stats(&self) -> Answer;
}

/// Opens the board that a URL names behind a surface. When the surface is dropped the board is closed, and may
/// be opened again.
pub(crate) type Open = fn(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface>;

/// The operations that change a board.
pub(crate) const WRITES: &[&str] = &[
    "publish",
    "publish_json",
    "apply",
    "update",
    "retract",
    "restore",
    "purge",
    "mark",
    "mark_all_read",
    "forget_user",
];

/// What a case needs that a surface has no way to say, if anything.
pub(crate) type Lacks = fn(&Case) -> Option<&'static str>;

/// Every operation of the vocabulary, with the members that its arguments may have.
pub(crate) const OPERATIONS: &[(&str, &[&str])] = &[
    ("publish", &[]),
    ("publish_json", &[]),
    ("apply", &[]),
    ("update", &["id", "patch", "if_version", "change"]),
    ("retract", &["id", "reason", "if_version"]),
    ("restore", &["id", "if_version"]),
    ("purge", &["id"]),
    (
        "query",
        &["viewer", "view", "filter", "order", "limit", "cursor"],
    ),
    ("count", &["viewer", "view", "filter"]),
    ("get", &["id", "viewer", "view"]),
    ("record", &["id"]),
    ("mark", &["viewer", "ids", "mark"]),
    ("mark_all_read", &["viewer", "view", "filter", "up_to"]),
    ("forget_user", &["user"]),
    (
        "receipts",
        &["id", "read_only", "acknowledged_only", "limit", "cursor"],
    ),
    (
        "changes",
        &["since", "epoch", "viewer", "view", "filter", "limit"],
    ),
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
        "apply" => surface.apply(args),
        "update" => surface.update(args),
        "retract" => surface.retract(args),
        "restore" => surface.restore(args),
        "purge" => surface.purge(args),
        "query" => surface.query(args).map(with_columns),
        "count" => surface.count(args),
        "get" => surface.get(args),
        "record" => surface.record(args),
        "mark" => surface.mark(args),
        "mark_all_read" => surface.mark_all_read(args),
        "forget_user" => surface.forget_user(args),
        "receipts" => surface.receipts(args),
        "changes" => surface.changes(args),
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
