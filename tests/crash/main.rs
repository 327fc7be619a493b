//! Kills a program again and again while it writes to a board, and looks at what is left: `cargo xtask
//! crash`.
//!
//! It is no test that cargo runs by itself: it takes arguments, and starts itself as the child.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it reports")]

mod aim;
mod backups;
mod book;
mod child;
mod dice;
mod op;
mod round;

use std::process::ExitCode;
use std::time::Instant;

use notice::Options;

use self::round::Rounds;

/// How many threads of the child write at the same time.
const THREADS: usize = 4;

/// What is to be run.
#[derive(Debug, Clone, Copy)]
struct Plan {
    rounds: u64,
    seed: u64,
    is_relaxed: bool,
}

/// How both processes open the board: with a feed that is compacted soon.
fn options() -> Options {
    Options::new().keep_changes(2000, 1)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, file, durability, seed, round] = arguments.as_slice()
        && flag == "--child"
    {
        child::run(
            file,
            durability,
            seed.parse().unwrap(),
            round.parse().unwrap(),
        );
        return ExitCode::FAILURE;
    }
    match Plan::read(&arguments).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// How both processes name it.
fn url(file: &str, durability: &str) -> String {
    format!("file:{file}?durability={durability}")
}

impl Plan {
    fn durability(&self) -> &'static str {
        if self.is_relaxed { "relaxed" } else { "full" }
    }

    fn read(arguments: &[String]) -> Result<Self, String> {
        let mut plan = Self {
            rounds: 20,
            seed: 1,
            is_relaxed: false,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut number = || {
                let number = arguments.next().and_then(|text| text.parse().ok());
                number.ok_or_else(|| format!("{argument} needs a number"))
            };
            match argument.as_str() {
                "--rounds" => plan.rounds = number()?,
                "--seed" => plan.seed = number()?,
                "--relaxed" => plan.is_relaxed = true,
                other => {
                    return Err(format!(
                        "unknown argument {other:?}; there are --rounds N, --seed S and --relaxed"
                    ));
                }
            }
        }
        Ok(plan)
    }
}

fn run(plan: Plan) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("notice-crash-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let file = folder.join("board.notice");
    let began = Instant::now();
    let mut rounds = Rounds::new(plan, file.display().to_string());
    for round in 0..plan.rounds {
        rounds.run(round).map_err(|error| {
            format!(
                "round {round} of seed {}: {error}\nthe board: {}",
                plan.seed,
                file.display()
            )
        })?;
    }
    let length = std::fs::metadata(&file).map_or(0, |metadata| metadata.len());
    println!(
        "{} rounds of seed {} in {:.1} s, durability {}, file of {} KiB",
        plan.rounds,
        plan.seed,
        began.elapsed().as_secs_f64(),
        plan.durability(),
        length / 1024
    );
    let tally = &rounds.tally;
    println!(
        "acknowledged {}, of those lost {}; begun only: there {}, not there {}",
        tally.acknowledged, tally.lost, tally.kept, tally.dropped
    );
    println!(
        "killed while opening {}, in a backup {}, in a compaction {}, in a fold {}; folds begun {}, compactions {}; \
         backups opened {}; followed {} times, listed again {}; idempotency keys used again {}",
        tally.killed.opening,
        tally.killed.backing_up,
        tally.killed.compacting,
        tally.killed.folding,
        tally.folds,
        tally.compactions,
        tally.backups,
        tally.followed,
        tally.listed_again,
        tally.repeated
    );
    std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))
}
