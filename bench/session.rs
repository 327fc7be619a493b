//! One run: what was asked for, and what was found.

use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::Result;
use crate::arguments::{Arguments, Extent};
use crate::data::Data;
use crate::report::{Row, heading};

/// How many distinct audiences there are, unless a row is about just that.
pub(crate) const AUDIENCES: usize = 60;

/// How large the boards are and how many rounds there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// Announcements on a usual board.
    pub(crate) usual: usize,
    /// Announcements on a board that is searched.
    pub(crate) search: usize,
    /// Announcements on a large board.
    pub(crate) large: usize,
    /// What growth is measured over.
    pub(crate) growth: &'static [usize],
    /// Rounds of work that changes nothing; 0 only compares answers.
    pub(crate) rounds: usize,
    /// Rounds of work that takes seconds.
    pub(crate) long_rounds: usize,
    /// Words for each length and frequency.
    pub(crate) words: usize,
    /// Users who have read something.
    pub(crate) users: usize,
    /// Announcements that one thread publishes durably in a round.
    pub(crate) publishes: usize,
}

impl Scale {
    fn of(extent: Extent) -> Self {
        match extent {
            Extent::Full => Self {
                usual: 100_000,
                search: 100_000,
                large: 1_000_000,
                growth: &[1_000, 10_000, 100_000, 1_000_000],
                rounds: 101,
                long_rounds: 5,
                words: 9,
                users: 1_000_000,
                publishes: 200,
            },
            Extent::Quick => Self {
                usual: 20_000,
                search: 10_000,
                large: 50_000,
                growth: &[1_000, 10_000],
                rounds: 31,
                long_rounds: 3,
                words: 3,
                users: 50_000,
                publishes: 50,
            },
            Extent::Check => Self {
                usual: 2_000,
                search: 1_000,
                large: 3_000,
                growth: &[],
                rounds: 0,
                long_rounds: 0,
                words: 3,
                users: 500,
                publishes: 10,
            },
        }
    }
}

/// One run.
pub(crate) struct Session {
    arguments: Arguments,
    /// How large the boards are and how many rounds there are.
    pub(crate) scale: Scale,
    /// The announcements of usual boards.
    pub(crate) data: Data,
    rows: Vec<Row>,
    progress: ProgressBar,
}

impl Session {
    /// A run of what was asked for.
    pub(crate) fn new(arguments: Arguments) -> Self {
        // On standard error, and only if that is a terminal.
        let progress = ProgressBar::new(crate::rows::ALL.len() as u64);
        if let Ok(style) = ProgressStyle::with_template("{spinner} [{bar:20}] {elapsed} {msg}") {
            progress.set_style(style.progress_chars("=> "));
        }
        progress.enable_steady_tick(Duration::from_millis(200));
        Self {
            scale: Scale::of(arguments.extent),
            data: Data::new(arguments.seed, AUDIENCES),
            arguments,
            rows: Vec::new(),
            progress,
        }
    }

    /// What decides announcements and words.
    pub(crate) fn seed(&self) -> u64 {
        self.arguments.seed
    }

    /// Whether answers are only compared.
    pub(crate) fn is_check(&self) -> bool {
        self.arguments.extent == Extent::Check
    }

    /// Whether a row that begins so may be wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let only = &self.arguments.only;
        only.is_empty()
            || only
                .iter()
                .any(|only| name.starts_with(only.as_str()) || only.starts_with(name))
    }

    /// Says what is done now.
    pub(crate) fn now(&self, doing: impl Into<String>) {
        self.progress.set_message(doing.into());
    }

    /// Writes the heading of the table.
    pub(crate) fn begin(&self) {
        if !self.arguments.is_json {
            self.progress.suspend(|| println!("{}", heading()));
        }
    }

    /// Adds a row, and shows it if it is wanted.
    pub(crate) fn add(&mut self, row: Row) {
        if self.wants(row.name()) {
            let line = match self.arguments.is_json {
                true => row.json(),
                false => Some(row.line()),
            };
            if let Some(line) = line {
                self.progress.suspend(|| println!("{line}"));
            }
        }
        self.rows.push(row);
    }

    /// Shows a line that is no row, such as a drawing's place.
    pub(crate) fn say(&self, line: &str) {
        self.progress.suspend(|| eprintln!("{line}"));
    }

    /// One kind of measurement is done.
    pub(crate) fn step(&self) {
        self.progress.inc(1);
    }

    /// The ratios of the rows whose names begin so.
    pub(crate) fn ratios(&self, name: &str) -> Vec<&Row> {
        let rows = self.rows.iter().filter(|row| row.name().starts_with(name));
        rows.filter(|row| row.ratio().is_some()).collect()
    }

    /// Fails if nothing that was asked for was found.
    pub(crate) fn finish(&self) -> Result {
        self.progress.finish_and_clear();
        match self.rows.iter().any(|row| self.wants(row.name())) {
            true => Ok(()),
            false => Err(format!(
                "no row begins with any of {:?}",
                self.arguments.only
            )),
        }
    }

    /// Where files are written: target/bench.
    pub(crate) fn directory() -> Result<PathBuf> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let directory = target.unwrap_or_else(|| root.join("target")).join("bench");
        let failed = |error| format!("{}: {error}", directory.display());
        std::fs::create_dir_all(&directory).map_err(failed)?;
        Ok(directory)
    }
}
