//! Compiled audiences: checked, parsed, and matched without an allocation.

use super::attribute::ReadAs;
use super::audience::Audience;
use super::compiled_condition::{CompiledCondition, Source};
use super::condition::Condition;
use super::faults::Faults;
use super::limits;
use super::prepared_viewer::PreparedViewer;
use super::viewer::Viewer;
use crate::{Bilingual, Error, Result};

/// Conditions that must hold together.
type All = Box<[CompiledCondition]>;

/// An [`Audience`] prepared for matching many viewers.
#[derive(Debug, Clone)]
pub(crate) struct CompiledAudience {
    all: All,
    /// Few audiences have lists, so they cost the others only a pointer.
    lists: Option<Box<Lists>>,
}

#[derive(Debug, Clone)]
struct Lists {
    any: Box<[All]>,
    none: Box<[All]>,
}

/// The part of an audience that a viewer does not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unmet {
    /// The condition with this index, of those that must all hold.
    Condition(usize),
    /// Every list of `any`: the index of its first condition that does not hold.
    Any(Vec<usize>),
    /// The list of `none` with this index, for it holds.
    None(usize),
}

impl Audience {
    /// Reports whether `viewer` is in this audience. A percentage without a salt is reckoned with an empty
    /// one, because an audience alone has neither key nor id.
    ///
    /// # Errors
    /// `invalid_field` or `too_large` for a condition that publishing would refuse.
    pub fn admits(&self, viewer: &Viewer) -> Result<bool> {
        Ok(self.compile()?.matches(&PreparedViewer::new(viewer)))
    }

    /// Validates the audience and prepares it for matching.
    ///
    /// # Errors
    /// `invalid_field` or `too_large` with a path such as `[2].values[0]`: a name or value outside
    /// its limits, a missing value (or one for `exists`), an empty prefix or glob, a version range that
    /// nobody can meet, a bad number, locale or percentage, an unknown operator, a list without
    /// conditions; `too_large` when it exceeds 256 KiB.
    pub(crate) fn compile(&self) -> Result<CompiledAudience> {
        CompiledAudience::new(self, Source::Draft, &mut Faults::First)
    }

    /// Checks what [`Audience::compile`] refuses.
    pub(super) fn check(&self, faults: &mut Faults) -> Result<()> {
        CompiledAudience::new(self, Source::Draft, faults).map(drop)
    }

    /// Validates an audience that was accepted elsewhere, perhaps by a build with other rules.
    ///
    /// # Errors
    /// As [`Audience::compile`], except for what only an editor can be told.
    pub(crate) fn check_accepted(&self) -> Result<()> {
        let source = Source::Record { seed: "" };
        CompiledAudience::new(self, source, &mut Faults::First).map(drop)
    }

    /// Prepares an audience that was accepted elsewhere, perhaps by a newer build. A condition that
    /// cannot be read is never met, and is counted as unknown. `seed` is the announcement's key or else
    /// its id.
    pub(crate) fn compile_lossy(&self, seed: &str) -> CompiledAudience {
        CompiledAudience::new_lossy(self, seed)
    }
}

impl CompiledAudience {
    fn new(audience: &Audience, source: Source<'_>, faults: &mut Faults) -> Result<Self> {
        let compiled = Self::join(
            compile(&audience.conditions, "", source, faults)?,
            compile_lists(&audience.any, "any", source, faults)?,
            compile_lists(&audience.none, "none", source, faults)?,
        );
        let encoded = audience.encoded_bytes();
        if encoded > limits::AUDIENCE_BYTES {
            let unit = Bilingual::new("bytes", "字节");
            let (actual, limit) = (encoded as u64, limits::AUDIENCE_BYTES as u64);
            faults.tell(Error::too_large("", actual, limit, &unit))?;
        }
        Ok(compiled)
    }

    fn new_lossy(audience: &Audience, seed: &str) -> Self {
        let source = Source::Record { seed };
        let compile = |condition: &Condition| {
            CompiledCondition::new(condition, source, &mut Faults::First)
                .unwrap_or_else(|_| CompiledCondition::never())
        };
        let all = |list: &Vec<Condition>| list.iter().map(compile).collect();
        let lists = |lists: &[Vec<Condition>]| lists.iter().map(all).collect();
        Self::join(
            all(&audience.conditions),
            lists(&audience.any),
            lists(&audience.none),
        )
    }

    fn join(all: All, any: Box<[All]>, none: Box<[All]>) -> Self {
        let has_lists = !any.is_empty() || !none.is_empty();
        Self {
            all,
            lists: has_lists.then(|| Box::new(Lists { any, none })),
        }
    }

