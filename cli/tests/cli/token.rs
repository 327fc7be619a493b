//! `notice token`: what it makes, a daemon takes.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use notice::{Draft, ErrorKind, Operator, Options, Query, Viewer};

use crate::support::{Machine, text};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Runs a command that must succeed, and returns what it prints.
fn printed(machine: &Machine, arguments: &[&str]) -> String {
    let answer = machine.run(&[&["token"], arguments].concat());
    assert_eq!(answer.status.code(), Some(0), "{}", text(&answer.stderr));
    text(&answer.stdout).trim_end().to_owned()
}

#[test]
fn a_new_token_opens_its_role() {
    let machine = Machine::new();
    let file = machine.0.join("tokens");
    let editor = printed(&machine, &["new", "editor", "--file", "tokens"]);
    assert_eq!(mode(&file), 0o600);
    // A line without its end, as some editors leave it, stays whole.
    let line = printed(&machine, &["new", "service"]);
    fs::write(
        &file,
        format!("{}{line}", fs::read_to_string(&file).unwrap()),
    )
    .unwrap();
    let admin = printed(&machine, &["new", "admin", "--file", "tokens"]);
    let service = line.strip_prefix("service ").unwrap();
    let daemon = machine.serve(&["--tcp", "127.0.0.1:0", "--unix=", "--tokens", "tokens"]);
    let url = daemon.said.last().unwrap().trim();
    for (token, role) in [
        (&*editor, "editor"),
        (service, "service"),
        (&admin, "admin"),
    ] {
        let board = Options::new().token(token).open(url).unwrap();
        assert_eq!(board.daemon().unwrap().role, role);
    }
    daemon.stop();
}

#[test]
fn a_signed_token_makes_its_owner_the_viewer_it_names() {
    for algorithm in ["ed25519", "hs256"] {
        let machine = Machine::new();
        let (private, tokens) = (machine.0.join("key"), machine.0.join("tokens"));
        printed(
            &machine,
            &[
                "key",
                "--private",
                "key",
                "--algorithm",
                algorithm,
                "--file",
                "tokens",
            ],
        );
        assert_eq!((mode(&private), mode(&tokens)), (0o600, 0o600));
        let arguments = ["--tcp", "127.0.0.1:0", "--tokens", "tokens"];
        let daemon = machine.serve(&arguments);
        let draft = Draft::new("en", "for admins").audience("role", Operator::In, ["admin"]);
        machine.open().publish(&draft).unwrap();
        let url = daemon.said.last().unwrap().trim();
        let sign = |more: &[&str]| {
            let sign = ["sign", "--key", "key", "--user", "li", "--expires"];
            printed(&machine, &[&sign, more].concat())
        };
        let count = |token: &str| {
            let board = Options::new().token(token).open(url)?;
            // Whatever it says about itself.
            let claims = Viewer::new("wang").with("role", "admin");
            board.count(&Query::new(claims)).map(|count| count.total)
        };
        assert_eq!(
            count(&sign(&[
                "1h",
                "--attr",
                "role=user",
                "--attr",
                "role=admin"
            ])),
            Ok(Some(1))
        );
        assert_eq!(count(&sign(&["1h", "--attr", "role=user"])), Ok(Some(0)));
        for refused in [sign(&["0s"]), sign(&["1h", "--audience", "others"])] {
            assert_eq!(count(&refused).unwrap_err().kind(), ErrorKind::Unauthorized);
        }
        daemon.stop();
    }
}

#[test]
fn secrets_are_neither_overwritten_nor_kept_where_others_read() {
    let machine = Machine::new();
    printed(&machine, &["key", "--private", "key"]);
    let before = fs::read(machine.0.join("key")).unwrap();
    let again = machine.run(&["token", "key", "--private", "key"]);
    assert_eq!(again.status.code(), Some(3));
    assert_eq!(fs::read(machine.0.join("key")).unwrap(), before);
    let open = machine.write("open", "");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    let answer = machine.run(&["token", "new", "admin", "--file", "open"]);
    assert_eq!(answer.status.code(), Some(2));
    assert!(fs::read(&open).unwrap().is_empty());
    let missing = machine.run(&["token", "sign", "--key", "none", "--expires", "1h"]);
    assert_eq!(missing.status.code(), Some(1));
    let answer = machine.run(&["token", "new", "viewer"]);
    assert_eq!(answer.status.code(), Some(2));
}
