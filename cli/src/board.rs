//! The board that a command asks: its URL, and the token that is presented there.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use notice::{Bilingual, BoardUrl, ErrorKind, Options, SharedBoard};

use crate::context::Contexts;
use crate::exit::{self, Outcome, Stop};
use crate::holder;
use crate::shell::quoted;
use crate::{places, terminal};

/// Longest token that is read, in bytes: that of the largest viewer.
const TOKEN_BYTES: u64 = 128 * 1024;

/// How long a file is waited for that another command has.
const PATIENCE: Duration = Duration::from_millis(500);
/// Pause between two tries.
const PAUSE: Duration = Duration::from_millis(10);

/// How a command reaches its board. A token is never an argument: every user of the machine can read those.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Access {
    /// File with the token to present, and nothing else in it. Without it the variable NOTICE_TOKEN is the token
    #[arg(
        long,
        env = "NOTICE_TOKEN_FILE",
        value_name = "FILE",
        help_heading = "Board"
    )]
    token_file: Option<PathBuf>,
}

/// Returns the URL that was given, or that of the daemon on this machine.
pub(crate) fn url(given: Option<&str>) -> Outcome<String> {
    match given {
        Some(url) => Ok(url.to_owned()),
        None => places::running_socket().map(|path| places::url("unix", &path)),
    }
}

/// What a command does with its board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// It asks; a board in a file is opened for reading, and never made.
    Read,
    /// It changes something; a board in a file must be there.
    Write,
}

/// The board that a command asks.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) url: String,
    token: Option<String>,
    /// The file that the token is from.
    pub(crate) token_file: Option<PathBuf>,
    origin: Origin,
    /// Flags that name it again.
    flags: String,
}

/// How a board was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Given,
    Context,
    Usual,
}

impl Target {
    /// Finds the board: the one that was given, or else that of a context, or else that of the daemon that runs here, or
    /// else the file that `notice init` makes.
    pub(crate) fn find(
        given: Option<&str>,
        context: Option<&str>,
        access: &Access,
    ) -> Outcome<Self> {
        let contexts = || Contexts::read();
        let found = match (given, context) {
            (Some(_), _) => None,
            (None, Some(name)) => Some(contexts()?.named(name)?.clone()),
            (None, None) => contexts()?.current().cloned(),
        };
        let token_file = match (&access.token_file, &found) {
            (None, Some(found)) => found.token_file.clone(),
            (given, _) => given.clone(),
        };
        let token = match (
            access.token()?,
            found.as_ref().and_then(|found| found.token_file.as_deref()),
        ) {
            (None, Some(file)) => Some(read(file)?),
            (token, _) => token,
        };
        let (url, origin) = match (given, found) {
            (Some(url), _) => (checked(url)?.to_owned(), Origin::Given),
            (None, Some(context)) => (context.url, Origin::Context),
            (None, None) => (Self::usual()?, Origin::Usual),
        };
        let flags = match (given, context) {
            (Some(url), _) => format!(" -b {}", quoted(url)),
            (None, Some(name)) => format!(" -c {}", quoted(name)),
            (None, None) => String::new(),
        };
        Ok(Self {
            url,
            token,
            token_file,
            origin,
            flags,
        })
    }

    /// The flags with which another command finds it, for what somebody is told to type: empty, or after a blank.
    pub(crate) fn flags(&self) -> &str {
        &self.flags
    }

    /// The command that has its daemon send the whole board; None without a daemon.
    pub(crate) fn export(&self) -> Option<String> {
        let url = BoardUrl::parse(&self.url).ok()?;
        let token = match &self.token_file {
            Some(file) => format!("$(cat {})", quoted(&file.display().to_string())),
            None => "$NOTICE_TOKEN".to_owned(),
        };
        let of_address = |scheme: &str| {
            let address = url.place();
            format!(
                "curl -H \"Authorization: Bearer {token}\" {scheme}://{address}/v1/export -o board.jsonl"
            )
        };
        match url.scheme() {
            "unix" => {
                let socket = quoted(&url.path().ok()?.display().to_string());
                Some(format!(
                    "curl --unix-socket {socket} http://localhost/v1/export -o board.jsonl"
                ))
            }
            "tcp" => Some(of_address("http")),
            "tls" => Some(of_address("https")),
            _ => None,
        }
    }

    /// Says how it was found.
    pub(crate) fn why(&self) -> Bilingual {
        match self.origin {
            Origin::Given => Bilingual::new(
                "as --board or NOTICE_BOARD says",
                "由 --board 或 NOTICE_BOARD 指定",
            ),
            Origin::Context => Bilingual::new("as the context says", "由上下文指定"),
            Origin::Usual => Bilingual::new("the usual one", "默认位置"),
        }
    }

    fn usual() -> Outcome<String> {
        // Whether a daemon runs there shows when it is asked; a board in a file that it has cannot be opened anyway.
        match places::running_socket() {
            Ok(socket) if socket.exists() => Ok(places::url("unix", &socket)),
            _ => places::board().map(|file| places::url("file", &file)),
        }
    }

