//! libnotice's ring, of the sizes that it has unless somebody asks for others.

use std::path::Path;

use notice::shm::{Folder, Reader, Sizes, Step, Writer};

use super::channel::{self, Channel, Half, Side};
use crate::Result;
use crate::other::failed;

/// The end that writes, before there is something to read.
struct Begun {
    folder: Folder,
    writer: Writer,
    others: &'static str,
    words: usize,
}

struct Ring {
    writer: Writer,
    reader: Reader,
    /// The message as the caller has it, which the ring copies.
    message: Vec<u8>,
}

pub(super) fn open(folder: &Path, side: Side, words: usize) -> Result<Box<dyn Half>> {
    let folder = Folder::at(folder).map_err(failed("the ring"))?;
    let [own, others] = side.names();
    let writer = Writer::open(&folder, own, Sizes::default()).map_err(failed("the ring"))?;
    let begun = Begun {
        folder,
        writer,
        others,
        words,
    };
    match side {
        Side::Near => Ok(Box::new(begun)),
        // Its other end is there.
        Side::Far => Ok(Box::new(begun.join()?)),
    }
}

impl Begun {
    fn join(self) -> Result<Ring> {
        let reader = Reader::attach(&self.folder, self.others).map_err(failed("the ring"))?;
        Ok(Ring {
            writer: self.writer,
            reader,
            message: vec![0; self.words * 8],
        })
    }
}

impl Half for Begun {
    fn join(self: Box<Self>) -> Result<Box<dyn Channel>> {
        Ok(Box::new((*self).join()?))
    }
}

impl Half for Ring {
    fn join(self: Box<Self>) -> Result<Box<dyn Channel>> {
        Ok(self)
    }
}

impl Channel for Ring {
    fn send(&mut self, number: u64) -> Result {
        self.message.as_chunks_mut().0.fill(number.to_le_bytes());
        let appended = self.writer.append(&self.message);
        appended.map(|_| ()).map_err(failed("append"))
    }

    fn receive(&mut self) -> Result<Option<u64>> {
        match self.reader.next_step().map_err(failed("the ring"))? {
            Step::Entry(bytes) => {
                let words = bytes.as_chunks().0.iter();
                channel::number(words.map(|word| u64::from_le_bytes(*word))).map(Some)
            }
            Step::Empty => Ok(None),
            step => Err(format!("{step:?} instead of a message")),
        }
    }
}
