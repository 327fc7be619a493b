//! Announcements that are written in an editor, which here is a script.

use crate::desk::Desk;

impl Desk {
    /// Runs a command whose editor is a script of the shell; `$1` is the form.
    fn edited(&self, script: &str, arguments: &[&str]) -> (i32, String, String) {
        self.0.write("editor.sh", script);
        self.run_with(arguments, &[("EDITOR", "sh ./editor.sh")])
    }

    /// The forms that are kept.
    fn kept(&self) -> Vec<String> {
        let folder = self.0.0.join(".local/share/notice/drafts");
        let Ok(files) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        let read = |file: std::io::Result<std::fs::DirEntry>| {
            std::fs::read_to_string(file.unwrap().path()).unwrap()
        };
        files.map(read).collect()
    }
}

/// An editor that puts a title into an empty form.
const WRITES: &str =
    "sed -i 's/^title = \"\"/title = \"Maintenance\"/; s/\"info\"/\"warning\"/' \"$1\"";

#[test]
fn a_form_is_filled_in_and_published() {
    let desk = Desk::new();
    let (code, out, complaint) = desk.edited(WRITES, &["publish", "--edit", "--starts", "+1h"]);
    assert_eq!((code, complaint.as_str()), (0, ""), "{out}");
    assert!(
        out.starts_with("published #1 v1  Maintenance\n  20"),
        "{out}"
    );
    let record = desk.json(&["show", "1"]);
    assert_eq!(record["severity"], "warning");
    assert!(desk.kept().is_empty(), "what is published needs no copy");
}

#[test]
fn the_form_explains_itself_in_the_language_of_the_writer() {
    let desk = Desk::new();
    let copy = "cp \"$1\" seen.toml; : > \"$1\"";
    for (language, words, given_up) in [
        ("en", "who may see it", "Nothing was published."),
        ("zh", "谁能看到", "未发布任何公告。"),
    ] {
        let (code, out, _) = desk.edited(copy, &["publish", "--edit", "--lang", language]);
        assert_eq!((code, out.trim()), (0, given_up));
        let seen = std::fs::read_to_string(desk.0.0.join("seen.toml")).unwrap();
        assert!(seen.contains(words), "{seen}");
        toml::from_str::<toml::Table>(&seen).unwrap();
    }
    assert!(desk.kept().is_empty());
}

#[test]
fn a_broken_form_is_shown_at_its_place_and_kept() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "Maintenance", "-k", "m"]);
    for (script, shown, part) in [
        ("sed -i 's/^key = /key : /' \"$1\"", "form:4:", "key : "),
        (
            "sed -i 's/^severity = .*/severity = \"loud\"/' \"$1\"",
            "must be one of",
            "\"loud\"",
        ),
        (
            "sed -i 's/^severity = /sevrity = /' \"$1\"",
            "unknown field",
            "sevrity",
        ),
        (
            "sed -i 's/^ends_at = .*/ends_at = \"yesterdy\"/' \"$1\"",
            "neither a time nor a time zone",
            "yesterdy",
        ),
    ] {
        let before = desk.kept().len();
        let (code, out, complaint) = desk.edited(script, &["edit", "m"]);
        assert_eq!((code, out.as_str()), (2, ""), "{script}");
        assert!(
            complaint.contains(shown)
                && complaint.contains("^")
                && complaint.contains("is kept in"),
            "{complaint}"
        );
        let kept = desk.kept();
        assert_eq!(kept.len(), before + 1);
        assert!(kept.iter().any(|form| form.contains(part)), "{script}");
    }
    // The element of a list, and not the list.
    let condition = "sed -i 's/^audience = .*/audience = [\"role=admin\", \"200%\"]/' \"$1\"";
    let (code, _, complaint) = desk.edited(condition, &["edit", "m"]);
    assert_eq!(code, 2);
    let lines: Vec<&str> = complaint.lines().collect();
    let marked = lines.windows(2).find(|pair| pair[1].contains('^')).unwrap();
    let begin = marked[0].find("\"200%\"").unwrap();
    let mark = marked[1].find("^^^^^^").unwrap();
    assert_eq!(
        (mark, marked[1].matches('^').count()),
        (begin, 6),
        "{complaint}"
    );
    let empty = "sed -i 's/^severity = .*/severity = \"critical\"/' \"$1\"";
    let (code, _, complaint) = desk.edited(empty, &["publish", "--edit"]);
    assert_eq!(code, 2);
    assert!(
        complaint.contains("title = \"\"") && complaint.contains("form:"),
        "the form is shown, and not what was made of it: {complaint}"
    );
    assert_eq!(desk.json(&["show", "m"])["version"], 1);
}

#[test]
fn an_editor_that_dies_loses_nothing() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "Maintenance", "-k", "m"]);
    let dies = "sed -i 's/Maintenance/Half of a sen/' \"$1\"; kill -9 $$";
    let (code, out, complaint) = desk.edited(dies, &["edit", "m", "--lang", "zh"]);
    assert_eq!((code, out.as_str()), (4, ""));
    assert!(complaint.contains("您所写的内容保存在"), "{complaint}");
    assert!(desk.kept()[0].contains("Half of a sen"));
    assert_eq!(desk.json(&["show", "m"])["version"], 1);
}

