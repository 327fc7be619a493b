//! What a board must answer, found by looking at everything, each time, in the plainest way.

use std::cmp::Reverse;

use notice::{
    Condition, Draft, ErrorKind, Filter, Importance, Lifecycle, Operator, Order, Outcome, Phase,
    Published, Query, Reference, Text, TimeRange, View, Viewer,
};

/// An announcement: its draft with every default filled in, and what the board gave.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) id: i64,
    pub(crate) draft: Draft,
    pub(crate) version: u32,
    pub(crate) notify_version: u32,
    pub(crate) revision: i64,
    pub(crate) notify_revision: i64,
    pub(crate) created_at: i64,
    pub(crate) published_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) renewed_at: i64,
    pub(crate) retracted_at: i64,
    pub(crate) is_retracted: bool,
}

/// A board that is a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Oracle {
    pub(crate) kept: Vec<Kept>,
    pub(crate) revision: i64,
}

impl Kept {
    fn ends_at(&self) -> i64 {
        self.draft.ends_at.unwrap_or(i64::MAX)
    }

    /// Whether it is not released yet.
    pub(crate) fn is_draft(&self) -> bool {
        self.draft.state == Some(Lifecycle::Draft)
    }

    fn phase(&self, now: i64) -> Phase {
        match () {
            () if self.is_draft() => Phase::Draft,
            () if self.is_retracted => Phase::Retracted,
            () if Some(now) < self.draft.starts_at => Phase::Scheduled,
            () if now >= self.ends_at() => Phase::Expired,
            () => Phase::Active,
        }
    }

    fn is_named_by(&self, reference: &Reference, channel: &str) -> bool {
        match reference {
            Reference::Id(id) => self.id == *id,
            Reference::Key(key) => self.draft.key == *key && self.draft.channel == channel,
            other => unreachable!("{other:?}"),
        }
    }

    fn replaces(&self, other: &Self) -> bool {
        !self.is_draft() && self.would_replace(other)
    }

    /// What it replaces once it is released.
    fn would_replace(&self, other: &Self) -> bool {
        let names = |reference| other.is_named_by(reference, &self.draft.channel);
        self.draft.replaces.iter().any(names)
    }

    fn is_under(&self, filter: &Filter) -> bool {
        let d = &self.draft;
        let any = |list: &[String], value: &String| list.is_empty() || list.contains(value);
        let in_span = |span: TimeRange, at| {
            span.from.is_none_or(|from| from <= at) && span.until.is_none_or(|until| at < until)
        };
        // What has no such time yet is in no range.
        let in_span_if_set = |span: TimeRange, at: Option<i64>| {
            span == TimeRange::default() || at.is_some_and(|at| in_span(span, at))
        };
        let is = |wanted: &Option<String>, value: &String| {
            wanted.as_ref().is_none_or(|wanted| wanted == value)
        };
        any(&filter.channels, &d.channel)
            && any(&filter.categories, &d.category)
            && any(&filter.keys, &d.key)
            && (filter.tags_any.is_empty() || d.tags.iter().any(|t| filter.tags_any.contains(t)))
            && filter.tags_all.iter().all(|tag| d.tags.contains(tag))
            && !d.tags.iter().any(|tag| filter.tags_none.contains(tag))
            && filter
                .severity_at_least
                .is_none_or(|least| d.severity.code() >= least.code())
            && filter.pinned.is_none_or(|pinned| d.pinned == pinned)
            && (filter.ids.is_empty() || filter.ids.contains(&self.id))
            && is(&filter.author, &d.author)
            && is(&filter.external_id, &d.external_id)
            && in_span_if_set(filter.starts, d.starts_at)
            && in_span(filter.ends, self.ends_at())
            && in_span_if_set(
                filter.published,
                Some(self.published_at).filter(|at| *at != 0),
            )
            && in_span(filter.updated, self.updated_at)
            && filter
                .changed_since
                .is_none_or(|since| self.revision > since)
            && filter
                .has_locale
                .as_ref()
                .is_none_or(|l| d.texts.iter().any(|t| t.locale == l.as_str()))
    }
}

impl Oracle {
    /// Publishes all or nothing.
    pub(crate) fn publish(
        &mut self,
        drafts: &[Draft],
        now: i64,
    ) -> Result<Vec<Published>, ErrorKind> {
        let mut next = self.clone();
        next.revision += 1;
        let mut published = Vec::new();
        for draft in drafts {
            published.push(next.publish_one(draft, now)?);
        }
        if published.iter().any(|p| p.outcome != Outcome::Unchanged) {
            *self = next;
        }
        Ok(published)
    }

