//! What the other process does: it sends messages back, takes them, sleeps until one comes, or writes until it is killed.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use notice::shm::{Folder, Reader, Sizes, Step, Writer};
use serde_json::{Value, json};

use super::channel::{Channel, Contestant, Side, patiently};
use super::cores::Pinned;
use super::line::Board;
use super::{SLEEPERS, WRITTEN};
use crate::Result;
use crate::other::{failed, now, orders, say};

/// A sleeper that is not woken for so long is not woken at all.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of an entry that is written until the writer is killed: about a mark.
const ENTRY: usize = 120;
/// Bytes of the snapshot that readers begin with.
const SNAPSHOT: usize = 64 * 1024;
/// How often it is said how many messages were taken.
const SAID: u64 = 16;

/// Carries out the role with the words behind its name.
pub(crate) fn run(words: &[String]) -> Result {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [folder, "echo", core] => {
            let _pinned = Pinned::to(core.parse().map_err(failed(core))?)?;
            carry_out(Path::new(folder))
        }
        [folder, "write"] => write(Path::new(folder)),
        _ => Err("a folder, and echo with a core, or write".to_owned()),
    }
}

/// Carries out orders until there are no more.
fn carry_out(folder: &Path) -> Result {
    let board = Board::open(folder)?;
    let mut channels: HashMap<&str, Box<dyn Channel>> = HashMap::new();
    for order in orders() {
        let order = order?;
        let text = |name: &str| order.get(name).and_then(Value::as_str);
        let number = |name: &str| order.get(name).and_then(Value::as_u64).unwrap_or_default();
        let contestant = |name: &str| {
            let mut all = Contestant::ALL.into_iter();
            all.find(|contestant| Some(contestant.name()) == text(name))
        };
        if let Some(contestant) = contestant("open") {
            let words = number("words") as usize;
            let half = contestant.open(folder, Side::Far, words)?;
            channels.insert(contestant.name(), half.join()?);
            say(&Value::Null)?;
        } else if let Some(contestant) = contestant("echo") {
            let channel = channels.get_mut(contestant.name()).ok_or("not open")?;
            for _ in 0..number("count") {
                let number = patiently(|| channel.receive())?;
                channel.send(number)?;
            }
            say(&Value::Null)?;
        } else if let Some(contestant) = contestant("take") {
            let channel = channels.get_mut(contestant.name()).ok_or("not open")?;
            board.took(0);
            say(&Value::Null)?;
            let count = number("count");
            for taken in 1..=count {
                patiently(|| channel.receive())?;
                if taken % SAID == 0 || taken == count {
                    board.took(taken);
                }
            }
        } else if order.get("close").is_some() {
            channels.clear();
            say(&Value::Null)?;
        } else if let Some(what) = text("sleep") {
            let at = match what {
                "ring" => sleep_on_ring(folder)?,
                _ => {
                    let next = board.rings() + 1;
                    say(&Value::Null)?;
                    board.sleep(next, PATIENCE)?;
                    now()
                }
            };
            say(&at.into())?;
        } else {
            return Err(format!("no order: {order}"));
        }
    }
    Ok(())
}

/// Sleeps until there is an entry, and returns when that was read.
fn sleep_on_ring(folder: &Path) -> Result<u64> {
    let folder = Folder::at(folder).map_err(failed("the ring"))?;
    let mut reader = Reader::attach(&folder, SLEEPERS).map_err(failed("the ring"))?;
    say(&Value::Null)?;
    loop {
        match reader.next_step().map_err(failed("the ring"))? {
            Step::Entry(_) => return Ok(now()),
            Step::Empty => reader.wait(PATIENCE),
            step => return Err(format!("{step:?} instead of an entry")),
        }
    }
}

/// Writes until it is killed, or nobody is there to kill it.
fn write(folder: &Path) -> Result {
    let folder = Folder::at(folder).map_err(failed("the ring"))?;
    let sizes = Sizes::default();
    let mut writer = Writer::open(&folder, WRITTEN, sizes).map_err(failed("the ring"))?;
    if writer.is_snapshot_due() {
        let mut snapshot = writer.snapshot().map_err(failed("a snapshot"))?;
        let part = snapshot.part(&[1; SNAPSHOT]);
        let made = part.and_then(|()| snapshot.finish());
        let published = made.and_then(|made| writer.publish(made));
        published.map_err(failed("a snapshot"))?;
    }
    let mut last = 0;
    for _ in 0..2 * sizes.slots {
        last = writer.append(&[7; ENTRY]).map_err(failed("append"))?;
    }
    say(&json!(last))?;
    orders().try_for_each(|order| order.map(drop))
}
