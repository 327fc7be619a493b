//! A daemon in another process beside a bare socket there.

use std::io::Read as _;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use notice::wire::frames::{Kind, Message};
use notice::wire::{Answer, Call};
use notice::{Options, Query, SharedBoard, Viewer};
use serde_json::{Value, json};

use super::replicas;
use crate::Result;
use crate::data::audience::VIEWER;
use crate::far::{self, Echo, Far, Http, Line, TOKEN};
use crate::measure::{Times, interleave};
use crate::other::{failed, now};
use crate::report::{Goal, Row};
use crate::session::Session;

/// Announcements of the board; the page is the first 20 for the viewer with five attributes.
const ANNOUNCEMENTS: usize = 10_000;
/// Sleepers are given this long to fall asleep.
const ASLEEP: Duration = Duration::from_millis(3);

/// Measures `unix/...`, `tcp/...`, `line/...`, `http/...`, `follow/...` and `shm/...`.
pub(crate) fn run(session: &mut Session) -> Result {
    let rows = [
        "unix/query",
        "tcp/query",
        "line/query",
        "http/query",
        "follow/query",
        "unix/wake",
        "follow/wake",
    ];
    if rows.iter().any(|row| session.wants(row)) {
        measure(session)?;
    }
    replicas::in_memory(session)?;
    session.step();
    Ok(())
}

fn measure(session: &mut Session) -> Result {
    let (mut far, here) = both_boards(session)?;
    if session.wants("unix/query") || session.wants("tcp/query") {
        in_frames(session, &far, &here)?;
    }
    if session.wants("line/query") {
        in_lines(session, &far, &here)?;
    }
    if session.wants("http/query") {
        in_requests(session, &far, &here)?;
    }
    if session.wants("follow/query") {
        replicas::asked_over_socket(session, &far, &here)?;
    }
    if session.wants("unix/wake") {
        let board = asked(&far)?;
        wake(session, &mut far, "unix/wake", &board)?;
    }
    if session.wants("follow/wake") {
        replicas::woken_over_socket(session, &mut far)?;
    }
    Ok(())
}

/// A daemon in another process, and the same board here.
pub(super) fn both_boards(session: &Session) -> Result<(Far, SharedBoard)> {
    let count = ANNOUNCEMENTS.min(session.scale.usual);
    session.now(format!("a daemon with {count} announcements"));
    let far = Far::start(count, session.seed())?;
    let here = far::board(count, session.seed())?;
    Ok((far, here))
}

/// What is asked: no counts, which a page that is shown anew does not need.
pub(super) fn query() -> Query {
    let viewer = VIEWER.iter().fold(
        Viewer::new("zhang.wei").locales(["zh-CN", "en"]),
        |viewer, (name, value)| viewer.with(*name, *value),
    );
    Query::new(viewer).limit(20).uncounted()
}

fn in_frames(session: &mut Session, far: &Far, here: &SharedBoard) -> Result {
    let query = query();
    let options = Options::new().token(TOKEN);
    let unix = options.open(far.place("unix")).map_err(failed("unix"))?;
    let options = Options::new().token(TOKEN);
    let tcp = options.open(far.place("tcp")).map_err(failed("tcp"))?;
    let expected = page(here, &query)?;
    for board in [&unix, &tcp] {
        same(&expected, &page(board, &query)?, "unix/query")?;
    }
    let (there, back) = frames(here, &query)?;
    let mut bare = Echo::over_unix(far.place("echo_unix"), there, back)?;
    let mut bare_tcp = Echo::over_tcp(far.place("echo_tcp"), there, back)?;
    let ask = |board: &SharedBoard| {
        let page = board.query(&query);
        page.map(|_| ()).map_err(failed("query"))
    };
    let times = interleave(
        session.scale.rounds,
        &mut [
            &mut || ask(&unix),
            &mut || bare.ping(),
            &mut || ask(&tcp),
            &mut || bare_tcp.ping(),
        ],
    )?;
    if let [unix, bare, tcp, bare_tcp] = &times[..] {
        let peer = format!("ping-pong of {there} and {back} bytes, Unix socket");
        session.add(Row::of_times(
            "unix/query",
            &peer,
            Goal::AtMost(1.15),
            unix,
            bare,
        ));
        let peer = format!("ping-pong of {there} and {back} bytes, TCP");
        session.add(Row::of_times(
            "tcp/query",
            &peer,
            Goal::AtMost(1.15),
            tcp,
            bare_tcp,
        ));
    }
    Ok(())
}

/// A board in the daemon, asked there.
fn asked(far: &Far) -> Result<SharedBoard> {
    let options = Options::new().token(TOKEN);
    options.open(far.place("unix")).map_err(failed("unix"))
}

fn in_lines(session: &mut Session, far: &Far, here: &SharedBoard) -> Result {
    let mut line = Line::connect(far.place("tcp"), "query", &arguments())?;
    line.ask()?;
    same(&page(here, &query())?, &line.value()?, "line/query")?;
    let lengths = line.lengths();
    beside_tcp(session, far, "line/query", lengths, &mut || line.ask())
}

