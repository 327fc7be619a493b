//! Schemes: ways to reach a board.

use super::options::Options;
use super::url::BoardUrl;
use crate::board::SharedBoard;
use crate::error::{Bilingual, Result};

/// Opens the board of a URL.
type Open = fn(&BoardUrl, Options) -> Result<SharedBoard>;

/// A way to reach a board, named by the scheme of its URLs.
///
/// Another crate adds one with [`register`](crate::register). From then on [`open`](crate::open) accepts its URLs on
/// every surface of the library.
///
/// ```
/// use notice::{BoardUrl, Options, Result, Scheme, SharedBoard};
///
/// /// A board in memory with a fixed memory budget.
/// fn small(url: &BoardUrl, options: Options) -> Result<SharedBoard> {
///     options.open("mem:?budget_mb=8")
/// }
///
/// notice::register(Scheme::new("small", "small:", "a small board in memory", small))?;
/// assert_eq!(notice::open("small:")?.revision()?, 0);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scheme {
    /// The scheme without its colon: lower-case letters, digits and `+-.`, at least two characters,
    /// starting with a letter. A single letter would be a drive on Windows.
    pub name: &'static str,
    /// Form of its URLs, such as `file:PATH`.
    pub form: &'static str,
    /// A short description, such as "a board in this process, kept in one file".
    pub description: &'static str,
    /// Parameters of its URLs. Any other parameter is refused before `open` is called.
    pub parameters: &'static [&'static str],
    pub(super) open: Open,
}

impl Scheme {
    /// Creates a scheme whose URLs have no parameters.
    pub const fn new(
        name: &'static str,
        form: &'static str,
        description: &'static str,
        open: Open,
    ) -> Self {
        Self {
            name,
            form,
            description,
            parameters: &[],
            open,
        }
    }

    /// Sets the names of its parameters.
    #[must_use]
    pub const fn parameters(mut self, names: &'static [&'static str]) -> Self {
        self.parameters = names;
        self
    }

    /// Refuses parameters that the scheme does not have, and names those that it has. [`open`](crate::open) does so.
    ///
    /// # Errors
    /// `invalid_field`.
    pub fn check(&self, url: &BoardUrl) -> Result<()> {
        let is_unknown = |name: &str| !self.parameters.contains(&name);
        let Some((name, _)) = url.parameters().find(|(name, _)| is_unknown(name)) else {
            return Ok(());
        };
        let names = self.parameters.join(", ");
        let reason = match self.parameters {
            [] => Bilingual::new(
                format!("unknown parameter; {}: takes none", self.name),
                format!("未知参数；{}: 不带参数", self.name),
            ),
            _ => Bilingual::new(
                format!("unknown parameter; {}: takes {names}", self.name),
                format!("未知参数；{}: 可用参数为 {names}", self.name),
            ),
        };
        Err(url.refuse(name, reason))
    }
}
