//! A program in the E language, emulated, that opens boards of daemons through notice.dll: `cargo xtask e-test`.
//!
//! It runs in Wine. Files for it lie in its own folder, which is its working directory.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use notice::{Draft, ErrorKind};

use super::certificates::{Issued, expired, not_yet_valid};
use crate::client::PATIENCE;
use crate::other::Other;
use crate::support::{ADMIN, Served, serve, serve_with};

/// The program with its first arguments, one a line.
const CALLER: &str = "NOTICE_E_CALLER";
/// Its folder.
const FOLDER: &str = "NOTICE_E_FOLDER";

struct Program {
    words: Vec<String>,
    folder: PathBuf,
}

impl Program {
    fn new() -> Self {
        let words = env::var(CALLER).expect("cargo xtask e-test sets it");
        let folder: PathBuf = env::var_os(FOLDER)
            .expect("cargo xtask e-test sets it")
            .into();
        fs::write(folder.join("token"), ADMIN).unwrap();
        Self {
            words: words.lines().map(str::to_owned).collect(),
            folder,
        }
    }

    /// Has it trust a certificate that signs itself.
    fn trust(&self, issued: &Issued) {
        fs::copy(issued.certificate(), self.folder.join("ca.pem")).unwrap();
    }

    /// Runs it, and returns what it prints.
    fn run(&self, what: &str, url: &str) -> String {
        let (program, arguments) = self.words.split_first().unwrap();
        let mut command = Command::new(program);
        let ran = command.args(arguments).args([what, url]).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        let errors = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{what} {url}: {said}{errors}");
        said
    }

    /// Asserts that a board is refused with this error.
    fn is_refused(&self, url: &str, kind: ErrorKind, says: &str) {
        let said = self.run("refused", url);
        let code = format!("-{} ", kind as i32);
        assert!(said.starts_with(&code), "{url}: {said}");
        assert!(said.contains(says), "{url}: {said}");
    }
}

/// The program while it makes the calls that it is told to make (`tests/e/serve.c`).
struct Serving(Other);

/// An argument of a call.
enum Word<'a> {
    Number(i32),
    Text(&'a str),
}

impl Serving {
    fn start(program: &Program) -> Self {
        let (name, arguments) = program.words.split_first().unwrap();
        let mut command = Command::new(name);
        Self(Other::start(command.args(arguments).arg("serve")))
    }

    /// Makes a call, and returns its number.
    fn call(&mut self, entry: &str, words: &[Word<'_>]) -> i32 {
        let mut line = entry.to_owned();
        for word in words {
            match word {
                Word::Number(number) => write!(line, " i{number}").unwrap(),
                Word::Text(text) => {
                    line.push_str(" t");
                    for byte in text.bytes() {
                        write!(line, "{byte:02X}").unwrap();
                    }
                }
            }
        }
        self.0.tell(&line);
        let answer = self.0.line();
        let number = answer.trim().strip_prefix('i').map(str::parse);
        number
            .unwrap_or_else(|| panic!("{line}: {answer}"))
            .unwrap()
    }
}

/// URL of a board whose certificate must be for this name. Wine has no names of its own.
fn url(served: &Served, name: &str) -> String {
    let address = served.tcp();
    format!("tls:{address}?ca_file=ca.pem&token_file=token&server_name={name}")
}

fn served_with(issued: &Issued) -> Served {
    serve_with(notice::open("mem:").unwrap(), |builder| {
        builder.tls(issued.certificate(), issued.key())
    })
}

#[test]
#[ignore = "needs Wine: cargo xtask e-test"]
fn an_e_program_uses_a_board_over_tcp() {
    let program = Program::new();
    let served = serve(notice::open("mem:").unwrap());
    let url = format!("tcp:{}?token_file=token", served.tcp());
    program.run("remote", &url);
    drop(served);
    program.is_refused(&url, ErrorKind::Unavailable, "");
}

#[test]
#[ignore = "needs Wine: cargo xtask e-test"]
fn an_e_program_follows_a_board_and_reads_on_while_the_daemon_is_away() {
    let program = Program::new();
    let board = notice::open("mem:").unwrap();
    let mut served = serve(board.clone());
    let url = format!("tcp:{}?token_file=token&follow=1", served.tcp());
    program.run("remote", &url);

    let mut serving = Serving::start(&program);
    let opened = serving.call("e_announce_open", &[Word::Text(&url)]);
    assert!(opened > 0, "{opened}");
    let count = |serving: &mut Serving| {
        let words = [Word::Number(opened), Word::Text("")];
        serving.call("e_announce_count_active", &words)
    };
    let publish = |serving: &mut Serving, key: &str| {
        let words = [
            Word::Number(opened),
            Word::Text(""),
            Word::Text(key),
            Word::Text("title"),
            Word::Text("body"),
            Word::Number(1),
        ];
        serving.call("e_announce_publish", &words)
    };
    // It sees what it has written at once, and what others write soon.
    let before = count(&mut serving);
    assert_eq!(publish(&mut serving, "own"), 1);
    assert_eq!(count(&mut serving), before + 1);
    board
        .publish(&Draft::new("en", "of somebody else"))
        .unwrap();
    let end = Instant::now() + PATIENCE;
    while count(&mut serving) != before + 2 {
        assert!(Instant::now() < end, "it does not follow");
    }
    served.stop().unwrap();
    assert_eq!(count(&mut serving), before + 2);
    assert_eq!(
        publish(&mut serving, "nobody takes it"),
        -(ErrorKind::Unavailable as i32)
    );
    assert_eq!(count(&mut serving), before + 2);
}

/// Wine refuses every certificate of an authority without a list of what was revoked, so each signs itself here:
/// docs/windows.md.
#[test]
#[ignore = "needs Wine: cargo xtask e-test"]
fn an_e_program_uses_a_board_over_tls_and_trusts_whom_it_should() {
    let program = Program::new();
    let good = Issued::signed_by_itself(&["localhost"]);
    let served = served_with(&good);
    program.trust(&good);
    program.run("remote", &url(&served, "localhost"));
    // The same certificate under a name that it does not have.
    let other = url(&served, "other.example");
    program.is_refused(&other, ErrorKind::Unauthorized, "server_name");
    // Nobody trusts the certificates of a test by himself.
    let untold = url(&served, "localhost").replace("ca_file=ca.pem&", "");
    program.is_refused(&untold, ErrorKind::Unauthorized, "ca_file");
    // Another one of the same name.
    program.trust(&Issued::signed_by_itself(&["localhost"]));
    program.is_refused(
        &url(&served, "localhost"),
        ErrorKind::Unauthorized,
        "ca_file",
    );
    for untimely in [expired, not_yet_valid] {
        let issued = Issued::signed_by_itself_with(&["localhost"], untimely);
        let served = served_with(&issued);
        program.trust(&issued);
        program.is_refused(&url(&served, "localhost"), ErrorKind::Unauthorized, "");
    }
    // Wine reports an error of its own when there is no TLS.
    let plain = serve(notice::open("mem:").unwrap());
    let said = program.run("refused", &url(&plain, "localhost"));
    let kinds = [ErrorKind::Unsupported, ErrorKind::Unavailable];
    assert!(
        kinds
            .iter()
            .any(|kind| said.starts_with(&format!("-{} ", *kind as i32))),
        "{said}"
    );
}
