//! Settings: where they come from, and what is said about wrong ones.

use std::collections::BTreeMap;

use crate::support::{Machine, text};

/// What `--check-config` prints: each setting with its value and its origin.
fn shown(
    machine: &Machine,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> BTreeMap<String, (toml::Value, String)> {
    let arguments = [&["serve", "--check-config"], arguments].concat();
    let mut command = machine.command(&arguments);
    let answer = command.envs(variables.iter().copied()).output().unwrap();
    assert_eq!(answer.status.code(), Some(0), "{}", text(&answer.stderr));
    let text = text(&answer.stdout);
    let values: toml::Table = text.parse().expect("it is a configuration file");
    let origins = text.lines().filter_map(|line| {
        let (setting, origin) = line.rsplit_once("  # ")?;
        Some((setting.split_once(" = ")?.0.to_owned(), origin.to_owned()))
    });
    origins
        .map(|(name, origin)| (name.clone(), (values[&name].clone(), origin)))
        .collect()
}

#[test]
fn flags_come_before_the_environment_and_that_before_the_file() {
    let machine = Machine::new();
    let file = machine.write(
        ".config/notice/notice.toml",
        "drain = \"9s\"\nmax-calls = 9\naudience = \"of the file\"\ntcp = \"127.0.0.1:0\"\n\
         max-connections-per-address = 20\n",
    );
    let environment = [("NOTICE_DRAIN", "8s"), ("NOTICE_MAX_CALLS", "8")];
    let shown = shown(&machine, &["--drain", "7s"], &environment);
    let at = |line: usize| format!("{}:{line}", file.display());
    let expected = [
        ("drain", toml::Value::from("7s"), "--drain".to_owned()),
        ("max-calls", 8.into(), "NOTICE_MAX_CALLS".to_owned()),
        ("audience", "of the file".into(), at(3)),
        ("tcp", vec!["127.0.0.1:0"].into(), at(4)),
        ("max-connections-per-address", 20.into(), at(5)),
        ("max-connections", 10_000.into(), "default".to_owned()),
        ("send-timeout", "30s".into(), "default".to_owned()),
    ];
    for (name, value, origin) in expected {
        assert_eq!(shown[name], (value, origin), "{name}");
    }
}

#[test]
fn what_check_config_prints_is_a_file_with_the_same_meaning() {
    let machine = Machine::new();
    let arguments = [
        "--tcp",
        "127.0.0.1:1,127.0.0.1:2",
        "--tcp",
        "[::1]:3",
        "--peer",
        "0=editor",
    ];
    let first = shown(&machine, &arguments, &[]);
    let mut text = String::new();
    for (name, (value, _)) in &first {
        text.push_str(&format!("{name} = {value}\n"));
    }
    machine.write("again.toml", &text);
    std::fs::create_dir_all(machine.socket().parent().unwrap()).unwrap();
    let again = shown(&machine, &["--config", "again.toml"], &[]);
    assert_eq!(first["tcp"].0.as_array().unwrap().len(), 3);
    let values = |all: BTreeMap<String, (toml::Value, String)>| -> Vec<_> {
        all.into_iter()
            .map(|(name, (value, _))| (name, value))
            .collect()
    };
    assert_eq!(values(first), values(again));
}

#[test]
fn every_fault_is_told_at_once_with_its_place() {
    let machine = Machine::new();
    machine.write(
        "wrong.toml",
        "bord = \"file:x\"\n\
         max-calls = \"many\"\n\
         drain = \"3\"\n\
         tcp = \"0.0.0.0:7700\"\n\
         peer = [\"root=boss\", \"no such user=admin\"]\n\
         tokens = \"/nonexistent\"\n\
         zzz = 1\n\
         tls-key = \"key.pem\"\n\
         log-format = \"xml\"\n\
         log = \"notice=loud\"\n",
    );
    let mut command = machine.command(&["serve", "--check-config", "--config", "wrong.toml"]);
    let answer = command.env("NOTICE_BOARD", "nofile:x").output().unwrap();
    assert_eq!(answer.status.code(), Some(2));
    assert!(answer.stdout.is_empty());
    let said = text(&answer.stderr);
    for expected in [
        "NOTICE_BOARD: ",
        "wrong.toml:1: there is no setting \"bord\"; did you mean \"board\"?",
        "wrong.toml:2: max-calls: ",
        "wrong.toml:3: drain: \"3\" is not a time",
        "wrong.toml:4: tcp: 0.0.0.0:7700 can be reached from other machines",
        "wrong.toml:5: peer: \"boss\" is no role",
        "wrong.toml:5: peer: this machine has no user",
        "wrong.toml:6: tokens: /nonexistent",
        "wrong.toml:7: there is no setting \"zzz\"; notice serve --help",
        "wrong.toml:8: tls-key: needs tls-certificate as well",
        "wrong.toml:9: log-format: unknown variant `xml`, expected `text` or `json`",
        "wrong.toml:10: log: ",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    assert_eq!(said.lines().count(), 12, "{said}");
    // It does not serve either.
    let answer = machine.run(&["serve", "--config", "wrong.toml"]);
    assert_eq!(answer.status.code(), Some(2));
}

#[test]
fn a_file_that_is_not_toml_or_not_there_is_a_fault() {
    let machine = Machine::new();
    machine.write("half.toml", "drain = \"3s\"\nmax-calls = [\n");
    for (file, expected) in [("half.toml", "half.toml:"), ("none.toml", "none.toml: ")] {
        let answer = machine.run(&["serve", "--check-config", "--config", file]);
        assert_eq!(answer.status.code(), Some(2), "{file}");
        assert!(text(&answer.stderr).contains(expected));
    }
}

#[test]
fn a_check_opens_no_board_and_makes_nothing() {
    let machine = Machine::new();
    shown(&machine, &[], &[]);
    assert_eq!(std::fs::read_dir(&machine.0).unwrap().count(), 0);
    let daemon = machine.serve(&[]);
    shown(&machine, &[], &[]);
    daemon.stop();
}

#[test]
fn a_service_has_the_folders_that_systemd_made_for_it() {
    let machine = Machine::new();
    let folder = |name: &str| machine.0.join(name).display().to_string();
    let (state, run, etc) = (folder("state"), folder("service"), folder("etc"));
    machine.write("etc/notice.toml", "max-calls = 7\n");
    let variables = [
        ("STATE_DIRECTORY", format!("{state}:/elsewhere")),
        ("RUNTIME_DIRECTORY", run.clone()),
        ("CONFIGURATION_DIRECTORY", etc),
    ];
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    let shown = shown(&machine, &[], &variables);
    assert_eq!(
        shown["board"].0,
        format!("file:{state}/board.notice").into()
    );
    assert_eq!(shown["unix"].0, vec![format!("{run}/notice.sock")].into());
    assert_eq!(shown["max-calls"].0, 7.into());
}
