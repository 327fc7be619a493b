//! The stream of a follower: a connection that carries nothing else.

use super::super::client::Client;
use super::super::connection::{Connection, Failure, refusal};
use super::super::transport::Cut;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::wire::carrier::unexpected;
use crate::wire::feed::{self, Follow, Step, Steps};
use crate::wire::frames::Kind;
use std::time::Duration;

/// A stream that a daemon has been asked for.
pub(super) struct Stream<'a> {
    client: &'a Client,
    connection: Connection,
    request: u32,
    steps: Steps,
}

impl<'a> Stream<'a> {
    /// Connects, and asks for the stream.
    ///
    /// # Errors
    /// `unavailable`; `unauthorized`; `unsupported` for a daemon that cannot be followed.
    pub(super) fn open(client: &'a Client, follow: &Follow) -> Result<Self> {
        let mut connection = client.connect_apart()?;
        let features = &connection.welcome().features;
        if !features.iter().any(|feature| feature == feed::FEATURE) {
            let server = &connection.welcome().server;
            let reason = Bilingual::new(
                format!(
                    "the daemon ({server}) cannot be followed; update it, or leave out follow=1"
                ),
                format!("守护进程（{server}）不支持跟随；请升级，或去掉 follow=1"),
            );
            return Err(Error::new(ErrorKind::Unsupported, reason));
        }
        let environment = &*client.environment;
        let until = environment.now().saturating_add(client.settings.connect);
        let sent = connection.send(environment, Kind::Follow, &follow.to_bytes(), until);
        let request = sent.map_err(|failure| client.broken(failure))?;
        Ok(Self {
            client,
            connection,
            request,
            steps: Steps::default(),
        })
    }

    /// Returns a function that ends the stream.
    pub(super) fn cut(&self) -> Result<Cut> {
        let failed = |error| self.client.broken(Failure::Broken(error));
        self.connection.cut().map_err(failed)
    }

    /// Returns the next step.
    ///
    /// # Errors
    /// `unavailable` for a stream that broke, or on which nothing came within `silence`; the error by which the
    /// daemon ends it.
    pub(super) fn next(&mut self, silence: Duration) -> Result<Step<'_>> {
        let environment = &*self.client.environment;
        loop {
            let until = environment.now().saturating_add(silence);
            let received = self.connection.receive(environment, self.request, until);
            let (kind, body) = received.map_err(|failure| self.client.broken(failure))?;
            match kind {
                Kind::Feed => {
                    if self.steps.add(&body)? {
                        return self.steps.step();
                    }
                }
                Kind::Answer => return Err(refusal(&body)),
                other => return Err(unexpected(&format!("{other:?}"))),
            }
        }
    }
}
