//! Authorisation: a board that allows each role only its own calls.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::board::{Board, OnChange, SharedBoard};
use crate::custody::Custody;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Batch, Checkpoint, Place};
use crate::model::{Announcement, Draft, Mark, Marking, Operation, Published, Viewer};
use crate::query::{ChangePage, ChangeQuery, Checkup, Count, Cursor, Explanation, Filter, Head};
use crate::query::{Item, Page, Query, ReceiptPage, ReceiptQuery, Stats, View};
use crate::query::{OwnMarks, OwnMarksQuery};

/// Attribute under which audiences see a user. No client may set it.
const USER: &str = "user";

/// Role of a client, from the fewest rights to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Role {
    /// Queries as an anonymous viewer.
    Public,
    /// Queries and marks as one viewer.
    Viewer,
    /// Queries and marks for any viewer, as an application server does.
    Service,
    /// Writes, and has the editor's view.
    Editor,
    /// Does everything, including custody.
    Admin,
}

impl Role {
    /// Every role, from the fewest rights to the most.
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

/// Roles that may query and follow.
const ASKING: &[Role] = Role::ALL;
/// Roles that may mark. Editors may not, because a receipt proves nothing if somebody else can write it.
const MARKING: &[Role] = &[Role::Viewer, Role::Service, Role::Admin];
/// Roles that may write, and see hidden announcements.
const EDITING: &[Role] = &[Role::Editor, Role::Admin];
/// Roles that may follow the board by a replica, which holds whole records and everybody's marks.
const REPLICATING: &[Role] = &[Role::Service, Role::Editor, Role::Admin];
/// Roles that may administer the board.
const KEEPING: &[Role] = &[Role::Admin];

/// Authenticated client of a board: a role, and the verified facts about the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    role: Role,
    /// Viewer that replaces the one in a request, for the role `viewer`.
    viewer: Viewer,
    /// Attributes accepted from a request, for the role `public`.
    allowed: BTreeSet<String>,
}

impl Principal {
    /// Creates an anonymous principal. Only the named attributes are accepted from its requests, and `user`
    /// never is.
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

    /// Creates the principal of one viewer, whose user and attributes come from a token. Locales in the token
    /// take precedence; without them, the client chooses the language.
    pub fn viewer(viewer: Viewer) -> Self {
        Self {
            viewer: Viewer {
                now: None,
                ..viewer
            },
            ..Self::of(Role::Viewer)
        }
    }

    /// Creates the principal of an application server, which queries and marks for any viewer.
    pub fn service() -> Self {
        Self::of(Role::Service)
    }

    /// Creates the principal of an editor.
    pub fn editor() -> Self {
        Self::of(Role::Editor)
    }

    /// Creates the principal of an administrator.
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

    /// Refuses a principal without one of `roles`.
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

