//! Opening boards by URL.

mod built_in;
#[cfg(feature = "client")]
mod daemon;
#[cfg(feature = "client")]
mod following;
mod local;
mod options;
mod scheme;
mod schemes;
#[cfg(feature = "shm")]
mod shm;
#[cfg(not(feature = "shm"))]
mod unshared;
mod url;

use crate::board::SharedBoard;
use crate::error::Result;

pub use self::options::{CommonOptions, LocalOptions, Options, RemoteOptions};
pub use self::scheme::Scheme;
pub use self::schemes::{register, schemes};
#[cfg(not(feature = "shm"))]
pub use self::unshared::{Sharing, share};
pub use self::url::BoardUrl;

impl Options {
    /// Opens the board that `url` names.
    ///
    /// # Errors
    /// As [`open`](crate::open); `unsupported` for a setting that does not apply to this kind of board.
    pub fn open(self, url: &str) -> Result<SharedBoard> {
        schemes::open(&BoardUrl::parse(url)?, self)
    }
}

/// Opens a board by its URL. [`register`] adds further schemes.
///
/// | URL | board |
/// |---|---|
/// | `mem:` | in this process, without a file |
/// | `file:PATH` | in this process, kept in one file, which is created if it does not exist |
/// | `unix:PATH` | of a daemon on this machine, at a socket |
/// | `tcp:HOST:PORT` | of a daemon on this or another machine |
/// | `tls:HOST:PORT` | the same, encrypted; with the cargo feature `tls` |
/// | `shm:NAME` | a copy of the board that another process of this user [shares](crate::share); with the cargo feature `shm` |
///
/// A URL without a `?` contains the path as it is, with any character. Parameters follow a `?` and are separated
/// by `&`. In a URL with a `?` the path is percent-encoded: write `%3F` for a question mark and `%25` for a
/// percent sign, as [`BoardUrl::path`] explains. A relative path starts from the working directory.
///
/// | parameter | meaning |
/// |---|---|
/// | `durability=full` | a call returns when its change is on disk; the default |
/// | `durability=relaxed` | a change reaches the disk within 100 milliseconds, and when the board is closed; a crash may lose the last moments, but never leaves half a change |
/// | `mode=rwc` | read and write; make a new board where there is no file; the default |
/// | `mode=rw` | read and write a board that exists |
/// | `mode=ro` | read a board that exists, without writing a byte, as on read-only media; writes are refused with `read_only` |
/// | `mode=init` | make a new board of an empty file, which keeps its owner and permissions, or where there is no file; `exists` when the file has content |
/// | `budget_mb=N` | limits the memory of the board, in MiB. A board in a file first evicts texts of expired announcements. From 85 % on, announcements below `warning` are refused with `over_budget`, from 100 % on all, and marks of new users |
///
/// A daemon's board is connected to at once, so that a wrong address or token is told here. The client keeps up to
/// eight idle connections, makes broken ones again, and repeats what can be repeated without harm: questions, marks
/// other than `seen`, and what is published, to which it gives an idempotency key. A program does not notice a
/// daemon that restarts within moments. For any other change whose connection broke after it was sent, the
/// error is `unavailable`, and says that it may have been carried out. After several failures in a row nobody
/// connects for a while, and calls fail at once. [`Board::on_change`](crate::Board::on_change) tells changes of
/// announcements, and marks only with `follow=1`; [`Board::own_marks`](crate::Board::own_marks) waits for a user's.
///
/// | parameter | meaning | default |
/// |---|---|---|
/// | `token_file=PATH` | reads the token from this file; [`Options::token`] sets it instead | none |
/// | `lazy=1` | connects with the first call | `0` |
/// | `follow=1` | keeps a replica of the board in this process, and answers from it; see below | `0` |
/// | `follow=shm` | the same, but the writes come through memory that the daemon hands over: `unix:` on Linux | `0` |
/// | `max_staleness=SECONDS` | with `follow`: questions are `unavailable` when the replica may be older | any age |
/// | `timeout_ms` | longest duration of a call, after which it is `timed_out`; [`Options::timeout`] sets it instead | 30000 |
/// | `connect_ms` | longest duration of connecting | 2000 |
/// | `ping_ms` | longest wait for the answer to a ping | 2000 |
/// | `heartbeat_s` | how often an idle connection is pinged | 30 |
/// | `idle_s` | how long an idle connection is kept | 300 |
/// | `reconnect_ms` | pause after the first failure; each further one doubles it | 100 |
/// | `reconnect_max_ms` | longest pause | 5000 |
/// | `jitter` | how far a pause differs at random, in percent | 15 |
/// | `failures` | failures in a row after which nobody connects for a while | 3 |
/// | `breaker_s` | how long that while is; then one call tries | 30 |
/// | `keepalive_s` | `tcp:` and `tls:` only: idle time after which the system asks whether the other machine is there | 60 |
/// | `ca_file=PATH` | `tls:` only: trusts the authorities in this file of certificates in PEM, and no others | those that the machine trusts |
/// | `server_name=NAME` | `tls:` only: the name that the daemon's certificate must be for | `HOST` |
///
/// A daemon whose certificate cannot be trusted is `unauthorized`, with the reason and what to do. One that does not
/// speak TLS is `unsupported`.
///
/// With **`follow=1`** the daemon sends the board and every later write, and questions are answered in this process, as
/// fast as by a `mem:` board, also while the daemon is away. Such a replica holds everything: whole records, drafts
/// and scheduled announcements too, and the marks of every user. The daemon therefore wants a token of the role
/// `service`, `editor` or `admin`, and a program may ask its own replica everything, whatever its role.
///
/// - Opening waits for the first snapshot. With `lazy=1` the first question waits for it, as long as a call may take.
/// - Writes and marks go to the daemon, and return when the replica shows them, so that a program sees what it has
///   written. That takes one more question to the daemon. If the replica cannot be reached within `timeout_ms`, or
///   the daemon is lost meanwhile, the call succeeds all the same: what is written is written.
/// - [`Stats::staleness_ms`](crate::Stats::staleness_ms) says how long ago the daemon confirmed that nothing is
///   missing; it does so each second, and with every write. [`Board::head`](crate::Board::head) is that of the replica.
/// - [`Board::wait`](crate::Board::wait), [`Board::changes`](crate::Board::changes) and
///   [`Board::on_change`](crate::Board::on_change) go on over broken connections and restarts of the daemon, without
///   gap or duplicate. `on_change` tells marks too.
/// - If another board appears at the address, the replica becomes that one: `changes` with an epoch is
///   `epoch_mismatch`, and a wait for a revision that it has not is `future_revision`.
/// - The connection is made again after `reconnect_ms` and so on; it has no breaker. `close` ends waits only, and
///   dropping the board ends the replica. Nobody can follow a replica.
///
/// With **`follow=shm`** the same holds, but the board and the writes come through memory that the daemon hands over on its
/// Unix socket, also to programs of other users, and receiving a write is no call to the system. A replica that is too slow
/// begins again with a snapshot, and [`Stats::lost_entries`](crate::Stats) and `reloads` say so. It is `unsupported` over
/// `tcp:` and `tls:`, on other systems than Linux, and of a daemon that cannot do it; write `follow=1` then.
///
/// A **copy** in shared memory is attached at once with the whole board, follows every later write, and answers in this
/// process without any call to the one that shares. Publishing is `read_only`. [`Stats::lost_entries`](crate::Stats) and
/// `reloads` say whether it was ever too slow; it is right again after that.
///
/// | parameter of `shm:` | meaning |
/// |---|---|
/// | `state=PATH` | keeps the marks of this process's users in a file; otherwise they are gone with the copy |
/// | `marks=URL` | sends marks to a daemon, by a URL such as `unix:PATH`. It must be the daemon that shares the board; its marks come back to the copy |
/// | `lazy=1` | attaches when somebody shares the board; until then questions are `unavailable`. Without it, opening is `not_found` |
/// | `timeout_ms=N` | longest wait for the board when it is opened, from 1000, by default 30000; then `unavailable` |
///
/// Without `marks=`, the copy has marks of its own and not those of the board that it follows. They end with that board:
/// another one under the same name begins without marks.
///
/// Several processes can use **one file** with `file:PATH?share=auto`: the first has the file and shares it, and the
/// others follow it and write through it. When it ends, however it ends, one of the others takes the file
/// over within a second, and waits and callbacks go on. Whoever marks or publishes returns when it is in the file.
///
/// | parameter of `file:` | meaning |
/// |---|---|
/// | `share=auto` | shares the file under a name that follows from the file, by whatever path it is opened. Where there is no shared memory it is opened all the same, by one process; others get `locked`, with the reason |
/// | `share=NAME` | shares it under this name, which others can also follow as `shm:NAME`. If that is impossible, opening fails |
/// | `timeout_ms=N` | with `share=`: longest wait for the process that has the file, from 1000, by default 30000. A call is then `timed_out`; if that process has shown nothing of itself for as long, `unavailable` at once. Opening waits no longer, and 5 seconds at most |
///
/// [`Board::custody`](crate::Board::custody) is only there in the process that has the file. A write that is under way
/// when that process is killed is made again if that does no harm; otherwise, for `seen`, for marking everything and for
/// changes other than publishing, the error is `unavailable`, and says that it may have been carried out.
///
/// While a file is open, and after a crash, its newest changes are in `PATH-journal` beside it. Do not delete
/// that, and copy a board with [`Custody::backup`](crate::Custody::backup).
///
/// Only one process at a time can have a file open, and only once, except for `share=`, and for `mode=ro`: any number
/// may read a file that nobody has open for writing. An empty file is `corrupt` except for `mode=init`, because it may be
/// what a power cut or a failed copy has left of a board.
///
/// # Errors
/// `unsupported` for an unsupported scheme, or a file written by a later release; `invalid_field`
/// for a malformed URL; for a file: `locked`, `corrupt`, `exists`, `read_only`, `io`; for a daemon: `unavailable`,
/// `unauthorized`.
///
/// ```
/// # let directory = std::env::temp_dir().join(format!("notice-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory).unwrap();
/// # let url = format!("file:{}", directory.join("board.notice").display());
/// use notice::Draft;
/// let board = notice::open(&url)?;
/// board.publish(&Draft::new("en", "Kept"))?;
/// drop(board);
/// assert_eq!(notice::open(&url)?.revision()?, 1);
/// # std::fs::remove_dir_all(&directory).unwrap();
/// # Ok::<(), notice::Error>(())
/// ```
pub fn open(url: &str) -> Result<SharedBoard> {
    Options::new().open(url)
}
