//! The writing end of a shared board.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::calls::{CallId, Calls};
use super::failure;
use super::header::{Header, Sizes};
use super::layout::word;
use super::lock::{self, Lock, Locked};
use super::memory::{Memory, Writable};
use super::names::{self, Folder, Names};
use super::page::{self, Page};
use super::platform::{self, How, Mapping};
use super::ring;
use super::sealed::{self, Handed};
use super::segment::{self, kind, state};
use super::snapshot::{About, Made, SnapshotWriter};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::process::Owner;
use crate::random;

/// The one who shares a board. Dropped, it says to the readers that it has ended, and removes what nobody uses.
pub struct Writer {
    ring: ring::Writer<Mapping>,
    page: Arc<Page>,
    header: Header,
    /// Number of the last snapshot that was begun.
    begun: u64,
    /// What readers begin with now.
    present: Option<Present>,
    taken_over: Option<TakenOver>,
    /// None for one that ends without a word.
    owner: Option<Owner>,
    /// Dropped last: Windows does not remove a file that is still mapped.
    place: Place,
}

/// Where the segment is. Dropped with the right to write, it removes what nobody uses.
pub(crate) enum Place {
    /// In files, with the right to write; None once that is given up.
    Named(Names, Option<Locked>),
    /// In memory without a name, for those who are handed it.
    Handed(Handed),
}

/// The snapshot that readers begin with, and where the ring was then.
#[derive(Debug, Clone, Copy)]
struct Present {
    from: u64,
    position: u64,
}

/// What a writer has found that takes over from one that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenOver {
    /// How many writers there were before.
    pub writers: u64,
    /// The last entry that readers may have seen; None if the ring no longer has one.
    pub last: Option<Vec<u8>>,
    /// Whether the writer before was ended in the middle of a record, which then does not count.
    pub was_writing: bool,
}

/// Tells when readers ask for a snapshot or leave a call. It may be used on another thread than the writer.
#[derive(Debug, Clone)]
pub struct Wishes {
    page: Arc<Page>,
}

impl Writer {
    /// Begins to share a board under `name`, or takes over from a writer that is gone. Entries that its readers have
    /// not read yet stay. The sizes are those of a new segment; one that is taken over keeps its own.
    ///
    /// # Errors
    /// `locked` if somebody else shares a board under that name; `invalid_field` or `too_large` for the name or the
    /// sizes; `unauthorized` if the files belong to somebody else; `io`, also if there is no room; `unsupported`.
    pub fn open(folder: &Folder, name: &str, sizes: Sizes) -> Result<Self> {
        let names = folder.names(name)?;
        sizes.check()?;
        let path = names.lock();
        let Some(right) = Locked::take(&path, How::Make, Lock::Alone, lock::PATIENT)? else {
            let (en, zh) = (
                "somebody else shares a board under this name",
                "已有其他进程以此名称共享公告板",
            );
            return Err(failure::at(ErrorKind::Locked, &path, en, zh));
        };
        let writer = match Self::take_over(&names)? {
            Some(found) => found,
            None => Self::create(&names, sizes)?,
        };
        let mut writer = writer.with_right(names.clone(), right);
        writer.begin();
        lock::sweep(folder, &names);
        Ok(writer)
    }

