//! A daemon without sockets, threads or time: it answers as its script says.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::json;

use super::super::environment::{Environment, Signal};
use super::super::transport::{Cut, Stream, Transport, Unconnected};
use crate::board::SharedBoard;
use crate::wire::frames::{Inbox, Kind, Message};
use crate::wire::{Answer, Call, answer};

/// What happens to a connection that a client makes, or to a request on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// Nobody listens.
    Refused,
    /// The hello has no answer.
    Silent,
    /// The hello is refused: the daemon serves nobody for now.
    Busy,
    /// Another one than this token is unauthorized.
    Token(&'static str),
    /// The connection breaks before the request is carried out.
    BreaksBefore,
    /// The request is carried out, and the connection breaks before the answer.
    BreaksAfter,
    /// The daemon stops before it reads the request, and says so.
    Goodbye,
    /// The answer comes after this.
    Late(Duration),
}

/// What the daemon and all of its connections share.
pub(super) struct Daemon {
    pub(super) board: SharedBoard,
    /// For the next connections; then all goes well.
    pub(super) connections: VecDeque<Option<Event>>,
    /// For the next calls; then all goes well.
    pub(super) calls: VecDeque<Option<Event>>,
    pub(super) now: Duration,
    /// Connections made, when, and pings and calls received.
    pub(super) attempts: Vec<Duration>,
    pub(super) pings: usize,
    pub(super) received: Vec<Call>,
    /// Connections made before this one are dead.
    pub(super) first_alive: usize,
    random: u64,
}

/// A handle of the daemon, which is also the way to it and the client's environment.
#[derive(Clone)]
pub(super) struct Peer(Arc<Mutex<Daemon>>);

struct Connection {
    peer: Peer,
    number: usize,
    inbox: Inbox,
    /// Bytes to receive, each part not before an instant.
    outgoing: VecDeque<(Duration, Vec<u8>)>,
    is_broken: bool,
    is_silent: bool,
    is_busy: bool,
    token: Option<&'static str>,
}

impl Peer {
    pub(super) fn new(board: SharedBoard) -> Self {
        Self(Arc::new(Mutex::new(Daemon {
            board,
            connections: VecDeque::new(),
            calls: VecDeque::new(),
            now: Duration::from_secs(1000),
            attempts: Vec::new(),
            pings: 0,
            received: Vec::new(),
            first_alive: 0,
            random: 0,
        })))
    }

    pub(super) fn daemon(&self) -> MutexGuard<'_, Daemon> {
        self.0.lock().unwrap()
    }

    /// All connections so far are dead, as after a restart.
    pub(super) fn restart(&self) {
        let mut daemon = self.daemon();
        daemon.first_alive = daemon.attempts.len();
    }

    pub(super) fn pass(&self, time: Duration) {
        self.daemon().now += time;
    }
}

impl Environment for Peer {
    fn now(&self) -> Duration {
        self.daemon().now
    }

    fn wait(&self, signal: &Signal, pause: Duration) {
        if !signal.is_given() {
            self.pass(pause);
        }
    }

    fn random(&self) -> u64 {
        let mut daemon = self.daemon();
        // Even numbers, half way through the jitter of every pause that is tested.
        daemon.random += 1;
        daemon.random
    }
}

impl Transport for Peer {
    fn connect(&self, _within: Duration) -> Result<Box<dyn Stream>, Unconnected> {
        let mut daemon = self.daemon();
        let now = daemon.now;
        daemon.attempts.push(now);
        let event = daemon.connections.pop_front().flatten();
        if event == Some(Event::Refused) {
            return Err(io::Error::from(io::ErrorKind::ConnectionRefused).into());
        }
        Ok(Box::new(Connection {
            peer: self.clone(),
            number: daemon.attempts.len(),
            inbox: Inbox::default(),
            outgoing: VecDeque::new(),
            is_broken: false,
            is_silent: event == Some(Event::Silent),
            is_busy: event == Some(Event::Busy),
            token: match event {
                Some(Event::Token(token)) => Some(token),
                _ => None,
            },
        }))
    }

    fn address(&self) -> &str {
        "the peer"
    }
}

