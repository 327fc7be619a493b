//! Loading of a board: one thread reads, the calling one decodes and takes.
//!
//! The calling thread itself allocates what it keeps, one after the other, and has it in its own cache when
//! it is indexed. The reading thread uses the same pages and batches again and again. It decodes as well
//! when the other one is behind.

use std::sync::Arc;

use super::batch::Batch;
use super::channel::{Giver, handover};
use super::snapshot::Snapshot;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::record::{ANNOUNCEMENT, CHANGE, Kind, Sharing};
use crate::journal::{Effect, KeptUser, KeyedResult, Loaded};

/// Users sent together, which makes the cost of sending negligible.
const PORTION: usize = 500;

/// Part of a board on its way to the thread that takes it.
enum Part {
    /// Records that are not decoded yet.
    Records(Decode, Batch),
    Decoded(Loaded),
}

/// Decodes a record.
type Decode = fn(&Snapshot, &[u8], &[u8], &Sharing) -> Result<Effect>;

impl Part {
    fn loaded(self, snapshot: &Snapshot, sharing: &Sharing) -> Result<Loaded> {
        match self {
            Self::Records(decode, batch) => {
                let records = batch.iter();
                let effects = records.map(|(key, record)| decode(snapshot, key, record, sharing));
                effects.collect::<Result<_>>().map(Loaded::Effects)
            }
            Self::Decoded(loaded) => Ok(loaded),
        }
    }
}

/// Passes everything in `snapshot` to `take`: announcements, users, changes, idempotency keys.
///
/// # Errors
/// Those of the file, of damaged records, and of `take`.
pub(super) fn load(snapshot: &Snapshot, take: &mut dyn FnMut(Loaded) -> Result<()>) -> Result<()> {
    let (giver, parts) = handover();
    let sharing = Arc::new(Sharing::default());
    let reader = Reader {
        snapshot: snapshot.clone(),
        sharing: Arc::clone(&sharing),
        giver,
    };
    let thread = std::thread::Builder::new().name("notice".to_owned());
    let thread = thread.spawn(move || reader.read()).map_err(|error| {
        let reason = Bilingual::new(
            format!("cannot start a thread to read the board: {error}"),
            format!("无法启动读取公告板的线程：{error}"),
        );
        Error::new(ErrorKind::Io, reason)
    })?;
    let mut taken = Ok(());
    for part in parts {
        taken = part.loaded(snapshot, &sharing).and_then(&mut *take);
        if taken.is_err() {
            break;
        }
    }
    let read = match thread.join() {
        Ok(read) => read,
        // Caught where the file is read.
        Err(panic) => std::panic::resume_unwind(panic),
    };
    taken.and(read)
}

/// Reads a board for another thread.
struct Reader {
    snapshot: Snapshot,
    sharing: Arc<Sharing>,
    giver: Giver<Part>,
}

impl Reader {
    fn read(self) -> Result<()> {
        self.read_records(&ANNOUNCEMENT, |snapshot, key, record, sharing| {
            let announcement = snapshot.decoded_announcement(key, record, sharing)?;
            Ok(Effect::Put(Arc::new(announcement)))
        })?;
        self.read_users()?;
        self.read_records(&CHANGE, |snapshot, key, record, sharing| {
            let change = snapshot.decoded_change(key, record, sharing)?;
            Ok(Effect::Change(change))
        })?;
        let keys = idempotency_keys(&self.snapshot)?.into_iter();
        let keys = keys.map(|(key, result)| Effect::PutKey(key, result));
        self.give(Loaded::Effects(keys.collect()));
        Ok(())
    }

    fn read_records(&self, kind: &Kind, decode: Decode) -> Result<()> {
        self.snapshot.batches(kind, |batch| {
            let records = Part::Records(decode, batch);
            // Instead of waiting for the other thread, this one does a part of its work.
            if self.giver.is_full() {
                self.give(records.loaded(&self.snapshot, &self.sharing)?);
            } else {
                self.giver.give(records);
            }
            Ok(())
        })
    }

    fn read_users(&self) -> Result<()> {
        let mut users: Vec<KeptUser> = Vec::new();
        self.snapshot.whole_users(|user| {
            users.push(user);
            if users.len() == PORTION {
                self.give(Loaded::Users(std::mem::take(&mut users)));
            }
            Ok(())
        })?;
        self.give(Loaded::Users(users));
        Ok(())
    }

    fn give(&self, loaded: Loaded) {
        self.giver.give(Part::Decoded(loaded));
    }
}

/// Returns the idempotency keys, oldest first.
fn idempotency_keys(snapshot: &Snapshot) -> Result<Vec<(Box<str>, KeyedResult)>> {
    let mut keys = Vec::new();
    snapshot.idempotency_keys(|key| {
        let (key, result) = key?;
        keys.push((key.into(), result));
        Ok(())
    })?;
    keys.sort_by_key(|(_, result): &(_, KeyedResult)| (result.at, result.published.revision));
    Ok(keys)
}
