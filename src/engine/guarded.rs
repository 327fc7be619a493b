//! A board in front of which somebody stands: what each role may do.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Weak;
use std::time::Duration;

use crate::board::{Board, OnChange, SharedBoard};
use crate::custody::Custody;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::model::{Mark, Operation, Published, Viewer};
use crate::query::{ChangePage, ChangeQuery, Count, Cursor, Explanation, Filter, Head, Item, Page};
use crate::query::{Query, ReceiptPage, ReceiptQuery, Stats, View};

/// The attribute under which audiences see a user. Nobody may give it himself.
const USER: &str = "user";

/// What somebody may do with a board, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Role {
    /// Asks as a viewer without a name.
    Public,
    /// Asks and marks as one viewer.
    Viewer,
    /// Asks and marks for any viewer: an application server.
    Service,
    /// Writes, and sees what editors see.
    Editor,
    /// Does everything, custody included.
    Admin,
}

impl Role {
    /// Every role, from the least to the most.
    pub const ALL: &'static [Self] = &[
        Self::Public,
        Self::Viewer,
        Self::Service,
        Self::Editor,
        Self::Admin,
    ];

    /// Returns the stable name, such as `editor`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Viewer => "viewer",
            Self::Service => "service",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }
}

/// Roles that may ask and follow.
const ASKING: &[Role] = Role::ALL;
/// Roles that may leave marks. Not editors: a receipt is worth something only if nobody else can give it.
const MARKING: &[Role] = &[Role::Viewer, Role::Service, Role::Admin];
/// Roles that may write, and see what is hidden.
const EDITING: &[Role] = &[Role::Editor, Role::Admin];
/// Roles that may look after the board.
const KEEPING: &[Role] = &[Role::Admin];

/// Who stands in front of a board: a role, and what is certain about him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    role: Role,
    /// The viewer that a `viewer` is, whatever the client says.
    viewer: Viewer,
    /// The attributes that a `public` may say of himself.
    allowed: BTreeSet<String>,
}

impl Principal {
    /// Describes anybody. Of the attributes that he gives only those named here are taken, and `user`
    /// never.
    pub fn public<I, S>(allowed: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        let allowed = allowed.into_iter().map(Into::into);
        Self {
            allowed: allowed.filter(|name| name != USER).collect(),
            ..Self::of(Role::Public)
        }
    }

    /// Describes one viewer, of whom a token says user and attributes. If it says locales, they count; if
    /// not, the client chooses the language.
    pub fn viewer(viewer: Viewer) -> Self {
        Self {
            viewer: Viewer {
                now: None,
                ..viewer
            },
            ..Self::of(Role::Viewer)
        }
    }

    /// Describes an application server, which asks and marks for any viewer.
    pub fn service() -> Self {
        Self::of(Role::Service)
    }

    /// Describes an editor.
    pub fn editor() -> Self {
        Self::of(Role::Editor)
    }

    /// Describes whoever looks after the board.
    pub fn admin() -> Self {
        Self::of(Role::Admin)
    }

    fn of(role: Role) -> Self {
        Self {
            role,
            viewer: Viewer::anonymous(),
            allowed: BTreeSet::new(),
        }
    }

    /// Returns the role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Refuses what only `roles` may do.
    fn check(&self, path: &str, roles: &[Role]) -> Result<()> {
        if roles.contains(&self.role) {
            return Ok(());
        }
        let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        let own = self.role.name();
        let reason = Bilingual::new(
            format!("needs the role {}; this is {own}", names.join(" or ")),
            format!("需要角色 {}；当前角色为 {own}", names.join(" 或 ")),
        );
        Err(Error::new(ErrorKind::Unauthorized, reason).within(path))
    }

