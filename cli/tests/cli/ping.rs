//! `notice ping`.

use serde_json::Value;

use crate::support::{Machine, text};

#[test]
fn a_new_machine_needs_two_words_to_serve_and_two_to_see_that_it_does() {
    let machine = Machine::new();
    let daemon = machine.serve(&[]);
    let board = machine.0.join(".local/share/notice/board.notice");
    assert!(daemon.said[0].contains(&format!("file:{}", board.display())));
    let answer = machine.run(&["ping"]);
    assert_eq!(answer.status.code(), Some(0));
    let said = text(&answer.stdout);
    assert!(said.starts_with(&machine.url()), "{said}");
    assert!(
        said.contains("admin") && said.contains("revision 0"),
        "{said}"
    );
    let answer = machine.run(&["ping", "--json", &machine.url()]);
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(answer["role"], "admin");
    assert_eq!(answer["revision"], 0);
    assert_eq!(answer["url"], machine.url());
    assert!(answer["round_trip_ms"].as_f64().unwrap() > 0.0);
    daemon.stop();
}

#[test]
fn a_daemon_that_is_not_there_is_exit_code_4_and_a_hint() {
    let machine = Machine::new();
    let answer = machine.run(&["ping"]);
    assert_eq!(answer.status.code(), Some(4));
    assert!(text(&answer.stderr).contains("notice serve"));
    // Whoever names an address knows about daemons.
    let answer = machine.run(&["ping", "unix:/nonexistent/socket"]);
    assert_eq!(answer.status.code(), Some(4));
    assert!(!text(&answer.stderr).contains("notice serve"));
    let answer = machine.run(&["ping", "file:board.notice"]);
    assert_eq!(answer.status.code(), Some(2));
    assert!(!machine.0.join("board.notice").exists());
}

#[test]
fn complaints_are_chinese_where_the_environment_says_so() {
    let machine = Machine::new();
    let ask = |variables: &[(&str, &str)]| {
        let mut command = machine.command(&["ping"]);
        command.envs(variables.iter().copied());
        let answer = command.output().unwrap();
        text(&answer.stderr).contains("守护进程")
    };
    assert!(!ask(&[]));
    assert!(ask(&[("LANG", "zh_CN.UTF-8")]));
    assert!(!ask(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]));
    assert!(ask(&[
        ("LC_MESSAGES", "zh_TW"),
        ("LANG", "de_DE"),
        ("LC_ALL", "")
    ]));
}

#[test]
fn a_token_comes_from_a_file_or_the_environment_and_not_from_an_argument() {
    let machine = Machine::new();
    let token = "editor-token-0123456789abcdef0123456789abcdef";
    let tokens = machine.write("tokens", &format!("editor {token}\n"));
    std::fs::set_permissions(&tokens, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let own = machine.write("own", &format!("{token}\n"));
    let daemon = machine.serve(&["--tcp", "127.0.0.1:0", "--unix=", "--tokens", "tokens"]);
    let url = daemon.said.last().unwrap().trim();
    let role = |set: &dyn Fn(&mut std::process::Command)| {
        let mut command = machine.command(&["ping", "--json", url]);
        set(&mut command);
        let answer = command.output().unwrap();
        let answer: Option<Value> = serde_json::from_slice(&answer.stdout).ok();
        answer.map(|answer| answer["role"].as_str().unwrap().to_owned())
    };
    assert_eq!(role(&|_| ()).as_deref(), Some("public"));
    let by_file = role(&|command| {
        command.arg("--token-file").arg(&own);
    });
    assert_eq!(by_file.as_deref(), Some("editor"));
    let by_variable = role(&|command| {
        command.env("NOTICE_TOKEN", token);
    });
    assert_eq!(by_variable.as_deref(), Some("editor"));
    let wrong = role(&|command| {
        command.env("NOTICE_TOKEN", "no such token");
    });
    assert_eq!(wrong, None);
    // The server's own file is not a token.
    let of_server = role(&|command| {
        command.arg("--token-file").arg(&tokens);
    });
    assert_eq!(of_server, None);
}
