//! Where in a text a path such as `texts.en.title` or `[3].tags[0]` leads, whatever the text is written in.

use std::ops::Range;

/// A value in a text.
pub(crate) trait Located: Sized {
    /// Its place, in bytes.
    fn span(&self) -> Range<usize>;

    /// Its members with their names, if it has some.
    fn members(&self) -> Vec<(&str, Self)>;

    /// Its elements, if it is a list.
    fn elements(&self) -> Vec<Self>;
}

/// Finds the place of the value at a path, as far as it leads; None if not even its first step does.
pub(crate) fn locate(value: &impl Located, path: &str) -> Option<Range<usize>> {
    let (value, rest) = inside(value, path)?;
    locate(&value, rest).or_else(|| Some(value.span()))
}

/// Goes one step; returns also what is left of the path.
fn inside<'p, V: Located>(value: &V, path: &'p str) -> Option<(V, &'p str)> {
    if let Some((index, rest)) = path.strip_prefix('[').and_then(|path| path.split_once(']')) {
        let index = index.parse::<usize>().ok()?;
        let element = value.elements().into_iter().nth(index)?;
        return Some((element, rest));
    }
    let path = path.trim_start_matches('.');
    // A name may have a dot in it, so that the longest one counts.
    let named = value.members().into_iter().filter_map(|(name, value)| {
        let rest = path.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with(['.', '['])).then_some((value, rest))
    });
    named.min_by_key(|(_, rest)| rest.len())
}
