//! What an operator would regret of a draft, whatever else is published.

use super::Lints;
use super::words::{instant, say};
use crate::model::{Announcement, Audience, Condition, Draft, Placement};
use crate::query::LintRule;

const MINUTE_MS: i64 = 60 * 1000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// A year that was mistyped is at least as far ahead, however late in it the day that was meant is.
const FAR_AHEAD_DAYS: i64 = 300;

/// Well-known attributes of a viewer.
const WELL_KNOWN: [&str; 11] = [
    "user",
    "role",
    "group",
    "app",
    "platform",
    "arch",
    "locale",
    "area",
    "place",
    "app_version",
    "os_version",
];

/// Tags of HTML that editors write most.
const TAGS: [&str; 22] = [
    "a", "b", "br", "center", "div", "em", "font", "h1", "h2", "h3", "hr", "i", "img", "li", "ol",
    "p", "script", "span", "strong", "table", "u", "ul",
];

/// Looks at a draft that makes a new announcement, or changes `former`.
pub(super) fn look_at(draft: &Draft, former: Option<&Announcement>, now: i64, lints: &mut Lints) {
    look_at_times(draft, former, now, lints);
    if draft.display.contains(Placement::POPUP)
        && !draft.quiet
        && draft.show_limit.is_none()
        && draft.show_interval_ms.is_none()
    {
        let words = say(
            "pops up whenever a program asks, as often as it asks",
            "程序每次查询都会弹窗，没有次数限制",
            "set show_limit or show_interval_ms",
            "请设置 show_limit 或 show_interval_ms",
        );
        lints.tell(LintRule::PopsUpForever, "show_limit", words);
    }
    look_at_languages(draft, former, lints);
    look_at_audience(&draft.audience, lints);
    for text in &draft.texts {
        for (field, value) in [
            ("title", &text.title),
            ("summary", &text.summary),
            ("body", &text.body),
        ] {
            look_at_text(&format!("texts.{}.{field}", text.locale), value, lints);
        }
    }
}

fn look_at_times(draft: &Draft, former: Option<&Announcement>, now: i64, lints: &mut Lints) {
    let kept = former.map_or(now, |former| former.starts_at().min(now));
    let starts_at = draft.starts_at.unwrap_or(kept);
    let days = starts_at.saturating_sub(now) / DAY_MS;
    if days >= FAR_AHEAD_DAYS {
        let words = say(
            format!("starts {days} days from now, at {}", instant(starts_at)),
            format!("{days} 天后（{}）才生效", instant(starts_at)),
            "check the year",
            "请检查年份",
        );
        lints.tell(LintRule::StartsFarAhead, "starts_at", words);
    }
    let Some(ends_at) = draft.ends_at else {
        if !draft.dismissible {
            let words = say(
                "has no end and cannot be dismissed, so that viewers see it for ever",
                "没有结束时间且不可关闭，读者会一直看到",
                "set ends_at, or leave it dismissible",
                "请设置 ends_at，或允许读者关闭",
            );
            lints.tell(LintRule::NoEnd, "ends_at", words);
        }
        return;
    };
    if ends_at <= now {
        // Old announcements are brought in quietly, and one that is visible is ended in this way.
        let is_ended = former.is_some_and(|former| former.is_active(now));
        if !draft.quiet && !is_ended {
            let words = say(
                format!("ended at {}, so that nobody will see it", instant(ends_at)),
                format!("已于 {} 结束，没有人会看到", instant(ends_at)),
                "correct the end, or leave it out",
                "请更正结束时间，或不设置",
            );
            lints.tell(LintRule::AlreadyOver, "ends_at", words);
        }
        return;
    }
    let visible = ends_at.saturating_sub(starts_at.max(now));
    if (1..MINUTE_MS).contains(&visible) {
        let words = say(
            format!("is visible for {} seconds only", visible / 1000),
            format!("只显示 {} 秒", visible / 1000),
            "check the end; times are Unix milliseconds",
            "请检查结束时间；时间的单位是毫秒",
        );
        lints.tell(LintRule::VisibleBriefly, "ends_at", words);
    } else if draft.require_ack && (1..DAY_MS).contains(&visible) {
        let words = say(
            format!(
                "must be acknowledged, and is visible for {} hours only",
                visible / HOUR_MS
            ),
            format!("要求确认，但只显示 {} 小时", visible / HOUR_MS),
            "let it end later, or everyone who is away misses it",
            "请延后结束时间，否则不在线的读者会错过",
        );
        lints.tell(LintRule::LittleTimeToAcknowledge, "ends_at", words);
    }
}

fn look_at_languages(draft: &Draft, former: Option<&Announcement>, lints: &mut Lints) {
    // An update keeps the default that was there.
    if let [first, _, ..] = draft.texts.as_slice()
        && draft.default_locale.is_empty()
        && former.is_none()
    {
        let first = &first.locale;
        let words = say(
            format!("does not say which text is the default; it is {first}, the first one"),
            format!("未指定默认语言区域，将使用第一个：{first}"),
            "set default_locale",
            "请设置 default_locale",
        );
        lints.tell(LintRule::ImplicitDefault, "default_locale", words);
    }
    for (n, action) in draft.actions.iter().enumerate() {
        let has_label = |language: &str| {
            let mut labels = action.label.iter();
            labels.any(|(locale, _)| language_of(locale) == language)
        };
        let mut languages = draft.texts.iter().map(|text| language_of(&text.locale));
        // A button without any label is a fault.
        let missing = languages.find(|language| !has_label(language));
        if let Some(language) = missing.filter(|_| !action.label.is_empty()) {
            let words = say(
                format!("has no label in {language}, although there is a text"),
                format!("有 {language} 的文本，但按钮没有该语言的文字"),
                "add the label",
                "请补充按钮文字",
            );
            lints.tell(LintRule::MissingLabel, format!("actions[{n}].label"), words);
        }
    }
}

