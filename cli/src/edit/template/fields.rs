//! Members of the form.

/// A member of the form: its name, its value when it is not set, and what it says in English and Chinese.
pub(super) type Field = (&'static str, &'static str, &'static str, &'static str);

pub(super) const FIELDS: &[Field] = &[
    (
        "key",
        "\"\"",
        "your own name for it; publishing under it again changes it",
        "自定的唯一名称；再次以此发布即为修改",
    ),
    (
        "severity",
        "\"info\"",
        "none, info, notice, warning or critical",
        "none、info、notice、warning 或 critical",
    ),
    (
        "starts_at",
        "\"\"",
        "visible from, such as \"tomorrow 22:00\"; empty: at once",
        "开始显示的时间，例如 \"明天 22:00\"；留空为立即",
    ),
    (
        "ends_at",
        "\"\"",
        "visible until, such as \"+2h\"; empty: for ever",
        "结束显示的时间，例如 \"2小时后\"；留空为一直显示",
    ),
    (
        "event_from",
        "\"\"",
        "when that begins which it is about",
        "所述事件的开始时间",
    ),
    ("event_to", "\"\"", "when that ends", "所述事件的结束时间"),
    (
        "audience",
        "[]",
        "who may see it, such as [\"role=admin,staff\", \"platform!=ios\"]; all must hold; empty: everyone",
        "谁能看到，例如 [\"role=admin,staff\", \"platform!=ios\"]；须全部满足；留空为所有人",
    ),
    ("pinned", "false", "stays at the top", "是否置顶"),
    (
        "require_ack",
        "false",
        "readers must acknowledge it",
        "是否须确认",
    ),
    (
        "dismissible",
        "true",
        "readers may dismiss it",
        "读者是否可以关闭",
    ),
    ("category", "\"\"", "category", "分类"),
    (
        "tags",
        "[]",
        "tags, such as [\"database\"]",
        "标签，例如 [\"数据库\"]",
    ),
    (
        "channel",
        "\"default\"",
        "channel, such as a product",
        "频道，例如某个产品",
    ),
];

pub(super) const TIMES: [&str; 6] = [
    "starts_at",
    "ends_at",
    "event_from",
    "event_to",
    "created_at",
    "published_at",
];
/// Members that are written as a text of JSON.
pub(super) const AS_JSON: [&str; 3] = ["extras", "actions", "replaces"];
