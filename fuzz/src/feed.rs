//! The feed of a follower: messages of a server that need not mean well. Each piece is its length in two bytes, and its
//! bytes.

use notice::journal::{Checkpoint, Entry};
use notice::wire::feed::{Step, Steps};
use notice::{
    Arriving, ChangeQuery, ErrorKind, ManualClock, Options, Query, Replica, Result, SharedBoard,
    Viewer,
};

use crate::json::explains_itself;
use crate::support::{NOW, answers, empty_board};

/// In place of the link of the entry before, which only the one who sends the entries knows.
pub(crate) const PREVIOUS: [u8; 16] = *b"the link before ";

thread_local! {
    static NOTHING: Checkpoint =
        empty_board().custody().expect("it is kept here").checkpoint().expect("an empty board");
}

/// What is read is written and read again as the same; a refused step changes nothing; and the replica answers like any
/// board.
pub fn feed(data: &[u8]) {
    let options = Options::new().clock(ManualClock::new(NOW));
    let replica = NOTHING.with(|nothing| options.replica(nothing));
    let mut arriving = None;
    let mut steps = Steps::default();
    let mut rest = data;
    while let Some((length, behind)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes(*length));
        let (piece, behind) = behind.split_at_checked(length).unwrap_or((behind, &[]));
        rest = behind;
        let taken = match steps.take(piece) {
            Ok(Some(step)) => take(&replica, &mut arriving, &step),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = taken {
            // A follower connects again.
            explains_itself(&error, usize::MAX);
            break;
        }
    }
    let board = replica.board();
    answers(&board);
    is_followed(&board);
}

/// Takes a step as a follower does.
fn take(replica: &Replica, arriving: &mut Option<Arriving>, step: &Step<'_>) -> Result<()> {
    match step {
        Step::Alive => {}
        Step::Begin(_) => *arriving = Some(replica.arriving()?),
        Step::Part(part) => {
            let checkpoint = Checkpoint::from_bytes(part)?;
            let bytes = checkpoint.to_bytes()?;
            assert_eq!(Checkpoint::from_bytes(&bytes)?, checkpoint);
            if let Some(arriving) = arriving {
                arriving.add(&checkpoint)?;
            }
        }
        Step::Whole { .. } => {
            if let Some(arrived) = arriving.take() {
                replica.start_over(arrived)?;
            }
        }
        Step::Entries { entries, .. } => {
            for entry in entries {
                apply(replica, entry)?;
            }
        }
    }
    Ok(())
}

fn apply(replica: &Replica, bytes: &[u8]) -> Result<()> {
    let before = replica.position();
    let entry = Entry::from_bytes(&linked(bytes, before.link().bytes()))?;
    let again = Entry::from_bytes(&entry.to_bytes()?)?;
    assert_eq!(again.effects(), entry.effects());
    let applied = replica.apply(&entry);
    let now = replica.position();
    match applied {
        Ok(()) => {
            assert_eq!((now.seq(), now.link()), (before.seq() + 1, entry.link()?));
            Ok(())
        }
        Err(error) => {
            assert_eq!(now, before);
            Err(error)
        }
    }
}

/// Returns an entry that follows `link` if it has room for one.
fn linked(bytes: &[u8], link: [u8; 16]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let place = bytes
        .windows(PREVIOUS.len())
        .position(|window| window == PREVIOUS);
    if let Some(place) = place {
        bytes[place..place + link.len()].copy_from_slice(&link);
    }
    bytes
}

/// Every change since the oldest one is told once, in order.
fn is_followed(board: &SharedBoard) {
    for query in [Query::editor(), Query::new(Viewer::new("zhang.wei"))] {
        let mut since = 0;
        loop {
            let page = match board.changes(&ChangeQuery::since(since, query.clone()).limit(2)) {
                Ok(page) => page,
                Err(error) => {
                    assert_eq!((error.kind(), since), (ErrorKind::Compacted, 0), "{error}");
                    break;
                }
            };
            let revisions = page.events.iter().map(|event| event.revision);
            assert!(
                revisions
                    .clone()
                    .all(|revision| revision > since && revision <= page.to_revision)
            );
            assert!(revisions.is_sorted());
            if !page.more {
                break;
            }
            assert!(page.to_revision > since, "a page leads on");
            since = page.to_revision;
        }
    }
}
