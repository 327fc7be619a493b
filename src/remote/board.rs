//! The board of a daemon.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde_json::Value;

use super::client::{Client, WAIT, ended};
use super::environment::Environment;
use super::keeper::Keeper;
use super::settings::Settings;
use super::transport::Transport;
use super::watch::Watch;
use crate::board::{Board, OnChange};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Announcement, Draft, Mark, Marking, Operation, Published, Viewer};
use crate::query::{ChangePage, ChangeQuery, Checkup, Count, Explanation, Head, Item, Page, Query};
use crate::query::{Daemon, OwnMarks, OwnMarksQuery, ReceiptPage, ReceiptQuery, Stats};
use crate::wire::carrier::{self, Carrier, Repeat, take_answer, unexpected};
use crate::wire::{Answer, Call};

/// A board that a daemon keeps, asked over connections.
pub(crate) struct Remote {
    client: Arc<Client>,
    watch: Watch,
    /// Ended with the board; None in tests, which have a time of their own.
    _keeper: Option<Keeper>,
}

impl Remote {
    /// Creates a client, which does not connect yet.
    pub(super) fn new(
        transport: Box<dyn Transport>,
        environment: Box<dyn Environment>,
        settings: Settings,
    ) -> Self {
        let client = Arc::new(Client::new(transport, environment, settings));
        Self {
            watch: Watch::new(Arc::clone(&client)),
            _keeper: Some(Keeper::new(Arc::clone(&client))),
            client,
        }
    }

    /// Creates a client whose connections nobody tends.
    #[cfg(test)]
    pub(super) fn unattended(
        transport: Box<dyn Transport>,
        environment: Box<dyn Environment>,
        settings: Settings,
    ) -> Self {
        let client = Arc::new(Client::new(transport, environment, settings));
        Self {
            watch: Watch::new(Arc::clone(&client)),
            _keeper: None,
            client,
        }
    }

    /// Connects once, so that a wrong address or token is told at once.
    ///
    /// # Errors
    /// `unavailable`, `unauthorized`.
    pub(crate) fn try_out(&self) -> Result<()> {
        self.client.try_out()
    }

    /// Asks what may be asked twice.
    fn ask(&self, call: &Call) -> Result<Answer> {
        self.client.ask(call, Repeat::Freely)
    }

    pub(super) fn client(&self) -> &Arc<Client> {
        &self.client
    }
}

impl Carrier for Remote {
    fn carry(&self, call: &Call, repeat: Repeat) -> Result<Answer> {
        self.client.ask(call, repeat)
    }

    fn random(&self) -> u64 {
        self.client.environment.random()
    }
}

impl Board for Remote {
    fn query(&self, query: &Query) -> Result<Page> {
        let answer = self.ask(&Call::from(query.clone()))?;
        take_answer!(answer, Answer::Page(page) => *page)
    }

    fn count(&self, query: &Query) -> Result<Count> {
        let call = Call::Count {
            viewer: query.viewer.clone(),
            view: query.view,
            filter: query.filter.clone(),
        };
        take_answer!(self.ask(&call)?, Answer::Count(count) => count)
    }

    fn get(&self, id: i64, query: &Query) -> Result<Item> {
        let call = Call::Get {
            id,
            viewer: query.viewer.clone(),
            view: query.view,
        };
        take_answer!(self.ask(&call)?, Answer::Item(item) => *item)
    }

    fn explain(&self, id: i64, query: &Query) -> Result<Explanation> {
        let call = Call::Explain {
            id,
            viewer: query.viewer.clone(),
            view: query.view,
        };
        take_answer!(self.ask(&call)?, Answer::Explanation(explanation) => explanation)
    }

    fn receipts(&self, query: &ReceiptQuery) -> Result<ReceiptPage> {
        let answer = self.ask(&Call::from(query.clone()))?;
        take_answer!(answer, Answer::ReceiptPage(page) => page)
    }

    fn history(&self, id: i64) -> Result<Vec<Announcement>> {
        take_answer!(self.ask(&Call::History { id })?, Answer::History(versions) => versions)
    }

    fn stats(&self) -> Result<Stats> {
        take_answer!(self.ask(&Call::Stats)?, Answer::Stats(stats) => *stats)
    }

    fn head(&self) -> Result<Head> {
        take_answer!(self.ask(&Call::Head)?, Answer::Head(head) => head)
    }

