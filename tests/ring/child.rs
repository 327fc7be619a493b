//! The processes that are killed.

use std::io::{Read, Write};
use std::os::unix::process::parent_id;
use std::time::Duration;

use notice::shm::{Folder, Reader, Sizes, Writer};

use crate::dice::Dice;
use crate::entry::{self, entry};
use crate::reader::Follower;

/// The name under which all of them share.
pub(crate) const NAME: &str = "killed";

/// Small, so that readers are overtaken now and then, and long entries overwrite many others.
pub(crate) const SIZES: Sizes = Sizes {
    slots: 256,
    arena: 1 << 20,
};

/// What a writer says on its standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// It has the right to write. Whether it goes on with a segment that was there.
    Open { is_taken_over: bool },
    /// The entry with that number was written, and will stay.
    Written(u64),
}

impl Said {
    fn say(self) {
        let (flags, value) = match self {
            Self::Open { is_taken_over } => (1 | u64::from(is_taken_over) << 1, 0),
            Self::Written(number) => (0, number),
        };
        let bytes = [flags.to_le_bytes(), value.to_le_bytes()].concat();
        // Nobody listens any more: then there is nothing left to do.
        if std::io::stdout().write_all(&bytes).is_err() || std::io::stdout().flush().is_err() {
            std::process::exit(1);
        }
    }

    /// Hears the next one; None at the end.
    pub(crate) fn hear(from: &mut impl Read) -> Option<Self> {
        let mut bytes = [0; 16];
        from.read_exact(&mut bytes).ok()?;
        let number = |at: usize| u64::from_le_bytes(*bytes[at..].first_chunk().unwrap());
        let (flags, value) = (number(0), number(8));
        Some(match flags {
            0 => Self::Written(value),
            _ => Self::Open {
                is_taken_over: flags & 2 != 0,
            },
        })
    }
}

/// Writes until it is killed, or nobody is left to kill it.
pub(crate) fn write(folder: &str, seed: u64) {
    let folder = Folder::at(folder).unwrap();
    let mut writer = Writer::open(&folder, NAME, SIZES).unwrap();
    let found = writer.taken_over();
    let is_taken_over = found.is_some();
    Said::Open { is_taken_over }.say();
    let last = found.and_then(|found| found.last.clone());
    let mut next = match last.map(|last| entry::check(&last)) {
        None => 0,
        Some(number) => number.unwrap() + 1,
    };
    let mut dice = Dice(seed);
    let parent = parent_id();
    while parent_id() == parent {
        if writer.is_snapshot_due() || writer.is_snapshot_wanted() {
            let mut snapshot = writer.snapshot().unwrap();
            snapshot
                .part(&vec![1; dice.below(100_000) as usize])
                .unwrap();
            snapshot.part(&next.to_le_bytes()).unwrap();
            let made = snapshot.finish().unwrap();
            writer.publish(made).unwrap();
        }
        writer.append(&entry(next)).unwrap();
        Said::Written(next).say();
        next += 1;
        // Bursts, and moments in which readers catch up and sleep.
        if dice.below(20) == 0 {
            std::thread::sleep(Duration::from_micros(dice.below(300)));
        }
    }
}

/// Attaches again and again, begins with snapshots and follows, until it is killed or nobody is left to
/// kill it.
pub(crate) fn read(folder: &str) {
    let folder = Folder::at(folder).unwrap();
    let parent = parent_id();
    // Whoever would kill it may have been killed.
    while parent_id() == parent {
        let Ok(reader) = Reader::attach(&folder, NAME) else {
            continue;
        };
        let mut follower = Follower::new(reader);
        if let Err(error) = follower.begin().and_then(|()| follow(&mut follower)) {
            // The parent looks at how this process ended.
            eprintln!("{error}");
            std::process::exit(2);
        }
    }
}

fn follow(follower: &mut Follower) -> Result<(), String> {
    for _ in 0..50 {
        if follower.step()?.is_none() {
            follower.reader.wait(Duration::from_millis(1));
        }
    }
    Ok(())
}