    /// Opens it.
    pub(crate) fn open(&self, need: Need) -> Outcome<SharedBoard> {
        let url = BoardUrl::parse(&self.url)?;
        if url.scheme() == "mem" && need == Need::Write {
            terminal::complain(&Bilingual::new(
                "a mem: board is gone when this command ends; use file:PATH to keep it",
                "mem: 公告板会随本命令结束而消失；若要保留请使用 file:路径",
            ));
        }
        if url.scheme() != "file" {
            let mut options = Options::new();
            if let Some(token) = &self.token {
                options = options.token(token.clone());
            }
            return Ok(options.open(&self.url)?);
        }
        let path = url.path()?;
        if !path.exists() {
            let name = path.display();
            return Err(Stop::new(
                exit::NOT_FOUND,
                format!("there is no board {name}; `notice init` makes one"),
                format!("没有公告板 {name}；可用 `notice init` 创建"),
            ));
        }
        patiently(|| Options::new().open(&with_mode(&url, &path, need))).map_err(
            |error| match error.kind() {
                ErrorKind::Locked => in_use(&path, &error),
                _ => error.into(),
            },
        )
    }

    /// The file of the board, if it is one in a file.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        let url = BoardUrl::parse(&self.url).ok()?;
        (url.scheme() == "file").then(|| url.path().ok()).flatten()
    }
}

/// Another process has the file.
fn in_use(file: &Path, error: &notice::Error) -> Stop {
    let (who, remedy) = (holder::who(file), holder::remedy());
    Stop::from(error.clone()).with_hint(
        format!("{}; {}", who.en, remedy.en),
        format!("{}；{}", who.zh, remedy.zh),
    )
}

/// Opens a board, and tries again for a moment while another command has its file: those take milliseconds.
fn patiently(open: impl Fn() -> notice::Result<SharedBoard>) -> notice::Result<SharedBoard> {
    let begin = Instant::now();
    loop {
        match open() {
            Err(error) if error.kind() == ErrorKind::Locked && begin.elapsed() < PATIENCE => {
                thread::sleep(PAUSE);
            }
            opened => return opened,
        }
    }
}

/// Refuses a path without a scheme, which is what a newcomer types.
fn checked(url: &str) -> Outcome<&str> {
    let is_path = !url.contains(':') && (url.contains(['/', '.']) || Path::new(url).exists());
    match is_path {
        false => Ok(url),
        true => Err(Stop::new(
            exit::USAGE,
            format!(
                "{url} is a path and no URL; write file:{url} for a file, unix:{url} for a socket"
            ),
            format!("{url} 是路径而不是 URL；文件请写 file:{url}，套接字请写 unix:{url}"),
        )),
    }
}

/// Adds the mode in which a board in a file is opened, unless the operator has chosen one.
fn with_mode(url: &BoardUrl, path: &Path, need: Need) -> String {
    if url.parameter("mode").is_some() {
        return url.to_string();
    }
    let mode = match need {
        Need::Read => "ro",
        Need::Write => "rw",
    };
    let parameters: Vec<_> = url.parameters().chain([("mode", mode)]).collect();
    BoardUrl::of_path(url.scheme(), path, &parameters).to_string()
}

/// Opens the board of a daemon.
pub(crate) fn open_remote(url: &str, access: &Access) -> Outcome<SharedBoard> {
    let scheme = BoardUrl::parse(url)?.scheme().to_owned();
    if ["file", "mem"].contains(&scheme.as_str()) {
        return Err(Stop::new(
            exit::USAGE,
            format!("{url} has no daemon; write unix:PATH or tcp:HOST:PORT"),
            format!("{url} 没有守护进程；应写作 unix:路径 或 tcp:主机:端口"),
        ));
    }
    let mut options = Options::new();
    if let Some(token) = access.token()? {
        options = options.token(token);
    }
    Ok(options.open(url)?)
}

impl Access {
    fn token(&self) -> Outcome<Option<String>> {
        match &self.token_file {
            Some(file) => read(file).map(Some),
            None => Ok(env::var("NOTICE_TOKEN")
                .ok()
                .filter(|token| !token.is_empty())),
        }
    }
}

fn read(file: &Path) -> Outcome<String> {
    let refuse = |en: &str, zh: &str| {
        let name = file.display();
        Stop::new(
            exit::USAGE,
            format!("{name}: {en}"),
            format!("{name}：{zh}"),
        )
    };
    let failed = |error: std::io::Error| {
        let why = error.to_string();
        refuse(&why, &why)
    };
    if fs::metadata(file).map_err(failed)?.len() > TOKEN_BYTES {
        return Err(refuse("too long for a token", "对令牌来说过长"));
    }
    let text = fs::read_to_string(file).map_err(failed)?;
    let token = text.trim();
    if token.is_empty() || token.contains(char::is_whitespace) {
        return Err(refuse(
            "must have a token and nothing else; a line of the server's file has its role in front",
            "应只有一个令牌；服务器令牌文件的行首还有角色名",
        ));
    }
    Ok(token.to_owned())
}