    /// Returns the viewer to use in place of the requested one.
    fn seen_as<'a>(&self, said: &'a Viewer) -> Result<Cow<'a, Viewer>> {
        if said.now.is_some() {
            // A later instant would show scheduled announcements.
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

/// A board as one [`Principal`] may use it. Every method checks the role, so that a protocol that serves a
/// guarded board cannot omit a check.
///
/// | | public | viewer | service | editor | admin |
/// |---|---|---|---|---|---|
/// | query, count, get, explain, changes | anonymous | own viewer | any viewer | any viewer | any viewer |
/// | the editor's view, another `now` | | | | yes | yes |
/// | head, revision, wait, `on_change` | yes | yes | yes | yes | yes |
/// | `mark`, `mark_shown`, `mark_all`, `mark_all_read` | | own viewer | any viewer | | any viewer |
/// | `own_marks` | | own user | any user | | any user |
/// | `forget_user` | | own user | any user | | any user |
/// | `snapshot`, `entries_after` | | | yes | yes | yes |
/// | receipts, stats, history | | | | yes | yes |
/// | publish and all other writes | | | | yes | yes |
/// | custody, close | | | | | yes |
///
/// Whoever may follow by a replica holds everything: whole records with their audiences, drafts and scheduled
/// announcements too, and the marks of every user. So `service` is for programs as trusted as the server itself.
///
/// The viewer in a request is replaced, not refused, so that a web page that always sends a user works for
/// every role. A call that the role does not allow is `unauthorized`; the error names the roles that may.
///
/// ```
/// use notice::{Draft, ErrorKind, Guarded, Operator, Principal, Query, Viewer};
///
/// let board = notice::open("mem:")?;
/// board.publish(&Draft::new("en", "For staff").audience("role", Operator::In, ["staff"]))?;
///
/// let guarded = Guarded::new(board, Principal::public(["app_version"]));
/// let board: &dyn notice::Board = &guarded;
/// // A claim to be staff is ignored, because `role` is not an accepted attribute.
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
    /// Guards `board` for `principal`.
    pub fn new(board: SharedBoard, principal: Principal) -> Self {
        Self { board, principal }
    }

    /// Returns the principal.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Returns the query to use in place of the requested one.
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

    /// Refuses a principal who may not hold a replica, and says what works instead. For servers that prepare
    /// something before they ask for a [`snapshot`](Board::snapshot), which checks it as well.
    ///
    /// # Errors
    /// `unauthorized`.
    pub fn check_following(&self) -> Result<()> {
        let Err(error) = self.principal.check("follow", REPLICATING) else {
            return Ok(());
        };
        let own = self.principal.role.name();
        let reason = Bilingual::new(
            format!(
                "a replica holds every record and every user's marks, so following needs a token of the role \
                 service, editor or admin; this is {own}: present such a token, or ask the board without \
                 follow=1 or follow=shm"
            ),
            format!(
                "副本包含全部公告和所有用户的标记，因此跟随需要角色 service、editor 或 admin 的令牌；当前角色为 \
                 {own}：请提供此类令牌，或去掉 follow=1、follow=shm 直接查询"
            ),
        );
        Err(Error::new(error.kind(), reason).within("follow"))
    }

    /// Refuses a cursor with an instant in the future. A cursor holds the instant of its walk, and its
    /// checksum is not secret, so a client could forge one that shows scheduled announcements.
    fn check_instant(&self, query: &Query) -> Result<()> {
        let Some(cursor) = Cursor::decode(query)? else {
            return Ok(());
        };
        // Reads the board's clock through the cheapest query: no id matches.
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
        // Receipts are personal data of other users.
        self.principal.check("receipts", EDITING)?;
        self.board.receipts(query)
    }

    fn history(&self, id: i64) -> Result<Vec<Announcement>> {
        // Of what was retracted, scheduled or for others as well.
        self.principal.check("history", EDITING)?;
        self.board.history(id)
    }

    fn stats(&self) -> Result<Stats> {
        // Statistics include hidden announcements.
        self.principal.check("stats", EDITING)?;
        self.board.stats()
    }

    fn head(&self) -> Result<Head> {
        self.principal.check("head", ASKING)?;
        self.board.head()
    }

    fn check(&self, drafts: &[Draft]) -> Result<Checkup> {
        // What others have published shows in it.
        self.principal.check("check", EDITING)?;
        self.board.check(drafts)
    }

    fn apply(&self, operations: &[Operation]) -> Result<Vec<Published>> {
        self.principal.check("apply", EDITING)?;
        self.board.apply(operations)
    }

    fn apply_one(&self, operation: Operation) -> Result<Published> {
        self.principal.check("apply", EDITING)?;
        self.board.apply_one(operation)
    }

    fn mark_shown(&self, viewer: &Viewer, marking: &Marking) -> Result<u64> {
        self.principal.check("mark", MARKING)?;
        let viewer = self.principal.seen_as(viewer)?;
        self.board.mark_shown(&viewer, marking)
    }

    fn mark_all(&self, query: &Query, mark: Mark, up_to: Option<i64>) -> Result<i64> {
        self.principal.check("mark_all", MARKING)?;
        let query = self.asked("mark_all", query)?;
        self.board.mark_all(&query, mark, up_to)
    }

    fn forget_user(&self, user: &str) -> Result<bool> {
        self.principal.check("forget_user", MARKING)?;
        if user != self.principal.viewer.user {
            // An explicit name is refused rather than replaced, because erasing marks cannot be undone.
            self.principal
                .check("forget_user", &[Role::Service, Role::Admin])?;
        }
        self.board.forget_user(user)
    }

    fn own_marks(&self, query: &OwnMarksQuery) -> Result<OwnMarks> {
        self.principal.check("own_marks", MARKING)?;
        match self.principal.role {
            Role::Viewer => self.board.own_marks(&OwnMarksQuery {
                user: self.principal.viewer.user.clone(),
                ..query.clone()
            }),
            _ => self.board.own_marks(query),
        }
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

    fn snapshot(&self) -> Result<Arc<Checkpoint>> {
        self.check_following()?;
        self.board.snapshot()
    }

    fn entries_after(&self, place: &Place, bytes: usize) -> Result<Batch> {
        self.check_following()?;
        self.board.entries_after(place, bytes)
    }

    fn custody(&self) -> Option<&dyn Custody> {
        self.require_custody().ok()
    }

    fn require_custody(&self) -> Result<&dyn Custody> {
        self.principal.check("custody", KEEPING)?;
        self.board.require_custody()
    }

    fn close(&self) -> Result<()> {
        // Closing would end the waits of all other clients.
        self.principal.check("close", KEEPING)?;
        self.board.close()
    }

    fn give_up(&self) {
        if self.principal.check("close", KEEPING).is_ok() {
            self.board.give_up();
        }
    }
}
