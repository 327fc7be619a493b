//! Tells callbacks of changes, by a thread that waits for them at the daemon.

use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};

use super::client::{Client, WAIT};
use crate::board::OnChange;
use crate::error::{ErrorKind, Result};
use crate::locks::Mutex;
use crate::notifier::{Notifier, no_thread};
use crate::query::Head;
use crate::wire::carrier::{Repeat, unexpected};
use crate::wire::{Answer, Call};

/// The callbacks of a remote board. The first one starts the thread.
pub(super) struct Watch {
    client: Arc<Client>,
    notifier: Arc<Notifier>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Watch {
    pub(super) fn new(client: Arc<Client>) -> Self {
        Self {
            client,
            notifier: Arc::default(),
            thread: Mutex::default(),
        }
    }

    /// Adds a callback.
    ///
    /// # Errors
    /// `unavailable` when the daemon cannot be reached, because what happens meanwhile could not be told; `io` when
    /// no thread can be started.
    pub(super) fn add(&self, callback: Weak<OnChange>) -> Result<()> {
        let mut thread = self.thread.lock();
        if thread.is_none() {
            let known = head(&self.client)?;
            let (client, notifier) = (Arc::clone(&self.client), Arc::clone(&self.notifier));
            let named = thread::Builder::new().name("notice-watch".to_owned());
            let run = move || watch(&client, &notifier, known);
            *thread = Some(named.spawn(run).map_err(no_thread)?);
        }
        self.notifier.add(callback)
    }
}

/// Waits for changes until waits end.
fn watch(client: &Client, notifier: &Notifier, mut known: Head) {
    while !client.ended.is_given() {
        let call = Call::Wait {
            since: known.revision,
            timeout_ms: u64::try_from(WAIT.as_millis()).unwrap_or(u64::MAX),
        };
        let waited = client.ask_waiting(&call, WAIT.saturating_add(client.settings.timeout));
        // Also after an error: the daemon may have another board now, whose revision is lower.
        match head(client) {
            Ok(head) if head != known => {
                known = head;
                notifier.tell(head);
            }
            Ok(_) => {
                let failed = waited.err().map(|error| error.kind());
                if failed.is_some_and(|kind| kind != ErrorKind::TimedOut) {
                    client
                        .environment
                        .wait(&client.ended, client.settings.pauses.most);
                }
            }
            Err(_) => {
                let pause = client.pause().max(client.settings.pauses.first);
                client.environment.wait(&client.ended, pause);
            }
        }
    }
}

fn head(client: &Client) -> Result<Head> {
    match client.ask(&Call::Head, Repeat::Freely)? {
        Answer::Head(head) => Ok(head),
        other => Err(unexpected(other.name())),
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let thread = self.thread.get_mut().take();
        if self.client.check_owner().is_err() {
            // Both threads stayed in the parent, and may hold whatever they held there.
            std::mem::forget((thread, Arc::clone(&self.notifier)));
            return;
        }
        self.client.end_waits();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
        // Also from one of its own callbacks.
        self.notifier.end();
    }
}