    /// Goes on with the segment of a writer that is gone; None if there is none, or none that makes sense.
    fn take_over(names: &Names) -> Result<Option<Parts>> {
        match Parts::of_before(names) {
            Ok(parts) => Ok(parts),
            Err(error) if matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Unsupported) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Makes a new segment, in place of any other.
    fn create(names: &Names, sizes: Sizes) -> Result<Parts> {
        let header = Header::new(random::identity(), sizes)?;
        let before = segment::open(names).unwrap_or_default();
        let (_, page) = segment::make(&names.bell(), page::PAGE, |path, file| {
            let page = Page::open(path, file, page::PAGE)?;
            page.begin(header.uuid);
            Ok(page)
        })?;
        let (_, ring) = segment::make(&names.ring(), header.total(), |path, file| {
            segment::fill(path, file, &header)
        })?;
        // Whoever still reads the one before learns that there is another.
        if let Some((_, ring, page)) = before {
            ring.publish(word::STATE, state::RETIRED);
            page.wake_readers();
        }
        Ok(Parts::new(header, ring, page))
    }

    pub(crate) fn from_parts(parts: Parts, place: Place) -> Self {
        Self {
            ring: parts.ring,
            page: Arc::new(parts.page),
            header: parts.header,
            begun: parts.begun,
            present: parts.present,
            taken_over: parts.taken_over,
            owner: Some(Owner::this()),
            place,
        }
    }

    /// States that there is a writer.
    pub(crate) fn begin(&mut self) {
        let memory = &self.ring.memory;
        let was_live = memory.load(word::STATE) == state::LIVE;
        let writers = memory.load(word::EPOCH).wrapping_add(1);
        memory.store(word::EPOCH, writers);
        memory.store(word::PROCESS, u64::from(std::process::id()));
        memory.publish(word::STATE, state::LIVE);
        self.beat();
        // Readers of a writer that was killed have nothing new to see, and each of them would run before this one does:
        // waking three took longer than all the rest.
        if !was_live {
            self.page.wake_readers();
        }
    }

    /// Returns what was there if this writer has taken over from another one; None if it has begun a new segment, which
    /// has no snapshot yet.
    pub fn taken_over(&self) -> Option<&TakenOver> {
        self.taken_over.as_ref()
    }

    /// Returns the most bytes of an entry.
    pub fn largest(&self) -> usize {
        self.ring.geometry().largest as usize
    }

    /// Appends an entry, and wakes who waits for it. It never waits, and fails for nothing but the size.
    ///
    /// # Errors
    /// `too_large` for more than [`largest`](Self::largest) bytes: make a snapshot with the entry in it, and
    /// [`restart`](Self::restart).
    pub fn append(&mut self, entry: &[u8]) -> Result<u64> {
        let Some(number) = self.ring.append(kind::ENTRY, entry) else {
            let unit = Bilingual::new("bytes", "字节");
            let (length, most) = (entry.len() as u64, self.largest() as u64);
            return Err(Error::too_large("entry", length, most, &unit));
        };
        self.page.wake_readers();
        // Behind all that readers wait for.
        self.ring.fetch_ahead(entry.len());
        Ok(number)
    }

    /// Returns the calls that readers leave for this writer.
    pub fn calls(&self) -> Calls {
        match &self.place {
            Place::Named(names, _) => Calls::of(names, self.writers()),
            Place::Handed(_) => Calls::none(),
        }
    }

    /// Answers a call. Every reader sees the answer, and all but the one who has called pass it over.
    ///
    /// # Errors
    /// `too_large` for an answer that is larger than a [record](Self::largest).
    pub fn answer(&mut self, call: &CallId, answer: &[u8]) -> Result<()> {
        let record = call.with(answer);
        if self.ring.append(kind::ANSWER, &record).is_none() {
            let unit = Bilingual::new("bytes", "字节");
            let (length, most) = (record.len() as u64, self.largest() as u64);
            return Err(Error::too_large("answer", length, most, &unit));
        }
        self.page.wake_readers();
        Ok(())
    }

    /// Returns how many writers there have been, this one included.
    fn writers(&self) -> u64 {
        self.ring.memory.load(word::EPOCH)
    }

    /// Shows that the writer is there. Once or twice a second is enough.
    pub fn beat(&self) {
        let memory = &self.ring.memory;
        let beats = memory.load(word::HEARTBEAT).wrapping_add(1);
        memory.store(word::HEARTBEAT, beats);
    }

    /// Reports whether readers will soon have nothing to begin with: the entries behind the present snapshot take half of
    /// the ring, or there is none.
    pub fn is_snapshot_due(&self) -> bool {
        let Some(present) = self.present else {
            return true;
        };
        let geometry = self.ring.geometry();
        self.ring.next().saturating_sub(present.from) > geometry.slots / 2
            || self.ring.position().saturating_sub(present.position) > geometry.arena / 2
    }

    /// Reports whether a reader asks for a snapshot that is not there yet.
    pub fn is_snapshot_wanted(&self) -> bool {
        self.page.wanted() > self.begun
    }

    /// Returns what tells when a reader asks for a snapshot.
    pub fn wishes(&self) -> Wishes {
        Wishes {
            page: Arc::clone(&self.page),
        }
    }

    /// Returns the number of the snapshot that was begun last; 0 before the first one.
    pub fn begun(&self) -> u64 {
        self.begun
    }

    /// Begins a snapshot of the board as it is now or at any later time: readers pass over entries that are in it already.
    ///
    /// # Errors
    /// `io`.
    pub fn snapshot(&mut self) -> Result<SnapshotWriter> {
        let number = self.begun + 1;
        let (path, file) = match &self.place {
            Place::Named(names, _) => {
                let path = names.new_snapshot();
                // Left behind by one who was killed here.
                let _ = platform::remove(&path);
                let file = platform::open(&path, How::New).map_err(|error| {
                    failure::io(&path, "create the snapshot", "创建快照", error)
                })?;
                (path, file)
            }
            Place::Handed(_) => sealed::snapshot_file()?,
        };
        let (uuid, from) = (self.header.uuid, self.ring.next());
        let snapshot = SnapshotWriter::new(file, path, uuid, number, from)?;
        self.begun = number;
        Ok(snapshot)
    }

    /// Lets readers begin with a snapshot. Those who have one go on with theirs.
    ///
    /// # Errors
    /// `io`; `bad_state` if another one was begun since.
    pub fn publish(&mut self, made: Made) -> Result<()> {
        let from = made.about.from;
        let number = made.about.number;
        self.show(made, from)?;
        self.tell(kind::NEWS, number);
        Ok(())
    }

    /// Lets readers begin with a snapshot, and those who have one begin again: the entries from now on continue this
    /// snapshot and nothing else.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    pub fn restart(&mut self, made: Made) -> Result<()> {
        let from = self.ring.next();
        let number = made.about.number;
        self.show(made, from)?;
        self.tell(kind::RESTART, number);
        Ok(())
    }

