//! What an operator would regret of a draft because of the board, or of the other drafts.
//!
//! Which viewers two audiences share is not known. Here they share some if they are equal, or if one of them is
//! everyone; most lists of popups are for everyone or for the same group.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Lints;
use super::alone::language_of;
use super::words::say;
use crate::engine::memory::index::Index;
use crate::engine::memory::supersession::{Target, full_key, names, target_of, targets};
use crate::engine::writer::commit::Staging;
use crate::model::{
    Announcement, Audience, Draft, Lifecycle, Placement, Reference, channel_or_default,
};
use crate::query::LintRule;

/// Most popups that one viewer may see at once without a word.
const POPUPS: usize = 5;
/// Fewest others that make what they have in common a habit.
const HABIT: usize = 2;

/// The drafts among what is published.
pub(super) struct Company<'a> {
    staging: &'a Staging<'a>,
    drafts: &'a [Draft],
    /// What each draft makes; None for one with faults.
    staged: &'a [Option<Arc<Announcement>>],
    /// What is published, is not over and stays as it is.
    others: Vec<Arc<Announcement>>,
}

impl<'a> Company<'a> {
    pub(super) fn new(
        index: &Index,
        staging: &'a Staging<'a>,
        drafts: &'a [Draft],
        staged: &'a [Option<Arc<Announcement>>],
        now: i64,
    ) -> Self {
        let is_other = |other: &&Arc<Announcement>| {
            other.state() == Lifecycle::Published
                && end_of(other) > now
                && !other.is_without_texts()
                && !staging.changes(other.id())
        };
        let entries = index.slots().filter_map(|slot| index.entry(slot));
        let others = entries.map(|entry| &entry.announcement).filter(is_other);
        Self {
            staging,
            drafts,
            staged,
            others: others.cloned().collect(),
        }
    }

    /// Looks at every draft.
    pub(super) fn look_at_all(&self, lints: &mut Lints) {
        self.look_at_replaced(lints);
        self.look_at_texts(lints);
        self.look_at_popups(lints);
        self.look_at_languages(lints);
    }

    /// Returns what the drafts make, each with its draft's index.
    fn made(&self) -> impl Iterator<Item = (usize, &Arc<Announcement>)> {
        let staged = self.staged.iter().enumerate();
        staged.filter_map(|(n, made)| Some((n, made.as_ref()?)))
    }

    /// Looks for keys that occur twice, and for references that lead nowhere.
    fn look_at_replaced(&self, lints: &mut Lints) {
        let channel = |draft: &Draft| channel_or_default(&draft.channel).to_owned();
        // Also of drafts with faults, which will be mended.
        let mut keys: HashMap<Box<str>, usize> = HashMap::new();
        for (n, draft) in self.drafts.iter().enumerate() {
            if draft.key.is_empty() {
                continue;
            }
            let earlier = keys.insert(full_key(&channel(draft), &draft.key), n);
            let is_repeated = |earlier: &usize| {
                let request = self.drafts.get(*earlier).map(|one| &one.idempotency_key);
                !draft.idempotency_key.is_empty() && request == Some(&draft.idempotency_key)
            };
            if let Some(earlier) = earlier.filter(|earlier| !is_repeated(earlier)) {
                lints.draft = n;
                let words = say(
                    format!("draft [{earlier}] has the same key, and would be overwritten"),
                    format!("草稿 [{earlier}] 使用相同的 key，会被覆盖"),
                    "give each draft its own key, or leave the earlier one out",
                    "请为每个草稿使用不同的 key，或去掉前一个",
                );
                lints.tell(LintRule::SameKey, "key", words);
            }
        }
        for (n, draft) in self.drafts.iter().enumerate() {
            lints.draft = n;
            for (i, reference) in draft.replaces.iter().enumerate() {
                let target = target_of(&channel(draft), reference);
                let is_draft = matches!(&target, Target::Key(key) if keys.contains_key(key));
                if is_draft || self.staging.has(&target) {
                    continue;
                }
                let words = match reference {
                    Reference::Id(id) => say(
                        format!("replaces announcement {id}, which is not there"),
                        format!("要取代的公告 {id} 不存在"),
                        "check the id; ids of purged announcements are never used again",
                        "请检查编号；已彻底清除的编号不会再使用",
                    ),
                    Reference::Key(key) => say(
                        format!("replaces {key}, which is not there"),
                        format!("要取代的 {key} 不存在"),
                        "check the key, which is one of the draft's own channel",
                        "请检查 key；它必须属于同一频道",
                    ),
                };
                lints.tell(LintRule::ReplacesNothing, format!("replaces[{i}]"), words);
            }
        }
    }

    /// Looks for others with the same texts.
    fn look_at_texts(&self, lints: &mut Lints) {
        let channels: HashSet<&str> = self.made().map(|(_, made)| made.channel()).collect();
        let mut same: HashMap<_, Vec<(Option<usize>, &Announcement)>> = HashMap::new();
        let others = self.others.iter();
        for other in others.filter(|other| channels.contains(other.channel())) {
            let texts = same.entry(texts_of(other)).or_default();
            texts.push((None, other));
        }
        for (n, made) in self.made() {
            let texts = same.entry(texts_of(made)).or_default();
            let twin = texts.iter().find(|(_, other)| {
                other.id() != made.id()
                    && meet(made, other)
                    && !replaces(made, other)
                    && !replaces(other, made)
            });
            if let Some((earlier, other)) = twin {
                lints.draft = n;
                let (en, zh) = match earlier {
                    Some(n) => (format!("draft [{n}]"), format!("草稿 [{n}]")),
                    None => {
                        let id = other.id();
                        (format!("announcement {id}"), format!("公告 {id}"))
                    }
                };
                let words = say(
                    format!("{en} has the same texts in this channel"),
                    format!("{zh} 在同一频道中内容相同"),
                    "leave this one out, or publish both under one key",
                    "请去掉本条，或使用同一个 key",
                );
                lints.tell(LintRule::SameTexts, "texts", words);
            }
            texts.push((Some(n), made));
        }
    }

