//! A stream of changes: server-sent events, or lines of JSON.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hyper::body::Frame;
use notice::wire::{Answer, Call};
use notice::{Board as _, ErrorKind, Result};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::asked::Asked;
use super::gate::text;
use super::params::put;
use super::problem::Problem;
use crate::fault::invalid;
use crate::metrics::{Following, Protocol};
use crate::session::Session;

/// Silence after which something is sent, so that proxies keep the connection.
const SILENCE: Duration = Duration::from_secs(15);
/// Pieces that wait for the client. A follower that is slower waits itself, and nobody waits for it.
const AHEAD: usize = 4;

/// What the pieces look like.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// Server-sent events.
    Events,
    /// One object of JSON a line.
    Lines,
}

/// A follower, and where it is.
struct Follower {
    session: Arc<Session>,
    /// Arguments of `changes`.
    args: Value,
    form: Form,
    pieces: mpsc::Sender<Bytes>,
    /// What was told of the board last.
    told: Value,
    following: Following,
}

/// Starts a stream of changes, from `Last-Event-ID`, from `since`, or from now.
pub(super) async fn events(mut asked: Asked) -> std::result::Result<Response, Problem> {
    let params = &mut asked.params;
    let mut args = json!({"viewer": params.viewer()?, "filter": params.filter()?});
    params.move_to(&mut args, &["view", "epoch"], &["since"])?;
    std::mem::replace(params, super::params::Params::new(None)).done()?;
    let board = asked.session.board()?;
    let last = asked.headers.get("last-event-id").cloned();
    if let Some(last) = last {
        let (epoch, since) = place(&String::from_utf8_lossy(last.as_bytes()))?;
        put(&mut args, "epoch", epoch.into());
        put(&mut args, "since", since.into());
    } else if args.get("since").is_none() {
        put(&mut args, "since", board.revision()?.into());
    }
    // What is wrong with the arguments is told by status, before the stream begins.
    let first = super::asked::make(&asked.session, Call::from_value("changes", &args)?).await;
    if let Err(problem) = first
        && !is_lost(problem.error().kind())
    {
        return Err(problem);
    }
    let form = match text(&asked.headers, &header::ACCEPT).contains("application/x-ndjson") {
        true => Form::Lines,
        false => Form::Events,
    };
    let since = args.get("since").and_then(Value::as_i64);
    let followers = &asked.session.desk.metrics.followers;
    let following = followers.join(Protocol::Http, since.unwrap_or_default());
    let (pieces, body) = mpsc::channel(AHEAD);
    let follower = Follower {
        session: asked.session,
        args,
        form,
        pieces,
        told: Value::Null,
        following,
    };
    tokio::spawn(follower.follow());
    let mut response = Response::new(Body::new(Pieces(body)));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(match form {
            Form::Events => "text/event-stream",
            Form::Lines => "application/x-ndjson",
        }),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Reads an id of an event: epoch and revision.
fn place(id: &str) -> Result<(String, i64)> {
    let place = id.split_once('.').and_then(|(epoch, revision)| {
        let is_epoch = epoch.len() == 32 && epoch.bytes().all(|byte| byte.is_ascii_hexdigit());
        let revision = revision.parse().ok()?;
        is_epoch.then(|| (epoch.to_owned(), revision))
    });
    place.ok_or_else(|| {
        let (en, zh) = (
            "must be the id of an event of this stream",
            "必须是此事件流中某个事件的 id",
        );
        invalid("Last-Event-ID", id, en, zh)
    })
}

/// Returns whether a follower must list again.
fn is_lost(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Compacted | ErrorKind::EpochMismatch | ErrorKind::FutureRevision
    )
}

impl Follower {
    /// Sends changes until the client is gone or the server stops.
    async fn follow(mut self) {
        let stopped = {
            let session = Arc::clone(&self.session);
            async move { session.desk.stop.draining().await }
        };
        tokio::select! {
            _ = self.run() => {}
            () = stopped => {}
        }
    }

