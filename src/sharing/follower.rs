//! The thread that keeps a copy up to date.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::copy::Copy;
use super::progress::Progress;
use crate::error::{Error, ErrorKind, Result};
use crate::journal::{Checkpoint, Entry};
use crate::shm::{Folder, Reader, Snapshot, Step};

/// How long the thread sleeps at most. Also how soon it notices that the one who shares was killed.
const LOOK: Duration = Duration::from_millis(200);
/// Pause before a name is tried again that nobody shares, or whose memory is damaged.
const PAUSE: Duration = Duration::from_millis(200);
/// How often damaged records are passed over by a snapshot before the segment is attached again.
const DAMAGES: u32 = 3;

/// Takes the place of the one who shares, and returns whether it did. It is asked while there is none.
pub(super) type Heir = Box<dyn FnMut() -> bool + Send>;

/// Keeps a copy up to date.
pub(super) struct Follower {
    pub(super) folder: Folder,
    pub(super) name: String,
    pub(super) copy: Copy,
    pub(super) progress: Arc<Progress>,
    /// None for one who only follows.
    pub(super) heir: Option<Heir>,
}

/// What follows the end of a segment.
enum Next {
    Attach,
    End,
}

/// What is remembered of a segment that is followed.
struct Attachment {
    reader: Reader,
    needs_snapshot: bool,
    /// Whether a snapshot has come, but not yet all that the ring has behind it.
    is_new: bool,
    damages: u32,
    /// The writer that calls go to.
    writer: Option<u64>,
    heartbeat: u64,
    /// When the name was last looked at.
    looked: Instant,
}

impl Follower {
    /// Follows until the board is dropped, or this process has taken over. `first` is what was attached already.
    pub(super) fn run(mut self, first: Option<Reader>) {
        let progress = Arc::clone(&self.progress);
        let mut attached = first;
        while !progress.is_ended() {
            let reader = match attached.take().map_or_else(|| self.attach(), Ok) {
                Ok(reader) => reader,
                Err(error) => {
                    progress.failed(error);
                    progress.counter.connect(None);
                    if self.inherits() {
                        return;
                    }
                    progress.pause(PAUSE);
                    continue;
                }
            };
            // A defect in applying must not end the thread, with which the copy would silently grow old.
            let followed = catch_unwind(AssertUnwindSafe(|| self.follow(reader)));
            match followed {
                Ok(Ok(Next::End)) => return,
                Ok(Ok(Next::Attach)) => {}
                Ok(Err(error)) => {
                    progress.failed(error);
                    progress.pause(PAUSE);
                }
                Err(payload) => {
                    // Dropping a payload of unknown type may panic again.
                    std::mem::forget(payload);
                    progress.failed(Error::described(ErrorKind::Panic));
                    progress.pause(PAUSE);
                }
            }
        }
    }

    fn attach(&self) -> Result<Reader> {
        Reader::attach(&self.folder, &self.name)
    }

    fn inherits(&mut self) -> bool {
        self.heir.as_mut().is_some_and(|heir| heir())
    }

    fn follow(&mut self, reader: Reader) -> Result<Next> {
        let mut attachment = Attachment {
            reader,
            needs_snapshot: true,
            is_new: false,
            damages: 0,
            writer: None,
            heartbeat: 0,
            looked: Instant::now(),
        };
        let progress = Arc::clone(&self.progress);
        progress.set_waker(attachment.reader.waker());
        while !progress.is_ended() {
            self.meet_writer(&mut attachment)?;
            if attachment.needs_snapshot {
                match attachment.reader.snapshot(LOOK)? {
                    Some(snapshot) => self.begin(&mut attachment, snapshot)?,
                    None => {
                        if let Some(next) = self.look(&mut attachment)? {
                            return Ok(next);
                        }
                    }
                }
                continue;
            }
            match attachment.reader.next_step() {
                Ok(Step::Entry(bytes)) => {
                    if self.take(bytes).is_err() {
                        // Whatever it is that is shared, it does not continue the copy.
                        attachment.reader.refuse();
                        attachment.needs_snapshot = true;
                    }
                }
                Ok(Step::Answer(call, answer)) => progress.counter.answered(&call, answer),
                Ok(Step::Lost(count)) => {
                    progress.lost(count);
                    // An answer may have been among them.
                    attachment.writer = None;
                    attachment.needs_snapshot = true;
                }
                Ok(Step::Restart) => attachment.needs_snapshot = true,
                Ok(Step::Retired) => return Ok(Next::Attach),
                Ok(Step::Empty | Step::Closed) => {
                    if attachment.is_new {
                        // With what was written behind the snapshot, it is the whole board.
                        attachment.is_new = false;
                        progress.arrived();
                    }
                    let heartbeat = attachment.reader.heartbeat();
                    let beats = heartbeat != attachment.heartbeat;
                    attachment.heartbeat = heartbeat;
                    if beats {
                        progress.confirm();
                    } else if let Some(next) = self.look(&mut attachment)? {
                        return Ok(next);
                    }
                    attachment.reader.wait_unless(LOOK, || progress.is_ended());
                }
                Err(error) => {
                    attachment.damages += 1;
                    if attachment.damages > DAMAGES {
                        return Err(error);
                    }
                    attachment.needs_snapshot = true;
                }
            }
        }
        Ok(Next::End)
    }

    /// Lets calls go to the present writer.
    fn meet_writer(&self, attachment: &mut Attachment) -> Result<()> {
        let writers = attachment.reader.writers();
        if self.heir.is_some() && attachment.writer != Some(writers) {
            self.progress.counter.connect(attachment.reader.caller()?);
            attachment.writer = Some(writers);
        }
        Ok(())
    }

    /// Looks whether somebody still shares the board, when nothing has come for a while.
    fn look(&mut self, attachment: &mut Attachment) -> Result<Option<Next>> {
        if attachment.reader.has_writer()? {
            return Ok(None);
        }
        if self.inherits() {
            return Ok(Some(Next::End));
        }
        // The next one may have found the segment damaged, and made another.
        if attachment.looked.elapsed() >= LOOK {
            attachment.looked = Instant::now();
            let is_another = |other: Reader| other.uuid() != attachment.reader.uuid();
            if self.attach().is_ok_and(is_another) {
                return Ok(Some(Next::Attach));
            }
        }
        Ok(None)
    }

    /// Begins with a snapshot.
    fn begin(&self, attachment: &mut Attachment, mut snapshot: Snapshot) -> Result<()> {
        let mut arriving = self.copy.arriving()?;
        while let Some(part) = snapshot.next_part()? {
            arriving.add(&Checkpoint::from_bytes(part)?)?;
        }
        attachment.reader.begin(&snapshot)?;
        self.progress.begins();
        self.copy.start_over(arriving)?;
        attachment.needs_snapshot = false;
        attachment.is_new = true;
        Ok(())
    }

    /// Applies an entry, unless the snapshot has it already.
    fn take(&self, bytes: &[u8]) -> Result<()> {
        let entry = Entry::from_bytes(bytes)?;
        let position = self.copy.position();
        if entry.epoch() == position.epoch() && entry.seq() <= position.seq() {
            return Ok(());
        }
        self.copy.apply(&entry)?;
        self.progress.moved();
        Ok(())
    }
}
