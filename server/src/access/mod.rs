//! Who a client is: what a token grants.

mod secrets;
mod signed;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use notice::locks::Mutex;
use notice::{Clock, Principal, Result};

use crate::fault::unauthorized;
use secrets::Secrets;

/// What a token grants.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    pub(crate) principal: Principal,
    /// Unix seconds at which it ends, for a signed token.
    expires: Option<i64>,
    /// State of the secrets that it was checked against.
    generation: u64,
}

/// The secrets of a server, and what they grant.
pub(crate) struct Access {
    /// File of the secrets.
    file: Option<PathBuf>,
    /// Name that signed tokens must be meant for.
    audience: String,
    clock: Box<dyn Clock>,
    /// Guards the present secrets; held only to take a reference or to replace them.
    secrets: Mutex<Arc<Secrets>>,
    /// Counts how often the secrets were read.
    generation: AtomicU64,
}

impl Access {
    /// Reads the secrets.
    ///
    /// # Errors
    /// `io`; `invalid_field` with the line for a secret that cannot be read; `unauthorized` for a file that others
    /// may read.
    pub(crate) fn new(
        file: Option<PathBuf>,
        audience: String,
        clock: Box<dyn Clock>,
    ) -> Result<Self> {
        let secrets = read(file.as_ref())?;
        Ok(Self {
            file,
            audience,
            clock,
            secrets: Mutex::new(Arc::new(secrets)),
            generation: AtomicU64::new(0),
        })
    }

    /// Reads the secrets again. Tokens that are gone grant nothing any more, also on connections that
    /// presented them before.
    ///
    /// # Errors
    /// As [`new`](Self::new); the secrets stay as they were.
    pub(crate) fn reload(&self) -> Result<()> {
        let secrets = Arc::new(read(self.file.as_ref())?);
        *self.secrets.lock() = secrets;
        // After the secrets, so that whoever sees the new number checks against them.
        self.generation.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// Returns whether there is any secret.
    pub(crate) fn has_secrets(&self) -> bool {
        !self.secrets.lock().is_empty()
    }

    /// Checks a token.
    ///
    /// # Errors
    /// `unauthorized`.
    pub(crate) fn admit(&self, token: &str) -> Result<Admitted> {
        let generation = self.generation.load(Ordering::SeqCst);
        let secrets = Arc::clone(&self.secrets.lock());
        if let Some(principal) = secrets.principal(token) {
            return Ok(Admitted {
                principal,
                expires: None,
                generation,
            });
        }
        if token.matches('.').count() != 2 {
            return Err(unauthorized(
                "unknown token; ask the operator for one",
                "未知的令牌；请向管理员申请",
            ));
        }
        let now = self.seconds();
        let (viewer, expires) = signed::verify(token, secrets.keys(), &self.audience, now)?;
        Ok(Admitted {
            principal: Principal::viewer(viewer),
            expires: Some(expires),
            generation,
        })
    }

    /// Returns whether a grant holds without checking its token again.
    pub(crate) fn is_current(&self, admitted: &Admitted) -> bool {
        admitted.generation == self.generation.load(Ordering::SeqCst)
            && admitted.expires.is_none_or(|end| self.seconds() < end)
    }

    fn seconds(&self) -> i64 {
        self.clock.now().div_euclid(1000)
    }
}

/// Reads a file of secrets, and returns whether there are any.
///
/// # Errors
/// As [`Access::new`].
pub(crate) fn check(file: Option<&PathBuf>) -> Result<bool> {
    read(file).map(|secrets| !secrets.is_empty())
}

fn read(file: Option<&PathBuf>) -> Result<Secrets> {
    file.map_or_else(|| Secrets::of(""), |file| Secrets::read(file))
}
