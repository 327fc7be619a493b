//! The commands of the library, called by nothing but the declarations that are shipped.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_char};
use std::path::Path;
use std::sync::OnceLock;

use encoding_rs::GBK;
use xtask::library;

use crate::expression::Value;

/// A command: its entry, what it gives, and the types and flags of its parameters.
struct Declaration {
    entry: String,
    result: String,
    parameters: Vec<String>,
}

/// The library, and what is declared of it.
pub(crate) struct Library {
    library: libloading::Library,
    commands: BTreeMap<String, Declaration>,
    constants: BTreeMap<String, i32>,
}

/// The library, which is built and loaded the first time.
pub(crate) fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| Library {
        library: load(),
        commands: commands(),
        constants: constants(),
    })
}

/// A file of e-bindings/.
pub(crate) fn binding(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../e-bindings");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn load() -> libloading::Library {
    let built = library::build(&library::root().unwrap(), false, None).unwrap();
    // SAFETY: loading libnotice runs nothing of its own.
    unsafe { libloading::Library::new(built.shared) }.unwrap()
}

fn commands() -> BTreeMap<String, Declaration> {
    let mut commands = BTreeMap::new();
    let mut last = String::new();
    for line in binding("commands.utf8.txt").lines() {
        let (word, slots) = line.trim().split_once(' ').unwrap_or_default();
        let slots: Vec<&str> = slots.split(", ").collect();
        if word == ".DLL命令" {
            last = slots[0].to_owned();
            let declaration = Declaration {
                entry: slots[3].trim_matches('"').to_owned(),
                result: slots[1].to_owned(),
                parameters: Vec::new(),
            };
            commands.insert(last.clone(), declaration);
        } else if word == ".参数" {
            let command: &mut Declaration = commands.get_mut(&last).unwrap();
            command
                .parameters
                .push(format!("{} {}", slots[1], slots[2]));
        }
    }
    commands
}

fn constants() -> BTreeMap<String, i32> {
    let text = binding("constants.utf8.txt");
    let lines = text.lines().filter_map(|line| line.strip_prefix(".常量 "));
    lines
        .map(|line| {
            let slots: Vec<&str> = line.split(", ").collect();
            let value = slots[1].trim_matches('"').parse().unwrap();
            (slots[0].to_owned(), value)
        })
        .collect()
}

impl Library {
    pub(crate) fn constant(&self, name: &str) -> Option<Value> {
        self.constants
            .get(name)
            .map(|number| Value::Number(*number))
    }

    /// Calls a command; none when none has this name.
    pub(crate) fn call(&self, name: &str, arguments: &[Value]) -> Option<Value> {
        let command = self.commands.get(name)?;
        assert_eq!(arguments.len(), command.parameters.len(), "{name}");
        let mut texts = Vec::new();
        let mut words: Vec<usize> = Vec::new();
        for (argument, parameter) in arguments.iter().zip(&command.parameters) {
            words.push(match (argument, parameter.trim()) {
                (Value::Number(number), "整数型") => *number as usize,
                (Value::Text(text), "文本型") => {
                    let (bytes, _, had_errors) = GBK.encode(text);
                    assert!(!had_errors, "{text}");
                    let text = CString::new(bytes).unwrap();
                    let pointer = text.as_ptr();
                    texts.push(text);
                    pointer as usize
                }
                _ => panic!("{name}: {argument:?} for {parameter}"),
            });
        }
        let returned = self.call_entry(&command.entry, &words);
        Some(match command.result.as_str() {
            "整数型" => Value::Number(returned as i32),
            _ => {
                // SAFETY: what is declared to give a text ends in NUL, and stays until the next call.
                let bytes = unsafe { CStr::from_ptr(returned as *const c_char) }.to_bytes();
                let (text, _, had_errors) = GBK.decode(bytes);
                assert!(!had_errors, "{name} gives {bytes:x?}");
                Value::Text(text.into_owned())
            }
        })
    }

    /// Numbers and pointers travel alike, each in a register of its own, where this test runs.
    fn call_entry(&self, entry: &str, words: &[usize]) -> usize {
        macro_rules! call {
            ($($word:ident),*) => {{
                type Entry = unsafe extern "C" fn($(call!(@ $word)),*) -> usize;
                // SAFETY: the declarations are held against the functions when the library is compiled, and
                // every text lives until the call is over.
                unsafe {
                    let function: libloading::Symbol<'_, Entry> =
                        self.library.get(entry.as_bytes()).expect(entry);
                    function($($word),*)
                }
            }};
            (@ $word:ident) => { usize };
        }
        match *words {
            [] => call!(),
            [a] => call!(a),
            [a, b] => call!(a, b),
            [a, b, c] => call!(a, b, c),
            [a, b, c, d] => call!(a, b, c, d),
            [a, b, c, d, e] => call!(a, b, c, d, e),
            [a, b, c, d, e, f] => call!(a, b, c, d, e, f),
            _ => panic!("{entry} has more parameters"),
        }
    }
}
