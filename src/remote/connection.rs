//! One connection to a daemon: a hello, then one request at a time (docs/protocol.md).

use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use super::certificate::certificate_ends_at;
use super::environment::Environment;
use super::transport::{Cut, Stream, Unconnected};
use crate::error::{Error, Result};
use crate::wire::carrier::unexpected;
use crate::wire::frames::{Inbox, Kind, Message};
use crate::wire::{self, Answer, Decoder};

/// Version of the conversation that this client speaks.
const PROTOCOL: u64 = 1;
/// Bytes received at once.
const READ_BYTES: usize = 64 * 1024;

/// Why a request has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The daemon cannot have received all of it, or says that it did not carry it out.
    NotSent(io::Error),
    /// It was sent, and the connection broke. Whether it was done is unknown.
    Broken(io::Error),
    /// It was sent, and no answer came in time.
    TimedOut,
    /// The daemon refused it, or said what this client does not understand.
    Refused(Error),
}

/// What the daemon says in its welcome.
#[derive(Debug, Clone, Default)]
pub(super) struct Welcome {
    /// Name and version of the server.
    pub(super) server: String,
    /// Role of this client.
    pub(super) role: String,
    /// What the server offers beyond calls.
    pub(super) features: Vec<String>,
}

/// A connection that the daemon has welcomed.
pub(super) struct Connection {
    stream: Box<dyn Stream>,
    welcome: Welcome,
    inbox: Inbox,
    buffer: Box<[u8]>,
    decoder: Decoder,
    outgoing: Vec<u8>,
    last_request: u32,
    /// When it last carried a call.
    pub(super) used: Duration,
    /// When the daemon last answered on it.
    pub(super) heard: Duration,
}

impl Connection {
    /// Presents the token on a new stream.
    pub(super) fn open(
        stream: std::result::Result<Box<dyn Stream>, Unconnected>,
        environment: &dyn Environment,
        token: Option<&str>,
        deadline: Duration,
    ) -> std::result::Result<Self, Failure> {
        let stream = stream.map_err(|why| match why {
            Unconnected::Failed(error) => Failure::NotSent(error),
            Unconnected::Refused(error) => Failure::Refused(error),
        })?;
        let mut connection = Self {
            stream,
            welcome: Welcome::default(),
            inbox: Inbox::default(),
            buffer: vec![0; READ_BYTES].into(),
            decoder: Decoder::new(),
            outgoing: Vec::new(),
            last_request: 0,
            used: environment.now(),
            heard: environment.now(),
        };
        let mut hello = json!({"versions": [PROTOCOL]});
        if let (Some(token), Value::Object(members)) = (token, &mut hello) {
            members.insert("token".to_owned(), token.into());
        }
        let hello = hello.to_string();
        let (kind, body) =
            connection.exchange(environment, Kind::Hello, hello.as_bytes(), deadline)?;
        match kind {
            Kind::Welcome => connection.welcome = welcome(&body).map_err(Failure::Refused)?,
            _ => return Err(Failure::Refused(refusal(&body))),
        }
        Ok(connection)
    }

    /// Sends an encoded call, and returns the answer.
    pub(super) fn call(
        &mut self,
        environment: &dyn Environment,
        call: &[u8],
        deadline: Duration,
    ) -> std::result::Result<Answer, Failure> {
        let (kind, body) = self.exchange(environment, Kind::Call, call, deadline)?;
        match kind {
            Kind::Answer => {
                let answer = self.decoder.decode(&body);
                answer.map_err(Failure::Refused)
            }
            other => Err(Failure::Refused(unexpected(&format!("{other:?}")))),
        }
    }

    /// Asks whether the daemon is there.
    pub(super) fn ping(
        &mut self,
        environment: &dyn Environment,
        deadline: Duration,
    ) -> std::result::Result<(), Failure> {
        let (kind, _) = self.exchange(environment, Kind::Ping, &[], deadline)?;
        match kind {
            Kind::Pong => Ok(()),
            other => Err(Failure::Refused(unexpected(&format!("{other:?}")))),
        }
    }

    /// Returns what the daemon said in its welcome.
    pub(super) fn welcome(&self) -> &Welcome {
        &self.welcome
    }

    /// Returns when the daemon's certificate ends, in Unix milliseconds.
    pub(super) fn certificate_ends_at(&self) -> Option<i64> {
        certificate_ends_at(self.stream.certificate()?)
    }

    /// Returns a function that ends the connection.
    pub(super) fn cut(&self) -> io::Result<Cut> {
        self.stream.cut()
    }

