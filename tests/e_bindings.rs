//! What is handed out for the E language: the encoding of its files, and that the module which is written by hand
//! uses what is declared, with as many arguments, in blocks that are closed.
//!
//! There is no compiler of the E language outside its editor, so this looks for what a compiler would refuse.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails so"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const FILES: [&str; 3] = ["commands", "constants", "module"];
/// What begins a block, what may stand in it, and what ends it.
const BLOCKS: [(&str, &[&str], &str); 5] = [
    ("如果真", &[], "如果真结束"),
    ("如果", &["否则"], "如果结束"),
    ("判断开始", &["判断", "默认"], "判断结束"),
    ("计次循环首", &[], "计次循环尾"),
    ("判断循环首", &[], "判断循环尾"),
];

fn read(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../e-bindings");
    fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn text(name: &str) -> String {
    String::from_utf8(read(&format!("{name}.utf8.txt"))).unwrap()
}

#[test]
fn each_file_is_gbk_with_crlf_beside_a_twin_in_utf8() {
    for name in FILES {
        let bytes = read(&format!("{name}.e.txt"));
        let (decoded, _, had_errors) = encoding_rs::GBK.decode(&bytes);
        assert!(!had_errors, "{name}");
        assert_eq!(decoded, text(name).replace('\n', "\r\n"), "{name}");
        assert!(bytes.starts_with(b".\xB0\xE6\xB1\xBE 2\r\n"), "{name}");
    }
}

#[test]
fn a_declaration_has_its_slots() {
    for line in text("commands").lines() {
        if let Some(command) = line.strip_prefix(".DLL命令 ") {
            let slots: Vec<&str> = command.splitn(6, ", ").collect();
            assert_eq!(slots.len(), 6, "{line}");
            assert!(["整数型", "文本型"].contains(&slots[1]), "{line}");
            assert_eq!((slots[2], slots[4]), ("\"notice.dll\"", "公开"), "{line}");
            assert!(slots[3].starts_with("\"e_announce_"), "{line}");
        } else if let Some(parameter) = line.strip_prefix("    .参数 ") {
            let slots: Vec<&str> = parameter.splitn(4, ", ").collect();
            assert_eq!(slots.len(), 4, "{line}");
            assert!(["整数型", "文本型", "字节集"].contains(&slots[1]), "{line}");
            assert!(["", "传址", "数组"].contains(&slots[2]), "{line}");
            assert!(!slots[3].is_empty(), "{line}");
        } else {
            assert!(line.is_empty() || line == ".版本 2", "{line}");
        }
    }
}

/// The names that are declared, those of commands and routines with how few and how many arguments they take.
#[derive(Default)]
struct Declared {
    routines: BTreeMap<String, (usize, usize)>,
    constants: BTreeSet<String>,
}

impl Declared {
    fn read() -> Self {
        let mut declared = Self::default();
        let mut last = String::new();
        for line in FILES.map(text).join("\n").lines() {
            let (word, rest) = line.trim_start().split_once(' ').unwrap_or_default();
            let slots: Vec<&str> = rest.split(',').map(str::trim).collect();
            match word {
                ".DLL命令" | ".子程序" => {
                    last = slots[0].to_owned();
                    let taken = declared.routines.insert(last.clone(), (0, 0));
                    assert_eq!(taken, None, "{last} is declared twice");
                }
                ".参数" => {
                    let (least, most) = declared.routines.get_mut(&last).unwrap();
                    *most += 1;
                    if !slots.get(2).is_some_and(|flags| flags.contains("可空")) {
                        *least = *most;
                    }
                }
                ".常量" => {
                    declared.constants.insert(slots[0].to_owned());
                }
                _ => {}
            }
        }
        declared
    }
}

/// Code with what stands in literals taken out.
fn without_literals(line: &str) -> String {
    let mut code = String::new();
    let mut is_inside = false;
    for c in line.chars() {
        match c {
            '“' => {
                assert!(!is_inside, "{line}");
                is_inside = true;
                code.push('“');
            }
            '”' => {
                assert!(is_inside, "{line}");
                is_inside = false;
                code.push('”');
            }
            c if !is_inside => code.push(c),
            _ => {}
        }
    }
    assert!(!is_inside, "{line}");
    code
}

/// How many arguments stand in the parentheses that `rest` begins with.
fn arguments(rest: &str) -> usize {
    let inner = rest
        .trim_start()
        .strip_prefix('(')
        .expect("a call has parentheses");
    let (mut depth, mut commas, mut is_empty) = (1, 0, true);
    for c in inner.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 1 => commas += 1,
            _ => {}
        }
        if depth == 0 {
            return if is_empty { 0 } else { commas + 1 };
        }
        is_empty &= c.is_whitespace();
    }
    panic!("the parentheses are not closed: {rest}");
}