#[test]
fn an_editor_that_is_not_there_or_writes_nothing_changes_nothing() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "Maintenance", "-k", "m"]);
    let (code, _, complaint) = desk.run_with(&["edit", "m"], &[("EDITOR", "no-such-editor")]);
    assert_eq!(code, 4);
    assert!(complaint.contains("set EDITOR"), "{complaint}");
    assert!(
        !complaint.contains("is kept in"),
        "nothing was written: {complaint}"
    );
    assert!(desk.kept().is_empty());
    let (code, _, complaint) = desk.run(&["edit", "m"]);
    assert_eq!(code, 2);
    assert!(complaint.contains("no terminal"), "{complaint}");
    for script in ["true", "rm \"$1\"", ": > \"$1\""] {
        let (code, out, _) = desk.edited(script, &["edit", "m"]);
        assert_eq!(
            (code, out.as_str()),
            (0, "Nothing was changed.\n"),
            "{script}"
        );
    }
    assert_eq!(desk.json(&["show", "m"])["version"], 1);
}

#[test]
fn what_changed_is_shown_and_told_under_the_new_title() {
    let desk = Desk::new();
    desk.good(&[
        "publish",
        "-t",
        "Maintenance",
        "-t",
        "zh-CN=维护",
        "-k",
        "m",
    ]);
    let script = "sed -i 's/\"Maintenance\"/\"Upkeep\"/' \"$1\"";
    let (code, out, _) = desk.edited(script, &["edit", "m", "--dry-run"]);
    assert_eq!(code, 0);
    assert_eq!(out, "texts.en.title\n  - Maintenance\n  + Upkeep\n");
    let (code, out, _) = desk.edited(script, &["edit", "m", "--change", "minor"]);
    assert_eq!(code, 0);
    assert!(out.ends_with("updated #1 v2  Upkeep\n"), "{out}");
    let record = desk.json(&["show", "1"]);
    assert_eq!(record["notify_version"], 1, "a minor change is no news");
    assert_eq!(record["texts"]["zh-CN"]["title"], "维护");
}

#[test]
fn times_and_conditions_that_changed_are_shown_as_people_write_them() {
    let desk = Desk::new();
    desk.good(&[
        "publish",
        "-t",
        "a",
        "--ends",
        "2099-06-20 22:00",
        "-a",
        "role=admin",
    ]);
    let script = "sed -i 's/^ends_at = .*/ends_at = \"2099-06-20 23:00\"/; s/role=admin/role=admin,staff/' \"$1\"";
    let (code, out, _) = desk.edited(script, &["edit", "1", "--dry-run"]);
    assert_eq!(code, 0);
    assert_eq!(
        out,
        "audience\n  - [\"role=admin\"]\n  + [\"role=admin,staff\"]\n\
         ends_at\n  - 2099-06-20 22:00 +08:00 (14:00 UTC)\n  + 2099-06-20 23:00 +08:00 (15:00 UTC)\n"
    );
}

#[test]
fn another_member_that_somebody_else_has_changed_meanwhile_is_merged() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "Maintenance", "-k", "m"]);
    // The other one is faster, while the form is open.
    let script = format!(
        "{} update m -s critical >&2; sed -i 's/Maintenance/Upkeep/' \"$1\"",
        env!("CARGO_BIN_EXE_notice")
    );
    let (code, out, _) = desk.edited(&script, &["edit", "m"]);
    assert_eq!(code, 0, "{out}");
    let record = desk.json(&["show", "m"]);
    assert_eq!(record["texts"]["en"]["title"], "Upkeep");
    assert_eq!(record["severity"], "critical");
    assert_eq!(record["version"], 3);
}

#[test]
fn the_same_member_that_somebody_else_has_changed_meanwhile_is_shown_beside_ones_own() {
    let desk = Desk::new();
    desk.good(&["publish", "-t", "Maintenance", "-k", "m"]);
    // The second time, the form has both, and the writer decides.
    let script = format!(
        "if [ -e once ]; then cp \"$1\" second.toml; exit 0; fi; touch once
         {} update m -t 'Of the other one' >&2; sed -i 's/Maintenance/Mine/' \"$1\"",
        env!("CARGO_BIN_EXE_notice")
    );
    let (code, _, complaint) = desk.edited(&script, &["edit", "m"]);
    assert_eq!(code, 0, "{complaint}");
    assert!(
        complaint.contains("somebody else has changed #1"),
        "{complaint}"
    );
    let second = std::fs::read_to_string(desk.0.0.join("second.toml")).unwrap();
    assert!(
        second.contains("# texts.en.title: Of the other one")
            && second.contains("title = \"Mine\""),
        "{second}"
    );
    assert_eq!(desk.json(&["show", "m"])["texts"]["en"]["title"], "Mine");
    assert!(desk.kept().is_empty());
}
