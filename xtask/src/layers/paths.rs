//! The paths that a file names: in `use` trees, in expressions and types, in macros.

use super::tokens::{Token, tokens};

/// A path as it counts from the root of its crate (`crate`, ...), or from the name of another one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Named {
    pub(super) line: usize,
    pub(super) path: Vec<String>,
}

/// What is read from a file.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) named: Vec<Named>,
    /// The names that `use` gives to the module, and so to others: each with where it is from.
    pub(super) given: Vec<(String, Vec<String>)>,
    /// Modules of files of their own that are there for tests only.
    pub(super) tests: Vec<Vec<String>>,
}

/// Reads a file that is the module `module`: the names behind `crate`.
pub(super) fn read(source: &str, module: &[String]) -> File {
    let tokens = tokens(source);
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
        depth: 0,
        module: module.to_vec(),
        inner: Vec::new(),
        file: File::default(),
    };
    reader.read();
    reader.file
}

/// Words that an item begins with. What begins otherwise and has an attribute is a field, an arm or a statement.
const ITEMS: [&str; 16] = [
    "pub",
    "fn",
    "mod",
    "impl",
    "struct",
    "enum",
    "union",
    "trait",
    "static",
    "const",
    "type",
    "use",
    "unsafe",
    "extern",
    "async",
    "macro_rules",
];

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    depth: usize,
    module: Vec<String>,
    /// The depths at which inline modules began.
    inner: Vec<usize>,
    file: File,
}