    /// Reports whether `viewer` meets every condition, without an allocation.
    pub(crate) fn matches(&self, viewer: &PreparedViewer<'_>) -> bool {
        holds(&self.all, viewer)
            && self.lists.as_ref().is_none_or(|lists| {
                (lists.any.is_empty() || lists.any.iter().any(|list| holds(list, viewer)))
                    && !lists.none.iter().any(|list| excludes(list, viewer))
            })
    }

    /// Returns the part that `viewer` does not meet.
    pub(crate) fn unmet_by(&self, viewer: &PreparedViewer<'_>) -> Option<Unmet> {
        let first = |list: &All| {
            list.iter()
                .position(|condition| !condition.is_met_by(viewer))
        };
        if let Some(condition) = first(&self.all) {
            return Some(Unmet::Condition(condition));
        }
        let lists = self.lists.as_ref()?;
        let unmet: Option<Vec<usize>> = lists.any.iter().map(first).collect();
        if let Some(unmet) = unmet.filter(|unmet| !unmet.is_empty()) {
            return Some(Unmet::Any(unmet));
        }
        let excluding = lists.none.iter().position(|list| excludes(list, viewer));
        excluding.map(Unmet::None)
    }

    /// Returns all conditions' attributes, and how their values are read.
    pub(crate) fn asks(&self) -> impl Iterator<Item = (&str, ReadAs)> {
        self.conditions()
            .map(|condition| (condition.attribute(), condition.read_as()))
    }

    /// Counts the conditions that are never met because this build does not understand them.
    pub(crate) fn unknown_conditions(&self) -> usize {
        self.conditions().filter(|one| one.is_unknown()).count()
    }

    fn conditions(&self) -> impl Iterator<Item = &CompiledCondition> {
        let lists = self.lists.iter();
        let lists = lists.flat_map(|lists| lists.any.iter().chain(&lists.none));
        self.all.iter().chain(lists.flatten())
    }

    /// Reports whether there are no conditions.
    #[cfg(test)]
    pub(crate) fn is_everyone(&self) -> bool {
        self.conditions().next().is_none()
    }
}

/// Compiles the conditions of the list at `path`.
fn compile(
    conditions: &[Condition],
    path: &str,
    source: Source<'_>,
    faults: &mut Faults,
) -> Result<All> {
    let mut compiled = Vec::with_capacity(conditions.len());
    for (n, condition) in conditions.iter().enumerate() {
        let new = |faults: &mut Faults| CompiledCondition::new(condition, source, faults);
        compiled.push(faults.within(format_args!("{path}[{n}]"), new)?);
    }
    Ok(compiled.into())
}

/// Compiles the lists of conditions in the member `name`.
fn compile_lists(
    lists: &[Vec<Condition>],
    name: &str,
    source: Source<'_>,
    faults: &mut Faults,
) -> Result<Box<[All]>> {
    let mut compiled = Vec::with_capacity(lists.len());
    for (n, list) in lists.iter().enumerate() {
        let path = format!("{name}[{n}]");
        let checked = check_list(list, lists.len(), name).map_err(|error| error.within(&path));
        faults.of(checked)?;
        compiled.push(compile(list, &path, source, faults)?);
    }
    Ok(compiled.into())
}

fn holds(list: &All, viewer: &PreparedViewer<'_>) -> bool {
    list.iter().all(|condition| condition.is_met_by(viewer))
}

/// Reports whether a list of `none` keeps the viewer out. A condition that this build does not understand
/// may well hold, and an audience fails closed.
fn excludes(list: &All, viewer: &PreparedViewer<'_>) -> bool {
    let may_hold =
        |condition: &CompiledCondition| condition.is_unknown() || condition.is_met_by(viewer);
    list.iter().all(may_hold)
}

/// Refuses a list without conditions where it would decide for everyone.
fn check_list(list: &[Condition], count: usize, name: &str) -> Result<()> {
    let reason = match name {
        _ if !list.is_empty() => return Ok(()),
        "none" => Bilingual::new(
            "a list without conditions would exclude everyone; leave it out",
            "没有条件的列表会排除所有人；请删去",
        ),
        _ if count > 1 => Bilingual::new(
            "a list without conditions admits everyone, whatever the other lists say; leave it out",
            "没有条件的列表会放行所有人，其余列表将不起作用；请删去",
        ),
        _ => return Ok(()),
    };
    Err(Error::invalid("", "[]", reason))
}
