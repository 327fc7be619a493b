//! Rounds: a writer is started and killed, readers in this process read all the time, and readers in other processes are
//! killed as well.

use std::io::BufReader;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use notice::shm::{Folder, Reader, Writer};

use crate::child::{NAME, SIZES, Said};
use crate::dice::Dice;
use crate::entry;
use crate::reader::Follower;

/// Readers in this process.
const READERS: usize = 2;
/// A reader that does not come so far in this time is stuck.
const STUCK: Duration = Duration::from_secs(10);

/// What all rounds together have shown.
#[derive(Default)]
struct Tally {
    written: u64,
    in_the_middle: u64,
    readers_killed: u64,
    /// Writers that were killed since an entry was last heard of.
    unheard: u64,
    /// Nanoseconds of each time that this process took over.
    taking_over: Vec<u64>,
}

/// What the readers have come to.
#[derive(Default)]
struct Progress {
    /// One more than the number of the last entry, for each.
    next: [AtomicU64; READERS],
    is_over: AtomicBool,
    error: Mutex<Option<String>>,
}

pub(crate) fn run(rounds: u64, seed: u64) -> Result<(), String> {
    let path = Path::new("/dev/shm").join(format!("notice-killed-{}", std::process::id()));
    let made = std::fs::DirBuilder::new().mode(0o700).create(&path);
    made.map_err(|error| format!("{}: {error}", path.display()))?;
    let folder = Folder::at(&path).map_err(|error| error.to_string())?;
    let began = Instant::now();
    let progress = Progress::default();
    let mut tally = Tally::default();
    let told = thread::scope(|scope| {
        let mut readers = Vec::new();
        let played = play(rounds, seed, &folder, &path, &progress, &mut tally, || {
            readers.extend((0..READERS).map(|number| {
                let (folder, progress) = (&folder, &progress);
                scope.spawn(move || read(folder, progress, number))
            }));
        });
        progress.is_over.store(true, Ordering::Relaxed);
        let told = readers.into_iter().map(|reader| reader.join().unwrap());
        let told: Vec<(u64, u64)> = told.collect();
        played.map(|()| told)
    });
    let told = told.map_err(|error| format!("seed {seed}: {error}"))?;
    let left: Vec<_> = std::fs::read_dir(&path).unwrap().collect();
    if told.iter().any(|(read, _)| *read == 0) && rounds > 10 {
        return Err("a reader has read nothing".to_owned());
    }
    if !left.is_empty() {
        return Err(format!("left behind: {left:?}"));
    }
    std::fs::remove_dir(&path).map_err(|error| error.to_string())?;
    report(rounds, seed, began.elapsed(), &mut tally, &told);
    Ok(())
}

fn report(rounds: u64, seed: u64, took: Duration, tally: &mut Tally, told: &[(u64, u64)]) {
    println!(
        "{rounds} rounds of seed {seed} in {:.1} s",
        took.as_secs_f64()
    );
    println!(
        "entries written {}, of those lost 0; writers killed in the middle of a record {}; readers killed {}",
        tally.written, tally.in_the_middle, tally.readers_killed
    );
    let (read, lost) = told
        .iter()
        .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!(
        "entries read {read}, of those torn 0; overwritten before they were read, and told so {lost}"
    );
    let times = &mut tally.taking_over;
    times.sort_unstable();
    let at = |part: usize| {
        times
            .get(times.len() * part / 100)
            .copied()
            .unwrap_or_default()
            / 1000
    };
    println!(
        "taking over {} times, in microseconds: median {}, 99 of 100 within {}",
        times.len(),
        at(50),
        at(99)
    );
}

/// Plays all rounds. Calls `start` when there is something to attach to.
fn play(
    rounds: u64,
    seed: u64,
    folder: &Folder,
    path: &Path,
    progress: &Progress,
    tally: &mut Tally,
    mut start: impl FnMut(),
) -> Result<(), String> {
    let mut dice = Dice(seed);
    let mut last = None;
    let mut other = None;
    for round in 0..rounds {
        let said = |error: String| format!("round {round}: {error}");
        let number = dice.below(u64::MAX);
        last = writer(path, number, &mut dice, last, tally).map_err(said)?;
        if round == 0 {
            start();
        }
        take_over(folder, last, tally).map_err(said)?;
        if let Some(last) = last {
            wait_for_readers(progress, last).map_err(said)?;
        }
        // Every other one lives for a round, and is killed with the writer.
        if let Some(reader) = other.take() {
            end(reader).map_err(said)?;
            tally.readers_killed += 1;
        } else if round > 0 {
            other = Some(spawn(path, &["--reader"]));
        }
    }
    if let Some(reader) = other {
        end(reader)?;
    }
    Ok(())
}

fn spawn(path: &Path, arguments: &[&str]) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(arguments[0]).arg(path).args(&arguments[1..]);
    command.stdout(Stdio::piped()).spawn().unwrap()
}