    /// The viewer that counts, whatever the client says of itself.
    fn seen_as<'a>(&self, said: &'a Viewer) -> Result<Cow<'a, Viewer>> {
        if said.now.is_some() {
            // Another instant shows what is still to come.
            self.check("viewer.now", EDITING)?;
        }
        Ok(match self.role {
            Role::Public => Cow::Owned(Viewer {
                user: String::new(),
                locales: said.locales.clone(),
                attributes: said
                    .attributes
                    .iter()
                    .filter(|(name, _)| self.allowed.contains(*name))
                    .map(|(name, values)| (name.clone(), values.clone()))
                    .collect(),
                now: None,
            }),
            Role::Viewer => {
                let mut viewer = self.viewer.clone();
                if viewer.locales.is_empty() {
                    viewer.locales.clone_from(&said.locales);
                }
                Cow::Owned(viewer)
            }
            Role::Service | Role::Editor | Role::Admin => Cow::Borrowed(said),
        })
    }
}

/// A board in front of which a [`Principal`] stands. Every method decides by the role, so that a protocol
/// that serves a guarded board cannot forget to.
///
/// | | public | viewer | service | editor | admin |
/// |---|---|---|---|---|---|
/// | query, count, get, explain, changes | as nobody | as himself | as anybody | as anybody | as anybody |
/// | the editor's view, another `now` | | | | yes | yes |
/// | head, revision, wait, `on_change` | yes | yes | yes | yes | yes |
/// | mark, `mark_all_read` | | as himself | for anybody | | for anybody |
/// | `forget_user` | | himself | anybody | | anybody |
/// | receipts, stats | | | | yes | yes |
/// | publish and all other writes | | | | yes | yes |
/// | custody, close | | | | | yes |
///
/// What a client says of its viewer is replaced, not refused: a page that always sends a user works for
/// everybody. What it may not do is `unauthorized`, and the error names the roles that may.
///
/// ```
/// use notice::{Draft, ErrorKind, Guarded, Operator, Principal, Query, Viewer};
///
/// let board = notice::open("mem:")?;
/// board.publish(&Draft::new("en", "For staff").audience("role", Operator::In, ["staff"]))?;
///
/// let guarded = Guarded::new(board, Principal::public(["app_version"]));
/// let board: &dyn notice::Board = &guarded;
/// // Whoever comes from the street may say that he is staff, and sees nothing all the same.
/// let pretender = Viewer::new("alice").with("role", "staff");
/// assert!(board.query(&Query::new(pretender))?.items.is_empty());
/// let error = board.publish(&Draft::new("en", "Free beer")).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Unauthorized);
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Guarded {
    board: SharedBoard,
    principal: Principal,
}

impl Guarded {
    /// Puts `principal` in front of `board`.
    pub fn new(board: SharedBoard, principal: Principal) -> Self {
        Self { board, principal }
    }

    /// Returns who stands in front of the board.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The query that counts, whatever the client says.
    fn asked<'a>(&self, path: &str, query: &'a Query) -> Result<Cow<'a, Query>> {
        self.principal.check(path, ASKING)?;
        if query.view == View::Editor {
            self.principal.check("view", EDITING)?;
        }
        let viewer = self.principal.seen_as(&query.viewer)?;
        if !EDITING.contains(&self.principal.role) {
            self.check_instant(query)?;
        }
        Ok(match viewer {
            Cow::Borrowed(_) => Cow::Borrowed(query),
            Cow::Owned(viewer) => Cow::Owned(Query {
                viewer,
                ..query.clone()
            }),
        })
    }

    /// Refuses a cursor of an instant that is still to come. A cursor holds the instant of its walk, and
    /// its checksum is no secret, so a client could make one that shows what is scheduled.
    fn check_instant(&self, query: &Query) -> Result<()> {
        let Some(cursor) = Cursor::decode(query)? else {
            return Ok(());
        };
        // The board's clock, from the cheapest question that tells it.
        let nothing = Filter {
            ids: vec![i64::MAX],
            ..Filter::default()
        };
        let present = Query::new(Viewer::anonymous()).filter(nothing);
        if cursor.now <= self.board.count(&present)?.now {
            return Ok(());
        }
        let reason = Bilingual::new(
            "is of an instant that is still to come; begin with the first page",
            "所属时刻尚未到来；请从第一页重新开始",
        );
        let error = Error::invalid(
            "cursor",
            query.cursor.as_deref().unwrap_or_default(),
            reason,
        );
        Err(error.of_kind(ErrorKind::BadCursor))
    }
}