    /// Returns None when the stream has ended.
    async fn run(&mut self) -> Option<()> {
        loop {
            let since = match self.changes().await {
                Ok((pieces, since)) => {
                    self.send(pieces).await?;
                    self.following.reached(since);
                    since
                }
                Err(error) => {
                    let data = Answer::Error(error).to_value();
                    let piece = self.piece(None, "error", &data);
                    return self.send(piece).await;
                }
            };
            let board = self.session.board().ok()?;
            let desk = Arc::clone(&self.session.desk);
            let pieces = self.pieces.clone();
            let moved = tokio::select! {
                moved = desk.wait(&*board, since, SILENCE) => moved,
                // Nobody listens any more.
                () = pieces.closed() => return None,
            };
            if let Err(error) = moved {
                match error.kind() {
                    ErrorKind::TimedOut => self.send(self.silence()).await?,
                    // The next question tells what it means.
                    ErrorKind::FutureRevision => {}
                    _ => return None,
                }
            }
        }
    }

    /// Asks for changes until there are no more, and returns them with the revision that was reached.
    async fn changes(&mut self) -> Result<(String, i64)> {
        let board = self.session.board()?;
        let call = Call::from_value("changes", &self.args)?;
        let answer = self.session.desk.call(&board, call).await;
        let page = match answer {
            Ok(answer) => answer.to_value(),
            Err(error) if is_lost(error.kind()) => return self.resync(),
            Err(error) => return Err(error),
        };
        let mut pieces = String::new();
        let epoch = page
            .get("epoch")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let events = page
            .get("events")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let mut events = events.iter().peekable();
        while let Some(event) = events.next() {
            let revision = event
                .get("revision")
                .and_then(Value::as_i64)
                .unwrap_or_default();
            let next = events
                .peek()
                .and_then(|next| next.get("revision")?.as_i64());
            // Whoever resumes at an id has everything of its revision.
            let id = (next != Some(revision)).then(|| format!("{epoch}.{revision}"));
            let kind = event
                .get("kind")
                .and_then(Value::as_str)
                .unwrap_or_default();
            pieces.push_str(&self.piece(id, kind, event));
        }
        let reached = page
            .get("to_revision")
            .and_then(Value::as_i64)
            .unwrap_or_default();
        put(&mut self.args, "since", reached.into());
        put(&mut self.args, "epoch", epoch.clone().into());
        let next = page.get("next_change_at").cloned().unwrap_or_default();
        let head = json!({"epoch": epoch, "revision": reached, "next_change_at": next});
        if head != self.told {
            pieces.push_str(&self.piece(Some(format!("{epoch}.{reached}")), "head", &head));
            self.told = head;
        }
        Ok((pieces, reached))
    }

    /// Tells the client to list again, and goes on from the present.
    fn resync(&mut self) -> Result<(String, i64)> {
        let head = self.session.board()?.head()?;
        let epoch = format!("{:032x}", head.epoch);
        put(&mut self.args, "since", head.revision.into());
        put(&mut self.args, "epoch", epoch.clone().into());
        let id = format!("{epoch}.{}", head.revision);
        let data = json!({"epoch": epoch, "revision": head.revision});
        Ok((self.piece(Some(id), "resync", &data), head.revision))
    }

    fn piece(&self, id: Option<String>, event: &str, data: &Value) -> String {
        match self.form {
            Form::Lines => {
                let line = json!({"id": id, "event": event, "data": data});
                format!("{line}\n")
            }
            Form::Events => {
                let id = id.map_or(String::new(), |id| format!("id: {id}\n"));
                format!("{id}event: {event}\ndata: {data}\n\n")
            }
        }
    }

    fn silence(&self) -> String {
        match self.form {
            Form::Lines => "\n".to_owned(),
            Form::Events => ":\n\n".to_owned(),
        }
    }

    /// Sends pieces; None when the client is gone.
    async fn send(&self, pieces: String) -> Option<()> {
        if pieces.is_empty() {
            return Some(());
        }
        self.pieces.send(pieces.into()).await.ok()
    }
}

/// The body of a stream.
struct Pieces(mpsc::Receiver<Bytes>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, Infallible>>> {
        let piece = self.0.poll_recv(context);
        piece.map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}