impl Connection {
    fn is_dead(&self) -> bool {
        self.is_broken || self.number <= self.peer.daemon().first_alive
    }

    fn respond(&mut self, request: u32, kind: Kind, body: &[u8]) {
        let (kind, body, at) = match kind {
            Kind::Hello if self.is_silent => return,
            Kind::Hello => {
                let hello: serde_json::Value = serde_json::from_slice(body).unwrap();
                let given = hello.get("token").and_then(|token| token.as_str());
                let (kind, body) = match self.token {
                    _ if self.is_busy => refusal(crate::ErrorKind::Unavailable),
                    Some(token) if given != Some(token) => refusal(crate::ErrorKind::Unauthorized),
                    _ => {
                        let welcome = json!({"version": 1, "server": "peer", "role": "admin"});
                        (Kind::Welcome, welcome.to_string().into_bytes())
                    }
                };
                (kind, body, Duration::ZERO)
            }
            Kind::Ping => {
                self.peer.daemon().pings += 1;
                (Kind::Pong, body.to_vec(), Duration::ZERO)
            }
            _ => {
                let call = Call::from_bytes(body).unwrap();
                let (event, board) = {
                    let mut daemon = self.peer.daemon();
                    daemon.received.push(call.clone());
                    (
                        daemon.calls.pop_front().flatten(),
                        Arc::clone(&daemon.board),
                    )
                };
                if event == Some(Event::BreaksBefore) {
                    self.is_broken = true;
                    return;
                }
                if event == Some(Event::Goodbye) {
                    let mut bytes = Vec::new();
                    Message::new(0, Kind::Goodbye, b"".as_slice())
                        .write(&mut bytes)
                        .unwrap();
                    let now = self.peer.daemon().now;
                    self.outgoing.push_back((now, bytes));
                    return;
                }
                let body = Answer::from(answer(&*board, call)).to_bytes().unwrap();
                match event {
                    Some(Event::BreaksAfter) => {
                        self.is_broken = true;
                        return;
                    }
                    Some(Event::Late(time)) => (Kind::Answer, body, time),
                    _ => (Kind::Answer, body, Duration::ZERO),
                }
            }
        };
        let mut bytes = Vec::new();
        Message::new(request, kind, body).write(&mut bytes).unwrap();
        let at = self.peer.daemon().now + at;
        self.outgoing.push_back((at, bytes));
    }
}

/// The answer to a hello that is not welcome.
fn refusal(kind: crate::ErrorKind) -> (Kind, Vec<u8>) {
    let reason = crate::Bilingual::new("refused by the peer", "被对方拒绝");
    let error = Answer::Error(crate::Error::new(kind, reason));
    (Kind::Answer, error.to_bytes().unwrap())
}

impl Stream for Connection {
    fn send(&mut self, bytes: &[u8], _within: Duration) -> io::Result<()> {
        if self.is_dead() {
            // The first write into a dead connection succeeds; nobody is there to read it.
            return Ok(());
        }
        self.inbox.receive(bytes);
        while let Some(message) = self.inbox.next().unwrap() {
            let (request, kind) = (message.request, message.kind);
            let body = message.body.into_owned();
            self.respond(request, kind, &body);
        }
        Ok(())
    }

    fn receive(&mut self, to: &mut [u8], within: Duration) -> io::Result<usize> {
        if self.is_dead() {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let now = self.peer.daemon().now;
        let is_ready = |(at, _): &(Duration, Vec<u8>)| *at <= now + within;
        if !self.outgoing.front().is_some_and(is_ready) {
            self.peer.pass(within);
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let (at, bytes) = self.outgoing.pop_front().unwrap();
        let mut daemon = self.peer.daemon();
        daemon.now = daemon.now.max(at);
        // In pieces, as they may come.
        let (piece, rest) = bytes.split_at(bytes.len().min(to.len()).min(1000));
        to[..piece.len()].copy_from_slice(piece);
        if !rest.is_empty() {
            self.outgoing.push_front((at, rest.to_vec()));
        }
        Ok(piece.len())
    }

    fn cut(&self) -> io::Result<Cut> {
        Ok(Box::new(|| {}))
    }
}
