//! What a header that cbindgen wrote declares, and how two of them differ, in words.

use std::collections::BTreeMap;

/// What a header declares, each by its name.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// Return type and parameters.
    functions: BTreeMap<String, String>,
    /// Members in order; a structure that is only named has none.
    structures: BTreeMap<String, Vec<Member>>,
    constants: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Member {
    name: String,
    /// As it is declared.
    text: String,
}

impl Header {
    pub(super) fn parse(text: &str) -> Self {
        let mut header = Self::default();
        let text = without_comments(text).replace("\\\n", " ");
        let mut code = String::new();
        for line in text.lines() {
            match line.trim_start().strip_prefix('#') {
                Some(directive) => header.directive(directive),
                None => code = code + line + "\n",
            }
        }
        for declaration in declarations(&code) {
            header.declare(&declaration);
        }
        header
    }

    fn directive(&mut self, text: &str) {
        let mut words = text.trim().splitn(3, char::is_whitespace);
        if let (Some("define"), Some(name), Some(value)) =
            (words.next(), words.next(), words.next())
        {
            let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
            self.constants.insert(name.to_owned(), value);
        }
    }

    fn declare(&mut self, text: &str) {
        if let Some(rest) = text.strip_prefix("typedef struct ") {
            let (head, body) = rest.split_once('{').unwrap_or((rest, ""));
            let name = head.split_whitespace().next().unwrap_or_default();
            let body = body.rsplit_once('}').map_or("", |(body, _)| body);
            let members = body
                .split(';')
                .map(str::trim)
                .filter(|text| !text.is_empty());
            let members = members.map(|text| Member {
                name: member_name(text),
                text: text.to_owned(),
            });
            self.structures.insert(name.to_owned(), members.collect());
        } else if let Some((head, _)) = text.split_once('(')
            && text.ends_with(')')
        {
            self.functions.insert(name_of(head), text.to_owned());
        }
    }

    /// What was added, removed and changed since `old`, a sentence each.
    pub(super) fn since(&self, old: &Self) -> Vec<String> {
        let mut said = differences(
            "function",
            &old.functions,
            &self.functions,
            |name, was, is| vec![format!("changed function {name}: was {was}; is {is}")],
        );
        said.extend(differences(
            "structure",
            &old.structures,
            &self.structures,
            |name, was, is| structure(name, was, is),
        ));
        said.extend(differences(
            "constant",
            &old.constants,
            &self.constants,
            |name, was, is| vec![format!("changed constant {name}: was {was}; is {is}")],
        ));
        said
    }
}

/// How a value is told of when it is new.
trait Told {
    fn told(&self) -> String;
}

impl Told for String {
    fn told(&self) -> String {
        self.clone()
    }
}

impl Told for Vec<Member> {
    fn told(&self) -> String {
        match self.as_slice() {
            [] => "opaque".to_owned(),
            members => {
                let members: Vec<&str> =
                    members.iter().map(|member| member.text.as_str()).collect();
                format!("{{ {} }}", members.join("; "))
            }
        }
    }
}

fn differences<T: Told + PartialEq>(
    kind: &str,
    old: &BTreeMap<String, T>,
    new: &BTreeMap<String, T>,
    changed: impl Fn(&str, &T, &T) -> Vec<String>,
) -> Vec<String> {
    let added = new.iter().filter(|(name, _)| !old.contains_key(*name));
    let removed = old.keys().filter(|name| !new.contains_key(*name));
    let both = new
        .iter()
        .filter_map(|(name, is)| Some((name, old.get(name)?, is)));
    let both = both.filter(|(_, was, is)| was != is);
    added
        .map(|(name, is)| format!("added {kind} {name}: {}", is.told()))
        .chain(removed.map(|name| format!("removed {kind} {name}")))
        .chain(both.flat_map(|(name, was, is)| changed(name, was, is)))
        .collect()
}