fn in_requests(session: &mut Session, far: &Far, here: &SharedBoard) -> Result {
    let mut http = Http::connect(far.place("tcp"), "/v1/query", &arguments())?;
    http.ask()?;
    same(&page(here, &query())?, &http.value()?, "http/query")?;
    let lengths = http.lengths();
    beside_tcp(session, far, "http/query", lengths, &mut || http.ask())
}

/// Times a client that only moves bytes beside a ping-pong of as many.
fn beside_tcp(
    session: &mut Session,
    far: &Far,
    name: &str,
    (there, back): (usize, usize),
    ask: &mut dyn FnMut() -> Result,
) -> Result {
    let mut bare = Echo::over_tcp(far.place("echo_tcp"), there, back)?;
    let times = interleave(session.scale.rounds, &mut [ask, &mut || bare.ping()])?;
    if let [ours, bare] = &times[..] {
        let peer = format!("ping-pong of {there} and {back} bytes, TCP");
        session.add(Row::of_times(name, &peer, Goal::ShownAsCost, ours, bare));
    }
    Ok(())
}

/// A reader that is asleep until an announcement is published in the daemon, and asks then, beside one that is
/// woken by bytes on a bare socket.
pub(super) fn wake(
    session: &mut Session,
    far: &mut Far,
    name: &str,
    board: &SharedBoard,
) -> Result {
    session.now("waking a reader");
    let rounds = session.scale.rounds.clamp(1, 51);
    far.order(&json!({"accept": 1}))?;
    let mut bare = UnixStream::connect(far.place("wake")).map_err(failed("wake"))?;
    let (mut ours, mut theirs) = (Times::new(), Times::new());
    for _ in 0..rounds {
        ours.push(woken_by_board(far, board)?);
        theirs.push(woken_by_socket(far, &mut bare)?);
    }
    if session.is_check() {
        (ours, theirs) = (Times::new(), Times::new());
    }
    let peer = "a thread that reads a bare Unix socket";
    session.add(Row::of_times(name, peer, Goal::AtMost(1.3), &ours, &theirs));
    Ok(())
}

fn woken_by_board(far: &mut Far, board: &SharedBoard) -> Result<f64> {
    let since = board.revision().map_err(failed("revision"))?;
    std::thread::scope(|scope| {
        let seen = scope.spawn(move || {
            let reached = board.wait(since, Duration::from_secs(10));
            let reached = reached.map_err(failed("wait"))?;
            let page = board.query(&query()).map_err(failed("query"))?;
            match page.count.revision >= reached && reached > since {
                true => Ok(now()),
                false => Err("the query does not see what woke it".to_owned()),
            }
        });
        std::thread::sleep(ASLEEP);
        let published = far.publish()?;
        let seen = seen.join().map_err(|_| "the reader panicked")??;
        Ok(seen.saturating_sub(published) as f64)
    })
}

fn woken_by_socket(far: &mut Far, bare: &mut UnixStream) -> Result<f64> {
    std::thread::scope(|scope| {
        let seen = scope.spawn(|| {
            let mut bytes = [0; 27];
            let read = bare.read_exact(&mut bytes);
            read.map(|()| now()).map_err(failed("wake"))
        });
        std::thread::sleep(ASLEEP);
        let answer = far.order(&json!({"wake": 1}))?;
        let sent = answer.as_u64().ok_or("no time")?;
        let seen = seen.join().map_err(|_| "the reader panicked")??;
        Ok(seen.saturating_sub(sent) as f64)
    })
}

/// The arguments of the query as JSON.
fn arguments() -> Value {
    Call::from(query()).to_value()
}

/// A page as JSON.
pub(super) fn page(board: &SharedBoard, query: &Query) -> Result<Value> {
    let page = board.query(query).map_err(failed("query"))?;
    Ok(Answer::Page(Box::new(page)).to_value())
}

/// Bytes of the query and of its answer, in frames.
fn frames(board: &SharedBoard, query: &Query) -> Result<(usize, usize)> {
    let length = |kind, body: notice::Result<Vec<u8>>| {
        let mut bytes = Vec::new();
        let message = Message::new(1, kind, body?);
        message.write(&mut bytes).map(|()| bytes.len())
    };
    let call = Call::from(query.clone()).to_bytes();
    let page = board.query(query).map(|page| Answer::Page(Box::new(page)));
    let answer = page.and_then(|answer| answer.to_bytes());
    let lengths =
        length(Kind::Call, call).and_then(|there| Ok((there, length(Kind::Answer, answer)?)));
    lengths.map_err(failed("frames"))
}

pub(super) fn same(expected: &Value, got: &Value, what: &str) -> Result {
    let items = |page: &Value| page.get("items").cloned();
    match items(expected).is_some() && items(expected) == items(got) {
        true => Ok(()),
        false => Err(format!("{what}: the pages differ")),
    }
}
