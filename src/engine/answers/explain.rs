//! Explains which rules hide an announcement from a viewer.

use crate::engine::answers::queries::only;
use crate::engine::answers::selection::Selection;
use crate::engine::memory::evicted::Fetched;
use crate::engine::{Store, instant};
use crate::error::{Bilingual, Error, Result};
use crate::model::{Announcement, Audience, Condition, PreparedViewer, ReadAs, Unmet, Viewer};
use crate::query::{Explanation, Finding, Rule};
use crate::query::{Phase, Query, View};

impl Store {
    /// Explains one announcement for the query's viewer.
    pub(crate) fn explain_for(&self, id: i64, query: &Query) -> Result<Explanation> {
        query.viewer.validate()?;
        self.count_unreadable(&query.viewer);
        let present = self.present()?;
        let now = instant(&query.viewer, present)?;
        // An editor asks about the viewer's view, too.
        let viewer_query = only(
            id,
            &Query {
                view: View::Viewer,
                ..query.clone()
            },
        );
        let prepared = viewer_query.prepare()?;
        let state = self.memory.read_at(present);
        let index = &state.index;
        let user = state.users.get(&query.viewer.user);
        let slot = index.slot_of_id(id).ok_or_else(|| Error::not_found(id))?;
        let entry = index.entry(slot).ok_or_else(|| Error::not_found(id))?;
        let announcement = &entry.announcement;
        let viewer = PreparedViewer::new(&query.viewer);
        let unmet = index.groups.unmet_by(entry.group, &viewer);
        let phase = Phase::of(announcement, now);
        let may_know = unmet.is_none() && announcement.has_shown(now);
        if query.view == View::Viewer && !may_know {
            return Err(Error::not_found(id));
        }
        let mut findings = Vec::new();
        findings.extend(of_phase(announcement, phase, now));
        findings.extend(unmet.map(|unmet| of_audience(announcement.audience(), &unmet)));
        // The query is for one id without search text, so no evicted text can be needed.
        let fetched = Fetched::default();
        let selection = Selection::new(&state, &fetched, &prepared, false, now);
        let replacer = selection
            .superseded_by(slot)
            .and_then(|slot| index.entry(slot));
        findings.extend(replacer.map(|entry| of_supersession(&entry.announcement)));
        let visible = findings.is_empty();
        if visible {
            findings.push(finding(
                Rule::Visible,
                "is on the viewer's board",
                "在该读者的公告板上",
            ));
        }
        let mut pending = visible && !announcement.quiet();
        if let Some(user) = user {
            let receipt = user.kept(id).receipt;
            let count = findings.len();
            if receipt.is_dismissed(announcement) {
                findings.push(finding(
                    Rule::Dismissed,
                    format!("was dismissed at {}", receipt.dismissed_at),
                    format!("已于 {} 关闭", receipt.dismissed_at),
                ));
            }
            let limit = announcement.show_limit();
            if let Some(limit) = limit.filter(|_| receipt.is_over_limit(announcement)) {
                let shown = receipt.shown(announcement);
                findings.push(finding(
                    Rule::ShowLimit,
                    format!("was shown {shown} times; the limit is {limit}"),
                    format!("已展示 {shown} 次，上限为 {limit} 次"),
                ));
            }
            let again = receipt.shown_again_at(announcement, now);
            if let Some(again) = again.filter(|again| now < *again) {
                findings.push(finding(
                    Rule::ShowInterval,
                    format!(
                        "was last shown at {}; may be shown again at {again}",
                        receipt.last_seen_at
                    ),
                    format!("上次展示于 {}，{again} 起可再次展示", receipt.last_seen_at),
                ));
            }
            if let Some(until) = receipt.snoozed_at(announcement, now) {
                findings.push(finding(
                    Rule::Snoozed,
                    format!("is snoozed until {until}"),
                    format!("读者选择稍后提醒，{until} 起可再次展示"),
                ));
            }
            pending &= findings.len() == count;
        }
        findings.extend(of_unreadable_locales(&query.viewer));
        findings.extend(of_unreadable(&viewer, index.groups.asks(entry.group)));
        Ok(Explanation {
            id,
            visible,
            pending,
            findings,
            next_change_at: selection.next_change_at(),
        })
    }
}

fn finding(
    rule: Rule,
    en: impl Into<std::borrow::Cow<'static, str>>,
    zh: impl Into<std::borrow::Cow<'static, str>>,
) -> Finding {
    Finding {
        rule,
        words: Bilingual::new(en, zh),
    }
}