/// Returns the language of a locale as it is written, in lower case.
pub(super) fn language_of(locale: &str) -> String {
    let language = locale.split(['-', '_']).next().unwrap_or_default();
    language.to_ascii_lowercase()
}

fn look_at_audience(audience: &Audience, lints: &mut Lints) {
    look_at_conditions(&audience.conditions, "audience", lints);
    for (name, lists) in [("any", &audience.any), ("none", &audience.none)] {
        for (n, list) in lists.iter().enumerate() {
            look_at_conditions(list, &format!("audience.{name}[{n}]"), lints);
        }
    }
}

fn look_at_conditions(conditions: &[Condition], path: &str, lints: &mut Lints) {
    for (n, condition) in conditions.iter().enumerate() {
        let name = condition.attribute.as_str();
        let Some(meant) = meant_by(name) else {
            continue;
        };
        let words = say(
            format!("{name} is not well known, and looks like {meant}"),
            format!("{name} 不是通用属性，疑为 {meant}"),
            format!("write {meant}, unless your viewers have {name}"),
            format!("请改为 {meant}，除非读者确有属性 {name}"),
        );
        let path = format!("{path}[{n}].attribute");
        lints.tell(LintRule::MisspeltAttribute, path, words);
    }
}

/// Returns the well-known attribute that a name differs from only in case, separators or number.
fn meant_by(name: &str) -> Option<&'static str> {
    if WELL_KNOWN.contains(&name) {
        return None;
    }
    let plain = |name: &str| name.to_ascii_lowercase().replace(['_', '-', '.', ':'], "");
    let written = plain(name);
    let one = written.strip_suffix('s').unwrap_or(&written);
    WELL_KNOWN
        .into_iter()
        .find(|known| plain(known) == written || plain(known) == one)
}

fn look_at_text(path: &str, text: &str, lints: &mut Lints) {
    if let Some(tag) = html_in(text) {
        let words = say(
            format!("has HTML ({tag}), which viewers see as it is written"),
            format!("含有 HTML（{tag}），读者会看到原始标签"),
            "write plain text or Markdown",
            "请使用纯文本或 Markdown",
        );
        lints.tell(LintRule::Html, path, words);
    }
    if let Some(placeholder) = placeholder_in(text) {
        let words = say(
            format!("has a placeholder that was not filled in ({placeholder})"),
            format!("含有未替换的占位符（{placeholder}）"),
            "fill it in",
            "请替换为实际内容",
        );
        lints.tell(LintRule::Placeholder, path, words);
    }
}

/// Returns the first tag of HTML in a text.
fn html_in(text: &str) -> Option<String> {
    text.match_indices('<').find_map(|(at, _)| {
        let inside = text.get(at + 1..)?;
        let inside = inside.strip_prefix('/').unwrap_or(inside);
        let end = inside.find(|c: char| !c.is_ascii_alphanumeric())?;
        let (name, behind) = inside.split_at(end);
        let name = name.to_ascii_lowercase();
        let is_tag = TAGS.contains(&name.as_str())
            && behind.starts_with(['>', '/', ' '])
            && behind.contains('>');
        is_tag.then(|| format!("<{name}>"))
    })
}

/// Returns the first placeholder of a template in a text: `{{name}}`, `${name}` or a printer's blind text.
fn placeholder_in(text: &str) -> Option<String> {
    /// Longest placeholder, in bytes.
    const LONGEST: usize = 64;
    for (open, close) in [("{{", "}}"), ("${", "}")] {
        for (at, _) in text.match_indices(open) {
            let whole = text.get(at..).unwrap_or_default();
            let end = whole.find(close).map(|end| end + close.len());
            let found = end.and_then(|end| whole.get(..end));
            if let Some(found) =
                found.filter(|found| found.len() <= LONGEST && !found.contains('\n'))
            {
                return Some(found.to_owned());
            }
        }
    }
    let blind = "lorem ipsum";
    text.to_ascii_lowercase()
        .contains(blind)
        .then(|| blind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_differ_in_their_writing_are_misspelt() {
        for (name, meant) in [
            ("appVersion", Some("app_version")),
            ("os-version", Some("os_version")),
            ("Roles", Some("role")),
            ("groups", Some("group")),
            ("USER", Some("user")),
            ("app_version", None),
            ("apps_on_desk", None),
            ("tier", None),
            ("s", None),
        ] {
            assert_eq!(meant_by(name), meant, "{name}");
        }
    }

    #[test]
    fn html_is_found_and_signs_of_comparison_are_not() {
        for text in [
            "<p>a",
            "a<br/>b",
            "<A href=\"x\">",
            "x </div>",
            "<b>重要</b>",
        ] {
            assert!(html_in(text).is_some(), "{text}");
        }
        for text in [
            "a < b > c",
            "1<2",
            "<https://example.com>",
            "<your name>",
            "a<b",
            "<-",
            "<",
        ] {
            assert_eq!(html_in(text), None, "{text}");
        }
    }

    #[test]
    fn placeholders_are_those_of_templates() {
        for text in ["Hello {{ name }}", "版本 ${version}", "Lorem Ipsum dolor"] {
            assert!(placeholder_in(text).is_some(), "{text}");
        }
        for text in ["{a}", "$5 {x}", "{{ open", "}} {{\n}}", "costs $ {"] {
            assert_eq!(placeholder_in(text), None, "{text}");
        }
    }
}
