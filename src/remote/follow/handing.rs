//! The connection on which a daemon hands its memory over. It stays open as long as the memory is read: by its end a
//! reader learns that the daemon is gone, and the daemon that the reader is.

use super::super::client::Client;
use super::super::connection::{Connection, Failure, refusal};
use super::super::transport::Cut;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::shm::{Descriptors, Reader, Snapshot};
use crate::wire::carrier::unexpected;
use crate::wire::frames::Kind;
use crate::wire::memory::{FEATURE, Part, Parts};
use std::os::fd::OwnedFd;

/// A connection to a daemon that hands memory over.
pub(super) struct Handing<'a> {
    client: &'a Client,
    connection: Connection,
    /// The last request, whose answer has come.
    request: u32,
}

impl<'a> Handing<'a> {
    /// Connects.
    ///
    /// # Errors
    /// `unavailable`; `unauthorized`; `unsupported` for a daemon that hands nothing over.
    pub(super) fn open(client: &'a Client) -> Result<Self> {
        let connection = client.connect_for_descriptors()?;
        let features = &connection.welcome().features;
        if !features.iter().any(|feature| feature == FEATURE) {
            let server = &connection.welcome().server;
            let reason = Bilingual::new(
                format!(
                    "the daemon ({server}) does not hand over its memory; update it, or write follow=1"
                ),
                format!("守护进程（{server}）不支持移交共享内存；请升级，或改用 follow=1"),
            );
            return Err(Error::new(ErrorKind::Unsupported, reason));
        }
        Ok(Self {
            client,
            connection,
            request: 0,
        })
    }

    /// Returns a function that ends the connection.
    pub(super) fn cut(&self) -> Result<Cut> {
        let failed = |error| self.client.broken(Failure::Broken(error));
        self.connection.cut().map_err(failed)
    }

    /// Asks for the memory, and begins to read it. The second value is the present snapshot, which may be missing.
    ///
    /// # Errors
    /// `unauthorized`, also for memory that the daemon could truncate; `unavailable`; `unsupported`; `corrupt`.
    pub(super) fn memory(&mut self) -> Result<(Reader, Option<Snapshot>)> {
        let mut handed = self.ask(Parts::new(Part::ALL))?.into_iter();
        let mut next = |expected: Part| match handed.next() {
            Some((part, descriptor)) if part == expected => Ok(descriptor),
            _ => Err(incomplete()),
        };
        let (ring, page) = (next(Part::Ring)?, next(Part::Page)?);
        let snapshot = match handed.next() {
            Some((Part::Snapshot, descriptor)) => Some(descriptor),
            Some(_) => return Err(incomplete()),
            None => None,
        };
        Reader::from_descriptors(Descriptors {
            ring,
            page,
            snapshot,
        })
    }

    /// Asks for the present snapshot of what `reader` reads; None if there is none.
    ///
    /// # Errors
    /// As [`memory`](Self::memory).
    pub(super) fn snapshot(&mut self, reader: &Reader) -> Result<Option<Snapshot>> {
        let handed = self.ask(Parts::new([Part::Snapshot]))?.pop();
        let snapshot = handed.map(|(_, descriptor)| reader.snapshot_from(descriptor));
        snapshot.transpose()
    }

    /// Asks for parts, and returns those that came, in the order of the request.
    fn ask(&mut self, wanted: Parts) -> Result<Vec<(Part, OwnedFd)>> {
        let environment = &*self.client.environment;
        // The first one who asks waits until the memory is made.
        let until = environment
            .now()
            .saturating_add(self.client.settings.timeout);
        let body = wanted.to_bytes();
        let sent = self
            .connection
            .send(environment, Kind::Memory, &body, until);
        self.request = sent.map_err(|failure| self.client.broken(failure))?;
        let received = self.connection.receive(environment, self.request, until);
        // Closed here if there is anything wrong with what is said of them.
        let descriptors = self.connection.take_descriptors();
        let (kind, body) = received.map_err(|failure| self.client.broken(failure))?;
        match kind {
            Kind::Handed => {}
            Kind::Answer => return Err(refusal(&body)),
            other => return Err(unexpected(&format!("{other:?}"))),
        }
        let come = Parts::from_bytes(&body)?;
        let mut asked = wanted.as_slice().iter();
        // A list within the list, in its order.
        let is_within = come
            .as_slice()
            .iter()
            .all(|part| asked.any(|one| one == part));
        if !is_within || come.as_slice().len() != descriptors.len() {
            return Err(incomplete());
        }
        Ok(come.as_slice().iter().copied().zip(descriptors).collect())
    }

    /// Checks that the daemon is still there, and has nothing to say. It waits for nothing.
    ///
    /// # Errors
    /// `unavailable`; `corrupt` for what nobody asked for.
    pub(super) fn check(&mut self) -> Result<()> {
        let environment = &*self.client.environment;
        let looked = self.connection.look(environment, self.request);
        let looked = looked.map_err(|failure| self.client.broken(failure))?;
        let is_quiet = looked.is_none() && self.connection.take_descriptors().is_empty();
        match is_quiet {
            true => Ok(()),
            false => Err(incomplete()),
        }
    }
}

fn incomplete() -> Error {
    let reason = Bilingual::new(
        "the daemon handed over other parts of its memory than it was asked for; update one of the programs, or write \
         follow=1",
        "守护进程移交的共享内存部分与请求不符；请升级其中一方，或改用 follow=1",
    );
    Error::new(ErrorKind::Corrupt, reason)
}