fn of_phase(announcement: &Announcement, phase: Phase, now: i64) -> Option<Finding> {
    let a = announcement;
    let retracted_at = a.retracted_at().unwrap_or_default();
    let ends_at = a.ends_at().unwrap_or_default();
    match phase {
        Phase::Active | Phase::Any => None,
        Phase::Retracted => Some(finding(
            Rule::Retracted,
            format!("was retracted at {retracted_at}: {:?}", a.retract_reason()),
            format!("已于 {retracted_at} 撤回：{:?}", a.retract_reason()),
        )),
        Phase::Draft => Some(finding(
            Rule::Draft,
            "is a draft, which no viewer sees until it is released",
            "是草稿，发布之前任何读者都看不到",
        )),
        Phase::Scheduled => Some(finding(
            Rule::Scheduled,
            format!("starts at {}; now is {now}", a.starts_at()),
            format!("{} 起生效，当前时间为 {now}", a.starts_at()),
        )),
        Phase::Expired => Some(finding(
            Rule::Expired,
            format!("ended at {ends_at}; now is {now}"),
            format!("已于 {ends_at} 结束，当前时间为 {now}"),
        )),
    }
}

/// Values of a condition that are shown; an audience may name thousands of users.
const SHOWN_VALUES: usize = 5;

fn of_audience(audience: &Audience, unmet: &Unmet) -> Finding {
    let unmet = match unmet {
        Unmet::Condition(n) => shown("audience", *n, audience.conditions.get(*n)),
        Unmet::Any(lists) => {
            let each = lists.iter().enumerate().map(|(list, n)| {
                let condition = audience.any.get(list).and_then(|list| list.get(*n));
                shown(&format!("audience.any[{list}]"), *n, condition)
            });
            each.collect::<Vec<_>>().join("; ")
        }
        Unmet::None(list) => {
            let conditions = audience.none.get(*list).into_iter().flatten().enumerate();
            let path = format!("audience.none[{list}]");
            let each = conditions.map(|(n, condition)| shown(&path, n, Some(condition)));
            let each = each.collect::<Vec<_>>().join("; ");
            return finding(
                Rule::Audience,
                format!("the viewer meets every condition of {path}, which excludes him: {each}"),
                format!("读者满足 {path} 的所有条件，因而被排除：{each}"),
            );
        }
    };
    finding(
        Rule::Audience,
        format!("the viewer does not meet {unmet}"),
        format!("读者不满足 {unmet}"),
    )
}

/// Returns a condition in words.
fn shown(path: &str, n: usize, condition: Option<&Condition>) -> String {
    let rule = condition.map(|c| {
        let shown: Vec<&String> = c.values.iter().take(SHOWN_VALUES).collect();
        let more = match c.values.len() > SHOWN_VALUES {
            true => format!(" (+{})", c.values.len() - SHOWN_VALUES),
            false => String::new(),
        };
        format!("{} {} {shown:?}{more}", c.attribute, c.operator.name())
    });
    format!("{path}[{n}]: {}", rule.unwrap_or_default())
}

/// Returns what the audience asks about and cannot be read of the viewer.
fn of_unreadable(viewer: &PreparedViewer<'_>, asks: Vec<(&str, ReadAs)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, read_as) in asks {
        let (en, zh) = match read_as {
            ReadAs::Text => continue,
            ReadAs::Number => ("number", "数值"),
            ReadAs::Version => ("version", "版本号"),
        };
        for value in viewer.unreadable(name, read_as) {
            findings.push(finding(
                Rule::Unreadable,
                format!(
                    "the viewer's {name} {value:?} cannot be read as a {en} and is passed over"
                ),
                format!("读者的 {name} {value:?} 无法识别为{zh}，已忽略"),
            ));
        }
    }
    findings
}

/// Returns the viewer's locales that were passed over.
fn of_unreadable_locales(viewer: &Viewer) -> impl Iterator<Item = Finding> {
    viewer.locales.unreadable().iter().map(|text| {
        finding(
            Rule::Unreadable,
            format!("the viewer's locale {text:?} cannot be read and is passed over"),
            format!("读者的语言区域 {text:?} 无法识别，已忽略"),
        )
    })
}

fn of_supersession(replacer: &Announcement) -> Finding {
    let id = replacer.id();
    finding(
        Rule::Superseded,
        format!("is superseded by announcement {id}, which the viewer sees"),
        format!("已被该读者可见的公告 {id} 取代"),
    )
}
