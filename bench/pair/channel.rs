//! What is measured of each contestant: messages in which every byte is written and read.

use std::path::Path;
use std::time::{Duration, Instant};

use super::{line, ring};
use crate::Result;

/// How long one end waits for the other one.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often one looks between two looks at the clock.
const LOOKS: u32 = 1 << 16;

/// One end of a channel there and back, for messages of one size.
pub(crate) trait Channel {
    /// Sends a message whose words are all `number`.
    ///
    /// # Errors
    /// What the contestant says.
    fn send(&mut self, number: u64) -> Result;

    /// Returns the number of the next message, every word of which was read; None if there is none yet.
    ///
    /// # Errors
    /// What the contestant says, or that the words are not all the same.
    fn receive(&mut self) -> Result<Option<u64>>;
}

/// One end of a channel, before the other one is there.
pub(crate) trait Half {
    /// Waits for nothing: the other end is there.
    fn join(self: Box<Self>) -> Result<Box<dyn Channel>>;
}

/// Which end it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The one that measures.
    Near,
    /// The other process.
    Far,
}

impl Side {
    /// The names of what it writes and what it reads.
    pub(super) fn names(self) -> [&'static str; 2] {
        match self {
            Self::Near => ["there", "back"],
            Self::Far => ["back", "there"],
        }
    }
}

/// Who carries messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contestant {
    Ring,
    Line,
    Iceoryx2,
}

impl Contestant {
    pub(crate) const ALL: [Self; 3] = [Self::Ring, Self::Line, Self::Iceoryx2];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ring => "ring",
            Self::Line => "line",
            Self::Iceoryx2 => "iceoryx2",
        }
    }

    /// Whether it was built into this program.
    pub(crate) fn is_built(self) -> bool {
        self != Self::Iceoryx2 || cfg!(feature = "iceoryx2")
    }

    /// Opens one end in a folder.
    pub(super) fn open(self, folder: &Path, side: Side, words: usize) -> Result<Box<dyn Half>> {
        match self {
            Self::Ring => ring::open(folder, side, words),
            Self::Line => line::open(folder, side, words),
            #[cfg(feature = "iceoryx2")]
            Self::Iceoryx2 => super::iceoryx::open(folder, side, words),
            #[cfg(not(feature = "iceoryx2"))]
            Self::Iceoryx2 => Err("iceoryx2 was not built".to_owned()),
        }
    }
}

/// Returns the number that all words have.
pub(super) fn number(words: impl ExactSizeIterator<Item = u64> + Clone) -> Result<u64> {
    let Some(first) = words.clone().next() else {
        return Err("a message of 0 bytes".to_owned());
    };
    let expected = first.wrapping_mul(words.len() as u64);
    match words.fold(0, u64::wrapping_add) == expected {
        true => Ok(first),
        false => Err(format!("message {first} is torn")),
    }
}

/// Looks until there is something, as fast as it can.
pub(crate) fn patiently<T>(mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let began = Instant::now();
    loop {
        for _ in 0..LOOKS {
            if let Some(found) = look()? {
                return Ok(found);
            }
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("nothing has come within {PATIENCE:?}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_which_a_word_is_another_one_is_torn() {
        assert_eq!(number([7; 8].into_iter()), Ok(7));
        let torn = [7, 7, 8, 7].into_iter();
        assert_eq!(number(torn).unwrap_err(), "message 7 is torn");
        assert!(number([].into_iter()).is_err());
    }
}
