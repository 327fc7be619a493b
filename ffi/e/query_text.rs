//! Queries as texts of conditions: the names, their values and their meaning.
//!
//! | name | | value |
//! |---|---|---|
//! | `q=` | `搜索=` | search text |
//! | `channel=` `category=` `tag=` `key=` `id=` | `频道=` `分类=` `标签=` `键=` `编号=` | any of them, when the name is repeated |
//! | `all_tags=` `no_tag=` | `全部标签=` `排除标签=` | a tag that there must be, must not be; may be repeated |
//! | `author=` `external_id=` `has_locale=` | `作者=` `外部编号=` `有语言=` | |
//! | `severity>=` | `严重程度>=` | a name, a Chinese name or a number |
//! | `starts` `ends` `published` `updated` | `生效时间` `结束时间` `发布时间` `更新时间` | `>=` a time, `<` a time |
//! | `changed_since=` | `修订号=` | a revision: changed after it |
//! | `view=` | `视角=` | `viewer` 读者, `editor` 编辑 |
//! | `phase=` | `阶段=` | `active` 生效中, `scheduled` 待生效, `expired` 已过期, `retracted` 已撤回, `draft` 草稿, `any` 全部 |
//! | `order=` | `排序=` | `default` 默认, `newest` 最新, `oldest` 最早, `ending_soon` 即将结束, `relevance` 相关 |
//! | `limit=` `cursor=` `now=` | `条数=` `游标=` `时刻=` | a number, the text of a page before, a time |
//! | `up_to=` | `截至=` | a revision; only for marking all read |
//!
//! The words `unread` 未读, `pending` 待弹出, `unacknowledged` 待确认, `pinned` 置顶 and `unpinned` 不置顶 are
//! conditions; every other word, and quoted text, is searched for.

use notice::{Bilingual, Error, Locale, Order, Phase, Query, Result, Severity, View, Viewer};

use super::conditions::{self, Condition, Joint, Part};
use super::input::parse_id;
use super::{local_time, zone};

/// A parsed query text.
pub(crate) struct Asked {
    pub(crate) query: Query,
    /// Revision up to which everything is to be marked as read.
    pub(crate) up_to: Option<i64>,
}

/// Use of a condition text, which decides the conditions that it may contain.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A query: everything but `up_to`.
    Query,
    /// Marking everything as read: `up_to` as well.
    MarkAllRead,
    /// Looking at one announcement: `view` and `now`.
    One,
}

/// Parses `text` as a query by `viewer`.
pub(crate) fn read(text: &str, viewer: Viewer, place: Place) -> Result<Asked> {
    let mut asked = Asked {
        query: Query::new(viewer),
        up_to: None,
    };
    let mut search: Vec<String> = Vec::new();
    let mut conditions = conditions::split(text)?.into_iter().peekable();
    while let Some(mut condition) = conditions.next() {
        if let Some(time_of_day) = conditions.next_if(|next| is_time_of_day(&condition, next)) {
            append(&mut condition, &time_of_day);
        }
        apply(&mut asked, &mut search, &condition, place).map_err(|error| {
            // For a refused value, the path names the condition, and an offset is inside the value.
            match error.path() {
                Some("conditions") => error.at_offset(conditions::offset(text, condition.at)),
                _ => error,
            }
        })?;
    }
    if !search.is_empty() {
        asked.query.filter.q = search.join(" ");
    }
    Ok(asked)
}

/// Reports whether `next` is the time of day of the date in `condition`, as in `now=2026-06-18
/// 08:00:00`. Times are returned in this format, and nobody searches for them.
fn is_time_of_day(condition: &Condition<'_>, next: &Condition<'_>) -> bool {
    let (Part::Pair { name, .. }, Part::Word(word)) = (&condition.part, &next.part) else {
        return false;
    };
    let is_clock = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.');
    is_time(english(name).unwrap_or_default())
        && word.starts_with(|c: char| c.is_ascii_digit())
        && word.contains(':')
        && word.chars().all(is_clock)
}

/// Appends a word to the value of a condition.
fn append(condition: &mut Condition<'_>, next: &Condition<'_>) {
    if let (Part::Pair { value, .. }, Part::Word(word)) = (&mut condition.part, &next.part) {
        value.push(' ');
        value.push_str(word);
    }
}

/// Reports whether the value of this condition is a time.
fn is_time(name: &str) -> bool {
    matches!(name, "starts" | "ends" | "published" | "updated" | "now")
}