/// How the members of a structure changed.
fn structure(name: &str, was: &[Member], is: &[Member]) -> Vec<String> {
    let find =
        |members: &[Member], name: &str| members.iter().find(|one| one.name == name).cloned();
    let mut said = Vec::new();
    for member in was.iter().filter(|one| find(is, &one.name).is_none()) {
        said.push(format!(
            "changed structure {name}: {} is removed",
            member.name
        ));
    }
    for member in is {
        match find(was, &member.name) {
            None => {
                let behind = is.iter().rev().take_while(|one| *one != member);
                let is_last = behind.into_iter().all(|one| find(was, &one.name).is_none());
                let place = if is_last {
                    "at the end".to_owned()
                } else {
                    place(is, member)
                };
                said.push(format!(
                    "changed structure {name}: {} is added {place}",
                    member.text
                ));
            }
            Some(old) if old.text != member.text => {
                said.push(format!(
                    "changed structure {name}: {} was {}",
                    member.text, old.text
                ));
            }
            Some(_) => {}
        }
    }
    let order = |members: &[Member], others: &[Member]| -> Vec<String> {
        let names = members.iter().map(|one| one.name.clone());
        names.filter(|name| find(others, name).is_some()).collect()
    };
    if order(was, is) != order(is, was) {
        said.push(format!(
            "changed structure {name}: the members are in another order"
        ));
    }
    said
}

/// Where a member stands.
fn place(members: &[Member], member: &Member) -> String {
    let before = members.iter().take_while(|one| *one != member).last();
    match before {
        Some(before) => format!("behind {}", before.name),
        None => "at the beginning".to_owned(),
    }
}

/// The name of a member, an array or a pointer to a function included.
fn member_name(text: &str) -> String {
    let pointer = text
        .split_once("(*")
        .and_then(|(_, rest)| rest.split_once(')'));
    match pointer {
        Some((name, _)) => name.to_owned(),
        None => name_of(text.split('[').next().unwrap_or(text)),
    }
}

/// The name at the end of a declaration, behind blanks and asterisks.
fn name_of(text: &str) -> String {
    let text = text.trim_end();
    let start = text.rfind(|c: char| !(c.is_alphanumeric() || c == '_'));
    text.split_at(start.map_or(0, |start| start + 1))
        .1
        .to_owned()
}

/// What stands between semicolons outside braces, in one line each; bodies of functions and `extern "C"` are
/// passed over.
fn declarations(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut text = String::new();
    let mut depth = 0_usize;
    for c in code.replace("extern \"C\" {", "").chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c == ';' && depth == 0 {
            found.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
            text.clear();
        } else {
            text.push(c);
        }
        // The end of a function's body, or of `extern "C"`.
        if c == '}' && depth == 0 && !text.trim_start().starts_with("typedef") {
            text.clear();
        }
    }
    found
}