/// Every name in `code` that begins with `prefix`, with what stands behind it.
fn names<'a>(code: &'a str, prefix: &str) -> Vec<(&'a str, &'a str)> {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let places = code.match_indices(prefix).filter(|(at, _)| {
        let before = code[..*at].chars().next_back();
        !before.is_some_and(is_of_name)
    });
    places
        .map(|(at, _)| {
            let rest = &code[at..];
            rest.split_at(rest.find(|c| !is_of_name(c)).unwrap_or(rest.len()))
        })
        .collect()
}

/// Checks that lines of code use what is declared; the names of these things.
fn check_uses(declared: &Declared, code: &str) -> BTreeSet<String> {
    let mut variables = BTreeSet::new();
    let mut used = BTreeSet::new();
    for line in code.lines() {
        let is_declaration = [".程序集", ".子程序", ".参数", ".局部变量", ".版本"]
            .iter()
            .any(|word| line.starts_with(word));
        if is_declaration {
            let rest = line.split_once(' ').unwrap().1;
            variables.insert(rest.split(',').next().unwrap().trim().to_owned());
            continue;
        }
        let code = without_literals(line);
        for half in ['=', '+', '<', '>', '*', '"', '\''] {
            assert!(!code.contains(half), "{half} outside of a literal: {line}");
        }
        for (name, rest) in ["公告_", "公告板_"]
            .iter()
            .flat_map(|prefix| names(&code, prefix))
        {
            let before = &code[..code.len() - rest.len() - name.len()];
            if before.ends_with('#') {
                assert!(
                    declared.constants.contains(name),
                    "#{name} is not declared: {line}"
                );
            } else if let Some((least, most)) = declared.routines.get(name) {
                let count = arguments(rest);
                assert!(
                    (*least..=*most).contains(&count),
                    "{name} has {count}: {line}"
                );
            } else {
                assert!(variables.contains(name), "{name} is not declared: {line}");
            }
            used.insert(name.to_owned());
        }
    }
    used
}

#[test]
fn the_module_uses_what_is_declared() {
    let module = text("module");
    let used = check_uses(&Declared::read(), &module);
    let routines = module
        .lines()
        .filter_map(|line| line.strip_prefix(".子程序 "));
    for slots in routines.map(|line| line.split(", ").collect::<Vec<_>>()) {
        let is_public = slots.get(2) == Some(&"公开");
        assert!(
            is_public || used.contains(slots[0]),
            "{} is used by nobody",
            slots[0]
        );
    }
}

#[test]
fn the_guide_uses_what_is_declared() {
    let declared = Declared::read();
    let guide = String::from_utf8(read("README.zh-CN.md")).unwrap();
    let blocks: Vec<&str> = guide.split("```").skip(1).step_by(2).collect();
    assert!(blocks.len() >= 5, "code is missing");
    for block in blocks.iter().filter(|block| !block.starts_with("json\n")) {
        check_uses(&declared, block);
    }
    // In the sentences between the blocks, every name is that of something.
    let sentences: Vec<&str> = guide.split("```").step_by(2).collect();
    for (name, _) in ["公告_", "公告板_"]
        .iter()
        .flat_map(|p| names_in(&sentences, p))
    {
        let is_there = declared.routines.contains_key(name) || declared.constants.contains(name);
        assert!(is_there || name.ends_with('_'), "{name} is not declared");
    }
}

