//! What every command that asks a board takes, and what it then works with.

use jiff::Zoned;
use jiff::tz::TimeZone;
use notice::{Bilingual, Custody, ErrorKind, Language, SharedBoard};

use crate::board::{Access, Need, Target};
use crate::console::{Colour, Console, Manner};
use crate::exit::{self, Outcome, Stop};
use crate::terminal;
use crate::times::Times;

const BOARD: &str = "Board";
const OUTPUT: &str = "Output";

/// Options of every command that asks a board.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Common {
    /// Board, such as file:board.notice, unix:PATH or tcp:HOST:PORT. Without it, that of the context, of the daemon that
    /// runs here, or the file that `notice init` makes
    #[arg(long, short, env = "NOTICE_BOARD", value_name = "URL", help_heading = BOARD)]
    board: Option<String>,
    /// Context to use in place of the current one; see `notice context`
    #[arg(long, short, value_name = "NAME", conflicts_with = "board", help_heading = BOARD)]
    context: Option<String>,
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    output: Output,
}

/// Options of every command that writes something.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Output {
    /// Answer in JSON: one object a line, as docs/json.md describes it
    #[arg(long, help_heading = OUTPUT)]
    json: bool,
    /// Time zone in which times are read and shown, such as Asia/Shanghai or +08:00 [default: the system's]
    #[arg(long, env = "NOTICE_TZ", value_name = "ZONE", help_heading = OUTPUT)]
    tz: Option<String>,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = OUTPUT)]
    color: Colour,
    /// Answer every question with yes
    #[arg(long, short, help_heading = OUTPUT)]
    yes: bool,
    /// Write long answers at once, without a pager
    #[arg(long, help_heading = OUTPUT)]
    no_pager: bool,
}

/// What every command takes, before its name or behind it.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Speech {
    /// Language of messages: en or zh [default: that of the environment]
    #[arg(
        long,
        global = true,
        env = "NOTICE_LANG",
        value_name = "LANGUAGE",
        value_parser = language,
        help_heading = OUTPUT
    )]
    // It is read before the arguments are.
    #[allow(dead_code, reason = "it says that the flag is there")]
    lang: Option<Language>,
}

fn language(name: &str) -> Result<Language, String> {
    terminal::language_named(name).ok_or_else(|| {
        let words = Bilingual::new("must be en or zh", "应为 en 或 zh");
        words.get(terminal::language()).to_owned()
    })
}

/// Reads how many rows are wanted at most.
pub(crate) fn count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| *count > 0);
    count.ok_or_else(|| {
        let words = Bilingual::new("must be a number from 1 on", "应为不小于 1 的整数");
        words.get(terminal::language()).to_owned()
    })
}

impl Output {
    /// Begins to speak as these options say.
    pub(crate) fn console(&self) -> Outcome<Console> {
        let zone = match &self.tz {
            None => TimeZone::system(),
            Some(name) => Times::zone(name).map_err(|fault| fault.stop("--tz", name))?,
        };
        let manner = Manner {
            language: terminal::language(),
            is_json: self.json,
            colour: self.color,
            is_agreed: self.yes,
            may_page: !self.no_pager,
        };
        Ok(Console::new(
            manner,
            Times::new(Zoned::now().with_time_zone(zone)),
        ))
    }
}

impl Common {
    /// Finds the board, and begins to speak.
    pub(crate) fn session(&self) -> Outcome<Session> {
        let console = self.console()?;
        let target = self.target()?;
        Ok(Session { console, target })
    }

    /// Begins to speak.
    pub(crate) fn console(&self) -> Outcome<Console> {
        self.output.console()
    }

    /// Finds the board.
    pub(crate) fn target(&self) -> Outcome<Target> {
        Target::find(self.board.as_deref(), self.context.as_deref(), &self.access)
    }
}

/// A command's board and console.
pub(crate) struct Session {
    pub(crate) console: Console,
    pub(crate) target: Target,
}

impl Session {
    /// Opens the board to ask it.
    pub(crate) fn reading(&self) -> Outcome<SharedBoard> {
        self.target.open(Need::Read)
    }

    /// Opens the board to change it.
    pub(crate) fn writing(&self) -> Outcome<SharedBoard> {
        self.target.open(Need::Write)
    }
}

impl Session {
    /// What only the process that has a board can do.
    ///
    /// # Errors
    /// For the board of a daemon, with what to do in its place.
    pub(crate) fn custody<'a>(&self, board: &'a SharedBoard) -> Outcome<&'a dyn Custody> {
        board.require_custody().map_err(|error| match error.kind() {
            ErrorKind::Unsupported => Stop::from(error).with_hint(
                "stop the daemon first, and name its file: -b file:PATH",
                "请先停止守护进程，再指定其文件：-b file:路径",
            ),
            _ => error.into(),
        })
    }

    /// The same to copy the whole board, which a daemon does for an administrator.
    ///
    /// # Errors
    /// As [`custody`](Self::custody).
    pub(crate) fn copied<'a>(&self, board: &'a SharedBoard) -> Outcome<&'a dyn Custody> {
        self.custody(board)
            .map_err(|stop| match self.target.export() {
                Some(curl) if stop.code == exit::USAGE => stop.with_hint(
                    format!(
                        "or have the running daemon export its board, for `notice import`: {curl}"
                    ),
                    format!("或由运行中的守护进程导出公告板，供 `notice import` 读取：{curl}"),
                ),
                _ => stop,
            })
    }
}

/// The end of a command that found nothing.
pub(crate) fn nothing() -> Stop {
    Stop::silent(exit::NOT_FOUND)
}