    fn show(&mut self, mut made: Made, from: u64) -> Result<()> {
        let number = made.about.number;
        if number != self.begun {
            let (en, zh) = (
                "another snapshot was begun since",
                "此后已开始生成另一个快照",
            );
            return Err(failure::at(ErrorKind::BadState, &made.path, en, zh));
        }
        made.seal(from)?;
        match &mut self.place {
            Place::Named(names, _) => {
                let path = names.snapshot(number);
                platform::rename(&made.path, &path)
                    .map_err(|error| failure::io(&path, "name the snapshot", "命名快照", error))?;
                self.ring.memory.publish(word::SNAPSHOT, number);
                // Readers that have it open go on reading.
                names.remove_others(&[names.ring(), names.bell(), path], names::is_calls);
            }
            Place::Handed(handed) => {
                handed.keep(made)?;
                self.ring.memory.publish(word::SNAPSHOT, number);
            }
        }
        self.present = Some(Present {
            from,
            position: self.ring.position(),
        });
        Ok(())
    }

    /// Appends a record of ours.
    fn tell(&mut self, kind: u32, number: u64) {
        // Eight bytes have room in any ring.
        self.ring.append(kind, &number.to_le_bytes());
        self.page.wake_readers();
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Returns the identity of the segment.
    pub fn uuid(&self) -> u128 {
        self.header.uuid
    }

    /// Ends as a process does that is killed, without a word. For tests.
    #[doc(hidden)]
    pub fn vanish(mut self) {
        if let Place::Named(_, right) = &mut self.place {
            drop(right.take());
        }
        self.place = Place::Handed(Handed::default());
        self.owner = None;
    }
}

impl Wishes {
    /// Waits until a reader asks for something or [`wake`](Self::wake) is called, at most for `limit`, and not longer
    /// than a second. It does not wait if `is_there`.
    pub fn wait(&self, limit: Duration, is_there: impl Fn() -> bool) {
        self.page.wait_as_maker(limit, is_there);
    }