    fn daemon(&self) -> Result<Daemon> {
        self.client.greet()
    }

    fn apply(&self, operations: &[Operation]) -> Result<Vec<Published>> {
        carrier::apply(self, operations)
    }

    fn check(&self, drafts: &[Draft]) -> Result<Checkup> {
        let drafts: Value = drafts.iter().map(Draft::to_json).collect();
        take_answer!(self.ask(&Call::Check(drafts))?, Answer::Checkup(checkup) => checkup)
    }

    fn mark_shown(&self, viewer: &Viewer, marking: &Marking) -> Result<u64> {
        carrier::mark_shown(self, viewer, marking)
    }

    fn mark_all(&self, query: &Query, mark: Mark, up_to: Option<i64>) -> Result<i64> {
        carrier::mark_all(self, query, mark, up_to)
    }

    fn forget_user(&self, user: &str) -> Result<bool> {
        carrier::forget_user(self, user)
    }

    fn changes(&self, changes: &ChangeQuery) -> Result<ChangePage> {
        let answer = self.ask(&Call::from(changes.clone()))?;
        take_answer!(answer, Answer::ChangePage(page) => page)
    }

    /// Waits across broken connections and restarts of the daemon, like [`wait`](Self::wait).
    fn own_marks(&self, query: &OwnMarksQuery) -> Result<OwnMarks> {
        let deadline = self.deadline(query.timeout);
        loop {
            let part = self.part(deadline)?;
            let mut asked = query.clone();
            asked.timeout = part;
            let within = part.saturating_add(self.client.settings.timeout);
            match self.client.ask_waiting(&Call::from(asked), within) {
                Ok(Answer::OwnMarks(marks)) => {
                    let is_news = marks.all || !marks.changed.is_empty();
                    if is_news || self.left(deadline).is_zero() {
                        return Ok(marks);
                    }
                }
                Ok(other) => return Err(unexpected(other.name())),
                Err(error) => self.go_on(error, deadline)?,
            }
        }
    }

    /// Waits across broken connections and restarts of the daemon.
    fn wait(&self, since: i64, timeout: Duration) -> Result<i64> {
        let deadline = self.deadline(timeout);
        loop {
            let part = self.part(deadline)?;
            let call = Call::Wait {
                since,
                timeout_ms: u64::try_from(part.as_millis()).unwrap_or(u64::MAX),
            };
            let within = part.saturating_add(self.client.settings.timeout);
            match self.client.ask_waiting(&call, within) {
                Ok(answer) => {
                    return take_answer!(answer, Answer::Revision { revision } => revision);
                }
                Err(error) => self.go_on(error, deadline)?,
            }
        }
    }

    fn on_change(&self, callback: Weak<OnChange>) -> Result<()> {
        self.client.check_owner()?;
        self.watch.add(callback)
    }

    fn close(&self) -> Result<()> {
        self.client.end_waits();
        Ok(())
    }
}

impl Remote {
    fn deadline(&self, timeout: Duration) -> Duration {
        self.client.environment.now().saturating_add(timeout)
    }

    fn left(&self, deadline: Duration) -> Duration {
        deadline.saturating_sub(self.client.environment.now())
    }

    /// Returns how long the daemon is asked to wait next.
    ///
    /// # Errors
    /// `unavailable` once waits have been ended.
    fn part(&self, deadline: Duration) -> Result<Duration> {
        match self.client.ended.is_given() {
            true => Err(ended()),
            false => Ok(self.left(deadline).min(WAIT)),
        }
    }

    /// Pauses after a wait that failed, or returns why there is no going on.
    fn go_on(&self, error: Error, deadline: Duration) -> Result<()> {
        let left = self.left(deadline);
        let goes_on = matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Unavailable);
        // A board that was inherited stays unavailable.
        if !goes_on || left.is_zero() || self.client.check_owner().is_err() {
            return Err(error);
        }
        if error.kind() == ErrorKind::Unavailable {
            let first = self.client.settings.pauses.first;
            let pause = self.client.pause().max(first).min(left);
            self.client.environment.wait(&self.client.ended, pause);
        }
        Ok(())
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.client.end_waits();
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Remote")
            .field("address", &self.client.transport.address())
            .finish_non_exhaustive()
    }
}