    fn publish_one(&mut self, draft: &Draft, now: i64) -> Result<Published, ErrorKind> {
        let mut draft = draft.clone();
        let change = draft.change.take();
        if draft.ends_at.is_some() && draft.ends_at <= draft.starts_at {
            return Err(ErrorKind::InvalidField);
        }
        if draft.replaces.contains(&Reference::Key(draft.key.clone())) {
            return Err(ErrorKind::InvalidField);
        }
        if draft.channel.is_empty() {
            draft.channel = "default".to_owned();
        }
        let same_key = |kept: &&Kept| {
            !draft.key.is_empty()
                && kept.draft.key == draft.key
                && kept.draft.channel == draft.channel
        };
        let former = self.kept.iter().find(same_key).cloned();
        if former.as_ref().is_some_and(|former| former.is_retracted) {
            return Err(ErrorKind::BadState);
        }
        let said = draft.state.take();
        let is_draft = match &former {
            Some(former) => former.is_draft(),
            None => said == Some(Lifecycle::Draft),
        };
        if said.is_some_and(|said| (said == Lifecycle::Draft) != is_draft) {
            return Err(ErrorKind::InvalidField);
        }
        draft.state = is_draft.then_some(Lifecycle::Draft);
        if draft.starts_at.is_none() && !is_draft {
            let started = former.as_ref().and_then(|former| former.draft.starts_at);
            draft.starts_at = Some(started.unwrap_or(now).min(now));
        }
        if draft.default_locale.is_empty() {
            // That of before, as long as it has a text: texts are a set.
            let default = former.as_ref().map(|former| &former.draft.default_locale);
            let first = &draft.texts[0].locale;
            let is_there = |locale: &&String| draft.texts.iter().any(|t| t.locale == **locale);
            draft.default_locale = default.filter(is_there).unwrap_or(first).clone();
        }
        if draft.ends_at.is_some() && draft.ends_at <= draft.starts_at {
            return Err(ErrorKind::InvalidField);
        }
        let revision = self.revision;
        let (kept, outcome) = match former {
            Some(former) if in_order(&former.draft) == in_order(&draft) => {
                let Kept {
                    id,
                    version,
                    revision,
                    ..
                } = former;
                return Ok(Published::new(id, version, revision, Outcome::Unchanged));
            }
            Some(former) => {
                let version = former.version + 1;
                let is_news = match change {
                    _ if is_draft => false,
                    Some(change) => change == Importance::Major,
                    None => is_news(&former.draft, &draft),
                };
                let mut kept = Kept {
                    draft,
                    version,
                    revision,
                    updated_at: now,
                    ..former
                };
                if is_news {
                    kept.renewed_at = now;
                    (kept.notify_version, kept.notify_revision) = (version, revision);
                }
                (kept, Outcome::Updated)
            }
            None => {
                let id = self.kept.iter().map(|kept| kept.id).max().unwrap_or(0) + 1;
                let kept = Kept {
                    id,
                    draft,
                    revision,
                    version: 1,
                    notify_version: 1,
                    notify_revision: revision,
                    created_at: now,
                    published_at: if is_draft { 0 } else { now },
                    updated_at: now,
                    renewed_at: 0,
                    retracted_at: 0,
                    is_retracted: false,
                };
                (kept, Outcome::Created)
            }
        };
        let (id, version) = (kept.id, kept.version);
        self.kept.retain(|other| other.id != id);
        self.kept.push(kept);
        if self.is_in_a_ring(id) {
            return Err(ErrorKind::InvalidField);
        }
        Ok(Published::new(id, version, revision, outcome))
    }

    /// Retracts; gives the revision of the retraction.
    pub(crate) fn retract(&mut self, id: i64, now: i64) -> Result<i64, ErrorKind> {
        let next = self.revision + 1;
        let kept = self
            .kept
            .iter_mut()
            .find(|kept| kept.id == id)
            .ok_or(ErrorKind::NotFound)?;
        if kept.is_draft() {
            return Err(ErrorKind::BadState);
        }
        if !kept.is_retracted {
            (kept.is_retracted, kept.retracted_at, kept.revision) = (true, now, next);
            self.revision = next;
        }
        Ok(kept.revision)
    }

    /// Publishes a draft.
    pub(crate) fn release(&mut self, id: i64, now: i64) -> Result<Published, ErrorKind> {
        let mut next = self.clone();
        next.revision += 1;
        let kept = next.kept.iter_mut().find(|kept| kept.id == id);
        let kept = kept.ok_or(ErrorKind::NotFound)?;
        if !kept.is_draft() || kept.ends_at() <= now {
            return Err(ErrorKind::BadState);
        }
        kept.draft.state = None;
        kept.draft.starts_at = kept.draft.starts_at.max(Some(now));
        kept.version += 1;
        (kept.notify_version, kept.notify_revision) = (kept.version, next.revision);
        (kept.revision, kept.published_at, kept.updated_at) = (next.revision, now, now);
        let version = kept.version;
        if next.is_in_a_ring(id) {
            return Err(ErrorKind::InvalidField);
        }
        let done = Published::new(id, version, next.revision, Outcome::Released);
        *self = next;
        Ok(done)
    }