    /// Reports whether a reader asks for a later snapshot than number `begun`.
    pub fn is_snapshot_wanted(&self, begun: u64) -> bool {
        self.page.wanted() > begun
    }

    /// Returns a number that becomes another one when readers have left calls.
    pub fn calls(&self) -> u64 {
        self.page.calls()
    }

    /// Ends a [`wait`](Self::wait) on another thread.
    pub fn wake(&self) {
        self.page.wake_maker();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // What a forked child has inherited is its parent's.
        if !self.owner.is_some_and(Owner::is_here) {
            if let Place::Named(_, right) = &mut self.place {
                drop(right.take());
            }
            return;
        }
        self.ring.memory.publish(word::STATE, state::CLOSED);
        self.tell(kind::NEWS, 0);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Named(names, right) = self
            && let Some(right) = right.take()
        {
            // Nobody is told of a drop that fails. The next one removes what is left.
            let _ = lock::clean_with(names, right);
        }
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Writer")
            .field("uuid", &self.header.uuid)
            .field("next", &self.ring.next())
            .finish_non_exhaustive()
    }
}

/// A writer that has no right yet.
pub(crate) struct Parts {
    header: Header,
    ring: ring::Writer<Mapping>,
    page: Page,
    begun: u64,
    present: Option<Present>,
    taken_over: Option<TakenOver>,
}

impl Parts {
    /// Those of a new segment.
    pub(crate) fn new(header: Header, ring: Mapping, page: Page) -> Self {
        Self {
            ring: ring::Writer::new(ring, header.geometry()),
            header,
            page,
            begun: 0,
            present: None,
            taken_over: None,
        }
    }

    /// Those of the segment that is there, repaired; None if there is none, or one that does not fit together.
    fn of_before(names: &Names) -> Result<Option<Self>> {
        let Some((header, memory, page)) = segment::open(names)? else {
            return Ok(None);
        };
        if memory.load(word::STATE) == state::RETIRED {
            return Ok(None);
        }
        let begun = memory.load(word::SNAPSHOT);
        let writers = memory.load(word::EPOCH);
        let head = memory.load(word::HEAD);
        let Some(repaired) = ring::repair(memory, header.geometry()) else {
            return Ok(None);
        };
        let (ring, was_writing) = repaired;
        if ring.next() > head {
            // Whole, but the one before was killed before anybody was told.
            page.wake_readers();
        }
        let last = ring.last(kind::ENTRY);
        let present = match begun {
            0 => None,
            _ => segment::about_snapshot(&names.snapshot(begun))
                .filter(|about| is_usable(about, &header, begun, ring.next()))
                .map(|about| Present {
                    from: about.from,
                    position: ring.position_of(about.from),
                }),
        };
        Ok(Some(Self {
            header,
            ring,
            page,
            // A number that no snapshot will reach would leave no way to count on.
            begun: if begun < u64::MAX / 2 { begun } else { 0 },
            present,
            taken_over: Some(TakenOver {
                writers,
                last,
                was_writing,
            }),
        }))
    }
}

fn is_usable(about: &About, header: &Header, number: u64, next: u64) -> bool {
    about.uuid == header.uuid && about.number == number && about.from <= next
}

impl Parts {
    fn with_right(self, names: Names, right: Locked) -> Writer {
        Writer::from_parts(self, Place::Named(names, Some(right)))
    }
}