fn without_comments(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("/*").into_iter().chain(rest.find("//")).min() {
        let (before, comment) = rest.split_at(at);
        code += before;
        let end = if comment.starts_with("/*") {
            "*/"
        } else {
            "\n"
        };
        let length = comment.find(end).map_or(comment.len(), |at| at + end.len());
        if end == "\n" {
            code.push('\n');
        }
        rest = comment.split_at(length).1;
    }
    code + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = r#"
/* A comment; with int32_t notice_not(void); in it. */
#ifndef NOTICE_H
#define NOTICE_H
#define NOTICE_OK 0
/// The most.
#define NOTICE_MAX 4
#define NOTICE_A_INIT \
    { 0, \
      0 }
typedef struct NoticeBoard NoticeBoard;
typedef struct NoticeA {
  /// A size; of bytes.
  uint32_t struct_size;
  const char *name;
  int64_t (*clock)(void *data);
  uint8_t epoch[16];
} NoticeA;
typedef struct NoticeGone {
  int32_t a;
} NoticeGone;
#ifdef __cplusplus
extern "C" {
#endif
int32_t notice_open(const char *url,
                    struct NoticeBoard **board);
void notice_close(struct NoticeBoard *board);
int32_t notice_gone(void);
#ifdef __cplusplus
}  // extern "C"
#endif
static inline int notice_str(const char *text)
{
    int a = 0;
    return a;
}
int32_t E_CALL notice_call(int32_t a);
#endif
"#;

    fn since(changes: &[(&str, &str)]) -> Vec<String> {
        let new = changes.iter().fold(OLD.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        Header::parse(&new).since(&Header::parse(OLD))
    }

    #[test]
    fn a_header_is_read_whole() {
        let header = Header::parse(OLD);
        let functions: Vec<&str> = header.functions.keys().map(String::as_str).collect();
        assert_eq!(
            functions,
            ["notice_call", "notice_close", "notice_gone", "notice_open"]
        );
        let structures: Vec<(&str, usize)> = header
            .structures
            .iter()
            .map(|(name, members)| (name.as_str(), members.len()))
            .collect();
        assert_eq!(
            structures,
            [("NoticeA", 4), ("NoticeBoard", 0), ("NoticeGone", 1)]
        );
        let constants: Vec<&str> = header.constants.keys().map(String::as_str).collect();
        assert_eq!(constants, ["NOTICE_A_INIT", "NOTICE_MAX", "NOTICE_OK"]);
    }

    #[test]
    fn comments_and_line_ends_are_no_change() {
        let changes = [
            ("/// The most.", "/// At most."),
            (
                "const char *url,\n                    struct",
                "const char *url, struct",
            ),
        ];
        assert_eq!(since(&changes), [""; 0]);
    }

    #[test]
    fn functions_that_come_go_and_change_are_told() {
        let changes = [
            (
                "int32_t notice_gone(void);",
                "int32_t notice_new(int64_t a);",
            ),
            ("void notice_close", "int32_t notice_close"),
        ];
        assert_eq!(
            since(&changes),
            [
                "added function notice_new: int32_t notice_new(int64_t a)",
                "removed function notice_gone",
                "changed function notice_close: was void notice_close(struct NoticeBoard *board); \
                 is int32_t notice_close(struct NoticeBoard *board)",
            ]
        );
    }

    #[test]
    fn members_that_come_go_change_and_move_are_told() {
        let told = |from: &str, to: &str| since(&[(from, to)]);
        assert_eq!(
            told(
                "uint8_t epoch[16];",
                "uint8_t epoch[16]; int64_t more; int32_t last;"
            ),
            [
                "changed structure NoticeA: int64_t more is added at the end",
                "changed structure NoticeA: int32_t last is added at the end",
            ]
        );
        assert_eq!(
            told("const char *name;", "int64_t more; const char *name;"),
            ["changed structure NoticeA: int64_t more is added behind struct_size"]
        );
        assert_eq!(
            told("uint8_t epoch[16];", "uint8_t epoch[32];"),
            ["changed structure NoticeA: uint8_t epoch[32] was uint8_t epoch[16]"]
        );
        assert_eq!(
            told("(void *data);", "(void *data, int32_t step);"),
            [
                "changed structure NoticeA: int64_t (*clock)(void *data, int32_t step) was \
                 int64_t (*clock)(void *data)"
            ]
        );
        assert_eq!(
            told("const char *name;", ""),
            ["changed structure NoticeA: name is removed"]
        );
        assert_eq!(
            told(
                "const char *name;\n  int64_t (*clock)(void *data);",
                "int64_t (*clock)(void *data); const char *name;"
            ),
            ["changed structure NoticeA: the members are in another order"]
        );
        assert_eq!(
            told(
                "typedef struct NoticeGone {\n  int32_t a;\n} NoticeGone;",
                "typedef struct NoticeB { int32_t b; } NoticeB;"
            ),
            [
                "added structure NoticeB: { int32_t b }",
                "removed structure NoticeGone"
            ]
        );
    }

    #[test]
    fn constants_are_told_with_their_values() {
        assert_eq!(
            since(&[
                ("NOTICE_MAX 4", "NOTICE_MAX 8"),
                ("NOTICE_OK 0", "NOTICE_FINE 0")
            ]),
            [
                "added constant NOTICE_FINE: 0",
                "removed constant NOTICE_OK",
                "changed constant NOTICE_MAX: was 4; is 8",
            ]
        );
    }
}
