//! Modules that import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Crate, Module};

type Edges = BTreeMap<String, BTreeSet<String>>;

/// The circles of modules that stand side by side in a room. Those of rooms cannot be where the table holds.
pub(super) fn inside_rooms(house: &Crate) -> Vec<Vec<String>> {
    let place = |module: &Module| match module.as_slice() {
        [room, inside, ..] => Some(format!("{room}/{inside}")),
        _ => None,
    };
    let mut edges = Edges::new();
    for (module, source) in &house.sources {
        let Some(from) = place(module) else { continue };
        let targets = source
            .named
            .iter()
            .filter_map(|named| house.target(module, &named.path));
        let targets = targets
            .filter_map(|target| place(&target))
            .filter(|to| *to != from);
        edges.entry(from.clone()).or_default().extend(targets);
    }
    circles(&edges)
}

/// Sets of nodes each of which is reached from each.
fn circles(edges: &Edges) -> Vec<Vec<String>> {
    let reached: Edges = edges
        .keys()
        .map(|from| (from.clone(), reach(from, edges)))
        .collect();
    let both = |a: &String, b: &String| reached.get(a).is_some_and(|reached| reached.contains(b));
    let mut circles: Vec<Vec<String>> = edges
        .keys()
        .map(|a| {
            edges
                .keys()
                .filter(|b| both(a, b) && both(b, a))
                .cloned()
                .collect()
        })
        .filter(|circle: &Vec<String>| circle.len() > 1)
        .collect();
    circles.sort();
    circles.dedup();
    circles
}

fn reach(from: &str, edges: &Edges) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(node) = next.pop() {
        for to in edges.get(&node).into_iter().flatten() {
            if reached.insert(to.clone()) {
                next.push(to.clone());
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_found_whole_and_once() {
        let edge = |from: &str, to: &[&str]| {
            (
                from.to_owned(),
                to.iter().map(|to| (*to).to_owned()).collect(),
            )
        };
        let edges: Edges = [
            edge("a", &["b", "d"]),
            edge("b", &["c"]),
            edge("c", &["a"]),
            edge("d", &["e"]),
            edge("e", &[]),
        ]
        .into();
        assert_eq!(circles(&edges), [["a", "b", "c"]]);
    }
}
