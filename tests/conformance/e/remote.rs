//! The DLL on Windows: the program of tests/e, which makes the calls by the declarations that are shipped. What is said
//! to it and what it says are described in tests/e/serve.c.

use std::cell::RefCell;
use std::env;
use std::ffi::{CStr, CString, c_char};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

/// Has the command that starts the program, a word a line.
const VARIABLE: &str = "NOTICE_E_CALLER";

/// Whether there is such a program.
pub(crate) fn is_there() -> bool {
    env::var_os(VARIABLE).is_some()
}

/// An argument. What is pointed at is as large as the number behind it says.
#[derive(Clone, Copy)]
pub(super) enum Word {
    Int(i32),
    Text(*const c_char),
    Bytes(*const u8),
    Buffer(*mut u8),
    IntOut(*mut i32),
}

/// What can be handed over.
pub(super) trait Passed {
    fn passed(self) -> Word;
}

macro_rules! passed {
    ($($type:ty => $word:ident)*) => {
        $(impl Passed for $type {
            fn passed(self) -> Word {
                Word::$word(self)
            }
        })*
    };
}

passed! {
    i32 => Int
    *const c_char => Text
    *const u8 => Bytes
    *mut u8 => Buffer
    *mut i32 => IntOut
}

/// What can come back, from the first word of the answer.
pub(super) trait Returned {
    fn returned(word: String) -> Self;
}

impl Returned for i32 {
    fn returned(word: String) -> Self {
        number(&word, 'i')
    }
}

impl Returned for *const c_char {
    /// Valid until the thread's next call that returns a text, as that of the library.
    fn returned(word: String) -> Self {
        thread_local! {
            static TEXT: RefCell<CString> = RefCell::default();
        }
        let text = CString::new(bytes(word.strip_prefix('t').expect("a text"))).unwrap();
        TEXT.with(|kept| {
            kept.replace(text);
            kept.borrow().as_ptr()
        })
    }
}

/// Makes a call; the first word of the answer.
pub(super) fn call(entry: &str, arguments: &[Word]) -> String {
    let mut request = entry.to_owned();
    for (n, argument) in arguments.iter().enumerate() {
        request.push(' ');
        request += &asked(*argument, arguments.get(n + 1).copied());
    }
    let answer = program().lock().unwrap().ask(&request);
    let mut words = answer.split(' ').map(str::to_owned);
    let returned = words.next().unwrap();
    for (n, argument) in arguments.iter().enumerate() {
        match *argument {
            Word::IntOut(out) => {
                // SAFETY: the caller has an integer there.
                unsafe { *out = number(&words.next().unwrap(), 'I') };
            }
            Word::Buffer(buffer) if !buffer.is_null() => {
                let word = words.next().unwrap();
                let written = bytes(word.strip_prefix('B').expect("a buffer"));
                assert_eq!(written.len(), size(arguments[n + 1]));
                // SAFETY: the caller has a buffer of this size there.
                unsafe { buffer.copy_from_nonoverlapping(written.as_ptr(), written.len()) };
            }
            _ => {}
        }
    }
    returned
}

/// An argument as the program reads it; `next` has the size of a buffer.
fn asked(argument: Word, next: Option<Word>) -> String {
    match argument {
        Word::Int(number) => format!("i{number}"),
        Word::IntOut(_) => "I".to_owned(),
        Word::Text(text) if text.is_null() => "n".to_owned(),
        // SAFETY: the caller has a text there that ends in NUL.
        Word::Text(text) => format!("t{}", hex(unsafe { CStr::from_ptr(text) }.to_bytes())),
        Word::Bytes(list) => {
            // SAFETY: the caller has so many bytes there.
            let list = unsafe { std::slice::from_raw_parts(list, size(next.unwrap())) };
            format!("b{}", hex(list))
        }
        Word::Buffer(buffer) if buffer.is_null() => "n".to_owned(),
        Word::Buffer(_) => format!("B{}", size(next.unwrap())),
    }
}

fn size(word: Word) -> usize {
    match word {
        Word::Int(size) => usize::try_from(size).unwrap(),
        _ => panic!("a size stands behind a buffer"),
    }
}

fn number(word: &str, kind: char) -> i32 {
    let digits = word
        .strip_prefix(kind)
        .unwrap_or_else(|| panic!("{word} is no {kind}"));
    digits.parse().unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02X}").unwrap();
        text
    })
}

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// The program, which ends when its input does.
struct Program {
    _child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Program {
    fn ask(&mut self, request: &str) -> String {
        let mut answer = Vec::new();
        writeln!(self.requests, "{request}").unwrap();
        self.answers.read_until(b'\n', &mut answer).unwrap();
        let (answer, ..) = encoding_rs::GBK.decode(&answer);
        let answer = answer.trim_end();
        assert!(
            answer.starts_with(['i', 't']),
            "{request}\nis answered with {answer:?}"
        );
        answer.to_owned()
    }
}

fn program() -> &'static Mutex<Program> {
    static PROGRAM: OnceLock<Mutex<Program>> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let command = env::var(VARIABLE).unwrap();
        let mut words = command.lines();
        let mut child = Command::new(words.next().unwrap())
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Mutex::new(Program {
            requests: child.stdin.take().unwrap(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            _child: child,
        })
    })
}