impl Board for Guarded {
    fn query(&self, query: &Query) -> Result<Page> {
        self.board.query(&*self.asked("query", query)?)
    }

    fn count(&self, query: &Query) -> Result<Count> {
        self.board.count(&*self.asked("count", query)?)
    }

    fn get(&self, id: i64, query: &Query) -> Result<Item> {
        self.board.get(id, &*self.asked("get", query)?)
    }

    fn explain(&self, id: i64, query: &Query) -> Result<Explanation> {
        self.board.explain(id, &*self.asked("explain", query)?)
    }

    fn receipts(&self, query: &ReceiptQuery) -> Result<ReceiptPage> {
        // Who has read what is nobody's business but an editor's.
        self.principal.check("receipts", EDITING)?;
        self.board.receipts(query)
    }

    fn stats(&self) -> Result<Stats> {
        // They count what is hidden.
        self.principal.check("stats", EDITING)?;
        self.board.stats()
    }

    fn head(&self) -> Result<Head> {
        self.principal.check("head", ASKING)?;
        self.board.head()
    }

    fn apply(&self, operations: &[Operation]) -> Result<Vec<Published>> {
        self.principal.check("apply", EDITING)?;
        self.board.apply(operations)
    }

    fn apply_one(&self, operation: Operation) -> Result<Published> {
        self.principal.check("apply", EDITING)?;
        self.board.apply_one(operation)
    }

    fn mark(&self, viewer: &Viewer, ids: &[i64], mark: Mark) -> Result<()> {
        self.principal.check("mark", MARKING)?;
        let viewer = self.principal.seen_as(viewer)?;
        self.board.mark(&viewer, ids, mark)
    }

    fn mark_all_read(&self, query: &Query, up_to: Option<i64>) -> Result<i64> {
        self.principal.check("mark_all_read", MARKING)?;
        let query = self.asked("mark_all_read", query)?;
        self.board.mark_all_read(&query, up_to)
    }

    fn forget_user(&self, user: &str) -> Result<bool> {
        self.principal.check("forget_user", MARKING)?;
        if user != self.principal.viewer.user {
            // A name that is given explicitly is refused rather than replaced: nothing brings marks back.
            self.principal
                .check("forget_user", &[Role::Service, Role::Admin])?;
        }
        self.board.forget_user(user)
    }

    fn changes(&self, changes: &ChangeQuery) -> Result<ChangePage> {
        match self.asked("changes", &changes.query)? {
            Cow::Borrowed(_) => self.board.changes(changes),
            Cow::Owned(query) => self.board.changes(&ChangeQuery {
                query,
                ..changes.clone()
            }),
        }
    }

    fn wait(&self, since: i64, timeout: Duration) -> Result<i64> {
        self.principal.check("wait", ASKING)?;
        self.board.wait(since, timeout)
    }

    fn on_change(&self, callback: Weak<OnChange>) -> Result<()> {
        self.principal.check("on_change", ASKING)?;
        self.board.on_change(callback)
    }

    fn custody(&self) -> Option<&dyn Custody> {
        self.require_custody().ok()
    }

    fn require_custody(&self) -> Result<&dyn Custody> {
        self.principal.check("custody", KEEPING)?;
        self.board.require_custody()
    }

    fn close(&self) -> Result<()> {
        // It would end the waits of everybody else.
        self.principal.check("close", KEEPING)?;
        self.board.close()
    }
}