    /// Whether the one of that id comes to itself by way of what it replaces.
    fn is_in_a_ring(&self, id: i64) -> bool {
        let mut reached = vec![id];
        let mut done = 0;
        while done < reached.len() {
            let Some(from) = self.kept.iter().find(|kept| kept.id == reached[done]) else {
                break;
            };
            let is_first = from.id == id;
            let leads = |to: &&Kept| from.replaces(to) || is_first && from.would_replace(to);
            for to in self.kept.iter().filter(leads) {
                if to.id == id {
                    return true;
                }
                if !reached.contains(&to.id) {
                    reached.push(to.id);
                }
            }
            done += 1;
        }
        false
    }

    /// The whole answer to a query at `now`, in order.
    pub(crate) fn answer(&self, query: &Query, now: i64) -> Vec<&Kept> {
        let mut answer: Vec<&Kept> = self
            .kept
            .iter()
            .filter(|kept| self.shows(kept, query, now))
            .collect();
        match query.order {
            Order::Default => answer.sort_by_key(|kept| {
                let d = &kept.draft;
                Reverse((
                    d.pinned,
                    d.severity.code(),
                    d.priority,
                    d.starts_at,
                    kept.id,
                ))
            }),
            Order::Newest => answer.sort_by_key(|kept| {
                // What is retracted is no news, and stands where it started.
                let renewed_at = Some(kept.renewed_at).filter(|_| !kept.is_retracted);
                let news_at = kept.draft.starts_at.max(renewed_at);
                Reverse((news_at, kept.id))
            }),
            Order::Oldest => answer.sort_by_key(|kept| (kept.draft.starts_at, kept.id)),
            Order::EndingSoon => answer.sort_by_key(|kept| (kept.ends_at(), kept.id)),
            _ => unreachable!("needs search text, which these queries have none of"),
        }
        answer
    }

    fn shows(&self, kept: &Kept, query: &Query, now: i64) -> bool {
        let wanted = query.filter.phase;
        if !(wanted == Phase::Any || kept.phase(now) == wanted) || !kept.is_under(&query.filter) {
            return false;
        }
        if query.view == View::Editor {
            return true;
        }
        let covers =
            |kept: &Kept| kept.phase(now) == Phase::Active && is_meant(kept, &query.viewer);
        is_meant(kept, &query.viewer) && !self.replacers_of(kept).into_iter().any(covers)
    }

    /// Those that replace it, or one that does, whatever has become of that one.
    fn replacers_of(&self, kept: &Kept) -> Vec<&Kept> {
        let mut found: Vec<&Kept> = self.kept.iter().filter(|r| r.replaces(kept)).collect();
        let mut done = 0;
        while done < found.len() {
            for other in &self.kept {
                let is_known = found.iter().any(|known| known.id == other.id);
                if other.replaces(found[done]) && !is_known {
                    found.push(other);
                }
            }
            done += 1;
        }
        found
    }

    /// Every instant after `now` at which anything starts or ends, in order.
    pub(crate) fn instants_after(&self, now: i64) -> Vec<i64> {
        let both = |kept: &Kept| kept.draft.starts_at.into_iter().chain(kept.draft.ends_at);
        let mut instants: Vec<i64> = self
            .kept
            .iter()
            .flat_map(both)
            .filter(|at| *at > now)
            .collect();
        instants.sort_unstable();
        instants.dedup();
        instants
    }
}

/// Whether the audience lets the viewer in. Only what the world's audiences say is understood.
fn is_meant(kept: &Kept, viewer: &Viewer) -> bool {
    let values = |attribute: &str| match attribute {
        "user" if viewer.user.is_empty() => vec![],
        "user" => vec![viewer.user.clone()],
        other => viewer.attributes.get(other).cloned().unwrap_or_default(),
    };
    let is_met = |condition: &Condition| {
        let has = values(&condition.attribute);
        let among = has.iter().any(|value| condition.values.contains(value));
        match condition.operator {
            Operator::In => among,
            Operator::NotIn => !among,
            Operator::Exists => !has.is_empty(),
            // The one range is >=2.
            Operator::Version => has.iter().any(|value| value == "2.5"),
            _ => panic!("the world has no such operator"),
        }
    };
    kept.draft.audience.conditions.iter().all(is_met)
}

/// A draft with its sets in one order.
fn in_order(draft: &Draft) -> Draft {
    let mut draft = draft.clone();
    draft.texts.sort_by(|a, b| a.locale.cmp(&b.locale));
    draft.tags.sort();
    draft
        .replaces
        .sort_by_key(|reference| format!("{reference:?}"));
    let conditions = &mut draft.audience.conditions;
    conditions.iter_mut().for_each(|c| c.values.sort());
    conditions.sort_by_key(|condition| format!("{condition:?}"));
    draft
}

/// Whether a title or a body changes that was there, it becomes more serious, or the start or the event moves.
fn is_news(before: &Draft, after: &Draft) -> bool {
    let times = |d: &Draft| [d.starts_at, d.event_from, d.event_to];
    let changes = |text: &Text| {
        let mut former = before.texts.iter().filter(|t| t.locale == text.locale);
        former.any(|former| (&former.title, &former.body) != (&text.title, &text.body))
    };
    times(before) != times(after)
        || before.severity.code() < after.severity.code()
        || after.texts.iter().any(changes)
}
