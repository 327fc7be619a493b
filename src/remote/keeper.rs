//! The thread that keeps idle connections alive.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::client::Client;
use super::environment::Signal;

/// Tends the idle connections of a client at each heartbeat. Dropping it ends the thread.
pub(super) struct Keeper {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    client: Arc<Client>,
    ended: Signal,
}

impl Keeper {
    /// Starts the thread. Without one, connections are looked after when they are used.
    pub(super) fn new(client: Arc<Client>) -> Self {
        let shared = Arc::new(Shared {
            client,
            ended: Signal::default(),
        });
        let run = Arc::clone(&shared);
        let named = thread::Builder::new().name("notice-heartbeat".to_owned());
        let thread = named.spawn(move || run.run()).ok();
        Self { shared, thread }
    }
}

impl Shared {
    fn run(&self) {
        let client = &self.client;
        loop {
            client
                .environment
                .wait(&self.ended, client.settings.heartbeat);
            if self.ended.is_given() {
                return;
            }
            client.tend();
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let thread = self.thread.take();
        if self.shared.client.check_owner().is_err() {
            // The thread stayed in the parent, and may hold whatever it held there.
            std::mem::forget(thread);
            return;
        }
        self.shared.ended.give();
        if let Some(thread) = thread {
            // It catches nothing and reports nothing; a ping in progress ends in time.
            let _ = thread.join();
        }
    }
}