fn apply(
    asked: &mut Asked,
    search: &mut Vec<String>,
    condition: &Condition<'_>,
    place: Place,
) -> Result<()> {
    let part = &condition.part;
    let refused = |shown: &str, en, zh| Error::invalid("conditions", shown, Bilingual::new(en, zh));
    if place == Place::One
        && !matches!(part, Part::Pair { name, .. } if matches!(english(name), Some("view" | "now")))
    {
        let shown = match part {
            Part::Pair { name, .. } => name,
            Part::Word(word) => word,
            Part::Quoted(text) => text.as_str(),
        };
        return Err(refused(
            shown,
            "only view= and now= are allowed here",
            "此处只能使用 view= 和 now=",
        ));
    }
    let filter = &mut asked.query.filter;
    match part {
        Part::Word("unread" | "未读") => filter.unread_only = true,
        Part::Word("pending" | "待弹出") => filter.pending_only = true,
        Part::Word("unacknowledged" | "待确认") => filter.unacknowledged_only = true,
        Part::Word("pinned" | "置顶") => filter.pinned = Some(true),
        Part::Word("unpinned" | "不置顶") => filter.pinned = Some(false),
        Part::Word(word) => search.push((*word).to_owned()),
        Part::Quoted(text) => search.push(format!("\"{text}\"")),
        Part::Pair { name, joint, value } => {
            let Some(known) =
                english(name).filter(|n| *n != "up_to" || place == Place::MarkAllRead)
            else {
                return Err(refused(
                    name,
                    "unknown condition; to search for the word, quote it",
                    "未知条件；要搜索这个词，请加引号",
                ));
            };
            if !joints(known).contains(joint) {
                return Err(refused(
                    name,
                    "wrong operator: severity takes >=, times take >= or <, all others take =",
                    "运算符不对：severity 用 >=，时间用 >= 或 <，其他条件用 =",
                ));
            }
            if known == "q" {
                search.push(value.clone());
            } else {
                set(asked, known, *joint, value)?;
            }
        }
    }
    Ok(())
}

/// Returns the English name of a condition.
fn english(name: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 24] = [
        ("q", "搜索"),
        ("channel", "频道"),
        ("category", "分类"),
        ("tag", "标签"),
        ("all_tags", "全部标签"),
        ("no_tag", "排除标签"),
        ("key", "键"),
        ("id", "编号"),
        ("author", "作者"),
        ("external_id", "外部编号"),
        ("has_locale", "有语言"),
        ("severity", "严重程度"),
        ("starts", "生效时间"),
        ("ends", "结束时间"),
        ("published", "发布时间"),
        ("updated", "更新时间"),
        ("changed_since", "修订号"),
        ("view", "视角"),
        ("phase", "阶段"),
        ("order", "排序"),
        ("limit", "条数"),
        ("cursor", "游标"),
        ("now", "时刻"),
        ("up_to", "截至"),
    ];
    let is_it = |(en, zh): &&(&str, &str)| *en == name || *zh == name;
    NAMES.iter().find(is_it).map(|(en, _)| *en)
}

/// Returns the operators allowed for a condition.
fn joints(name: &str) -> &'static [Joint] {
    match name {
        "severity" => &[Joint::AtLeast],
        "starts" | "ends" | "published" | "updated" => &[Joint::AtLeast, Joint::Below],
        _ => &[Joint::Is],
    }
}

/// Sets a condition that is not search text.
fn set(asked: &mut Asked, name: &str, joint: Joint, value: &str) -> Result<()> {
    let is_one_of_many = matches!(
        name,
        "channel" | "category" | "tag" | "all_tags" | "no_tag" | "key"
    );
    if is_one_of_many && value.is_empty() {
        // No condition has an empty value: most likely a blank follows the operator.
        let reason = Bilingual::new(
            "must not be empty, and no blank may follow the operator",
            "值不能为空，符号后面也不能有空格",
        );
        return Err(Error::invalid(name, "", reason));
    }
    let time = |value: &str| local_time::parse(name, value, zone::offset);
    let query = &mut asked.query;
    let filter = &mut query.filter;
    match name {
        "channel" => filter.channels.push(value.to_owned()),
        "category" => filter.categories.push(value.to_owned()),
        "tag" => filter.tags_any.push(value.to_owned()),
        "all_tags" => filter.tags_all.push(value.to_owned()),
        "no_tag" => filter.tags_none.push(value.to_owned()),
        "key" => filter.keys.push(value.to_owned()),
        "id" => filter.ids.push(parse_id("id", value)?),
        "author" => filter.author = set_text(value),
        "external_id" => filter.external_id = set_text(value),
        "has_locale" => {
            let locale = Locale::parse(value).map_err(|error| error.within("has_locale"))?;
            filter.has_locale = Some(locale);
        }
        "severity" => {
            filter.severity_at_least = Some(severity(value)?);
        }
        "starts" | "ends" | "published" | "updated" => {
            let range = match name {
                "starts" => &mut filter.starts,
                "ends" => &mut filter.ends,
                "published" => &mut filter.published,
                _ => &mut filter.updated,
            };
            match joint {
                Joint::Below => range.until = crate::boundary::arguments::set(time(value)?),
                _ => range.from = crate::boundary::arguments::set(time(value)?),
            }
        }
        "changed_since" => filter.changed_since = Some(number(name, value)?),
        "view" => {
            query.view = match value {
                "读者" => View::Viewer,
                "编辑" => View::Editor,
                name => View::from_name(name)?,
            };
        }
        "phase" => {
            filter.phase = match value {
                "生效中" => Phase::Active,
                "待生效" => Phase::Scheduled,
                "已过期" => Phase::Expired,
                "已撤回" => Phase::Retracted,
                "全部" => Phase::Any,
                "草稿" => Phase::Draft,
                name => Phase::from_name(name)?,
            };
        }
        "order" => {
            query.order = match value {
                "默认" => Order::Default,
                "最新" => Order::Newest,
                "最早" => Order::Oldest,
                "即将结束" => Order::EndingSoon,
                "相关" => Order::Relevance,
                name => Order::from_name(name)?,
            };
        }
        "limit" => query.limit = number(name, value)?,
        "cursor" => query.cursor = set_text(value),
        "now" => query.viewer.now = Some(time(value)?),
        _ => asked.up_to = Some(number(name, value)?),
    }
    Ok(())
}