    /// Looks for more popups than one viewer wants to see at once. Each draft is counted among what is
    /// published and the drafts before it.
    fn look_at_popups(&self, lints: &mut Lints) {
        let is_popup =
            |one: &Announcement| one.display().contains(Placement::POPUP) && !one.quiet();
        let mut popups: Vec<&Announcement> = Vec::new();
        popups.extend(
            self.others
                .iter()
                .map(|other| &**other)
                .filter(|o| is_popup(o)),
        );
        for (n, made) in self.made().filter(|(_, made)| is_popup(made)) {
            if lints.is_full() {
                return;
            }
            let count = at_once(made, &popups);
            if count > POPUPS {
                lints.draft = n;
                let words = say(
                    format!("one viewer could see {count} popups at once"),
                    format!("同一读者可能同时看到 {count} 个弹窗"),
                    "show some of them in the list or as banners, or at other times",
                    "请将部分改为列表或横幅，或错开时间",
                );
                lints.tell(LintRule::ManyPopups, "display", words);
            }
            popups.push(made);
        }
    }

    /// Looks for a language that all others of a channel have.
    fn look_at_languages(&self, lints: &mut Lints) {
        let mut channels: HashMap<&str, (usize, HashMap<String, usize>)> = HashMap::new();
        let made = self.made().map(|(_, made)| made);
        for one in self.others.iter().chain(made) {
            let (count, languages) = channels.entry(one.channel()).or_default();
            *count += 1;
            for language in languages_of(one) {
                *languages.entry(language).or_default() += 1;
            }
        }
        for (n, made) in self.made() {
            let Some((count, languages)) = channels.get(made.channel()) else {
                continue;
            };
            let own = languages_of(made);
            let all = count - 1;
            let mut missing: Vec<&String> = languages
                .iter()
                .filter(|(language, count)| **count == all && !own.contains(*language))
                .map(|(language, _)| language)
                .collect();
            missing.sort_unstable();
            if let Some(language) = missing.first().filter(|_| all >= HABIT) {
                lints.draft = n;
                let channel = made.channel();
                let words = say(
                    format!("has no text in {language}, as all {all} others in {channel} have"),
                    format!("缺少 {language} 文本，而频道 {channel} 的其余 {all} 条都有"),
                    "add the translation",
                    "请补充该语言的文本",
                );
                lints.tell(LintRule::MissingLanguage, "texts", words);
            }
        }
    }
}

/// Returns channel and texts in the order of their locales, for comparison.
fn texts_of(announcement: &Announcement) -> (&str, Vec<[&str; 4]>) {
    let texts = announcement.texts();
    let mut texts: Vec<[&str; 4]> = texts
        .map(|text| [text.locale, text.title, text.summary, text.body])
        .collect();
    texts.sort_unstable();
    (announcement.channel(), texts)
}

fn languages_of(announcement: &Announcement) -> HashSet<String> {
    let locales = announcement.locales().iter();
    locales.map(|locale| language_of(locale.as_str())).collect()
}

fn end_of(announcement: &Announcement) -> i64 {
    announcement.ends_at().unwrap_or(i64::MAX)
}

/// Reports whether the times of visibility overlap.
fn overlap(one: &Announcement, other: &Announcement) -> bool {
    one.starts_at().max(other.starts_at()) < end_of(one).min(end_of(other))
}

fn is_for_everyone(announcement: &Announcement) -> bool {
    *announcement.audience() == Audience::everyone()
}

/// Reports whether a viewer could see both at one time.
fn meet(one: &Announcement, other: &Announcement) -> bool {
    let audiences = one.audience() == other.audience() || is_for_everyone(one);
    overlap(one, other) && (audiences || is_for_everyone(other))
}

/// Reports whether one names the other as replaced.
fn replaces(one: &Announcement, other: &Announcement) -> bool {
    let mut own = names(other.id(), other.channel(), other.key());
    own.any(|name| targets(one).any(|target| target == name))
}

/// Returns how many popups one viewer could see at some time with `own`, itself included.
fn at_once(own: &Announcement, popups: &[&Announcement]) -> usize {
    let mut for_everyone: Vec<(i64, i64)> = vec![(own.starts_at(), end_of(own))];
    let mut for_some: HashMap<&Audience, Vec<(i64, i64)>> = HashMap::new();
    let popups = popups.iter();
    for other in popups.filter(|other| other.id() != own.id() && meet(own, other)) {
        if replaces(own, other) || replaces(other, own) {
            continue;
        }
        let span = (
            other.starts_at().max(own.starts_at()),
            end_of(other).min(end_of(own)),
        );
        match is_for_everyone(other) {
            true => for_everyone.push(span),
            false => for_some.entry(other.audience()).or_default().push(span),
        }
    }
    let most = for_some.into_values().map(|some| {
        let all = for_everyone.iter().copied().chain(some);
        most_at_once(all.collect())
    });
    most.max().unwrap_or(0).max(most_at_once(for_everyone))
}

/// Returns how many of the spans overlap at most.
fn most_at_once(spans: Vec<(i64, i64)>) -> usize {
    let (mut starts, mut ends): (Vec<i64>, Vec<i64>) = spans.into_iter().unzip();
    starts.sort_unstable();
    ends.sort_unstable();
    let (mut over, mut most) = (0, 0);
    for (n, start) in starts.iter().enumerate() {
        while ends.get(over).is_some_and(|end| end <= start) {
            over += 1;
        }
        most = most.max(n + 1 - over);
    }
    most
}
