//! The modules of a crate, and which of them a path names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::paths::{self, Named};

/// Names behind `crate`; none of them for lib.rs.
pub(super) type Module = Vec<String>;

/// A file that is a module.
#[derive(Debug)]
pub(super) struct Source {
    /// As the checkout has it.
    pub(super) name: String,
    pub(super) named: Vec<Named>,
    given: BTreeMap<String, Vec<String>>,
}

/// A crate without what is there for its tests only.
#[derive(Debug)]
pub(super) struct Crate {
    pub(super) sources: BTreeMap<Module, Source>,
}

impl Crate {
    /// Reads the crate whose lib.rs is in `folder` of the checkout.
    pub(super) fn read(root: &Path, folder: &str) -> Result<Self, String> {
        let mut files = Vec::new();
        walk(&root.join(folder), &mut Vec::new(), &mut files)?;
        let mut sources = BTreeMap::new();
        let mut tests: BTreeSet<Module> = BTreeSet::new();
        for (place, text) in files {
            let module = module(&place);
            let file = paths::read(&text, &module);
            tests.extend(file.tests);
            let source = Source {
                name: format!("{folder}/{}.rs", place.join("/")),
                named: file.named,
                given: file.given.into_iter().collect(),
            };
            sources.insert(module, source);
        }
        sources.retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
        Ok(Self { sources })
    }

    /// The module of this crate that a path in `from` names something of, through all that is given further.
    pub(super) fn target(&self, from: &Module, path: &[String]) -> Option<Module> {
        self.resolve(from, path, 16)
    }

    fn resolve(&self, from: &Module, path: &[String], more: usize) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let whole: Vec<String> = if first == "crate" {
            rest.to_vec()
        } else {
            // Without `crate` it is a module inside this one, or another crate.
            let inner: Module = from.iter().chain([first]).cloned().collect();
            self.sources.contains_key(&inner).then_some(())?;
            inner.into_iter().chain(rest.iter().cloned()).collect()
        };
        let length = (0..=whole.len()).rev().find(|length| {
            whole
                .get(..*length)
                .is_some_and(|m| self.sources.contains_key(m))
        })?;
        let (module, names) = whole.split_at(length);
        let module = module.to_vec();
        let given = names
            .first()
            .and_then(|name| self.sources.get(&module)?.given.get(name));
        match given {
            Some(given) if more > 0 => self.resolve(&module, given, more - 1).or(Some(module)),
            _ => Some(module),
        }
    }
}

/// All Rust files below a folder: their places without `.rs`, and what they say.
fn walk(
    folder: &Path,
    place: &mut Vec<String>,
    files: &mut Vec<(Vec<String>, String)>,
) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(said)? {
        let path = entry.map_err(said)?.path();
        let is_folder = path.is_dir();
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if !is_folder && !is_rust {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        place.push(name.into_owned());
        if is_folder {
            walk(&path, place, files)?;
        } else {
            let text = fs::read_to_string(&path).map_err(said)?;
            files.push((place.clone(), text));
        }
        place.pop();
    }
    Ok(())
}

/// `a/mod.rs` and `a.rs` are both `a`.
fn module(place: &[String]) -> Module {
    let is_folder_itself = |name: &String| name == "mod" || (name == "lib" && place.len() == 1);
    match place.split_last() {
        Some((last, folders)) if is_folder_itself(last) => folders.to_vec(),
        _ => place.to_vec(),
    }
}
