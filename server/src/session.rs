//! What the server knows about one client: who it is, and the board as it may use it.

use std::sync::Arc;

use notice::locks::Mutex;
use notice::{Guarded, Principal, Result};

use crate::access::{Access, Admitted};
use crate::desk::Desk;

/// A client. Its token is checked again when it has expired or the tokens were read again.
pub(crate) struct Session {
    pub(crate) desk: Arc<Desk>,
    access: Arc<Access>,
    /// Whether it reaches the server over a network, as pages in a browser can.
    pub(crate) is_remote: bool,
    /// What the client may do without a token.
    base: Principal,
    /// Guards who the client is now.
    now: Mutex<Present>,
}

/// Who a client is now.
struct Present {
    board: Arc<Guarded>,
    /// The token that was presented, with what it grants.
    token: Option<(String, Admitted)>,
}

impl Session {
    /// Creates the session of a client that has presented nothing yet.
    pub(crate) fn new(
        desk: Arc<Desk>,
        access: Arc<Access>,
        base: Principal,
        is_remote: bool,
    ) -> Self {
        let board = guard(&desk, base.clone());
        Self {
            desk,
            access,
            is_remote,
            base,
            now: Mutex::new(Present { board, token: None }),
        }
    }

    /// Returns a session of the same client for one request.
    pub(crate) fn again(&self) -> Self {
        let (desk, access) = (Arc::clone(&self.desk), Arc::clone(&self.access));
        Self::new(desk, access, self.base.clone(), self.is_remote)
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
        };
        Ok(())
    }

    /// Returns the board as the client may use it at this moment.
    ///
    /// # Errors
    /// `unauthorized` when its token has expired or was withdrawn.
    pub(crate) fn board(&self) -> Result<Arc<Guarded>> {
        let mut now = self.now.lock();
        let Present { board, token } = &mut *now;
        if let Some((token, admitted)) = token
            && !self.access.is_current(admitted)
        {
            *admitted = self.access.admit(token)?;
            *board = guard(&self.desk, admitted.principal.clone());
        }
        Ok(Arc::clone(board))
    }
}

fn guard(desk: &Desk, principal: Principal) -> Arc<Guarded> {
    Arc::new(Guarded::new(Arc::clone(&desk.board), principal))
}
