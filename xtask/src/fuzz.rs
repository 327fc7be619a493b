//! `cargo xtask fuzz`: the fuzz targets of fuzz/, each for some seconds.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::host::host;
use crate::library::{self, output};

/// How long each target runs when nothing is said.
const SECONDS: u32 = 20;
/// Where the compiler lets libFuzzer count which code an input reaches, and what it is compared with.
const FLAGS: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Cllvm-args=-simplifycfg-branch-fold-threshold=0 \
    -Cforce-frame-pointers=yes \
    -Zsanitizer=address";

/// Name of the program that writes seeds.
const SEEDS: &str = "seeds";

/// What is to be run.
struct Plan {
    targets: Vec<String>,
    seconds: u32,
}

/// A target that was built.
struct Target {
    name: String,
    program: PathBuf,
}

/// What was built: the targets, and the program that writes seeds for those whose input has a format of its own.
struct Built {
    targets: Vec<Target>,
    seeds: PathBuf,
}

/// Builds the targets, runs one after the other, and says of each how much it ran and reached.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let plan = Plan::read(arguments)?;
    let home = library::root()?.join("fuzz");
    let Built { targets, seeds } = build(&home)?;
    let corpus = made(home.join("corpus"))?;
    output(Command::new(seeds).arg(&corpus))?;
    let unknown = |name: &&String| targets.iter().all(|target| target.name != **name);
    if let Some(name) = plan.targets.iter().find(unknown) {
        let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        return Err(format!(
            "no target {name:?}; there are {}",
            names.join(", ")
        ));
    }
    let mut crashes = Vec::new();
    let wanted = |target: &&Target| plan.targets.is_empty() || plan.targets.contains(&target.name);
    for target in targets.iter().filter(wanted) {
        if let Err(crash) = target.run(&home, plan.seconds) {
            println!("{:<9} failed", target.name);
            crashes.push(crash);
        }
    }
    if crashes.is_empty() {
        Ok(())
    } else {
        Err(crashes.join("\n"))
    }
}

impl Plan {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let mut plan = Self {
            targets: Vec::new(),
            seconds: SECONDS,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if argument == "--seconds" {
                let seconds = arguments.next().and_then(|text| text.parse().ok());
                // To libFuzzer 0 is without end.
                plan.seconds = seconds
                    .filter(|seconds| *seconds > 0)
                    .ok_or("--seconds needs a number from 1 on")?;
            } else if argument.starts_with('-') {
                return Err(format!(
                    "unknown flag {argument:?}; there is only --seconds"
                ));
            } else {
                plan.targets.push(argument.clone());
            }
        }
        Ok(plan)
    }
}

impl Target {
    /// Fuzzes; the error shows the end of what libFuzzer says, and names the input.
    fn run(&self, home: &Path, seconds: u32) -> Result<(), String> {
        let name = &self.name;
        let corpus = made(home.join("corpus").join(name))?;
        let artifacts = made(home.join("artifacts").join(name))?;
        let log = home.join("artifacts").join(format!("{name}.log"));
        let file = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let mut fuzzer = Command::new(&self.program);
        fuzzer
            .arg(format!("-max_total_time={seconds}"))
            .args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048"])
            // Looking for leaks needs ptrace, which containers often forbid; nothing here can leak.
            .args(["-detect_leaks=0", "-max_len=4096"])
            .arg(format!("-artifact_prefix={}/", artifacts.display()));
        let words = home.join("words").join(format!("{name}.dict"));
        if words.exists() {
            fuzzer.arg(format!("-dict={}", words.display()));
        }
        let seeds = home.join("seeds").join(name);
        fuzzer
            .arg(corpus)
            .args(Some(seeds).filter(|seeds| seeds.exists()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file);
        let status = fuzzer
            .status()
            .map_err(|error| format!("{}: {error}", self.program.display()))?;
        let said = fs::read(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let said = String::from_utf8_lossy(&said);
        if !status.success() {
            return Err(crash(name, &said, &log));
        }
        let runs = after(&said, "stat::number_of_executed_units:").unwrap_or("?");
        let coverage = said
            .lines()
            .filter_map(|line| after(line, "cov:"))
            .next_back();
        println!(
            "{name:<9} {runs} runs, {} edges reached",
            coverage.unwrap_or("?")
        );
        Ok(())
    }
}

/// Builds all targets, and what writes their seeds.
fn build(home: &Path) -> Result<Built, String> {
    let host = host()?;
    find_compiler(&host)?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--release", "--bins", "--examples", "--locked"])
        // With a target the flags are not those of build scripts.
        .args(["--target", &host])
        .args(["--message-format", "json-render-diagnostics"])
        .arg("--manifest-path")
        .arg(home.join("Cargo.toml"))
        .env("RUSTFLAGS", FLAGS)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        // Sanitizers are behind a flag that a stable compiler refuses without this.
        .env("RUSTC_BOOTSTRAP", "1")
        .stderr(Stdio::inherit());
    let messages = output(&mut cargo)?;
    let built: Vec<Target> = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| {
            let program = message.get("executable")?.as_str()?;
            let name = message.pointer("/target/name")?.as_str()?;
            Some(Target {
                name: name.to_owned(),
                program: program.into(),
            })
        })
        .collect();
    let (mut seeds, mut targets): (Vec<_>, Vec<_>) =
        built.into_iter().partition(|one| one.name == SEEDS);
    targets.sort_by(|left, right| left.name.cmp(&right.name));
    let seeds = seeds.pop().ok_or("fuzz/ has no example `seeds`")?.program;
    Ok(Built { targets, seeds })
}

/// Whether there is a C++ compiler, which libFuzzer is built with.
fn find_compiler(host: &str) -> Result<(), String> {
    let compiler = cc::Build::new()
        .cpp(true)
        .host(host)
        .target(host)
        .opt_level(2)
        .cargo_metadata(false)
        .try_get_compiler()
        .map_err(|error| no_compiler(&error.to_string()))?;
    let mut version = Command::new(compiler.path());
    version
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match version.status() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let why = format!("{} was not found", compiler.path().display());
            Err(no_compiler(&why))
        }
        _ => Ok(()),
    }
}

fn no_compiler(why: &str) -> String {
    format!(
        "libFuzzer needs a C++ compiler: {why}\n\
         install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select --install),\n\
         or name yours in the environment variable CXX"
    )
}

fn made(folder: PathBuf) -> Result<PathBuf, String> {
    match fs::create_dir_all(&folder) {
        Ok(()) => Ok(folder),
        Err(error) => Err(format!("{}: {error}", folder.display())),
    }
}

/// What a crash is told with: the panic or the sanitizer's finding, and the input.
fn crash(name: &str, said: &str, log: &Path) -> String {
    let input = after(said, "Test unit written to ").unwrap_or("no input was written");
    let lines: Vec<&str> = said.lines().collect();
    let is_finding = |line: &&str| line.contains("panicked at") || line.contains("ERROR:");
    let first = lines.iter().position(is_finding);
    let finding = lines.iter().skip(first.unwrap_or(0)).take(6).copied();
    format!(
        "{name} fails on {input}\n{}\nall of it: {}",
        finding.collect::<Vec<_>>().join("\n"),
        log.display()
    )
}

/// The word that follows `label`.
fn after<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.split_once(label)?.1.split_whitespace().next()
}