impl<'a> Reader<'a> {
    fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.text)
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |token| token.line)
    }

    fn read(&mut self) {
        while self.at < self.tokens.len() {
            let text = self.text(self.at);
            match text {
                "#" => {
                    self.attribute();
                    continue;
                }
                "use" if self.is_item() => {
                    self.at += 1;
                    self.use_tree(&[]);
                    continue;
                }
                "mod" if self.text(self.at + 2) == "{" => {
                    self.module.push(self.text(self.at + 1).to_owned());
                    self.inner.push(self.depth);
                    self.at += 2;
                    continue;
                }
                "{" => self.depth += 1,
                "}" => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.inner.last() == Some(&self.depth) {
                        self.inner.pop();
                        self.module.pop();
                    }
                }
                _ if self.begins_path() => {
                    self.path();
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Whether the word `use` is not a bound (`impl Trait + use<'a>`).
    fn is_item(&self) -> bool {
        self.text(self.at + 1) != "<"
    }

    fn begins_path(&self) -> bool {
        let before = self.at.checked_sub(1).map_or("", |at| self.text(at));
        let is_word = self
            .text(self.at)
            .starts_with(|c: char| c.is_alphabetic() || c == '_');
        is_word && self.text(self.at + 1) == "::" && before != "::"
    }

    /// A path in an expression or a type.
    fn path(&mut self) {
        let line = self.line();
        let mut path = vec![self.text(self.at).to_owned()];
        self.at += 1;
        while self.text(self.at) == "::" {
            let word = self.text(self.at + 1);
            if !word.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                break;
            }
            path.push(word.to_owned());
            self.at += 2;
        }
        self.name(line, path);
    }

    /// A tree behind `use` or inside its braces, up to and with its end.
    fn use_tree(&mut self, before: &[String]) {
        let mut path = before.to_vec();
        let mut line = self.line();
        let mut is_told = false;
        let mut alias = None;
        while self.at < self.tokens.len() {
            let text = self.text(self.at);
            match text {
                "::" => {}
                "{" => {
                    self.at += 1;
                    while self.at < self.tokens.len() && self.text(self.at) != "}" {
                        self.use_tree(&path);
                    }
                    is_told = true;
                }
                "as" => {
                    alias = Some(self.text(self.at + 1).to_owned());
                    self.at += 1;
                }
                "," | ";" | "}" => break,
                "self" if !path.is_empty() => {}
                "#" => {
                    self.attribute();
                    continue;
                }
                word => {
                    line = self.line();
                    path.push(word.to_owned());
                }
            }
            self.at += 1;
        }
        if self.text(self.at) != "}" {
            self.at += 1;
        }
        if is_told || path.is_empty() {
            return;
        }
        let absolute = self.absolute(path.clone());
        if let Some(last) = alias.or_else(|| path.last().cloned()) {
            self.file.given.push((last, absolute.clone()));
        }
        self.file.named.push(Named {
            line,
            path: absolute,
        });
    }

    fn name(&mut self, line: usize, path: Vec<String>) {
        let path = self.absolute(path);
        self.file.named.push(Named { line, path });
    }

    /// A path that begins with `self` or `super` from the root of the crate.
    fn absolute(&self, path: Vec<String>) -> Vec<String> {
        let ups = path.iter().take_while(|word| *word == "super").count();
        let is_self = path.first().is_some_and(|word| word == "self");
        if ups == 0 && !is_self {
            return path;
        }
        // `self::super::` is the same as `super::`.
        let rest = path.into_iter().skip(usize::from(is_self));
        let mut from = self.module.clone();
        let mut whole = vec!["crate".to_owned()];
        let mut rest = rest.peekable();
        while rest.next_if(|word| word == "super").is_some() {
            from.pop();
        }
        whole.extend(from);
        whole.extend(rest);
        whole
    }

    /// Passes over an attribute, and over the item behind it if that is there for tests only.
    fn attribute(&mut self) {
        self.at += 1;
        let is_inner = self.text(self.at) == "!";
        self.at += usize::from(is_inner);
        let start = self.at;
        self.pass_group();
        let words = || (start..self.at).map(|at| self.text(at));
        let is_for_tests = words().nth(1) == Some("cfg")
            && words().any(|w| w == "test")
            && !words().any(|w| w == "not");
        if is_for_tests && !is_inner {
            self.pass_item();
        }
    }

    /// Passes over what is in one pair of brackets, or over one token.
    fn pass_group(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.tokens.len() {
            match self.text(self.at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn pass_item(&mut self) {
        while self.text(self.at) == "#" {
            self.at += 1;
            self.pass_group();
        }
        let is_item = ITEMS.contains(&self.text(self.at));
        let is_use =
            |reader: &Self, from: usize| (from..reader.at + 1).any(|at| reader.text(at) == "use");
        let start = self.at;
        while self.at < self.tokens.len() {
            match self.text(self.at) {
                "mod" if self.text(self.at + 2) == ";" => {
                    let mut module = self.module.clone();
                    module.push(self.text(self.at + 1).to_owned());
                    self.file.tests.push(module);
                    self.at += 3;
                    return;
                }
                ";" => {
                    self.at += 1;
                    return;
                }
                "," if !is_item => {
                    self.at += 1;
                    return;
                }
                // The end of what holds it.
                ")" | "]" | "}" => return,
                "{" if !is_use(self, start) => {
                    self.pass_group();
                    return;
                }
                "(" | "[" | "{" => self.pass_group(),
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(source: &str) -> Vec<String> {
        let module = ["engine", "memory"].map(str::to_owned);
        let file = read(source, &module);
        file.named
            .iter()
            .map(|named| named.path.join("::"))
            .collect()
    }

    #[test]
    fn each_leaf_of_a_use_tree_is_a_path() {
        assert_eq!(
            named("use crate::{a, b::{c, d::e as f}, g::{self, h}, i::*};"),
            [
                "crate::a",
                "crate::b::c",
                "crate::b::d::e",
                "crate::g",
                "crate::g::h",
                "crate::i::*"
            ]
        );
        assert_eq!(
            named("pub(crate) use super::x::{y};"),
            ["crate::engine::x::y"]
        );
        assert_eq!(
            named("use self::x; use super::super::y;"),
            ["crate::engine::memory::x", "crate::y"]
        );
    }

    #[test]
    fn a_leaf_has_the_line_that_it_stands_in() {
        let file = read(
            "\nuse crate::{\n    a,\n    b::{\n        c,\n    },\n};\n",
            &[],
        );
        let lines: Vec<usize> = file.named.iter().map(|named| named.line).collect();
        assert_eq!(lines, [3, 5]);
    }

    #[test]
    fn paths_in_types_expressions_and_macros_are_found() {
        assert_eq!(
            named(
                "fn f(x: &crate::a::B<crate::c::D>) { g!(crate::e::F, super::h::i()); std::fs::read(x); }"
            ),
            [
                "crate::a::B",
                "crate::c::D",
                "crate::e::F",
                "crate::engine::h::i",
                "std::fs::read"
            ]
        );
        assert_eq!(
            named("<crate::a::B as crate::c::D>::f::<u8>()"),
            ["crate::a::B", "crate::c::D"]
        );
        assert_eq!(named("$crate::a::b!()"), ["crate::a::b"]);
    }

    #[test]
    fn inside_an_inline_module_super_is_what_is_around_it() {
        assert_eq!(
            named(
                "mod a { use super::b; mod c { fn f() { super::super::d::e() } } use super::f; } use super::g;"
            ),
            [
                "crate::engine::memory::b",
                "crate::engine::memory::d::e",
                "crate::engine::memory::f",
                "crate::engine::g",
            ]
        );
    }

    #[test]
    fn what_is_there_for_tests_only_is_passed_over() {
        for source in [
            "#[cfg(test)] mod tests { use crate::a; fn f() { crate::b::c() } }",
            "#[cfg(test)] #[allow(unused)] use crate::a::{b, c};",
            "#[cfg(test)] pub(crate) fn f<A, B>(a: crate::A) -> [u8; 2] { crate::b::c() }",
            "#[cfg(all(test, unix))] impl crate::a::B for C {}",
            "#[cfg(test)] const A: [crate::a::B; 2] = [crate::c::D; 2];",
            "struct S { #[cfg(test)] field: crate::a::B }",
            "#[cfg(test)] struct S(crate::a::B);",
        ] {
            assert_eq!(
                named(&format!("{source} use crate::z;")),
                ["crate::z"],
                "{source}"
            );
        }
        assert_eq!(
            named("struct S { #[cfg(test)] a: crate::a::B, b: crate::b::C }"),
            ["crate::b::C"]
        );
        assert_eq!(named("#[cfg(not(test))] use crate::a;"), ["crate::a"]);
        assert_eq!(
            named("#[cfg(feature = \"test\")] use crate::a;"),
            ["crate::a"]
        );
        assert_eq!(
            named("#![cfg_attr(test, allow(unused))] use crate::a;"),
            ["crate::a"]
        );
        let file = read("#[cfg(test)] mod tests; mod real;", &["a".to_owned()]);
        assert_eq!(file.tests, [["a", "tests"]]);
    }

    #[test]
    fn a_name_that_is_imported_keeps_where_it_is_from() {
        let file = read("pub use a::{b, C as D};\nuse super::f;", &["e".to_owned()]);
        let given: Vec<(&str, String)> = file
            .given
            .iter()
            .map(|(name, path)| (name.as_str(), path.join("::")))
            .collect();
        assert_eq!(
            given,
            [
                ("b", "a::b".to_owned()),
                ("D", "a::C".to_owned()),
                ("f", "crate::f".to_owned())
            ]
        );
    }
}