/// Kills a reader. It must not have ended by itself.
fn end(mut reader: Child) -> Result<(), String> {
    let ended = reader.try_wait().map_err(|error| error.to_string())?;
    if let Some(status) = ended {
        return Err(format!("a reader in another process: {status}"));
    }
    reader
        .kill()
        .and_then(|()| reader.wait())
        .map_err(|error| error.to_string())?;
    Ok(())
}

/// Runs a writer until it is killed. Returns the last entry that it wrote, or that was there.
fn writer(
    path: &Path,
    seed: u64,
    dice: &mut Dice,
    last: Option<u64>,
    tally: &mut Tally,
) -> Result<Option<u64>, String> {
    let mut child = spawn(path, &["--writer", &seed.to_string()]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    // Now and then before it is ready, otherwise while it writes.
    let pause = match dice.below(10) {
        0 if last.is_some() => dice.below(2_000),
        _ => {
            let Some(said) = Said::hear(&mut out) else {
                return Err(format!("the writer: {:?}", child.wait()));
            };
            check(said, last)?;
            dice.below(6_000)
        }
    };
    let listener = thread::spawn(move || {
        let heard = std::iter::from_fn(|| Said::hear(&mut out));
        heard.collect::<Vec<Said>>()
    });
    thread::sleep(Duration::from_micros(pause));
    if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
        return Err(format!("the writer has ended by itself: {status}"));
    }
    child
        .kill()
        .and_then(|()| child.wait())
        .map_err(|error| error.to_string())?;
    let mut newest = last;
    for said in listener.join().unwrap() {
        match said {
            Said::Open { .. } => check(said, last)?,
            Said::Written(number) => {
                // Each that was killed since the last one was heard of may have written one more.
                let least = newest.map_or(0, |newest| newest + 1);
                let may_be = least..=least + std::mem::take(&mut tally.unheard);
                if !may_be.contains(&number) {
                    return Err(format!(
                        "entry {number} was written, and not one of {may_be:?}"
                    ));
                }
                newest = Some(number);
                tally.written += 1;
            }
        }
    }
    tally.unheard += 1;
    Ok(newest)
}

/// Checks that a writer goes on with what was there.
fn check(said: Said, last: Option<u64>) -> Result<(), String> {
    match said {
        Said::Open { is_taken_over } if is_taken_over || last.is_none() => Ok(()),
        said => Err(format!("{said:?}, behind entry {last:?}")),
    }
}

/// Takes over from the writer that was killed, as a program that runs already does, and vanishes again. Every entry that
/// was acknowledged must be there.
fn take_over(folder: &Folder, last: Option<u64>, tally: &mut Tally) -> Result<(), String> {
    let began = Instant::now();
    let writer = Writer::open(folder, NAME, SIZES).map_err(|error| error.to_string())?;
    tally.taking_over.push(began.elapsed().as_nanos() as u64);
    let Some(found) = writer.taken_over() else {
        return Err("a segment that was not damaged was not taken over".to_owned());
    };
    tally.in_the_middle += u64::from(found.was_writing);
    let there = found.last.as_deref().map(entry::check).transpose()?;
    if there < last {
        return Err(format!(
            "the last entry is {there:?}, and {last:?} was written"
        ));
    }
    writer.vanish();
    Ok(())
}

/// Waits until the readers of this process have come to entry `last`.
fn wait_for_readers(progress: &Progress, last: u64) -> Result<(), String> {
    let until = Instant::now() + STUCK;
    loop {
        if let Some(error) = progress.error.lock().unwrap().take() {
            return Err(error);
        }
        let next = progress
            .next
            .iter()
            .map(|next| next.load(Ordering::Relaxed));
        // One that has not begun waits for a writer that makes a snapshot.
        let slowest = next.filter(|next| *next > 0).min();
        if slowest.is_none_or(|next| next > last) {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(format!(
                "a reader is stuck at {slowest:?}, entry {last} was written"
            ));
        }
        thread::sleep(Duration::from_micros(50));
    }
}

/// Reads until it is over. Returns how many entries it has read, and how many it was told to have lost.
fn read(folder: &Folder, progress: &Progress, number: usize) -> (u64, u64) {
    let told = |error: String| *progress.error.lock().unwrap() = Some(error);
    let reader = match Reader::attach(folder, NAME) {
        Ok(reader) => reader,
        Err(error) => {
            told(error.to_string());
            return (0, 0);
        }
    };
    let mut follower = Follower::new(reader);
    while !progress.is_over.load(Ordering::Relaxed) {
        let begun = match follower.has_begun() {
            true => Ok(()),
            false => follower.begin(),
        };
        match begun.and_then(|()| follower.step()) {
            Ok(Some(())) => {
                let next = follower.last().map_or(0, |last| last + 1);
                progress.next[number].store(next, Ordering::Relaxed);
            }
            Ok(None) => follower.reader.wait(Duration::from_secs(1)),
            Err(error) => {
                told(error);
                break;
            }
        }
    }
    (follower.read, follower.lost)
}