    /// Sends a request, and returns the kind and the body of its answer.
    fn exchange(
        &mut self,
        environment: &dyn Environment,
        kind: Kind,
        body: &[u8],
        deadline: Duration,
    ) -> std::result::Result<(Kind, Vec<u8>), Failure> {
        let request = self.send(environment, kind, body, deadline)?;
        self.receive(environment, request, deadline)
    }

    /// Sends a request, and returns its number.
    pub(super) fn send(
        &mut self,
        environment: &dyn Environment,
        kind: Kind,
        body: &[u8],
        deadline: Duration,
    ) -> std::result::Result<u32, Failure> {
        self.last_request = self.last_request.wrapping_add(1);
        let request = self.last_request;
        self.outgoing.clear();
        Message::new(request, kind, body)
            .write(&mut self.outgoing)
            .map_err(Failure::Refused)?;
        let left = deadline.saturating_sub(environment.now());
        self.stream
            .send(&self.outgoing, left)
            .map_err(Failure::NotSent)?;
        // Memory of a large call is not held by an idle connection.
        self.outgoing.shrink_to(READ_BYTES);
        Ok(request)
    }

    /// Returns the kind and the body of the next message that belongs to a request.
    pub(super) fn receive(
        &mut self,
        environment: &dyn Environment,
        request: u32,
        deadline: Duration,
    ) -> std::result::Result<(Kind, Vec<u8>), Failure> {
        loop {
            if let Some(received) = self.received(environment, request)? {
                return Ok(received);
            }
            let left = deadline.saturating_sub(environment.now());
            if left.is_zero() {
                return Err(Failure::TimedOut);
            }
            match self.stream.receive(&mut self.buffer, left) {
                Ok(0) => return Err(Failure::Broken(io::ErrorKind::UnexpectedEof.into())),
                Ok(count) => self
                    .inbox
                    .receive(self.buffer.get(..count).unwrap_or_default()),
                Err(error) if is_late(&error) => {}
                Err(error) => return Err(Failure::Broken(error)),
            }
        }
    }
}

impl Connection {
    /// Returns the next message that belongs to a request, of those that were received; None if there is none.
    fn received(
        &mut self,
        environment: &dyn Environment,
        request: u32,
    ) -> std::result::Result<Option<(Kind, Vec<u8>)>, Failure> {
        while let Some(message) = self.inbox.next().map_err(Failure::Refused)? {
            if message.kind == Kind::Goodbye {
                // It read nothing that it has not answered.
                let stops = "the daemon is being stopped";
                return Err(Failure::NotSent(io::Error::other(stops)));
            }
            if message.request == request {
                self.heard = environment.now();
                return Ok(Some((message.kind, message.body.into_owned())));
            }
        }
        Ok(None)
    }

    /// Looks, without waiting, whether the daemon has said anything more about a request, or that it stops.
    #[cfg(all(feature = "shm", target_os = "linux"))]
    pub(super) fn look(
        &mut self,
        environment: &dyn Environment,
        request: u32,
    ) -> std::result::Result<Option<(Kind, Vec<u8>)>, Failure> {
        match self.stream.receive_now(&mut self.buffer) {
            Ok(0) => return Err(Failure::Broken(io::ErrorKind::UnexpectedEof.into())),
            Ok(count) => self
                .inbox
                .receive(self.buffer.get(..count).unwrap_or_default()),
            Err(error) if is_late(&error) => return Ok(None),
            Err(error) => return Err(Failure::Broken(error)),
        }
        self.received(environment, request)
    }

    /// Returns the file descriptors that came along with what was received.
    #[cfg(all(feature = "shm", target_os = "linux"))]
    pub(super) fn take_descriptors(&mut self) -> Vec<std::os::fd::OwnedFd> {
        self.stream.take_descriptors()
    }
}

fn is_late(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

/// Reads a welcome. What else it has is for newer clients.
fn welcome(body: &[u8]) -> Result<Welcome> {
    let welcome = wire::parse(body)?;
    let text = |name: &str| {
        let text = welcome.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    match welcome.get("version").and_then(Value::as_u64) {
        Some(PROTOCOL) => Ok(Welcome {
            server: text("server"),
            role: text("role"),
            features: texts(welcome.get("features")),
        }),
        version => Err(unexpected(&format!("version {version:?}"))),
    }
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let texts = list.and_then(Value::as_array).into_iter().flatten();
    texts
        .filter_map(|text| Some(text.as_str()?.to_owned()))
        .collect()
}

/// Returns the error by which the daemon refused a hello.
pub(super) fn refusal(body: &[u8]) -> Error {
    match Answer::from_bytes(body) {
        Ok(Answer::Error(error)) => error,
        Ok(answer) => unexpected(answer.name()),
        Err(error) => error,
    }
}