/// A text that may be left empty.
fn set_text(value: &str) -> Option<String> {
    crate::boundary::arguments::set(value.to_owned())
}

fn severity(value: &str) -> Result<Severity> {
    let is_it = |severity: &&Severity| {
        severity_name(**severity) == value
            || severity.name() == value
            || value.parse() == Ok(severity.code())
    };
    let found = Severity::ALL.iter().find(is_it).copied();
    found.ok_or_else(|| {
        let reason = Bilingual::new(
            "must be one of: none info notice warning critical, or 0 to 4",
            "必须是以下之一：无 信息 注意 警告 紧急，或 0 到 4",
        );
        Error::invalid("severity", value, reason)
    })
}

/// Returns the Chinese name of a severity, as in the constants.
pub(crate) fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::None => "无",
        Severity::Info => "信息",
        Severity::Notice => "注意",
        Severity::Warning => "警告",
        Severity::Critical => "紧急",
        other => other.name(),
    }
}

fn number<N: std::str::FromStr>(path: &str, value: &str) -> Result<N> {
    value.parse().map_err(|_| {
        let reason = Bilingual::new("not a number, or too large", "不是数字，或超出范围");
        Error::invalid(path, value, reason)
    })
}

#[cfg(test)]
mod tests {
    use notice::Filter;

    use super::*;

    fn asked(text: &str) -> Query {
        read(text, Viewer::anonymous(), Place::Query).unwrap().query
    }

    /// Returns the path and offset of a refused condition.
    fn refusal(text: &str, place: Place) -> (String, Option<usize>) {
        let error = read(text, Viewer::anonymous(), place).err().unwrap();
        (error.path().unwrap_or_default().to_owned(), error.offset())
    }

    #[test]
    fn every_name_says_its_condition_in_both_languages() {
        let expected = Filter::new()
            .channels(["a", "b"])
            .categories(["c"])
            .tags_any(["d"])
            .tags_all(["e", "f"])
            .tags_none(["g"])
            .keys(["h"])
            .ids([7, 8])
            .author("i j")
            .external_id("k")
            .has_locale(Locale::parse("zh-CN").unwrap())
            .severity_at_least(Severity::Warning)
            .starts(1000..2000)
            .ends(3000..)
            .published(..4000)
            .updated(5000..6000)
            .changed_since(9)
            .phase(Phase::Any)
            .pinned(true)
            .unread_only(true)
            .pending_only(true)
            .unacknowledged_only(true)
            .q("m \"n o\" title:p -q r s");
        let times = "starts>=1970-01-01T00:00:01Z starts<1970-01-01T00:00:02Z \
            ends>=1970-01-01T00:00:03Z published<1970-01-01T00:00:04Z \
            updated>=1970-01-01T00:00:05Z updated<1970-01-01T00:00:06Z";
        let english = format!(
            "channel=a channel=b category=c tag=d all_tags=e all_tags=f no_tag=g key=h id=7 id=8 \
             author='i j' external_id=k has_locale=zh-CN severity>=warning changed_since=9 phase=any \
             pinned unread pending unacknowledged {times} m \"n o\" title:p -q q='r s'"
        );
        let chinese = format!(
            "频道=a 频道=b 分类=c 标签=d 全部标签=e 全部标签=f 排除标签=g 键=h 编号=7 编号=8 \
             作者='i j' 外部编号=k 有语言=zh-CN 严重程度>=警告 修订号=9 阶段=全部 \
             置顶 未读 待弹出 待确认 {} m 'n o' title:p -q 搜索='r s'",
            times
                .replace("starts", "生效时间")
                .replace("ends", "结束时间")
                .replace("published", "发布时间")
                .replace("updated", "更新时间")
        );
        for text in [english, chinese] {
            assert_eq!(asked(&text).filter, expected, "{text}");
        }
    }

