//! Two processes that share memory both ways, and check every byte. They may be built for different processors: one with
//! 32 bits, one with 64.
//!
//! The first one asks: each entry of its segment is a question, which the other one repeats in a segment of its own. Then
//! the first one ends as if it were killed, and the other one takes its segment over.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use std::{env, fs};

use notice::ErrorKind;
use notice::shm::{Folder, Reader, Sizes, Writer};

use crate::entry::{self, entry};
use crate::reader::Follower;

const QUESTIONS: &str = "questions";
const ANSWERS: &str = "answers";

/// Questions that are asked.
const COUNT: u64 = 3000;
/// Questions without an answer. So many of the longest fit into the arena, wherever they begin, so that none is lost.
const AHEAD: u64 = 3;
const SIZES: Sizes = Sizes {
    slots: 64,
    arena: 1 << 20,
};
/// What ends a test that would never end.
const PATIENCE: Duration = Duration::from_secs(180);

/// Shares a folder with another program, which it starts.
pub(crate) fn run(program: &str) -> Result<(), String> {
    let folder = Place::make()?;
    let mut other = Command::new(program)
        .arg("--answer")
        .arg(&folder.0)
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let asked = ask(&folder.0, &mut other);
    if asked.is_err() {
        // It may have ended by itself.
        let _ = other.kill();
    }
    let status = other.wait().map_err(|error| error.to_string());
    asked?;
    match status? {
        status if status.success() => {}
        status => return Err(format!("{program}: {status}")),
    }
    let left = fs::read_dir(&folder.0).map_err(|error| error.to_string())?;
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    if !left.is_empty() {
        return Err(format!("files are left: {left:?}"));
    }
    println!(
        "{} bits asked {program}: {COUNT} entries each way, and the segment was taken over",
        usize::BITS
    );
    Ok(())
}

/// A folder that is gone with the test.
struct Place(PathBuf);

impl Place {
    fn make() -> Result<Self, String> {
        let path = env::temp_dir().join(format!("notice-pair-{}", std::process::id()));
        let made = fs::create_dir(&path);
        made.map_err(|error| format!("{}: {error}", path.display()))?;
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        Ok(Self(path))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn ask(folder: &Path, other: &mut Child) -> Result<(), String> {
    let folder = Folder::at(folder).map_err(said)?;
    let patience = Patience::begin();
    let mut writer = Writer::open(&folder, QUESTIONS, SIZES).map_err(said)?;
    publish(&mut writer, 0)?;
    let mut answers = attach(&folder, ANSWERS, || {
        patience.check()?;
        match other.try_wait() {
            Ok(None) => Ok(()),
            ended => Err(format!("the other one has ended: {ended:?}")),
        }
    })?;
    for number in 0..COUNT {
        writer.append(&entry(number)).map_err(said)?;
        let answered = (number + 1).saturating_sub(AHEAD);
        read_up_to(&mut answers, answered, &patience)?;
    }
    read_up_to(&mut answers, COUNT, &patience)?;

    publish(&mut writer, COUNT)?;
    let mut questions = attach(&folder, QUESTIONS, || patience.check())?;
    writer.vanish();
    read_up_to(&mut questions, COUNT + AHEAD, &patience)
}

/// Repeats the questions of another process, and takes over from it.
pub(crate) fn answer(folder: &str) -> Result<(), String> {
    let folder = Folder::at(folder).map_err(said)?;
    let patience = Patience::begin();
    let mut questions = attach(&folder, QUESTIONS, || patience.check())?;
    let mut writer = Writer::open(&folder, ANSWERS, SIZES).map_err(said)?;
    publish(&mut writer, 0)?;
    for number in 0..COUNT {
        read_up_to(&mut questions, number + 1, &patience)?;
        writer.append(&entry(number)).map_err(said)?;
    }

    let mut next = loop {
        match Writer::open(&folder, QUESTIONS, SIZES) {
            Ok(writer) => break writer,
            Err(error) if error.kind() == ErrorKind::Locked => patience.check()?,
            Err(error) => return Err(said(error)),
        }
    };
    let found = next.taken_over().ok_or("the segment was not taken over")?;
    let last = found.last.as_deref().map(entry::check).transpose()?;
    if last != Some(COUNT - 1) || found.was_writing {
        return Err(format!("entry {last:?} was the last one before"));
    }
    for number in COUNT..COUNT + AHEAD {
        next.append(&entry(number)).map_err(said)?;
    }
    Ok(())
}

/// Publishes a snapshot that says which entry comes next.
fn publish(writer: &mut Writer, next: u64) -> Result<(), String> {
    let mut snapshot = writer.snapshot().map_err(said)?;
    snapshot.part(&next.to_le_bytes()).map_err(said)?;
    let made = snapshot.finish().map_err(said)?;
    writer.publish(made).map_err(said)
}

/// Attaches, and begins with a snapshot, as soon as somebody shares under the name. `check` says how long to try.
fn attach(
    folder: &Folder,
    name: &str,
    mut check: impl FnMut() -> Result<(), String>,
) -> Result<Follower, String> {
    loop {
        match Reader::attach(folder, name) {
            Ok(reader) => {
                let mut follower = Follower::new(reader);
                while !follower.has_begun() {
                    check()?;
                    follower.begin()?;
                }
                return Ok(follower);
            }
            Err(error) if error.kind() == ErrorKind::NotFound => check()?,
            Err(error) => return Err(said(error)),
        }
    }
}

/// Reads until entry `next` is the next one. The follower checks every byte, and that no entry is missing.
fn read_up_to(follower: &mut Follower, next: u64, patience: &Patience) -> Result<(), String> {
    while follower.last().map_or(0, |last| last + 1) < next {
        if follower.step()?.is_none() {
            patience.check()?;
            follower.reader.wait(Duration::MAX);
        }
        if follower.lost > 0 {
            return Err(format!("{} entries are lost", follower.lost));
        }
    }
    Ok(())
}

struct Patience(Instant);

impl Patience {
    fn begin() -> Self {
        Self(Instant::now())
    }

    fn check(&self) -> Result<(), String> {
        match self.0.elapsed() < PATIENCE {
            true => Ok(()),
            false => Err(format!("nothing more has come within {PATIENCE:?}")),
        }
    }
}

fn said(error: notice::Error) -> String {
    error.to_string()
}
