//! What the server knows about one client: who it is, and the board as it may use it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use notice::locks::Mutex;
use notice::{Guarded, Principal, Result, Role};

use crate::access::{Access, Admitted};
use crate::client::Client;
use crate::desk::Desk;
use crate::metrics::Kind;
use crate::rates::Caller;

/// A client. Its token is checked again when it has expired or the tokens were read again.
pub(crate) struct Session {
    pub(crate) desk: Arc<Desk>,
    access: Arc<Access>,
    pub(crate) client: Client,
    /// What the client may do without a token.
    base: Principal,
    /// Guards who the client is now.
    now: Mutex<Present>,
    /// Passes descriptors along with what the client is sent; None where that is not possible.
    #[cfg(target_os = "linux")]
    pass: Option<crate::passing::Pass>,
    /// Of HTTP, where a session serves one request: the call that it makes, and whether it waits.
    noted: OnceLock<(Kind, bool)>,
}

/// Who a client is now.
struct Present {
    board: Arc<Guarded>,
    /// The token that was presented, with what it grants.
    token: Option<(String, Admitted)>,
    /// Under whose name its calls are counted.
    caller: Caller,
}

impl Session {
    /// Creates the session of a client that has presented nothing yet.
    pub(crate) fn new(
        desk: Arc<Desk>,
        access: Arc<Access>,
        base: Principal,
        client: Client,
    ) -> Self {
        let board = guard(&desk, base.clone());
        Self {
            desk,
            access,
            client,
            base,
            #[cfg(target_os = "linux")]
            pass: None,
            now: Mutex::new(Present {
                board,
                token: None,
                caller: Caller::Peer(client.peer),
            }),
            noted: OnceLock::new(),
        }
    }

    /// Lets descriptors be passed to the client.
    #[cfg(target_os = "linux")]
    pub(crate) fn set_pass(&mut self, pass: crate::passing::Pass) {
        self.pass = Some(pass);
    }

    /// Returns what passes descriptors to the client. A client that encrypts may be a proxy of somebody else.
    #[cfg(target_os = "linux")]
    pub(crate) fn pass(&self) -> Option<&crate::passing::Pass> {
        self.pass.as_ref().filter(|_| !self.client.is_encrypted)
    }

    /// Reports whether memory can be handed to the client.
    pub(crate) fn can_hand_over(&self) -> bool {
        #[cfg(target_os = "linux")]
        return self.pass().is_some();
        #[cfg(not(target_os = "linux"))]
        false
    }

    /// Checks that the client may have all of the board at this moment.
    ///
    /// # Errors
    /// `unauthorized`.
    #[cfg(target_os = "linux")]
    pub(crate) fn check_following(&self) -> Result<()> {
        self.board()?.check_following()
    }

    /// Returns a session of the same client for one request.
    pub(crate) fn again(&self) -> Self {
        let (desk, access) = (Arc::clone(&self.desk), Arc::clone(&self.access));
        Self::new(desk, access, self.base.clone(), self.client)
    }

    /// Takes a token in place of what the client may do without one.
    ///
    /// # Errors
    /// `unauthorized` for a token that is not valid. The client is then who it was.
    pub(crate) fn present(&self, token: &str) -> Result<()> {
        let admitted = self.access.admit(token)?;
        let board = guard(&self.desk, admitted.principal.clone());
        *self.now.lock() = Present {
            board,
            token: Some((token.to_owned(), admitted)),
            caller: self.desk.rates.bearer(token),
        };
        Ok(())
    }

    /// Notes the call that this request makes. The first one counts.
    pub(crate) fn note(&self, kind: Kind, waits: bool) {
        let _ = self.noted.set((kind, waits));
    }

    /// Returns the call that was noted, and whether it waits.
    pub(crate) fn noted(&self) -> Option<(Kind, bool)> {
        self.noted.get().copied()
    }

    /// Returns the role of the client; None when its token has expired or was withdrawn.
    pub(crate) fn role(&self) -> Option<Role> {
        let board = self.board().ok()?;
        Some(board.principal().role())
    }

    /// Returns the board as the client may use it at this moment.
    ///
    /// # Errors
    /// `unauthorized` when its token has expired or was withdrawn.
    pub(crate) fn board(&self) -> Result<Arc<Guarded>> {
        self.present_board().map(|(board, _)| board)
    }

    /// Returns the board for one call, which counts.
    ///
    /// # Errors
    /// As [`board`](Self::board); `unavailable` for a client that makes too many calls.
    pub(crate) fn board_for_call(&self) -> Result<Arc<Guarded>> {
        let (board, caller) = self.present_board()?;
        match self.count(caller) {
            Ok(()) => Ok(board),
            Err(wait) => Err(self.desk.rates.refusal(wait)),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// How long the client must wait, if it makes too many.
    pub(crate) fn count_request(&self) -> std::result::Result<(), Duration> {
        let caller = self.now.lock().caller;
        self.count(caller)
    }

    fn count(&self, caller: Caller) -> std::result::Result<(), Duration> {
        let counted = self.desk.rates.count(caller);
        if counted.is_err() {
            let slowed_down = &self.desk.metrics.slowed_down;
            slowed_down.fetch_add(1, Ordering::Relaxed);
        }
        counted
    }

    fn present_board(&self) -> Result<(Arc<Guarded>, Caller)> {
        let mut now = self.now.lock();
        let Present {
            board,
            token,
            caller,
        } = &mut *now;
        if let Some((token, admitted)) = token
            && !self.access.is_current(admitted)
        {
            *admitted = self.access.admit(token)?;
            *board = guard(&self.desk, admitted.principal.clone());
        }
        Ok((Arc::clone(board), *caller))
    }
}

fn guard(desk: &Desk, principal: Principal) -> Arc<Guarded> {
    Arc::new(Guarded::new(Arc::clone(&desk.board), principal))
}