    #[test]
    fn view_order_limit_cursor_and_time_are_no_filter() {
        for text in [
            "view=editor order=newest limit=7 cursor=x now=1970-01-01T00:00:01Z",
            "视角=编辑 排序=最新 条数=7 游标=x 时刻=1970-01-01T00:00:01Z",
        ] {
            let query = asked(text);
            assert_eq!(
                (query.view, query.order, query.limit),
                (View::Editor, Order::Newest, 7)
            );
            assert_eq!(
                (query.cursor.as_deref(), query.viewer.now),
                (Some("x"), Some(1000))
            );
            assert_eq!(query.filter, Filter::default());
        }
        assert_eq!(asked("unpinned").filter.pinned, Some(false));
        assert_eq!(
            asked("severity>=3").filter.severity_at_least,
            Some(Severity::Warning)
        );
        assert_eq!(asked("").limit, notice::limits::DEFAULT_PAGE);
    }

    #[test]
    fn what_is_refused_is_told_with_its_place() {
        for (text, path, offset) in [
            ("维护 colour=red", "conditions", Some(5)),
            ("unread up_to=3", "conditions", Some(7)),
            ("频道>=a", "conditions", Some(0)),
            ("severity=3", "conditions", Some(0)),
            ("a>b", "conditions", Some(0)),
            ("维护 limit=many", "limit", None),
            ("limit=-1", "limit", None),
            ("id=7 id=x", "id", None),
            ("severity>=grave", "severity", None),
            ("severity>=5", "severity", None),
            ("频道= news", "channel", None),
            ("no_tag=", "no_tag", None),
            ("order=best", "order", None),
            ("starts>=tomorrow", "starts", None),
            ("has_locale='zh CN'", "has_locale", Some(2)),
        ] {
            assert_eq!(refusal(text, Place::Query), (path.into(), offset), "{text}");
        }
    }

    #[test]
    fn a_time_of_day_may_stand_behind_its_date() {
        for (text, expected) in [
            ("now=2026-06-18 08:00:00", ""),
            ("时刻=2026-06-18 8:00 维护", "维护"),
            ("now=2026-06-18T08:00:00 8点", "8点"),
            ("now='2026-06-18 08:00:00' 08", "08"),
            ("now=2026-06-18 '08:00:00'", "\"08:00:00\""),
        ] {
            let query = asked(text);
            let now = query.viewer.now.unwrap();
            assert_eq!(query.filter.q, expected, "{text}");
            let is_day_only = text.contains(" '08");
            let shown = local_time::format(now, zone::offset);
            let time = if is_day_only { "00:00:00" } else { "08:00:00" };
            assert_eq!(shown, format!("2026-06-18 {time}"), "{text}");
        }
        let range = asked("生效时间>=2026-06-18 08:00 生效时间<2026-06-18 09:00")
            .filter
            .starts;
        assert_eq!(range.until.unwrap() - range.from.unwrap(), 3_600_000);
        // After any other value it is not a time of day.
        assert_eq!(asked("channel=a 08:00").filter.q, "08:00");
        let twice = refusal("now=2026-06-18T08:00 09:00", Place::Query);
        assert_eq!(twice, ("now".into(), None));
    }

    #[test]
    fn one_announcement_is_looked_at_with_view_and_time_only() {
        assert!(
            read(
                "view=editor 时刻=2026-01-01",
                Viewer::anonymous(),
                Place::One
            )
            .is_ok()
        );
        for (text, offset) in [
            ("unread", 0),
            ("view=editor 维护", 12),
            ("'a'", 0),
            ("id=1", 0),
        ] {
            assert_eq!(
                refusal(text, Place::One),
                ("conditions".into(), Some(offset))
            );
        }
    }

    #[test]
    fn a_revision_to_mark_up_to_is_for_marking_only() {
        let asked = read("up_to=7 channel=a", Viewer::anonymous(), Place::MarkAllRead).unwrap();
        assert_eq!(asked.up_to, Some(7));
        assert_eq!(refusal("up_to=x", Place::MarkAllRead).0, "up_to");
    }
}