#[test]
fn the_readmes_use_what_is_declared() {
    let declared = Declared::read();
    for readme in ["README.md", "README.zh-CN.md"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("..")
            .join(readme);
        let text = std::fs::read_to_string(path).unwrap();
        let is_code = |block: &&str| block.starts_with("text\n.版本 2\n");
        let blocks: Vec<&str> = text.split("```").filter(is_code).collect();
        assert_eq!(blocks.len(), 1, "{readme}");
        let used = check_uses(&declared, blocks[0]);
        assert!(used.contains("公告_打开") && used.contains("公告_关闭"));
    }
}

/// Every name that begins with `prefix` in any of these texts.
fn names_in<'a>(texts: &[&'a str], prefix: &str) -> Vec<(&'a str, &'a str)> {
    texts.iter().flat_map(|text| names(text, prefix)).collect()
}

/// What the language says of the events that are handled: what they return, and with what parameters.
const EVENTS: [(&str, &str, usize); 5] = [
    ("_创建完毕", "", 0),
    ("_将被销毁", "", 0),
    ("_列表项被选择", "", 0),
    ("_周期事件", "", 0),
    ("_反馈事件", "整数型", 2),
];

#[test]
fn the_guide_handles_events_as_the_language_has_them() {
    let guide = String::from_utf8(read("README.zh-CN.md")).unwrap();
    let lines: Vec<&str> = guide.lines().collect();
    let mut handled = BTreeSet::new();
    for (place, line) in lines.iter().enumerate() {
        let Some(routine) = line.strip_prefix(".子程序 _") else {
            continue;
        };
        let slots: Vec<&str> = routine.split(", ").collect();
        let is_it = |(end, ..): &&(&str, &str, usize)| slots[0].ends_with(end);
        let (event, result, parameters) = EVENTS.iter().find(is_it).expect(line);
        assert_eq!(slots.get(1).unwrap_or(&""), result, "{line}");
        let declared = lines[place + 1..].iter();
        let declared = declared.take_while(|l| l.starts_with(".参数 ")).count();
        assert_eq!(declared, *parameters, "{line}");
        handled.insert(event);
    }
    assert_eq!(handled.len(), EVENTS.len());
}

/// The editor refuses a type of a library that the program does not say it uses.
#[test]
fn the_module_names_the_library_of_its_types() {
    let module = text("module");
    assert!(module.contains(", 超级列表框"));
    assert!(module.starts_with(".版本 2\n.支持库 iext\n\n.程序集 "));
}

#[test]
fn every_block_of_the_module_is_closed() {
    let module = text("module");
    let mut open: Vec<(&str, &str)> = Vec::new();
    for line in module.lines() {
        let Some(word) = line.trim_start().strip_prefix('.') else {
            let depth = (line.len() - line.trim_start().len()) / 4;
            assert!(
                line.is_empty() || depth == open.len(),
                "indented otherwise: {line}"
            );
            continue;
        };
        let word = word.split([' ', '(']).next().unwrap();
        if word == "子程序" {
            assert_eq!(open, [], "{line}");
        } else if let Some((_, _, end)) = BLOCKS.iter().find(|(begin, ..)| *begin == word) {
            open.push((word, end));
        } else if BLOCKS.iter().any(|(_, _, end)| *end == word) {
            assert_eq!(open.pop().map(|(_, end)| end), Some(word), "{line}");
        } else if let Some((begin, ..)) =
            BLOCKS.iter().find(|(_, inside, _)| inside.contains(&word))
        {
            assert_eq!(open.last().map(|(begin, _)| begin), Some(begin), "{line}");
        }
    }
    assert_eq!(open, []);
}
